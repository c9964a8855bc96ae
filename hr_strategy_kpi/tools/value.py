"""What a KPI reads, and how two readings compare."""

import math
from typing import NamedTuple

REL_TOLERANCE = 1e-9
ABS_TOLERANCE = 1e-12


class Value(NamedTuple):
    """A reading. A ratio keeps its numerator and denominator; absent is None.

    >>> Value(0.85, 34, 40)
    Value(value=0.85, numerator=34, denominator=40)
    >>> Value()
    Value(value=None, numerator=None, denominator=None)
    """

    value: float | None = None
    numerator: float | None = None
    denominator: float | None = None


def as_value(reading):
    """A Value from a bare number, None, or a tuple that begins as a Value does.

    What is not finite is absent.

    >>> as_value(3)
    Value(value=3, numerator=None, denominator=None)
    >>> as_value(None) == as_value(float("nan")) == Value()
    True
    """
    if not isinstance(reading, tuple):
        reading = Value(reading)
    return Value(*map(finite, reading[:3]))


def finite(number):
    """The number, or None where it is absent, infinite or not a number.

    >>> finite(0), finite(None), finite(float("inf"))
    (0, None, None)
    """
    if number is None:
        return None
    try:
        return number if math.isfinite(number) else None
    except OverflowError:  # an integer beyond all floats
        return None


def same(left, right):
    """Equal but for the noise of binary fractions.

    >>> same(0.1 + 0.2, 0.3), same(0.1 + 0.2 - 0.3, 0), same(1, 1.001)
    (True, True, False)
    """
    return math.isclose(left, right, rel_tol=REL_TOLERANCE, abs_tol=ABS_TOLERANCE)


def more(left, right):
    """Greater, and by more than noise.

    >>> more(2, 1), more(0.1 + 0.2, 0.3), more(1, 2)
    (True, False, False)
    """
    return left > right and not same(left, right)
