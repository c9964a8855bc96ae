"""Loops are found where there are any, and only there."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kpi_tools.errors import CycleError
from kpi_tools.graph import find_cycle, topological

nodes = st.integers(0, 9)
graphs = st.dictionaries(nodes, st.lists(nodes, max_size=4), max_size=10)


def has_loop(edges):
    """Take away, again and again, whatever depends on nothing that is left."""
    left = set(edges)
    while left:
        free = {node for node in left if not left & set(edges[node])}
        if not free:
            return True
        left -= free
    return False


@given(graphs)
def test_a_loop_is_found_if_and_only_if_there_is_one(edges):
    loop = find_cycle(edges)
    assert (loop is not None) == has_loop(edges)
    if loop:
        assert loop[0] == loop[-1]
        assert len(set(loop)) == len(loop) - 1
        for node, following in zip(loop, loop[1:], strict=False):
            assert following in edges[node]


@given(graphs, st.randoms())
def test_the_loop_does_not_depend_on_the_order_of_edges(edges, chance):
    loop = find_cycle(edges)
    shuffled = {
        node: chance.sample(others, len(others)) for node, others in edges.items()
    }
    assert find_cycle(shuffled) == loop
    assert find_cycle({node: set(others) for node, others in edges.items()}) == loop
    if loop:
        order = list(edges)
        assert order.index(loop[0]) == min(map(order.index, loop))


@given(graphs)
def test_topological_puts_dependencies_first(edges):
    names = list(edges)
    if has_loop(edges):
        with pytest.raises(CycleError) as refusal:
            topological(names, edges)
        assert refusal.value.loop == find_cycle(edges)
        assert refusal.value.code == "cycle"
        assert refusal.value.params == {"loop": refusal.value.loop}
        return
    order = topological(names, edges)
    assert sorted(order) == sorted(names)
    for node in names:
        for other in set(edges[node]) & set(names):
            assert order.index(other) < order.index(node)


def test_topological_is_stable():
    assert topological("DCBA", {}) == list("DCBA")
    assert topological("DCBA", {"D": "A", "C": "B"}) == list("ADBC")
    assert topological("AAB", {"A": "B"}) == list("BA")
    assert topological(["A"], {"A": ["X"], "X": ["A"]}) == ["A"]


def test_long_chains_are_no_trouble():
    size = 20_000
    chain = {n: [n + 1] for n in range(size)}
    assert find_cycle(chain) is None
    assert topological(range(size), chain) == list(reversed(range(size)))
    chain[size - 1] = [0]
    assert len(find_cycle(chain)) == size + 1


def test_wide_graphs_are_walked_once():
    chance = random.Random(2023)
    layers = {n: [m for m in range(n) if chance.random() < 0.5] for n in range(300)}
    assert find_cycle(layers) is None
    assert topological(layers, layers) == list(range(300))
