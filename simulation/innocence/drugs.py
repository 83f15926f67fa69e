"""Drugs and doctors: patients who need much or travel, specialists whom many see, planned operations."""

from datetime import timedelta

from simulation.casting import counter, disease, hospital, stay
from simulation.crimes.resale import buy, pack
from simulation.data import table
from simulation.log import Good
from simulation.period import month_of
from simulation.plan import Errand, Innocent
from simulation.scene import Fits, Scene
from simulation.world import Clinic, Person


def _chronic(scene: Scene, low: int, high: int) -> list[Person]:
    def fits(person: Person) -> bool:
        return scene.age(person) >= 45 and bool(person.chronic)

    return scene.strangers(fits, scene.rng.randint(low, high))


def _acute(scene: Scene, age: int) -> Fits:
    return lambda person: scene.age(person) >= age and not person.chronic


def transplant(scene: Scene) -> Innocent | None:
    """Let one to four patients of one group buy a dear drug at several places: they take it every day."""
    people = _chronic(scene, 1, 4)
    dear = scene.rng.choice(table("medicine")["dear"])
    places = [counter(scene, lambda c: c.pharmacy or not c.beds) for _ in range(4)]
    start = scene.rng.randint(0, 16)
    for person in people:
        for month in range(start, min(24, start + scene.rng.randint(5, 12))):
            for _ in range(scene.rng.randint(1, 3)):
                good = Good(dear, scene.rng.choice((1, 2, 3, 4)), pack(scene))
                buy(scene, person, (scene.rng.choice(places), month), good)
    return Innocent("H4", "移植或抗凝患者长期大剂量用药", people) if people else None


def stock_up(scene: Scene) -> Innocent | None:
    """Let two to five patients stock up for months away, at whatever shop has the drug."""
    people = _chronic(scene, 2, 5)
    dear = scene.rng.choice(table("medicine")["dear"])
    month = scene.rng.choice((0, 11, 12, 17, 23))
    for person in people:
        for _ in range(scene.rng.randint(3, 6)):
            place = counter(scene, lambda c: c.pharmacy or not c.beds)
            near = max(0, min(23, month + scene.rng.choice((-1, 0, 0))))
            buy(scene, person, (place, near), Good(dear, scene.rng.choice((2, 3, 4)), pack(scene)))
    return Innocent("H4", "异地居住前集中备药", people) if people else None


def rescanned(scene: Scene) -> Innocent | None:
    """Let a pharmacy take back and sell again some packs in error, and scan them twice."""
    people = _chronic(scene, 3, 6)
    shop = counter(scene, lambda c: c.pharmacy)
    dear = scene.rng.choice(table("medicine")["dear"])
    if len(people) < 3:
        return None
    packs = [pack(scene) for _ in people]
    for at, person in enumerate(people):
        for turn in range(2):
            month = min(23, 18 + scene.rng.randint(0, 4) + turn)
            good = Good(dear, scene.rng.choice((1, 2)), packs[(at + turn) % len(packs)])
            buy(scene, person, (shop, month), good)
    return Innocent("H4", "退换货后重新入库，追溯码重复扫描", people)


def specialist(scene: Scene) -> Innocent | None:
    """Let five to ten chronic patients see the one specialist of a clinic, month after month."""
    return _follow(scene, _chronic(scene, 5, 10), "专科门诊唯一医师，患者固定复诊", "14")


def family_doctor(scene: Scene) -> Innocent | None:
    """Let six to ten elders of a town see the doctor with whom they are signed up."""
    elders = scene.strangers(_acute(scene, 60), scene.rng.randint(6, 10), near=True)
    return _follow(scene, elders, "家庭医生签约服务，定期随访", "11")


def _follow(scene: Scene, people: list[Person], reason: str, kind: str) -> Innocent | None:
    if len(people) < 4:
        return None
    clinic = counter(scene, lambda c: not c.pharmacy and len(c.doctors) > 1)
    doctor, start = scene.rng.choice(clinic.doctors), scene.rng.randint(0, 10)
    for month in range(start, min(24, start + scene.rng.randint(8, 14))):
        for person in people:
            if scene.rng.random() < 0.85:
                time = scene.moment(scene.day(month), 8, 18)
                proof = scene.rng.choice(("01", "03"))
                visit = Errand(person, clinic, time, kind, proof, disease=person.chronic, doctor=doctor)
                scene.plan.errands[month_of(time.date())].append(visit)
    return Innocent("H5", reason, people, clinic=clinic)


def second_operation(scene: Scene) -> Innocent | None:
    """Take four to seven patients of one hospital in again within two weeks, as planned."""
    people = scene.strangers(_acute(scene, 50), scene.rng.randint(4, 7))
    if len(people) < 4:
        return None
    ward = hospital(scene, 260)
    for person in people:
        _again(scene, person, [ward, ward])
    return Innocent("H6", "分期手术，按计划二次入院", people, clinic=ward)


def referred(scene: Scene) -> Innocent | None:
    """Send three to six patients from one hospital to another to recover."""
    people = scene.strangers(_acute(scene, 50), scene.rng.randint(3, 6))
    if len(people) < 3:
        return None
    wards = [hospital(scene), hospital(scene, 260)]
    for person in people:
        _again(scene, person, wards)
    return Innocent("H6", "转院康复，双向转诊", people, clinic=wards[0])


def _again(scene: Scene, person: Person, wards: list[Clinic]) -> None:
    day, illness = scene.day(scene.rng.randint(1, 20)), disease(scene)
    for ward in wards:
        days = stay(scene, ward)
        scene.admit(person, ward, day, days, illness)
        day += timedelta(days=days + scene.rng.choice((0, 1, 1, 2, 5, 9, 14)))
