"""People whom several regions know, as a district has them: guests who work here, and who works elsewhere."""

from datetime import timedelta
from random import Random

from simulation.banking import Banking
from simulation.economy import Economy
from simulation.ground import address
from simulation.period import START
from simulation.registry import Registry
from simulation.sharing import Hospital, Shared, Stub
from simulation.world import Clinic, Employer, Person, Place, Region

KEPT = 0.35  # share of those away whom their home still insures as residents


def _person(stub: Stub, region: Region, registry: Registry, rng: Random) -> Person:
    place = rng.choice(region.places)
    return Person(
        stub.entity,
        stub.sex,
        stub.born,
        stub.name,
        stub.cid,
        registry.person(),
        place,
        address(place, rng),
        -stub.entity,  # a household of its own
        phone=stub.phone,
        device=stub.device,
        since=START - timedelta(days=rng.randint(400, 2500)),
    )


def arrive(shared: Shared, region: Region, registry: Registry, rng: Random) -> dict[int, Person]:
    """Return those who are known here and elsewhere, by their number in the truth.

    Guests work here and stand in no household register; those away stand in it and do nothing else; of the
    organisers of crossing rings, this region registers those that are its own.
    """
    made: dict[int, Person] = {}
    organisers = [(stub, cell.abroad) for cell in shared.cells for stub in cell.stubs]
    for stub, abroad in [(stub, True) for stub in shared.guests] + organisers:
        if stub.entity not in made:
            person = made[stub.entity] = _person(stub, region, registry, rng)
            person.visitor, person.frailty = abroad, rng.lognormvariate(0, 0.5)
    for stub in shared.away:
        person = made[stub.entity] = _person(stub, region, registry, rng)
        # Nothing happens to them here; their life is written where they work.
        person.away, person.busy, person.frailty, person.habit = True, True, 0.0, 0.0
        person.kept = rng.random() < KEPT
    return made


def bank(people: dict[int, Person], shared: Shared, banking: Banking) -> None:
    """Give those who are here the account that they have everywhere."""
    known = {stub.entity: stub for cell in shared.cells for stub in cell.stubs}
    known |= {stub.entity: stub for stub in shared.guests}
    for number, person in people.items():
        if not person.away:
            stub = known[number]
            banking.adopt(person, (stub.account, stub.card, stub.bank))


def companies(shared: Shared, economy: Economy, people: list[Person], rng: Random) -> list[Employer]:
    """Return the employers of several regions as they are here: with a manager and staff of this district."""
    able = [person for person in people if 30 <= START.year - person.born.year <= 58 and not person.away]
    made = []
    for company in shared.companies:
        firm = economy.found(rng.choice(able), company.seats, company.sector)
        firm.entity, firm.name, firm.uscc, firm.former = company.entity, company.name, company.uscc, ""
        # No ring plays with it: what it is here would have to be so in every region.
        firm.busy, firm.cash, firm.elsewhere = True, False, company.home != economy.region.division
        made.append(firm)
    return made


def central(hospital: Hospital, clinic: Clinic) -> None:
    """Make a district's large hospital the one that other regions know."""
    clinic.entity, clinic.code, clinic.name = hospital.entity, hospital.code, hospital.name
    clinic.doctors, clinic.terminals = list(hospital.doctors), list(hospital.terminals)


def elsewhere(hospitals: tuple[Hospital, ...], like: Clinic) -> list[Clinic]:
    """Return the hospitals of other regions; in size and prices they are like the one here."""
    return [
        Clinic(
            hospital.entity,
            hospital.code,
            hospital.name,
            like.level,
            like.beds,
            "",
            "",
            like.since,
            Place(hospital.pool, "", "", "", rural=False),
            "",
            list(hospital.doctors),
            list(hospital.terminals),
            False,
            like.dear * 1.2,
            like.stay,
            False,
            hospital.pool,
        )
        for hospital in hospitals
    ]
