"""Money on accounts: what comes in, and how it leaves by machine, card and transfer."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random

from simulation.data import table
from simulation.log import Flow, Log
from simulation.period import days, first, length, midnight, seconds
from simulation.plan import Plan
from simulation.scene import transfer_amount
from simulation.world import Account, Person, World

TEXTS = ("转账", "转账", "转账", "还款", "", "生活费", "房租")


PURCHASES = (("消费", 0.24, 4.6, 1.1), ("手机充值", 0.08, 4.5, 1.0))  # rate a month, shape of the amount


def _at(day: date, rng: Random, low: int = 0, high: int = 24) -> datetime:
    return midnight(day) + seconds()[low * 3600 + int(rng.random() * ((high - low) * 3600))]


def _credit(
    log: Log,
    account: Account,
    when: datetime,
    amount: float,
    name: str,
    text: str,
    *,
    other: Account | None = None,
    ring: str = "",
) -> None:
    account.balance += amount
    log.flows.append(Flow(account, when, True, amount, other, name, text, "BT", "", ring))


def incomes(world: World, log: Log, month: int, rng: Random) -> None:
    """Credit wages and benefits that the month's log holds."""
    fund = world.region.fund
    for pay in log.payrolls:
        if pay.person.account and rng.random() < 0.78:
            day = first(month) + timedelta(days=rng.choice((9, 14, 14, 19, 24)))
            _credit(
                log,
                pay.person.account,
                _at(day, rng),
                pay.income,
                pay.employer.name,
                "工资",
                other=pay.employer.account,
            )
    for benefit in log.benefits:
        if benefit.status == "1" and benefit.amount > 0:
            _credit(
                log, benefit.account, _at(benefit.day, rng), benefit.amount, fund, "养老金", ring=benefit.ring
            )
    unemployment = float(table("economy")["unemployment"])
    for claim in log.jobless:
        _credit(
            log, claim.account, _at(claim.day, rng, 8, 18), unemployment, fund, "失业保险金", ring=claim.ring
        )
    for birth in log.maternities:
        _credit(
            log,
            birth.account,
            _at(birth.paid, rng, 8, 18),
            round(birth.base / 30 * birth.days, 2),
            fund,
            "生育津贴",
            ring=birth.ring,
        )
    for injury in log.injuries:
        paid = _at(injury.paid, rng, 8, 18)
        _credit(log, injury.account, paid, injury.amount, fund, "工伤待遇", ring=injury.ring)


def rounds(world: World, month: int, log: Log, rng: Random) -> None:
    """Let keepers empty the accounts they keep: one machine after the other, account by account."""
    by_keeper: dict[int, list[Account]] = {}
    for account in world.accounts:
        if account.keeper and account.kept_from <= month and account.balance >= 100:
            by_keeper.setdefault(account.keeper.entity, []).append(account)
    for accounts in by_keeper.values():
        rng.shuffle(accounts)
        skip = rng.random() < 0.12  # he does not come every month
        hour = _at(first(month), rng, 7, 18)
        for account in accounts:
            if skip or (account.keeper and not account.keeper.alive(first(month))):
                continue
            hour += timedelta(seconds=rng.randint(50, 190))
            when = hour + timedelta(days=min(account.round_day, length(month)) - 1)
            _withdraw(log, account, when, account.balance, account.round_atm, account.ring)


def _withdraw(log: Log, account: Account, when: datetime, wish: float, machine: str, ring: str = "") -> None:
    amount = float(min(20000, int(min(wish, account.balance) // 100 * 100)))
    if amount >= 100:
        account.balance -= amount
        log.flows.append(Flow(account, when, False, amount, None, "", "ATM取款", "AT", machine, ring))


def spending(world: World, month: int, log: Log, rng: Random) -> None:
    """Let holders withdraw, buy and top up their telephones."""
    calendar, atms, draw = days(month), world.region.atms, rng.random
    for account in world.accounts:
        holder = account.holder
        if not isinstance(holder, Person) or (
            account.keeper not in (None, holder) and account.kept_from <= month
        ):
            continue
        day = calendar[int(draw() * len(calendar))]
        if account.balance < 60 or not (holder.death is None or holder.alive(day)):
            continue
        if draw() < (0.42 if holder.pensions else 0.14):
            machine = holder.atm if rng.random() < 0.85 else rng.choice(atms)
            # Many pensioners draw all there is; others what the week needs.
            wish = account.balance if holder.pensions and rng.random() < 0.5 else rng.lognormvariate(6.9, 0.7)
            _withdraw(log, account, _at(day, rng, 6, 22), wish, machine)
        for text, rate, mean, spread in PURCHASES:
            if draw() < rate:
                amount = round(min(account.balance, rng.lognormvariate(mean, spread)), 2)
                account.balance -= amount
                when = _at(calendar[int(draw() * len(calendar))], rng, 7, 23)
                if amount > 1 and holder.alive(when.date()):
                    log.flows.append(Flow(account, when, False, amount, None, "", text, "PS", ""))


def transfers(world: World, plan: Plan, month: int, log: Log, rng: Random) -> None:
    """Move money between people: kin, landlords, friends; and what the plan holds, in the same words."""
    begin, calendar = first(month), days(month)
    for payer, payee, amount in _gifts_and_rents(world.people, rng):
        if payer.account and payee.account and payee is not payer and payee.alive(begin):
            when = _at(rng.choice(calendar), rng, 7, 23)
            if payer.alive(when.date()):
                _move(log, payer.account, payee.account, when, amount, rng)
    for planned in plan.transfers.get(month, []):
        _move(log, planned.payer, planned.payee, planned.time, planned.amount, rng, planned.ring)
    _returned(world, month, log, rng)


def _gifts_and_rents(people: list[Person], rng: Random) -> Iterator[tuple[Person, Person, float]]:
    # Shopkeepers and landlords: about one person in a hundred receives from many, and pays many.
    hubs = [person for person in people[::97] if person.account] or people
    for person in people:
        if person.account is None or rng.random() > 0.105:
            continue
        kin = [other for other in person.kin if other.account]
        other = rng.choice(kin) if kin and rng.random() < 0.5 else rng.choice(people)
        yield person, rng.choice(hubs) if rng.random() < 0.18 else other, transfer_amount(rng)
    # Rent and the instalment of a private loan: every month the same round amount to the same hand.
    for at, person in enumerate(people[::31]):
        if rng.random() < 0.9:
            yield person, hubs[at * at % len(hubs)], float(300 + 50 * (at * at % 57))
    for hub in hubs * 2:
        for _ in range(rng.choice((0, 0, 0, 1, 2))):
            yield hub, rng.choice(people), transfer_amount(rng)


def _returned(world: World, month: int, log: Log, rng: Random) -> None:
    """Send wages that were only for show back, in most months and seldom whole: the rest goes in cash."""
    begin = first(month)
    for person in world.people:
        if not person.jobs or not any(spell.patron for spell in person.jobs):
            continue
        spell = person.job(begin)
        if spell and spell.patron and person.account and person.alive(begin) and rng.random() < 0.6:
            amount = max(50.0, float(round(spell.returned * rng.uniform(0.2, 1.0) / 50) * 50))
            when = _at(begin + timedelta(days=rng.randint(14, 27)), rng, 7, 23)
            _move(log, person.account, spell.patron, when, amount, rng, spell.ring)


def _move(
    log: Log, payer: Account, payee: Account, when: datetime, amount: float, rng: Random, ring: str = ""
) -> None:
    channel, text = rng.choice(("MB", "NB", "CT")), rng.choice(TEXTS)
    payer.balance, payee.balance = max(0.0, payer.balance - amount), payee.balance + amount
    log.flows.append(Flow(payer, when, False, amount, payee, payee.holder.name, text, channel, "", ring))
    log.flows.append(Flow(payee, when, True, amount, payer, payer.holder.name, text, channel, "", ring))
