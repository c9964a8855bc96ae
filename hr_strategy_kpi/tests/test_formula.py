from datetime import date

from psycopg2.errors import UniqueViolation

from odoo.exceptions import UserError, ValidationError
from odoo.tools import mute_logger

from .common import KpiCommon


class FormulaCommon(KpiCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.won = cls.make_kpi(name="Won", code="WON")
        cls.leads = cls.make_kpi(name="Leads", code="LEADS")

    @classmethod
    def make_formula(cls, formula, **vals):
        return cls.make_kpi(
            **{"name": "Formula", "source": "formula", "formula": formula, **vals}
        )

    def read_targets(self, kpi, period, subjects, day=None):
        targets = self.make_targets(kpi, period, subjects)
        return self.refresh(targets, day or period.date_to)


class TestFormula(FormulaCommon):
    def test_keeps_numerator_and_denominator(self):
        """The rate of a department is no mean of its people's rates."""
        for seller, won, leads in ((self.seller_1, 9, 10), (self.seller_2, 1, 90)):
            self.make_entry(self.won, date(2023, 7, 3), won, seller)
            self.make_entry(self.leads, date(2023, 7, 3), leads, seller)
        kpi = self.make_formula("WON / LEADS", unit="percent")
        targets = self.read_targets(
            kpi, self.month(7), [self.seller_1, self.seller_2, self.north, self.company]
        )
        self.assertActual(targets[0], 0.9, 9, 10)
        self.assertActual(targets[1], 1 / 90, 1, 90)
        self.assertActual(targets[2], 0.1, 10, 100)
        self.assertActual(targets[3], 0.1, 10, 100)

    def test_order_of_dependence(self):
        """Formulas of formulas, saved and read in whatever order."""
        self.make_entry(self.won, date(2023, 7, 3), 3, self.company)
        double = self.make_formula("WON * 2", code="DOUBLE", sequence=99)
        again = self.make_formula("DOUBLE + WON", code="AGAIN", sequence=1)
        top = self.make_formula("AGAIN - DOUBLE", code="TOP", sequence=50)
        targets = self.env["hr.kpi.target"]
        for kpi in (top, again, double):
            targets |= self.make_targets(kpi, self.month(7), self.company)
        self.refresh(targets, date(2023, 7, 31))
        self.assertEqual(targets.mapped("actual"), [3, 9, 6])

    def test_previous_period(self):
        self.make_entry(self.won, date(2023, 6, 30), 4, self.company)
        self.make_entry(self.won, date(2023, 7, 3), 6, self.company)
        kpi = self.make_formula("WON - WON[-1]")
        [target] = self.read_targets(kpi, self.month(7), self.company)
        self.assertActual(target, 2)
        [target] = self.read_targets(kpi, self.month(8), self.company)
        # of August nothing has been typed
        self.assertActual(target, None)
        self.assertEqual(target.reading_state, "missing_input")

    def test_same_period_last_year(self):
        """F8: this year over the same days of last year, less one."""
        self.make_entry(self.won, date(2022, 9, 30), 40, self.company)
        self.make_entry(self.won, date(2022, 6, 30), 1000, self.company)
        self.make_entry(self.won, date(2023, 8, 1), 50, self.company)
        kpi = self.make_formula("WON / WON[-1y] - 1", unit="percent")
        [target] = self.read_targets(kpi, self.q3, self.company)
        self.assertActual(target, 0.25)

    def test_unfinished_period_is_compared_with_as_many_days(self):
        self.make_entry(self.won, date(2022, 7, 3), 10, self.company)
        self.make_entry(self.won, date(2022, 7, 30), 90, self.company)
        self.make_entry(self.won, date(2023, 7, 3), 20, self.company)
        kpi = self.make_formula("WON / WON[-1y]")
        [target] = self.read_targets(
            kpi, self.month(7), self.company, date(2023, 7, 10)
        )
        self.assertActual(target, 2)

    def test_missing_input(self):
        self.make_entry(self.won, date(2023, 7, 3), 3, self.company)
        kpi = self.make_formula("WON + LEADS")
        [target] = self.read_targets(kpi, self.month(7), self.company)
        self.assertActual(target, None)
        self.assertEqual(target.reading_state, "missing_input")
        kpi.missing = "zero"
        self.refresh(target, date(2023, 7, 31))
        self.assertActual(target, 3)

    def test_division_by_zero(self):
        self.make_entry(self.won, date(2023, 7, 3), 3, self.company)
        self.make_entry(self.leads, date(2023, 7, 3), 0, self.company)
        kpi = self.make_formula("WON / LEADS")
        [target] = self.read_targets(kpi, self.month(7), self.company)
        self.assertActual(target, None)
        kpi.missing = "zero"
        self.refresh(target, date(2023, 7, 31))
        self.assertActual(target, 0)

    def test_functions(self):
        self.make_entry(self.won, date(2023, 7, 3), 3, self.company)
        self.make_entry(self.leads, date(2023, 7, 3), 8, self.company)
        cases = {
            "min(WON, LEADS)": 3,
            "max(WON, LEADS, 10)": 10,
            "avg(WON, LEADS)": 5.5,
            "abs(WON - LEADS)": 5,
            "round(LEADS / WON, 1)": 2.7,
            "if(LEADS > 5, WON, 0 - WON)": 3,
            "(WON + LEADS) * 2": 22,
        }
        for formula, value in cases.items():
            with self.subTest(formula):
                kpi = self.make_formula(formula)
                [target] = self.read_targets(kpi, self.month(7), self.company)
                self.assertActual(target, value)


class TestFormulaRefusals(FormulaCommon):
    """What cannot be computed is refused on save, with its place and the mend."""

    def refuse(self, formula, *words):
        kpi = self.make_formula("WON", name="Conversion")
        for refused in (
            lambda: self.make_formula(formula, name="Conversion", code="BAD"),
            lambda: kpi.write({"formula": formula}),
        ):
            with self.assertRaises(ValidationError) as caught:
                refused()
            for word in ("Conversion", *words):
                self.assertIn(word, str(caught.exception))
        self.assertEqual(kpi.formula, "WON")

    def test_unknown_code(self):
        self.refuse("WON / NOPE + GONE", "GONE, NOPE", "do not exist")

    def test_syntax_with_position(self):
        self.refuse("WON / / LEADS", "at character 7", "“/”")
        self.refuse("WON LEADS", "at character 5", "“LEADS”")
        self.refuse("won / LEADS", "at character 1", "“won”")
        self.refuse("WON[1]", "at character 4")

    def test_empty(self):
        self.refuse("", "empty")
        self.refuse("   ", "empty")

    def test_unclosed(self):
        self.refuse("(WON + LEADS", "not closed")

    def test_unknown_function(self):
        self.refuse("sum(WON)", "sum", "min, max, avg")
        self.refuse("__import__(WON)", "__import__")

    def test_number_of_arguments(self):
        self.refuse("if(WON, LEADS)", "“if” takes 3 values, not 2")

    def test_bad_number(self):
        self.refuse("WON + 1.2.3", "1.2.3", "no number")

    def test_deep_nesting(self):
        self.refuse("(" * 60 + "WON" + ")" * 60, "nested too deep")

    def test_too_long(self):
        self.refuse("WON" + " + WON" * 1000, "too long")

    def test_units(self):
        self.make_kpi(name="Revenue", code="REVENUE", unit="money", aggregate="sum")
        self.make_kpi(name="Hours", code="HOURS", unit="hour", aggregate="sum")
        self.refuse("REVENUE + HOURS", "different units")
        self.refuse("if(WON > 1, REVENUE, HOURS)", "different units")
        # these fit
        self.make_formula("REVENUE / WON + REVENUE / LEADS")
        self.make_formula("REVENUE - 100")

    def test_percent_is_a_plain_ratio(self):
        self.make_kpi(name="Rate", code="RATE", unit="percent", aggregate="ratio")
        self.make_formula("RATE - WON / LEADS", unit="percent")

    def test_itself(self):
        kpi = self.make_formula("WON", name="Loop", code="LOOP")
        with self.assertRaises(ValidationError) as caught:
            kpi.formula = "WON + LOOP"
        self.assertIn("“Loop” needs itself: LOOP → LOOP", str(caught.exception))
        self.assertEqual(kpi.formula, "WON")

    def test_loop(self):
        a = self.make_formula("WON", code="A")
        self.make_formula("A", code="B")
        self.make_formula("B", code="C")
        with self.assertRaises(ValidationError) as caught:
            a.formula = "C + WON"
        self.assertIn("A → C → B → A", str(caught.exception))

    def test_earlier_period_is_no_loop(self):
        """But one that would never end is."""
        kpi = self.make_formula("WON", code="RUNNING")
        with self.assertRaises(ValidationError):
            kpi.formula = "WON + RUNNING[-1]"

    def test_duplicate_code(self):
        kpis = self.env["hr.kpi"]
        with self.assertRaises(UniqueViolation) as caught, mute_logger("odoo.sql_db"):
            self.make_kpi(code="WON")
        self.assertEqual(
            kpis._sql_error_to_message(caught.exception),
            "Another KPI has this code already.",
        )

    def test_code_in_use_cannot_change(self):
        """Formulas name a KPI by its code."""
        self.make_formula("WON / LEADS", name="Conversion")
        with self.assertRaises(UserError) as caught:
            self.won.code = "WINS"
        self.assertIn("Conversion", str(caught.exception))
        self.assertEqual(self.won.code, "WON")
        self.leads.name = "Leads received"


class TestFailures(FormulaCommon):
    """One broken KPI reports on its form and to its owner; all the others still run."""

    def setUp(self):
        super().setUp()
        self.make_entry(self.won, date(2023, 7, 3), 3, self.company)
        self.good = self.make_formula("WON * 2", code="FINE")
        self.bad = self.make_formula("LEADS * 2", name="Bad", code="BAD")
        self.above = self.make_formula("BAD + WON", name="Above", code="ABOVE")
        self.targets = self.make_targets(self.won, self.month(7), self.company)
        for kpi in (self.good, self.bad, self.above):
            self.targets |= self.make_targets(kpi, self.month(7), self.company)
        self.refresh(self.targets, date(2023, 7, 14))
        self.break_it()

    def break_it(self):
        """As an app that was changed behind our back would."""
        self.env.cr.execute(
            "UPDATE hr_kpi SET formula = 'GONE + 1' WHERE id = %s", [self.bad.id]
        )
        self.bad.invalidate_recordset(["formula"])

    def test_others_run(self):
        self.make_entry(self.won, date(2023, 7, 17), 1, self.company)
        self.refresh(self.targets, date(2023, 7, 31))
        won, good, _bad, _above = self.targets
        self.assertActual(won, 4)
        self.assertActual(good, 8)
        self.assertEqual(self.good.source_state, "ok")

    def test_reported_on_the_form(self):
        self.refresh(self.targets, date(2023, 7, 31))
        self.assertEqual(self.bad.source_state, "error")
        self.assertIn("GONE", self.bad.source_error)

    def test_component_names_itself(self):
        self.refresh(self.targets, date(2023, 7, 31))
        self.assertEqual(self.above.source_state, "error")
        self.assertIn("“BAD” fails", self.above.source_error)
        self.assertIn("GONE", self.above.source_error)

    def test_owner_is_told_once(self):
        for day in (17, 18, 19):
            self.refresh(self.targets, date(2023, 7, day))
        activity = self.bad.activity_ids
        self.assertEqual(len(activity), 1)
        self.assertEqual(activity.user_id, self.user_officer)
        self.assertIn("GONE", self.bad.source_error)

    def test_figure_stays_and_is_stale(self):
        target = self.targets[0]
        self.refresh(self.targets, date(2023, 7, 31))
        bad = self.targets[2]
        self.assertTrue(bad.is_stale)
        self.assertIn("GONE", bad.stale_reason)
        self.assertFalse(target.is_stale)
        stale = self.env["hr.kpi.target"].search(
            [("is_stale", "=", True), ("id", "in", self.targets.ids)]
        )
        self.assertEqual(stale, self.targets[2:])

    def test_recovers(self):
        self.refresh(self.targets, date(2023, 7, 17))
        self.bad.formula = "WON * 3"
        self.assertEqual(self.bad.source_state, "ok")
        self.refresh(self.targets, date(2023, 7, 31))
        self.assertActual(self.targets[2], 9)
        self.assertActual(self.targets[3], 12)
        self.assertEqual(self.above.source_state, "ok")
        self.assertFalse(self.above.source_error)
        self.assertFalse(self.targets[2].is_stale)
        # the reminder to mend it is no longer needed
        self.assertFalse(self.bad.activity_ids)
        self.assertFalse(self.above.activity_ids)

    def test_error_in_the_database(self):
        """An error of PostgreSQL in one source does not end the transaction."""
        self.patch(
            type(self.env["hr.kpi"]),
            "_measure_manual",
            lambda kpis, request: self.env.cr.execute("SELECT 1 / 0"),
        )
        with mute_logger("odoo.sql_db"):
            self.refresh(self.targets, date(2023, 7, 31))
        self.assertEqual(self.won.source_state, "error")
        self.assertIn("division by zero", self.won.source_error)
        self.assertActual(self.targets[0], 3)
