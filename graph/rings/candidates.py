"""Which hits belong to one ring: those that share a hand, or most of their people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import networkx

from graph.rings.facts import Edge, Facts, Row

# Who takes many people's money is not yet the head of everything that these people do: a hand joins hits only
# within such a family of typologies.
FAMILIES = (
    frozenset({"A1", "A2", "P1", "P2", "P7"}),
    frozenset({"U1", "U2", "I1", "X2", "P5", "E1"}),
    frozenset({"M1", "I1", "P5"}),
    frozenset({"P4", "P6"}),
    frozenset({"H1", "H6"}),
    frozenset({"H5"}),
    frozenset({"H2"}),
    frozenset({"H4"}),
    frozenset({"W1", "W2"}),
)
OVERLAP = 0.5  # of the smaller hit's people
LARGEST = 60  # hits
SEED = 1
HAND_EDGES = ("PASSES_ON", "PAYS_FEE", "FUNDS")


@dataclass(frozen=True)
class Group:
    """Hits that make one ring; ``asides`` are hits on single members that add a reason, not members."""

    hits: tuple[Row, ...]
    asides: tuple[Row, ...]


def gather(facts: Facts) -> list[Group]:
    """Return the groups of hits, each with two people or more, in a fixed order."""
    told = sorted(facts.hits, key=lambda h: str(h["hit_id"]))
    rings = [h for h in told if len(_people(h, facts)) > 1]
    single = [h for h in told if len(_people(h, facts)) == 1]
    graph = networkx.Graph()
    graph.add_nodes_from(range(len(rings)))
    graph.add_weighted_edges_from(_ties(rings, facts))
    groups = []
    for community in _communities(graph):
        hits = tuple(rings[i] for i in sorted(community))
        people = set().union(*(_people(h, facts) for h in hits))
        asides = tuple(h for h in single if _people(h, facts) <= people)
        groups.append(Group(hits, asides))
    return groups


def _communities(graph: networkx.Graph) -> Iterator[set[int]]:
    """Yield the connected components; of one with very many hits its communities: chance must not chain."""
    for component in sorted(networkx.connected_components(graph), key=min):
        if len(component) <= LARGEST:
            yield component
        else:
            yield from networkx.community.louvain_communities(graph.subgraph(component), seed=SEED)


def hands(hit: Row, facts: Facts) -> set[str]:
    """Return who takes the hit's money or holds its shared account, its clerk, and its hub if no person."""
    taken: dict[str, int] = {}
    for edge in edges_of(hit, facts):
        if edge.type in HAND_EDGES:
            hand = edge.source if edge.type == "FUNDS" else edge.target
            taken[hand] = taken.get(hand, 0) + 1
    clerks = {
        e.props["clerk"]
        for e in edges_of(hit, facts)
        if e.type == "TAKES_OVER" and e.props["n_same_clerk"] > 1
    }
    found = clerks | {p for p in taken if facts.kinds.get(p) == "person" and p in hit["members"]}
    if hit["kind"] != "person":
        found.add(hit["subject"])
        if hit["kind"] == "account":
            found |= {
                m for m in hit["members"] if facts.kinds.get(m) == "person" and not _draws(m, hit, facts)
            }
    return found


def edges_of(hit: Row, facts: Facts) -> list[Edge]:
    """Return the edges that bear a hit."""
    return [facts.edges[e] for e in hit["edges"] if e in facts.edges]


def _draws(person: str, hit: Row, facts: Facts) -> bool:
    return any(e.type == "DRAWS" and e.source == person for e in edges_of(hit, facts))


def _people(hit: Row, facts: Facts) -> frozenset[str]:
    return frozenset(m for m in hit["members"] if facts.kinds.get(m) == "person")


def _ties(hits: list[Row], facts: Facts) -> Iterator[tuple[int, int, float]]:
    people = [_people(h, facts) for h in hits]
    heads = [hands(h, facts) for h in hits]
    for i, j in combinations(range(len(hits)), 2):
        shared = people[i] & people[j]
        if not shared and not heads[i] & heads[j]:
            continue
        one, other = hits[i], hits[j]
        one_family = any({one["typology"], other["typology"]} <= family for family in FAMILIES)
        overlap = len(shared) / min(len(people[i]), len(people[j]))
        # a hit told from each companion's side: they stand in one another's company
        met = one["pattern_id"] == other["pattern_id"] and (
            one["subject"] in people[j] or other["subject"] in people[i]
        )
        if (one_family and (met or heads[i] & heads[j])) or (overlap >= OVERLAP and len(shared) > 1):
            yield i, j, 1.0 + overlap
