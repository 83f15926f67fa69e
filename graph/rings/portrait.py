"""The portrait of a ring: its name, who plays which part, what it took, and what speaks for its people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from graph.patterns import Pattern, load_library
from graph.rings import innocence
from graph.rings.candidates import Group
from graph.rings.facts import Facts, Row
from graph.rings.hands import HAND_PAYS, MONEY, edges_of, hands, people_of, takers
from graph.rings.innocence import Check
from jiwang.ids import digest
from jiwang.ontology import Label, typologies

# The more a typology explains, the earlier it stands: "one hand takes all" (A1, I1) is what most rings look
# like from afar, and names a ring only where nothing more particular does.
ORDER = (
    *("P7", "P2", "A2", "P1", "H4", "M1", "X2", "U2", "P5", "P6", "P4", "X1", "H5", "H6", "H1", "H2"),
    *("A1", "I1", "W2", "W1", "P3", "E1", "U1"),
)
SEVERITY = {"red": 0.9, "orange": 0.7, "yellow": 0.35}
EXTRA = 0.25  # what a further kind of evidence takes off the remaining doubt
EXCUSE = 0.35  # what remains of the strength for each innocent explanation that holds
# and where all that was seen is company, or the same case at one hub: what explains that explains everything
COMPANY_EXCUSE = 0.2
TOGETHER = frozenset({"CO_ADMITTED", "CO_CASHES", "CO_SWIPES", "CO_VISITS"})
LENDERS = {"H2": "mule", "H4": "mule", "H5": "mule", "A1": "unwitting", "P1": "unwitting"}
COMPANY = ("CO_ADMITTED",)
FOLLOWED = 0.5  # of the remaining doubt goes where most of the people turn out to pay one hand
REPEATS = 3
# What an employer's own applications and declarations make possible; who signs for it answers for it.
EMPLOYERS_DEED = frozenset({"E1", "M1", "P4", "P5", "P6", "U1", "U2", "W1", "W2", "X2"})
FEW_FIRMS = 3
AGENCIES = frozenset({"I1", "M1", "U2", "X2"})  # claimants around someone who files and takes for them
HEADS = {"P5": "intermediary", "I1": "intermediary", "P7": "intermediary"}


@dataclass(frozen=True)
class Portrait:
    """A ring candidate, ready to be ranked."""

    ring_id: str
    typology: str
    also: tuple[str, ...]
    title: Mapping[str, str]
    amount: float
    first_seen: date | None
    last_seen: date | None
    roles: dict[str, tuple[str, str]]
    reasons: Mapping[str, list[str]]
    checks: tuple[Check, ...]
    patterns: tuple[str, ...]
    edges: tuple[str, ...] = field(repr=False)
    strength: float

    def row(self) -> dict[str, Any]:
        """Return the row of ``candidates.parquet``."""
        return {
            "ring_id": self.ring_id,
            "strength": self.strength,
            "typology": self.typology,
            "title": self.title["zh"],
            "title_en": self.title["en"],
            "amount_at_risk": self.amount,
            "first_seen": self.first_seen,
            "last_seen": self.last_seen,
            "n_members": len(self.roles),
            "also": list(self.also),
            "reasons": self.reasons["zh"],
            "reasons_en": self.reasons["en"],
            "innocent_checks": [c.text("zh") for c in self.checks],
            "innocent_checks_en": [c.text("en") for c in self.checks],
            "excused": sum(c.holds for c in self.checks),
            "patterns": list(self.patterns),
            "edges": list(self.edges),
        }


def draw(group: Group, facts: Facts) -> Portrait:
    """Draw the portrait of a group of hits."""
    hits = [*group.hits, *group.asides]
    told = sorted({h["typology"] for h in group.hits}, key=_place)
    typology = told[0]
    roles = _roles(group, typology, facts)
    people = [e for e, (kind, _) in roles.items() if kind == "person"]
    checks = tuple(innocence.check(typology, group, people, facts))
    library = {p.id: p for p in load_library()}
    first = [h["first_seen"] for h in hits if h["first_seen"]]
    last = [h["last_seen"] for h in hits if h["last_seen"]]
    return Portrait(
        ring_id="g" + digest("ring", typology, *sorted(roles), length=12),
        typology=typology,
        also=tuple(sorted({h["typology"] for h in hits} - {typology})),
        title=_title(group, typology, roles, facts),
        amount=_amount(group, typology, facts),
        first_seen=min(first, default=None),
        last_seen=max(last, default=None),
        roles=roles,
        reasons=_reasons(hits, library, facts),
        checks=checks,
        patterns=tuple(sorted({h["pattern_id"] for h in hits})),
        edges=tuple(e.eid for e in group.edges(facts)),
        strength=_strength(group, checks, facts),
    )


def _place(typology: str) -> tuple[int, str]:
    """Return where a typology stands; one that a customer's ontology adds stands last."""
    return (ORDER.index(typology) if typology in ORDER else len(ORDER), typology)


def _strength(group: Group, checks: tuple[Check, ...], facts: Facts) -> float:
    """Return 0..1: the gravest pattern, nearer to 1 by each further kind of evidence, less by each excuse."""
    by_pattern = {h["pattern_id"]: SEVERITY[h["severity"]] for h in [*group.hits, *group.asides]}
    doubts = sorted(1 - s for s in by_pattern.values())
    doubt = doubts[0] * (1 - EXTRA) ** (len(doubts) - 1 + _gathered(group, facts))
    seen = {e.type for h in [*group.hits, *group.asides] for e in edges_of(h, facts)}
    if any(e.type == "GIVES_TO" for e in group.ties) and not seen & MONEY:
        doubt *= 1 - FOLLOWED
    company = bool(seen) and seen <= TOGETHER
    excuse = COMPANY_EXCUSE if company or _gathered(group, facts) else EXCUSE
    return round(float((1 - doubt) * excuse ** sum(c.holds for c in checks)), 6)


def _gathered(group: Group, facts: Facts) -> int:
    """Return how many people's own hits gather at the hubs of the ring beside the first, three at most."""
    singles = {h["subject"] for h in group.hits if len(people_of(h, facts)) == 1} if group.ties else set()
    return min(max(len(singles) - 1, 0), REPEATS)


def _roles(group: Group, typology: str, facts: Facts) -> dict[str, tuple[str, str]]:
    heads = _heads(group, facts)
    robbed = {e.target for h in group.hits for e in edges_of(h, facts) if e.type == "TAKES_OVER"}
    members = group.members(facts) - _loose(group, typology, facts)
    answering = _answering(members, typology, facts) - members
    roles: dict[str, tuple[str, str]] = {}
    for member in sorted(members | answering):
        kind = facts.kinds.get(member)
        if kind is None:
            continue
        if kind != "person":
            role = kind
        elif member in robbed or (facts.people.get(member) or {}).get("death_day") is not None:
            role = "unwitting"
        elif member in heads:
            role = HEADS.get(typology, "organiser")
        elif member in answering:
            role = "insider"
        else:
            role = LENDERS.get(typology, "beneficiary")
        roles[member] = (kind, role)
    return roles


def _answering(members: set[str], typology: str, facts: Facts) -> set[str]:
    """Return the legal representatives of the employers, where the employer itself does what is alleged."""
    firms = sorted(m for m in members if facts.kinds.get(m) == "employer")
    if typology not in EMPLOYERS_DEED or len(firms) > FEW_FIRMS:
        return set()
    return {p for firm in firms for p in facts.leads.get(firm, ())}


def _heads(group: Group, facts: Facts) -> set[str]:
    """Return who takes from several people, funds the firm or holds the account: not who takes from one."""
    givers = takers(group.edges(facts))
    funders = {e.source for h in group.hits for e in edges_of(h, facts) if e.type in HAND_PAYS}
    found = set().union(set(group.hubs), *(hands(h, facts) for h in group.hits))
    return {p for p in found if p in funders or len(givers.get(p, ())) != 1}


def _loose(group: Group, typology: str, facts: Facts) -> set[str]:
    """Return who hangs on the ring by one tie: chance meets anybody, one member's landlord is no head."""
    edges = group.edges(facts)
    ties: dict[str, set[str]] = {}
    for edge in (e for e in edges if e.type in COMPANY):
        ties.setdefault(edge.source, set()).add(edge.target)
        ties.setdefault(edge.target, set()).add(edge.source)
    loose = {p for p, others in ties.items() if len(others) < 2} if len(ties) > 4 else set()
    if typology in AGENCIES:
        busy = {e.source for e in edges}
        loose |= {p for p, them in takers(edges).items() if len(them) < 2 and p not in busy}
    return loose


def _title(group: Group, typology: str, roles: dict[str, tuple[str, str]], facts: Facts) -> dict[str, str]:
    del group
    people = sum(kind == "person" for kind, _ in roles.values())
    hub = next((m for m, (kind, _) in roles.items() if kind in ("employer", "clinic")), None)
    name, title = facts.name(hub) if hub else "", typologies()[typology].title
    return {
        "zh": f"{title.zh}{f'：{name}' if name else ''}（{people}人）",
        "en": f"{title.en}{f': {name}' if name else ''} ({people} people)",
    }


def _amount(group: Group, typology: str, facts: Facts) -> float:
    """Return yuan at risk: every benefit record that bears the ring, once; where there is none, transfers."""
    named = [h for h in group.hits if h["typology"] == typology]
    if typology in ("P1", "P5", "H4"):
        best: dict[str, float] = {}
        for h in named:
            best[h["subject"]] = max(best.get(h["subject"], 0.0), h["amount"] or 0.0)
        alone = [v for h, v in best.items() if typology != "P1" or len(best) == 1 or v < max(best.values())]
        return round(max(sum(alone), max(best.values(), default=0.0)), 2)
    records = {r for h in named for e in edges_of(h, facts) for r in facts.records.get(e.eid, [])}
    paid = sum(facts.money.get(r, 0.0) for r in records)
    return round(paid or max((h["amount"] or 0.0 for h in named), default=0.0), 2)


def _reasons(hits: list[Row], library: dict[str, Pattern], facts: Facts) -> dict[str, list[str]]:
    grouped: dict[str, list[Row]] = {}
    for h in hits:
        grouped.setdefault(h["pattern_id"], []).append(h)
    told: dict[str, list[str]] = {"zh": [], "en": []}
    for pattern, found in sorted(grouped.items(), key=lambda i: (-SEVERITY[i[1][0]["severity"]], i[0])):
        people = len({m for h in found for m in h["members"] if facts.kinds.get(m) == "person"})
        title = library[pattern].title if pattern in library else Label(zh=pattern, en=pattern)
        mark = f"{pattern} v{found[0]['pattern_version']}"
        told["zh"].append(f"{title.zh}：涉及{people}人，命中{len(found)}次（模式 {mark}）")
        told["en"].append(f"{title.en}: {people} people, {len(found)} hits (pattern {mark})")
    return told
