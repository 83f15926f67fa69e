"""Families: children who fetch their parents' money, deaths told late, two pensions that are lawful."""

from collections.abc import Iterator
from datetime import timedelta

from simulation.banking import keep
from simulation.fate import die
from simulation.period import MONTHS, first, month_of
from simulation.plan import Innocent
from simulation.scene import Scene
from simulation.world import Pension, Person


def _elders(scene: Scene, age: int) -> Iterator[Person]:
    return scene.free(lambda p: bool(p.pensions) and scene.age(p) >= age)


def _child(scene: Scene, person: Person) -> Person | None:
    return next((other for other in person.kin if 22 <= scene.age(other) <= 62 and other.account), None)


def child_collects(scene: Scene) -> Innocent | None:
    """Give the cards of one or two parents to a child, who certifies them with his own telephone."""
    for elder in _elders(scene, 66):
        child = _child(scene, elder)
        if child is None:
            continue
        parents = [
            p for p in (elder, *elder.kin) if p.pensions and not p.busy and p.household == elder.household
        ]
        for parent in parents:
            for pension in parent.pensions:
                keep(pension.account, child, day=child.account.round_day if child.account else 0)
                pension.proof, pension.device = "1", child.device
                pension.account.phone = child.phone if scene.rng.random() < 0.5 else pension.account.phone
        return Innocent("A1", "子女代父母取款认证", parents)
    return None


def shared_account(scene: Scene) -> Innocent | None:
    """Let a couple have both pensions paid to one account."""
    for elder in _elders(scene, 60):
        partner = next(
            (p for p in elder.kin if p.pensions and p.household == elder.household and not p.busy), None
        )
        if partner:
            pension = partner.pensions[0]
            day = scene.day(scene.rng.randrange(2, MONTHS))
            pension.older, pension.moved, pension.account = (
                pension.account,
                month_of(day) + 1,
                elder.pensions[0].account,
            )
            scene.edit(partner, "AAE010", (pension.older.number, pension.account.number), day)
            return Innocent("A1", "夫妻共用一个账户", [elder, partner])
    return None


def child_of_the_dead(scene: Scene) -> Innocent | None:
    """Let a death be told one to three months late; the family draws the money and pays it back."""
    for elder in _elders(scene, 70):
        child = _child(scene, elder)
        if child is None:
            continue
        death = die(elder, scene.day(scene.rng.randint(1, 18)), scene.rng)
        lag = scene.rng.randint(1, 3)
        death.stopped, death.repaid = month_of(death.day) + 1 + lag, True
        death.cancelled = death.day + timedelta(days=31 * lag + 12)
        for pension in elder.pensions:
            keep(pension.account, child)
        return Innocent("P1", f"死亡迟报{lag}个月，已追回", [elder])
    return None


def funeral_grant(scene: Scene) -> Innocent | None:
    """Pay the lawful funeral grant after a death."""
    for elder in _elders(scene, 70):
        death = die(elder, scene.day(scene.rng.randint(1, 18)), scene.rng)
        death.stopped = month_of(death.day) + 1
        pension = elder.pensions[0]
        after = death.stopped + scene.rng.randint(1, 2)
        grant = Pension(
            elder,
            pension.scheme,
            pension.number,
            first(after),
            pension.amount * 11.5,
            pension.account,
            until=after + 1,
            item="301",
        )
        elder.pensions.append(grant)
        return Innocent("P1", "死亡后支付丧葬抚恤", [elder])
    return None


def handover(scene: Scene) -> Innocent | None:
    """Let the residents' pension run one month into the employees' one."""
    for person in scene.free(lambda p: len(p.pensions) == 1 and p.pensions[0].scheme == "110"):
        month = scene.rng.randint(1, 20)
        new = person.pensions[0]
        if scene.age(person) < 60 or new.account is None:
            continue
        new.since = first(month)
        old = scene.careers.grant(
            person, "170", first(-20), round(186 * scene.rng.lognormvariate(0, 0.27), 1)
        )
        old.until = month + 1
        return Innocent("P2", "职工与居民养老衔接当月重叠", [person])
    return None


def _extra(scene: Scene, item: str, share: float, reason: str) -> Innocent | None:
    for person in scene.free(lambda p: len(p.pensions) == 1 and scene.age(p) >= 62):
        pension = person.pensions[0]
        extra = Pension(
            person,
            pension.scheme,
            pension.number,
            pension.since,
            round(700 * share, 1),
            pension.account,
            item=item,
        )
        person.pensions.append(extra)
        return Innocent("P2", reason, [person])
    return None


def veteran(scene: Scene) -> Innocent | None:
    """Add a veteran's supplement to a pension."""
    return _extra(scene, "118", scene.rng.uniform(0.6, 1.4), "军转补贴与养老金并领")


def survivor(scene: Scene) -> Innocent | None:
    """Add a survivor's allowance to a pension."""
    return _extra(scene, "205", scene.rng.uniform(0.8, 1.2), "遗属补助与养老金并领")
