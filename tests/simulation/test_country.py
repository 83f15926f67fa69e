"""Several regions in several districts: same bytes from any number of processes, numbers that never meet."""

from __future__ import annotations

import contextlib
import hashlib
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import polars as pl
import pytest

from simulation import country
from simulation.cli import main
from simulation.render.form import Form

ROOT = Path(__file__).resolve().parents[2]
REGIONS = {"region_a": "a", "region_b": "b", "region_c": "c"}


@pytest.fixture(scope="module")
def land(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return three regions of 2,400 people in all, each in two districts, made by one process."""
    return make(tmp_path_factory.mktemp("country") / "land", processes=1)


def make(out: Path, processes: int) -> Path:
    """Simulate the country with small districts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(country, "DISTRICT", 500)
        # a page tested before leaves itself as __main__, which every new process would import
        patch.setitem(sys.modules, "__main__", ModuleType("__main__"))
        arguments = ["--people", "2400", "--regions", "3", "--seed", "4", "--processes", str(processes)]
        assert main([*arguments, "--out", str(out)]) == 0
    return out


def digests(folder: Path) -> dict[str, str]:
    """Return a digest of every file."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def truth(land: Path, region: str, name: str) -> pl.DataFrame:
    """Return a table of a region's truth."""
    return pl.read_parquet(land / region / "truth" / f"{name}.parquet")


def test_the_number_of_processes_does_not_show(land: Path, tmp_path: Path) -> None:
    assert digests(land) == digests(make(tmp_path / "again", processes=2))


def test_each_region_has_its_folder_dialect_and_truth(land: Path) -> None:
    assert {path.name for path in land.iterdir()} == {*REGIONS, "truth"}
    for region, dialect in REGIONS.items():
        for name in ("enrolment", "flow", "business", "register"):
            assert (land / region / "raw" / Form(dialect, name).path).is_file()
        assert {"rings", "ring_members", "entities", "quarantine", "fields"} <= {
            path.stem for path in (land / region / "truth").iterdir()
        }


def test_the_row_account_holds_over_districts(land: Path) -> None:
    form = Form("a", "flow")
    lines = (land / "region_a/raw" / form.path).read_bytes().decode(form.encoding, "surrogateescape")
    rows = lines.count("\r\n") - 1
    here = pl.col("source_file") == form.path
    about = set(truth(land, "region_a", "entities").filter(here)["source_row"])
    broken = truth(land, "region_a", "quarantine").filter(here)
    assert about.isdisjoint(broken["source_row"])
    assert sorted(about | set(broken["source_row"])) == list(range(1, rows + 1))
    numbered = [line.split(",") for line in lines.split("\r\n")]
    totals = broken.filter(pl.col("rule") == "total_line")["source_row"]
    assert all(int(numbered[row][-1]) == len(about) for row in totals)


def test_numbers_of_districts_never_meet(land: Path) -> None:
    for region, dialect in REGIONS.items():
        form = Form(dialect, "account")
        if form.format != "csv":
            continue
        text = (land / region / "raw" / form.path).read_bytes().decode(form.encoding, "surrogateescape")
        rows = enumerate(text.split("\r\n"))
        numbers = {row: line.split(",")[0] for row, line in rows}
        entities = truth(land, region, "entities").filter(
            (pl.col("source_file") == form.path) & (pl.col("kind") == "account") & pl.col("primary")
        )
        owner: dict[str, int] = {}
        for row, entity in entities.select("source_row", "entity").iter_rows():
            assert owner.setdefault(numbers[row], entity) == entity
        assert len(owner) > 500


def test_migrants_are_known_in_two_regions(land: Path) -> None:
    seen: Counter[int] = Counter()
    for region in REGIONS:
        people = truth(land, region, "entities").filter((pl.col("kind") == "person") & pl.col("primary"))
        seen.update(people["entity"].unique())
    twice = [entity for entity, count in seen.items() if count > 1]
    assert 15 < len(twice) < 80


def test_some_employers_have_staff_in_several_regions_and_are_registered_in_one(land: Path) -> None:
    insured: Counter[int] = Counter()
    registered: Counter[int] = Counter()
    for region, dialect in REGIONS.items():
        about = truth(land, region, "entities").filter((pl.col("kind") == "employer") & pl.col("primary"))
        for counted, name in ((insured, "enrolment"), (registered, "business")):
            here = about.filter(pl.col("source_file") == Form(dialect, name).path)
            counted.update(here["entity"].unique().to_list())
    national = [entity for entity, count in insured.items() if count > 1]
    assert national
    assert all(registered[entity] <= 1 for entity in national)


def test_strangers_are_treated_elsewhere(land: Path) -> None:
    clinics = {}
    for region, dialect in REGIONS.items():
        about = truth(land, region, "entities").filter((pl.col("kind") == "clinic") & pl.col("primary"))
        files = {Form(dialect, "settlement").path, Form(dialect, "institution").path}
        grouped = about.filter(pl.col("source_file").is_in(files)).group_by("source_file").agg("entity")
        clinics[region] = {file: set(found) for file, found in grouped.iter_rows()}
    for region, dialect in REGIONS.items():
        here = clinics[region]
        abroad = here[Form(dialect, "settlement").path] - here[Form(dialect, "institution").path]
        elsewhere = {
            entity
            for other in REGIONS
            if other != region
            for entity in clinics[other][Form(REGIONS[other], "institution").path]
        }
        # A hospital of one's own whose line in the list of institutions broke looks abroad too.
        assert abroad & elsewhere
        assert len(abroad - elsewhere) <= 2


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--regions", "40"], "Choose 1 to"),
        (["--regions", "3", "--people", "300"], "Choose 600"),
        (["--sample", "2"], "Choose 0 to 1"),
        (["--processes", "0"], "Choose 1 or more"),
        (["--prevalence", "0.5"], "Choose 0 to 0.1"),
    ],
)
def test_what_cannot_be_made_is_refused(
    arguments: list[str], word: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*arguments, "--out", str(tmp_path / "out")]) == 2
    assert word in capsys.readouterr().err


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_a_run_that_is_broken_off_publishes_nothing(end: signal.Signals, tmp_path: Path) -> None:
    out = tmp_path / "land"
    command = [sys.executable, "-m", "simulation", "--people", "3000", "--regions", "3", "--processes", "1"]
    with subprocess.Popen([*command, "--out", str(out)], cwd=ROOT, stderr=subprocess.DEVNULL) as run:
        waited_for(lambda: any(tmp_path.glob(".simulation-*/district-*/*.part")))
        workers = [pid for pid, parent in parents().items() if parent == run.pid]
        run.send_signal(end)
    assert run.returncode
    assert not any(out.iterdir())
    assert end == signal.SIGKILL or not any(tmp_path.glob(".simulation-*"))
    waited_for(lambda: not any(pid in parents() for pid in workers))


def waited_for(done: Callable[[], bool]) -> None:
    """Wait until something is so, a minute at most."""
    until = time.monotonic() + 60
    while not done():
        assert time.monotonic() < until
        time.sleep(0.05)


def parents() -> dict[int, int]:
    """Return the parent of each process that runs."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, parent = path.read_text().rpartition(")")[2].split()[:2]
            if state != "Z":
                found[int(path.parent.name)] = int(parent)
    return found


def test_rings_that_cross_stand_in_the_truth_above(land: Path) -> None:
    rings, members = (pl.read_parquet(land / f"truth/{name}.parquet") for name in ("rings", "ring_members"))
    assert set(rings["typology"]) <= {"X1", "X2"}
    assert rings.group_by("ring_id").agg(pl.col("region").n_unique())["region"].min() >= 2
    assert set(members["ring_id"]) == set(rings["ring_id"])
