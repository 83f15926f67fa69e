"""The small tables of the truth: rings and members, hard negatives, investigations, prevalence."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from simulation.period import END
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


LABELS = pa.schema(
    [
        ("number", pa.string()),
        ("ring_id", pa.string()),
        ("cause", pa.string()),
        ("opened", pa.date32()),
        ("closed", pa.date32()),
        ("verdict", pa.string()),
        ("right", pa.bool_()),
        ("published", pa.bool_()),
    ]
)
PREVALENCE = pa.schema(
    [("people", pa.int64()), ("guilty", pa.int64()), ("rings", pa.int64()), ("innocent_groups", pa.int64())]
)


def write(folder: Path, plan: Plan, people: int) -> None:
    """Write the tables to ``folder``; ``people`` live in the district.

    ``label_events`` holds every investigation, closed in time (``published``) or not, with what was really
    so; ``prevalence`` what the share of the guilty came to.
    """
    rings = [(ring.id, ring.typology, ring.tier, ring.variant, len(ring.members)) for ring in plan.rings]
    members = [(ring.id, *member) for ring in plan.rings for member in ring.members]
    cases = [
        (case.number, case.ring, case.cause, case.opened, case.closed, case.verdict, case.right)
        for case in plan.cases
    ]
    guilty = {entity for _, kind, entity, role in members if kind == "person" and role != "unwitting"}
    for name, schema, rows in (
        ("rings", RINGS, rings),
        ("ring_members", MEMBERS, members),
        ("hard_negatives", INNOCENT, _innocents(plan)),
        ("label_events", LABELS, [(*case, case[4] <= END) for case in cases]),
        ("prevalence", PREVALENCE, [(people, len(guilty), len(rings), len(plan.innocents))]),
    ):
        columns = list(zip(*rows, strict=True)) if rows else [()] * len(schema)
        arrays = [pa.array(list(column), field.type) for field, column in zip(schema, columns, strict=True)]
        pq.write_table(pa.Table.from_arrays(arrays, schema=schema), folder / f"{name}.parquet")


def _innocents(plan: Plan) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for at, group in enumerate(plan.innocents, 1):
        things = [("person", person.entity) for person in group.people]
        things += [("employer", group.employer.entity)] if group.employer else []
        things += [("clinic", group.clinic.entity)] if group.clinic else []
        rows += [(f"N{at:04d}", group.typology, group.reason, *thing) for thing in things]
    return rows
