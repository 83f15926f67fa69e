"""Casting: marks the people of a ring and writes its list of members."""

from simulation.plan import Ring
from simulation.world import Account, Clinic, Employer, Person


def cast(
    ring_id: str,
    kind: tuple[str, int],
    organiser: Person,
    people: list[Person],
    role: str,
    *,
    employer: Employer | None = None,
    clinic: Clinic | None = None,
    accounts: list[Account] | None = None,
) -> Ring:
    """Return the ring with its members; ``kind`` is typology and tier, ``role`` that of ``people``."""
    members = [("person", organiser.entity, "organiser")]
    members += [("person", person.entity, role) for person in people if person is not organiser]
    members += [("account", account.entity, "account") for account in accounts or []]
    if employer:
        members.append(("employer", employer.entity, "employer"))
    if clinic:
        members.append(("clinic", clinic.entity, "clinic"))
    for person in people:
        person.busy = True
    return Ring(ring_id, *kind, members, people, organiser, employer, clinic)
