"""Scenarios: a pattern in a region with a set of parameters, switched on or off, under its own address.

Every pattern has one, ``paid_after_death@R:default``: on where the pattern is active, with the parameters
that its file gives for the region. A customer's ``jiwang.toml`` switches it, changes its thresholds, or adds
others::

    [[scenarios]]
    pattern = "paid_after_death"
    params = { months = 2 }                 # another threshold, in every region

    [[scenarios]]
    pattern = "joined_in_batches"           # a draft, switched on for one region
    regions = ["R"]

    [[scenarios]]
    pattern = "paid_after_death"
    name = "one_month"                      # beside the default
    params = { months = 1, sources = 3 }
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graph.patterns import Pattern
from jiwang.config import SETTINGS_FILE, ScenarioSetting
from jiwang.errors import PatternError

DEFAULT = "default"


@dataclass(frozen=True)
class Scenario:
    """One pattern × region × parameter set.

    Attributes:
        overrides: parameters that the customer set; the rest are the pattern's for the region.
        enabled: `graph.detect` runs it.
    """

    pattern: Pattern
    region: str
    name: str = DEFAULT
    enabled: bool = True
    overrides: Mapping[str, Any] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """Return the name by which people and files speak of it."""
        return f"{self.pattern.id}@{self.region}:{self.name}"

    def values(self) -> dict[str, Any]:
        """Return the value of every parameter."""
        return self.pattern.values(self.region, self.overrides)


def scenarios_of(
    library: Sequence[Pattern], region: str, settings: Sequence[ScenarioSetting] = ()
) -> list[Scenario]:
    """Return every scenario of ``library`` in ``region``, by pattern, the default first.

    Raises:
        PatternError: a setting for an unknown pattern or parameter, or of a wrong type or range.
    """
    known = {pattern.id: pattern for pattern in library}
    found: dict[tuple[str, str], Scenario] = {
        (p.id, DEFAULT): Scenario(p, region, enabled=p.status == "active") for p in library
    }
    for one in _in_region(settings, region):
        if one.pattern not in known:
            raise PatternError(
                f"{SETTINGS_FILE}: scenarios: there is no pattern {one.pattern}",
                "`jiwang patterns list` names them all",
            )
        before = found.get((one.pattern, one.name), Scenario(known[one.pattern], region))
        changed = Scenario(before.pattern, region, one.name, one.enabled, {**before.overrides, **one.params})
        _check(changed)
        found[one.pattern, one.name] = changed
    return [found[key] for key in sorted(found, key=lambda k: (k[0], k[1] != DEFAULT, k[1]))]


def find(scenarios: Sequence[Scenario], address: str) -> Scenario:
    """Return the scenario that is called ``address``: a pattern's id alone means its default.

    Raises:
        PatternError: there is none.
    """
    for scenario in scenarios:
        short = scenario.pattern.id if scenario.name == DEFAULT else f"{scenario.pattern.id}:{scenario.name}"
        if address in (scenario.address, short):
            return scenario
    raise PatternError(f"there is no scenario {address}", "`jiwang patterns list` names them all")


def _in_region(settings: Sequence[ScenarioSetting], region: str) -> Iterator[ScenarioSetting]:
    """Yield those that hold here, the general ones first so that the particular ones prevail."""
    yield from (s for s in settings if not s.regions)
    yield from (s for s in settings if region in s.regions)


def _check(scenario: Scenario) -> None:
    try:
        scenario.values()
    except PatternError as error:
        raise PatternError(f"{SETTINGS_FILE}: scenarios: {error.problem}", error.remedy) from error
