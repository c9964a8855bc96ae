from datetime import date

from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged

from odoo.addons.hr_strategy_kpi.fields import number
from odoo.addons.hr_strategy_kpi.tools import rollup

# what the server writes for itself while records come and go
LOGS = {"ir_logging", "bus_bus", "ir_profile", "ir_cron_trigger"}


def count_rows(env):
    """Return the number of rows of every table."""
    env.flush_all()
    env.cr.execute(
        """SELECT relname FROM pg_class
            WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"""
    )
    names = sorted({name for (name,) in env.cr.fetchall()} - LOGS)
    env.cr.execute(
        " UNION ALL ".join(
            f"SELECT '{name}', count(*) FROM \"{name}\"" for name in names
        )
    )
    return dict(env.cr.fetchall())


@tagged("post_install", "-at_install")
class ScenarioCase(TransactionCase):
    """The example company at the end of the case's year, nothing moved."""

    TODAY = date(2023, 12, 29)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.scenario = cls.env["hr.strategy.kpi.scenario"]
        cls.rows_before = count_rows(cls.env)
        cls.log_ins = cls.scenario._load_scenario(cls.TODAY, lang="en_US")
        cls.company = cls.scenario._ref("company")
        cls.env = cls.env(context={"allowed_company_ids": cls.company.ids})
        cls.scenario = cls.scenario.with_env(cls.env)

    @classmethod
    def ref(cls, key):
        record = cls.scenario._ref(key)
        assert record, f"the example has no {key}"
        return record

    @classmethod
    def target(cls, code, subject, kind="year", place=1, year=2023):
        return cls.ref(f"target_{code.lower()}_{subject}_{year}_{kind}_{place}")

    def assertFigure(self, target, actual, score=None, status=None, places=2):
        self.assertAlmostEqual(number(target.actual), actual, places=6)
        if score is not None:
            self.assertAlmostEqual(number(target.score), score, places=places)
        if status is not None:
            self.assertEqual(target.status, status)

    def read_as_of(self, target, day):
        """Return the target as it was read at the end of a day of an open period."""
        target.period_id.state = "open"
        target._unfreeze()
        target._refresh(as_of=day)
        return target

    def final(self, *pairs):
        """Return the weighted mean of (target, weight)."""
        return rollup.weighted(
            [(number(target.score), weight) for target, weight in pairs]
        )


class TestScenario(ScenarioCase):
    def test_log_ins(self):
        self.assertEqual(
            [log_in["login"] for log_in in self.log_ins],
            [
                "owner@example.com",
                "marketing@example.com",
                "sales5@example.com",
                "hr@example.com",
                "admin",
            ],
        )
        for log_in in self.log_ins:
            self.assertEqual(set(log_in), {"role", "name", "login", "password"})

    def test_section_3_people_and_wages(self):
        employees = self.env["hr.employee"].search(
            [("company_id", "=", self.company.id)]
        )
        self.assertEqual(len(employees), 30)
        boss = self.ref("employee_general_manager")
        self.assertEqual(sum((employees - boss).mapped("wage")), 364_000)
        sizes = {
            department.name: len(department.member_ids)
            for department in employees.department_id
        }
        self.assertEqual(
            sizes,
            {
                "Finance": 3,
                "Marketing": 9,
                "Data centre": 6,
                "Engineering": 9,
                "HR & Admin": 2,
            },
        )
        seller = self.ref("employee_sales_5")
        self.assertEqual(seller.parent_id, self.ref("employee_marketing_manager"))
        self.assertEqual(seller.parent_id.parent_id, boss)

    def test_zone_currency_and_65_working_days_a_quarter(self):
        self.assertEqual(self.company.currency_id.name, "CNY")
        self.assertEqual(self.company._get_kpi_tz(), "Asia/Shanghai")
        for quarter in range(1, 5):
            period = self.ref(f"period_2023_quarter_{quarter}")
            days = self.company._get_kpi_working_days(period.date_from, period.date_to)
            self.assertEqual(len(days), 65)

    def test_section_4_marks_of_defect_rate(self):
        target = self.target("QA_DEFECT_RATE", "engineering")
        self.assertEqual(
            (target.red_flag, target.baseline, target.target, target.stretch),
            (0.015, 0.010, 0.008, 0.005),
        )
        self.assertEqual(target.direction, "lower")

    def test_section_4_marks_of_manual_kpis(self):
        for code, person, marks in (
            ("FIN_COLLECTION_ON_TIME", "accountant", (0.85, 0.90, 0.95, 1)),
            ("HR_TRAINING_PLAN", "hr_specialist", (0.80, 0.90, 0.95, 1)),
            ("HR_HIRING_ON_TIME", "hr_specialist", (0.80, 0.90, 0.95, 1)),
            ("RD_RELEASE_ON_TIME", "product_manager", (0.80, 0.90, 0.95, 1)),
            ("QA_TEST_ON_TIME", "tester", (0.80, 0.90, 0.95, 1)),
            ("FIN_MONTH_CLOSE_DAYS", "accountant", (10, 7, 5, 3)),
            ("FIN_CONTRACT_ANSWER_DAYS", "commercial_specialist", (10, 7, 5, 3)),
        ):
            target = self.target(code, person)
            self.assertEqual(
                (target.red_flag, target.baseline, target.target, target.stretch), marks
            )
            self.assertEqual(target.kpi_id.asked, "end")

    def test_section_6_rollup_of_defects(self):
        for person, failed, run in (
            (1, 20, 4000),
            (2, 12, 2000),
            (3, 13, 2000),
            (4, 16, 2000),
            (5, 16, 2000),
            (6, 22, 2000),
        ):
            target = self.target("QA_DEFECT_RATE", f"rd_{person}")
            self.assertEqual((target.numerator, target.denominator), (failed, run))
        target = self.target("QA_DEFECT_RATE", "engineering")
        self.assertEqual((target.numerator, target.denominator), (99, 14000))
        self.assertFigure(target, 99 / 14000, 106.19, "exceeded")
        self.assertEqual(round(target.actual * 100, 3), 0.707)

    def test_section_6_market_size(self):
        entries = self.env["hr.kpi.entry"].search(
            [("kpi_id.code", "=", "FIN_MARKET_SIZE")], order="date"
        )
        self.assertEqual(entries.mapped("value"), [68_750_000, 82_500_000])

    def test_section_7_defects_of_the_engineers(self):
        scores = (120, 113.33, 110, 100, 100, 48)
        for person, (rate, score) in enumerate(
            zip((0.5, 0.6, 0.65, 0.8, 0.8, 1.1), scores, strict=True), 1
        ):
            target = self.target("QA_DEFECT_RATE", f"rd_{person}")
            self.assertFigure(target, rate / 100, score)

    def test_section_7_accountant(self):
        days = self.target("FIN_MONTH_CLOSE_DAYS", "accountant")
        collection = self.target("FIN_COLLECTION_ON_TIME", "accountant")
        self.assertFigure(days, 5, 100)
        self.assertFigure(collection, 0.95, 100)
        self.assertAlmostEqual(self.final((days, 50), (collection, 50)), 100)

    def test_section_7_commercial_specialist(self):
        collection = self.target("FIN_COLLECTION_ON_TIME", "commercial_specialist")
        answer = self.target("FIN_CONTRACT_ANSWER_DAYS", "commercial_specialist")
        self.assertFigure(collection, 0.98, 112)
        self.assertFigure(answer, 4, 110)
        self.assertAlmostEqual(self.final((collection, 50), (answer, 50)), 111)

    def test_section_7_tester(self):
        defects = self.target("QA_DEFECT_RATE", "engineering")
        on_time = self.target("QA_TEST_ON_TIME", "tester")
        self.assertFigure(on_time, 0.97, 108)
        self.assertAlmostEqual(
            self.final((defects, 50), (on_time, 50)), 107.10, places=2
        )

    def test_section_7_product_manager_releases(self):
        self.assertFigure(
            self.target("RD_RELEASE_ON_TIME", "product_manager"), 0.98, 112
        )

    def test_section_7_hr_admin_manager_training(self):
        self.assertFigure(
            self.target("HR_TRAINING_PLAN", "hr_admin_manager"), 0.97, 108
        )

    def test_section_7_hr_specialist(self):
        training = self.target("HR_TRAINING_PLAN", "hr_specialist")
        hiring = self.target("HR_HIRING_ON_TIME", "hr_specialist")
        self.assertFigure(training, 0.99, 116)
        self.assertFigure(hiring, 0.97, 108)
        self.assertAlmostEqual(self.final((training, 50), (hiring, 50)), 112)

    def test_n4_satisfaction_off_track_that_month(self):
        for month in range(1, 13):
            target = self.target("CS_SATISFACTION", "data_centre", "month", month)
            self.assertEqual(target.baseline, 90)
            self.assertEqual(target.target, 90)
            if month == 8:
                self.assertFigure(target, 80, status="off_track")
                alert = target.alert_ids
                self.assertEqual(alert.severity, "critical")
                self.assertEqual(alert.opened_on, date(2023, 8, 1))
                self.assertEqual(alert.closed_on, date(2023, 8, 31))
            else:
                self.assertEqual(target.status, "exceeded")
                self.assertFalse(target.alert_ids)

    def test_past_periods_are_closed(self):
        for quarter in (1, 2, 3):
            self.assertEqual(self.ref(f"period_2023_quarter_{quarter}").state, "closed")
        self.assertEqual(self.ref("period_2023_quarter_4").state, "open")
        self.assertEqual(self.ref("period_2023_month_11").state, "closed")
        self.assertEqual(self.ref("period_2022_year_1").state, "closed")

    def test_measurements_can_be_rebuilt(self):
        targets = self.env["hr.kpi.target"].search(
            [("company_id", "=", self.company.id)]
        )
        figures = ["actual", "numerator", "denominator", "score", "status", "pace"]
        measurements = self.env["hr.kpi.measurement"].search(
            [("target_id", "in", targets.ids)]
        )
        self.assertTrue(measurements)
        before = self._read(measurements)
        judged = targets.read(figures)
        measurements.unlink()
        targets._backfill(self.TODAY)
        after = self._read(
            self.env["hr.kpi.measurement"].search([("target_id", "in", targets.ids)])
        )
        self.assertTrue(after)
        for key, reading in after.items():
            self.assertEqual(before[key], reading)
        self.assertEqual(targets.read(figures), judged)

    def _read(self, measurements):
        return {
            (row.target_id.id, row.date): (
                row.value,
                row.numerator,
                row.denominator,
                row.state,
            )
            for row in measurements
        }

    def test_second_load_is_refused(self):
        with self.assertRaisesRegex(UserError, "loaded already"):
            self.scenario._load_scenario(self.TODAY)

    def test_taken_login_is_refused_in_words(self):
        self.scenario._unload_scenario()
        env = self.env(context={})
        env["res.users"].create({"name": "x", "login": "sales5@example.com"})
        with self.assertRaisesRegex(UserError, "sales5@example.com"):
            env["hr.strategy.kpi.scenario"]._load_scenario(self.TODAY)

    def test_unload_leaves_no_trace(self):
        # a visitor works in it meanwhile
        employee = self.env["hr.employee"].create(
            {"name": "New colleague", "company_id": self.company.id}
        )
        self.env["hr.kpi.entry"].create(
            {
                "kpi_id": self.ref("kpi_cs_satisfaction").id,
                "company_id": self.company.id,
                "value": 90,
                "date": self.TODAY,
            }
        )
        strategy = self.env["hr.strategy.map"].create(
            {
                "name": "Map of a visitor",
                "company_id": self.company.id,
                "date_from": "2023-01-01",
                "date_to": "2023-12-31",
            }
        )
        perspective = self.env["hr.strategy.perspective"].search([], limit=1)
        upper = self.env["hr.strategy.objective"].create(
            {
                "name": "Upper",
                "map_id": strategy.id,
                "perspective_id": perspective.id,
            }
        )
        upper.copy({"name": "Lower", "parent_id": upper.id})
        contact = employee.work_contact_id
        self.scenario._unload_scenario()
        contact.unlink()
        self.env.cr.precommit.run()
        after = count_rows(self.env)
        self.assertEqual(
            {
                name: (self.rows_before.get(name), rows)
                for name, rows in after.items()
                if rows != self.rows_before.get(name)
            },
            {},
        )
        self.assertFalse(self.scenario._is_loaded())
        self.assertFalse(
            self.env["ir.config_parameter"].get_param(
                "hr_strategy_kpi.scenario_changed"
            )
        )
        with self.assertRaisesRegex(UserError, "not loaded"):
            self.scenario._unload_scenario()


@tagged("post_install", "-at_install")
class TestScenarioDates(TransactionCase):
    """Loaded on other days: nothing later than the day, nothing fails."""

    def test_in_each_quarter(self):
        scenario = self.env["hr.strategy.kpi.scenario"]
        for today in (date(2026, 11, 23), date(2027, 2, 10), date(2026, 4, 1)):
            with self.subTest(today=today):
                scenario._load_scenario(today, lang="en_US")
                self._assert_nothing_later(today)
                scenario._unload_scenario()

    def test_in_chinese(self):
        scenario = self.env["hr.strategy.kpi.scenario"]
        log_ins = scenario._load_scenario(date(2026, 8, 12), lang="zh_CN")
        self.assertIn("李娜", [log_in["name"] for log_in in log_ins])
        marketing = scenario._ref("department_marketing")
        self.assertEqual(marketing.with_context(lang="zh_CN").name, "市场部")
        self.assertEqual(marketing.with_context(lang="en_US").name, "Marketing")
        job = scenario._ref("employee_sales_1").job_id
        self.assertEqual(job.with_context(lang="zh_CN").name, "销售员")
        self.assertEqual(scenario._ref("user_sales_5").lang, "zh_CN")
        kpi = scenario._ref("kpi_qa_defect_rate")
        self.assertEqual(kpi.with_context(lang="zh_CN").name, "测试用例失败率")
        self._assert_nothing_later(date(2026, 8, 12))

    def _assert_nothing_later(self, today):
        company = self.env["hr.strategy.kpi.scenario"]._ref("company")
        mine = [("company_id", "=", company.id)]
        self.assertFalse(
            self.env["hr.kpi.entry"].search_count([*mine, ("date", ">", today)])
        )
        self.assertFalse(
            self.env["hr.kpi.measurement"].search_count(
                [("target_id.company_id", "=", company.id), ("date", ">", today)]
            )
        )
        self.assertFalse(
            self.env["hr.kpi.alert"].search_count([*mine, ("opened_on", ">", today)])
        )
        failing = self.env["hr.kpi"].search([*mine, ("source_state", "!=", "ok")])
        self.assertFalse(failing.mapped("source_error"))
        year = self.env["hr.strategy.kpi.scenario"]._ref("period_2023_quarter_4")
        self.assertTrue(year.date_from <= today <= year.date_to)
