from datetime import date

from odoo import Command
from odoo.exceptions import UserError, ValidationError

from .common import KpiCommon


class TestSplit(KpiCommon):
    """ACCEPTANCE P3 to P5 and X1: 18 new customers a quarter over sales people."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kpi = cls.make_kpi(name="New customers")
        cls.sales = cls.env["hr.department"].create({"name": "Sales"})
        cls.people = cls.env["hr.employee"]
        for number in range(1, 7):
            cls.people |= cls.make_employee(
                f"sales {number}", cls.boss, cls.sales, user=False
            )
        cls.target = cls.make_targets(
            cls.kpi, cls.q4, cls.sales, red_flag=6, baseline=12, target=18, stretch=24
        )

    def open_split(self, target=None, **vals):
        target = target or self.target
        wizards = self.env["hr.kpi.target.split"].with_context(
            default_target_id=target.id
        )
        wizard = wizards.create(vals)
        wizard.line_ids.flush_recordset()
        return wizard

    def split(self, target=None, **vals):
        wizard = self.open_split(target, **vals)
        wizard.action_distribute()
        return wizard

    def assertBalance(self, record, allocated, reserved, missing, too_much):
        self._assert_number(record, "allocated", allocated)
        self.assertAlmostEqual(record.reserved or 0, reserved)
        self._assert_number(record, "missing", missing)
        self._assert_number(record, "too_much", too_much)

    def test_p3_six_people(self):
        wizard = self.split()
        self.assertEqual(wizard.line_ids.mapped("value"), [3] * 6)
        self.assertBalance(wizard, 18, 0, 0, 0)
        wizard.action_apply()
        self.assertEqual(self.target.child_ids.employee_id, self.people)
        self.assertEqual(self.target.child_ids.mapped("target"), [3] * 6)
        self.assertBalance(self.target, 18, 0, 0, 0)

    def test_other_marks_shrink_alike(self):
        self.split().action_apply()
        child = self.target.child_ids[0]
        self.assertEqual((child.red_flag, child.baseline, child.stretch), (1, 2, 4))

    def test_p4_seven_people(self):
        self.make_employee("sales 7", self.boss, self.sales, user=False)
        wizard = self.split()
        self.assertEqual(wizard.line_ids.mapped("value"), [3, 3, 3, 3, 2, 2, 2])
        self.assertBalance(wizard, 18, 0, 0, 0)

    def test_p4_two_reserved(self):
        wizard = self.split(reserved=2)
        self.assertEqual(wizard.line_ids.mapped("value"), [3, 3, 3, 3, 2, 2])
        self.assertBalance(wizard, 16, 2, 0, 0)
        wizard.action_apply()
        self.assertBalance(self.target, 16, 2, 0, 0)

    def add_by_hand(self, full_value, **vals):
        """Split over six, then give a seventh a value of their own."""
        self.split().action_apply()
        person = self.make_employee("sales 7", self.boss, self.sales, False, **vals)
        wizard = self.open_split(method="hand")
        line = wizard.line_ids.filtered(lambda line: line.employee_id == person)
        line.full_value = full_value
        line._onchange_full_value()
        return wizard, line

    def test_p5_joiner_of_november(self):
        wizard, line = self.add_by_hand(3, date_version=date(2023, 11, 1))
        self.assertEqual(
            self.target._get_presence(line.employee_id.sudo())[:2], (43, 65)
        )
        self.assertAlmostEqual(line.proration, 43 / 65)
        self.assertEqual(round(line.value, 2), 1.98)
        self.assertEqual(round(wizard.too_much, 2), 1.98)
        wizard.action_apply()
        self.assertEqual(round(self.target.too_much, 2), 1.98)
        child = self.target.child_ids.filtered(
            lambda t: t.employee_id == line.employee_id
        )
        self.assertEqual(round(child.target, 2), 1.98)
        self.assertEqual((child.full_target, round(child.proration, 4)), (3, 0.6615))

    def test_p5_half_time(self):
        half = self.env["resource.calendar"].create(
            {
                "name": "Half time",
                "company_id": self.company.id,
                "attendance_ids": [
                    Command.create(
                        {
                            "name": f"Day {day}",
                            "dayofweek": str(day),
                            "hour_from": 8,
                            "hour_to": 12,
                            "day_period": "morning",
                        }
                    )
                    for day in range(5)
                ],
            }
        )
        wizard, line = self.add_by_hand(3, resource_calendar_id=half.id)
        self.assertAlmostEqual(line.value, 1.5)
        self.assertAlmostEqual(wizard.too_much, 1.5)

    def test_p5_leaver(self):
        """Whoever leaves on 31 October is there for 22 of 65 days."""
        leaver = self.people[0]
        leaver.version_ids.departure_date = date(2023, 10, 31)
        wizard = self.split()
        line = wizard.line_ids.filtered(lambda line: line.employee_id == leaver)
        self.assertAlmostEqual(line.value, 3 * 22 / 65)
        self.assertAlmostEqual(wizard.missing, 3 * 43 / 65)

    def test_somebody_who_left_before(self):
        leaver = self.people[0]
        leaver.version_ids.departure_date = date(2023, 9, 30)
        wizard = self.split()
        line = wizard.line_ids.filtered(lambda line: line.employee_id == leaver)
        self.assertAlmostEqual(line.value, 0)

    def test_proration_can_be_switched_off(self):
        leaver = self.people[0]
        leaver.version_ids.departure_date = date(2023, 10, 31)
        self.assertEqual(self.split(prorate=False).line_ids.mapped("value"), [3] * 6)

    def test_x1_three_a_month_each(self):
        """9 each are 54: 36 too much."""
        wizard = self.open_split(method="hand")
        wizard.line_ids.value = 9
        self.assertBalance(wizard, 54, 0, 0, 36)

    def test_too_little(self):
        wizard = self.split()
        wizard.line_ids[0].is_included = False
        self.assertBalance(wizard, 15, 0, 3, 0)
        wizard.action_apply()
        self.assertEqual(len(self.target.child_ids), 5)
        self.assertBalance(self.target, 15, 0, 3, 0)

    def test_taking_somebody_out_keeps_their_target(self):
        self.split().action_apply()
        child = self.target.child_ids[0]
        wizard = self.open_split()
        wizard.line_ids[0].is_included = False
        wizard.action_apply()
        self.assertFalse(child.parent_id)
        self.assertEqual(child.target, 3)

    def test_split_again_changes_in_place(self):
        self.split().action_apply()
        children = self.target.child_ids
        self.target.target = 24
        self.split().action_apply()
        self.assertEqual(self.target.child_ids, children)
        self.assertEqual(children.mapped("target"), [4] * 6)

    def test_reserve_of_more_than_all(self):
        with self.assertRaises(UserError) as caught:
            self.split(reserved=19)
        self.assertIn("reserve", str(caught.exception))

    def test_by_history(self):
        quarter = self.q3
        past = self.make_targets(self.kpi, quarter, self.people)
        for target, value in zip(past, (6, 3, 3, 2, 2, 2), strict=True):
            self.make_entry(self.kpi, date(2023, 7, 3), value, target.employee_id)
        self.refresh(past, date(2023, 9, 29))
        wizard = self.split(method="history")
        self.assertEqual(wizard.line_ids.mapped("value"), [6, 3, 3, 2, 2, 2])

    def test_by_history_without_any(self):
        with self.assertRaises(UserError) as caught:
            self.split(method="history")
        self.assertIn("Split equally or by hand", str(caught.exception))

    def test_by_headcount(self):
        target = self.make_targets(self.kpi, self.q3, self.marketing, target=9)
        wizard = self.split(target, method="headcount")
        self.assertEqual(wizard.line_ids.department_id, self.north | self.south)
        # two people and one
        self.assertEqual(wizard.line_ids.mapped("value"), [6, 3])

    def test_company_over_departments(self):
        target = self.make_targets(self.kpi, self.q3, self.company, target=9)
        wizard = self.open_split(target)
        self.assertEqual(
            wizard.line_ids.department_id,
            self.env["hr.department"].search(
                [("parent_id", "=", False), ("company_id", "=", self.company.id)]
            ),
        )

    def test_head_takes_no_part(self):
        self.sales.manager_id = self.people[0]
        self.assertNotIn(self.people[0], self.open_split().line_ids.employee_id)

    def test_rate_is_the_same_for_everyone(self):
        """And is never prorated, nor added up."""
        kpi = self.make_kpi(aggregate="ratio", unit="percent")
        target = self.make_targets(kpi, self.q4, self.sales, baseline=0.15, target=0.18)
        self.people[0].version_ids.departure_date = date(2023, 10, 31)
        wizard = self.split(target)
        self.assertEqual(wizard.line_ids.mapped("value"), [0.18] * 6)
        wizard.action_apply()
        children = target.child_ids
        self.assertEqual(children.mapped("target"), [0.18] * 6)
        self.assertEqual(children.mapped("baseline"), [0.15] * 6)
        self._assert_number(target, "missing", None)
        self._assert_number(target, "too_much", None)

    def test_person_cannot_be_split(self):
        target = self.make_targets(self.kpi, self.q4, self.people[0], target=3)
        with self.assertRaises(UserError):
            self.open_split(target)

    def test_no_target_value(self):
        target = self.make_targets(self.kpi, self.q3, self.sales)
        with self.assertRaises(UserError) as caught:
            self.open_split(target)
        self.assertIn("no target value", str(caught.exception))

    def test_locked(self):
        wizard = self.split()
        self.q4._close(date(2024, 1, 10))
        with self.assertRaises(UserError):
            wizard.action_apply()

    def test_parent_of_another_kpi_or_period(self):
        child = self.make_targets(self.kpi, self.q3, self.people[0])
        with self.assertRaises(ValidationError):
            child.parent_id = self.target
        other = self.make_targets(self.make_kpi(), self.q4, self.people[0])
        with self.assertRaises(ValidationError):
            other.parent_id = self.target

    def test_part_of_itself(self):
        child = self.make_targets(self.kpi, self.q4, self.people[0])
        child.parent_id = self.target
        with self.assertRaises(ValidationError):
            self.target.parent_id = child

    def test_money_is_split_to_the_cent(self):
        kpi = self.make_kpi(aggregate="sum", unit="money")
        target = self.make_targets(kpi, self.q4, self.sales, target=100)
        wizard = self.split(target)
        self.assertEqual(wizard.line_ids.mapped("value"), [16.67] * 4 + [16.66] * 2)
        self.assertBalance(wizard, 100, 0, 0, 0)
