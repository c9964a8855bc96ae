"""Loops and order of dependencies, without recursion: chains may be long."""

from .errors import CycleError


def find_cycle(edges):
    """A loop as a list of nodes, the first one repeated at the end, or None.

    `edges` maps a node to the nodes it depends on. The answer depends only on the
    order of the mapping; the loop begins at its first node in that order.

    >>> find_cycle({"A": ["B"], "B": ["C"], "C": ["B"]})
    ['B', 'C', 'B']
    >>> find_cycle({"A": ["A"]}), find_cycle({"A": ["B", "C"], "B": ["C"]})
    (['A', 'A'], None)
    """
    loop, _order = _walk(edges)
    return loop


def topological(nodes, edges):
    """The nodes, each after those it depends on, otherwise in the order given.

    Dependencies outside of `nodes` are ignored; a loop raises CycleError.

    >>> topological(["RATE", "WON", "LEADS"], {"RATE": ["WON", "LEADS"]})
    ['WON', 'LEADS', 'RATE']
    """
    loop, order = _walk({node: edges.get(node, ()) for node in nodes})
    if loop:
        raise CycleError(loop)
    return order


def _walk(edges):
    """(first loop met or None, the nodes with dependencies first)."""
    rank = {node: position for position, node in enumerate(edges)}
    order, path, on_path = [], [], {}
    done = set()

    def enter(node):
        on_path[node] = len(path)
        known = {other for other in edges[node] if other in rank}
        path.append((node, iter(sorted(known, key=rank.__getitem__))))

    for root in edges:
        if root in done:
            continue
        enter(root)
        while path:
            node, waiting = path[-1]
            for other in waiting:
                if other in on_path:
                    loop = [step for step, _waiting in path[on_path[other] :]]
                    return _from_first(loop, rank), order
                if other not in done:
                    enter(other)
                    break
            else:
                path.pop()
                del on_path[node]
                done.add(node)
                order.append(node)
    return None, order


def _from_first(loop, rank):
    start = loop.index(min(loop, key=rank.__getitem__))
    return loop[start:] + loop[: start + 1]
