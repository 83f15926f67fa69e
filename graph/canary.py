"""A small question with a known answer, put to an engine before it is trusted.

Ladybug 0.21.0 to 0.22.0 lose and invent rows when a path of three hops filters on a property of its
relationships; the grouped question holds to the one order of aggregates that older ones get right
(`graph.lint.misordered`). The truth is computed here, in plain Python, at every first opening.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any, NamedTuple

NODES, EDGES, MARKED = 166, 500, 100
HOPS = "MATCH (a:A)-[t1:T]->(b:A)-[t2:T]->(x:A)-[t3:T]->(y:A)"
QUESTIONS = {
    "all": f"{HOPS} RETURN count(*) AS n",
    "middle": f"{HOPS} WHERE t2.w = 1 RETURN count(*) AS n",
    "grouped": "MATCH (a:A)-[t:T]->(b:A) WITH b, sum(t.w) AS w, count(DISTINCT a.id) AS k "
    "RETURN sum(w * k) AS n",
    "every": f"{HOPS} WHERE t1.w = 1 AND t2.w = 1 AND t3.w = 1 RETURN count(*) AS n",
}


class Edge(NamedTuple):
    """A relationship of the canary's graph, with its one property."""

    source: int
    target: int
    w: int


def graph() -> list[Edge]:
    """Return the canary's edges, the same ones every time."""
    draw = random.Random(1)  # noqa: S311 - a fixed graph, not a secret
    edges = [Edge(draw.randrange(NODES), draw.randrange(NODES), int(i < MARKED)) for i in range(EDGES)]
    draw.shuffle(edges)
    return edges


def truth(edges: list[Edge]) -> dict[str, int]:
    """Return what each question asks for, by plain counting: three-hop walks, and sums by group."""

    def walks(*wanted: Callable[[Edge], bool]) -> int:
        ending = dict.fromkeys(range(NODES), 1)
        for want in wanted:
            following = dict.fromkeys(range(NODES), 0)
            for edge in edges:
                if want(edge):
                    following[edge.target] += ending[edge.source]
            ending = following
        return sum(ending.values())

    def free(edge: Edge) -> bool:
        del edge
        return True

    def marked(edge: Edge) -> bool:
        return edge.w == 1

    into: dict[int, list[Edge]] = {}
    for edge in edges:
        into.setdefault(edge.target, []).append(edge)
    return {
        "grouped": sum(sum(e.w for e in part) * len({e.source for e in part}) for part in into.values()),
        "all": walks(free, free, free),
        "middle": walks(free, marked, free),
        "every": walks(marked, marked, marked),
    }


def differences(ask: Callable[[str], Any]) -> list[str]:
    """Put every question to ``ask`` (query → number) and return a sentence for each wrong answer."""
    expected = truth(graph())
    found = {name: int(ask(query)) for name, query in QUESTIONS.items()}
    return [
        f"{name}: {found[name]} instead of {count}"
        for name, count in expected.items()
        if found[name] != count
    ]
