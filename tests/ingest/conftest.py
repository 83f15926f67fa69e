"""A small dialect and a way to deliver files in it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import ingest
from ingest import staging
from jiwang.config import Settings
from jiwang.progress import SilentProgress
from jiwang.workspace import Workspace

PAY = """
id = "pay"
department = "人社局"
table = "unemployment_payment"
files = ["人社局/pay*.csv"]
encoding = ["gb18030"]
business_key = ["person_no", "month"]
codes.reason = { "01" = "resigned", "02" = "dismissed" }

[columns]
number = { field = "person_no" }
id = { field = "citizen_id" }
name = { field = "name" }
month = { field = "month", dates = ["yyyyMM"] }
amount = { field = "amount" }
paid = { field = "paid_date" }
reason = { field = "leave_reason", codes = "reason" }
account = { field = "account_no" }
"""
HEADER = "number,id,name,month,amount,paid,reason,account"


@dataclass
class Delivery:
    """What ingest made of a hand-over."""

    counts: dict[str, Any]
    workspace: Workspace

    def table(self, name: str) -> pl.DataFrame:
        return pl.read_parquet(self.workspace.table("records", name))

    @property
    def broken(self) -> dict[int, str]:
        """source_row → rule, over all files."""
        frame = pl.read_parquet(self.workspace.table("quarantine", "quarantine"))
        return dict(frame.select("source_row", "rule").iter_rows())


def laid_out(content: Any) -> bytes:
    if isinstance(content, dict):
        return json.dumps(content, ensure_ascii=False).encode()
    if isinstance(content, bytes):
        return content
    text = "\r\n".join(content) + "\r\n" if isinstance(content, list) else content
    return text.encode("gb18030")


@dataclass
class Desk:
    """Where hand-overs are laid down and ingested."""

    root: Path
    mappings: dict[str, str]

    @property
    def input(self) -> Path:
        return self.root / "input"

    def lay(self, files: dict[str, Any]) -> None:
        """Write files: bytes as they are, text (or lists of lines) as GB18030, other things as JSON."""
        for name, content in files.items():
            path = self.input / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(laid_out(content))

    def ingest(self, *, workspace: str = "ws", allow_unknown: bool = False, **settings: Any) -> Delivery:
        folder = self.root / "sources" / "m"
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in self.mappings.items():
            (folder / f"{name}.toml").write_text(text, encoding="utf-8")
        opened = Workspace.open(self.root / workspace, create=True)
        counts = ingest.run(
            opened,
            Settings(**settings),
            region="m",
            dialect="m",
            source=self.input,
            allow_unknown=allow_unknown,
            progress=SilentProgress(),
            sources=self.root / "sources",
        )
        return Delivery(counts, opened)


@pytest.fixture(scope="session")
def pay_mapping() -> str:
    return PAY


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, {"pay": PAY})


@pytest.fixture
def deliver(desk: Desk) -> Callable[..., Delivery]:
    """Deliver lines of the small dialect's one file, below its header."""

    def delivering(lines: list[str], **options: Any) -> Delivery:
        desk.lay({"人社局/pay.csv": [HEADER, *lines]})
        return desk.ingest(**options)

    return delivering


@pytest.fixture
def read_names(monkeypatch):
    """The files that are read, in order."""
    names: list[str] = []

    def reading(source, *args):
        names.append(source.name)
        return staging.read(source, *args)

    monkeypatch.setattr(staging, "_batches", reading)
    return names
