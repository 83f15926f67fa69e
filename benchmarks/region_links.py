"""Links of whole simulated regions against their truth, or against the links of another workspace.

Run: ``python benchmarks/region_links.py`` (three regions of 3,000 people, one a dialect, on seeds that no
rule was chosen on; about 70 CPU-s). ``--people N --seeds 21 22`` sets others; ``--keep DIR`` leaves the
regions and workspaces there, and resolves those that already lie there anew. ``--compare W1 W2`` prints the
rows whose links differ between two workspaces of one hand-over: a real one has no truth.

A link is *wrong* where its entity is mostly somebody else's rows, *stray* where its entity is the right
one's, but not that of most of its rows, *missed* where the row has none.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

import polars as pl
from _clusters import agreement
from _region import ended, jiwang

SEEDS = (501, 502, 503)
DIALECTS = "abc"
BY_ID = ("citizen_id", "number", "number_over_id")  # tier one; the other ways are what weights decide
KEY = ["source_file", "source_row", "kind", "part"]


def _say(*told: object) -> None:
    sys.stdout.write("\n".join(map(str, told)) + "\n")


def workspace(folder: Path, people: int, seed: int, dialect: str) -> Path:
    """Return a resolved workspace of a simulated region; only what is missing is made, resolving always."""
    found = folder / f"w{seed}{dialect}"
    raw = folder / f"s{seed}{dialect}"
    if not raw.is_dir():
        sizes = ["--people", str(people), "--seed", str(seed), "--dialect", dialect]
        ended(jiwang("simulate", "--out", raw, *sizes))
    if not (found / "records").is_dir():
        read: list[str | Path] = ["--region", "demo", "--dialect", dialect, "--input", raw / "raw"]
        ended(jiwang("ingest", *read, "--workspace", found))
    ended(jiwang("resolve", "--workspace", found))
    return found


def links(space: Path) -> pl.DataFrame:
    """Return the links that rows have of their own, by `KEY`; ``part`` is empty in primary ones."""
    frame = pl.read_parquet(space / "entities" / "links.parquet")
    frame = frame.filter(~pl.col("how").str.starts_with("via_") & (pl.col("table") != "note"))
    part = pl.when("primary").then(pl.lit("")).otherwise("role")
    return frame.with_columns(part=part).unique(KEY, keep="first", maintain_order=True)


def met(space: Path, truth: Path) -> pl.DataFrame:
    """Return every party of every accepted row with its true and its found entity, and a verdict."""
    told = pl.read_parquet(truth / "truth" / "entities.parquet").filter(pl.col("role") != "liaison")
    told = told.with_columns(part=pl.when("primary").then(pl.lit("")).otherwise("role"))
    found = links(space).select(*KEY, "entity_id", "table", "how")
    tables = pl.read_parquet(space / "entities" / "links.parquet").select("source_file", "table").unique()
    rows = told.join(found.drop("table"), on=KEY, how="left").join(tables, on="source_file")
    via = pl.read_parquet(space / "entities" / "links.parquet").filter(pl.col("how").str.starts_with("via_"))
    rows = rows.join(via.select("source_file", "source_row", "kind"), on=KEY[:3], how="anti")
    rows = rows.filter(pl.col("table") != "note")
    sizes = rows.group_by("kind", "entity_id", "entity").len().drop_nulls()
    order = ["kind", "entity_id", "len", "entity"]
    owner = sizes.sort(order, descending=[False, False, True, False]).unique(
        ["kind", "entity_id"], keep="first"
    )
    order = ["kind", "entity", "len", "entity_id"]
    main = owner.sort(order, descending=[False, False, True, False]).unique(["kind", "entity"], keep="first")
    rows = rows.join(owner.select("kind", "entity_id", owner="entity"), on=["kind", "entity_id"], how="left")
    rows = rows.join(main.select("kind", "entity", main="entity_id"), on=["kind", "entity"], how="left")
    verdict = (
        pl.when(pl.col("entity_id").is_null()).then(pl.lit("missed"))
        .when(pl.col("owner") != pl.col("entity")).then(pl.lit("wrong"))
        .when(pl.col("main") != pl.col("entity_id")).then(pl.lit("stray"))
        .otherwise(pl.lit("right"))
    )  # fmt: skip
    return rows.with_columns(verdict=verdict)


def counts(rows: pl.DataFrame, *by: str) -> pl.DataFrame:
    """Return ``rows, wrong, stray, missed, precision, recall`` of each group."""
    tally = [(pl.col("verdict") == v).sum().alias(v) for v in ("right", "wrong", "stray", "missed")]
    frame = rows.group_by(*by).agg(pl.len().alias("rows"), *tally).sort(*by)
    linked = pl.col("rows") - pl.col("missed")
    return frame.with_columns(
        precision=1 - pl.col("wrong") / linked, recall=pl.col("right") / pl.col("rows")
    ).drop("right")


def report(rows: pl.DataFrame) -> None:
    """Print rates by kind and table, what weights decided, and pairs, of all regions together."""
    rows = rows.with_columns(entity=pl.struct("region", "entity").hash())
    _say(counts(rows, "kind"), counts(rows.filter(pl.col("kind") == "person"), "table", "part"))
    for kind, own in sorted(rows.partition_by("kind", as_dict=True).items()):
        of = agreement(own["entity"], own["entity_id"])
        _say(f"{kind[0]:9} pairs P {of.precision:.6f} R {of.recall:.6f} F1 {of.f1:.6f}  B3 {of.b3:.6f}")
    weighed = rows.filter((pl.col("kind") == "person") & ~pl.col("how").is_in(BY_ID).fill_null(value=False))
    _say("persons that neither an id nor a number of the row leads to:", counts(weighed, "region"))
    bad = rows.filter(pl.col("verdict").is_in(["wrong", "stray"]))
    causes = bad.group_by("kind", "verdict", "table", "part", "how").agg(
        pl.len().alias("rows"), row=pl.format("{}:{}:{}", "region", "source_file", "source_row").min()
    )
    _say("wrong and stray links by cause:", causes.sort("kind", "rows", "row", descending=True))


def compare(old: Path, new: Path) -> None:
    """Print the rows whose links differ, entities of both sides matched by most of their rows."""
    both = links(old).join(links(new), on=KEY, how="full", coalesce=True, suffix="_new")
    sizes = both.group_by("entity_id", "entity_id_new").len().drop_nulls()
    best = sizes.sort("len", "entity_id", "entity_id_new", descending=[True, False, False])
    same = best.unique("entity_id", keep="first", maintain_order=True).unique("entity_id_new", keep="first")
    both = both.join(same.select("entity_id", meant="entity_id_new"), on="entity_id", how="left")
    agree = pl.any_horizontal(pl.col("meant", "entity_id") == pl.col("entity_id_new")).fill_null(value=False)
    differ = both.filter(~agree).with_columns(pl.coalesce("table", "table_new"))
    _say(f"{both.height:,} links, {differ.height:,} differ")
    _say(differ.group_by("kind", "table", "how", "how_new").len().sort("kind", "table", "len"))
    _say(differ.select(*KEY, "how", "how_new", "entity_id", "entity_id_new").sort(KEY))


def main() -> None:
    """Read the arguments and measure."""
    read = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    read.add_argument("--people", type=int, default=3_000)
    read.add_argument("--seeds", type=int, nargs="+", default=SEEDS)
    read.add_argument("--keep", type=Path)
    read.add_argument("--compare", type=Path, nargs=2, metavar=("OLD", "NEW"))
    given = read.parse_args()
    pl.Config.set_tbl_rows(200).set_tbl_hide_dataframe_shape(True).set_tbl_hide_column_data_types(True)
    pl.Config.set_tbl_width_chars(170).set_fmt_str_lengths(60).set_tbl_cols(20)
    if given.compare:
        compare(*given.compare)
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        found = []
        for i, seed in enumerate(given.seeds):
            dialect, start = DIALECTS[i % len(DIALECTS)], time.monotonic()
            space = workspace(folder, given.people, seed, dialect)
            rows = met(space, folder / f"s{seed}{dialect}")
            found.append(rows.with_columns(region=pl.lit(f"{seed}{dialect}")))
            _say(f"region {seed}{dialect}: {rows.height:,} parties, {time.monotonic() - start:.0f} s")
        report(pl.concat(found))


if __name__ == "__main__":
    main()
