"""Units of a formula: what may be added or compared, and what comes out."""

from collections import Counter

from .errors import FormulaError
from .formula_syntax import COMPARISONS

RATIO = "ratio"
# units of a number that is a fraction of something
PLAIN_UNITS = (RATIO, "%", "percent")
# a number of things: money per thing is money, but money and things do not add up
COUNT = "count"


def units(formula, unit_of):
    """The unit of a formula, by {code: unit or None}; None is unknown or none.

    Numbers and KPIs without a unit fit any. Adding, comparing or choosing between two
    different known units raises FormulaError("unit_mismatch"). A "count" vanishes
    beside another unit: money per customer is money.

    >>> from .formula import parse
    >>> unit_of = {"REVENUE": "CNY", "COST": "CNY", "WON": "customer"}
    >>> [units(parse(text), unit_of) for text in ("REVENUE / WON", "REVENUE - 1")]
    ['CNY/customer', 'CNY']
    >>> units(parse("COST / REVENUE"), unit_of), units(parse("1 + 1"), unit_of)
    ('ratio', None)
    """
    stack = []
    for step in formula.steps:
        if step.name == "number":
            stack.append(None)
        elif step.name == "reference":
            stack.append(_known(unit_of.get(step.argument.code)))
        else:
            operands = stack[-step.argument :]
            del stack[-step.argument :]
            stack.append(_result(step, operands))
    return _text(stack[0])


def _result(step, operands):
    """Exponents by unit, empty for a ratio, None where any unit fits."""
    if step.name in ("*", "/"):
        return _product(step.name, *operands)
    if step.name == "if":
        return _common(step, operands[1:])
    if step.name == "round":
        return operands[0]
    unit = _common(step, operands)
    return None if step.name in COMPARISONS else unit


def _product(sign, left, right):
    if right is None:
        return left
    if left is None:
        # a plain number over a unit: what comes out is not known
        return right if sign == "*" else None
    result = Counter(left)
    result.update(right) if sign == "*" else result.subtract(right)
    count = result.pop(COUNT, 0)
    if count > 0 and max(result.values(), default=0) <= 0:
        result[COUNT] = 1
    return {unit: power for unit, power in result.items() if power}


def _common(step, operands):
    known = [unit for unit in operands if unit is not None]
    for unit in known[1:]:
        if unit != known[0]:
            raise FormulaError(
                "unit_mismatch",
                position=step.position,
                found=_text(unit),
                expected=_text(known[0]),
                function=step.name,
            )
    return known[0] if known else None


def _known(unit):
    if not unit:
        return None
    return {} if unit in PLAIN_UNITS else {unit: 1}


def _text(unit):
    if unit is None:
        return None
    above = [name for name, power in unit.items() for _one in range(power)]
    below = [name for name, power in unit.items() for _one in range(-power)]
    if not above and not below:
        return RATIO
    return "/".join(["*".join(above) or "1", *below])
