"""A deal belongs to the month of the company's own midnight."""

from datetime import date, datetime

from odoo.tests import tagged

from .common import CrmKpiCommon

JULY = date(2023, 7, 31)


@tagged("post_install", "-at_install")
class TestZones(CrmKpiCommon):
    def _win_around(self, midnight):
        """Win a deal in the last minute of June and one in the first of July."""
        hour, day = midnight
        self.make_lead(
            self.seller_1, "won", closed=datetime(2023, *day, hour - 1, 59, 59)
        )
        self.make_lead(self.seller_1, "won", closed=datetime(2023, *day, hour, 0, 0))

    def _assert_one_each(self):
        for number in (6, 7):
            self.assertFigures(
                "CRM_WON_COUNT",
                self.month(number),
                JULY,
                {self.seller_1: 1, self.marketing: 1, self.company: 1},
            )
        self.assertFigures("CRM_WON_COUNT", self.q2, JULY, {self.seller_1: 1})
        self.assertFigures("CRM_WON_COUNT", self.q3, JULY, {self.seller_1: 1})

    def test_shanghai(self):
        """Midnight is at 16:00 UTC of the day before."""
        self.company.resource_calendar_id.tz = "Asia/Shanghai"
        self._win_around((16, (6, 30)))
        self._assert_one_each()

    def test_new_york(self):
        """Midnight is at 4:00 UTC in summer."""
        self.company.resource_calendar_id.tz = "America/New_York"
        self._win_around((4, (7, 1)))
        self._assert_one_each()

    def test_new_york_when_clocks_change(self):
        """November begins at 4:00 UTC and ends at 5:00 UTC."""
        self.company.resource_calendar_id.tz = "America/New_York"
        first = (datetime(2023, 11, 1, 3, 59), datetime(2023, 11, 1, 4))
        last = (datetime(2023, 12, 1, 4, 59), datetime(2023, 12, 1, 5))
        for moment in first + last:
            self.make_lead(self.seller_1, "won", closed=moment)
        for number, count in ((10, 1), (11, 2), (12, 1)):
            self.assertFigures(
                "CRM_WON_COUNT",
                self.month(number),
                date(2023, 12, 31),
                {self.seller_1: count},
            )
