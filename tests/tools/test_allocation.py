"""A split never loses and never invents a unit."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kpi_tools.allocation import balance, prorate, split
from kpi_tools.errors import AllocationError

UNITS = [1, 5, 100, 0.01, 0.05, 0.001, "0.01"]
weights_of_people = st.lists(
    st.one_of(st.integers(0, 50), st.floats(0, 9, allow_subnormal=False)),
    min_size=1,
    max_size=30,
).filter(any)


def exact(number):
    return Fraction(str(number))


@given(st.integers(-9999, 9999), weights_of_people, st.data())
def test_whole_units_add_up(total, weights, data):
    reserved = data.draw(st.integers(min(total, 0), max(total, 0)))
    parts = split(total, weights, reserved)
    assert all(type(part) is int for part in parts)
    assert sum(parts) == total - reserved


@given(
    st.decimals(0, 10**8, places=2),
    weights_of_people,
    st.sampled_from(UNITS),
    st.sampled_from([Decimal, float]),
)
def test_money_adds_up_in_any_currency(total, weights, unit, kind):
    parts = split(kind(total), weights, unit=unit)
    assert sum(map(exact, parts)) == exact(total)
    odd = [part for part in parts if exact(part) % exact(unit)]
    # only what is less than a unit of the total itself goes to somebody
    assert len(odd) == (1 if exact(total) % exact(unit) else 0)
    if kind is Decimal:
        assert all(isinstance(part, Decimal) for part in parts)
        assert sum(parts) == total


@given(st.integers(0, 9999), weights_of_people)
def test_each_part_is_within_a_unit_of_its_quota(total, weights):
    parts = split(total, weights)
    whole = sum(map(exact, weights))
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - total * exact(weight) / whole) < 1
        assert weight or not part


@given(st.integers(0, 9999), weights_of_people)
def test_more_weight_never_gets_less_and_ties_go_by_order(total, weights):
    by_weight = {}
    for weight, part in zip(weights, split(total, weights), strict=True):
        by_weight.setdefault(weight, []).append(part)
    groups = [by_weight[weight] for weight in sorted(by_weight)]
    for group in groups:
        assert group == sorted(group, reverse=True)
        assert group[0] - group[-1] <= 1
    for lighter, heavier in zip(groups, groups[1:], strict=False):
        assert max(lighter) <= min(heavier)


@given(st.integers(0, 9999), weights_of_people)
def test_a_split_balances(total, weights):
    assert balance(total, 0, split(total, weights)) == (total, 0, 0, 0)


def test_split_by_weight():
    assert split(10, [3, 1, 1]) == [6, 2, 2]
    assert split(10, [0.2, 0.1]) == [7, 3]
    assert split(7, [2, 0, 1]) == [5, 0, 2]
    assert split(1, [0, 1, 1]) == [0, 1, 0]
    assert split(-10, [1, 1, 1]) == [-4, -3, -3]
    assert split(0, [1, 2]) == [0, 0]
    assert split(18.5, [1, 1, 1]) == [6.5, 6, 6]
    assert split(1000, [1, 1, 1], unit=100) == [400, 300, 300]
    assert split(0.3, [1, 1, 1], unit=0.1) == [0.1, 0.1, 0.1]


@pytest.mark.parametrize(
    "code, call",
    [
        ("nobody", lambda: split(18, [])),
        ("negative_weight", lambda: split(18, [1, -1, 3])),
        ("zero_weights", lambda: split(18, [0, 0])),
        ("not_a_number", lambda: split(18, [1, float("nan")])),
        ("not_a_number", lambda: split(float("inf"), [1])),
        ("not_a_number", lambda: split(None, [1])),
        ("bad_unit", lambda: split(18, [1], unit=0)),
        ("bad_unit", lambda: split(18, [1], unit=-1)),
        ("bad_reserved", lambda: split(18, [1], reserved=19)),
        ("bad_reserved", lambda: split(18, [1], reserved=-1)),
        ("bad_reserved", lambda: split(-18, [1], reserved=1)),
        ("bad_days", lambda: prorate(3, 66, 65)),
        ("bad_days", lambda: prorate(3, -1, 65)),
        ("bad_share", lambda: prorate(3, 5, 65, share=-0.5)),
    ],
)
def test_refusals(code, call):
    with pytest.raises(AllocationError) as refusal:
        call()
    assert refusal.value.code == code


def test_refusal_says_which_weight():
    with pytest.raises(AllocationError) as refusal:
        split(18, [1, -2, 3])
    assert refusal.value.params == {"weight": -2, "index": 1}


amounts = st.one_of(st.none(), st.integers(-1000, 1000))


@given(amounts, st.integers(0, 100), st.lists(amounts))
def test_balance_accounts_for_everything(total, reserved, parts):
    result = balance(total, reserved, parts)
    assert result.allocated == sum(part or 0 for part in parts)
    assert result.reserved == reserved
    if total is None:
        assert result.missing is result.too_much is None
        return
    assert min(result.missing, result.too_much) == 0
    gap = result.missing - result.too_much
    assert total - reserved - result.allocated == (-gap if total < 0 else gap)


def test_balance_of_cents_is_exact():
    assert balance(0.3, 0, [0.1, 0.2]) == (0.3, 0, 0, 0)
    assert balance(-10, 0, [-6]).missing == 4
    assert balance(-10, 0, [-16]).too_much == 6
    assert balance(0, 0, [3]) == (3, 0, 0, 3)
    assert balance(18, None, [18]).reserved == 0


@given(st.integers(0, 1000), st.integers(1, 260), st.data())
def test_prorated_parts_of_a_period_make_the_whole(amount, total, data):
    present = data.draw(st.integers(0, total))
    parts = prorate(amount, present, total) + prorate(amount, total - present, total)
    assert parts == pytest.approx(amount)
    assert prorate(amount, total, total) == amount
    assert prorate(amount, present, total, 0.5) == prorate(amount, present, total) / 2


def test_prorate_without_working_days_or_amount():
    assert prorate(3, 0, 0) == 3
    assert prorate(3, 0, 5) == 0
    assert prorate(None, 3, 5) is None
