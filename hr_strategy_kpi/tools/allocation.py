"""Splitting a target into parts that add up again, exactly."""

from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from .errors import AllocationError


class Balance(NamedTuple):
    """A split as one looks at it; missing and too much are never negative."""

    allocated: float
    reserved: float
    missing: float | None
    too_much: float | None


def split(total, weights, reserved=0, unit=1):
    """Parts of total - reserved by weight, in whole units, adding up exactly.

    Largest remainder; ties go by list order. A weight of 0 takes nothing. What is less
    than one unit goes to the next in line. The parts are int where all are whole,
    Decimal where the total is one, else the floats nearest to the exact decimals.

    >>> split(18, [1] * 6), split(18, [1] * 7)
    ([3, 3, 3, 3, 3, 3], [3, 3, 3, 3, 2, 2, 2])
    >>> split(18, [1] * 6, reserved=2)
    [3, 3, 3, 3, 2, 2]
    >>> split(100, [1, 1, 1], unit=0.01)
    [33.34, 33.33, 33.33]
    >>> split(10, [1, -1])  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    ...
    AllocationError: ('negative_weight', {'weight': -1, 'index': 1})
    """
    shares = _shares(weights)
    unit_size = _exact(unit)
    if unit_size <= 0:
        raise AllocationError("bad_unit", unit=unit)
    pool = _pool(total, reserved)
    side = -1 if pool < 0 else 1
    units = _whole_units(abs(pool) / unit_size, shares)
    return _like(total, [side * part * unit_size for part in units])


def balance(total, reserved, parts):
    """Allocated, reserved, missing and too much of a split done by hand.

    Absent parts are not allocated yet; without a total nothing is missing or too much.

    >>> balance(18, 0, [3] * 6)
    Balance(allocated=18, reserved=0, missing=0, too_much=0)
    >>> balance(18, 2, [3, None, 3.5])
    Balance(allocated=6.5, reserved=2, missing=9.5, too_much=0)
    >>> balance(18, 0, [9] * 6).too_much
    36
    """
    allocated = sum((_exact(part) for part in parts if part is not None), Fraction())
    kept = _exact(reserved or 0)
    if total is None:
        return Balance(_number(allocated), _number(kept), None, None)
    exact = _exact(total)
    gap = (exact - kept - allocated) * (-1 if exact < 0 else 1)
    figures = (allocated, kept, max(gap, Fraction()), max(-gap, Fraction()))
    return Balance(*map(_number, figures))


def prorate(amount, days_present, days_total, share=1.0):
    """A count's share of somebody who joined, left or works part-time.

    For counts and sums only: a rate is never prorated. Present all the days, be they
    none, is the whole amount.

    >>> round(prorate(3, 43, 65), 4), prorate(3, 65, 65, share=0.5)
    (1.9846, 1.5)
    """
    if not 0 <= days_present <= days_total:
        raise AllocationError("bad_days", present=days_present, total=days_total)
    if share < 0:
        raise AllocationError("bad_share", share=share)
    if amount is None:
        return None
    if days_present == days_total:
        return float(amount * share)
    return float(amount * days_present / days_total * share)


def _shares(weights):
    """Weights as exact shares of one."""
    weights = list(weights)
    if not weights:
        raise AllocationError("nobody")
    exact = [_exact(weight) for weight in weights]
    for index, weight in enumerate(exact):
        if weight < 0:
            raise AllocationError("negative_weight", weight=weights[index], index=index)
    whole = sum(exact)
    if not whole:
        raise AllocationError("zero_weights")
    return [weight / whole for weight in exact]


def _pool(total, reserved):
    """What there is to split; a reserve lies between nothing and the total."""
    exact, kept = _exact(total), _exact(reserved or 0)
    if not min(exact, 0) <= kept <= max(exact, 0):
        raise AllocationError("bad_reserved", reserved=reserved, total=total)
    return exact - kept


def _whole_units(amount, shares):
    """Largest remainder; the fraction of a unit goes to the next in line."""
    quotas = [amount * share for share in shares]
    parts = [Fraction(int(quota)) for quota in quotas]
    rest = amount - sum(parts)
    by_remainder = sorted(
        (index for index, share in enumerate(shares) if share),
        key=lambda index: (parts[index] - quotas[index], index),
    )
    for index in by_remainder:
        step = min(rest, 1)
        parts[index] += step
        rest -= step
    return parts


def _exact(number):
    """A number as the decimal that it shows: 0.1 is a tenth."""
    try:
        return Fraction(str(number))
    except ValueError:
        raise AllocationError("not_a_number", value=number) from None


def _number(exact):
    return int(exact) if exact.denominator == 1 else float(exact)


def _like(total, parts):
    if isinstance(total, Decimal):
        return [Decimal(part.numerator) / Decimal(part.denominator) for part in parts]
    if all(part.denominator == 1 for part in parts):
        return [int(part) for part in parts]
    return [float(part) for part in parts]
