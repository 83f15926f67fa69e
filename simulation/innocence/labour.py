"""At work: late deregistrations, hard trades, bonuses, offices that file for many."""

from datetime import timedelta

from simulation.casting import firm, firms, hospital, idle
from simulation.crimes.late_cover import report, see
from simulation.data import table
from simulation.fate import claim
from simulation.period import END, MONTHS, first, month_of
from simulation.plan import Innocent
from simulation.scene import Scene
from simulation.world import Employer, Person


def _jobless(scene: Scene, person: Person, end: int, old: Employer) -> int | None:
    """Dismiss a person at the end of a month; return the last month of the benefit."""
    last = scene.day(end, 20)
    spell = scene.careers.hire(person, old, last - timedelta(days=scene.rng.randint(1150, 2200)), last, "02")
    made = claim(scene, spell)
    return made.start + made.months - 1 if made else None


def lag(scene: Scene) -> Innocent | None:
    """Let two to five people of one firm find work while the office still pays for a month or two."""
    people = scene.strangers(idle(scene), scene.rng.randint(2, 5))
    new = firm(scene, 5, 60) if len(people) >= 2 else None
    if new is None:
        return None
    for person in people:
        old = firm(scene, 3)
        until = _jobless(scene, person, scene.rng.randint(1, 12), old) if old else None
        if until is not None:
            begun = scene.day(min(MONTHS - 1, max(0, until - scene.rng.randint(0, 1))))
            if begun < END:
                scene.careers.hire(person, new, begun, None)
    return Innocent("U1", "再就业登记滞后，当月重叠已退回", people, new)


def gig(scene: Scene) -> Innocent | None:
    """Let two to five claimants earn small fees at one firm, as the rules allow."""
    people = scene.strangers(idle(scene), scene.rng.randint(2, 5))
    host = firm(scene, 5, 60) if len(people) >= 2 else None
    if host is None:
        return None
    for person in people:
        old = firm(scene, 3)
        until = _jobless(scene, person, scene.rng.randint(1, 10), old) if old else None
        if until is None:
            continue
        begin = first(min(22, max(1, until - scene.rng.randint(2, 8)))) + timedelta(days=3)
        job = scene.careers.hire(person, host, begin, min(END, begin + timedelta(days=180)), "03")
        job.insured, job.wage = False, round(job.wage * scene.rng.uniform(0.25, 0.8), 2)
    return Innocent("U1", "领取期间零星劳务报酬，未建立劳动关系", people, host)


def _hurt(scene: Scene, person: Person, host: Employer, delay: int) -> None:
    """Hire a person and let an accident happen ``delay`` days after."""
    joined = scene.day(scene.rng.randint(1, 16))
    scene.careers.hire(person, host, joined, None)
    day, ward = joined + timedelta(days=delay), hospital(scene)
    see(scene, person, ward, day)
    report(scene, person, host, (day, day), ward)


def same_day(scene: Scene) -> Innocent | None:
    """Let one to three newcomers of a firm be hurt in their first days, after a lawful enrolment."""
    people = scene.strangers(idle(scene, 20, 55), scene.rng.randint(1, 3))
    host = firm(scene, 4, 60) if people else None
    if host is None:
        return None
    for person in people:
        _hurt(scene, person, host, scene.rng.randint(0, 3))
    return Innocent("W1", "新员工入职即参保，上岗初期发生真实事故", people, host)


def older_trauma(scene: Scene) -> Innocent | None:
    """Let one to three newcomers have been treated for an unrelated wound before they were hired."""
    people = scene.strangers(idle(scene, 20, 55), scene.rng.randint(1, 3))
    host = firm(scene, 4, 60) if people else None
    if host is None:
        return None
    for person in people:
        _hurt(scene, person, host, scene.rng.randint(1, 40))
        before = person.jobs[-1].start - timedelta(days=scene.rng.randint(1, 20))
        see(scene, person, hospital(scene), before)
    return Innocent("W1", "参保前外伤与本次工伤无关", people, host)


def hazardous(scene: Scene) -> Innocent | None:
    """Let three to five of a site's staff be hurt; the foreman is the witness each time."""
    host = firm(scene, 4, 60)
    people = scene.strangers(idle(scene, 20, 55), scene.rng.randint(3, 5)) if host else []
    if host is None or len(people) < 3:
        return None
    foreman, ward = host.spells[0].person, hospital(scene)
    for person in people:
        day = scene.day(scene.rng.randint(2, 16))
        scene.careers.hire(person, host, day - timedelta(days=scene.rng.randint(40, 900)), None)
        see(scene, person, ward, day)
        report(scene, person, host, (day, day), ward, witness=foreman)
    return Innocent("W2", "高风险行业事故多发，班组长依规作证", people, host)


def spouse_paid(scene: Scene) -> Innocent | None:
    """Pay an injured worker's money to the account of a relative who nurses him."""
    host = firm(scene, 4, 60)
    for person in scene.free(idle(scene, 20, 55)):
        kin = next((k for k in person.kin if k.account and not k.busy and scene.age(k) >= 20), None)
        if host is None or kin is None:
            continue
        day, ward = scene.day(scene.rng.randint(2, 16)), hospital(scene)
        scene.careers.hire(person, host, day - timedelta(days=scene.rng.randint(40, 900)), None)
        see(scene, person, ward, day)
        report(scene, person, host, (day, day), ward, to=kin)
        return Innocent("W2", "伤者委托亲属代收待遇", [person, kin])
    return None


def _staff(scene: Scene) -> Employer | None:
    return next(
        (
            one
            for one in firms(scene, 6, 30)
            if sum(s.end is None and not s.person.busy for s in one.spells) >= 5
        ),
        None,
    )


def bonus(scene: Scene) -> Innocent | None:
    """Let a firm's bases follow last year's wages while this year's are far higher."""
    host = _staff(scene)
    if host is None:
        return None
    chosen = [spell for spell in host.spells if spell.end is None and not spell.person.busy]
    floor = float(table("economy")["base_floor"])
    for spell in chosen:
        spell.base = float(round(max(floor, spell.wage * scene.rng.uniform(0.62, 0.85))))
        spell.wage *= 1.15
    return Innocent("E1", "当年绩效奖金集中发放，基数按上年工资核定", [s.person for s in chosen], host)


def rehired(scene: Scene) -> Innocent | None:
    """Let a firm pay pensioners and students who need no insurance."""
    host = _staff(scene)
    people = scene.strangers(lambda p: bool(p.pensions) and scene.age(p) <= 68, scene.rng.randint(3, 6))
    if host is None or len(people) < 3:
        return None
    for person in people:
        job = scene.careers.hire(person, host, first(scene.rng.randint(-12, 8)), None)
        job.insured = False
    return Innocent("E1", "退休返聘人员计薪不参保", people, host)


def licensed(scene: Scene) -> Innocent | None:
    """Let a licensed office file the claims of five to nine dismissed people of its clients."""
    people: list[Person] = scene.strangers(idle(scene), scene.rng.randint(5, 9))
    office = scene.helper() if len(people) >= 4 else None
    if office is None:
        return None
    for person in people:
        old = firm(scene, 3)
        if old is None:
            continue
        last = scene.day(scene.rng.randint(1, 15))
        tenure = timedelta(days=scene.rng.randint(400, 1900))
        spell = scene.careers.hire(person, old, last - tenure, last, "02")
        phone = office.phone if scene.rng.random() < 0.6 else ""
        made = claim(scene, spell, device=office.device, phone=phone, channel="2")
        if made and scene.rng.random() < 0.4:
            scene.pay(person.account, office.account, scene.day(min(23, made.start)), scene.gift())
    return Innocent("I1", "持证人力资源机构统一代办，收取正常服务费", people)


def union(scene: Scene) -> Innocent | None:
    """Let a village official file for the jobless of the village on his own telephone."""
    people = scene.strangers(idle(scene), scene.rng.randint(4, 7), near=True)
    official = scene.helper(people[0]) if len(people) >= 4 else None
    if official is None:
        return None
    for person in people:
        old, last = firm(scene, 3), scene.day(scene.rng.randint(1, 15))
        if old is not None:
            tenure = timedelta(days=scene.rng.randint(400, 1900))
            spell = scene.careers.hire(person, old, last - tenure, last, "02")
            phone = official.phone if month_of(last) % 2 else ""
            claim(scene, spell, device=official.device, phone=phone, channel="2")
    return Innocent("I1", "村协办员用自己手机帮群众申领", people)
