"""P3 服刑期间领取: prisoners' pensions run on, somebody outside draws them and proves them present."""

from datetime import timedelta

from simulation.casting import pensioner
from simulation.crimes.cast import CAREFUL, PLAIN, Order, cast
from simulation.data import table
from simulation.log import Sentence
from simulation.period import END, month_of
from simulation.plan import Ring
from simulation.scene import Scene
from simulation.world import Person


def plant(scene: Scene, order: Order) -> Ring | None:
    """Lock up two or three pensioners whose cards one helper keeps.

    ``running``: the pension runs on after the arrest. ``raised``: it also moves to a new account while its
    owner sits. Plain: the helper's telephone certifies. Careful: a visit does. Expert: nothing, short terms.
    """
    inmates = scene.strangers(pensioner(scene, 55, 74), scene.rng.randint(2, 3))
    helper = scene.helper(inmates[0]) if len(inmates) >= 2 else None
    if helper is None:
        return None
    for person in inmates:
        month = _lock(scene, order, person)
        pension = person.pensions[0]
        if order.variant == "raised":
            old, day = pension.account, scene.day(min(22, month + 1))
            pension.account = scene.banking.open(person, opened=day - timedelta(days=9))
            pension.older, pension.moved = old, month_of(day) + 1
            scene.edit(person, "AAE010", (old.number, pension.account.number), day, ring=order.ring)
        pension.ring, pension.ring_from = order.ring, month + 1
        account = pension.account
        account.ring, account.keeper, account.kept_from = order.ring, helper, month + 1
        account.round_atm = helper.atm
        if order.tier == PLAIN:
            pension.proof, pension.device = "1", helper.device
        else:
            pension.proof = "2" if order.tier == CAREFUL else "3"
    accounts = [person.pensions[0].account for person in inmates]
    return cast(order, helper, inmates, "beneficiary", accounts=accounts)


def _lock(scene: Scene, order: Order, person: Person) -> int:
    """Write the sentence; return the month of the arrest."""
    rng = scene.rng
    begin = scene.day(rng.randint(0, 12))
    term = (330, 1200) if order.tier <= CAREFUL else (200, 380)
    end = begin + timedelta(days=rng.randint(*term))
    judged = begin + timedelta(days=rng.randint(2, 120))
    crime = rng.choice(table("notes")["sentences"])
    status = "4" if end < END else "1"
    scene.plan.sentences.append(Sentence(person, crime, judged, begin, end, status))
    for pension in person.pensions:
        pension.until = min(pension.until, month_of(end) + 30)
    return month_of(begin)
