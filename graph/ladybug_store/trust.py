"""Whether the installed engine gives right rows: it must be on the list, and right on the canary."""

from __future__ import annotations

from contextlib import closing
from functools import cache

import ladybug

from graph import canary
from graph.ladybug_store.statements import do
from jiwang.errors import StoreError

# Measured right on the canary and on random graphs; 0.21.0 to 0.22.0 give wrong rows (docs/adr/0002).
TRUSTED = ("0.20.4",)
VERSION = str(ladybug.__version__)
REINSTALL = f"install the engine that is known to be right: pip install ladybug=={TRUSTED[0]}"
MEMORY = 64 << 20


@cache
def trust(version: str) -> None:
    """Refuse an engine that is not on the list, or that errs on the canary.

    Raises:
        StoreError: the engine would give wrong rows.
    """
    if version not in TRUSTED:
        raise StoreError(f"ladybug {version} is not known to give right rows", REINSTALL)
    wrong = _canary()
    if wrong:
        raise StoreError(f"ladybug {version} gives wrong rows on the canary ({'; '.join(wrong)})", REINSTALL)


def _canary() -> list[str]:
    with (
        closing(ladybug.Database(":memory:", buffer_pool_size=MEMORY, max_num_threads=2)) as db,
        closing(ladybug.Connection(db, 2)) as connection,
    ):
        do(connection, "CREATE NODE TABLE A(id INT64 PRIMARY KEY)")
        do(connection, "CREATE REL TABLE T(FROM A TO A, w INT64)")
        do(connection, "UNWIND $ids AS i CREATE (:A {id: i})", {"ids": list(range(canary.NODES))})
        edges = {"edges": [edge._asdict() for edge in canary.graph()]}
        ends = "MATCH (a:A {id: e.source}), (b:A {id: e.target})"
        do(connection, f"UNWIND $edges AS e {ends} CREATE (a)-[:T {{w: e.w}}]->(b)", edges)
        return canary.differences(lambda question: do(connection, question))
