"""Hospitals, village clinics and pharmacies, and who goes where."""

from datetime import timedelta
from random import Random

from simulation.names import given, surname
from simulation.period import START
from simulation.registry import Registry
from simulation.world import Clinic, Person, Place, Region


def _institution(
    region: Region, registry: Registry, rng: Random, place: Place, title: str, shape: tuple[str, int, int]
) -> Clinic:
    level, beds, doctors = shape
    pharmacy = beds < 0
    owner = surname(rng) + given(rng, rng.choice((1, 2)), START.replace(year=1975))
    terminals = 1 if pharmacy or not beds else 2 + beds // 90
    return Clinic(
        registry.entity(),
        registry.clinic(place.code, pharmacy),
        title,
        level,
        max(0, beds),
        registry.credit_code(place.code),
        owner,
        START - timedelta(days=rng.randint(200, 1500)),
        place,
        f"{place.town}{place.roads or place.name}{rng.randint(1, 90)}号",
        [registry.doctor() for _ in range(doctors)],
        [registry.terminal() for _ in range(terminals + (rng.random() < 0.4))],
        pharmacy,
        rng.lognormvariate(0, 0.18) * (1.15 if beds > 200 else 1),
        rng.uniform(6.5, 9.5),
        not beds,
    )


def ordinal(number: int) -> str:
    """Write a number below 100 in Chinese."""
    tens, ones = divmod(number, 10)
    digits = " 一二三四五六七八九"
    return ((digits[tens] if tens > 1 else "") + "十" * (tens > 0) + digits[ones]).strip()


def clinics(region: Region, registry: Registry, rng: Random, size: int) -> list[Clinic]:
    """Build the region's institutions: one city hospital, town hospitals, village clinics, pharmacies."""
    city, at = region.city, registry.numbering.district
    # Each district has a large hospital: the first the central one, the others the second, third, … people's.
    central = f"第{ordinal(at + 1)}人民" if at else "中心"
    made = [
        _institution(region, registry, rng, region.places[0], f"{city}{central}医院", ("3", 360, 40)),
        _institution(
            region, registry, rng, region.places[-1], f"{region.places[-1].county}人民医院", ("2", 240, 26)
        ),
    ]
    towns = {place.town: place for place in region.places}
    for town, place in sorted(towns.items())[: max(3, size // 900)]:
        title = f"{town}卫生院" if registry.numbering.alone else f"{place.county}{town}卫生院"
        made.append(_institution(region, registry, rng, place, title, ("1", rng.randint(60, 130), 14)))
    private = rng.choice(region.places)
    made.append(_institution(region, registry, rng, private, f"{private.county}康复医院", ("2", 110, 12)))
    spots = rng.sample(region.places, min(len(region.places), max(4, size // 600)))
    for place in spots:
        kind = "村卫生室" if place.rural else "社区卫生服务站"
        made.append(
            _institution(
                region,
                registry,
                rng,
                place,
                place.name.removesuffix("村") + kind,
                ("9", 0, rng.randint(2, 4)),
            )
        )
    for place in spots + rng.sample(region.places, min(3, len(region.places))):
        chain = rng.choice(("康源", "宏安", "百信", "益民", "同福", "仁和堂", "惠众"))
        title = f"{chain}{rng.choice(('大药房', '药店', '大药房连锁'))}{place.name}店"
        made.append(_institution(region, registry, rng, place, title, ("9", -1, rng.randint(1, 3))))
    return made


def settle(people: list[Person], made: list[Clinic], atms: list[str], rng: Random) -> None:
    """Give each person the near clinic, pharmacy and cash machine; neighbours share them."""
    near: dict[tuple[str, str], tuple[Clinic, Clinic, list[str]]] = {}
    doctors = [clinic for clinic in made if not clinic.pharmacy]
    shops = [clinic for clinic in made if clinic.pharmacy]
    for person in people:
        key = (person.place.town, person.place.name)
        if key not in near:
            same = [clinic for clinic in doctors if clinic.place.town == key[0]] or rng.sample(doctors, 2)
            shop = [clinic for clinic in shops if clinic.place.town == key[0]] or rng.sample(shops, 1)
            near[key] = (rng.choice(same), rng.choice(shop), rng.sample(atms, 2))
        clinic, shop_, machines = near[key]
        person.clinic = clinic if rng.random() < 0.75 else rng.choice(doctors)
        person.pharmacy = shop_ if rng.random() < 0.8 else rng.choice(shops)
        person.atm = machines[0] if rng.random() < 0.75 else rng.choice(machines)
