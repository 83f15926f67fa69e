"""The stage `train`: both models on closed cases, judged on cases held out whole; the better is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from gnn.blend import fit_blend, without_model
from gnn.dataset import load_dataset
from gnn.features import feature_tables
from gnn.hits import weigh
from gnn.kept import FOLDER, Kept, write_kept
from gnn.labels import Labels, read_labels
from gnn.models import Answer, Model, Study
from gnn.targets import kinds_with_labels, leave_cases_out, targets_of
from jiwang.config import Settings
from jiwang.errors import ModelError
from jiwang.progress import Progress
from jiwang.workspace import Workspace

NO_MODEL = "too few closed cases to learn from: scores are the evidence of the patterns alone"


def run(
    workspace: Workspace, settings: Settings, *, progress: Progress, stamp: Mapping[str, Any]
) -> dict[str, Any]:
    """Train, validate, and publish the folder ``models``.

    Returns:
        ``models`` (figures of each, with 95 % intervals over cases), ``kept``, ``why``, ``n_cases``,
        ``n_labels``, ``labels`` (the account of `gnn.labels`), ``blend`` and ``precision``.

    Raises:
        WorkspaceError: the stages before have not run.
        ModelError: the graph does not follow its schema.
    """
    with progress.task("features of the graph") as task:
        dataset = load_dataset(workspace)
        tables = feature_tables(dataset)
        task.say(", ".join(f"{kind} {table.values.shape}" for kind, table in tables.items()))
    study = Study(dataset, tables, settings.seed, settings.gnn_epochs, settings.device)
    labels = read_labels(workspace)
    study = study.seen(labels.report["positive"])
    kept, files = _learn(study, labels, settings, progress)
    with workspace.publish(FOLDER, stamp) as folder:
        write_kept(folder, kept, study.tables, files)
    return dict(kept.figures)


def _learn(
    study: Study, labels: Labels, settings: Settings, progress: Progress
) -> tuple[Kept, Mapping[str, bytes]]:
    patterns = weigh(study.dataset, labels.frame)
    people = study.tables["person"].ids
    belief = patterns.of(people)
    account = {
        "n_cases": labels.n_cases,
        "n_labels": labels.frame.height,
        "labels": dict(labels.report),
        "labels_by_kind": {kind: list(both) for kind, both in kinds_with_labels(labels.frame).items()},
        "precision": dict(patterns.precision),
        "columns": {kind: len(table.features) for kind, table in study.tables.items()},
    }
    try:
        answer, found = _compare(study, labels, settings, progress)
    except ModelError as error:
        blend = without_model(belief, settings.base_rate)
        zeros = {kind: (table.ids, np.zeros(len(table.ids))) for kind, table in study.tables.items()}
        figures = {"models": {}, "kept": "patterns", "why": f"{NO_MODEL} ({error.problem})", **account}
        return Kept(blend, patterns, zeros, None, figures), {}
    blend = fit_blend(
        answer.held["person"], belief, targets_of(labels.frame, "person", people), settings.base_rate
    )
    margins = {kind: (table.ids, answer.full[kind]) for kind, table in study.tables.items()}
    weights = {"model": blend.model, "patterns": blend.patterns, "offset": blend.offset}
    return Kept(blend, patterns, margins, found["kept"], {**found, **account, "blend": weights}), answer.files


def _compare(
    study: Study, labels: Labels, settings: Settings, progress: Progress
) -> tuple[Answer, dict[str, Any]]:
    """Validate every model and let the kept one answer; the trees are fitted in any case, for explanations.

    Raises:
        ModelError: there are too few labels.
    """
    # The engines are heavy: only a training that has labels pays for them.
    from gnn.models.hetero import Hetero  # noqa: PLC0415
    from gnn.models.rules import Rules  # noqa: PLC0415
    from gnn.models.tree import Tree  # noqa: PLC0415
    from gnn.validate import validate  # noqa: PLC0415

    tree, hetero = Tree(), Hetero()
    with progress.task("train on all cases", total=1):
        answer = tree.answer(study, labels.frame, thorough=True)
    models: list[Model] = [Rules(), tree, hetero]
    with progress.task("validate on held-out cases", total=len(list(leave_cases_out(labels))) + 1) as task:
        found = validate(study, labels, models, settings.base_rate, task.advance)
    if found["kept"] is None:
        found["kept"] = "tree"
    if found["kept"] == "hetero":
        graph = hetero.answer(study, labels.frame, thorough=True)
        answer = Answer(graph.full, graph.held, {**answer.files, **graph.files})
    return answer, found
