"""The stages of the way as data: what each publishes, what shapes it, which function does it.

A stage function is imported when it is called. Its signature is
``run(workspace, settings, *, progress, stamp, …) -> dict`` where the rest is what `Stage.wants` names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any


@dataclass(frozen=True)
class Stage:
    """One arrow of the way.

    Attributes:
        name: the verb.
        function: "module:function" that does it.
        folders: workspace folders that it publishes; each bears the stage's stamp.
        code: packages (or the data folder ``cypher``) whose content shapes its result, beside the kernel.
        settings: names of the settings that shape its result.
        placement: names of settings that say where it is done, and must not shape its rows.
        wants: names of the order's values that it takes as keywords.
        reads: files at the root of the workspace that shape its result, where they are.
        in_store: it fills the graph store, which says itself what it holds.
        then: functions of ``(workspace, settings, *, progress, stamp)`` that finish the stage's work.
        meaning: one line for help and progress.
    """

    name: str
    function: str
    folders: tuple[str, ...]
    code: tuple[str, ...]
    settings: tuple[str, ...]
    meaning: str
    placement: tuple[str, ...] = ()
    wants: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    in_store: bool = False
    then: tuple[str, ...] = ()

    def load(self) -> Callable[..., Mapping[str, Any]]:
        """Import the stage's function."""
        return _imported(self.function)

    def work(self, *about: Any, wants: Mapping[str, Any], **given: Any) -> dict[str, Any]:
        """Do the stage's work and return its figures, those of later functions under their module's name."""
        figures = dict(self.load()(*about, **given, **wants))
        for function in self.then:
            figures[function.partition(":")[0].rpartition(".")[2]] = dict(
                _imported(function)(*about, **given)
            )
        return figures


def _imported(reference: str) -> Callable[..., Mapping[str, Any]]:
    module, _, name = reference.partition(":")
    function: Callable[..., Mapping[str, Any]] = getattr(import_module(module), name)
    return function


STAGES: tuple[Stage, ...] = (
    Stage(
        "ingest", "ingest.stage:run", ("records", "quarantine"), ("ingest",),
        ("quarantine_min_rows", "quarantine_share"),
        "read the raw files into standard records, and quarantine what is broken",
        wants=("region", "dialect", "source", "allow_unknown", "sources", "digests"),
        reads=("repairs.jsonl",),
    ),
    Stage(
        "resolve", "entity_resolution.resolve:run", ("entities",), ("entity_resolution",), ("seed",),
        "resolve people, employers, clinics and accounts",
        reads=("judgements.jsonl",),
    ),
    Stage("build", "graph.build:run", ("graph",), ("graph",), (), "build nodes, edges and evidence edges"),
    Stage(
        "load", "graph.load:run", (), ("graph",), (), "load the graph store",
        placement=("store", "neo4j_uri", "neo4j_database"), in_store=True,
    ),
    Stage(
        "detect", "graph.detect:run", ("hits", "rings"), ("graph", "cypher"), ("pattern_limit", "scenarios"),
        "run the pattern library on the store, and gather its hits into ring candidates",
        then=("graph.rings:run",),
        placement=("store", "neo4j_uri", "neo4j_database"), wants=("region",),
    ),
    Stage(
        "train", "gnn.train:run", ("models",), ("gnn",), ("seed", "gnn_epochs", "device", "base_rate"),
        "train the models on closed cases",
    ),
    Stage(
        "score", "gnn.score:run", ("scores",), ("gnn",), ("seed", "gnn_epochs", "device"),
        "score entities, extract and rank rings",
    ),
    Stage("alert", "casework.alert:run", ("out",), ("casework",), (), "raise alerts and publish out/"),
)  # fmt: skip
NAMES = tuple(stage.name for stage in STAGES)
