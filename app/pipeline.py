"""Runs stages: skips what is done, publishes the rest, keeps one manifest, and says how it ended."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app import logs
from app.fingerprints import input_digests, stamp_of
from app.journal import Journal
from app.stages import NAMES, STAGES, Stage
from jiwang.config import Settings
from jiwang.errors import JiwangError, UsageError
from jiwang.ids import digest
from jiwang.manifest import Manifest, file_digest
from jiwang.progress import Progress
from jiwang.workspace import Workspace

INTERRUPTED = 130
PLACES = ("source", "sources", "digests")  # where things lie, and what they hold file by file: see `input`


@dataclass(frozen=True)
class Order:
    """What the first stage is asked to read.

    Attributes:
        region: value of the region columns.
        dialect: folder of mappings.
        source: folder of the hand-over.
        allow_unknown: leave out what no mapping knows.
        sources: folder of dialects, looked in before those that ship (default: the setting).
    """

    region: str
    dialect: str
    source: Path
    allow_unknown: bool = False
    sources: Path | None = None


@dataclass(frozen=True)
class Outcome:
    """How a run ended.

    Attributes:
        run_id: id of the run, the name of its folder under runs/.
        done: stages that worked.
        skipped: stages whose result was already there.
        figures: what every finished stage reported, skipped ones too.
    """

    run_id: str
    done: tuple[str, ...]
    skipped: tuple[str, ...]
    figures: Mapping[str, Mapping[str, Any]]


class Pipeline:
    """The stages over one workspace. Use it while the workspace's lock is held (`at_work`)."""

    def __init__(self, workspace: Workspace, settings: Settings, progress: Progress, command: str) -> None:
        self.workspace = workspace
        self.settings = settings
        self.progress = progress
        self.journal = Journal(workspace, settings)
        self.manifest = Manifest(workspace, command)

    def run(self, names: Iterable[str], order: Order | None = None) -> Outcome:
        """Run the named stages in the order of the way; ``order`` is needed where ingest is among them.

        Raises:
            JiwangError: as a stage raises it; what was published before stays.
        """
        wanted = set(names)
        done: list[str] = []
        skipped: list[str] = []
        with self._account():
            given = self._given(order)
            for stage in (s for s in STAGES if s.name in wanted):
                (done if self._step(stage, given) else skipped).append(stage.name)
        return Outcome(self.manifest.run_id, tuple(done), tuple(skipped), self.journal.figures())

    def _given(self, order: Order | None) -> dict[str, Any]:
        """Return what stages may want, the digests of the input among it."""
        if order is None:
            return {"region": self.journal.region}
        if self.journal.region not in (None, order.region):
            raise UsageError(
                f"{self.workspace.root} holds region {self.journal.region}, not {order.region}",
                "keep one workspace a region: name another folder with --workspace",
            )
        from ingest.mapping import load

        sources = order.sources or self.settings.sources
        with self.progress.task("read the input's hashes") as task:
            files = input_digests(order.source)
            task.say(f"{len(files)} files")
        self.manifest.data["inputs"] = {"folder": str(order.source.resolve()), "files": files}
        return {
            "region": order.region,
            "dialect": order.dialect,
            "source": order.source,
            "allow_unknown": order.allow_unknown,
            "sources": sources,
            "mappings": digest(
                *(f"{name}={text}" for name, text in load(order.dialect, sources).texts.items())
            ),
            "input": digest(*(f"{name}={h}" for name, h in files.items())),
            "digests": files,
        }

    def _step(self, stage: Stage, given: Mapping[str, Any]) -> bool:
        """Do one stage, or find it done; return whether it worked."""
        log = logs.logger(stage=stage.name)
        shapes = {k: v for k, v in given.items() if stage is STAGES[0] and k not in PLACES}
        shapes |= self._read_beside(stage)
        before = self.journal.stamp_before(stage)
        stamp = stamp_of(stage, self.settings, shapes, before) | {"region": given["region"]}
        with self.manifest.stage(stage.name) as entry:
            if self.journal.is_done(stage, stamp["fingerprint"]):
                entry |= {"skipped": True, **self.journal.entries[stage.name]["figures"]}
                log.info("skipped", fingerprint=stamp["fingerprint"])
                return False
            with self.progress.task(f"{NAMES.index(stage.name) + 1}/{len(STAGES)} {stage.name}"):
                wants = {name: given[name] for name in stage.wants}
                figures = stage.work(
                    self.workspace, self.settings, wants=wants, progress=self.progress, stamp=stamp
                )
            entry.update(figures)
        self.journal.finish(stage, stamp, figures, self.manifest.run_id)
        log.info("done", fingerprint=stamp["fingerprint"])
        return True

    def _read_beside(self, stage: Stage) -> dict[str, str]:
        paths = {name: self.workspace.root / name for name in stage.reads}
        return {name: file_digest(path) for name, path in paths.items() if path.is_file()}

    @contextmanager
    def _account(self) -> Iterator[None]:
        """Close the manifest however the run ends."""
        with logs.bound(run_id=self.manifest.run_id):
            try:
                self.manifest.write()
                yield
                self.manifest.close("done", 0)
            except KeyboardInterrupt:
                self.manifest.close("interrupted", INTERRUPTED)
                raise
            except JiwangError as error:
                self.manifest.data["error"] = logs.mask(str(error))
                self.manifest.close("failed", error.exit_code)
                raise
            except BaseException as error:
                self.manifest.data["error"] = type(error).__name__
                self.manifest.close("failed", 1)
                raise


@contextmanager
def at_work(
    root: Path, settings: Settings, progress: Progress, command: str, *, create: bool
) -> Iterator[Pipeline]:
    """Open and lock the workspace at ``root`` and give the pipeline over it.

    Raises:
        WorkspaceError: there is none, it is of another format, or another run holds it.
    """
    workspace = Workspace.open(root, create=create)
    with workspace.lock():
        yield Pipeline(workspace, settings, progress, command)
