"""Rings: which hits are one story, who plays which part, and what speaks for the accused."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from graph.rings.candidates import gather
from graph.rings.facts import Edge, Facts
from graph.rings.hands import hands
from graph.rings.innocence import check
from graph.rings.portrait import draw

ORANGE = {
    "severity": "orange",
    "pattern_version": 1,
    "first_seen": date(2025, 1, 1),
    "last_seen": date(2025, 6, 1),
}


def edge(kind: str, source: str, target: str, **props: Any) -> Edge:
    return Edge(f"{kind}-{source}-{target}", kind, source, target, props)


def hit(
    pattern: str, typology: str, subject: str, members: list[str], edges: list[Edge], **more: Any
) -> dict[str, Any]:
    about = {"p": "person", "e": "employer", "c": "clinic", "a": "account"}[subject[0]]
    found = {
        "hit_id": f"h{pattern}{subject}",
        "pattern_id": pattern,
        "typology": typology,
        "subject": subject,
    }
    return (
        ORANGE
        | found
        | {
            "kind": about,
            "members": sorted({subject, *members}),
            "amount": 100.0,
            "edges": [e.eid for e in edges],
        }
        | more
    )


def person(**props: Any) -> dict[str, Any]:
    base = {
        "name": "n",
        "community": None,
        "death_day": None,
        "last_alive_day": None,
        "birth_day": 3000,
        "agent_for": 0,
    }
    return base | {"paid_months_after_death": 0} | props


def facts(
    hits: list[dict[str, Any]],
    edges: list[Edge],
    people: dict[str, dict[str, Any]] | None = None,
    **more: Any,
) -> Facts:
    kinds = {"p": "person", "e": "employer", "c": "clinic", "a": "account"}
    names = {m for h in hits for m in h["members"]}
    nodes = {
        "Person": {n: person() for n in names if n[0] == "p"} | (people or {}),
        "Employer": {
            n: {"id": n, "name": n, "wage_reported": 1, "n_insured": 8, "n_waged": 2, "dispatch": 0}
            for n in names
            if n[0] == "e"
        },
        "Account": {n: {"id": n, "holder": n, "holder_kind": "person"} for n in names if n[0] == "a"},
        "Clinic": {},
    }
    fixed: dict[str, Any] = {"records": {}, "money": {}, "pairs": {"kin": set()}, "transfers": {}}
    return Facts(hits, {e.eid: e for e in edges}, {n: kinds[n[0]] for n in names}, nodes, **(fixed | more))


def passes(*pairs: tuple[str, str]) -> list[Edge]:
    return [edge("PASSES_ON", a, b) for a, b in pairs]


def test_hits_that_feed_one_hand_are_one_ring() -> None:
    own = passes(("p1", "p9"), ("p2", "p9"), ("p3", "p9"))
    drawn = [edge("DRAWS", p, "a1") for p in ("p4", "p5", "p6")]
    hits = [
        hit("passed_to_one_hand", "A1", "p9", ["p1", "p2", "p3"], own),
        hit("shared_account", "A1", "a1", ["p4", "p5", "p6", "p9"], drawn),
    ]
    world = facts(hits, own + drawn)
    assert hands(hits[1], world) == {"a1", "p9"}
    assert [len(g.hits) for g in gather(world)] == [2]


def test_a_company_told_from_each_companions_side_is_one_ring() -> None:
    told = {"p1": ["p2", "p3"], "p2": ["p1", "p4"], "p8": ["p9"]}
    world = facts([hit("cards_swiped_together", "H1", p, them, []) for p, them in told.items()], [])
    groups = gather(world)
    assert [len(group.hits) for group in groups] == [2, 1]
    assert len({draw(group, world).ring_id for group in groups}) == 2


def test_one_shared_person_does_not_join_two_kinds_of_crime() -> None:
    pension, wages = passes(("p1", "p9"), ("p2", "p9")), [edge("FUNDS", "p9", "e1")]
    hits = [
        hit("paid_after_death", "P1", "p1", ["p2", "p9"], pension),
        hit("strangers_employed", "X2", "e1", ["p5", "p6", "p9"], wages),
    ]
    assert len(gather(facts(hits, pension + wages))) == 2


def test_take_overs_by_one_clerk_are_one_ring_and_the_robbed_are_unwitting() -> None:
    changes = [edge("TAKES_OVER", f"p{i}", f"p{i + 4}", clerk="k1", n_same_clerk=2) for i in (1, 2)]
    hits = [hit("taken_over_account", "P7", e.source, [e.target], [e]) for e in changes]
    (group,) = gather(facts(hits, changes))
    roles = draw(group, facts(hits, changes)).roles
    assert roles["p1"] == ("person", "beneficiary")
    assert roles["p5"] == ("person", "unwitting")


def test_a_single_persons_hit_is_a_reason_beside_the_ring_not_a_ring() -> None:
    flows = passes(("p1", "p9"), ("p2", "p9"), ("p3", "p9"))
    hits = [
        hit("benefit_to_one_hand", "I1", "p9", ["p1", "p2", "p3"], flows),
        hit("employed_while_claiming", "U1", "p1", ["e1"], [], severity="yellow"),
    ]
    (group,) = gather(facts(hits, flows))
    portrait = draw(group, facts(hits, flows))
    assert portrait.also == ("U1",)
    assert "e1" not in portrait.roles
    assert portrait.roles["p9"] == ("person", "intermediary")


def test_the_more_particular_typology_names_the_ring() -> None:
    flows = passes(("p1", "p9"), ("p2", "p9"), ("p3", "p9"))
    people = ["p1", "p2", "p3"]
    hits = [
        hit("agent_telephone", "I1", "p1", ["p2", "p3", "p9"], flows),
        hit("shell_employer", "U2", "e1", [*people, "p9"], flows),
    ]
    (group,) = gather(facts(hits, flows))
    portrait = draw(group, facts(hits, flows))
    assert portrait.typology == "U2"
    assert portrait.also == ("I1",)
    assert portrait.strength > 0.7, "two kinds of evidence leave less doubt than one"


@pytest.mark.parametrize("typology", ["A1", "H2"])
def test_kinship_halves_the_case(typology: str) -> None:
    members = ["p1", "p2", "p3"]
    told = hit("x", typology, "p1", members, [])
    kin = {("p1", "p2"), ("p1", "p3"), ("p2", "p3")}
    (free,) = gather(facts([told], []))
    family = facts([told], [], pairs={"kin": kin})
    assert draw(free, facts([told], [])).strength > 2 * draw(free, family).strength
    assert any(c.name == "kinship" and c.holds for c in check(typology, free, members, family))


def test_cards_of_the_aged_are_fetched_for_them() -> None:
    told = hit("cards_swiped_together", "H2", "p1", ["p2", "p3"], [])
    aged = facts([told], [], {p: person(birth_day=-12000) for p in ("p1", "p2", "p3")})
    young = facts([told], [], {p: person(birth_day=6000) for p in ("p1", "p2", "p3")})
    name = "elders"
    assert {c.name: c.holds for c in check("H2", gather(aged)[0], ["p1", "p2", "p3"], aged)}[name]
    assert not {c.name: c.holds for c in check("H2", gather(young)[0], ["p1", "p2", "p3"], young)}[name]


def test_an_employer_that_pays_wages_excuses_a_wave_of_claims_but_not_a_shared_hand() -> None:
    people = ["p1", "p2", "p3"]
    flows = passes(("p1", "p9"), ("p2", "p9"))
    plain, shared = (
        hit("strangers_employed", "X2", "e1", people, []),
        hit("shell_employer", "U2", "e1", [*people, "p9"], flows),
    )
    honest = {
        "e1": {"id": "e1", "name": "e1", "wage_reported": 1, "n_insured": 8, "n_waged": 8, "dispatch": 0}
    }
    for told, edges, holds in ((plain, [], True), (shared, flows, False)):
        world = facts([told], edges)
        world.nodes["Employer"].update(honest)
        (group,) = gather(world)
        found = {c.name: c.holds for c in check(told["typology"], group, people, world)}
        assert found["real_work"] is holds


def test_money_counts_each_record_once() -> None:
    ties = [edge("CO_SWIPES", "p1", "p2"), edge("CO_SWIPES", "p2", "p3")]
    hits = [hit("cards_swiped_together", "H2", p, ["p1", "p2", "p3"], ties) for p in ("p1", "p2")]
    records = {ties[0].eid: ["r1", "r2"], ties[1].eid: ["r2", "r3"]}
    world = facts(hits, ties, records=records, money={"r1": 10.0, "r2": 20.0, "r3": 40.0})
    assert draw(gather(world)[0], world).amount == 70.0


def test_the_same_facts_give_the_same_ring_whatever_their_order() -> None:
    flows = passes(("p1", "p9"), ("p2", "p9"), ("p3", "p9"))
    hits = [
        hit("benefit_to_one_hand", "I1", "p9", ["p1", "p2", "p3"], flows),
        hit("agent_telephone", "I1", "p1", ["p2", "p3", "p9"], flows),
    ]
    one, other = facts(hits, flows), facts(hits[::-1], flows[::-1])
    assert draw(gather(one)[0], one).row() == draw(gather(other)[0], other).row()
