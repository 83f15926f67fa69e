"""Bad input through the command line: refused with its file and a remedy, or gone on with and accounted for.

What each fault does to single rows is tested in tests/ingest; here: the exit code, and that a workspace which
holds a good hand-over keeps it untouched.
"""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

ENROLMENT, SETTLEMENT, INJURY = "人社局/AC01_参保登记.csv", "医保局/setl_d.jsonl", "人社局/LC03_工伤待遇.csv"
CERTIFICATION, AGAIN = "人社局/AC50_资格认证.csv", "人社局/AC50_资格认证_补发.csv"


def linked(source: Path, target: Path) -> Path:
    """Copy a folder without copying its bytes: what changes a file must put a new one in its place."""
    shutil.copytree(source, target, copy_function=os.link)
    return target


def changed(raw: Path, name: str, change: Callable[[bytes], bytes]) -> None:
    fresh = change((raw / name).read_bytes())
    (raw / name).unlink()
    (raw / name).write_bytes(fresh)


def with_a_column(content: bytes) -> bytes:
    header, rest = content.split(b"\r\n", 1)
    return header + ",新列\r\n".encode("gb18030") + b"\r\n".join(line + b",1" for line in rest.split(b"\r\n"))


REFUSED: dict[str, tuple[Callable[[Path], Any], str]] = {
    "missing": (lambda raw: (raw / ENROLMENT).unlink(), "AC01*.csv"),
    "column": (lambda raw: changed(raw, ENROLMENT, with_a_column), "新列"),
    "empty": (lambda raw: changed(raw, ENROLMENT, lambda _: b""), ENROLMENT),
    "encoding": (
        lambda raw: changed(raw, ENROLMENT, lambda b: b.decode("gb18030", "replace").encode("utf-16")),
        "utf-16",
    ),
    "stranger": (lambda raw: (raw / "税务局" / "新表.csv").write_bytes(b"a,b\r\n"), "新表.csv"),
}


def files_of(workspace: Path) -> dict[str, tuple[int, int]]:
    paths = [
        p for p in sorted(workspace.rglob("*")) if p.is_file() and p.name != ".lock" and "runs" not in p.parts
    ]
    return {str(p.relative_to(workspace)): (p.stat().st_mtime_ns, p.stat().st_size) for p in paths}


@pytest.mark.parametrize("fault", REFUSED)
def test_a_hand_over_that_cannot_be_used_changes_nothing(
    fault: str, region: Any, ran: Any, way: Any, tmp_path: Path
) -> None:
    raw, workspace = linked(region.raw, tmp_path / "raw"), linked(ran.workspace, tmp_path / "w")
    before = files_of(workspace)
    spoil, named = REFUSED[fault]
    spoil(raw)
    arguments = ["--region", "town", "--dialect", "a", "--input", raw, "--workspace", workspace]
    told = way.jiwang("run", *arguments)
    assert told.returncode == 2
    said = told.stderr.split("jiwang: ", 1)[1]
    assert named in said
    assert said.strip().count("\n") >= 1, "the remedy stands on its own line"
    assert "Traceback" not in told.stderr
    assert files_of(workspace) == before


def test_a_hand_over_with_small_faults_goes_on_and_says_so(
    region: Any, ran: Any, way: Any, tmp_path: Path
) -> None:
    raw, workspace = linked(region.raw, tmp_path / "raw"), tmp_path / "w"
    changed(raw, SETTLEMENT, lambda content: content + content.rsplit(b"\n", 2)[1][:40])
    changed(raw, INJURY, lambda content: content.split(b"\r\n", 1)[0] + b"\r\n")
    (raw / AGAIN).write_bytes((raw / CERTIFICATION).read_bytes())
    told = way.jiwang(
        "ingest", "--region", "town", "--dialect", "a", "--input", raw, "--workspace", workspace
    )
    assert told.returncode == 0, told.stderr
    files = {r["source_file"]: r for r in pl.read_parquet(workspace / "records" / "files.parquet").to_dicts()}
    before = {r["source_file"]: r for r in ran.out("files").to_dicts()}
    assert files[INJURY]["rows_read"] == 0 < before[INJURY]["rows_read"]
    assert f"{INJURY}: there are no rows in it" in told.stdout
    assert files[SETTLEMENT]["quarantined"] == before[SETTLEMENT]["quarantined"] + 1
    last = pl.read_parquet(workspace / "quarantine" / "quarantine.parquet").filter(source_file=SETTLEMENT)
    assert last.sort("source_row").row(-1, named=True)["rule"] == "bad_json"
    assert files[AGAIN]["duplicates"] + files[AGAIN]["superseded"] == files[AGAIN]["accepted"] > 0
    assert files[CERTIFICATION] == before[CERTIFICATION]


def test_a_workspace_of_another_version_is_left_alone(region: Any, way: Any, tmp_path: Path) -> None:
    (tmp_path / "workspace.json").write_text('{"format": 99}', encoding="utf-8")
    arguments = ["--region", "town", "--dialect", "a", "--input", region.raw, "--workspace", tmp_path]
    told = way.jiwang("run", *arguments)
    assert told.returncode == 2
    assert "format 99" in told.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["workspace.json"]


def test_a_taken_port_is_said_before_anything_is_served(ran: Any, way: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        told = way.jiwang("app", "--workspace", ran.workspace, "--port", str(port))
    assert told.returncode == 2
    assert f"port {port} is taken" in told.stderr
    assert "--port" in told.stderr
