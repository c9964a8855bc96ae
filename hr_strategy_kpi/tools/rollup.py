"""Many numbers into one: rates by parts, scores by weight, entries of a period."""

from math import fsum

from .errors import RollupError

COMBINE = {
    "sum": fsum,
    "last": lambda values: values[-1],
    "average": lambda values: fsum(values) / len(values),
    "min": min,
    "max": max,
}


def ratio(parts):
    """F7: (numerator, denominator, value) of the sums; never a mean of rates.

    Parts with an absent half are left out. Nothing to add up, or a denominator of
    zero: the value is None.

    >>> ratio([(288, 288), (180, 192)])
    (468.0, 480.0, 0.975)
    >>> ratio([(0, 0)]), ratio([(None, 40)])
    ((0.0, 0.0, None), (None, None, None))
    """
    present = [part for part in parts if None not in part]
    if not present:
        return None, None, None
    numerator, denominator = map(fsum, zip(*present, strict=True))
    return numerator, denominator, numerator / denominator if denominator else None


def weighted(pairs, missing="exclude"):
    """F9: weighted mean of (score, weight); weights are relative numbers.

    Missing scores are left out ("exclude"), count as zero ("zero") or leave the whole
    without a number ("hold"). A weight of 0 takes no part.

    >>> weighted([(100, 60), (110, 40)])
    104.0
    >>> pairs = [(100, 60), (None, 40)]
    >>> [weighted(pairs, missing) for missing in ("exclude", "zero", "hold")]
    [100.0, 60.0, None]
    """
    if missing not in ("exclude", "zero", "hold"):
        raise RollupError("unknown_policy", policy=missing)
    present = []
    for score, weight in pairs:
        if weight < 0:
            raise RollupError("negative_weight", weight=weight)
        if not weight:
            continue
        if score is None and missing == "hold":
            return None
        if score is not None or missing == "zero":
            present.append((score or 0, weight))
    if not present:
        return None
    total = fsum(weight for _score, weight in present)
    return fsum(score * weight for score, weight in present) / total


def combine(kind, values):
    """One number from the values of a period, in the order of their dates.

    Absent values are left out; nothing left is None, except for a count.

    >>> [combine(kind, [4, None, 1, 3]) for kind in ("sum", "last", "average", "min")]
    [8.0, 3, 2.6666666666666665, 1]
    >>> combine("count", [None, 0]), combine("sum", [None]), combine("max", [])
    (1, None, None)
    """
    present = [value for value in values if value is not None]
    if kind == "count":
        return len(present)
    if kind not in COMBINE:
        raise RollupError("unknown_kind", kind=kind)
    return COMBINE[kind](present) if present else None


def growth(now, before):
    """Change as a fraction of what was before; None without a positive before.

    >>> growth(3.0, 4.0), growth(5, 0)
    (-0.25, None)
    """
    if now is None or before is None or before <= 0:
        return None
    return now / before - 1
