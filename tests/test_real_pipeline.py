"""A real pipeline: what we read equals what the csv module counts, to the unit."""

import unittest
from datetime import date

import real_pipeline

from odoo.tests import TransactionCase, tagged

from odoo.addons.hr_strategy_kpi.fields import number

ASKED_AT = date(2018, 1, 2)
FIRST, LAST = date(2017, 1, 1), date(2017, 12, 31)
CODES = (
    "CRM_WON_COUNT",
    "CRM_WON_REVENUE",
    "CRM_WIN_RATE",
    "CRM_DEAL_CYCLE",
    "CRM_NEW_CUSTOMERS",
)
NOTHING = real_pipeline.Figures()


@tagged("post_install", "-at_install")
class TestRealPipeline(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not real_pipeline.DATA.is_dir():
            raise unittest.SkipTest(f"set KPI_DATA_DIR: no {real_pipeline.DATA}")
        cls.loaded = real_pipeline.PipelineLoader(cls.env).load()
        cls.env = cls.loaded.env
        cls.expected = real_pipeline.Expected().figures
        generate = cls.env["hr.kpi.period"]._generate
        cls.periods = {
            (period.date_from.year, kind, number): period
            for kind, count in (("month", 12), ("quarter", 4))
            for number, period in enumerate(
                generate(kind, FIRST, LAST, cls.loaded.company).sorted("date_from"), 1
            )
        }
        assert len(cls.periods) == 16

    def test_loaded_whole(self):
        loaded = self.loaded
        self.assertEqual(len(loaded.leads), len(loaded.pipeline))
        self.assertEqual(len(loaded.agents), 35)
        statuses = [lead.won_status for lead in loaded.leads]
        words = {"Won": "won", "Lost": "lost", "Engaging": "pending"}
        self.assertEqual(
            statuses, [words[row["deal_stage"]] for row in loaded.pipeline]
        )

    def test_every_agent_manager_office_and_period(self):
        targets = self._make_targets(self._get_subjects())
        targets._refresh(as_of=ASKED_AT)
        checked = 0
        for target, subject, span in self.asked:
            figures = self.expected[subject].get(span, NOTHING)
            label = target.display_name
            self.assertEqual(
                self._found(target), self._wanted(target.kpi_id.code, figures), label
            )
            checked += 1
        # (35 agents, 6 managers, 3 offices twice, the company) x 16 periods x 5 KPIs
        self.assertEqual(checked, 48 * 16 * 5)

    def test_line_of_business(self):
        """A definition duplicated and narrowed to one product."""
        product = "GTX Pro"
        kpi = self._kpi("CRM_WON_COUNT").copy(
            {
                "domain": str(
                    [
                        ("won_status", "=", "won"),
                        ("tag_ids", "in", self.loaded.tags[product].ids),
                    ]
                )
            }
        )
        targets = self._make_targets(self._get_subjects(), [kpi])
        targets._refresh(as_of=ASKED_AT)
        for target, subject, span in self.asked:
            figures = self.expected[subject].get(span, NOTHING)
            wanted = figures.won_by_product.get(product, 0)
            self.assertEqual(number(target.actual), wanted, target.display_name)

    def _kpi(self, code):
        return self.env["hr.kpi"].search([("code", "=", code)]).ensure_one()

    def _get_subjects(self):
        """Return [(kind and name in the files, field of a target, record)]."""
        loaded = self.loaded
        named = (
            ("agent", "employee_id", loaded.agents),
            ("manager", "department_id", loaded.manager_departments),
            ("office", "department_id", loaded.offices),
            ("office", "team_id", loaded.sales_teams),
            ("company", "company_id", {"": loaded.company}),
        )
        return [
            ((kind, name), field, record)
            for kind, field, records in named
            for name, record in records.items()
        ]

    def _make_targets(self, subjects, kpis=None):
        kpis = kpis or [self._kpi(code) for code in CODES]
        company = self.loaded.company
        asked = [
            (
                subject,
                span,
                {"kpi_id": kpi.id, "period_id": period.id, field: record.id},
            )
            for kpi in kpis
            for span, period in self.periods.items()
            for subject, field, record in subjects
        ]
        targets = self.env["hr.kpi.target"].create(
            [{"company_id": company.id, **vals} for _subject, _span, vals in asked]
        )
        self.asked = [
            (target, subject, span)
            for target, (subject, span, _vals) in zip(targets, asked, strict=True)
        ]
        return targets

    def _found(self, target):
        if target.kpi_id.aggregate not in ("ratio", "duration"):
            return number(target.actual)
        found = [
            number(target[name]) for name in ("actual", "numerator", "denominator")
        ]
        if target.kpi_id.aggregate == "duration" and found[0] is not None:
            self.assertAlmostEqual(found[1], round(found[1]), delta=1e-9)
            found[1] = round(found[1])
            found[0] = found[1] / found[2]
        return found

    def _wanted(self, code, figures):
        won, decided = figures.won, figures.won + figures.lost
        if code == "CRM_WIN_RATE":
            return [won / decided if decided else None, won, decided]
        if code == "CRM_DEAL_CYCLE":
            return [figures.days / won, figures.days, won] if won else [None] * 3
        return {
            "CRM_WON_COUNT": won,
            "CRM_WON_REVENUE": figures.revenue,
            "CRM_NEW_CUSTOMERS": figures.new,
        }[code]
