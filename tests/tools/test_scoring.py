"""Scores rise with the result, stay within 0..120 and meet the marks."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from kpi_tools.scoring import (
    Marks,
    Thresholds,
    attainment,
    curve,
    grade,
    has_goal,
    score,
)

numbers = st.floats(-1e6, 1e6)
maybe = st.one_of(st.none(), st.integers(-20, 20), numbers)
any_marks = st.builds(Marks, maybe, maybe, maybe, maybe, maybe, maybe)
rising = st.sampled_from(["higher", "lower"])
directions = st.sampled_from(["higher", "lower", "range", "boolean"])


@st.composite
def ordered_marks(draw):
    """Four marks in order, at least a thousandth apart, and their direction."""
    steps = [draw(st.floats(0.001, 1000)) for _step in range(3)]
    first = draw(st.floats(-1000, 1000))
    values = [first, first + steps[0], first + sum(steps[:2]), first + sum(steps)]
    direction = draw(rising)
    side = 1 if direction == "higher" else -1
    return direction, Marks(*(side * value for value in values))


@given(maybe, any_marks, directions)
def test_score_is_absent_or_within_bounds(actual, marks, direction):
    points = score(actual, marks, direction)
    if actual is None or not has_goal(marks, direction):
        assert points is None
    else:
        assert points is None or 0 <= points <= 120


@given(numbers, numbers, any_marks, rising)
def test_score_rises_with_the_result(one, other, marks, direction):
    worse, better = sorted([one, other], reverse=direction == "lower")
    low, high = (score(actual, marks, direction) for actual in (worse, better))
    assert (low is None) == (high is None)
    assert low is None or low <= high


@given(ordered_marks())
def test_marks_in_order_score_0_60_100_120(drawn):
    direction, marks = drawn
    points = [score(mark, marks, direction) for mark in marks[:4]]
    assert points == [0, 60, 100, 120]


@given(ordered_marks(), st.integers(0, 3), st.sampled_from([-1, 1]))
def test_score_does_not_jump_at_a_mark(drawn, which, side):
    direction, marks = drawn
    mark = marks[which]
    step = 1e-9 * (abs(mark) + 1)
    near = score(mark + side * step, marks, direction)
    # at most 60 points over a thousandth
    assert abs(near - score(mark, marks, direction)) <= 60 / 0.001 * step * 2


@given(ordered_marks(), st.integers(0, 2), st.floats(0.01, 0.99))
def test_score_is_straight_between_marks(drawn, which, share):
    direction, marks = drawn
    low, high = marks[which], marks[which + 1]
    points = [0, 60, 100, 120]
    due = points[which] + share * (points[which + 1] - points[which])
    actual = low + share * (high - low)
    assert score(actual, marks, direction) == pytest.approx(due, abs=1e-6)


@given(ordered_marks(), st.floats(0.001, 1e6))
def test_score_is_flat_outside(drawn, distance):
    direction, marks = drawn
    side = 1 if direction == "higher" else -1
    assert score(marks.red_flag - side * distance, marks, direction) == 0
    assert score(marks.stretch + side * distance, marks, direction) == 120


@given(st.floats(0.1, 1e6), st.floats(-1e6, 1e6), rising)
def test_only_a_target_scores_the_attainment(target, actual, direction):
    marks = Marks(target=target)
    share = attainment(actual, marks, direction)
    due = max(0, min(120, 100 * share))
    assert score(actual, marks, direction) == pytest.approx(due, abs=1e-6)
    assert score(target, marks, direction) == 100


@pytest.mark.parametrize(
    "marks, direction, corners",
    [
        # a red flag beyond the target, a baseline beyond it: left out
        (Marks(20, 12, 18, 24), "higher", [(0, 0), (12, 60), (18, 100), (24, 120)]),
        (Marks(18, 12, 18, 24), "higher", [(0, 0), (12, 60), (18, 100), (24, 120)]),
        (Marks(6, 18, 18, 24), "higher", [(6, 0), (18, 100), (24, 120)]),
        (Marks(6, 20, 18, 24), "higher", [(6, 0), (18, 100), (24, 120)]),
        # a baseline that is not beyond its red flag
        (Marks(12, 12, 18, 24), "higher", [(12, 0), (18, 100), (24, 120)]),
        (Marks(14, 12, 18, 24), "higher", [(14, 0), (18, 100), (24, 120)]),
        # a stretch that is none: the top is 100
        (Marks(6, 12, 18, 18), "higher", [(6, 0), (12, 60), (18, 100)]),
        (Marks(6, 12, 18, 10), "higher", [(6, 0), (12, 60), (18, 100)]),
        (Marks(6, None, 18), "higher", [(6, 0), (18, 100)]),
        # no red flag: F1's zero, where it lies beyond the baseline
        (Marks(None, 12, 18), "higher", [(0, 0), (12, 60), (18, 100)]),
        (Marks(None, 30, 20), "lower", [(-40, 0), (-30, 60), (-20, 100)]),
        (Marks(None, 0, 20), "higher", [(-30, 0), (0, 60), (20, 100)]),
        (Marks(None, 40, 20), "lower", [(-70, 0), (-40, 60), (-20, 100)]),
        (Marks(None, -6, -2), "higher", [(-12, 0), (-6, 60), (-2, 100)]),
        # target and stretch: up to the line of the target alone, then to the stretch
        (Marks(None, None, 20, 30), "higher", [(0, 0), (20, 100), (30, 120)]),
        (Marks(None, None, 20, 15), "lower", [(-40, 0), (-20, 100), (-15, 120)]),
        # nothing but a target, or nothing but a target that counts
        (Marks(target=20), "higher", [(0, 0), (20, 100), (24, 120)]),
        (Marks(target=20), "lower", [(-40, 0), (-20, 100), (-16, 120)]),
        (Marks(30, 25, 20, 15), "higher", [(0, 0), (20, 100), (24, 120)]),
        # a target of zero needs a mark below it
        (Marks(target=0), "lower", None),
        (Marks(target=0, stretch=5), "higher", None),
        (Marks(target=-5), "higher", None),
        (Marks(red_flag=3, target=0), "lower", [(-3, 0), (0, 100)]),
    ],
)
def test_which_marks_make_the_curve(marks, direction, corners):
    assert curve(marks, direction) == corners


def test_settings_of_the_curve():
    thresholds = Thresholds(baseline_score=50, target_score=90, stretch_score=100)
    marks = Marks(0, 10, 20, 30)
    points = [score(n, marks, "higher", thresholds) for n in (5, 10, 15, 20, 25, 30)]
    assert points == [25, 50, 70, 90, 95, 100]
    alone = Marks(target=18)
    assert score(9, alone, "higher", thresholds) == 45
    assert score(99, alone, "higher", thresholds) == 100
    room = Marks(target_low=10, target_high=20, baseline=2)
    assert score(12, room, "range", thresholds) == 90
    assert score(22, room, "range", thresholds) == 50


@pytest.mark.parametrize(
    "actual, share, points",
    [(17.9, 1 - 0.1 / 18, None), (18, 1, 100), (25, 1, 100), (30, 0.8, 80), (60, 0, 0)],
)
def test_range_by_attainment(actual, share, points):
    marks = Marks(target_low=18, target_high=25)
    assert attainment(actual, marks, "range") == pytest.approx(share)
    points = 100 * share if points is None else points
    assert score(actual, marks, "range") == pytest.approx(points)


@pytest.mark.parametrize(
    "marks, points_by_distance",
    [
        (Marks(baseline=2, red_flag=4), {0: 100, 1: 80, 2: 60, 3: 30, 4: 0, 5: 0}),
        (Marks(baseline=2), {0: 100, 1: 80, 2: 60, 3: 40, 5: 0, 6: 0}),
        (Marks(red_flag=4), {0: 100, 1: 75, 4: 0, 9: 0}),
        (Marks(baseline=5, red_flag=4), {1: 75, 4: 0}),
        (Marks(baseline=0, red_flag=4), {0: 100, 1: 75, 4: 0}),
        (Marks(baseline=4, red_flag=4), {1: 75, 4: 0}),
        (Marks(baseline=2, red_flag=0), {1: 80, 2: 60, 5: 0}),
    ],
)
def test_range_by_distances(marks, points_by_distance):
    marks = marks._replace(target_low=18, target_high=25)
    for distance, points in points_by_distance.items():
        assert score(18 - distance, marks, "range") == pytest.approx(points)
        assert score(25 + distance, marks, "range") == pytest.approx(points)


@pytest.mark.parametrize("marks", [Marks(), Marks(baseline=0), Marks(red_flag=-1)])
def test_range_without_a_distance_goes_by_attainment(marks):
    marks = marks._replace(target_low=18, target_high=25)
    assert score(30, marks, "range") == 80


def test_range_open_to_one_side():
    assert score(1000, Marks(target_low=18), "range") == 100
    assert score(-1000, Marks(target_high=25), "range") == 100
    assert attainment(9, Marks(target_low=18), "range") == 0.5
    assert attainment(1, Marks(target_high=0), "range") == 0
    assert attainment(-15, Marks(target_low=-10), "range") == 0.5


@given(st.floats(-100, 100), st.floats(0, 50), st.floats(0, 50), maybe, maybe)
def test_range_scores_fall_with_the_distance(low, near, further, baseline, red_flag):
    marks = Marks(red_flag, baseline, target_low=low, target_high=low + 10)
    inside, closer, farther = (
        score(actual, marks, "range")
        for actual in (low, low - near, low - near - further)
    )
    assert inside == 100 >= closer >= farther >= 0


def test_yes_and_no():
    yes, no = Marks(target=1), Marks(target=0)
    assert [score(done, yes, "boolean") for done in (1, 0)] == [100, 0]
    assert [score(done, no, "boolean") for done in (1, 0)] == [0, 100]
    assert score(1, Marks(), "boolean") is None


@pytest.mark.parametrize("actual", [None, float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize("direction", ["higher", "lower", "range", "boolean"])
def test_no_number_no_score(actual, direction):
    marks = Marks(6, 12, 18, 24, 1, 2)
    assert score(actual, marks, direction) is None
    assert attainment(actual, marks, direction) is None


def test_zero_is_a_number():
    assert score(0, Marks(target=18), "higher") == 0
    assert score(0, Marks(target=18), "lower") == 120
    assert attainment(0, Marks(target=18), "higher") == 0
    assert attainment(0, Marks(target=18), "lower") == 2


@given(numbers, st.floats(-100, 0), rising)
def test_no_attainment_of_a_target_that_is_not_positive(actual, target, direction):
    assert attainment(actual, Marks(target=target), direction) is None


def test_attainment_of_lower_does_not_fall_below_zero():
    assert attainment(19, Marks(target=10), "lower") == pytest.approx(0.1)
    assert attainment(21, Marks(target=10), "lower") == 0
    assert attainment(-5, Marks(target=10), "higher") == -0.5


LIMITS = [("A", 110), ("B", 100), ("C", 80), ("D", None)]


@pytest.mark.parametrize(
    "points, label",
    [
        (120, "A"),
        (110, "A"),
        (109.995, "A"),
        (109.9949, "B"),
        (100, "B"),
        (99.995, "B"),
        (99.99499999999999, "B"),
        (99.994, "C"),
        (80, "C"),
        (79.995, "C"),
        (79.99, "D"),
        (0, "D"),
    ],
)
def test_grades(points, label):
    assert grade(points, LIMITS) == label


def test_grade_of_nothing_and_without_a_last_resort():
    assert grade(None, LIMITS) is None
    assert grade(50, LIMITS[:3]) is None


@given(st.floats(0, 120), st.floats(0, 120))
def test_grades_follow_scores(one, other):
    assume(one <= other)
    labels = [label for label, _limit in LIMITS]
    low, high = (labels.index(grade(points, LIMITS)) for points in (one, other))
    assert low >= high
