"""Truth → a region's own files → ingest → truth: what the rendering did not destroy comes back."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import polars as pl
import pytest

import ingest
from ingest.mapping import load
from jiwang.config import Settings
from jiwang.ontology import record_tables
from jiwang.progress import SilentProgress
from jiwang.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]
SPOKEN = ROOT / "simulation" / "data" / "dialects" / "a.toml"
PEOPLE, SEED = 1_500, 17
SAMPLE = 0.15  # of the rows: more than 100,000 fields of each dialect are compared
EXACT = 0.999
# Kept as written: a department's own words for what the truth numbers.
AS_WRITTEN = {"ethnicity", "contract_type", "shareholders", "officers", "payee_type"}


@dataclass(frozen=True)
class Told:
    """A simulated region after ingest, and its truth."""

    counts: dict
    workspace: Workspace
    truth: Path

    def records(self, name: str) -> pl.DataFrame:
        return pl.read_parquet(self.workspace.table("records", name))

    def quarantine(self) -> pl.DataFrame:
        found = pl.read_parquet(self.workspace.table("quarantine", "quarantine"))
        return found.with_columns(pl.col("source_file").str.split("#").list.first())


@pytest.fixture(scope="module", params=["a", "b", "c"])
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Told:
    out = tmp_path_factory.mktemp(request.param)
    arguments = [
        "--people",
        PEOPLE,
        "--seed",
        SEED,
        "--dialect",
        request.param,
        "--sample",
        SAMPLE,
        "--out",
        out / "sim",
    ]
    done = subprocess.run(
        [sys.executable, "-m", "simulation", *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    workspace = Workspace.open(out / "w", create=True)
    counts = ingest.run(
        workspace,
        Settings(),
        region="r",
        dialect=request.param,
        source=out / "sim" / "raw",
        allow_unknown=False,
        progress=SilentProgress(),
    )
    return Told(counts, workspace, out / "sim" / "truth")


def test_the_account_closes(told):
    files = told.records("files")
    assert (files["rows_read"] == files["accepted"] + files["quarantined"]).all()


def test_every_planted_row_is_quarantined_under_its_rule_and_no_sound_one(told):
    planted = pl.read_parquet(told.truth / "quarantine.parquet")
    both = planted.join(
        told.quarantine(), on=["source_file", "source_row"], how="full", coalesce=True, suffix="_found"
    )
    assert {"missing_key", "placeholder"} <= set(planted["rule"])
    assert both.filter(pl.col("rule_found").is_null()).is_empty()
    assert both["rule"].null_count() <= 0.0005 * told.counts["accepted"]
    assert (both.drop_nulls()["rule"] == both.drop_nulls()["rule_found"]).mean() >= 0.97


def test_fields_come_back(told):
    names, codes = spoken()
    exact = wrong = 0
    worst: dict[str, int] = {}
    truth = pl.read_parquet(told.truth / "fields.parquet").filter(~pl.col("destroyed"))
    for file, table in told.records("files").select("source_file", "table").drop_nulls().iter_rows():
        here = truth.filter(pl.col("source_file") == file.split("#")[0])
        records = told.records(table).filter(
            (pl.col("source_file") == file)
            & pl.col("source_row").is_in(here["source_row"].unique().to_list())
        )
        rows = {row["source_row"]: row for row in records.iter_rows(named=True)}
        for _, at, said, value, _ in here.iter_rows():
            field = names.get((table, said), said)
            if at not in rows or field in AS_WRITTEN:
                continue
            right = codes.get((table, field), {}).get(value, value)
            same = alike(rows[at].get(field), right, record_tables()[table].fields[field].type)
            exact, wrong = exact + same, wrong + (not same)
            if not same:
                worst[f"{table}.{field}"] = worst.get(f"{table}.{field}", 0) + 1
    assert exact > 50_000
    assert exact / (exact + wrong) >= EXACT, worst


def spoken() -> tuple[dict[tuple[str, str], str], dict[tuple[str, str], dict[str, str]]]:
    """Return what the truth's names of fields and its codes are here: dialect a says both."""
    ours = load("a").mappings
    names, codes = {}, {}
    for spec in tomllib.loads(SPOKEN.read_text(encoding="utf-8"))["tables"].values():
        mapping = next((m for m in ours if any(fnmatchcase(spec["path"], g) for g in m.files)), None)
        for header, field, *_ in spec["columns"]:
            if mapping and header in mapping.columns:
                column = mapping.columns[header]
                names[(mapping.table, field)] = column.field
                codes[(mapping.table, column.field)] = mapping.code_table(column)
    return names, codes


def alike(found: object, right: str | None, kind: str) -> bool:
    """Compare as repeats are compared: width, spaces and dots of names folded, numbers by worth."""
    text = ";".join(found) if isinstance(found, list) else "" if found is None else str(found)
    if kind in ("money", "number", "int"):
        return (float(text) if text else None) == (float(right) if right else None)
    if kind in ("date", "datetime", "month"):
        digits = ["".join(c for c in t or "" if c.isdigit()) for t in (text, right)]
        size = 6 if kind == "month" else len(digits[1])
        return digits[0][:size] == digits[1][:size]
    return folded(text) == folded(right or "")


def folded(text: str) -> str:
    dots = str.maketrans(dict.fromkeys("•．.‧∙・", "·"))
    return "".join(text.split()).replace("\u3000", "").translate(dots)
