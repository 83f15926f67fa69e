"""Every typology can be planted in both variants and all tiers, and every likeness arranged."""

from __future__ import annotations

import pytest

from simulation import audit
from simulation.crimes import CRIMES
from simulation.crimes.cast import Order
from simulation.genesis import create
from simulation.innocence import LOOKALIKES
from simulation.scene import Scene

CASES = [
    (kind, variant, tier)
    for kind, crime in CRIMES.items()
    for variant in crime.variants
    for tier in (1, 2, 3)
]


@pytest.fixture(scope="module")
def scene() -> Scene:
    """Return a region with few rings of its own and many people to spare."""
    return create(6000, 3, "361000", "和宁市", prevalence=0.0)


@pytest.mark.parametrize(("kind", "variant", "tier"), CASES)
def test_a_ring_is_planted_with_acts(scene: Scene, kind: str, variant: str, tier: int) -> None:
    order = Order(f"T{kind}{variant}{tier}", kind, tier, variant)
    ring = None
    for _ in range(4):
        ring = ring or CRIMES[kind].plant(scene, order)
    assert ring, "nobody found"
    assert (ring.id, ring.typology, ring.tier, ring.variant) == (*order[:2], tier, variant)
    roles = {role for _, _, role in ring.members}
    assert "organiser" in roles
    assert len(ring.members) >= 3
    entities = [(what, entity) for what, entity, _ in ring.members]
    assert len(entities) == len(set(entities))
    assert order.ring in audit.first_acts(scene)


@pytest.mark.parametrize("kind", sorted(set(LOOKALIKES) - {"X1"}))
def test_each_likeness_has_a_reason_of_its_own(scene: Scene, kind: str) -> None:
    reasons = set()
    for arrange in LOOKALIKES[kind]:
        group = next((made for made in (arrange(scene) for _ in range(4)) if made), None)
        if group:
            assert group.typology == kind
            assert group.people or group.employer
            reasons.add(group.reason)
    assert len(reasons) >= 2


def test_labels_are_few_late_and_not_all_right(scene: Scene) -> None:
    cases = scene.plan.cases
    begun = audit.first_acts(scene)
    assert cases
    assert len({case.number for case in cases}) == len(cases)
    for case in cases:
        assert 60 <= (case.closed - case.opened).days <= 180
        assert case.objects
        if case.ring:
            month = (case.opened.year - 2024) * 12 + case.opened.month - 1
            assert month > begun[case.ring]
    looked = {case.ring for case in cases if case.ring}
    assert len(looked) < 0.6 * len(scene.plan.rings)
