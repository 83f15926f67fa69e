"""Papers: parole, corrected birthdays, lawful back payments, a number keyed by mistake, a reissued card."""

from datetime import date, timedelta

from simulation.careers import base_of
from simulation.casting import firm, found, nearly_retired, pensioner
from simulation.crimes.back_payment import back_pay
from simulation.data import table
from simulation.log import Sentence
from simulation.period import END, first, month_of
from simulation.plan import Innocent
from simulation.scene import Scene
from simulation.world import Detour, Identity, Pension, Person


def _sentence(scene: Scene, person: Person, begin: date, status: str) -> None:
    end = begin + timedelta(days=scene.rng.randint(300, 1200))
    judged = begin + timedelta(days=scene.rng.randint(2, 120))
    crime = scene.rng.choice(table("notes")["sentences"])
    scene.plan.sentences.append(Sentence(person, crime, judged, begin, end, status))


def probation(scene: Scene) -> Innocent | None:
    """Sentence one to three pensioners to community correction or parole: the pension lawfully goes on."""
    people = scene.strangers(pensioner(scene, 55, 74), scene.rng.randint(1, 3))
    for person in people:
        _sentence(scene, person, scene.day(scene.rng.randint(0, 14)), scene.rng.choice("233"))
    return Innocent("P3", "缓刑、假释或社区矫正期间依规继续领取", people) if people else None


def suspended(scene: Scene) -> Innocent | None:
    """Imprison one or two pensioners whose pension was stopped in time, but for the month of the arrest."""
    people = scene.strangers(pensioner(scene, 55, 74), scene.rng.randint(1, 2))
    for person in people:
        begin = scene.day(scene.rng.randint(4, 20))
        _sentence(scene, person, begin, "1")
        for pension in person.pensions:
            pension.until = month_of(begin) + 1
    return Innocent("P3", "收监次月起已停发", people) if people else None


def redated(scene: Scene) -> Innocent | None:
    """Retire two to five people by the birthday in their file, older than the card's: the file prevails."""
    people = scene.strangers(nearly_retired(scene), scene.rng.randint(2, 5))
    for person in people:
        older = person.born - timedelta(days=scene.rng.choice((31, 60, 120, 365, 400, 730)))
        since = first(scene.rng.randint(-18, 20))
        _retired(scene, person, since).alias = Identity(person.name, person.cid, older)
    return Innocent("P4", "档案年龄与身份证不一致，依规以档案最早记载为准", people) if people else None


def miners(scene: Scene) -> Innocent | None:
    """Retire three to six people of a works with a hard trade at the earlier age that the law gives them."""
    people = scene.strangers(nearly_retired(scene), scene.rng.randint(3, 6))
    boss = scene.helper() if len(people) >= 3 else None
    if boss is None:
        return None
    works = found(scene, boss, scene.rng.choice(("机械制造", "建筑工程")), date(2009, 3, 2))
    for person in people:
        last = first(scene.rng.randint(-18, 20)) - timedelta(days=1)
        start = last - timedelta(days=scene.rng.randint(2500, 4000))
        spell = scene.careers.hire(person, works, start, last, "06")
        spell.base = base_of(spell.wage, scene.rng)
        _retired(scene, person, last + timedelta(days=1))
    return Innocent("P4", "特殊工种依规提前退休", people, works)


def _retired(scene: Scene, person: Person, since: date) -> Pension:
    amount = round(2700 * scene.rng.lognormvariate(0, 0.24), 1)
    return scene.careers.grant(person, "110", since, amount)


def arbitrated(scene: Scene) -> Innocent | None:
    """Have a firm back-pay three to six people's years after a ruling; they did work there."""
    people = scene.strangers(nearly_retired(scene), scene.rng.randint(3, 6))
    host = firm(scene, 4, 40) if len(people) >= 3 else None
    if host is None:
        return None
    month = scene.rng.randint(2, 14)
    for person in people:
        start = first(month) - timedelta(days=scene.rng.randint(1200, 3600))
        last = first(month + scene.rng.randint(1, 7)) - timedelta(days=1)
        scene.careers.hire(person, host, max(start, host.founded), last, "06")
        back_pay(scene, person, host, (month, scene.rng.randint(36, 110)))
        _retired(scene, person, last + timedelta(days=1))
    return Innocent("P6", "仲裁裁决后单位依法补缴，有真实工作经历", people, host)


def legacy(scene: Scene) -> Innocent | None:
    """Let two to five former collective workers buy missing years under the provincial rule for them."""
    people = scene.strangers(nearly_retired(scene), scene.rng.randint(2, 5), near=scene.rng.random() < 0.5)
    month = scene.rng.randint(2, 10)
    for person in people:
        back_pay(scene, person, None, (month + scene.rng.randint(0, 4), scene.rng.randint(36, 170)))
        _retired(scene, person, first(min(22, month + scene.rng.randint(5, 12))))
    return Innocent("P6", "集体企业历史遗留问题，按文件一次性补缴", people) if people else None


def spouse_entry(scene: Scene) -> Innocent | None:
    """Let a clerk key a spouse's name and number and repair it months later, before the pension begins."""
    for person in scene.free(nearly_retired(scene)):
        partner = next((k for k in person.kin if k.household == person.household and scene.age(k) > 40), None)
        if partner is None or partner.busy:
            continue
        day = scene.day(scene.rng.randint(1, 18))
        values = (f"{partner.name}|{partner.cid}", f"{person.name}|{person.cid}")
        scene.edit(person, "AAC002,AAC003", values, day, channel="1")
        _retired(scene, person, first(min(22, month_of(day) + scene.rng.randint(1, 5))))
        return Innocent("P7", "登记时误录配偶信息，退休前更正", [person, partner])
    return None


def transliterated(scene: Scene) -> Innocent | None:
    """Let one to three people take the name and number of a reissued card before they retire."""
    people = scene.strangers(nearly_retired(scene), scene.rng.randint(1, 3))
    for person in people:
        day = scene.day(scene.rng.randint(1, 18))
        # The old number had one wrong digit of the birthday and was reissued with the right one.
        born = person.born + timedelta(days=scene.rng.choice((-30, -9, 1, 10, 31)))
        wrong = scene.registry.citizen(person.place.code, born, person.sex)
        name = person.former or person.name[0] + scene.rng.choice(person.name)
        scene.edit(person, "AAC003", (name, person.name), day, channel="1")
        later = min(END, day + timedelta(days=scene.rng.randint(3, 80)))
        scene.edit(person, "AAC002", (wrong, person.cid), later, channel="1")
        if scene.rng.random() < 0.6:
            _retired(scene, person, first(min(22, month_of(later) + scene.rng.randint(1, 5))))
    return Innocent("P7", "改名换证，公安重号纠正", people) if people else None


def miskeyed(scene: Scene) -> Innocent | None:
    """Send a month or two of a few pensions to a relative's account by mistake and set it right."""
    people: list[Person] = []
    for person in scene.free(pensioner(scene, 62)):
        kin = next((k for k in person.kin if k.account and not k.busy and scene.age(k) >= 20), None)
        if kin is None or kin.account is None:
            continue
        people.append(person)
        _astray(scene, person, kin)
        if len(people) == 3:
            break
    return Innocent("A2", "换卡期间暂发亲属账户，次月改回", people) if people else None


def _astray(scene: Scene, person: Person, kin: Person) -> None:
    pension, month = person.pensions[0], scene.rng.randint(1, 18)
    day = first(month) + timedelta(days=scene.rng.randint(15, 27))
    away = scene.rng.randint(1, 3)
    back = first(month + away) + timedelta(days=scene.rng.randint(13, 27))
    other = kin.account
    if other is not None:
        scene.edit(person, "AAE010", (pension.account.number, other.number), day)
        scene.edit(person, "AAE010", (other.number, pension.account.number), back)
        pension.detours.append(Detour(month + 1, month + 1 + away, other, ""))


def reissued(scene: Scene) -> Innocent | None:
    """Let one operator move a few pensions to replacement accounts of a merged bank and back again."""
    people = scene.strangers(pensioner(scene, 60), scene.rng.randint(3, 6), near=True)
    if len(people) < 3:
        return None
    operator, month = scene.rng.choice(scene.world.region.operators), scene.rng.randint(2, 17)
    for person in people:
        pension = person.pensions[0]
        spare = scene.banking.open(person)
        day = first(month) + timedelta(days=scene.rng.randint(15, 27))
        back = first(month + 1) + timedelta(days=scene.rng.randint(13, 27))
        usual = pension.account
        scene.edit(person, "AAE010", (usual.number, spare.number), day, operator=operator, channel="1")
        scene.edit(person, "AAE010", (spare.number, usual.number), back, operator=operator, channel="1")
        pension.detours.append(Detour(month + 1, month + 2, spare, ""))
    return Innocent("A2", "银行系统切换批量换卡后恢复原账户", people)
