"""In hospital: couples who fall ill together, check-up weeks, patients who come back."""

from datetime import timedelta

from simulation.casting import disease, hospital, stay
from simulation.plan import Innocent
from simulation.scene import Scene


def couple(scene: Scene) -> Innocent | None:
    """Admit an old couple within days of each other, two or three times."""
    for person in scene.free(lambda p: scene.age(p) >= 60):
        partner = next(
            (k for k in person.kin if k.household == person.household and scene.age(k) >= 58 and not k.busy),
            None,
        )
        if partner is None:
            continue
        ward = hospital(scene)
        for month in sorted(scene.rng.sample(range(1, 22), scene.rng.randint(2, 3))):
            day = scene.day(month)
            for one in (person, partner):
                scene.admit(
                    one,
                    ward,
                    day + timedelta(days=scene.rng.randint(0, 2)),
                    stay(scene, ward),
                    disease(scene),
                )
        return Innocent("H1", "老年夫妻同期住院", [person, partner])
    return None


def check_up(scene: Scene) -> Innocent | None:
    """Admit elders of one town after the yearly check-up week found something."""
    count = scene.rng.randint(4, 7)
    elders = scene.strangers(lambda p: scene.age(p) >= 60 and not p.chronic, count, near=True)
    if len(elders) < 3:
        return None
    ward = hospital(scene, 200)
    for year in (0, 12):
        day = scene.day(year + scene.rng.randint(3, 9))
        for person in elders:
            if scene.rng.random() < 0.75:
                begin = day + timedelta(days=scene.rng.randint(0, 4))
                scene.admit(person, ward, begin, stay(scene, ward), disease(scene))
    return Innocent("H1", "村级集中体检后入院", elders)


def rehabilitation(scene: Scene) -> Innocent | None:
    """Admit one patient again and again for planned rehabilitation."""
    patient = next(scene.free(lambda p: scene.age(p) >= 50), None)
    hospital = next((c for c in scene.world.clinics if c.name.endswith("康复医院")), None)
    if patient is None or hospital is None:
        return None
    for visit in range(scene.rng.randint(4, 6)):
        scene.admit(patient, hospital, scene.day(2 + visit * 3), stay(scene, hospital), "I63.900 脑梗死")
    return Innocent("H1", "康复疗程反复住院", [patient])


def nursing_home(scene: Scene) -> Innocent | None:
    """Take four to seven residents of a home to the hospital next door whenever something goes round."""
    elders = scene.strangers(lambda p: scene.age(p) >= 66, scene.rng.randint(4, 7), near=True)
    if len(elders) < 4:
        return None
    ward = hospital(scene, 200)
    for month in sorted(scene.rng.sample(range(1, 22), scene.rng.randint(3, 5))):
        day = scene.day(month)
        for person in elders:
            if scene.rng.random() < 0.6:
                begin = day + timedelta(days=scene.rng.randint(0, 4))
                scene.admit(person, ward, begin, stay(scene, ward), disease(scene))
    return Innocent("H1", "养老机构毗邻医院，流感季集中就医", elders, clinic=ward)


def second_opinion(scene: Scene) -> Innocent | None:
    """Let two to four patients be treated in another region's hospital and again at home days later."""
    people = scene.strangers(lambda p: scene.age(p) >= 40, scene.rng.randint(2, 4))
    if not people or not scene.world.abroad:
        return None
    ward, home = scene.rng.choice(scene.world.abroad), hospital(scene)
    for person in people:
        begin, days, illness = scene.day(scene.rng.randint(1, 20)), stay(scene, ward), disease(scene)
        scene.admit(person, ward, begin, days, illness)
        again = begin + timedelta(days=days + scene.rng.choice((0, 0, 1, 3)))
        scene.admit(person, home, again, stay(scene, home), illness)
    return Innocent("X1", "异地确诊后转回本地继续治疗，两次住院均真实", people)


def referred_back(scene: Scene) -> Innocent | None:
    """Let a couple live with a child in another region and be ill there and here."""
    people = scene.strangers(lambda p: scene.age(p) >= 60, scene.rng.randint(1, 3))
    if not people or not scene.world.abroad:
        return None
    ward = scene.rng.choice(scene.world.abroad)
    for person in people:
        month = scene.rng.randint(1, 16)
        for where, at in ((ward, month), (person.clinic, month + scene.rng.randint(1, 4))):
            place = where if where and where.beds else hospital(scene)
            scene.admit(person, place, scene.day(at), stay(scene, place), disease(scene))
    return Innocent("X1", "随子女异地居住，两地各有真实就医", people)
