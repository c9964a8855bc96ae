"""Periods as pure dates: weeks, and months to years of a fiscal calendar.

A fiscal year is labelled by the calendar year in which it *ends*; one that starts
in January is the calendar year itself. Quarters and halves count from the first
month of the fiscal year. Weeks are ISO weeks (Monday to Sunday) of the ISO year,
whatever the fiscal calendar.
"""

from bisect import bisect_left, bisect_right
from calendar import monthrange
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from typing import NamedTuple
from zoneinfo import ZoneInfo

from .errors import PeriodError

KINDS = ("week", "month", "quarter", "half", "year")
MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}
ONE_DAY = timedelta(days=1)


class Span(NamedTuple):
    """One period: both dates belong to it; `number` counts from 1 in `year`."""

    kind: str
    date_from: date
    date_to: date
    year: int
    number: int


def span_of(kind, day, fiscal_start=1):
    """The period of a kind that contains a day.

    >>> span_of("quarter", date(2023, 8, 24))[1:]
    (datetime.date(2023, 7, 1), datetime.date(2023, 9, 30), 2023, 3)

    A year from April to March is named after its March:

    >>> span_of("quarter", date(2023, 8, 24), fiscal_start=4)[1:]
    (datetime.date(2023, 7, 1), datetime.date(2023, 9, 30), 2024, 2)
    >>> span_of("week", date(2023, 1, 1))[1:]
    (datetime.date(2022, 12, 26), datetime.date(2023, 1, 1), 2022, 52)
    """
    _check_fiscal_start(fiscal_start)
    if kind == "week":
        iso = day.isocalendar()
        return Span(kind, *week_of(day), iso.year, iso.week)
    length = _length(kind)
    month = _month_index(day)
    gone = (day.month - fiscal_start) % 12
    first = month - gone % length
    year_end = month - gone + 11
    return Span(
        kind,
        _first_day(first),
        _last_day(first + length - 1),
        year_end // 12,
        gone // length + 1,
    )


def spans(kind, date_from, date_to, fiscal_start=1):
    """The whole periods that cover two dates, in order, no gap and no overlap.

    >>> [s.number for s in spans("month", date(2023, 1, 31), date(2023, 4, 1))]
    [1, 2, 3, 4]
    >>> spans("month", date(2023, 2, 1), date(2023, 1, 1))
    []
    """
    result = []
    day = date_from
    while day <= date_to:
        span = span_of(kind, day, fiscal_start)
        result.append(span)
        if span.date_to >= date_to:
            break
        day = span.date_to + ONE_DAY
    return result


def shift(span, n, fiscal_start=1):
    """The period n steps later, or earlier where n is negative.

    >>> q4 = span_of("quarter", date(2023, 12, 29))
    >>> shift(q4, 1)[3:], shift(q4, -4)[3:]
    ((2024, 1), (2022, 4))
    """
    if span.kind == "week":
        try:
            day = span.date_from + timedelta(weeks=n)
        except OverflowError:
            raise PeriodError("out_of_range") from None
    else:
        day = _first_day(_month_index(span.date_from) + n * _length(span.kind))
    return span_of(span.kind, day, fiscal_start)


def year_back(span, years=1, fiscal_start=1):
    """The same period some years earlier. Week 53 of a year with 52 is its last.

    >>> year_back(span_of("month", date(2024, 2, 29))).date_to
    datetime.date(2023, 2, 28)
    >>> year_back(span_of("week", date(2021, 1, 1)))[1:]
    (datetime.date(2019, 12, 23), datetime.date(2019, 12, 29), 2019, 52)
    """
    if span.kind != "week":
        return shift(span, -years * 12 // _length(span.kind), fiscal_start)
    year = span.year - years
    if not 1 <= year <= 9999:
        raise PeriodError("out_of_range")
    try:
        monday = date.fromisocalendar(year, span.number, 1)
    except ValueError:
        monday = date.fromisocalendar(year, 52, 1)
    return span_of("week", monday, fiscal_start)


def utc_window(date_from, date_to, tz):
    """The naive UTC datetimes [start, end) of local days in a zone.

    Half-open: the end is the first instant after the last day, so that windows of
    adjoining days meet without a gap. `tz` is a name or a tzinfo.

    >>> utc_window(date(2023, 8, 31), date(2023, 8, 31), "Asia/Shanghai")
    (datetime.datetime(2023, 8, 30, 16, 0), datetime.datetime(2023, 8, 31, 16, 0))

    The days on which clocks change have 23 and 25 hours:

    >>> for day in (date(2023, 3, 12), date(2023, 11, 5)):
    ...     start, end = utc_window(day, day, "America/New_York")
    ...     print(end - start)
    23:00:00
    1 day, 1:00:00
    """
    zone = _zone(tz)
    try:
        after = date_to + ONE_DAY
        return _utc_midnight(date_from, zone), _utc_midnight(after, zone)
    except OverflowError:
        raise PeriodError("out_of_range") from None


def week_of(day):
    """Monday and Sunday of the week of a day.

    >>> week_of(date(2023, 5, 5))
    (datetime.date(2023, 5, 1), datetime.date(2023, 5, 7))
    """
    try:
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=6)
    except OverflowError:
        raise PeriodError("out_of_range") from None


def weekdays(date_from, date_to):
    """Monday to Friday between two dates: working days without any holidays.

    >>> len(weekdays(date(2023, 7, 1), date(2023, 9, 30)))
    65
    """
    days = range((date_to - date_from).days + 1)
    candidates = (date_from + timedelta(days=n) for n in days)
    return [day for day in candidates if day.weekday() < 5]


def elapsed(working_days, date_from, date_to, today):
    """Working days gone, today included, and in all, of a sorted sequence of dates.

    >>> days = weekdays(date(2023, 1, 1), date(2023, 12, 31))
    >>> elapsed(days, date(2023, 5, 1), date(2023, 5, 31), date(2023, 5, 5))
    (5, 23)
    >>> elapsed(days, date(2023, 7, 1), date(2023, 9, 30), date(2024, 1, 1))
    (65, 65)
    >>> elapsed(days, date(2023, 7, 1), date(2023, 9, 30), date(2023, 6, 30))
    (0, 65)
    """
    first = bisect_left(working_days, date_from)
    last = bisect_right(working_days, date_to)
    now = bisect_right(working_days, min(today, date_to))
    return max(now - first, 0), max(last - first, 0)


def _length(kind):
    try:
        return MONTHS[kind]
    except KeyError:
        raise PeriodError("unknown_kind", kind=kind) from None


def _check_fiscal_start(month):
    if month not in range(1, 13):
        raise PeriodError("bad_fiscal_start", month=month)


def _month_index(day):
    return day.year * 12 + day.month - 1


def _first_day(index):
    year, month = divmod(index, 12)
    if not 1 <= year <= 9999:
        raise PeriodError("out_of_range")
    return date(year, month + 1, 1)


def _last_day(index):
    first = _first_day(index)
    return first.replace(day=monthrange(first.year, first.month)[1])


def _zone(tz):
    if isinstance(tz, tzinfo):
        return tz
    try:
        return ZoneInfo(tz)
    except (KeyError, ValueError, TypeError, OSError):
        raise PeriodError("unknown_zone", zone=tz) from None


def _utc_midnight(day, zone):
    # Where midnight is skipped or repeated, fold=0 gives the first instant of
    # the day: the jump itself, or the earlier of the two midnights.
    local = datetime.combine(day, time.min, tzinfo=zone)
    return local.astimezone(timezone.utc).replace(tzinfo=None)
