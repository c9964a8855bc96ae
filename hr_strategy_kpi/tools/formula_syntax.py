"""Grammar of formulas: a tokenizer and a recursive-descent parser, no eval.

    comparison = sum [("<" | "<=" | ">" | ">=" | "==" | "!=") sum]
    sum        = product {("+" | "-") product}
    product    = factor {("*" | "/") factor}
    factor     = {"-"} atom
    atom       = number | code [shift] | function "(" comparison {"," comparison} ")"
               | "(" comparison ")"
    shift      = "[-" count ["y"] "]"

The parser writes steps for a stack machine, so that nothing after it needs recursion.
"""

from typing import NamedTuple

from .errors import FormulaError
from .formula_tokens import Reference, is_code, number_of, refusal, shifted, tokens_of

MAX_LENGTH = 2000
MAX_DEPTH = 50

# least and most arguments
FUNCTIONS = {
    "min": (1, None),
    "max": (1, None),
    "avg": (1, None),
    "abs": (1, 1),
    "round": (1, 2),
    "if": (3, 3),
}
COMPARISONS = ("<", "<=", ">", ">=", "==", "!=")

# How an expression may be added up over people: a constant may not, sums and fixed
# multiples of KPIs may, and a division of two such is a ratio by its parts.
_CONSTANT, _LINEAR, _RATIO, _OTHER = range(4)


class Step(NamedTuple):
    """One step of the stack machine: what, with which argument, from where.

    Of "number" and "reference" the argument is pushed; of the others it is how many
    operands are taken from the stack.
    """

    name: str
    argument: object
    position: int


class Parser:
    """One pass over one text; `steps` and `is_ratio` are the result.

    >>> [step[:2] for step in Parser("-(WON + 1)").steps]
    [('reference', Reference(code='WON', shift=0, years=0)), ('number', 1.0), ('+', 2),
     ('negative', 1)]
    """

    def __init__(self, text):
        text = text or ""
        if len(text) > MAX_LENGTH:
            raise FormulaError(
                "too_long",
                position=MAX_LENGTH + 1,
                found=len(text),
                expected=MAX_LENGTH,
            )
        self.text = text
        self.tokens = tokens_of(text)
        self.next = 0
        self.depth = 0
        self.steps = []
        if len(self.tokens) == 1:
            raise FormulaError("empty", position=1, found="", expected="value")
        self.is_ratio = self._comparison() == _RATIO
        if self.token.kind != "end":
            raise self._unexpected("operator")

    @property
    def token(self):
        return self.tokens[self.next]

    def _comparison(self):
        shape = self._sum()
        if self.token.text in COMPARISONS:
            sign = self._take()
            shape = _shape_of_call([shape, self._sum()])
            self._step(sign.text, 2, sign)
        return shape

    def _sum(self):
        shape = self._product()
        while self.token.text in ("+", "-"):
            sign = self._take()
            other = self._product()
            shape = shape if shape == other and shape < _RATIO else _OTHER
            self._step(sign.text, 2, sign)
        return shape

    def _product(self):
        shape = self._factor()
        while self.token.text in ("*", "/"):
            sign = self._take()
            shape = _shape_of_product(sign.text, shape, self._factor())
            self._step(sign.text, 2, sign)
        return shape

    def _factor(self):
        signs = []
        while self.token.text == "-":
            signs.append(self._take())
        shape = self._atom()
        if len(signs) % 2:
            self._step("negative", 1, signs[-1])
        return shape if not signs or shape < _RATIO else _OTHER

    def _atom(self):
        token = self.token
        if token.kind == "number":
            self._take()
            self._step("number", number_of(token), token)
            return _CONSTANT
        if token.kind == "name":
            self._take()
            return self._call(token) if self.token.text == "(" else self._code(token)
        if token.text == "(":
            self._open()
            shape = self._comparison()
            self._close(token)
            return shape
        raise self._unexpected("value")

    def _code(self, token):
        if not is_code(token.text):
            raise refusal("syntax", token, "code")
        reference = Reference(token.text)
        if self.token.kind == "shift":
            reference = shifted(reference, self._take())
        self._step("reference", reference, token)
        return _LINEAR

    def _call(self, token):
        name = token.text.lower()
        if name not in FUNCTIONS:
            raise refusal("unknown_function", token, "function")
        opening = self.token
        self._open()
        shapes = []
        if self.token.text != ")":
            shapes.append(self._comparison())
            while self.token.text == ",":
                self._take()
                shapes.append(self._comparison())
        self._close(opening)
        self._check_arity(token, name, len(shapes))
        self._step(name, len(shapes), token)
        return _shape_of_call(shapes)

    def _check_arity(self, token, name, count):
        least, most = FUNCTIONS[name]
        if count >= least and (most is None or count <= most):
            return
        expected = f"{least}+" if most is None else f"{least}-{most}"
        raise FormulaError(
            "arity",
            position=token.position,
            found=token.text,
            expected=str(least) if least == most else expected,
            count=count,
        )

    def _open(self):
        opening = self._take()
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise refusal("too_deep", opening, MAX_DEPTH)

    def _close(self, opening):
        if self.token.kind == "end":
            raise refusal("unclosed", opening, ")")
        if self.token.text != ")":
            raise self._unexpected(")")
        self._take()
        self.depth -= 1

    def _take(self):
        self.next += 1
        return self.tokens[self.next - 1]

    def _step(self, name, argument, token):
        self.steps.append(Step(name, argument, token.position))

    def _unexpected(self, expected):
        return refusal("syntax", self.token, expected)


def _shape_of_product(sign, left, right):
    if right == _CONSTANT and left in (_CONSTANT, _LINEAR):
        return left
    if sign == "*":
        return _LINEAR if (left, right) == (_CONSTANT, _LINEAR) else _OTHER
    return _RATIO if (left, right) == (_LINEAR, _LINEAR) else _OTHER


def _shape_of_call(shapes):
    return _CONSTANT if set(shapes) == {_CONSTANT} else _OTHER
