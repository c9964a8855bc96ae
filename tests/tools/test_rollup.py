"""Rates add up by their parts, scores by their weights."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kpi_tools.errors import RollupError
from kpi_tools.rollup import combine, growth, ratio, weighted

counts = st.integers(0, 10_000)
scores = st.one_of(st.none(), st.floats(0, 120))
weights = st.floats(0.1, 100)
pairs = st.lists(st.tuples(scores, weights), min_size=1, max_size=8)


@given(st.lists(st.lists(st.tuples(counts, counts), min_size=1), min_size=1))
def test_a_ratio_of_ratios_is_the_ratio_of_all(departments):
    everybody = [part for people in departments for part in people]
    assert ratio(ratio(people)[:2] for people in departments) == ratio(everybody)
    assert ratio(reversed(everybody)) == ratio(everybody)


def test_absent_parts_are_not_zero():
    assert ratio([(1, 2), (None, 2), (3, None)]) == (1, 2, 0.5)
    assert ratio([(1, 2), (0, 2)]) == (1, 4, 0.25)
    assert ratio([]) == (None, None, None)
    assert ratio([(5, 0)]) == (5, 0, None)


@given(pairs)
def test_weighted_mean_lies_between_its_scores(lines):
    known = [score for score, _weight in lines if score is not None]
    mean = weighted(lines)
    if not known:
        assert mean is None
    else:
        assert min(known) - 1e-9 <= mean <= max(known) + 1e-9


@given(pairs, st.floats(0.01, 100))
def test_weights_are_relative(lines, factor):
    scaled = [(score, weight * factor) for score, weight in lines]
    assert weighted(scaled) == pytest.approx(weighted(lines))


@given(pairs)
def test_policies_of_missing(lines):
    as_zero = [(score or 0.0, weight) for score, weight in lines]
    assert weighted(lines, "zero") == weighted(as_zero)
    holds = any(score is None for score, _weight in lines)
    assert weighted(lines, "hold") == (None if holds else weighted(lines))


def test_weight_zero_takes_no_part():
    assert weighted([(100, 1), (None, 0)], "hold") == 100
    assert weighted([(100, 1), (None, 0)], "zero") == 100
    assert weighted([(100, 0)]) is None


@pytest.mark.parametrize(
    "code, call",
    [
        ("negative_weight", lambda: weighted([(100, -1)])),
        ("unknown_policy", lambda: weighted([(100, 1)], "guess")),
        ("unknown_kind", lambda: combine("mode", [1])),
        ("unknown_kind", lambda: combine("mode", [])),
    ],
)
def test_refusals(code, call):
    with pytest.raises(RollupError) as refusal:
        call()
    assert refusal.value.code == code


@pytest.mark.parametrize(
    "kind, expected",
    [("sum", 6), ("last", 3), ("average", 2), ("min", 0), ("max", 3), ("count", 3)],
)
def test_combine(kind, expected):
    assert combine(kind, [3, None, 0, 3]) == expected


@pytest.mark.parametrize("kind", ["sum", "last", "average", "min", "max"])
def test_nothing_known_is_no_number(kind):
    assert combine(kind, [None, None]) is combine(kind, []) is None


def test_sum_of_cents_is_exact():
    assert combine("sum", [0.1] * 10) == 1.0


@given(st.floats(0.1, 1e6), st.floats(-1, 10))
def test_growth_undoes(before, change):
    assert growth(before * (1 + change), before) == pytest.approx(change, abs=1e-9)


def test_growth_needs_a_positive_past():
    assert growth(5, 0) is growth(5, -3) is growth(None, 5) is growth(5, None) is None
