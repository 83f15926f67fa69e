"""Follow the money: who takes from the people of a hit, and who answers for the employer behind it."""

from __future__ import annotations

from collections.abc import Iterable

from graph.rings.facts import Edge, Facts, Row

HAND_EDGES = ("PASSES_ON", "PAYS_FEE", "FUNDS")
GIVERS = 2  # people who pay the same hand
MOST = 0.5  # of the people of a ring: a taker of fewer is one's landlord, another's friend


def edges_of(hit: Row, facts: Facts) -> list[Edge]:
    """Return the edges that bear a hit."""
    return [facts.edges[e] for e in hit["edges"] if e in facts.edges]


def people_of(hit: Row, facts: Facts) -> frozenset[str]:
    """Return the persons among the members of a hit."""
    return frozenset(m for m in hit["members"] if facts.kinds.get(m) == "person")


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


def _draws(person: str, hit: Row, facts: Facts) -> bool:
    return any(e.type == "DRAWS" and e.source == person for e in edges_of(hit, facts))


def payments(people: Iterable[str], facts: Facts) -> dict[str, list[Edge]]:
    """Return taker → the payments of these people to him, kin left out; the one whom most pay first."""
    found: dict[str, list[Edge]] = {}
    for person in sorted(people):
        for edge in facts.ties.get(person, ()):
            if edge.type == "GIVES_TO":
                found.setdefault(edge.target, []).append(edge)
    return dict(sorted(found.items(), key=lambda i: (-len({e.source for e in i[1]}), i[0])))


def common_hand(people: Iterable[str], facts: Facts) -> tuple[str, tuple[Edge, ...]] | None:
    """Return the one hand that most of ``people`` pay, with the payments, or None.

    Of two that as many pay, the one with fewer other payers is theirs; then the smaller id.
    """
    them = set(people)
    best: tuple[int, int, str] | None = None
    found = payments(them, facts)
    for taker, edges in found.items():
        givers = len({e.source for e in edges})
        if givers >= GIVERS and givers > MOST * len(them - {taker}):
            rank = (-givers, facts.degrees.get(taker, 0), taker)
            best = min(best or rank, rank)
    return (best[2], tuple(found[best[2]])) if best else None
