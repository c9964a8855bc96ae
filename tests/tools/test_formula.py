"""Formulas mean what a person reads, refuse what they cannot, and never run code."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kpi_tools.formula import (
    FormulaError,
    Reference,
    evaluate,
    is_code,
    parse,
    units,
)
from kpi_tools.formula_syntax import MAX_DEPTH, MAX_LENGTH
from kpi_tools.value import Value

CODES = ["A", "B", "CRM_WON", "X2"]
ARITHMETIC = ["+", "-", "*", "/"]
COMPARISONS = ["<", "<=", ">", ">=", "==", "!="]
STRENGTH = {**dict.fromkeys(COMPARISONS, 0), "+": 1, "-": 1, "*": 2, "/": 2}


def number(text, **values):
    """The value of a formula over {code: number}."""
    readings = {Reference(code): value for code, value in values.items()}
    result = evaluate(parse(text), readings)
    return None if result is None else result.value


# --- random expressions against a reference evaluation

leaves = st.one_of(
    st.integers(0, 99).map(lambda n: ("number", n)),
    st.sampled_from(CODES).map(lambda code: ("code", code, "")),
    st.tuples(st.just("code"), st.sampled_from(CODES), st.sampled_from(["-1", "-1y"])),
)


def nodes(children):
    pairs = [children, children]
    return st.one_of(
        st.tuples(st.sampled_from(ARITHMETIC + COMPARISONS), *pairs),
        st.tuples(st.just("negative"), children),
        st.tuples(st.just("abs"), children),
        st.tuples(st.just("if"), children, *pairs),
        st.tuples(st.sampled_from(["min", "max", "avg"]), *pairs),
        st.tuples(st.sampled_from(["min", "max", "avg"]), children, *pairs),
    )


trees = st.recursive(leaves, nodes, max_leaves=15)
inputs = st.none() | st.integers(-9, 9)
values_of = st.fixed_dictionaries(
    {
        reference: inputs
        for code in CODES
        for reference in (Reference(code), Reference(code, -1), Reference(code, 0, -1))
    }
)
WIDE = str.maketrans("()+-*/,<>=!", "（）＋－×÷，＜＞＝！")


def write(tree, strength=0, loud=False):
    """The text of a tree, with no more parentheses than it needs (`loud`: all)."""
    kind, *parts = tree
    if kind == "number":
        return str(parts[0])
    if kind == "code":
        return parts[0] + (f"[{parts[1]}]" if parts[1] else "")
    if kind == "negative":
        return f"-{write(parts[0], 3, loud)}"
    if kind not in STRENGTH:
        arguments = ", ".join(write(part, 0, loud) for part in parts)
        return f"{kind.upper() if loud else kind}({arguments})"
    own = STRENGTH[kind]
    # comparisons do not chain; the right side of - and / binds stronger
    left = write(parts[0], own + (own == 0), loud)
    right = write(parts[1], own + 1, loud)
    text = f"{left} {kind} {right}"
    return f"({text})" if loud or own < strength else text


def compute(tree, values, missing):
    kind, *parts = tree
    if kind == "number":
        return parts[0]
    if kind == "code":
        steps = {"": (0, 0), "-1": (-1, 0), "-1y": (0, -1)}[parts[1]]
        value = values[Reference(parts[0], *steps)]
        return 0 if value is None and missing == "zero" else value
    operands = [compute(part, values, missing) for part in parts]
    if kind == "if":
        if operands[0] is None:
            return None
        return operands[1] if operands[0] != 0 else operands[2]
    if None in operands or (kind == "/" and operands[1] == 0):
        return None
    if kind in COMPARISONS:
        left, right = operands
        equal = math.isclose(left, right, rel_tol=1e-9, abs_tol=1e-12)
        truth = {"<": left < right, ">": left > right, "==": True}.get(kind[:1], True)
        if kind in ("<", ">"):
            truth = truth and not equal
        elif kind in ("<=", ">="):
            truth = truth or equal
        else:
            truth = equal if kind == "==" else not equal
        return int(truth)
    return {
        "+": lambda a, b: a + b,
        "-": lambda a, b: a - b,
        "*": lambda a, b: a * b,
        "/": lambda a, b: a / b,
        "negative": lambda a: -a,
        "abs": abs,
        "min": lambda *a: min(a),
        "max": lambda *a: max(a),
        "avg": lambda *a: sum(a) / len(a),
    }[kind](*operands)


def references_in(tree):
    if tree[0] == "code":
        steps = {"": (0, 0), "-1": (-1, 0), "-1y": (0, -1)}[tree[2]]
        return {Reference(tree[1], *steps)}
    parts = [part for part in tree[1:] if isinstance(part, tuple)]
    return set().union(*map(references_in, parts)) if parts else set()


@given(trees, values_of, st.booleans(), st.sampled_from(["no_data", "zero"]))
def test_parse_and_evaluate_agree_with_the_tree(tree, values, loud, missing):
    formula = parse(write(tree, loud=loud))
    assert formula.references == references_in(tree)
    due = compute(tree, values, missing)
    result = evaluate(formula, values, missing=missing)
    assert (result is None) == (due is None)
    if due is not None:
        assert result.value == pytest.approx(due, rel=1e-9, abs=1e-9)


@given(trees, values_of)
def test_full_width_text_is_the_same_formula(tree, values):
    text = write(tree)
    wide = parse(text.translate(WIDE).replace(" ", "　"))
    plain = parse(text)
    assert wide.references == plain.references
    assert [step[:2] for step in wide.steps] == [step[:2] for step in plain.steps]
    assert evaluate(wide, values) == evaluate(plain, values)


@given(trees, values_of)
def test_kept_parts_are_the_value_and_can_be_added(tree, values):
    formula = parse(write(tree))
    whole = evaluate(formula, values)
    if not formula.is_ratio or whole is None:
        return
    assert whole.value == pytest.approx(whole.numerator / whole.denominator)
    # twice the people: twice the numerator and denominator, the same rate
    doubled = {
        key: None if value is None else 2 * value for key, value in values.items()
    }
    twice = evaluate(formula, doubled)
    assert twice.numerator == pytest.approx(2 * whole.numerator)
    assert twice.denominator == pytest.approx(2 * whole.denominator)


@given(st.text(max_size=60))
def test_any_text_is_parsed_or_refused_in_words(text):
    try:
        parse(text)
    except FormulaError as error:
        assert {"position", "found", "expected"} <= set(error.params)
        assert 1 <= error.params["position"] <= len(text) + 1


@given(st.text(alphabet="AB19.,+-*/()<>=![]y _if（－", max_size=40))
def test_any_text_of_signs_is_parsed_or_refused_in_words(text):
    try:
        formula = parse(text)
    except FormulaError as error:
        assert 1 <= error.params["position"] <= len(text) + 1
    else:
        evaluate(formula, dict.fromkeys(formula.references, 1))


# --- meaning


@pytest.mark.parametrize(
    "text, value",
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("10 - 4 - 3", 3),
        ("24 / 4 / 2", 3),
        ("-2 * -3", 6),
        ("--2", 2),
        ("2 - -2", 4),
        (".5 + 0.25", 0.75),
        ("1 + 2 < 4 * 1", 1),
        ("2 >= 3", 0),
        ("0.1 + 0.2 == 0.3", 1),
        ("0.1 + 0.2 != 0.3", 0),
        ("0.1 + 0.2 <= 0.3", 1),
        ("0.1 + 0.2 > 0.3", 0),
        ("0.3 >= 0.1 + 0.2", 1),
        ("0.3 < 0.1 + 0.2", 0),
        ("MIN(3, 1, 2) + Max(1, 5) + avg(2, 4)", 9),
        ("abs(-3)", 3),
        ("if(1 > 2, 10, 20)", 20),
        ("IF(2 ≥ 2，10，20)", 10),
        ("if(2 ≤ 1, 10, if(1 ≠ 1, 20, 30))", 30),
        ("１２．５ × ２ ÷ ５", 5),
        ("round(2.5)", 3),
        ("round(-2.5)", -3),
        ("round(2.345, 2)", 2.35),
        ("round(1.005, 2)", 1.01),
        ("round(1250, -2)", 1300),
        ("round(2.5, 99)", 2.5),
    ],
)
def test_arithmetic(text, value):
    assert number(text) == pytest.approx(value, abs=1e-12)


def test_references():
    formula = parse("WON / WON[-1] + WON[ -2y ] - LEADS【－12】 + WON")
    assert formula.references == {
        Reference("WON"),
        Reference("WON", -1),
        Reference("WON", 0, -2),
        Reference("LEADS", -12),
    }
    assert formula.text == "WON / WON[-1] + WON[ -2y ] - LEADS【－12】 + WON"
    assert parse("WON") == parse("WON") != parse("LEADS")
    assert isinstance(hash(formula), int)


def test_a_code_may_look_like_a_function():
    assert number("MIN + min(IF, 2)", MIN=1, IF=5) == 3
    assert is_code("CRM_WON_2") and not is_code("CRM-WON") and not is_code("")


def test_shifts_are_other_inputs():
    values = {Reference("A"): 3, Reference("A", -1): 2, Reference("A", 0, -1): 1}
    assert evaluate(parse("A * 100 + A[-1] * 10 + A[-1Y]"), values).value == 321


def test_missing_inputs():
    formula = parse("A + B")
    values = {Reference("A"): 4, Reference("B"): None}
    assert evaluate(formula, values) is None
    assert evaluate(formula, {}) is None
    assert evaluate(formula, values, missing="zero") == Value(4)
    assert evaluate(formula, {Reference("A"): 0, Reference("B"): 0}) == Value(0)
    for text in (
        "min(A, B)",
        "avg(A, B)",
        "A == B",
        "-B",
        "if(B, 1, 2)",
        "if(1, B, A)",
    ):
        assert evaluate(parse(text), values) is None, text
    assert evaluate(parse("if(1, A, B)"), values) == Value(4)
    assert evaluate(parse("if(0, B, A)"), values) == Value(4)


def test_division_by_zero():
    formula = parse("A / B")
    values = {Reference("A"): 4, Reference("B"): 0}
    assert evaluate(formula, values) is None
    assert evaluate(formula, values, zero_division="zero") == Value(0, 4, 0)
    assert evaluate(parse("1 + A / B"), values, zero_division="zero") == Value(1)
    assert evaluate(parse("if(B == 0, 7, A / B)"), values) == Value(7)
    # a missing input is not a division by zero
    assert evaluate(formula, {}, zero_division="zero") is None


@pytest.mark.parametrize(
    "text, parts",
    [
        ("A / B", (6, 3)),
        ("(A / B)", (6, 3)),
        ("(A + B) / (B + C)", (9, 5)),
        ("A * 2 / B", (12, 3)),
        ("A / 2 / B", (3, 3)),
        ("-A / B", (-6, 3)),
        ("0.5 * (A - B) / B", (1.5, 3)),
        ("A / B[-1]", (6, 4)),
        # these are no sums over people
        ("(A / B) * 100", None),
        ("A / B / C", None),
        ("A / (B / C)", None),
        ("A / B + 0", None),
        ("-(A / B)", None),
        ("A * B / C", None),
        ("1 / B", None),
        ("A / 2", None),
        ("(A + 1) / B", None),
        ("max(A, B) / C", None),
        ("A / abs(B)", None),
        ("round(A / B)", None),
        ("A / (B > 1)", None),
        ("A + B", None),
        ("6 / 3", None),
    ],
)
def test_parts_are_kept_by_a_plain_division_only(text, parts):
    values = {"A": 6, "B": 3, "C": 2}
    readings = {Reference(code): Value(value, 1, 2) for code, value in values.items()}
    readings[Reference("B", -1)] = 4
    result = evaluate(parse(text), readings)
    assert result[1:] == (parts or (None, None))
    if parts:
        assert result.value == pytest.approx(parts[0] / parts[1])


def test_a_single_reference_passes_its_parts_through():
    reading = Value(0.85, 34, 40)
    for text in ("A", "(A)", "((A))"):
        assert evaluate(parse(text), {Reference("A"): reading}) == reading
    assert evaluate(parse("-A"), {Reference("A"): reading}) == Value(-0.85)
    assert evaluate(parse("7"), {}) == Value(7)
    four = (0.85, 34, 40, None)
    assert evaluate(parse("A"), {Reference("A"): four}) == reading


@pytest.mark.parametrize(
    "text",
    ["A * A", "A + A", "-A - A", "1 / B", "avg(A, A)", "A * A - A * A", "A / B"],
)
def test_overflow_is_no_data(text):
    assert number(text, A=1.7e308, B=5e-324) is None


@pytest.mark.parametrize("odd", [float("nan"), float("inf"), float("-inf")])
def test_what_is_not_finite_is_missing(odd):
    assert number("A + 1", A=odd) is None
    assert evaluate(parse("A + 1"), {Reference("A"): odd}, missing="zero") == Value(1)


def test_huge_numbers_round():
    assert number("round(A, 2)", A=1.7e308) == 1.7e308
    assert number("round(A, B)", A=2.5, B=1e300) == 2.5
    assert number("A + 1", A=10**400) is None


# --- refusals


def refused(text):
    with pytest.raises(FormulaError) as refusal:
        parse(text)
    params = refusal.value.params
    return refusal.value.code, params["position"], params["found"], params["expected"]


@pytest.mark.parametrize(
    "text, code, position, found, expected",
    [
        ("", "empty", 1, "", "value"),
        (None, "empty", 1, "", "value"),
        (" 　\n", "empty", 1, "", "value"),
        ("1 +", "syntax", 4, "", "value"),
        ("* 2", "syntax", 1, "*", "value"),
        ("1 2", "syntax", 3, "2", "operator"),
        ("A B", "syntax", 3, "B", "operator"),
        ("A)", "syntax", 2, ")", "operator"),
        ("()", "syntax", 2, ")", "value"),
        ("(1 2)", "syntax", 4, "2", ")"),
        ("1 < 2 < 3", "syntax", 7, "<", "operator"),
        ("+1", "syntax", 1, "+", "value"),
        ("A = B", "syntax", 3, "=", "operator"),
        ("2 ** 3", "syntax", 4, "*", "value"),
        ("A, B", "syntax", 2, ",", "operator"),
        ("min(1,)", "syntax", 7, ")", "value"),
        ("min(,1)", "syntax", 5, ",", "value"),
        ("won / LEADS", "syntax", 1, "won", "code"),
        ("_WON", "syntax", 1, "_WON", "code"),
        ("收入 / 成本", "syntax", 1, "收", "value"),
        ("A.B", "syntax", 2, ".B", "operator"),
        ("A / ＃", "syntax", 5, "#", "value"),
        ("'A'", "syntax", 1, "'", "value"),
        ("A[1]", "syntax", 2, "[1]", "[-1]"),
        ("A[-0]", "syntax", 2, "[-0]", "[-1]"),
        ("A[-1m]", "syntax", 2, "[-1m]", "[-1]"),
        ("A[-1000]", "syntax", 2, "[-1000]", "[-1]"),
        ("A[]", "syntax", 2, "[]", "[-1]"),
        ("[-1]", "syntax", 1, "[-1]", "value"),
        ("2[-1]", "syntax", 2, "[-1]", "operator"),
        ("A[-1][-1]", "syntax", 6, "[-1]", "operator"),
        ("A[-1", "unclosed", 2, "[-1", "]"),
        ("(1 + 2", "unclosed", 1, "(", ")"),
        ("1 + min(2, (3)", "unclosed", 8, "(", ")"),
        ("1.2.3", "bad_number", 1, "1.2.3", "number"),
        ("1 + 2.", "bad_number", 5, "2.", "number"),
        ("1e5", "bad_number", 1, "1e5", "number"),
        ("15days", "bad_number", 1, "15days", "number"),
        ("0x10", "bad_number", 1, "0x10", "number"),
        ("9" * 301, "bad_number", 1, "9" * 301, "number"),
        ("sum(A)", "unknown_function", 1, "sum", "function"),
        ("__import__('os')", "unknown_function", 1, "__import__", "function"),
        ("A(1)", "unknown_function", 1, "A", "function"),
        ("1 + if(1, 2)", "arity", 5, "if", "3"),
        ("abs()", "arity", 1, "abs", "1"),
        ("abs(1, 2)", "arity", 1, "abs", "1"),
        ("min()", "arity", 1, "min", "1+"),
        ("round(1, 2, 3)", "arity", 1, "round", "1-2"),
        ("if(1, 2, 3, 4)", "arity", 1, "if", "3"),
        (
            "1" + " " * MAX_LENGTH,
            "too_long",
            MAX_LENGTH + 1,
            MAX_LENGTH + 1,
            MAX_LENGTH,
        ),
    ],
)
def test_refusals(text, code, position, found, expected):
    assert refused(text) == (code, position, found, expected)


def test_arity_says_how_many_there_are():
    with pytest.raises(FormulaError) as refusal:
        parse("1 + IF(1)")
    assert refusal.value.params == {
        "position": 5,
        "found": "IF",
        "expected": "3",
        "count": 1,
    }


@pytest.mark.parametrize("opening", ["(", "abs(", "-("])
def test_depth(opening):
    deep = opening * MAX_DEPTH + "1" + ")" * MAX_DEPTH
    assert abs(number(deep)) == 1
    code, _position, _found, expected = refused(opening + deep + ")")
    assert (code, expected) == ("too_deep", MAX_DEPTH)
    assert refused("(" * MAX_LENGTH)[0] == "too_deep"


def test_depth_is_not_width():
    assert number("+".join(["(1)"] * 500)) == 500
    assert number("+".join(["1"] * 1000)) == 1000
    assert number("-" * (MAX_LENGTH - 1) + "1") == -1
    assert number("1" + "*1" * 999) == 1
    assert number("min(" + ",".join(["1"] * 900) + ")") == 1


# --- units

UNIT_OF = {
    "REVENUE": "CNY",
    "COST": "CNY",
    "WON": "customer",
    "LEADS": "customer",
    "HOURS": "h",
    "SHARE": "%",
    "INDEX": None,
    "ORDERS": "count",
    "VISITS": "count",
    "RATE": "percent",
}


@pytest.mark.parametrize(
    "text, unit",
    [
        ("1 + 2", None),
        ("REVENUE", "CNY"),
        ("REVENUE - COST", "CNY"),
        ("REVENUE * 2 + 5 - COST", "CNY"),
        ("5 + REVENUE", "CNY"),
        ("WON / LEADS", "ratio"),
        ("WON / LEADS * 100", "ratio"),
        ("WON / LEADS - 1", "ratio"),
        ("SHARE", "ratio"),
        ("SHARE + WON / LEADS", "ratio"),
        ("SHARE * REVENUE", "CNY"),
        ("REVENUE / SHARE", "CNY"),
        ("REVENUE / WON", "CNY/customer"),
        ("REVENUE / WON / HOURS", "CNY/customer/h"),
        ("REVENUE / WON * LEADS", "CNY"),
        ("REVENUE / WON + COST / LEADS", "CNY/customer"),
        ("HOURS * HOURS", "h*h"),
        ("REVENUE / (HOURS * HOURS)", "CNY/h/h"),
        ("SHARE / HOURS", "1/h"),
        ("100 / HOURS", None),
        ("ORDERS + VISITS", "count"),
        ("ORDERS / VISITS", "ratio"),
        ("ORDERS / VISITS + RATE", "ratio"),
        ("ORDERS * VISITS", "count"),
        ("ORDERS * RATE", "count"),
        ("RATE / ORDERS", "ratio"),
        ("REVENUE / ORDERS - COST", "CNY"),
        ("ORDERS * REVENUE + COST", "CNY"),
        ("ORDERS / HOURS", "count/h"),
        ("ORDERS / REVENUE * COST", "count"),
        ("INDEX + REVENUE", "CNY"),
        ("INDEX * REVENUE", "CNY"),
        ("UNKNOWN + REVENUE", "CNY"),
        ("REVENUE > COST", None),
        ("if(WON > LEADS, REVENUE, COST)", "CNY"),
        ("if(REVENUE > COST, WON, 0)", "customer"),
        ("max(REVENUE, COST, 0)", "CNY"),
        ("-abs(round(REVENUE, 2))", "CNY"),
        ("REVENUE[-1y] + REVENUE[-1]", "CNY"),
    ],
)
def test_units(text, unit):
    assert units(parse(text), UNIT_OF) == unit


@pytest.mark.parametrize(
    "text, position, found, expected, function",
    [
        ("REVENUE + WON", 9, "customer", "CNY", "+"),
        ("ORDERS + REVENUE", 8, "CNY", "count", "+"),
        ("ORDERS / VISITS + ORDERS", 17, "count", "ratio", "+"),
        ("WON - HOURS", 5, "h", "customer", "-"),
        ("REVENUE > WON", 9, "customer", "CNY", ">"),
        ("1 + max(REVENUE, 0, WON)", 5, "customer", "CNY", "max"),
        ("if(1, REVENUE, WON)", 1, "customer", "CNY", "if"),
        ("WON / LEADS + WON", 13, "customer", "ratio", "+"),
        ("REVENUE / WON + REVENUE", 15, "CNY", "CNY/customer", "+"),
    ],
)
def test_units_that_do_not_mix(text, position, found, expected, function):
    with pytest.raises(FormulaError) as refusal:
        units(parse(text), UNIT_OF)
    assert refusal.value.code == "unit_mismatch"
    assert refusal.value.params == {
        "position": position,
        "found": found,
        "expected": expected,
        "function": function,
    }
