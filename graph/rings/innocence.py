"""Innocent explanations: what the data can say for the accused, named, whether it holds or not.

The words stand in ``innocence.toml``; here is what is counted, and when it is enough to doubt an accusation.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from itertools import combinations
from typing import Any

from graph.rings.candidates import Group
from graph.rings.facts import Edge, Facts
from graph.rings.hands import dealings, edges_of, payments, takers

EPOCH = date(1970, 1, 1).toordinal()
AGED = 65
NEARLY_ALL = 0.8  # of a company: a village doctor fetches for the old, collectors take cards of every age
COMPANY = 0.6  # of them have a neighbour among the others
MOST = 0.5  # a tie that joins half of all pairs explains the company
SOME = 0.4  # of a ring's people pay its head; fewer have a friend or a landlord in common
OTHERS = 0.25  # of those who pay a landlord are members of any one ring
WAGED = 0.9  # of the enrolled: an employer that pays nearly all of them is one
MONTHS_LATE = 2
FIRMS = 3
CYCLES = 6


@dataclass(frozen=True)
class Check:
    """One innocent explanation and how it came out.

    Attributes:
        name: which one, a table of ``innocence.toml``.
        holds: it is good enough to doubt the accusation.
        figures: what was counted.
    """

    name: str
    holds: bool
    figures: Mapping[str, Any]

    def text(self, language: str) -> str:
        """Return the check as one sentence, in "zh" or "en"."""
        words = _words()
        name = words[self.name]["name"][language]
        detail = words[self.name]["detail"][language].format(**self.figures)
        verdict = words["verdict"]["holds" if self.holds else "fails"][language]
        return f"{name}：{detail} → {verdict}" if language == "zh" else f"{name}: {detail} → {verdict}"


Checker = Callable[[Group, list[str], Facts], Iterator[Check]]


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads((files(__package__) / "innocence.toml").read_text(encoding="utf-8"))


def check(typology: str, group: Group, people: list[str], facts: Facts) -> Iterator[Check]:
    """Check every innocent explanation that fits the typology."""
    for checker in CHECKS.get(typology, (kinship,)):
        yield from checker(group, people, facts)


def kinship(group: Group, people: list[str], facts: Facts) -> Iterator[Check]:
    """Are they one family?"""
    del group
    pairs = list(combinations(sorted(people), 2))
    if pairs:
        share = sum(p in facts.pairs["kin"] for p in pairs) / len(pairs)
        yield Check("kinship", share >= MOST, {"pairs": len(pairs), "share": share})


def community(group: Group, people: list[str], facts: Facts) -> Iterator[Check]:
    """Do they live in one village or estate?"""
    del group
    homes = [home for p in people if (home := facts.people.get(p, {}).get("community"))]
    pairs = list(combinations(homes, 2))
    share = sum(a == b for a, b in pairs) / len(pairs) if pairs else 0.0
    yield Check("community", share >= MOST, {"known": len(homes), "share": share})


def elders(group: Group, people: list[str], facts: Facts) -> Iterator[Check]:
    """Does someone fetch medicine for the aged: a village doctor, a carer of a nursing home?"""
    last = max((h["last_seen"].toordinal() - EPOCH for h in group.hits if h["last_seen"]), default=0)
    born = [day for p in people if (day := facts.people.get(p, {}).get("birth_day")) is not None]
    share = sum(last - day >= AGED * 365.25 for day in born) / len(born) if born else 0.0
    yield Check("elders", share >= NEARLY_ALL, {"known": len(born), "share": share, "aged": AGED})


def late_death(group: Group, people: list[str], facts: Facts) -> Iterator[Check]:
    """Was the death only registered late, or is the person alive?"""
    del group
    dead = [n for p in people if (n := facts.people.get(p, {})).get("death_day") is not None]
    if not dead:
        return
    months = max(n["paid_months_after_death"] for n in dead)
    yield Check("late_death", months <= MONTHS_LATE, {"months": months})
    alive = sum((n["last_alive_day"] or 0) > n["death_day"] for n in dead)
    yield Check("alive", alive > 0, {"dead": len(dead), "alive": alive})


def two_lives(group: Group, people: list[str], facts: Facts) -> Iterator[Check]:
    """Do both identities live, each with traces of its own: two people after all?"""
    del group
    alive = sum(facts.people.get(p, {}).get("last_alive_day") is not None for p in people)
    both = len(people) > 1 and alive == len(people)
    yield Check("two_lives", both, {"people": len(people), "alive": alive})


def institution(group: Group, people: list[str], facts: Facts) -> Iterator[Check]:
    """Is the account an institution's?"""
    del people
    accounts = {h["subject"] for h in group.hits if h["kind"] == "account"}
    kinds = [facts.nodes["Account"].get(a, {}).get("holder_kind") for a in accounts]
    if accounts:
        held = kinds.count("organisation")
        yield Check("institution", held > 0, {"held": held})


def handed_back(group: Group, people: list[str], facts: Facts) -> Iterator[Check]:
    """Did who collected hand the money on to the pensioners?"""
    edges = [e for h in group.hits for e in edges_of(h, facts)]
    paid = sum(facts.money.get(r, 0.0) for r in {r for e in edges for r in facts.records.get(e.eid, ())})
    givers = {e.source for e in edges if e.type in ("DRAWS", "PASSES_ON")}
    collectors = set(people) - givers
    back = sum(v for (a, b), v in facts.transfers.items() if a in collectors and b in givers)
    share = back / paid if paid else 0.0
    yield Check("handed_back", share >= MOST, {"back": back, "share": share})


def escort(group: Group, people: list[str], facts: Facts) -> Iterator[Check]:
    """Do villagers go to the bank together, or does a village assistant fetch cash for them?"""
    if any(h["pattern_id"] != "emptied_at_one_machine" for h in group.hits):
        return
    homes = [home for p in people if (home := facts.people.get(p, {}).get("community"))]
    share = sum(homes.count(home) > 1 for home in homes) / len(homes) if homes else 0.0
    yield Check("escort", share >= COMPANY, {"known": len(homes), "share": share})


def real_work(group: Group, people: list[str], facts: Facts) -> Iterator[Check]:
    """Do the employers really employ? That explains a wave of claims, not why one hand takes the money."""
    del people
    members = {m for h in group.hits for m in h["members"]}
    firms = [facts.nodes["Employer"][m] for m in sorted(members) if m in facts.nodes["Employer"]]
    money = ("PASSES_ON", "PAYS_FEE")
    hands = len({e.target for h in group.hits for e in edges_of(h, facts) if e.type in money})
    insured = sum(f["n_insured"] for f in firms if f["wage_reported"])
    waged = sum(f["n_waged"] for f in firms if f["wage_reported"])
    real = insured > 0 and waged >= WAGED * insured
    yield Check("real_work", real and not hands, {"insured": insured, "waged": waged, "hands": hands})
    agencies = sum(bool(f["dispatch"]) for f in firms)
    yield Check("dispatch", agencies > 0 and not hands, {"firms": agencies, "hands": hands})


def open_agent(group: Group, people: list[str], facts: Facts) -> Iterator[Check]:
    """Is the agent one whom many firms engage openly?"""
    del group
    firms = max((facts.people[p]["agent_for"] for p in people if p in facts.people), default=0)
    yield Check("open_agent", firms > FIRMS, {"firms": firms})


def cycles(group: Group, people: list[str], facts: Facts) -> Iterator[Check]:
    """Are they patients who must come back every few weeks?"""
    records = (r for h in group.hits for e in edges_of(h, facts) for r in facts.records.get(e.eid, ()))
    stays = {r for r in records if r in facts.money}  # payments of the patients among themselves are none
    mean = len(stays) / len(people) if people else 0.0
    yield Check("cycles", mean >= CYCLES, {"stays": mean})


def no_hand(group: Group, people: list[str], facts: Facts) -> Iterator[Check]:
    """Does nobody take their money? Who helps others without pay is a neighbour, not an agent."""
    givers: dict[str, set[str]] = {
        t: {e.source for e in found} for t, found in payments(people, facts).items()
    }
    for hand, giver in dealings(group.edges(facts)):
        givers.setdefault(hand, set()).add(giver)
    most = max((len(them - {taker}) for taker, them in givers.items()), default=0)
    payers = max(len(people) - 1, 1)
    yield Check("no_hand", most < 2 or most < SOME * payers, {"people": len(people), "givers": most})


def landlord(group: Group, people: list[str], facts: Facts) -> Iterator[Check]:
    """Do many others pay who takes the money: a landlord, a shopkeeper, whoever keeps a village's cash?"""
    givers = takers(group.edges(facts))
    common = {taker: them for taker, them in givers.items() if len(them) > 1 and taker in people}
    if common:
        payers = {taker: facts.payers.get(taker, 0) for taker in common}
        share, taker = max((len(common[t]) / max(payers[t], len(common[t])), t) for t in common)
        yield Check("landlord", share <= OTHERS, {"payers": payers[taker], "members": len(common[taker])})


def worked_there(group: Group, people: list[str], facts: Facts) -> Iterator[Check]:
    """Did they work for the employer that paid in for them: enrolled there, and wages taxed?"""
    spells = [e for e in group.edges(facts) if e.type == "INSURED_BY" and e.source in people]
    worked = {e.source for e in spells if (e.props.get("waged_months") or 0) > 0}
    them = {e.source for e in spells}
    real = bool(them) and len(worked) >= MOST * len(them)
    yield Check("worked_there", real, {"people": len(them), "worked": len(worked)})


def own_staff(group: Group, people: list[str], facts: Facts) -> Iterator[Check]:
    """Does who pays the patients lead the firm that enrols them?"""
    paid = [e for e in group.edges(facts) if e.type == "PAYS_PATIENT" and e.target in people]
    if paid:
        payers, patients = {e.source for e in paid}, {e.target for e in paid}
        ties = (e for p in patients for e in facts.ties.get(p, ()) if e.type == "INSURED_BY")
        staff = {e.source for e in ties if payers & set(facts.leads.get(e.target, ()))}
        holds = len(staff) >= MOST * len(patients)
        yield Check("own_staff", holds, {"people": len(patients), "staff": len(staff)})


def odd_jobs(group: Group, people: list[str], facts: Facts) -> Iterator[Check]:
    """Were they paid now and then, by an employer that never took any of them on?"""
    payers = {e.target for e in group.edges(facts) if e.type == "WAGED_BY" and e.source in people}
    spells = [e for p in people for e in facts.ties.get(p, ()) if e.type == "INSURED_BY"]
    claims = [e for e in group.edges(facts) if e.type == "CLAIMS_FROM" and e.source in people]
    since: dict[str, int] = {}
    for claim in claims:
        since[claim.source] = min(since.get(claim.source, claim.props["first_day"]), claim.props["first_day"])
    taken_on = {e.source for e in spells if e.target in payers and _lasts_beyond(e, since.get(e.source))}
    holds = bool(payers) and not taken_on
    yield Check("odd_jobs", holds, {"people": len(people), "enrolled": len(taken_on)})


def _lasts_beyond(spell: Edge, day: int | None) -> bool:
    """Was the person still, or again, enrolled after the benefit began?"""
    return day is None or bool(spell.props["last_day"] > day)


CHECKS: Mapping[str, tuple[Checker, ...]] = {
    "P1": (late_death,),
    "A1": (kinship, institution, handed_back, escort, landlord),
    "P2": (two_lives, kinship),
    "P6": (worked_there, no_hand),
    "U1": (odd_jobs,),
    "W2": (no_hand, kinship),
    "P7": (kinship, open_agent),
    "U2": (real_work, open_agent, no_hand),
    "X2": (real_work,),
    "I1": (no_hand, landlord, open_agent, kinship, community),
    "M1": (real_work, kinship),
    "P5": (real_work, open_agent, kinship),
    "H1": (cycles, kinship, own_staff),
    "H2": (kinship, community, elders),
    "H4": (kinship,),
    "H5": (kinship, own_staff),
}
