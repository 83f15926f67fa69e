"""Signs of life: certifications of pensioners and traces of everybody."""

from random import Random

from simulation.log import Log, Proof, Trace
from simulation.period import days, first, midnight, seconds
from simulation.world import Pension, World


def community_devices(world: World) -> dict[str, str]:
    """Return the terminal with which each town's office certifies; stable from month to month."""
    towns = sorted({place.town for place in world.region.places})
    # A terminal's fingerprint follows from seed and town, so that no state has to be kept.
    rng = Random(f"{world.seed}/terminals")
    return {town: f"{rng.randrange(0x40 << 48):014X}" for town in towns}


def proofs(world: World, month: int, log: Log, rng: Random, terminals: dict[str, str]) -> None:
    """Certify about nine pensioners in ten once a year, with their usual method."""
    for person in world.people:
        seen: set[str] = set()
        for pension in person.pensions:
            ring = pension.ring if month >= pension.ring_from else ""
            dead = person.death is not None and not person.alive(first(month))
            if pension.number in seen or rng.random() > 0.076 or (dead and not ring) or pension.item == "301":
                continue
            seen.add(pension.number)
            when = midnight(rng.choice(days(month))) + seconds()[rng.randrange(8 * 3600, 19 * 3600)]
            if not ring and not person.alive(when.date()):
                continue
            method, device = _method(pension, bool(ring))
            if method == "2" or not (device or method == "3"):
                method, device = (
                    "2",
                    device if pension.proof == "2" and device else terminals[person.place.town],
                )
            log.proofs.append(Proof(pension, method, when, "" if method == "3" else device, ring))


def _method(pension: Pension, captured: bool) -> tuple[str, str]:
    """Return how a pension is certified; before a ring has it, by the pensioner's own telephone."""
    if pension.ring and not captured:
        return "1", pension.person.device
    return pension.proof, pension.device if pension.proof == "1" else ""


def traces(world: World, month: int, log: Log, rng: Random) -> None:
    """Let the living be seen: bus, train, vaccination, counter, meter, library."""
    calendar = days(month)
    # Who truly lies in bed is not seen elsewhere.
    stays = {v.person.entity: (v.begin, v.end) for v in log.visits if v.kind == "21" and not v.ring}
    for person in world.people:
        if rng.random() > 0.055:
            continue
        when = midnight(rng.choice(calendar)) + seconds()[rng.randrange(7 * 3600, 20 * 3600)]
        away = stays.get(person.entity)
        if person.alive(when.date()) and not (away and away[0] <= when.date() < away[1]):
            kind = rng.choice(("01", "02", "03", "04", "05", "06"))
            place = (
                f"{rng.randint(1, 30)}路"
                if kind == "01"
                else f"{world.region.city.removesuffix('市')}站"
                if kind == "02"
                else f"{rng.randint(1, 40)}号点位"
            )
            log.traces.append(Trace(person, kind, when, place, person.phone))
