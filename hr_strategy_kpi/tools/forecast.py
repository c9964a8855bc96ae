"""What history and the pace so far say about what comes; None is "cannot say"."""

from itertools import combinations
from statistics import fmean, median
from typing import NamedTuple

from .value import more


class Trend(NamedTuple):
    """A straight line: value = level + slope x position, positions from 0."""

    slope: float
    level: float


def run_rate(actual, gone, total):
    """Where a count or sum ends if the days to come are like those gone.

    >>> run_rate(12, 22, 66), run_rate(12, 0, 66)
    (36.0, None)
    """
    if actual is None or not gone:
        return None
    return actual / gone * total


def funnel(candidates, rate, value=1.0):
    """What so many candidates give at a rate, each worth a value.

    >>> funnel(100, 30 / 100), funnel(120, 48 / 320), funnel(50, 0.15, 8000)
    (30.0, 18.0, 60000.0)
    >>> funnel(None, 0.15) is funnel(120, None) is None
    True
    """
    if candidates is None or rate is None:
        return None
    return candidates * rate * value


def linear_trend(values, season=None):
    """Theil-Sen line: median of all slopes, so that one odd value does not tilt it.

    With a season only values of the same place in it are compared. Absent values keep
    their place. None where there are not two values to compare.

    >>> linear_trend([10, 12, 14, 99, 18, 20])
    Trend(slope=2.0, level=10.0)
    >>> linear_trend([10]) is None
    True
    """
    points = _points(values)
    slopes = [
        (after - before) / (j - i)
        for (i, before), (j, after) in combinations(points, 2)
        if not season or (j - i) % season == 0
    ]
    if not slopes:
        return None
    slope = float(median(slopes))
    return Trend(slope, float(median(value - slope * i for i, value in points)))


def seasonal_index(values, season):
    """Factor of each place of a season around the trend, mean 1.

    None unless two seasons are known in full and the trend stays above zero.

    >>> seasonal_index([50, 150] * 3, 2)
    [0.5, 1.5]
    >>> seasonal_index([50, 150, 50], 2) is None
    True
    """
    known = _points(values)
    trend = linear_trend(values, season)
    places = [[i for i, _value in known if i % season == k] for k in range(season)]
    if trend is None or min(map(len, places)) < 2:
        return None
    line = {i: trend.level + trend.slope * i for i, _value in known}
    if min(line.values()) <= 0:
        return None
    present = dict(known)
    factors = [median(present[i] / line[i] for i in place) for place in places]
    mean = fmean(factors)
    return [factor / mean for factor in factors] if mean > 0 else None


def project(values, horizon, season=None):
    """The next values: trend, times the season where two of them are known.

    Of a single value the same again. What was never negative does not become so.

    >>> project([10, 12, 14], 2)
    [16.0, 18.0]
    >>> project([50, 150, 50, 150], 3, season=2)
    [50.0, 150.0, 50.0]
    >>> project([], 2) is None
    True
    """
    values = list(values)
    known = _points(values)
    if not known:
        return None
    factors = season and seasonal_index(values, season)
    factors = factors if factors and min(factors) > 0 else [1.0]
    size = len(factors)
    plain = [
        None if value is None else value / factors[i % size]
        for i, value in enumerate(values)
    ]
    trend = linear_trend(plain) or Trend(0.0, float(known[0][1]))
    floor = 0.0 if min(value for _i, value in known) >= 0 else float("-inf")
    ahead = range(len(values), len(values) + horizon)
    return [
        max(floor, (trend.level + trend.slope * i) * factors[i % size]) for i in ahead
    ]


def reached(history, value, direction="higher"):
    """(how many of the history were at least as good, how many there are).

    >>> reached([52, 60, 68], 60), reached([52, None], 60), reached([3, 4], 3, "lower")
    ((2, 3), (0, 1), (1, 2))
    """
    known = [past for _i, past in _points(history)]
    if direction == "higher":
        good = [past for past in known if not more(value, past)]
    else:
        good = [past for past in known if not more(past, value)]
    return len(good), len(known)


def exceed_chance(history, value, direction="higher"):
    """The share of the history that reached a value.

    >>> exceed_chance([52, 60, 68, 40], 60), exceed_chance([], 60)
    (0.5, None)
    """
    good, known = reached(history, value, direction)
    return good / known if known else None


def _points(values):
    return [(i, value) for i, value in enumerate(values) if value is not None]
