"""Which hits belong to one ring: those that share a hand, most of their people, or a dense block."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

import networkx

from graph.rings.blocks import Block, blocks
from graph.rings.facts import Edge, Facts, Row
from graph.rings.hands import common_hand, edges_of, hands, people_of

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
PAIR = 2  # people of a hit that is one person's own: who draws, and whose account it was
SEED = 1
RESOLUTIONS = (0.5, 1.0, 2.0, 4.0)  # of the communities of a larger component, coarse to fine


@dataclass(frozen=True)
class Group:
    """Hits that make one ring.

    Attributes:
        hits: what joins or names its members.
        asides: hits on single members that add a reason, not members.
        ties: edges beside those of the hits: to the hub of a block, to the hand that most of the people pay.
        hubs: the far ends of these.
    """

    hits: tuple[Row, ...]
    asides: tuple[Row, ...]
    ties: tuple[Edge, ...] = ()
    hubs: tuple[str, ...] = ()

    def edges(self, facts: Facts) -> list[Edge]:
        """Return the edges that bear the ring, once each, in order of their ids."""
        found = {e.eid: e for h in self.hits for e in edges_of(h, facts)} | {e.eid: e for e in self.ties}
        return [found[eid] for eid in sorted(found)]

    def members(self, facts: Facts) -> set[str]:
        """Return the entities of the ring; one person's hit brings no firms: a former employer is none."""
        found = {hub for hub in self.hubs if hub in facts.kinds}
        for hit in self.hits:
            single = len(people_of(hit, facts)) == 1 and bool(self.ties)
            kept = ("person", "account") if single else ("person", "account", "employer", "clinic")
            found |= {m for m in hit["members"] if facts.kinds.get(m) in kept}
        return found


def gather(facts: Facts) -> list[Group]:
    """Return the groups of hits, each with two people or more, in a fixed order."""
    told = sorted(facts.hits, key=lambda h: str(h["hit_id"]))
    single = [h for h in told if len(people_of(h, facts)) == 1]
    own = [h for h in told if h["kind"] == "person" and 0 < len(people_of(h, facts)) <= PAIR]
    dense = [(block, {own[i]["hit_id"] for i in block.hits}) for block in blocks(own, facts)]
    gathered = {hit for _, them in dense for hit in them}
    rings = [h for h in told if len(people_of(h, facts)) > 1 or h["hit_id"] in gathered]
    graph = networkx.Graph()
    graph.add_nodes_from(range(len(rings)))
    hubs = {hit: block.hubs for block, them in dense for hit in them}
    graph.add_weighted_edges_from(_ties(rings, hubs, facts))
    for _, them in dense:
        places = [i for i, h in enumerate(rings) if h["hit_id"] in them]
        graph.add_weighted_edges_from((places[0], other, 1.0) for other in places[1:])
    groups = []
    for community in _communities(graph):
        hits = tuple(rings[i] for i in sorted(community))
        inside = {h["hit_id"] for h in hits}
        groups.append(_group(hits, [block for block, them in dense if them <= inside], single, facts))
    return groups


def _group(hits: tuple[Row, ...], dense: list[Block], single: list[Row], facts: Facts) -> Group:
    people = set().union(*(people_of(h, facts) for h in hits))
    told = {h["hit_id"] for h in hits}
    asides = tuple(h for h in single if people_of(h, facts) <= people and h["hit_id"] not in told)
    ties = {e.eid: e for block in dense for e in block.ties}
    hubs = {hub for block in dense for hub in block.hubs}
    hand = common_hand(people, facts)
    if hand:
        ties |= {e.eid: e for e in hand[1]}
        hubs.add(hand[0])
    return Group(hits, asides, tuple(ties[eid] for eid in sorted(ties)), tuple(sorted(hubs)))


def _communities(graph: networkx.Graph) -> Iterator[set[int]]:
    """Yield the connected components; of one with very many hits its communities: chance must not chain.

    Of several resolutions the coarsest is taken whose communities are all small enough to be looked into, so
    that a large ring is cut no finer than need be.
    """
    for component in sorted(networkx.connected_components(graph), key=min):
        if len(component) <= LARGEST:
            yield component
            continue
        found: list[set[int]] = []
        for resolution in RESOLUTIONS:
            part = graph.subgraph(sorted(component))
            found = networkx.community.louvain_communities(part, resolution=resolution, seed=SEED)
            if max(map(len, found)) <= LARGEST:
                break
        yield from sorted(found, key=min)


def _ties(
    hits: list[Row], hubs: Mapping[str, tuple[str, ...]], facts: Facts
) -> Iterator[tuple[int, int, float]]:
    people = [people_of(h, facts) for h in hits]
    heads = [
        _heads(h, them, facts) | set(hubs.get(h["hit_id"], ())) for h, them in zip(hits, people, strict=True)
    ]
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


def _heads(hit: Row, people: frozenset[str], facts: Facts) -> set[str]:
    """Return the hit's own hands, and the one that most of its people pay."""
    paid = common_hand(people, facts) if len(people) > 1 else None
    return hands(hit, facts) | ({paid[0]} if paid else set())
