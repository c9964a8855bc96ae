from datetime import date

from psycopg2.errors import UniqueViolation

from odoo.exceptions import UserError, ValidationError
from odoo.tools import mute_logger

from .common import KpiCommon


class TestManual(KpiCommon):
    """Typed values, for persons and rolled up."""

    def read_targets(self, kpi, period, subjects, day=None):
        targets = self.make_targets(kpi, period, subjects)
        return self.refresh(targets, day or period.date_to)

    def type_in(self, kpi, *rows, month=7):
        """rows: (day, subject, value) or (day, subject, numerator, denominator)"""
        for day, subject, *numbers in rows:
            names = ["value"] if len(numbers) == 1 else ["numerator", "denominator"]
            values = dict(zip(names, numbers, strict=True))
            self.make_entry(kpi, date(2023, month, day), subject=subject, **values)

    def test_count_and_sum_take_increments(self):
        for aggregate in ("count", "sum"):
            kpi = self.make_kpi(aggregate=aggregate)
            self.type_in(kpi, (3, self.seller_1, 2), (20, self.seller_1, 3))
            self.type_in(kpi, (1, self.seller_1, 100), month=8)
            [target] = self.read_targets(
                kpi, self.month(7), self.seller_1, date(2023, 7, 19)
            )
            self.assertActual(target, 2)
            self.refresh(target, date(2023, 7, 20))
            self.assertActual(target, 5)

    def test_last_value_is_a_level(self):
        kpi = self.make_kpi(aggregate="last", unit="point")
        self.type_in(kpi, (3, self.seller_1, 80), (20, self.seller_1, 90))
        [target] = self.read_targets(
            kpi, self.month(7), self.seller_1, date(2023, 7, 19)
        )
        self.assertActual(target, 80)
        self.refresh(target, date(2023, 7, 20))
        self.assertActual(target, 90)

    def test_other_aggregates(self):
        wanted = {"average": 4, "minimum": 1, "maximum": 9, "median": 2}
        for aggregate, value in wanted.items():
            kpi = self.make_kpi(aggregate=aggregate)
            for day, number in ((3, 1), (4, 2), (5, 9)):
                self.type_in(kpi, (day, self.seller_1, number))
            [target] = self.read_targets(kpi, self.month(7), self.seller_1)
            self.assertActual(target, value)

    def test_nothing_typed_is_no_data(self):
        kpi = self.make_kpi()
        self.type_in(kpi, (3, self.seller_1, 2))
        targets = self.read_targets(kpi, self.month(7), [self.seller_1, self.seller_2])
        self.assertActual(targets[1], None)
        self.assertEqual(targets[1].reading_state, "no_entry")
        kpi.missing = "zero"
        self.refresh(targets, date(2023, 7, 31))
        self.assertActual(targets[1], 0)

    def test_typed_zero_is_a_number(self):
        kpi = self.make_kpi()
        self.type_in(kpi, (3, self.seller_1, 0))
        [target] = self.read_targets(kpi, self.month(7), self.seller_1)
        self.assertActual(target, 0)

    def test_stock_looks_back(self):
        kpi = self.make_kpi(nature="stock", aggregate="last")
        self.type_in(kpi, (3, self.seller_1, 80), month=3)
        [target] = self.read_targets(kpi, self.month(7), self.seller_1)
        self.assertActual(target, 80)

    def test_stock_of_people_adds_up(self):
        kpi = self.make_kpi(nature="stock", aggregate="sum")
        self.type_in(kpi, (3, self.seller_1, 80), (4, self.seller_2, 7), month=3)
        self.type_in(kpi, (3, self.seller_1, 5), month=6)
        targets = self.read_targets(kpi, self.month(7), [self.seller_1, self.north])
        self.assertEqual(targets.mapped("actual"), [5, 12])

    def test_ratio(self):
        kpi = self.make_kpi(aggregate="ratio", unit="percent")
        self.type_in(kpi, (3, self.seller_1, 1, 4), (4, self.seller_1, 2, 6))
        [target] = self.read_targets(kpi, self.month(7), self.seller_1)
        self.assertActual(target, 0.3, 3, 10)

    def test_ratio_of_nothing(self):
        kpi = self.make_kpi(aggregate="ratio", unit="percent")
        self.type_in(kpi, (3, self.seller_1, 0, 0))
        [target] = self.read_targets(kpi, self.month(7), self.seller_1)
        self.assertActual(target, None)

    def check_roll_up(self, pairs, value, numerator, denominator, mean, unit="percent"):
        """F7: sum of numerators / sum of denominators, never the mean of the rates."""
        kpi = self.make_kpi(aggregate="ratio", unit=unit)
        people = self.env["hr.employee"]
        for index, pair in enumerate(pairs):
            person = self.make_employee(
                f"person {index}", self.boss, self.engineering, user=False
            )
            self.type_in(kpi, (3, person, *pair))
            people |= person
        targets = self.read_targets(
            kpi, self.month(7), [self.engineering, self.company, people]
        )
        for target in targets[:2]:
            self.assertActual(target, value, numerator, denominator)
        rates = targets[2:].mapped("actual")
        self.assertAlmostEqual(sum(rates) / len(rates), mean, places=4)

    def test_roll_up_visits(self):
        self.check_roll_up([(288, 288), (180, 192)], 0.975, 468, 480, 0.9688)

    def test_roll_up_defects(self):
        pairs = [(20, 4000), (12, 2000), (13, 2000), (16, 2000), (16, 2000), (22, 2000)]
        self.check_roll_up(pairs, 99 / 14000, 99, 14000, 0.0074)
        self.assertEqual(round(99 / 14000 * 100, 3), 0.707)

    def test_roll_up_downtime(self):
        pairs = [(hours, 120000) for hours in (240, 420, 600, 900)]
        self.check_roll_up(pairs, 0.0045, 2160, 480000, 0.0045)

    def test_roll_up_complaints(self):
        pairs = [
            (n * x, n) for n, x in ((40, 10), (40, 15), (20, 20), (20, 25), (80, 15))
        ]
        self.check_roll_up(pairs, 15.5, 3100, 200, 17.0, unit="minute")

    def test_roll_up_requirements(self):
        counts = ((30, 16), (30, 17), (30, 18), (20, 20), (20, 22), (10, 25), (60, 18))
        pairs = [(n * x, n) for n, x in counts]
        self.check_roll_up(pairs, 18.5, 3700, 200, 19.4286, unit="hour")

    def test_sub_departments_and_moves(self):
        """What is typed belongs to where the person was on its date."""
        self.seller_1.create_version(
            {"date_version": date(2023, 7, 16), "department_id": self.south.id}
        )
        kpi = self.make_kpi()
        self.type_in(kpi, (15, self.seller_1, 2), (16, self.seller_1, 3))
        targets = self.read_targets(
            kpi, self.month(7), [self.north, self.south, self.marketing, self.company]
        )
        self.assertEqual(targets.mapped("actual"), [2, 3, 5, 5])

    def test_own_entry_wins_over_roll_up(self):
        kpi = self.make_kpi()
        self.type_in(kpi, (3, self.seller_1, 2), (3, self.seller_2, 3))
        self.type_in(kpi, (31, self.marketing, 10))
        targets = self.read_targets(kpi, self.month(7), [self.north, self.marketing])
        self.assertEqual(targets.mapped("actual"), [5, 10])

    def test_levels_of_last_values_are_not_added_up(self):
        kpi = self.make_kpi(aggregate="last", unit="point")
        self.type_in(kpi, (3, self.seller_1, 80))
        targets = self.read_targets(kpi, self.month(7), [self.seller_1, self.north])
        self.assertActual(targets[0], 80)
        self.assertActual(targets[1], None)

    def test_other_company(self):
        kpi = self.make_kpi()
        self.env["hr.kpi.entry"].create(
            {
                "kpi_id": kpi.id,
                "company_id": self.other_company.id,
                "date": date(2023, 7, 3),
                "value": 7,
            }
        )
        [target] = self.read_targets(kpi, self.month(7), self.company)
        self.assertActual(target, None)


class TestEntry(KpiCommon):
    """Who told us what, and whether it counts yet."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kpi = cls.make_kpi()
        [cls.target] = cls.make_targets(cls.kpi, cls.month(7), cls.seller_1, target=10)

    def tell(self, employee, value=2, **vals):
        """Type a value as somebody, about seller 1."""
        return self.as_user(self.env["hr.kpi.entry"], employee).create(
            {
                "kpi_id": self.kpi.id,
                "company_id": self.company.id,
                "employee_id": self.seller_1.id,
                "date": date(2023, 7, 3),
                "value": value,
                **vals,
            }
        )

    def assertCounts(self, value):
        self.refresh(self.target, date(2023, 7, 31))
        self.assertActual(self.target, value)

    def test_without_approval_it_counts_at_once(self):
        entry = self.tell(self.seller_1)
        self.assertEqual(entry.state, "approved")
        self.assertEqual(entry.author_id, self.seller_1.user_id)
        self.assertCounts(2)

    def test_state_and_author_cannot_be_claimed(self):
        self.company.kpi_entry_approval = True
        entry = self.tell(
            self.seller_1, state="approved", author_id=self.boss.user_id.id
        )
        self.assertEqual(entry.state, "submitted")
        self.assertEqual(entry.author_id, self.seller_1.user_id)
        with self.assertRaises(UserError):
            entry.write({"state": "approved"})

    def test_waits_for_the_manager(self):
        self.company.kpi_entry_approval = True
        entry = self.tell(self.seller_1)
        self.assertCounts(None)
        with self.assertRaises(UserError):
            entry.action_approve()
        self.as_user(entry, self.marketing_manager).action_approve()
        self.assertEqual(entry.state, "approved")
        self.assertCounts(2)

    def test_officer_approves_too(self):
        self.company.kpi_entry_approval = True
        entry = self.tell(self.seller_1)
        self.as_user(entry, self.user_officer).action_approve()
        self.assertCounts(2)

    def test_refused_does_not_count(self):
        self.company.kpi_entry_approval = True
        entry = self.tell(self.seller_1)
        self.as_user(entry, self.marketing_manager).action_refuse()
        self.assertCounts(None)

    def test_changed_value_is_approved_anew(self):
        self.company.kpi_entry_approval = True
        for change in (
            {"value": 5},
            {"date": date(2023, 7, 4)},
            {"employee_id": False, "department_id": False},
        ):
            entry = self.tell(self.seller_1)
            self.as_user(entry, self.marketing_manager).action_approve()
            entry.invalidate_recordset()
            changed = self.as_user(entry, self.user_officer)
            changed.write(change)
            self.assertEqual(entry.state, "submitted", change)
            entry.sudo().unlink()

    def test_note_needs_no_new_approval(self):
        self.company.kpi_entry_approval = True
        entry = self.tell(self.seller_1)
        self.as_user(entry, self.marketing_manager).action_approve()
        entry.note = "As counted on Monday"
        self.assertEqual(entry.state, "approved")

    def test_approval_is_the_entrys_companys_setting(self):
        """Whatever company one happens to work in."""
        self.company.kpi_entry_approval = True
        officer = self.user_officer
        officer.company_ids |= self.other_company
        entry = (
            self.env["hr.kpi.entry"]
            .with_user(officer)
            .with_context(allowed_company_ids=(self.other_company | self.company).ids)
            .create(
                {
                    "kpi_id": self.kpi.id,
                    "company_id": self.company.id,
                    "date": date(2023, 7, 3),
                    "value": 1,
                }
            )
        )
        self.assertEqual(entry.state, "submitted")
        entry.sudo().write({"state": "approved"})
        entry.value = 2
        self.assertEqual(entry.state, "submitted")

    def test_closed_period(self):
        """Nobody but an officer adds to it, and the locked figure stays."""
        self.tell(self.seller_1)
        self.month(7)._close(date(2023, 8, 10))
        with self.assertRaises(ValidationError) as caught:
            self.tell(self.seller_1, 3)
        self.assertIn("closed", str(caught.exception))
        self.tell(self.user_officer, 3)
        self.target._restate()
        self.assertActual(self.target, 2)
        self.assertEqual(self.target.restated_actual, 5)

    def test_entry_in_a_closed_period_cannot_change(self):
        entry = self.tell(self.seller_1)
        self.month(7)._close(date(2023, 8, 10))
        for change in ({"value": 9}, {"date": date(2023, 8, 1)}):
            with self.assertRaises(ValidationError):
                entry.write(change)
        with self.assertRaises(ValidationError):
            entry.unlink()

    def test_sent_twice(self):
        self.tell(self.seller_1, external_id="monitoring-1")
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"):
            self.tell(self.seller_1, external_id="monitoring-1")

    def test_kpi_that_is_read_takes_no_value(self):
        kpi = self.make_kpi(source="formula", formula=self.kpi.code)
        with self.assertRaises(ValidationError) as caught:
            self.make_entry(kpi, date(2023, 7, 3), 1, self.seller_1)
        self.assertIn(kpi.name, str(caught.exception))

    def test_ratio_needs_both_parts(self):
        self.kpi.write({"aggregate": "ratio"})
        with self.assertRaises(ValidationError):
            self.make_entry(
                self.kpi, date(2023, 7, 3), None, self.seller_1, numerator=1
            )
        with self.assertRaises(ValidationError):
            self.make_entry(
                self.kpi,
                date(2023, 7, 3),
                None,
                self.seller_1,
                numerator=1,
                denominator=-1,
            )

    def test_value_is_needed(self):
        with self.assertRaises(ValidationError):
            self.make_entry(self.kpi, date(2023, 7, 3), None, self.seller_1)
