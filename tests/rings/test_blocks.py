"""Dense blocks: single cases that gather at a hub, the hand that most people pay, and what explains both."""

from __future__ import annotations

from typing import Any

import networkx
import pytest

from graph.rings.blocks import blocks, peel
from graph.rings.candidates import gather
from graph.rings.facts import Edge, Facts
from graph.rings.hands import common_hand
from graph.rings.innocence import check
from graph.rings.portrait import draw

from .test_rings import edge, facts, hit, passes, person

CROWD = {f"p{n}": person() for n in range(100, 600)}  # the region beside the members


def tied(*edges: Edge) -> dict[str, tuple[Edge, ...]]:
    found: dict[str, tuple[Edge, ...]] = {}
    for one in edges:
        found[one.source] = (*found.get(one.source, ()), one)
    return found


def moonlighters(n: int, *, hub: str = "e1", degree: int = 9, enrolled: bool = True) -> Facts:
    """``n`` people who draw unemployment benefit from a firm each, while e1 pays them."""
    hits, edges, ties = [], [], []
    for i in range(1, n + 1):
        claim = edge("CLAIMS_FROM", f"p{i}", f"e9{i}", first_day=100)
        wage = edge("WAGED_BY", f"p{i}", hub)
        spell = edge("INSURED_BY", f"p{i}", hub, last_day=900)
        ties += [claim, wage, *([spell] if enrolled else [])]
        edges += [claim, wage]
        hits.append(
            hit("employed_while_claiming", "U1", f"p{i}", [f"e9{i}", hub], [claim, wage], severity="yellow")
        )
    more: dict[str, Any] = {"ties": tied(*ties), "degrees": {hub: degree}, "leads": {hub: ("p99",)}}
    world = facts(hits, [*edges, *ties], CROWD | {"p99": person()}, **more)
    world.kinds["p99"] = "person"
    return world


def test_four_at_one_employer_are_a_ring_and_their_former_employers_are_not_in_it() -> None:
    (group,) = gather(moonlighters(4))
    portrait = draw(group, moonlighters(4))
    assert {m for m, (kind, _) in portrait.roles.items() if kind == "employer"} == {"e1"}
    assert portrait.roles["p99"] == ("person", "insider")  # who signs for the employer
    assert "WAGED_BY-p1-e1" in portrait.edges
    (fewer,) = gather(moonlighters(2))
    assert portrait.strength > draw(fewer, moonlighters(2)).strength


def test_a_large_employer_has_moonlighters_by_chance() -> None:
    assert gather(moonlighters(2, degree=400)) == []
    assert len(gather(moonlighters(2, degree=6))) == 1


def test_odd_jobs_explain_what_gathers_at_a_payer_who_took_nobody_on() -> None:
    world = moonlighters(4, enrolled=False)
    (group,) = gather(world)
    (odd,) = check("U1", group, ["p1", "p2", "p3", "p4"], world)
    assert odd.name == "odd_jobs"
    assert odd.holds
    assert draw(group, world).strength < 0.25 * draw(gather(moonlighters(4))[0], moonlighters(4)).strength


def test_a_block_does_not_depend_on_the_order_of_hits() -> None:
    world = moonlighters(4)
    there = [b.hubs for b in blocks(list(world.hits), world)]
    back = [b.hubs for b in blocks(list(reversed(world.hits)), world)]
    assert there == back == [("e1",)]


def test_peeling_keeps_the_dense_part_of_a_sparse_graph() -> None:
    graph = networkx.complete_bipartite_graph(4, 3)
    graph.add_edges_from([(0, "x"), ("x", "y"), ("y", "z")])
    networkx.set_edge_attributes(graph, 1.0, "weight")
    assert peel(graph) == {"x", "y", "z"}


def test_take_overs_whose_new_owners_pay_one_hand_are_one_ring() -> None:
    changes = [edge("TAKES_OVER", f"p{i}", f"p{i + 4}", clerk=f"k{i}", n_same_clerk=1) for i in (1, 2)]
    gifts = [edge("GIVES_TO", f"p{i}", "p9") for i in (1, 2)]
    hits = [hit("taken_over_account", "P7", e.source, [e.target], [e]) for e in changes]
    world = facts(hits, [*changes, *gifts], CROWD | {"p9": person()}, ties=tied(*gifts), degrees={"p9": 3})
    world.kinds["p9"] = "person"
    (group,) = gather(world)
    assert draw(group, world).roles["p9"] == ("person", "intermediary")


@pytest.mark.parametrize(("givers", "found"), [(2, None), (3, "p9")])
def test_a_hand_is_whom_most_pay(givers: int, found: str | None) -> None:
    gifts = [edge("GIVES_TO", f"p{i}", "p9") for i in range(1, givers + 1)]
    world = facts([], gifts, ties=tied(*gifts))
    hand = common_hand({"p1", "p2", "p3", "p4"}, world)
    assert (hand[0] if hand else None) == found


def test_a_witness_whom_nobody_pays_is_honest_and_one_who_is_paid_is_not() -> None:
    claims = [edge("CLAIMS_FROM", f"p{i}", "e1") for i in (1, 2, 3)]
    hits = [hit("one_witness", "W2", "e1", ["p1", "p2", "p3"], claims, severity="yellow")]
    gifts = [edge("GIVES_TO", f"p{i}", "p9") for i in (1, 2, 3)]
    honest = facts(hits, claims)
    paid = facts(hits, claims + gifts, {"p9": person()}, ties=tied(*gifts), degrees={"p9": 3})
    paid.kinds["p9"] = "person"
    assert draw(gather(honest)[0], honest).strength < 0.15
    portrait = draw(gather(paid)[0], paid)
    assert portrait.strength > 0.5
    assert portrait.roles["p9"] == ("person", "organiser")


def test_a_landlord_is_paid_by_many_others() -> None:
    flows = passes(("p1", "p9"), ("p2", "p9"), ("p3", "p9"))
    hits = [hit("passed_to_one_hand", "A1", "p9", ["p1", "p2", "p3"], flows)]
    rents = {(f"p{n}", "p9"): 900.0 for n in range(1, 40)}
    world = facts(hits, flows, transfers=rents)
    checks = {c.name: c.holds for c in check("A1", gather(world)[0], ["p1", "p2", "p3", "p9"], world)}
    assert checks["landlord"]
    few = facts(hits, flows, transfers={(f"p{n}", "p9"): 900.0 for n in range(1, 5)})
    checks = {c.name: c.holds for c in check("A1", gather(few)[0], ["p1", "p2", "p3", "p9"], few)}
    assert not checks["landlord"]


def test_one_claimants_landlord_is_no_member_of_an_agents_ring() -> None:
    claims = [edge("CLAIMS_WITH", f"p{i}", "t1") for i in range(1, 6)]
    rent = passes(("p1", "p9"))
    hits = [hit("agent_telephone", "I1", "p1", ["p2", "p3", "p4", "p5", "p9"], claims + rent)]
    world = facts(hits, claims + rent)
    assert "p9" not in draw(gather(world)[0], world).roles


def test_who_worked_there_was_rightly_paid_in_for() -> None:
    spells = [edge("INSURED_BY", f"p{i}", "e1", waged_months=9) for i in (1, 2, 3)]
    hits = [hit("back_paid_before_pension", "P6", "e1", ["p1", "p2", "p3"], spells)]
    world = facts(hits, spells)
    told = {c.name: c.holds for c in check("P6", gather(world)[0], ["p1", "p2", "p3"], world)}
    assert told == {"worked_there": True, "no_hand": True}


@pytest.mark.parametrize(("enrolled", "holds"), [(1, False), (2, True)])
def test_an_employer_who_pays_staff_explains_payments_to_patients(enrolled: int, holds: bool) -> None:
    paid = [edge("PAYS_PATIENT", "p9", f"p{i}") for i in (1, 2, 3)]
    spells = [edge("INSURED_BY", f"p{i}", "e1") for i in range(1, enrolled + 1)]
    hits = [hit("patients_paid_by_one_hand", "H5", "p9", ["p1", "p2", "p3", "p9", "c1"], paid)]
    known = {"p9": person()}
    world = facts(hits, [*paid, *spells], CROWD | known, ties=tied(*spells), leads={"e1": ("p9",)})
    world.kinds["p9"] = "person"
    (group,) = gather(world)
    found = {c.name: c.holds for c in check("H5", group, ["p1", "p2", "p3", "p9"], world)}
    assert found["own_staff"] is holds
    assert draw(group, world).roles["p9"] == ("person", "organiser")
    assert draw(group, world).roles["p1"] == ("person", "mule")


@pytest.mark.parametrize(("stays", "holds"), [(2, False), (9, True)])
def test_patients_who_must_return_are_told_by_their_stays_not_by_what_they_are_paid(
    stays: int, holds: bool
) -> None:
    people = ["p1", "p2", "p3"]
    lain = [edge("VISITS", p, "c1") for p in people]
    paid = [edge("PAYS_PATIENT", "p9", p) for p in people]
    hits = [hit("inpatients_paid_by_one_hand", "H1", "p9", [*people, "p9", "c1"], [*lain, *paid])]
    records = {e.eid: tuple(f"{e.eid}.{n}" for n in range(stays)) for e in lain}
    transfers = {e.eid: tuple(f"{e.eid}.{n}" for n in range(20)) for e in paid}
    settled = {r: 900.0 for told in records.values() for r in told}
    world = facts(hits, [*lain, *paid], CROWD, records=records | transfers, money=settled)
    (group,) = gather(world)
    told = {c.name: c.holds for c in check("H1", group, people, world)}
    assert told["cycles"] is holds
