"""Trends withstand odd values, seasons come back, and nothing is made of nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kpi_tools.forecast import (
    Trend,
    exceed_chance,
    funnel,
    linear_trend,
    project,
    reached,
    run_rate,
    seasonal_index,
)

levels = st.floats(1, 1000)
slopes = st.floats(-10, 10)
histories = st.lists(st.none() | st.integers(0, 100), max_size=24)


@given(st.floats(0, 1e6), st.integers(1, 65), st.integers(1, 65))
def test_run_rate_keeps_the_pace(actual, gone, total):
    assert run_rate(actual, gone, total) * gone / total == pytest.approx(actual)


def test_run_rate_cannot_say():
    assert run_rate(5, 0, 65) is run_rate(None, 5, 65) is None
    assert run_rate(0, 5, 65) == 0


@given(levels, slopes, st.integers(2, 20), st.integers(1, 6))
def test_a_line_goes_on(level, slope, size, horizon):
    values = [level + slope * i for i in range(size)]
    trend = linear_trend(values)
    assert trend.slope == pytest.approx(slope, abs=1e-9)
    assert trend.level == pytest.approx(level)
    due = [level + slope * i for i in range(size, size + horizon)]
    if min(values) >= 0:
        due = [max(0, value) for value in due]
    assert project(values, horizon) == pytest.approx(due, abs=1e-6)


@given(levels, slopes, st.integers(0, 11), st.floats(-1e6, 1e6))
def test_one_odd_value_does_not_tilt_the_trend(level, slope, where, odd):
    values = [level + slope * i for i in range(12)]
    values[where] = odd
    trend = linear_trend(values)
    assert trend.slope == pytest.approx(slope, abs=1e-6)
    assert trend.level == pytest.approx(level, abs=1e-4)


def test_absent_values_keep_their_place():
    assert linear_trend([10, None, 14]) == Trend(2, 10)
    assert linear_trend([None, 12, None, 16]) == Trend(2, 10)
    assert project([10, None, 14, None], 1) == [18]


@given(levels, st.lists(st.floats(0.2, 3), min_size=2, max_size=12), st.integers(2, 4))
def test_a_season_comes_back(level, factors, seasons):
    size = len(factors)
    values = [level * factor for factor in factors] * seasons
    index = seasonal_index(values, size)
    mean = sum(factors) / size
    assert index == pytest.approx([factor / mean for factor in factors])
    assert sum(index) / size == pytest.approx(1)
    assert project(values, size, size) == pytest.approx(values[:size])


def test_a_season_on_a_trend():
    quarters = [2.2, 2.4, 2.6, 2.8, 3.0, 3.3, 3.6, 3.9]
    ahead = project(quarters, 4, season=4)
    assert all(
        after > before for before, after in zip(quarters[4:], ahead, strict=True)
    )
    factors = [0.9, 0.8, 1.0, 1.3]
    swing = [(100 + 2 * i) * factors[i % 4] for i in range(16)]
    due = [(100 + 2 * i) * factors[i % 4] for i in range(16, 20)]
    assert project(swing, 4, season=4) == pytest.approx(due, rel=0.02)
    # the trend alone would miss the peak by far
    assert project(swing, 4)[3] < 0.85 * due[3]


def test_two_full_seasons_are_needed():
    assert seasonal_index([1, 2, 1], 2) is None
    assert seasonal_index([1, 2, 1, None], 2) is None
    assert seasonal_index([1, 2, 1, 2], 2) == pytest.approx([2 / 3, 4 / 3])
    assert seasonal_index([-1, -2, -1, -2], 2) is None
    # with less the trend alone is used
    assert project([10, 12, 14], 1, season=12) == [16]


def test_a_season_with_a_place_of_nothing_is_not_divided_by():
    assert project([0, 4, 0, 4], 2, season=2) == project([0, 4, 0, 4], 2)


def test_project_cannot_say_or_repeats():
    assert project([], 3) is project([None, None], 3) is None
    assert project([7], 3) == [7, 7, 7]
    assert project([10, 5], 3) == [0, 0, 0]
    assert project([10, 5, 0], 1) == [0]
    assert project([1, -5], 1) == [-11]


@given(histories, st.integers(0, 100))
def test_chance_counts_the_past(history, value):
    known = [past for past in history if past is not None]
    good = sum(past >= value for past in known)
    assert reached(history, value) == (good, len(known))
    assert exceed_chance(history, value) == (good / len(known) if known else None)
    low = sum(past <= value for past in known)
    assert reached(history, value, "lower") == (low, len(known))


def test_noise_does_not_keep_a_past_from_reaching():
    assert reached([0.3], 0.1 + 0.2) == (1, 1)
    assert reached([0.1 + 0.2], 0.3, "lower") == (1, 1)


def test_funnel():
    assert funnel(100, 0.3) == 30
    assert funnel(0, 0.3) == 0
    assert funnel(None, 0.3) is funnel(5, None) is None
