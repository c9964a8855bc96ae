"""Pace and status of a target on a day: F4, F5 and F6.

Kinds of question: "flow" (count and sum, paced), "fills" (a rate whose numerator
fills up, paced on it), "level" (judged as it is), "end" (a level that says nothing
before the last working day of the period).
"""

from .marks import Marks, attainment, has_goal, outside
from .value import as_value, more, same

# best first; no_data stands outside of the order
ORDER = ("exceeded", "on_track", "at_risk", "off_track")
EXCEEDED, ON_TRACK, AT_RISK, OFF_TRACK = ORDER
NO_DATA = "no_data"


def expected(target, gone, total):
    """What is due by now: the target's share of the working days gone.

    >>> round(expected(18, 44, 65), 2), expected(None, 1, 2), expected(18, 0, 0)
    (12.18, None, None)
    """
    if target is None or not total:
        return None
    return target * gone / total


def pace(actual, target, gone, total, direction="higher"):
    """F4: actual / expected by now; of "lower", 2 - actual / expected.

    None before the first working day and without a positive target.

    >>> round(pace(10, 18, 38, 65), 3), pace(10, 18, 0, 65), pace(1, 0, 5, 65)
    (0.95, None, None)
    >>> pace(6, 10, 13, 26, "lower")
    0.8
    """
    due = expected(target, gone, total)
    if actual is None or due is None or due <= 0:
        return None
    return actual / due if direction == "higher" else 2 - actual / due


def status(reading, marks, direction, thresholds, kind, gone, total, whole=None):
    """Status of a reading after `gone` of `total` working days.

    None for a number that is tracked without a goal. `whole`: the value counts whole
    units (small targets are judged by them); taken from the value where not said.

    >>> from .marks import Thresholds
    >>> def of(actual, target, kind, gone, total, **marks):
    ...     marks = Marks(target=target, **marks)
    ...     return status(actual, marks, "higher", Thresholds(), kind, gone, total)
    >>> [of(10, 18, "flow", gone, 65) for gone in (38, 39, 46)]
    ['on_track', 'at_risk', 'off_track']
    >>> of(2, 3, "flow", 44, 65), of(1, 3, "flow", 44, 65)
    ('on_track', 'off_track')
    >>> of(0.85, 0.88, "level", 5, 20, baseline=0.82), of(0.5, 0.88, "end", 5, 20)
    ('at_risk', 'no_data')
    >>> of(None, 18, "flow", 5, 65), of(3, None, "flow", 5, 65)
    ('no_data', None)
    """
    reading = as_value(reading)
    over = gone >= total
    if reading.value is None or (kind == "end" and not over):
        return NO_DATA
    if not has_goal(marks, direction):
        return None
    if direction == "boolean":
        return _yes_no(reading.value, marks, direction, kind, over)
    if kind not in ("flow", "fills"):
        return _level(reading.value, marks, direction, thresholds)
    actual, marks, counted = _countable(reading, marks, kind)
    whole = counted if whole is None else whole
    judge = {"higher": _rising, "lower": _capped, "range": _banded}[direction]
    return judge(actual, marks, thresholds, gone, total, whole)


def worst(*statuses):
    """The worst of some statuses; absent ones and no_data do not count.

    >>> worst("on_track", None, "at_risk", "exceeded"), worst("no_data"), worst()
    ('at_risk', 'no_data', None)
    """
    known = [one for one in statuses if one in ORDER]
    if known:
        return max(known, key=ORDER.index)
    return NO_DATA if NO_DATA in statuses else None


def _countable(reading, marks, kind):
    """What is paced: of a rate its numerator, with all marks in the same units."""
    if kind == "fills":
        if reading.numerator is None or not reading.denominator:
            return reading.value, marks, False
        marks = Marks(
            *(None if mark is None else mark * reading.denominator for mark in marks)
        )
        reading = reading._replace(value=reading.numerator)
    return reading.value, marks, reading.value == int(reading.value)


def _rising(actual, marks, thresholds, gone, total, whole):
    """F5, higher is better."""
    target = marks.target
    if more(actual, target):
        return EXCEEDED
    due = expected(target, gone, total)
    if due is None or not gone or not more(due, actual):
        return ON_TRACK
    if target <= 0:
        return _within_baseline(actual, marks, "higher")
    small = whole and target <= thresholds.small_target
    if small and more(1, due - actual):
        return ON_TRACK
    return _by_pace(actual / due, thresholds)


def _capped(actual, marks, thresholds, gone, total, whole):
    """F5 where less is better: staying below can only be said at the end."""
    target = marks.target
    if gone >= total:
        if more(actual, target):
            return _within_baseline(actual, marks, "lower")
        return ON_TRACK if same(actual, target) else EXCEEDED
    due = expected(target, gone, total)
    share = 2 - actual / due if due > 0 else None
    if more(actual, target):
        judged = _within_baseline(actual, marks, "lower")
        return judged if share is None else worst(judged, _by_pace(share, thresholds))
    if share is None or not more(actual, due):
        return ON_TRACK
    small = whole and target <= thresholds.small_target
    if small and more(1, actual - due):
        return ON_TRACK
    return _by_pace(share, thresholds)


def _banded(actual, marks, thresholds, gone, total, whole):
    """F5 of a range: it fills up to the lower bound and may not pass the upper."""
    distance, bound = outside(actual, marks)
    too_low = distance and bound == marks.target_low
    if gone >= total or (distance and not too_low):
        return _level(actual, marks, "range", thresholds)
    if marks.target_low is None:
        return ON_TRACK
    floor = Marks(target=marks.target_low)
    return worst(ON_TRACK, _rising(actual, floor, thresholds, gone, total, whole))


def _level(actual, marks, direction, thresholds):
    """F6; without a baseline, at risk while the attainment is near enough."""
    if direction == "range":
        distance, _bound = outside(actual, marks)
        if not distance:
            return ON_TRACK
        if marks.baseline is not None:
            return OFF_TRACK if more(distance, marks.baseline) else AT_RISK
    else:
        if same(actual, marks.target):
            return ON_TRACK
        if (actual > marks.target) == (direction == "higher"):
            return EXCEEDED
        if marks.baseline is not None:
            return _within_baseline(actual, marks, direction)
    share = attainment(actual, marks, direction)
    near = share is not None and not more(thresholds.at_risk, share)
    return AT_RISK if near else OFF_TRACK


def _within_baseline(actual, marks, direction):
    """Of what is worse than the target: the baseline is the last that is at risk."""
    if marks.baseline is None:
        return OFF_TRACK
    side = 1 if direction == "higher" else -1
    return OFF_TRACK if more(side * marks.baseline, side * actual) else AT_RISK


def _yes_no(actual, marks, direction, kind, over):
    """Done is on track; not done yet is known only at the end, or live for a level."""
    if attainment(actual, marks, direction):
        return ON_TRACK
    return OFF_TRACK if over or kind == "level" else NO_DATA


def _by_pace(share, thresholds):
    if not more(thresholds.on_track, share):
        return ON_TRACK
    return AT_RISK if not more(thresholds.at_risk, share) else OFF_TRACK
