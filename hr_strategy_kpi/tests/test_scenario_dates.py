import doctest
from datetime import date, timedelta

from odoo.tests import BaseCase, tagged

from odoo.addons.hr_strategy_kpi.scenario import dates


@tagged("post_install", "-at_install")
class TestCaseDates(BaseCase):
    """The case's calendar, moved by whole quarters."""

    def test_examples(self):
        result = doctest.testmod(dates)
        self.assertGreater(result.attempted, 5)
        self.assertFalse(result.failed)

    def test_every_day_lies_in_the_fourth_quarter(self):
        day = date(2024, 1, 1)
        while day < date(2030, 1, 1):
            case = dates.CaseDates(day)
            self.assertTrue(case.month(10)[0] <= day <= case.month(12)[1])
            day += timedelta(days=13)

    def test_working_days_stay_working_days(self):
        case = dates.CaseDates(date(2027, 5, 3))
        for day in (date(2023, 1, 2), date(2023, 8, 24), date(2023, 12, 29)):
            self.assertLess(case.moved(day).weekday(), 5)
