"""Score and grade of an actual value: F2, F3 and F9.

Marks, attainment, pace and status can be had from here as well.
"""

from decimal import ROUND_HALF_UP, Decimal

from .marks import DEFAULTS, Marks, Thresholds, attainment, has_goal, outside
from .status import expected, pace, status, worst
from .value import finite

__all__ = (
    "DEFAULTS",
    "Marks",
    "Thresholds",
    "attainment",
    "curve",
    "expected",
    "grade",
    "has_goal",
    "outside",
    "pace",
    "score",
    "status",
    "worst",
)


def score(actual, marks, direction, thresholds=DEFAULTS):
    """F2 and F3: points from 0 to 120, not rounded; None without a goal.

    >>> new_customers = Marks(red_flag=6, baseline=12, target=18, stretch=24)
    >>> [score(n, new_customers, "higher") for n in (5, 10, 12, 15, 18, 21, 99)]
    [0.0, 40.0, 60.0, 80.0, 100.0, 110.0, 120.0]
    >>> answer = Marks(red_flag=45, baseline=30, target=20, stretch=10)
    >>> [score(minutes, answer, "lower") for minutes in (40, 25, 20, 15)]
    [20.0, 80.0, 100.0, 110.0]

    Only a target: 100 x attainment, at most 120. `curve` says what stands in for
    marks that are absent.

    >>> score(9, Marks(target=18), "higher"), score(99, Marks(target=18), "higher")
    (50.0, 120.0)

    Inside a range is 100. Outside, the distances given make the curve:

    >>> room = Marks(target_low=18, target_high=25, baseline=2, red_flag=4)
    >>> [score(degrees, room, "range") for degrees in (14, 15, 16, 20, 26)]
    [0.0, 30.0, 60.0, 100.0, 80.0]
    >>> score(30, Marks(target_low=18, target_high=25), "range")
    80.0
    """
    actual = finite(actual)
    if actual is None or not has_goal(marks, direction):
        return None
    if direction == "boolean":
        return thresholds.target_score * attainment(actual, marks, direction)
    if direction == "range":
        return _range_score(actual, marks, thresholds)
    points = curve(marks, direction, thresholds)
    side = 1 if direction == "higher" else -1
    return points and _interpolate(side * actual, points)


def curve(marks, direction, thresholds=DEFAULTS):
    """The corners of the score's curve, worst first, as (value, points).

    Values of "lower" are negated, so that more is better on both. None where a target
    that is not positive has no mark below it: there is no line to it.

    >>> curve(Marks(red_flag=6, baseline=12, target=18, stretch=24), "higher")
    [(6, 0.0), (12, 60), (18, 100), (24, 120)]

    A mark not strictly between its neighbours is left out:

    >>> curve(Marks(red_flag=12, baseline=12, target=18, stretch=18), "higher")
    [(12, 0.0), (18, 100)]

    Without a red flag F1's own zero stands in, 0 or twice the target, where it lies
    beyond the baseline; elsewhere the line from the target to the baseline runs on:

    >>> curve(Marks(baseline=12, target=18), "higher")
    [(0, 0.0), (12, 60), (18, 100)]
    >>> curve(Marks(baseline=25, target=10), "lower")
    [(-47.5, 0.0), (-25, 60), (-10, 100)]

    Without a stretch the top is 100, but nothing except a target goes on to 120:

    >>> curve(Marks(target=10), "lower")
    [(-20, 0.0), (-10, 100), (-8.0, 120)]
    >>> curve(Marks(target=10, stretch=5), "lower")
    [(-20, 0.0), (-10, 100), (-5, 120)]
    """
    side = 1 if direction == "higher" else -1
    red_flag, baseline, target, stretch = (
        None if mark is None else side * mark for mark in marks[:4]
    )
    red_flag = None if red_flag is None or red_flag >= target else red_flag
    baseline = None if baseline is None or baseline >= target else baseline
    stretch = None if stretch is None or stretch <= target else stretch
    if None not in (red_flag, baseline) and red_flag >= baseline:
        baseline = None
    only_target = red_flag is baseline is stretch is None
    if red_flag is None:
        red_flag = _zero_of(baseline, target, side, thresholds)
        if red_flag is None:
            return None
    points = [(red_flag, 0.0)]
    if baseline is not None:
        points.append((baseline, thresholds.baseline_score))
    points.append((target, thresholds.target_score))
    if only_target:
        zero = red_flag
        share = thresholds.stretch_score / thresholds.target_score
        stretch = zero + (target - zero) * share
    if stretch is not None:
        points.append((stretch, thresholds.stretch_score))
    return points


def grade(points, limits):
    """F9: the label of the first limit reached, after rounding to two decimals.

    `limits` come best first; the limit None takes the rest.

    >>> limits = [("A", 110), ("B", 100), ("C", 80), ("D", None)]
    >>> [grade(points, limits) for points in (110, 109.995, 109.994, 79.99, None)]
    ['A', 'A', 'B', 'D', None]
    """
    if points is None:
        return None
    # Nine decimals first: a weighted mean of 109.995 may read 109.99499999999999.
    exact = Decimal(repr(round(float(points), 9)))
    rounded = exact.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    for label, limit in limits:
        if limit is None or rounded >= Decimal(str(limit)):
            return label
    return None


def _zero_of(baseline, target, side, thresholds):
    """Where a missing red flag scores nothing, on the scale where more is better."""
    zero = 0 if side > 0 else 2 * target
    if zero < (target if baseline is None else baseline):
        return zero
    return None if baseline is None else _run_on(baseline, target, thresholds)


def _run_on(baseline, target, thresholds):
    """Where the line from the target to the baseline meets 0 points."""
    rise = thresholds.target_score - thresholds.baseline_score
    return baseline - (target - baseline) * thresholds.baseline_score / rise


def _interpolate(value, points):
    """Straight lines through the points, flat outside them."""
    low, low_points = points[0]
    if value <= low:
        return low_points
    for high, high_points in points[1:]:
        if value <= high:
            share = (value - low) / (high - low)
            return float(low_points + (high_points - low_points) * share)
        low, low_points = high, high_points
    return float(low_points)


def _range_score(actual, marks, thresholds):
    distance, _bound = outside(actual, marks)
    if not distance:
        return float(thresholds.target_score)
    # a distance that is not beyond the bound is left out, as any mark in F3
    red_flag, baseline = (
        None if mark is None or mark <= 0 else mark for mark in marks[:2]
    )
    if red_flag is None and baseline is None:
        return thresholds.target_score * attainment(actual, marks, "range")
    if red_flag is None:
        red_flag = -_run_on(-baseline, 0, thresholds)
    points = [(-red_flag, 0.0), (0, thresholds.target_score)]
    if baseline is not None and baseline < red_flag:
        points.insert(1, (-baseline, thresholds.baseline_score))
    return _interpolate(-distance, points)
