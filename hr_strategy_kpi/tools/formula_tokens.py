"""Tokens of formulas, full-width signs and digits included."""

import re
from typing import NamedTuple

from .errors import FormulaError

# Full-width forms and the signs people type in Chinese; one character for one, so that
# positions stay those of the text.
_PLAIN = {code + 0xFEE0: chr(code) for code in range(0x21, 0x7F)}
_PLAIN |= {
    ord(sign): plain for sign, plain in zip("×÷−、【】　", "*/-,[] ", strict=True)
}
_WIDE_SIGNS = {"≤": "<=", "≥": ">=", "≠": "!="}

_TOKEN = re.compile(
    r"(?P<number>[0-9.][0-9A-Za-z_.]*)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<shift>\[[^\[\]]*\]?)"
    r"|(?P<sign><=|>=|==|!=|[-+*/(),<>≤≥≠])"
    r"|(?P<bad>\S)"
)
_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?|\.[0-9]+")
_CODE = re.compile(r"[A-Z][A-Z0-9_]*")
_SHIFT = re.compile(r"\[\s*-\s*([1-9][0-9]{0,2})\s*([yY]?)\s*\]")


class Reference(NamedTuple):
    """A KPI by code; `shift` periods and `years` away, negative is earlier.

    >>> str(Reference("WON", years=-1)), str(Reference("WON"))
    ('WON[-1y]', 'WON')
    """

    code: str
    shift: int = 0
    years: int = 0

    def __str__(self):
        if self.years:
            return f"{self.code}[{self.years}y]"
        return f"{self.code}[{self.shift}]" if self.shift else self.code


class Token(NamedTuple):
    """A piece of text; position counts from 1."""

    kind: str
    text: str
    position: int


def tokens_of(text):
    """The tokens of a text, an "end" after the last one.

    >>> [token.text for token in tokens_of("ＷＯＮ【－1】 ≥ （2 × 3）")]
    ['WON', '[-1]', '>=', '(', '2', '*', '3', ')', '']
    """
    plain = text.translate(_PLAIN)
    found = []
    for match in _TOKEN.finditer(plain):
        sign = _WIDE_SIGNS.get(match[0], match[0])
        found.append(Token(match.lastgroup, sign, match.start() + 1))
    return [*found, Token("end", "", len(text) + 1)]


def is_code(text):
    """Whether a text can be the code of a KPI.

    >>> is_code("CRM_WON_COUNT"), is_code("crm_won"), is_code("2ND")
    (True, False, False)
    """
    return bool(_CODE.fullmatch(text))


def number_of(token):
    """The number of a token, or a refusal of the likes of 1.2.3, 15days and 1e5."""
    # 308 digits are the most that a float can hold
    if not _NUMBER.fullmatch(token.text) or len(token.text) > 300:
        raise refusal("bad_number", token, "number")
    return float(token.text)


def shifted(reference, token):
    """The reference, moved back by what its bracket says."""
    match = _SHIFT.fullmatch(token.text)
    if match:
        back = -int(match[1])
        return reference._replace(**{"years" if match[2] else "shift": back})
    if not token.text.endswith("]"):
        raise refusal("unclosed", token, "]")
    raise refusal("syntax", token, "[-1]")


def refusal(code, token, expected, **params):
    """The error about a token."""
    found = token.text
    return FormulaError(
        code, position=token.position, found=found, expected=expected, **params
    )
