from datetime import date
from unittest.mock import patch

from lxml import etree

from .common import KpiCommon

FEW, MANY = 5, 50
DAY = date(2023, 8, 24)


class TestQueryBudget(KpiCommon):
    """Work grows with the number of definitions, never with the number of people."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        departments = cls.env["hr.department"].create(
            [{"name": f"Team {n}", "parent_id": cls.marketing.id} for n in range(5)]
        )
        users = cls.env["res.users"].create(
            [
                {
                    "name": f"Crowd {number}",
                    "login": f"kpi_crowd_{number}",
                    "company_id": cls.company.id,
                    "company_ids": [(6, 0, cls.company.ids)],
                }
                for number in range(MANY)
            ]
        )
        cls.people = cls.env["hr.employee"].create(
            [
                {
                    "name": user.name,
                    "user_id": user.id,
                    "company_id": cls.company.id,
                    "parent_id": cls.marketing_manager.id,
                    "department_id": departments[number % 5].id,
                    "date_version": date(2020, 1, 1),
                }
                for number, user in enumerate(users)
            ]
        )
        cls._make_records(users)
        cls.kpis = cls._make_kpis()

    @classmethod
    def _make_records(cls, users):
        """Each person has three customers, made in July and August."""
        partners = cls.env["res.partner"].create(
            [
                {"name": f"Customer {n}", "user_id": user.id, "is_company": n == 0}
                for user in users
                for n in range(3)
            ]
        )
        partners.flush_recordset()
        cls.env.cr.execute(
            "UPDATE res_partner SET create_date = '2023-07-05'::date + id %% 45 "
            "WHERE id = ANY(%s)",
            [partners.ids],
        )
        cls.env.invalidate_all()

    @classmethod
    def _make_kpis(cls):
        """A count, a rate, a formula over them, and one that is typed in."""
        customers = {
            "source": "record",
            "model_name": "res.partner",
            "date_field": "create_date",
            "subject_path": "user_id",
        }
        count = cls.make_kpi(**customers)
        rate = cls.make_kpi(
            **customers,
            aggregate="ratio",
            unit="percent",
            domain="[('is_company', '=', True)]",
            denominator_domain="[]",
        )
        formula = cls.make_kpi(source="formula", formula=f"{count.code} * 2")
        return count | rate | formula | cls.make_kpi()

    def make_crowd(self, count, period=None, **marks):
        """Return targets of every KPI for so many people and all departments."""
        period = period or (self.q3 if count == MANY else self.year)
        teams = self.people.department_id | self.marketing
        subjects = [self.people[:count], teams, self.company]
        targets = self.env["hr.kpi.target"]
        for kpi in self.kpis:
            targets |= self.make_targets(kpi, period, subjects, **marks)
        return targets

    def count_queries(self, work, *args, **kwargs):
        """Return how many statements some work takes, with nothing in the cache."""
        self.env.flush_all()
        self.env.invalidate_all()
        statements, cursor = [], type(self.env.cr)
        execute = cursor.execute

        def spy(cr, query, *args, **kwargs):
            text = getattr(query, "code", query)
            if not text.startswith(("SAVEPOINT", "RELEASE")):
                statements.append(text)
            return execute(cr, query, *args, **kwargs)

        with patch.object(cursor, "execute", spy):
            work(*args, **kwargs)
            self.env.flush_all()
        return len(statements)

    def assertSameQueries(self, few, many, most):
        self.assertEqual(few, many, "queries of few people and of many")
        self.assertLessEqual(many, most)

    # ---------------------------------------------------------------- refreshing

    def test_refresh(self):
        few, many = self.make_crowd(FEW), self.make_crowd(MANY)
        (few | many)._refresh(as_of=DAY)
        counts = [
            self.count_queries(targets._refresh, as_of=DAY) for targets in (few, many)
        ]
        self.assertSameQueries(*counts, most=10 + 3 * len(self.kpis))

    def test_first_refresh(self):
        """Nothing has been read before, and everybody is on track."""
        self.make_crowd(FEW, self.q2)._refresh(as_of=DAY)
        counts = [
            self.count_queries(targets._refresh, as_of=DAY)
            for targets in (
                self.make_crowd(FEW, target=-1000.0),
                self.make_crowd(MANY, target=-1000.0),
            )
        ]
        self.assertSameQueries(*counts, most=10 + 3 * len(self.kpis))

    def test_steady_refresh_writes_nothing(self):
        targets = self.make_crowd(MANY, target=4.0)
        self.assertEqual(targets._refresh(as_of=DAY), targets)
        alerts = self.env["hr.kpi.alert"].search([("target_id", "in", targets.ids)])
        self.assertTrue(alerts)
        messages = self.env["mail.message"].search_count([])
        versions = self._row_versions(targets)
        self.assertFalse(targets._refresh(as_of=DAY))
        self.assertEqual(self._row_versions(targets), versions)
        self.assertEqual(
            self.env["hr.kpi.alert"].search([("target_id", "in", targets.ids)]), alerts
        )
        self.assertEqual(self.env["mail.message"].search_count([]), messages)

    def _row_versions(self, targets):
        """Return where rows of targets and measurements lie: an update moves them."""
        self.env.flush_all()
        self.env.cr.execute(
            """SELECT 'target', id, ctid::text FROM hr_kpi_target
             WHERE id = ANY(%(ids)s)
            UNION ALL
            SELECT 'measurement', id, ctid::text FROM hr_kpi_measurement
             WHERE target_id = ANY(%(ids)s) ORDER BY 1, 2""",
            {"ids": targets.ids},
        )
        return self.env.cr.fetchall()

    def test_alerts_of_many(self):
        """Everybody falls behind at once: a digest for whoever answers for many."""
        few = self.make_crowd(FEW, target=1000.0)
        many = self.make_crowd(MANY, target=1000.0)
        few_queries = self.count_queries(few._refresh, as_of=DAY)
        before = self.env["mail.message"].search_count([])
        many_queries = self.count_queries(many._refresh, as_of=DAY)
        alerts = self.env["hr.kpi.alert"].search_count([("target_id", "in", many.ids)])
        self.assertGreater(alerts, 2 * MANY)
        told = MANY + 3  # each person, two managers and the KPIs' owner
        messages = self.env["mail.message"].search_count([]) - before
        self.assertLessEqual(messages, told)
        per_person = (many_queries - few_queries) / (MANY - FEW)
        self.assertLess(per_person, 40)

    def test_backfill(self):
        """A whole quarter is one question, for however many people."""
        self.make_crowd(FEW, self.q4)._backfill(date(2023, 12, 31))
        few, many = self.make_crowd(FEW, self.q2), self.make_crowd(MANY, self.q1)
        counts = [
            self.count_queries(targets._backfill, targets.period_id.date_to)
            for targets in (few, many)
        ]
        # the last day is read and judged once more, as a refresh does
        self.assertSameQueries(*counts, most=2 * (10 + 3 * len(self.kpis)))
        days = self.env["hr.kpi.measurement"]._read_group(
            [("target_id", "in", many.ids)], [], ["date:count_distinct"]
        )
        self.assertGreaterEqual(days[0][0], 60)

    # ------------------------------------------------------------------- screens

    def test_preview(self):
        """It asks for a target that is not saved: one question for three periods."""
        kpi = self.kpis[0]
        self.assertFalse(kpi._get_preview()["error"])
        self.assertEqual(len(kpi._get_preview()["rows"]), 3)
        self.assertLessEqual(self.count_queries(kpi._get_preview), 20)

    def test_views(self):
        """Opening the list and the cards costs the same for 5 rows and for 50."""
        targets = self.make_crowd(MANY, target=4.0)
        targets._refresh(as_of=DAY)
        views = [(False, kind) for kind in ("list", "kanban")]
        model = self.env["hr.kpi.target"]
        archs = model.get_views(views)["views"]
        model = self.as_user(model, self.user_officer)
        for kind, view in archs.items():
            spec = self._specification(view["arch"])
            with self.subTest(kind):
                self.assertRowsCostNothing(model, targets, spec)

    def test_figures_on_screen(self):
        """All that a card or a list may show, for those with the fewest rights too."""
        targets = self.make_crowd(MANY, target=4.0)
        targets._refresh(as_of=DAY)
        names = ("display_name", "actual", "score", "pace", "status", "spark", "unit")
        names += ("week_actual", "week_needed", "is_stale", "stale_reason")
        names += ("measured_at", "open_alert_count")
        spec = {name: {} for name in names}
        for name in ("kpi_id", "period_id", "employee_id", "department_id"):
            spec[name] = {"fields": {"display_name": {}}}
        # a manager's rights are read from the chart, for each model on the screen
        for user, most in ((self.user_officer, 30), (self.marketing_manager, 90)):
            with self.subTest(user.name):
                model = self.as_user(self.env["hr.kpi.target"], user)
                self.assertRowsCostNothing(model, targets, spec, most)

    def _specification(self, arch):
        """Return what the web client asks for to show a view."""
        spec = {}
        for node in etree.fromstring(arch).iter("field"):
            field = self.env["hr.kpi.target"]._fields.get(node.get("name"))
            if field is not None:
                names = {"fields": {"display_name": {}}} if field.relational else {}
                spec[field.name] = names
        return spec

    def assertRowsCostNothing(self, model, targets, spec, most=30):
        domain = [("id", "in", targets.ids), ("subject_type", "=", "employee")]
        # the access rules of a user are read once
        self.count_queries(model.web_search_read, domain, spec)
        few, many = (
            self.count_queries(model.web_search_read, domain, spec, limit=limit)
            for limit in (FEW, MANY)
        )
        self.assertSameQueries(few, many, most)

    def test_visibility(self):
        """Who may see what costs the same whether few or many are below one."""
        targets = self.make_crowd(MANY)
        model = self.as_user(self.env["hr.kpi.target"], self.marketing_manager)
        domain = [("id", "in", targets.ids), ("subject_type", "=", "employee")]
        self.assertEqual(model.search_count(domain), MANY * len(self.kpis))
        many = self.count_queries(model.search_count, domain)
        self.people[FEW:].parent_id = self.boss
        self.assertEqual(model.search_count(domain), FEW * len(self.kpis))
        few = self.count_queries(model.search_count, domain)
        self.assertSameQueries(few, many, most=20)
