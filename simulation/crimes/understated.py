"""E1 少报缴费基数: a firm declares less than it pays, or fewer than it employs."""

from simulation.casting import firms
from simulation.crimes.cast import CAREFUL, EXPERT, PLAIN, Order, cast
from simulation.data import table
from simulation.plan import Ring
from simulation.scene import Scene
from simulation.world import Employer, Spell

# tier -> (share of the staff, declared share of the wage; 0: the floor)
MANNER = {PLAIN: (1.0, 0.0), CAREFUL: (0.8, 0.62), EXPERT: (0.7, 0.68)}


def plant(scene: Scene, order: Order) -> Ring | None:
    """Let boss and accountant of a firm of six to thirty save contributions.

    ``base``: on bases below the wages. ``unlisted``: by insuring only some of the staff. Plain: everybody at
    the floor, or half unlisted. Careful: most, below the truth. Expert: less, and of the higher paid.
    """
    host = next((one for one in firms(scene, 6, 30) if _usable(one)), None)
    if host is None:
        return None
    boss, spells = host.boss, [spell for spell in host.spells if spell.end is None and not spell.person.busy]
    if order.tier == EXPERT:
        spells.sort(key=lambda spell: (-spell.wage, spell.person.entity))
    share, declared = MANNER[order.tier]
    if order.variant == "unlisted":
        share *= 0.5
    chosen = spells[: max(3, round(share * len(spells)))]
    for spell in chosen:
        _save(scene, order, spell, declared)
    boss.busy = True
    staff = [spell.person for spell in chosen if spell.person is not boss]
    others = ((host.liaison if not host.liaison.busy else None, "insider"),)
    return cast(order, boss, list(dict.fromkeys(staff)), "unwitting", employer=host, others=others)


def _usable(host: Employer) -> bool:
    lasting = [spell for spell in host.spells if spell.end is None and not spell.person.busy]
    return len(lasting) >= 5 and not host.boss.busy


def _save(scene: Scene, order: Order, spell: Spell, declared: float) -> None:
    floor = float(table("economy")["base_floor"])
    spell.ring = order.ring
    if order.variant == "unlisted":
        spell.insured = False
        return
    spell.base = float(round(max(floor, spell.wage * declared * scene.rng.uniform(0.95, 1.05))))
    if spell.wage < 1.2 * floor:
        spell.wage *= 1.5
