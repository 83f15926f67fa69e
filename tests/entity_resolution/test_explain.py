"""Why and why not, of any two records: weighed anew to the bit, with what joined them or keeps them apart."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from entity_resolution import reweigh
from entity_resolution.engine import batch, explain, profile, tabular
from jiwang.errors import UsageError
from jiwang.progress import SilentProgress

from .numbers import citizen_id

NAMES = ("何梅秀", "邓玉兰", "李国强", "王建华", "张丽娟", "陈志明")


def rows() -> list[dict[str, str | None]]:
    """Return three rows a person: one with an id, one with the same id, one without."""
    draw, found = random.Random(7), []
    for i in range(120):
        birth = f"{1950 + i % 50}{1 + i % 12:02d}{1 + i % 28:02d}"
        one: dict[str, str | None] = {"name": draw.choice(NAMES) + NAMES[i % 6][2], "birth_date": birth,
               "phone": f"138{draw.randint(0, 99_999_999):08d}", "source": "a",
               "id_no": citizen_id(birth, i)}  # fmt: skip
        two = one | {"phone": None, "source": "b"}
        three = one | {"id_no": None, "source": "c"}
        found += [
            row | {"record_id": f"{i}{side}"} for side, row in zip("xyz", (one, two, three), strict=True)
        ]
    return found


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a published folder: 120 people, two who share a phone under two ids, a judged pair, a batch."""
    where = tmp_path_factory.mktemp("explain")
    table = rows()
    born = "19700101"
    table += [{"record_id": f"t{n}", "name": "何梅秀", "birth_date": born, "phone": "13900000001",
               "source": s, "id_no": citizen_id(born, 900 + n)} for n, s in enumerate("ab")]  # fmt: skip
    late = [r for r in table if str(r["record_id"]).startswith("11") and r["source"] == "c"]
    (where / "out").mkdir()
    line = {"judgement_id": "j1", "at": "2026-01-01T00:00:00+00:00", "who": "w", "why": "w",
            "kind": "entity", "left": "7x", "right": "7z", "verdict": "negative"}  # fmt: skip
    (where / "out" / "judgements.jsonl").write_text(json.dumps(line) + "\n", encoding="utf-8")
    pl.DataFrame([r for r in table if r not in late]).write_parquet(where / "base.parquet")
    pl.DataFrame(late).write_parquet(where / "late.parquet")
    tabular.run(where / "base.parquet", "person_cn", where / "out", progress=SilentProgress())
    batch.run(where / "late.parquet", where / "out", progress=SilentProgress())
    return where / "out"


def test_every_edge_is_weighed_anew_to_the_bit(out: Path) -> None:
    edges = pl.concat([pl.read_parquet(p) for p in sorted(out.glob("edges*.parquet"))])
    assert edges.height > 100
    for left, right, score in edges.select("left", "right", "score").iter_rows():
        found = explain.explain(out, left, right)
        assert found.same
        assert found.score == score == sum(p.weight for p in found.parts)
        assert any(m.shared for m in found.meetings)


def test_one_id_is_a_rule_and_others_are_the_way_to_a_third(out: Path) -> None:
    assert explain.explain(out, "3x", "3y").reasons == ("cell",)
    found = explain.explain(out, "11y", "11z")  # 11z came in the batch
    assert found.same
    assert found.reasons in (("weight",), ("chain",))
    assert found.chain[-1].score is not None


def test_two_ids_are_named_as_what_keeps_them_apart(out: Path) -> None:
    found = explain.explain(out, "t0", "t1")
    assert not found.same
    assert "two_ids" in found.forbidden
    assert {p.field for p in found.parts} >= {"name", "birth", "phone", "id"}


def test_a_judgement_is_named_as_what_keeps_them_apart(out: Path) -> None:
    found = explain.explain(out, "7x", "7z")
    assert not found.same
    assert "judged" in found.forbidden


def test_who_share_no_block_were_never_compared_and_their_keys_are_told(out: Path) -> None:
    found = explain.explain(out, "1z", "20z")
    assert found.reasons == ("never_met",)
    assert not any(m.shared for m in found.meetings)
    assert any(m.left and m.right for m in found.meetings)
    assert not any(m.left for m in found.meetings if m.rule == ("id",))


def test_an_entity_stands_for_its_records_and_an_unknown_id_is_refused(out: Path) -> None:
    ids = dict(pl.read_parquet(out / "links.parquet").select("record_id", "entity_id").iter_rows())
    assert explain.explain(out, ids["3x"], "3x").same
    with pytest.raises(UsageError, match="neither a record nor an entity"):
        explain.explain(out, "nobody", "3x")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_verb_tells_it_in_plain_words_without_names(
    out: Path, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    from app.cli import main

    for pair in (("3x", "3z"), ("1z", "20z"), ("t0", "t1"), ("7x", "7z")):
        assert main(["explain", *pair, "--out", str(out), "--language", language]) == 0
    told = capsys.readouterr().out
    assert ("从未比对" if language == "zh" else "never compared") in told
    assert ("两个不同的有效证件号码" if language == "zh" else "two different valid ids") in told
    assert not any(str(r["name"]) in told or str(r["phone"]) in told for r in rows())
    assert main(["explain", "3x", "3y"]) == 2


def test_fields_levels_and_parts_of_shipped_profiles_have_words() -> None:
    from app.i18n import catalogue
    from entity_resolution.engine import compare

    known = catalogue("zh")
    for name in ("person", "person_cn", "region"):
        rules = profile.load(name)
        parts = {p for rule in (*rules.blocks, rules.refine) for p in rule}
        assert {f"piece.{p.partition('.')[2]}" for p in parts if "." in p} <= set(known), name
        assert {f"field.{f.name}" for f in rules.field} <= set(known), name
        levels = {level for f in rules.evidence for level in compare.names_of_levels(f)[1:]}
        assert {f"level.{level}" for level in levels} <= set(known), name


def _anew(world: Any, left: str, right: str) -> reweigh.Weighed | None:
    def scan(name: str) -> pl.LazyFrame:
        return pl.scan_parquet(world.workspace.table("entities", name))

    return reweigh.weigh(scan, left, right)


def test_rows_in_doubt_are_weighed_anew_to_the_bit_in_a_region(resolve: Callable[..., Any]) -> None:
    others = [citizen_id(f"19{year}0101", 22) for year in range(50, 90)]
    pair = next((a, b) for a in others for b in others if a < b and a[14:] == b[14:])
    world = resolve(
        resident=[{"citizen_id": i, "name": "何梅秀"} for i in pair],
        life_trace=[
            {
                "name": "何梅秀",
                "citizen_id": pair[0][:4] + "*" * 10 + pair[0][14:],
                "occurred_at": datetime.fromisoformat("2024-05-01"),
            }
        ],
    )
    row = world.table("doubts").row(0, named=True)
    found = _anew(world, row["records"][0], row["entity_id"])
    assert found is not None
    assert found.score == row["score"] == sum(p.weight for p in found.parts)
    assert {p.field: p.weight for p in found.parts if p.weight} == {
        p["field"]: p["weight"] for p in row["parts"]
    }
    assert found.alike


def test_persons_who_share_no_block_say_so(resolve: Callable[..., Any]) -> None:
    people = [
        {"citizen_id": citizen_id("19700101", 20 + i), "name": n} for i, n in enumerate(("何梅秀", "邓玉兰"))
    ]
    world = resolve(resident=people)
    found = _anew(world, world.entity("resident", 1), world.entity("resident", 2))
    assert found is not None
    assert not any(m.shared for m in found.meetings)
    assert not found.alike
