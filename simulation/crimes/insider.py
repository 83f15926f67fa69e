"""A2 内部人改账号: an operator points a pension at another account for a month or two, then back."""

from datetime import timedelta

from simulation.casting import pensioner
from simulation.crimes.cast import CAREFUL, EXPERT, PLAIN, Order, cast
from simulation.period import first, month_of
from simulation.plan import Ring
from simulation.scene import Scene
from simulation.world import Account, Detour, Person

MONTHS_AWAY = {PLAIN: (2, 4), CAREFUL: (1, 2), EXPERT: (1, 1)}


def plant(scene: Scene, order: Order) -> Ring | None:
    """Divert some months of four to seven pensions and restore the account.

    ``mule``: to the account of an accomplice. ``namesake``: to a new account in the pensioner's own name
    which the accomplice holds. Plain: one operator, two to four months. Careful: two operators, one or
    two months. Expert: any operator's login, one month, machines apart.
    """
    rng = scene.rng
    victims = scene.strangers(pensioner(scene, 65), rng.randint(4, 7))
    mule = scene.helper() if len(victims) >= 3 else None
    if mule is None:
        return None
    logins = rng.sample(scene.world.region.operators, {PLAIN: 1, CAREFUL: 2, EXPERT: 6}[order.tier])
    accounts: list[Account] = []
    for person in victims:
        account = scene.banking.open(mule) if not accounts else accounts[0]
        if order.variant == "namesake":
            account = scene.banking.open(person)
        accounts.append(account)
        _detour(scene, order, person, account, rng.choice(logins))
        account.ring, account.keeper = order.ring, mule
        account.round_atm = mule.atm if order.tier < EXPERT else rng.choice(scene.world.region.atms)
    return cast(order, mule, victims, "unwitting", accounts=accounts)


def _detour(scene: Scene, order: Order, person: Person, account: Account, operator: str) -> None:
    rng, pension, usual = scene.rng, person.pensions[0], person.pensions[0].account
    away = rng.randint(*MONTHS_AWAY[order.tier])
    day = first(rng.randint(1, 17)) + timedelta(days=rng.randint(18, 27))
    begin = month_of(day) + 1
    # The pension is paid from the 10th to the 12th; after it, and within sixty days, all is as it was.
    back = first(begin + away - 1) + timedelta(days=rng.randint(13, 27))
    there, home = (usual.number, account.number), (account.number, usual.number)
    scene.edit(person, "AAE010", there, day, ring=order.ring, operator=operator, channel="1")
    scene.edit(person, "AAE010", home, back, ring=order.ring, operator=operator, channel="1")
    pension.detours.append(Detour(begin, begin + away, account, order.ring))
