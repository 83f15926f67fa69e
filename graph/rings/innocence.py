"""Innocent explanations: what the data can say for the accused, named, whether it holds or not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from graph.rings.candidates import Group, edges_of
from graph.rings.facts import Facts

EPOCH = date(1970, 1, 1).toordinal()
AGED = 70
MOST = 0.5  # a tie that joins half of all pairs explains the company


@dataclass(frozen=True)
class Check:
    """One innocent explanation and how it came out.

    Attributes:
        name: what was looked at.
        holds: the explanation is good enough to doubt the accusation.
        detail: the figures.
    """

    name: str
    holds: bool
    detail: str

    @property
    def text(self) -> str:
        """Return the check as one sentence."""
        return f"{self.name}：{self.detail} → {'成立' if self.holds else '不成立'}"


Checker = Callable[[Group, list[str], Facts], Iterator[Check]]


def check(typology: str, group: Group, people: list[str], facts: Facts) -> Iterator[Check]:
    """Check every innocent explanation that fits the typology."""
    for checker in CHECKS.get(typology, (kinship,)):
        yield from checker(group, people, facts)


def kinship(group: Group, people: list[str], facts: Facts) -> Iterator[Check]:
    """Are they one family?"""
    del group
    kin = facts.pairs["kin"]
    pairs = list(combinations(sorted(people), 2))
    if not pairs:
        return
    share = sum(p in kin for p in pairs) / len(pairs)
    yield Check("亲属或同户", share >= MOST, f"{len(pairs)}对成员中{share:.0%}有亲属关系")


def community(group: Group, people: list[str], facts: Facts) -> Iterator[Check]:
    """Do they live in one village or estate?"""
    del group
    homes = [
        facts.people[p]["community"] for p in people if p in facts.people and facts.people[p]["community"]
    ]
    pairs = list(combinations(homes, 2))
    share = sum(a == b for a, b in pairs) / len(pairs) if pairs else 0.0
    yield Check(
        "同村或同小区结伴", share >= MOST, f"{len(homes)}人有户籍地址，{share:.0%}的成员对同村（小区）"
    )


def elders(group: Group, people: list[str], facts: Facts) -> Iterator[Check]:
    """Does someone fetch medicine for the aged: a village doctor, a carer of a nursing home?"""
    last = max((h["last_seen"].toordinal() - EPOCH for h in group.hits if h["last_seen"]), default=0)
    born = [
        facts.people[p]["birth_day"]
        for p in people
        if p in facts.people and facts.people[p]["birth_day"] is not None
    ]
    share = sum(last - b >= AGED * 365.25 for b in born) / len(born) if born else 0.0
    yield Check("高龄代取（村医、护理员）", share >= MOST, f"{len(born)}名成员中{share:.0%}年满{AGED}岁")


def late_death(group: Group, people: list[str], facts: Facts) -> Iterator[Check]:
    """Was the death only registered late, or is the person alive?"""
    del group
    dead = [facts.people[p] for p in people if p in facts.people and facts.people[p]["death_day"] is not None]
    months = max((d["paid_months_after_death"] for d in dead), default=0)
    yield Check("死亡登记迟报", months <= 2, f"死亡次月之后最多发放{months}个月")
    alive = [d for d in dead if (d["last_alive_day"] or 0) > d["death_day"]]
    yield Check("本人仍有生存轨迹", bool(alive), f"{len(dead)}名死者中{len(alive)}人在死亡日之后有本人轨迹")


def institution(group: Group, people: list[str], facts: Facts) -> Iterator[Check]:
    """Is the account an institution's?"""
    del people
    held = {h["subject"] for h in group.hits if h["kind"] == "account"}
    held = {a for a in held if facts.nodes["Account"].get(a, {}).get("holder_kind") == "organisation"}
    if any(h["kind"] == "account" for h in group.hits):
        yield Check(
            "机构代管账户（福利院、单位）", bool(held), "账户由单位持有" if held else "账户由个人持有"
        )


def handed_back(group: Group, people: list[str], facts: Facts) -> Iterator[Check]:
    """Did who collected hand the money on to the pensioners?"""
    paid = sum(
        facts.money.get(r, 0.0)
        for h in group.hits
        for e in edges_of(h, facts)
        for r in facts.records.get(e.eid, ())
    )
    givers = {e.source for h in group.hits for e in edges_of(h, facts) if e.type in ("DRAWS", "PASSES_ON")}
    back = sum(v for (a, b), v in facts.transfers.items() if a in people and a not in givers and b in givers)
    share = back / paid if paid else 0.0
    yield Check("代收后转交本人", share >= MOST, f"收款人转回领取人{back:,.0f}元，占{share:.0%}")


def escort(group: Group, people: list[str], facts: Facts) -> Iterator[Check]:
    """Do villagers go to the bank together, or does a village assistant fetch cash for them?"""
    if all(h["pattern_id"] == "emptied_at_one_machine" for h in group.hits):
        yield from community(group, people, facts)


def real_work(group: Group, people: list[str], facts: Facts) -> Iterator[Check]:
    """Do the employers really employ? That explains a wave of claims, not why one hand takes the money."""
    del people
    shared = any(e.type in ("PASSES_ON", "PAYS_FEE") for h in group.hits for e in edges_of(h, facts))
    staff = [
        facts.nodes["Employer"][m] for h in group.hits for m in h["members"] if m in facts.nodes["Employer"]
    ]
    firms = {f["id"]: f for f in staff if f["wage_reported"]}
    insured = sum(f["n_insured"] for f in firms.values())
    waged = sum(f["n_waged"] for f in firms.values())
    share = waged / insured if insured else 0.0
    detail = f"参保{insured}人中{waged}人有工资纳税" if firms else "单位无个税申报，无法证明"
    yield Check(
        "真实用工",
        share >= 0.9 and insured > 0 and not shared,
        detail + ("，但领取人把钱交给同一人" if shared else ""),
    )
    agency = [f["name"] for f in firms.values() if f["dispatch"]]
    told = "经营范围含派遣/人力资源" if agency else "不是派遣单位"
    yield Check("劳务派遣或人力资源单位", bool(agency) and not shared, told)


def open_agent(group: Group, people: list[str], facts: Facts) -> Iterator[Check]:
    """Is the agent one whom many firms engage openly?"""
    del group
    firms = max((facts.people[p]["agent_for"] for p in people if p in facts.people), default=0)
    yield Check("公开的代办机构", firms > 3, f"成员电话被{firms}家企业登记为联系电话")


def near_hospital(group: Group, people: list[str], facts: Facts) -> Iterator[Check]:
    """Do they live beside the hospital, in one house even?"""
    del people, facts
    edges = [e for h in group.hits for e in h["edges"]]
    yield Check("就近住院", False, f"同批入院{len(set(edges))}对，医院不在成员所在乡镇")


CHECKS: dict[str, tuple[Checker, ...]] = {
    "P1": (late_death,),
    "A1": (kinship, institution, handed_back, escort),
    "P2": (kinship,),
    "P7": (kinship, open_agent),
    "U2": (real_work, open_agent),
    "X2": (real_work,),
    "I1": (open_agent, kinship),
    "M1": (real_work, kinship),
    "P5": (real_work, open_agent, kinship),
    "H1": (near_hospital, kinship),
    "H2": (kinship, community, elders),
    "H4": (kinship,),
}
