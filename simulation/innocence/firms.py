"""Firms: agencies whose people work elsewhere, founders who pay late, plants that close or rest in winter."""

from datetime import date, timedelta

from simulation import casting
from simulation.fate import claim
from simulation.period import END, first
from simulation.plan import Innocent
from simulation.scene import Scene
from simulation.world import Employer, Person


def _staff(scene: Scene, size: int, word: str = "") -> tuple[Employer, list[Person]] | None:
    """Found a firm and return it with ``size`` idle people to hire, or None."""
    people = scene.strangers(casting.idle(scene), size)
    boss = scene.helper() if len(people) >= 3 else None
    if boss is None:
        return None
    founded = date(2020, scene.rng.randint(1, 12), 8)
    return casting.found(scene, boss, word, founded), people


def dispatch(scene: Scene) -> Innocent | None:
    """Find or staff a dispatch agency: insured here, working there, joined in a batch, paid."""
    firm = casting.firm(scene, 4, agency=True)
    if firm:
        return Innocent("P5", "劳务派遣，工资由派遣单位发放", [], firm)
    made = _staff(scene, scene.rng.randint(4, 6), "劳务派遣")
    if made is None:
        return None
    start = first(scene.rng.randint(-6, 8))
    for person in made[1]:
        scene.careers.hire(person, made[0], start, None)
    return Innocent("P5", "劳务派遣，工资由派遣单位发放", made[1], made[0])


def young_firm(scene: Scene) -> Innocent | None:
    """Staff a young firm that cannot pay wages for some months, joined on one day."""
    made = _staff(scene, scene.rng.randint(3, 5), "科技")
    if made is None:
        return None
    start = first(scene.rng.randint(-3, 12))
    for person in made[1]:
        spell = scene.careers.hire(person, made[0], start, None)
        spell.paid = scene.rng.random() < 0.3
    return Innocent("P5", "初创亏损企业欠薪，人员真实在岗", made[1], made[0])


def _dismiss(scene: Scene, firm: Employer, people: list[Person], last: date, device: str) -> None:
    for person in people:
        for spell in person.jobs:
            if spell.employer is firm and spell.covers(last):
                spell.end, spell.reason = last, "02"
                person.busy = True
                if (last - spell.start).days >= 365:
                    claim(scene, spell, device=device, channel="2" if device else "")


def layoff(scene: Scene) -> Innocent | None:
    """Close a real plant: all dismissed on one day, the personnel office files for them."""
    last = first(scene.rng.randint(3, 15)) + timedelta(days=29)
    made = _staff(scene, scene.rng.randint(3, 7))
    if made is None:
        return None
    for person in made[1]:
        scene.careers.hire(person, made[0], last - timedelta(days=scene.rng.randint(400, 1900)), None)
    firm, people = made
    firm.closes = last if last < END else None
    _dismiss(scene, firm, people, last, scene.registry.device() if scene.rng.random() < 0.6 else "")
    return Innocent("U2", "真实停产裁员，人事统一代办", people, firm)


def season(scene: Scene) -> Innocent | None:
    """Let a plant's contracts end together after the season."""
    made = _staff(scene, scene.rng.randint(3, 5), "食品")
    if made is None:
        return None
    last = date(2024 + scene.rng.randint(0, 1), 1, 20) + timedelta(days=scene.rng.randint(0, 40))
    for person in made[1]:
        spell = scene.careers.hire(
            person, made[0], last - timedelta(days=scene.rng.randint(366, 420)), last, "03"
        )
        claim(scene, spell)
    return Innocent("U2", "季节性用工合同集中到期", made[1], made[0])


def chain(scene: Scene) -> Innocent | None:
    """Close the local branch of a firm from elsewhere, whose office far away files for all."""
    strangers = [person for person in scene.guests.values() if person.visitor and not person.busy]
    people = scene.strangers(casting.idle(scene), scene.rng.randint(3, 6))
    boss = scene.rng.choice(strangers) if strangers else scene.helper()
    if boss is None or len(people) < 3:
        return None
    boss.busy = True
    branch = casting.found(scene, boss, "商贸", date(2019, scene.rng.randint(1, 12), 8))
    last = first(scene.rng.randint(2, 15)) + timedelta(days=scene.rng.randint(0, 28))
    for person in people:
        scene.careers.hire(person, branch, last - timedelta(days=scene.rng.randint(380, 1400)), None)
    _dismiss(scene, branch, people, last, boss.device if scene.rng.random() < 0.7 else "")
    return Innocent("X2", "全国连锁企业撤店，总部统一代办", people, branch)


def roving(scene: Scene) -> Innocent | None:
    """Hire a crew for a site of a builder from elsewhere, insured and dismissed with the contract."""
    people = scene.strangers(casting.idle(scene), scene.rng.randint(3, 6))
    host = casting.firm(scene, 4, 60) if len(people) >= 3 else None
    if host is None:
        return None
    last = first(scene.rng.randint(2, 15)) + timedelta(days=27)
    for person in people:
        scene.careers.hire(person, host, last - timedelta(days=scene.rng.randint(370, 500)), None)
    _dismiss(scene, host, people, last, "")
    return Innocent("X2", "跨省施工项目完工，农民工合同到期", people, host)
