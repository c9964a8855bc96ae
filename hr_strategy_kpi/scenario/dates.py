"""Where the case's dates lie when it is told at another time than 2023.

All of them move by whole quarters, so that the asking day lies in the case's fourth
quarter. Working days keep their place in the month: the first stays the first, the last
the last.
"""

from datetime import date, timedelta

from ..tools import periods

YEAR = 2023


class CaseDates:
    """The case's calendar, moved so that a day lies in its fourth quarter.

    >>> case = CaseDates(date(2027, 2, 10))
    >>> case.quarters, case.fiscal_start, case.year()
    (13, 4, (datetime.date(2026, 4, 1), datetime.date(2027, 3, 31)))
    >>> case.first_working_day(2023, 7), case.last_working_day(2023, 9)
    (datetime.date(2026, 10, 1), datetime.date(2026, 12, 31))
    >>> case.moved(date(2023, 9, 4)), case.moved(date(2023, 9, 29))
    (datetime.date(2026, 12, 2), datetime.date(2026, 12, 31))

    Asked in its own fourth quarter, nothing moves:

    >>> CaseDates(date(2023, 11, 15)).moved(date(2023, 8, 24))
    datetime.date(2023, 8, 24)
    """

    def __init__(self, today):
        self.today = today
        self.quarters = today.year * 4 + (today.month - 1) // 3 - (YEAR * 4 + 3)

    @property
    def fiscal_start(self):
        """The month in which the case's year begins."""
        return self._month(YEAR, 1)[0].month

    def year(self, year=YEAR):
        """First and last day of a year of the case."""
        return self._month(year, 1)[0], self._month(year, 12)[1]

    def month(self, month, year=YEAR):
        """First and last day of a month of the case."""
        return self._month(year, month)

    def first_working_day(self, year, month):
        return periods.weekdays(*self._month(year, month))[0]

    def last_working_day(self, year, month):
        return periods.weekdays(*self._month(year, month))[-1]

    def moved(self, day):
        """The working day with the same place in its month, or the last where it was.

        >>> CaseDates(date(2026, 11, 23)).moved(date(2023, 8, 23))
        datetime.date(2026, 8, 25)
        """
        then = periods.weekdays(*periods.span_of("month", day)[1:3])
        now = periods.weekdays(*self._month(day.year, day.month))
        place = sum(one <= day for one in then)
        if place == len(then):
            return now[-1]
        return now[min(max(place, 1), len(now)) - 1]

    def _month(self, year, month):
        index = year * 12 + month - 1 + self.quarters * 3
        first = date(index // 12, index % 12 + 1, 1)
        following = date((index + 1) // 12, (index + 1) % 12 + 1, 1)
        return first, following - timedelta(days=1)
