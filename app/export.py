"""out/ as CSV for Excel and for tools that read no Parquet."""

from __future__ import annotations

from pathlib import Path

import polars as pl

LIST_SEPARATOR = "|"
BOM = b"\xef\xbb\xbf"
# A cell that begins so is run as a formula by spreadsheets, and names in a hand-over are hostile input.
_FORMULA = r"^[=+\-@\t\r]"
_NUMBER = r"^[+\-]?[0-9.]+$"


def write_csv(folder: Path) -> list[Path]:
    """Write ``<table>.csv`` beside every Parquet table of ``folder``, each by rename; return their paths.

    UTF-8 with a byte order mark; lists joined by ``|``; a text that a spreadsheet would run is led by ``'``.
    """
    written = []
    for path in sorted(folder.glob("*.parquet")):
        target = path.with_suffix(".csv")
        fresh = target.with_name(f".{target.name}.new")
        with fresh.open("wb") as handle:
            handle.write(BOM)
            _flat(pl.read_parquet(path)).write_csv(handle)
        fresh.rename(target)
        written.append(target)
    return written


def _flat(frame: pl.DataFrame) -> pl.DataFrame:
    lists = [c for c, t in frame.schema.items() if t == pl.List(pl.String)]
    joined = frame.with_columns(pl.col(c).list.join(LIST_SEPARATOR) for c in lists)
    texts = [c for c, t in joined.schema.items() if t == pl.String]
    return joined.with_columns(_harmless(pl.col(c)) for c in texts)


def _harmless(text: pl.Expr) -> pl.Expr:
    runs = text.str.contains(_FORMULA) & ~text.str.contains(_NUMBER)
    return pl.when(runs).then(pl.lit("'") + text).otherwise(text).name.keep()
