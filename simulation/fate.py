"""Ordinary fates: deaths, births, layoffs, injuries, prison, small edits. Crime is planned elsewhere."""

from datetime import date, timedelta
from itertools import islice
from random import Random

from simulation.data import table, weighted
from simulation.log import Injury, Sentence
from simulation.period import END, START, first, in_window, month_of, years_between
from simulation.plan import Birth, Claim, Errand, Innocent
from simulation.scene import Scene
from simulation.world import Clinic, Death, Person, Spell


def die(person: Person, day: date, rng: Random) -> Death:
    """Let a person die and the offices learn of it, each in its time."""
    words = table("medicine")
    places, weights = weighted(words["death_places"])
    lag = rng.choices((0, 1, 2, 3), (78, 14, 5, 3))[0]
    cancelled = day + timedelta(days=int(rng.lognormvariate(3.6, 0.7)) + 2)
    death = Death(
        day,
        rng.randrange(24),
        rng.choice(words["deaths"]),
        rng.choices(places, weights)[0],
        certified=rng.random() < 0.93,
        cremated=day + timedelta(days=rng.randint(1, 4)) if rng.random() < 0.58 else None,
        cancelled=cancelled if rng.random() < 0.92 and cancelled <= END else None,
        stopped=month_of(day) + 1 + lag,
        repaid=lag > 0 and rng.random() < 0.5,
    )
    person.death = death
    for spell in [job for job in person.jobs if job.start > day]:
        person.jobs.remove(spell)
        spell.employer.spells.remove(spell)
    for spell in person.jobs:
        if spell.end is None or spell.end > day:
            spell.end, spell.reason = day, "07"
    return death


def deaths(scene: Scene) -> None:
    """Choose who dies: Gompertz hazard, about 8 in 1,000 a year over all ages."""
    for person in scene.world.people:
        age = years_between(person.born, START)
        hazard = min(0.5, 2 * 0.00004 * 2.718281828 ** (0.094 * age) + 0.0004)
        if scene.rng.random() < hazard and not (person.busy or person.visitor):
            die(person, START + timedelta(days=scene.rng.randrange(731)), scene.rng)


def births(scene: Scene) -> None:
    """Let women have children; an employed mother claims the allowance after the birth."""
    rng = scene.rng
    hospitals = [clinic for clinic in scene.world.clinics if clinic.beds]
    for person in scene.world.people:
        if person.sex == 2 and 21 <= scene.age(person) <= 39 and not person.busy and rng.random() < 0.06:
            day = START + timedelta(days=rng.randrange(731))
            if not person.alive(day):
                continue
            pays = _cover(scene, person, day)
            birth = Birth(person, day, rng.choice(hospitals), pays, to_employer=rng.random() < 0.45)
            if rng.random() < 0.1:
                birth.agent = scene.registry.phone()
            scene.plan.births[month_of(day)].append(birth)


def _cover(scene: Scene, mother: Person, day: date) -> Spell | None:
    """Return the job that pays the allowance.

    Some found it when they already expected; a third do not come back after the leave.
    """
    rng, spell = scene.rng, mother.job(day)
    if spell is None and not mother.jobs and not mother.pensions and rng.random() < 0.12:
        firm = rng.choice(scene.world.employers)
        spell = scene.careers.hire(mother, firm, day - timedelta(days=rng.randint(62, 280)), None)
        mother.flexible = False
    if spell is None or not spell.insured or (day - spell.start).days < 62:
        return None
    if spell.end is None and rng.random() < 0.33:
        spell.end, spell.reason = day + timedelta(days=rng.randint(140, 330)), "01"
    elif spell.end and (spell.end - day).days < 130:
        spell.end = None
    return spell


def claim(
    scene: Scene, spell: Spell, ring: str = "", device: str = "", phone: str = "", channel: str = ""
) -> Claim | None:
    """Plan a benefit after the end of a job: a month for each three of work, twelve at most here."""
    person, end = spell.person, spell.end
    if end is None or not in_window(end) or person.account is None:
        return None
    tenure = (end - max(spell.start, date(2018, 1, 1))).days // 30
    months = max(1, min(12, tenure // 3 - scene.rng.randint(0, 2)))
    how = channel or scene.rng.choices("123", (40, 36, 24))[0]
    own = device or person.device
    made = Claim(
        person,
        spell,
        month_of(end) + 1 + scene.rng.choice((0, 0, 1)),
        months,
        how,
        "" if how == "1" else own,
        phone or person.phone,
        ring,
    )
    scene.plan.claims.append(made)
    return made


def layoffs(scene: Scene) -> None:
    """Let those who lost a job of a year or more claim, until they find the next one."""
    for person in scene.world.people:
        for spell in person.jobs:
            lost = spell.reason in ("02", "03") and spell.end is not None and in_window(spell.end)
            if (
                not lost
                or spell.end is None
                or spell.ring
                or person.busy
                or (spell.end - spell.start).days < 365
            ):
                continue
            later = [other.start for other in person.jobs if other.start > spell.end]
            if later and (min(later) - spell.end).days < 60:
                continue
            if scene.rng.random() < 0.5:
                made = claim(scene, spell)
                if made and later:
                    made.months = max(1, min(made.months, (min(later) - spell.end).days // 30 - 1))
                elif made and scene.rng.random() < 0.3:
                    _odd_jobs(scene, person, made)


def _odd_jobs(scene: Scene, person: Person, made: Claim) -> None:
    """Let a claimant earn something on the side for some months, taxed and not insured, as many may."""
    begin = first(min(22, made.start + scene.rng.randint(0, made.months))) + timedelta(days=4)
    firm = scene.rng.choice(scene.world.employers)
    if begin < END and firm.size:
        until = begin + timedelta(days=scene.rng.randint(40, 300))
        job = scene.careers.hire(person, firm, begin, until if until < END else None, "03")
        job.insured = False


def injuries(scene: Scene) -> None:
    """Injure some workers; a real accident is seen by a doctor on its day or the next."""
    rng = scene.rng
    hospitals = [clinic for clinic in scene.world.clinics if clinic.beds]
    for person in scene.world.people:
        spell = next((s for s in person.jobs if s.works and s.end is None), None)
        if spell is None or person.account is None or rng.random() > 0.03:
            continue
        day = max(START, spell.start + timedelta(days=5)) + timedelta(days=rng.randrange(560))
        if not person.alive(day) or not in_window(day + timedelta(days=150)):
            continue
        colleagues = [s.person for s in spell.employer.spells if s.person is not person] or [
            spell.employer.boss
        ]
        seen = day + timedelta(days=rng.choice((0, 0, 0, 1)))
        decided = seen + timedelta(days=rng.randint(20, 80))
        grade = rng.choices((0, 10, 9, 8, 7), (46, 26, 16, 9, 3))[0]
        amount = round((2500 + (11 - grade) * 5200 * (grade > 0)) * rng.lognormvariate(0, 0.35), 2)
        paid = decided + timedelta(days=rng.randint(15, 70))
        hospital = rng.choice(hospitals)
        scene.plan.injuries[month_of(paid)].append(
            Injury(
                person,
                spell.employer,
                day,
                seen,
                decided,
                grade,
                hospital,
                rng.choice(colleagues),
                amount,
                paid,
                person.account,
            )
        )
        visit = Errand(person, hospital, scene.moment(seen), "11", "03", disease=table("medicine")["wound"])
        scene.plan.errands[month_of(seen)].append(visit)


def sentences(scene: Scene) -> None:
    """Send some to prison, pensions suspended."""
    rng = scene.rng
    crimes = table("notes")["sentences"]
    count = max(1, len(scene.world.people) // 450)
    for person in islice(scene.free(lambda p: 20 <= scene.age(p) <= 66 and not p.pensions), count):
        begin = START + timedelta(days=rng.randrange(-700, 640))
        end = begin + timedelta(days=rng.randint(150, 1700))
        status = "4" if end < END else rng.choice("1113")
        scene.plan.sentences.append(
            Sentence(
                person, rng.choice(crimes), begin + timedelta(days=rng.randint(2, 120)), begin, end, status
            )
        )


def patients(scene: Scene) -> None:
    """Make some chronic: regular visits, dialysis three times a week, chemotherapy every three weeks."""
    words, rng = table("medicine"), scene.rng
    for person in scene.world.people:
        if rng.random() < 0.055 * person.frailty:
            person.chronic = rng.choice(words["chronic"])
            if person.chronic == words["dialysis"] and rng.random() < 0.92:
                person.chronic = words["chronic"][1]
        if rng.random() < 0.0012 * person.frailty and scene.age(person) > 30:
            hospital: Clinic = scene.world.clinics[0]
            start, disease = rng.randrange(20), rng.choice(words["tumour"])
            for cycle in range(rng.randint(3, 6)):
                day = START + timedelta(days=start * 30 + cycle * 21 + rng.randint(0, 2))
                scene.admit(person, hospital, day, rng.randint(2, 4), disease)
            person.busy = True
            scene.plan.innocents.append(Innocent("H1", "化疗疗程：按方案每三周入院一次", [person]))
