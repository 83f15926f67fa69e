"""Follow the money: who takes from the people of a hit, and who answers for the employer behind it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from graph.rings.facts import Edge, Facts, Row

HAND_EDGES = ("PASSES_ON", "PAYS_FEE", "FUNDS", "PAYS_PATIENT")
HAND_PAYS = ("FUNDS", "PAYS_PATIENT")  # the hand stands at the source
MONEY = frozenset({"PASSES_ON", "PAYS_FEE", "GIVES_TO"})  # from one person to another
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
    taken = {hand for hand, _ in dealings(edges_of(hit, facts))}
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


def dealings(edges: Iterable[Edge]) -> Iterator[tuple[str, str]]:
    """Yield each hand that these edges show, with the one at the other end."""
    for edge in edges:
        if edge.type in HAND_EDGES:
            yield (edge.source, edge.target) if edge.type in HAND_PAYS else (edge.target, edge.source)


def takers(edges: Iterable[Edge]) -> dict[str, set[str]]:
    """Return who is paid over these edges → those who pay."""
    found: dict[str, set[str]] = {}
    for edge in edges:
        if edge.type in MONEY:
            found.setdefault(edge.target, set()).add(edge.source)
    return found


def _draws(person: str, hit: Row, facts: Facts) -> bool:
    return any(e.type == "DRAWS" and e.source == person for e in edges_of(hit, facts))


def payments(people: Iterable[str], facts: Facts) -> dict[str, list[Edge]]:
    """Return taker → the payments of these people to him, kin left out."""
    found: dict[str, list[Edge]] = {}
    for person in sorted(people):
        for edge in facts.ties.get(person, ()):
            if edge.type == "GIVES_TO":
                found.setdefault(edge.target, []).append(edge)
    return found


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
