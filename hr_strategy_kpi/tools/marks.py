"""The marks of a target, and how far an actual value attains them: F1.

Directions: "higher" and "lower" is better, "range" (inside `target_low` and
`target_high`; either may be open), "boolean" (1 yes, 0 no; the target says which).
"""

from typing import NamedTuple

from .value import finite, more


class Marks(NamedTuple):
    """The marks of a target, each absent (None) or a number.

    Of a range, `baseline` and `red_flag` are the distances outside of it that are
    still acceptable and that score nothing.
    """

    red_flag: float | None = None
    baseline: float | None = None
    target: float | None = None
    stretch: float | None = None
    target_low: float | None = None
    target_high: float | None = None


class Thresholds(NamedTuple):
    """Settings of status (pace shares, small targets) and of the score's curve."""

    on_track: float = 0.95
    at_risk: float = 0.80
    small_target: float = 5
    baseline_score: float = 60
    target_score: float = 100
    stretch_score: float = 120


DEFAULTS = Thresholds()


def has_goal(marks, direction):
    """Whether there is anything to attain, or the number is only tracked.

    >>> has_goal(Marks(target=0), "lower"), has_goal(Marks(baseline=2), "higher")
    (True, False)
    >>> has_goal(Marks(target_high=26), "range"), has_goal(Marks(target=26), "range")
    (True, False)
    """
    if direction == "range":
        return marks.target_low is not None or marks.target_high is not None
    return marks.target is not None


def attainment(actual, marks, direction):
    """F1, as a fraction; None where there is no goal or no positive target.

    >>> attainment(10, Marks(target=18), "higher")
    0.5555555555555556
    >>> attainment(1.2, Marks(target=1), "lower")
    0.8
    >>> [attainment(30, Marks(target=target), "lower") for target in (20, 10, 0)]
    [0.5, 0.0, None]

    Of a range, 1 inside; outside, what is left of the bound after the distance:

    >>> room = Marks(target_low=18, target_high=25)
    >>> [attainment(degrees, room, "range") for degrees in (18, 9, 30, 60)]
    [1.0, 0.5, 0.8, 0.0]
    >>> [attainment(done, Marks(target=1), "boolean") for done in (True, 0)]
    [1.0, 0.0]
    """
    actual = finite(actual)
    if actual is None or not has_goal(marks, direction):
        return None
    if direction == "boolean":
        return float(bool(actual) == bool(marks.target))
    if direction == "range":
        return _range_attainment(actual, marks)
    if marks.target <= 0:
        return None
    share = actual / marks.target
    return share if direction == "higher" else max(0.0, 2 - share)


def outside(actual, marks):
    """Distance of a value outside the range, and the bound it crossed.

    >>> room = Marks(target_low=18, target_high=25)
    >>> outside(16, room), outside(20, room), outside(28, room)
    ((2, 18), (0, None), (3, 25))
    """
    if marks.target_low is not None and more(marks.target_low, actual):
        return marks.target_low - actual, marks.target_low
    if marks.target_high is not None and more(actual, marks.target_high):
        return actual - marks.target_high, marks.target_high
    return 0, None


def _range_attainment(actual, marks):
    distance, bound = outside(actual, marks)
    if not distance:
        return 1.0
    return max(0.0, 1 - distance / abs(bound)) if bound else 0.0
