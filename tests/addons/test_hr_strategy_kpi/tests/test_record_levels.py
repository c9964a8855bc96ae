from datetime import date

from odoo import Command

from .common import DealCommon


class TestRecordLevels(DealCommon):
    """Which record belongs to whom."""

    def count(self, subjects, day=date(2023, 7, 31), **vals):
        """Return what a KPI that counts deals of July says, in order of subjects."""
        targets = self.read_targets(
            self.make_deal_kpi(**vals), self.month(7), subjects, day
        )
        return [
            target.actual if not target.reading_state else None for target in targets
        ]

    def test_all_levels_from_one_statement(self):
        for seller in self.sellers:
            self.make_deal(date(2023, 7, 3), seller)
        kpi = self.make_deal_kpi()
        targets = self.make_targets(
            kpi,
            self.month(7),
            [self.sellers, self.north, self.south, self.marketing, self.company],
        )
        with self.count_selects("test_kpi_deal") as statements:
            self.refresh(targets, date(2023, 7, 31))
        self.assertEqual(len(statements), 1)
        self.assertEqual(targets.mapped("actual"), [1, 1, 1, 2, 1, 3, 3])

    def test_statements_do_not_grow_with_people(self):
        def statements(sellers):
            kpi = self.make_deal_kpi()
            targets = self.make_targets(kpi, self.month(7), sellers)
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.refresh(targets, date(2023, 7, 31))
            return self.env.cr.sql_log_count - before

        many = self.sellers
        for index in range(20):
            many |= self.make_employee(f"many {index}", user=False)
        statements(self.sellers)
        self.assertEqual(statements(self.sellers), statements(many))

    def test_zero_is_a_number_and_unreachable_is_not(self):
        self.assertEqual(self.count([self.seller_1, self.engineer]), [0, None])
        target = self.env["hr.kpi.target"].search(
            [("employee_id", "=", self.engineer.id)]
        )
        self.assertEqual(target.reading_state, "unreachable")
        self.assertEqual(target.status, "no_data")

    def test_no_path(self):
        self.make_deal(date(2023, 7, 3), self.seller_1)
        found = self.count(
            [self.seller_1, self.north, self.company], subject_path=False
        )
        self.assertEqual(found, [None, None, 1])

    def test_employee_path(self):
        self.make_deal(date(2023, 7, 3), employee_id=self.engineer.id)
        found = self.count(
            [self.engineer, self.seller_1, self.engineering, self.marketing],
            subject_path="employee_id",
        )
        self.assertEqual(found, [1, 0, 1, 0])

    def test_department_path(self):
        self.make_deal(date(2023, 7, 3), department_id=self.north.id)
        self.make_deal(date(2023, 7, 3))
        kpi = self.make_deal_kpi(subject_path="department_id")
        targets = self.read_targets(
            kpi,
            self.month(7),
            [self.seller_1, self.north, self.marketing, self.south, self.company],
        )
        self.assertEqual(targets[0].reading_state, "no_path")
        self.assertEqual(targets[1:].mapped("actual"), [1, 1, 0, 2])
        self.assertEqual(targets[4].unassigned, 1)

    def test_path_over_a_chain(self):
        parent = self.make_deal(None, self.seller_1)
        self.make_deal(date(2023, 7, 3), self.seller_3, parent_id=parent.id)
        found = self.count(
            [self.seller_1, self.seller_3, self.marketing],
            subject_path="parent_id.user_id",
        )
        self.assertEqual(found, [1, 0, 1])

    def test_several_people_count_once_in_their_department(self):
        users = (self.seller_1 | self.seller_2 | self.seller_3).user_id
        self.make_deal(date(2023, 7, 3), user_ids=[Command.set(users.ids)], quantity=6)
        whose = [self.sellers, self.north, self.south, self.marketing, self.company]
        self.assertEqual(
            self.count(whose, subject_path="user_ids"), [1, 1, 1, 1, 1, 1, 1]
        )
        found = self.count(
            whose, subject_path="user_ids", aggregate="sum", measure_field="quantity"
        )
        self.assertEqual(found, [6] * 7)

    def test_several_people_unassigned(self):
        """A record that one of ours shares with an outsider belongs to somebody."""
        shared = self.seller_1.user_id | self.user_outsider
        self.make_deal(date(2023, 7, 3), user_ids=[Command.set(shared.ids)])
        self.make_deal(date(2023, 7, 3), user_ids=[Command.set(self.user_outsider.ids)])
        kpi = self.make_deal_kpi(subject_path="user_ids")
        [target] = self.read_targets(kpi, self.month(7), self.company)
        self.assertEqual((target.actual, target.unassigned), (2, 1))

    def test_move_between_departments_within_the_period(self):
        """Each record stays where the person was on its date."""
        self.seller_1.create_version(
            {"date_version": date(2023, 7, 16), "department_id": self.south.id}
        )
        for day in (3, 15, 16):
            self.make_deal(date(2023, 7, day), self.seller_1)
        found = self.count([self.seller_1, self.north, self.south, self.marketing])
        self.assertEqual(found, [3, 2, 1, 3])

    def test_first_version_reaches_back(self):
        """Records older than the first version belong to its department."""
        newcomer = self.make_employee(
            "newcomer", self.boss, self.south, date_version=date(2023, 7, 20)
        )
        self.make_deal(date(2023, 7, 3), newcomer)
        self.assertEqual(self.count([newcomer, self.south, self.north]), [1, 1, 0])

    def test_state_is_attributed_on_the_day_of_the_reading(self):
        self.seller_1.create_version(
            {"date_version": date(2023, 7, 16), "department_id": self.south.id}
        )
        self.make_deal(None, self.seller_1, valid_from=date(2023, 7, 3))
        kpi = self.make_deal_kpi(nature="stock", date_field="valid_from")
        targets = self.read_targets(
            kpi, self.month(7), [self.north, self.south], date(2023, 7, 15)
        )
        self.assertEqual(targets.mapped("actual"), [1, 0])
        self.refresh(targets, date(2023, 7, 16))
        self.assertEqual(targets.mapped("actual"), [0, 1])

    def test_archived_records(self):
        self.make_deal(date(2023, 7, 3), self.seller_1)
        self.make_deal(date(2023, 7, 3), self.seller_1, active=False)
        self.assertEqual(self.count([self.seller_1]), [1])
        self.assertEqual(self.count([self.seller_1], include_archived=True), [2])

    def test_archived_employee_keeps_the_records(self):
        self.make_deal(date(2023, 7, 3), self.seller_1)
        self.seller_1.active = False
        self.assertEqual(self.count([self.seller_1, self.north]), [1, 1])

    def test_other_company_is_never_counted(self):
        self.make_deal(date(2023, 7, 3), self.seller_1, company=self.other_company)
        found = self.count([self.seller_1, self.marketing, self.company])
        self.assertEqual(found, [0, 0, 0])

    def test_record_without_company_follows_its_person(self):
        empty = self.company.browse()
        self.make_deal(date(2023, 7, 3), self.seller_1, company=empty)
        # of nobody we know: the oldest company's, and this is not the oldest
        self.make_deal(date(2023, 7, 3), company=empty)
        found = self.count([self.seller_1, self.north, self.company])
        self.assertEqual(found, [1, 1, 1])

    def test_record_of_nobody_belongs_to_the_oldest_company(self):
        self.make_deal(date(2023, 7, 3), company=self.company.browse())
        oldest = self.env["res.company"].search([], order="id", limit=1)
        kpi = self.make_deal_kpi()
        target = self.env["hr.kpi.target"].create(
            {"kpi_id": kpi.id, "period_id": self.month(7).id, "company_id": oldest.id}
        )
        self.refresh(target, date(2023, 7, 31))
        self.assertEqual((target.actual, target.unassigned), (1, 1))

    def test_person_with_an_employee_in_two_companies(self):
        """Each company counts its own records under its own employee."""
        twin = self.env["hr.employee"].create(
            {
                "name": "twin",
                "company_id": self.other_company.id,
                "user_id": self.seller_1.user_id.id,
                "date_version": date(2020, 1, 1),
            }
        )
        self.make_deal(date(2023, 7, 3), self.seller_1)
        self.make_deal(date(2023, 7, 3), self.seller_1, company=self.other_company)
        self.make_deal(date(2023, 7, 4), self.seller_1, company=self.other_company)
        kpi = self.make_deal_kpi()
        targets = self.make_targets(kpi, self.month(7), self.seller_1)
        targets |= targets.create(
            {
                "kpi_id": kpi.id,
                "period_id": self.month(7).id,
                "company_id": self.other_company.id,
                "employee_id": twin.id,
            }
        )
        self.refresh(targets, date(2023, 7, 31))
        self.assertEqual(targets.mapped("actual"), [1, 2])

    def test_rows_that_vanish(self):
        """A figure falls back to zero with the last record behind it."""
        deal = self.make_deal(date(2023, 7, 3), self.seller_1)
        kpi = self.make_deal_kpi()
        targets = self.read_targets(kpi, self.month(7), [self.seller_1, self.company])
        self.assertEqual(targets.mapped("actual"), [1, 1])
        deal.unlink()
        self.refresh(targets, date(2023, 7, 31))
        self.assertActual(targets[0], 0)
        self.assertActual(targets[1], 0)

    def test_source_of_ones_own(self):
        kpi = self.make_kpi(source="headcount", nature="stock")
        targets = self.read_targets(
            kpi,
            self.month(7),
            [self.seller_1, self.north, self.marketing, self.company],
        )
        self.assertEqual(targets[0].reading_state, "no_record")
        self.assertEqual(targets[1:].mapped("actual"), [2, 4, 6])
