from datetime import date

from odoo.exceptions import ValidationError

from .common import KpiCommon


class TestPeriodCalendar(KpiCommon):
    """Companies with different fiscal years in one database."""

    def test_own_fiscal_year_beside_the_shared_one(self):
        self.assertFalse(self.year.company_id)
        self.other_company.kpi_fiscal_month = "4"
        fiscal = self.env["hr.kpi.period"]._generate(
            "year", date(2023, 5, 1), date(2023, 5, 1), self.other_company
        )
        self.assertEqual(fiscal.company_id, self.other_company)
        self.assertEqual(
            (fiscal.date_from, fiscal.date_to), (date(2023, 4, 1), date(2024, 3, 31))
        )
        again = self.env["hr.kpi.period"]._get_or_create(
            "year", date(2024, 1, 1), self.other_company
        )
        self.assertEqual(again, fiscal)

    def test_own_periods_win_over_shared_ones(self):
        own = self.env["hr.kpi.period"].create(
            {
                "name": "2023-Q1",
                "kind": "quarter",
                "date_from": "2023-01-01",
                "date_to": "2023-03-31",
                "company_id": self.company.id,
            }
        )
        found = self.env["hr.kpi.period"]._get_or_create(
            "quarter", date(2023, 2, 1), self.company
        )
        self.assertEqual(found, own)
        other = self.env["hr.kpi.period"]._get_or_create(
            "quarter", date(2023, 2, 1), self.other_company
        )
        self.assertEqual(other, self.q1)

    def test_two_of_a_kind_may_not_share_a_day(self):
        with self.assertRaisesRegex(ValidationError, "overlaps"):
            self.env["hr.kpi.period"].create(
                {
                    "name": "twice",
                    "kind": "quarter",
                    "date_from": "2023-03-31",
                    "date_to": "2023-06-30",
                }
            )
