"""Status by pace, by level and at the end: F4, F5 and F6."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from kpi_tools.scoring import (
    Marks,
    Thresholds,
    attainment,
    expected,
    pace,
    status,
    worst,
)
from kpi_tools.status import ORDER
from kpi_tools.value import Value

THRESHOLDS = Thresholds()
amounts = st.one_of(st.integers(0, 40), st.floats(0, 40))
kinds = st.sampled_from(["flow", "fills", "level", "end"])
rising = st.sampled_from(["higher", "lower"])
days = st.tuples(st.integers(0, 65), st.integers(0, 65)).map(sorted)


def of(actual, target, kind="flow", gone=13, total=65, direction="higher", **marks):
    whole = marks.pop("whole", None)
    marks = Marks(target=target, **marks)
    return status(actual, marks, direction, THRESHOLDS, kind, gone, total, whole)


@given(amounts, amounts, amounts, st.none() | amounts, kinds, days, rising)
def test_a_better_result_is_never_a_worse_status(
    one, other, target, baseline, kind, gone_total, direction
):
    gone, total = gone_total
    assume(baseline is None or (baseline <= target) == (direction == "higher"))
    worse, better = sorted([one, other], reverse=direction == "lower")
    marks = Marks(baseline=baseline, target=target)

    def judge(actual):
        reading = Value(actual / 40, actual, 40) if kind == "fills" else actual
        scale = marks if kind != "fills" else Marks(*_scaled(marks, 1 / 40))
        return status(reading, scale, direction, THRESHOLDS, kind, gone, total, True)

    low, high = judge(worse), judge(better)
    if kind == "end" and gone < total:
        assert low == high == "no_data"
    else:
        assert ORDER.index(low) >= ORDER.index(high)


def _scaled(marks, unit):
    return [None if mark is None else mark * unit for mark in marks]


@given(amounts, amounts, st.integers(0, 65), st.integers(0, 65))
def test_time_without_progress_never_improves_a_count(actual, target, one, other):
    early, late = sorted([one, other])
    before, after = (of(actual, target, gone=gone) for gone in (early, late))
    assert ORDER.index(before) <= ORDER.index(after)


@given(amounts, amounts, st.integers(0, 64), st.integers(0, 64))
def test_time_without_a_complaint_never_hurts(actual, target, one, other):
    early, late = sorted([one, other])
    before, after = (
        of(actual, target, gone=gone, direction="lower") for gone in (early, late)
    )
    # before the first working day nothing is due yet, so that nothing is late
    assert early == 0 or ORDER.index(before) >= ORDER.index(after)


@given(st.floats(0.1, 1e6), st.integers(1, 65), st.integers(1, 65))
def test_expected_pace_is_one(target, gone, total):
    due = expected(target, gone, total)
    assert pace(due, target, gone, total) == pytest.approx(1)
    assert pace(due, target, gone, total, "lower") == pytest.approx(1)
    assert expected(target, total, total) == pytest.approx(target)


@pytest.mark.parametrize(
    "actual, target, gone, total",
    [(None, 18, 5, 65), (3, None, 5, 65), (3, 18, 0, 65), (3, 0, 5, 65), (3, 18, 0, 0)],
)
def test_no_pace(actual, target, gone, total):
    assert pace(actual, target, gone, total) is None
    assert pace(actual, target, gone, total, "lower") is None


# of 100 after 13 of 65 days 20 are due
@pytest.mark.parametrize(
    "actual, judged",
    [
        (0, "off_track"),
        (15.99, "off_track"),
        (16, "at_risk"),
        (18.99, "at_risk"),
        (19, "on_track"),
        (20, "on_track"),
        (100, "on_track"),
        (100.01, "exceeded"),
    ],
)
def test_count_by_pace(actual, judged):
    assert of(actual, 100) == judged


@pytest.mark.parametrize(
    "actual, judged",
    [
        (0, "on_track"),
        (20, "on_track"),
        (21, "on_track"),
        (21.01, "at_risk"),
        (24, "at_risk"),
        (24.01, "off_track"),
        (100, "off_track"),
        (101, "off_track"),
    ],
)
def test_cap_by_pace(actual, judged):
    assert of(actual, 100, direction="lower") == judged


@pytest.mark.parametrize(
    "actual, judged",
    [
        (9, "exceeded"),
        (10, "on_track"),
        (11, "at_risk"),
        (12, "at_risk"),
        (12.5, "off_track"),
    ],
)
def test_cap_on_the_last_day(actual, judged):
    last = {"gone": 65, "direction": "lower"}
    assert of(actual, 10, baseline=12, **last) == judged
    if actual > 10:
        assert of(actual, 10, **last) == "off_track"


def test_cap_already_passed():
    # 64 of 65 days: 9.85 were due, 11 are 88 % of the pace and within the baseline
    assert of(11, 10, gone=64, direction="lower", baseline=12) == "at_risk"
    assert of(11, 10, gone=64, direction="lower") == "off_track"
    # with most of the period to come, within the baseline is no comfort
    assert of(11, 10, gone=5, direction="lower", baseline=12) == "off_track"
    assert of(1, 0, direction="lower") == "off_track"
    assert of(0, 0, direction="lower") == "on_track"
    assert of(0, 0, gone=65, direction="lower") == "on_track"


@pytest.mark.parametrize(
    "actual, target, gone, judged",
    [
        (0, 3, 21, "on_track"),  # due 0.97
        (0, 3, 22, "off_track"),  # due 1.02
        (1, 3, 43, "on_track"),  # due 1.98
        (1, 3, 44, "off_track"),
        (2, 3, 65, "off_track"),
        (3, 3, 65, "on_track"),
        (4, 3, 65, "exceeded"),
        (0, 5, 12, "on_track"),  # 5 is small, due 0.92
        (0, 6, 10, "off_track"),  # 6 is not, due 0.92
        (1, 1.98, 65, "on_track"),  # nobody wins 0.98 of a customer
    ],
)
def test_small_targets_go_by_whole_units(actual, target, gone, judged):
    assert of(actual, target, gone=gone) == judged


def test_small_sums_of_money_are_no_whole_units():
    assert of(0.9, 3, gone=26) == "off_track"  # millions, due 1.2
    assert of(1.0, 3, gone=26, whole=False) == "at_risk"
    assert of(1.0, 3, gone=26) == "on_track"


def test_small_caps_go_by_whole_units():
    assert of(1, 3, gone=5, direction="lower") == "on_track"  # due 0.23
    assert of(2, 3, gone=5, direction="lower") == "off_track"
    assert of(0.9, 3, gone=5, direction="lower") == "off_track"
    assert of(1, 5, gone=5, direction="lower") == "on_track"
    assert of(1, 6, gone=5, direction="lower") == "off_track"


def test_settings_of_status():
    strict = Thresholds(on_track=1.0, at_risk=0.9, small_target=0)
    marks = Marks(target=100)
    judged = [
        status(n, marks, "higher", strict, "flow", 13, 65) for n in (17, 18, 19, 20)
    ]
    assert judged == ["off_track", "at_risk", "at_risk", "on_track"]
    one = Marks(target=3)
    assert status(0, one, "higher", strict, "flow", 21, 65) == "off_track"
    assert status(0.95, Marks(target=1), "higher", strict, "level", 1, 1) == "at_risk"
    assert status(0.85, Marks(target=1), "higher", strict, "level", 1, 1) == "off_track"


def test_before_the_first_working_day_nothing_is_due():
    assert of(0, 100, gone=0) == "on_track"
    assert of(-1, 100, gone=0) == "on_track"
    assert of(1, 100, gone=0, direction="lower") == "on_track"
    assert of(101, 100, gone=0, direction="lower") == "off_track"
    assert of(101, 100, gone=0, direction="lower", baseline=110) == "at_risk"
    assert of(0, 100, gone=0, total=0) == "on_track"


def test_targets_that_are_not_positive():
    assert of(0, 0) == "on_track"
    assert of(1, 0) == "exceeded"
    assert of(-1, 0) == "off_track"
    assert of(-1, 0, baseline=-2) == "at_risk"
    assert of(-3, 0, baseline=-2) == "off_track"


@pytest.mark.parametrize(
    "direction, values",
    [("higher", (89, 88, 87, 82, 81)), ("lower", (19, 20, 21, 30, 31))],
)
@pytest.mark.parametrize("kind, gone", [("level", 3), ("level", 65), ("end", 65)])
def test_level_by_its_marks(direction, values, kind, gone):
    target, baseline = values[1], values[3]
    judged = [
        of(value, target, kind, gone, direction=direction, baseline=baseline)
        for value in values
    ]
    assert judged == ["exceeded", "on_track", "at_risk", "at_risk", "off_track"]


def test_end_says_nothing_before_the_last_working_day():
    assert of(0.5, 0.88, "end", 64) == "no_data"
    assert of(0.5, 0.88, "end", 65) == "off_track"
    assert of(0.99, 0.88, "end", 64) == "no_data"


@given(st.floats(0.1, 1000), st.floats(0, 2000), rising)
def test_level_without_a_baseline_goes_by_attainment(target, actual, direction):
    share = attainment(actual, Marks(target=target), direction)
    assume(abs(share - 0.8) > 1e-6 and abs(share - 1) > 1e-6)
    judged = "exceeded" if share > 1 else "at_risk" if share > 0.8 else "off_track"
    assert of(actual, target, "level", direction=direction) == judged


def test_level_without_baseline_nor_attainment_is_off_track():
    assert of(1, 0, "level", direction="lower") == "off_track"
    assert of(80, 100, "level") == "at_risk"


def test_rate_that_fills_up_is_paced_on_its_numerator():
    # 24 customers to visit; after 13 of 65 days 4.8 are due
    def visits(done, customers=24, gone=13, target=1.0, **more):
        reading = Value(done / customers, done, customers)
        return of(reading, target, "fills", gone, **more)

    assert [visits(n) for n in (3, 4, 5, 24)] == [
        "off_track", "at_risk", "on_track", "on_track",
    ]  # fmt: skip
    assert visits(23, gone=65) == "on_track"  # 95.8 %
    assert visits(20, target=0.8) == "exceeded"
    # four own customers: 0.8 of a visit is due, less than one whole
    assert visits(0, customers=4) == "on_track"
    assert visits(0, customers=4, gone=17) == "off_track"
    # overdue invoices, at most a tenth of 100: 2 are due by now
    late = {"target": 0.1, "direction": "lower", "customers": 100}
    assert [visits(n, **late) for n in (2, 3, 11)] == [
        "on_track",
        "off_track",
        "off_track",
    ]
    assert visits(11, **late, gone=65, baseline=0.12) == "at_risk"


def test_rate_without_its_parts_is_paced_as_it_is():
    # 0.19 of 1.0 where 0.2 is due; a rate has no whole units
    assert of(0.19, 1.0, "fills") == "on_track"
    assert of(0.0, 1.0, "fills") == "off_track"
    assert of(Value(0.0, 0, 0), 1.0, "fills") == "off_track"


RANGE = {"target_low": 100, "target_high": 120}


@pytest.mark.parametrize(
    "actual, gone, judged",
    [
        (20, 13, "on_track"),
        (17, 13, "at_risk"),
        (15, 13, "off_track"),
        (110, 13, "on_track"),
        (125, 13, "at_risk"),
        (131, 13, "off_track"),
        (110, 65, "on_track"),
        (91, 65, "at_risk"),
        (89, 65, "off_track"),
    ],
)
def test_range_that_fills_up(actual, gone, judged):
    assert (
        of(actual, None, "flow", gone, direction="range", baseline=10, **RANGE)
        == judged
    )


def test_range_with_only_a_top_is_a_cap_without_pace():
    top = {"direction": "range", "target_high": 120, "baseline": 10}
    assert [of(n, None, **top) for n in (0, 120, 130, 131)] == [
        "on_track", "on_track", "at_risk", "off_track",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "actual, judged",
    [(110, "on_track"), (100, "on_track"), (95, "at_risk"), (79, "off_track")],
)
def test_range_level(actual, judged):
    assert of(actual, None, "level", direction="range", **RANGE) == judged
    assert of(actual, None, "level", direction="range", baseline=5, **RANGE) == judged
    assert of(actual, None, "end", 64, direction="range", **RANGE) == "no_data"


@pytest.mark.parametrize(
    "done, kind, gone, judged",
    [
        (1, "flow", 3, "on_track"),
        (0, "flow", 3, "no_data"),
        (0, "flow", 65, "off_track"),
        (0, "level", 3, "off_track"),
        (1, "level", 3, "on_track"),
        (1, "end", 3, "no_data"),
        (1, "end", 65, "on_track"),
        (0, "end", 65, "off_track"),
    ],
)
def test_yes_and_no(done, kind, gone, judged):
    assert of(done, 1, kind, gone, direction="boolean") == judged


@pytest.mark.parametrize("direction", ["higher", "lower", "range", "boolean"])
@pytest.mark.parametrize("kind", ["flow", "fills", "level", "end"])
def test_no_value_is_no_data_and_no_goal_is_no_status(direction, kind):
    for nothing in (None, float("nan"), Value(), Value(None, 3, 4)):
        assert of(nothing, 5, kind, 65, direction=direction, **RANGE) == "no_data"
    assert of(5, None, kind, 65, direction=direction) is None
    assert of(0, None, kind, 65, direction=direction) is None


@pytest.mark.parametrize("kind, gone", [("level", 3), ("flow", 65), ("end", 65)])
def test_noise_of_fractions_is_no_difference(kind, gone):
    assert of(0.1 + 0.2, 0.3, kind, gone) == "on_track"
    assert of(0.1 + 0.2, 0.3, kind, gone, direction="lower") == "on_track"
    assert of(0.3, 0.1 + 0.2, kind, gone, direction="lower") == "on_track"
    assert of(0.3, 0.4, kind, gone, direction="lower", baseline=0.35) == "exceeded"


def test_noise_at_a_baseline_and_at_the_edges_of_the_pace():
    assert of(0.1 + 0.2, 0.2, "level", direction="lower", baseline=0.3) == "at_risk"
    assert of(0.3, 0.4, "level", baseline=0.1 + 0.2) == "at_risk"
    assert of(0.95 * 0.7 * 3, 0.7 * 3, "flow", 65, whole=False) == "on_track"
    assert of(4.0, 5.0, "flow", 65, whole=False) == "at_risk"


def test_worst():
    assert worst("exceeded", "on_track") == "on_track"
    assert worst("off_track", "at_risk", "no_data") == "off_track"
    assert worst(None, "no_data") == "no_data"
    assert worst(None) is None
