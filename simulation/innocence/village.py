"""Villages: somebody whom all trust fetches the money of those who cannot walk."""

from simulation.banking import keep
from simulation.fate import die
from simulation.period import month_of
from simulation.plan import Innocent
from simulation.scene import Scene
from simulation.world import Employer, Person


def _neighbours(scene: Scene, low: int, high: int, age: int) -> list[Person]:
    def fits(person: Person) -> bool:
        return bool(person.pensions) and scene.age(person) >= age and person.account is not None

    found = scene.strangers(fits, scene.rng.randint(low, high), near=True)
    return found if len(found) >= low else []


def collector(scene: Scene) -> Innocent | None:
    """Let a village helper keep three to six elders' cards, draw on one day and certify them by visit."""
    elders = _neighbours(scene, 3, 6, 72)
    helper = scene.helper(elders[0]) if elders else None
    if helper is None:
        return None
    day = scene.rng.randint(13, 24)
    for elder in elders:
        for pension in elder.pensions:
            keep(pension.account, helper, day=day)
            pension.proof, pension.device = scene.rng.choice("12"), helper.device
            pension.account.phone = helper.phone if scene.rng.random() < 0.5 else pension.account.phone
    return Innocent("A1", "村协办员受托代偏远老人取款", [*elders, helper])


def welfare_home(scene: Scene) -> Innocent | None:
    """Pay the residents of a welfare home into its institutional account."""
    elders = _neighbours(scene, 3, 7, 70)
    boss = scene.helper(elders[0]) if elders else None
    if boss is None:
        return None
    home: Employer = scene.economy.found(boss, 0, "物业服务")
    home.name = (
        f"{elders[0].place.county}{elders[0].place.town.removesuffix('镇').removesuffix('街道')}社会福利院"
    )
    home.boss = boss
    scene.world.employers.append(home)
    account = scene.banking.open(home)
    for elder in elders:
        elder.pensions[0].account = account
        elder.pensions[0].proof, elder.pensions[0].device = "2", boss.device
    return Innocent("A1", "福利院机构账户代管", elders, home)


def neighbour_of_the_dead(scene: Scene) -> Innocent | None:
    """Let a village helper draw for elders of whom some die; the office hears a month or two late."""
    elders = _neighbours(scene, 3, 5, 74)
    helper = scene.helper(elders[0]) if elders else None
    if helper is None:
        return None
    day = scene.rng.randint(13, 24)
    for at, elder in enumerate(elders):
        for pension in elder.pensions:
            keep(pension.account, helper, day=day)
            pension.proof, pension.device = scene.rng.choice("12"), helper.device
        if at < 2:
            death = die(elder, scene.day(scene.rng.randint(4, 18)), scene.rng)
            lag = scene.rng.randint(1, 2)
            death.stopped, death.repaid = month_of(death.day) + 1 + lag, True
    return Innocent("P1", "村协办员代取，死亡后次月报停并退回", [*elders, helper])
