"""The small tables of the truth: rings, their members, hard negatives."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from simulation.plan import Plan

RINGS = pa.schema(
    [
        ("ring_id", pa.string()),
        ("typology", pa.string()),
        ("tier", pa.int64()),
        ("variant", pa.string()),
        ("n_members", pa.int64()),
    ]
)
MEMBERS = pa.schema(
    [("ring_id", pa.string()), ("kind", pa.string()), ("entity", pa.int64()), ("role", pa.string())]
)
INNOCENT = pa.schema(
    [
        ("group_id", pa.string()),
        ("typology", pa.string()),
        ("reason", pa.string()),
        ("kind", pa.string()),
        ("entity", pa.int64()),
    ]
)


def write(folder: Path, plan: Plan) -> None:
    """Write ``rings``, ``ring_members`` and ``hard_negatives`` to ``folder``."""
    rings = [(ring.id, ring.typology, ring.tier, ring.variant, len(ring.members)) for ring in plan.rings]
    members = [(ring.id, *member) for ring in plan.rings for member in ring.members]
    innocents: list[tuple[object, ...]] = []
    for at, group in enumerate(plan.innocents, 1):
        things = [("person", person.entity) for person in group.people]
        things += [("employer", group.employer.entity)] if group.employer else []
        innocents += [(f"N{at:04d}", group.typology, group.reason, *thing) for thing in things]
    for name, schema, rows in (
        ("rings", RINGS, rings),
        ("ring_members", MEMBERS, members),
        ("hard_negatives", INNOCENT, innocents),
    ):
        columns = list(zip(*rows, strict=True)) if rows else [()] * len(schema)
        arrays = {
            field.name: pa.array(list(column), field.type)
            for field, column in zip(schema, columns, strict=True)
        }
        pq.write_table(pa.table(arrays), folder / f"{name}.parquet")
