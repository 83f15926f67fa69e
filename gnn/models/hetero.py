"""A small heterogeneous graph network: SAGE over evidence edges, full batch.

Messages go along shared evidence edges only, in both directions, and where a type records innocent ties
only along those without one: plain relations lead to large employers and hospitals, and their statistics
are among the inputs already.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import numpy as np
import polars as pl
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch_geometric.data import HeteroData
from torch_geometric.nn import HeteroConv, SAGEConv

from gnn.dataset import KINDS, Dataset, Floats, Indices
from gnn.models import Answer, Study
from gnn.models.tree import ENOUGH, USUAL, draw_unlabelled
from gnn.pooled import shared_ties
from gnn.targets import kinds_with_labels, targets_of
from jiwang.errors import ModelError

WIDTH, DROPOUT = 24, 0.3
RATE, DECAY = 0.02, 5e-3
FITS = 3
EdgeName = tuple[str, str, str]
Lesson = dict[str, tuple[Tensor, Tensor, Tensor]]


def hetero_data(study: Study, types: Iterable[EdgeName] | None = None) -> HeteroData:
    """Return the graph for message passing: ``x`` per label, ``edge_index`` per evidence type and direction.

    Only ``types`` are in it; None: those that have an edge.
    """
    data = HeteroData()
    kind_of = {label: kind for kind, label in KINDS.items()}
    for label, ids in study.dataset.ids.items():
        kind = kind_of.get(label)
        values = study.tables[kind].values if kind else np.zeros((len(ids), 0), dtype=np.float32)
        # A label without a column of its own still has to have a width.
        values = values if values.shape[1] else np.zeros((len(ids), 1), dtype=np.float32)
        data[label].x = torch.from_numpy(_standard(values))
    wanted = None if types is None else set(types)
    for name, edges in _evidence(study.dataset):
        if edges.shape[1] if wanted is None else name in wanted:
            data[name].edge_index = torch.from_numpy(edges)
    return data


def _standard(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return signed logarithms at mean 0 and deviation 1; 0 where nothing is known."""
    logs = np.sign(values) * np.log1p(np.abs(values))
    with np.errstate(invalid="ignore"):
        known = np.isfinite(logs)
        count = np.maximum(known.sum(axis=0), 1)
        mean = np.where(known, logs, 0).sum(axis=0) / count
        spread = np.sqrt(np.where(known, (logs - mean) ** 2, 0).sum(axis=0) / count)
        scaled = (logs - mean) / np.maximum(spread, 1e-3)
    return np.clip(np.where(known, scaled, 0.0), -5, 5).astype(np.float32)


def _evidence(dataset: Dataset) -> Iterator[tuple[EdgeName, Indices]]:
    """Yield the ties of every evidence type in both directions; what nobody shares carries no message."""
    for relation in dataset.relations:
        if not relation.evidence:
            continue
        src, dst, _ = next(shared_ties(relation, relation.source, dataset))
        ends = np.stack([src, dst])
        back = ends[::-1].copy()
        forth: EdgeName = (relation.source, relation.name, relation.target)
        if relation.symmetric:
            yield forth, np.concatenate([ends, back], axis=1)
            continue
        yield forth, ends
        yield (relation.target, f"rev_{relation.name}", relation.source), back


class Network(nn.Module):
    """Two rounds of messages over a projection of each label's features; one logit per node."""

    def __init__(self, data: HeteroData) -> None:
        super().__init__()
        self.enter = nn.ModuleDict(
            {label: nn.Linear(data[label].x.shape[1], WIDTH) for label in data.node_types}
        )
        self.rounds = nn.ModuleList(
            HeteroConv(
                {name: SAGEConv(WIDTH, WIDTH, root_weight=False) for name in data.edge_types}, aggr="mean"
            )
            for _ in range(2)
        )
        self.leave = nn.Linear(WIDTH, 1)
        self.drop = nn.Dropout(DROPOUT)

    def forward(self, data: HeteroData) -> dict[str, Tensor]:
        """Return label → logits, shape (nodes,)."""
        state = {label: torch.relu(self.enter[label](self.drop(data[label].x))) for label in data.node_types}
        for messages in self.rounds:
            told = messages(state, data.edge_index_dict)
            # What a node knows of itself stays: most have no evidence edge at all.
            state = {k: v + torch.relu(self.drop(told[k])) if k in told else v for k, v in state.items()}
        return {label: self.leave(value).squeeze(-1) for label, value in state.items()}


class Hetero:
    """The graph network, trained on the same labels and weak negatives as the trees."""

    name = "hetero"

    def __init__(self) -> None:
        self._data: tuple[Study, HeteroData] | None = None

    def answer(
        self, study: Study, labelled: pl.DataFrame, *, thorough: bool, on: Study | None = None
    ) -> Answer:
        """Train on ``labelled``; `FITS` networks of different seeds are averaged where ``thorough``."""
        if min(kinds_with_labels(labelled).get("person", (0, 0))) < ENOUGH:
            raise ModelError(
                "too few closed cases to learn from", f"at least {ENOUGH} persons of either finding"
            )
        later = self._graph(on or study)
        data = later if on is None or on is study else hetero_data(study, later.edge_types).to(study.device)
        files, fits = {}, []
        with _one_way(study.seed):
            for fit in range(FITS if thorough else 1):
                torch.manual_seed(study.seed + fit)
                taught = _without_part(labelled, fit) if thorough else labelled
                network, drawn = _trained(study, data, taught, study.seed + fit)
                fits.append((_predict(network, later), drawn))
                if thorough:
                    files[f"hetero/{fit}.pt"] = _saved(network)
        full = _margins(fits)
        return Answer(full, _held(fits, full, study, labelled) if thorough else full, files)

    def _graph(self, study: Study) -> HeteroData:
        if self._data is None or self._data[0] is not study:
            self._data = (study, hetero_data(study).to(study.device))
        return self._data[1]


@contextmanager
def _one_way(seed: int) -> Iterator[None]:
    """Let torch add in one order, and leave it as it was."""
    threads, strict = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    state = torch.get_rng_state()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(seed)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
        torch.use_deterministic_algorithms(strict)
        torch.set_rng_state(state)


def _without_part(labelled: pl.DataFrame, fit: int) -> pl.DataFrame:
    """Hide the labels of the cases that ``fit`` does not learn from: every `FITS`-th."""
    hidden = pl.col("case") % FITS == fit
    return labelled.with_columns(pl.when(hidden).then(None).otherwise(pl.col("label")).alias("label"))


def _held(
    fits: list[tuple[dict[str, Floats], Indices]],
    full: dict[str, Floats],
    study: Study,
    labelled: pl.DataFrame,
) -> dict[str, Floats]:
    """Return ``full``, but for labelled entities what the fit without their case says."""
    held = {}
    for kind, label in KINDS.items():
        case = targets_of(labelled, kind, study.tables[kind].ids).case
        said = np.stack([logits[label] for logits, _ in fits])
        held[kind] = np.where(case >= 0, said[case % FITS, np.arange(len(case))], full[kind])
    return held


def _saved(network: Network) -> bytes:
    buffer = io.BytesIO()
    torch.save(network.state_dict(), buffer)
    return buffer.getvalue()


def _lesson(study: Study, labelled: pl.DataFrame, seed: int) -> tuple[Lesson, Indices]:
    """Return label → (rows, soft targets, weights) of the labelled, and the unlabelled drawn beside them."""
    lesson = {}
    drawn = np.array([], dtype=np.int64)
    for kind, label in KINDS.items():
        targets = targets_of(labelled, kind, study.tables[kind].ids)
        known = targets.known
        rows, wanted, weight = known, targets.soft()[known], targets.weight[known]
        if kind == "person":
            drawn = draw_unlabelled(targets, np.random.default_rng(seed))
            light = np.full(len(drawn), weight.sum() / max(len(drawn), 1))
            rows, weight = np.concatenate([rows, drawn]), np.concatenate([weight, light])
            wanted = np.concatenate([wanted, np.full(len(drawn), USUAL)])
        if len(rows):
            parts = torch.from_numpy(wanted).float(), torch.from_numpy(weight).float()
            on = study.device
            lesson[label] = (torch.from_numpy(rows).to(on), parts[0].to(on), parts[1].to(on))
    return lesson, drawn


def _trained(study: Study, data: HeteroData, labelled: pl.DataFrame, seed: int) -> tuple[Network, Indices]:
    network = Network(data).to(study.device)
    lesson, drawn = _lesson(study, labelled, seed)
    optimiser = torch.optim.Adam(network.parameters(), lr=RATE, weight_decay=DECAY)
    whole = sum(float(weight.sum()) for _, _, weight in lesson.values())
    small, lesson = _part(data, lesson)
    network.train()
    for _ in range(study.epochs):
        optimiser.zero_grad()
        logits = network(small)
        losses = [
            nn.functional.binary_cross_entropy_with_logits(
                logits[label][rows], wanted, weight, reduction="sum"
            )
            for label, (rows, wanted, weight) in lesson.items()
        ]
        (torch.stack(losses).sum() / whole).backward()  # type: ignore[no-untyped-call]  # torch has no types here
        optimiser.step()
    return network, drawn


def _part(data: HeteroData, lesson: Lesson) -> tuple[HeteroData, Lesson]:
    """Return the part of the graph that the lesson can feel: its rows, and whoever messages reach."""
    kept = {label: torch.zeros(data[label].x.shape[0], dtype=torch.bool) for label in data.node_types}
    for source, name, target in data.edge_types:
        ends = data[source, name, target].edge_index.cpu()
        kept[source][ends[0]] = True
        kept[target][ends[1]] = True
    for label, (rows, _, _) in lesson.items():
        kept[label][rows.cpu()] = True
    on = data[data.node_types[0]].x.device
    places = {label: (mask.cumsum(0) - 1).to(on) for label, mask in kept.items()}
    moved = {label: (places[label][rows], y, w) for label, (rows, y, w) in lesson.items()}
    return data.subgraph({label: mask.to(on) for label, mask in kept.items()}), moved


def _predict(network: Network, data: HeteroData) -> dict[str, Floats]:
    network.eval()
    with torch.no_grad():
        return {label: logits.cpu().numpy().astype(np.float64) for label, logits in network(data).items()}


def _margins(fits: list[tuple[dict[str, Floats], Indices]]) -> dict[str, Floats]:
    """Return the mean over fits; of a person drawn as ordinary, over the fits that did not draw it."""
    margins = {}
    for kind, label in KINDS.items():
        said = np.stack([logits[label] for logits, _ in fits])
        fresh = np.ones_like(said, dtype=bool)
        if kind == "person":
            for fit, (_, drawn) in enumerate(fits):
                fresh[fit, drawn] = False
        fresh |= ~fresh.any(axis=0)
        margins[kind] = np.where(fresh, said, 0.0).sum(axis=0) / fresh.sum(axis=0)
    return margins
