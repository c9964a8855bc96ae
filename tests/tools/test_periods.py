"""Periods tile the calendar in any fiscal year and in any zone."""

from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kpi_tools.errors import PeriodError
from kpi_tools.periods import (
    KINDS,
    MONTHS,
    Span,
    elapsed,
    shift,
    span_of,
    spans,
    utc_window,
    week_of,
    weekdays,
    year_back,
)

ONE_DAY = timedelta(days=1)
kinds = st.sampled_from(KINDS)
days = st.dates(date(1990, 1, 1), date(2090, 12, 31))
starts = st.integers(1, 12)


@given(kinds, days, starts)
def test_span_contains_its_days_and_no_others(kind, day, start):
    span = span_of(kind, day, start)
    assert span.date_from <= day <= span.date_to
    assert span_of(kind, span.date_from, start) == span
    assert span_of(kind, span.date_to, start) == span
    assert span_of(kind, span.date_from - ONE_DAY, start) != span
    assert span_of(kind, span.date_to + ONE_DAY, start) != span


@given(kinds, days, st.integers(0, 1200), starts)
def test_spans_tile_any_range(kind, date_from, length, start):
    date_to = date_from + timedelta(days=length)
    tiles = spans(kind, date_from, date_to, start)
    assert tiles[0].date_from <= date_from <= tiles[0].date_to
    assert tiles[-1].date_from <= date_to <= tiles[-1].date_to
    for before, after in zip(tiles, tiles[1:], strict=False):
        assert after.date_from == before.date_to + ONE_DAY
        assert (after.year, after.number) > (before.year, before.number)


@given(st.sampled_from(list(MONTHS)), days, starts)
def test_a_fiscal_year_begins_in_its_month_and_is_named_after_its_end(kind, day, start):
    year = span_of("year", day, start)
    assert (year.date_from.month, year.date_from.day) == (start, 1)
    assert year.year == year.date_to.year
    parts = spans(kind, year.date_from, year.date_to, start)
    assert [part.number for part in parts] == list(range(1, 12 // MONTHS[kind] + 1))
    assert {part.year for part in parts} == {year.year}
    assert (parts[0].date_from, parts[-1].date_to) == (year.date_from, year.date_to)


@given(kinds, days, st.integers(-60, 60), starts)
def test_shift_goes_there_and_back(kind, day, steps, start):
    span = span_of(kind, day, start)
    there = shift(span, steps, start)
    assert shift(there, -steps, start) == span
    first, last = sorted([span, there], key=lambda one: one.date_from)
    between = spans(kind, first.date_from, last.date_to, start)
    assert len(between) == abs(steps) + 1
    assert (there.date_from > span.date_from) == (steps > 0)


@given(kinds, days, st.integers(1, 20), starts)
def test_year_back_keeps_kind_and_number(kind, day, years, start):
    span = span_of(kind, day, start)
    back = year_back(span, years, start)
    assert (back.kind, back.year) == (kind, span.year - years)
    assert back.number == span.number or (span.number, back.number) == (53, 52)
    if kind != "week":
        assert back.date_from == span.date_from.replace(
            year=span.date_from.year - years
        )


def test_year_forward_is_year_back_by_minus_one():
    span = span_of("quarter", date(2023, 5, 5), 4)
    assert year_back(span, -1, 4) == span_of("quarter", date(2024, 5, 5), 4)


def test_weeks_are_iso_weeks():
    assert span_of("week", date(2021, 1, 3), fiscal_start=4) == Span(
        "week", date(2020, 12, 28), date(2021, 1, 3), 2020, 53
    )
    assert week_of(date(2023, 5, 5)) == (date(2023, 5, 1), date(2023, 5, 7))


ZONES = [
    "Asia/Shanghai",
    "America/New_York",
    "America/Sao_Paulo",  # clocks changed at midnight
    "America/Havana",  # midnight comes twice in autumn
    "Asia/Beirut",  # midnight is skipped in spring
    "Australia/Lord_Howe",  # half an hour
    "Asia/Kathmandu",
    "Pacific/Apia",  # 30 December 2011 did not exist
    "UTC",
]
recent = st.dates(date(2005, 1, 1), date(2025, 12, 31))


@given(st.sampled_from(ZONES), recent)
def test_windows_of_adjoining_days_meet(name, day):
    start, end = utc_window(day, day, name)
    assert utc_window(day + ONE_DAY, day + ONE_DAY, name)[0] == end
    assert utc_window(day - ONE_DAY, day, name) == (
        utc_window(day - ONE_DAY, day - ONE_DAY, name)[0],
        end,
    )


@given(st.sampled_from(ZONES), recent)
def test_a_window_holds_exactly_the_instants_of_its_day(name, day):
    zone = ZoneInfo(name)

    def local(instant):
        return instant.replace(tzinfo=timezone.utc).astimezone(zone).date()

    start, end = utc_window(day, day, zone)
    tick = timedelta(microseconds=1)
    assert local(start - tick) < day < local(end)
    if start != end:
        assert local(start) == local(end - tick) == day
    assert start.tzinfo is end.tzinfo is None


@pytest.mark.parametrize(
    "zone, day, hours",
    [
        ("America/New_York", date(2023, 3, 12), 23),
        ("America/New_York", date(2023, 11, 5), 25),
        ("America/New_York", date(2023, 11, 6), 24),
        ("Asia/Shanghai", date(2023, 3, 12), 24),
        ("Australia/Lord_Howe", date(2023, 4, 2), 24.5),
        ("Asia/Beirut", date(2022, 3, 27), 23),
        ("America/Havana", date(2023, 11, 5), 25),
        ("Pacific/Apia", date(2011, 12, 30), 0),
    ],
)
def test_length_of_a_day(zone, day, hours):
    start, end = utc_window(day, day, zone)
    assert (end - start) == timedelta(hours=hours)


@pytest.mark.parametrize(
    "zone, month_end",
    [
        ("Asia/Shanghai", datetime(2023, 3, 31, 16)),
        ("America/New_York", datetime(2023, 4, 1, 4)),
    ],
)
def test_month_ends(zone, month_end):
    march = span_of("month", date(2023, 3, 15))
    april = shift(march, 1)
    assert utc_window(march.date_from, march.date_to, zone)[1] == month_end
    assert utc_window(april.date_from, april.date_to, zone)[0] == month_end


def test_new_york_month_begins_and_ends_in_another_offset():
    start, end = utc_window(date(2023, 3, 1), date(2023, 3, 31), "America/New_York")
    assert (start, end) == (datetime(2023, 3, 1, 5), datetime(2023, 4, 1, 4))


@given(
    st.sets(st.dates(date(2023, 1, 1), date(2023, 3, 1))),
    *(st.dates(date(2022, 12, 1), date(2023, 4, 1)) for _one in range(3)),
)
def test_elapsed_counts_days(working, date_from, date_to, today):
    total = [day for day in working if date_from <= day <= date_to]
    gone = [day for day in total if day <= today]
    result = elapsed(sorted(working), date_from, date_to, today)
    assert result == (len(gone), len(total))


def test_weekdays_are_monday_to_friday():
    assert weekdays(date(2023, 5, 4), date(2023, 5, 9)) == [
        date(2023, 5, 4),
        date(2023, 5, 5),
        date(2023, 5, 8),
        date(2023, 5, 9),
    ]
    assert weekdays(date(2023, 5, 6), date(2023, 5, 7)) == []


@pytest.mark.parametrize(
    "code, call",
    [
        ("unknown_kind", lambda: span_of("decade", date(2023, 1, 1))),
        ("bad_fiscal_start", lambda: span_of("year", date(2023, 1, 1), 13)),
        (
            "bad_fiscal_start",
            lambda: spans("year", date(2023, 1, 1), date(2023, 2, 1), 0),
        ),
        ("unknown_zone", lambda: utc_window(date.min, date.min, "Mars/Olympus")),
        ("unknown_zone", lambda: utc_window(date.min, date.min, "../etc/passwd")),
        ("unknown_zone", lambda: utc_window(date.min, date.min, "")),
        ("unknown_zone", lambda: utc_window(date.min, date.min, None)),
        ("out_of_range", lambda: utc_window(date.max, date.max, "UTC")),
        ("out_of_range", lambda: shift(span_of("month", date.max), 1)),
        ("out_of_range", lambda: shift(span_of("week", date(2023, 1, 1)), 10**12)),
        ("out_of_range", lambda: year_back(span_of("week", date(5, 6, 1)), 6)),
        ("out_of_range", lambda: year_back(span_of("week", date(9999, 6, 1)), -1)),
        ("out_of_range", lambda: week_of(date.max)),
    ],
)
def test_refusals(code, call):
    with pytest.raises(PeriodError) as refusal:
        call()
    assert refusal.value.code == code


def test_the_last_period_of_the_calendar():
    assert spans("year", date(9999, 1, 1), date.max)[-1].date_to == date.max
