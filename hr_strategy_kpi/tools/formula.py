"""KPIs out of KPIs: `WON / LEADS`, `if(LEADS == 0, 0, REVENUE / REVENUE[-1y] - 1)`.

`CODE[-1]` is one period of the same kind earlier, `CODE[-1y]` the same period a year
earlier. Function names may be written in any case, punctuation and digits also in
full width.
"""

import operator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal

from .errors import FormulaError
from .formula_syntax import FUNCTIONS, Parser, Step
from .formula_tokens import Reference, is_code
from .formula_units import units
from .value import Value, as_value, finite, more, same

__all__ = (
    "FUNCTIONS",
    "Formula",
    "FormulaError",
    "Reference",
    "evaluate",
    "is_code",
    "parse",
    "units",
)


@dataclass(frozen=True)
class Formula:
    """A parsed formula. `is_ratio`: a plain division whose parts can be added up."""

    text: str
    references: frozenset[Reference]
    steps: tuple[Step, ...]
    is_ratio: bool = False


def parse(text):
    """A Formula, or a FormulaError that says where and what was expected.

    >>> formula = parse("WON / LEADS[-1]")
    >>> sorted(map(str, formula.references)), formula.is_ratio
    (['LEADS[-1]', 'WON'], True)
    >>> try:
    ...     parse("WON / (LEADS + 1")
    ... except FormulaError as error:
    ...     print(error.code, error.params)
    unclosed {'position': 7, 'found': '(', 'expected': ')'}
    """
    parser = Parser(text)
    references = (step.argument for step in parser.steps if step.name == "reference")
    return Formula(text, frozenset(references), tuple(parser.steps), parser.is_ratio)


def evaluate(formula, values, missing="no_data", zero_division="no_data"):
    """The Value of a formula over {Reference: Value, number or None}; None = no data.

    `missing` says what an absent input does, `zero_division` what a division by zero
    does: leave the whole without a number ("no_data") or count as 0 ("zero"). What is
    not chosen by an `if` does no harm. A plain division of sums of KPIs, and a single
    KPI, keep numerator and denominator, so that rates can be rolled up.

    >>> won, leads = Reference("WON"), Reference("LEADS")
    >>> evaluate(parse("WON / LEADS"), {won: 20, leads: 120})
    Value(value=0.16666666666666666, numerator=20.0, denominator=120.0)
    >>> evaluate(parse("WON / LEADS * 100"), {won: 30, leads: 120})
    Value(value=25.0, numerator=None, denominator=None)
    >>> evaluate(parse("WON / LEADS"), {won: 0, leads: 0}) is None
    True
    >>> evaluate(parse("if(LEADS == 0, 0, WON / LEADS)"), {won: 0, leads: 0}).value
    0.0
    >>> evaluate(parse("WON + LEADS"), {won: 4}, missing="zero").value
    4.0
    """
    stack, operands = [], ()
    for name, argument, _position in formula.steps:
        if name == "number":
            stack.append(argument)
        elif name == "reference":
            stack.append(_input(values.get(argument), missing))
        else:
            operands = stack[-argument:]
            del stack[-argument:]
            stack.append(_apply(name, operands, zero_division))
    (result,) = stack
    if result is None:
        return None
    if formula.is_ratio:
        return Value(result, *operands)
    if len(formula.steps) == 1 and formula.references:
        (reference,) = formula.references
        _value, numerator, denominator = as_value(values.get(reference))
        return Value(result, numerator, denominator)
    return Value(result)


def _input(reading, missing):
    value = as_value(reading).value
    if value is None:
        return 0.0 if missing == "zero" else None
    return float(value)


def _apply(name, operands, zero_division):
    if name == "if":
        condition, then, otherwise = operands
        if condition is None:
            return None
        return then if condition else otherwise
    if None in operands:
        return None
    if name == "/" and not operands[1]:
        return 0.0 if zero_division == "zero" else None
    return finite(float(_OPERATIONS[name](*operands)))


def _round(number, digits=0.0):
    """Half up, away from zero, as people round."""
    places = max(-15, min(15, int(digits)))
    context = Context(prec=400, rounding=ROUND_HALF_UP)
    return Decimal(repr(number)).quantize(Decimal(1).scaleb(-places), context=context)


_OPERATIONS = {
    "negative": operator.neg,
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "<": lambda left, right: more(right, left),
    "<=": lambda left, right: not more(left, right),
    ">": more,
    ">=": lambda left, right: not more(right, left),
    "==": same,
    "!=": lambda left, right: not same(left, right),
    "min": lambda *numbers: min(numbers),
    "max": lambda *numbers: max(numbers),
    "avg": lambda *numbers: sum(numbers) / len(numbers),
    "abs": abs,
    "round": _round,
}
