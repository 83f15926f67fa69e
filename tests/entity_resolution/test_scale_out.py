"""A resolution spread out gives what one in memory gives: links, scores, conflicts, crowds, weights."""

from __future__ import annotations

import importlib.util
import random
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import ModuleType

import polars as pl
import pytest

from entity_resolution.engine import (
    batch,
    explain,
    folder,
    identity_leads,
    indexing,
    profile,
    publish,
    scale,
    spark,
    spreading,
    tabular,
)
from entity_resolution.engine.profile import Profile
from entity_resolution.engine.resolve import Judged, Resolution, resolve
from entity_resolution.engine.shards import Shards
from entity_resolution.engine.spreading import Outlet, Spread
from jiwang.codes import citizen
from jiwang.errors import InputError, UsageError, WorkspaceError
from jiwang.progress import SilentProgress

GIVEN = ("anna", "bella", "carl", "dora", "emil", "frank", "greta", "hans", "ida", "jonas", "lena", "mira")
SURNAMES = ("adler", "berger", "cramer", "dietz", "eberle", "fuchs", "graf", "huber", "imhof", "keller")
HAN = "何梅秀李国强王建华张丽娟陈志明"
FIRMS = ("安盛物流", "新诚科技", "宏达建材", "瑞和医药")


def latin(n: int, seed: int = 1) -> pl.DataFrame:
    """Return two records a person, one with a slip; three persons in ten share an office's address."""
    draw = random.Random(seed)
    rows = []
    for i in range(n):
        born = f"{draw.randint(1930, 2005)}-{draw.randint(1, 12):02d}-{draw.randint(1, 28):02d}"
        one = {"first_name": draw.choice(GIVEN), "surname": draw.choice(SURNAMES), "dob": born,
               "city": draw.choice(["york", "leeds"]),
               "email": "office@example.org" if draw.random() < 0.3 else f"{i}@example.org"}  # fmt: skip
        slip = draw.choice(["first_name", "surname", "dob", "city"])
        two = one | {slip: one[slip][:-1] + "7"}
        rows += [one | {"record_id": f"{i}a"}, two | {"record_id": f"{i}b"}]
    return pl.DataFrame(rows)


def han(n: int, seed: int = 1) -> pl.DataFrame:
    """Return rows of five sources on people who share names, phones and firms; some rows without an id."""
    draw = random.Random(seed)
    rows = []
    for i in range(n):
        born = f"{draw.randint(1950, 2003)}{draw.randint(1, 12):02d}{draw.randint(1, 28):02d}"
        first = f"411302{born}{i % 1000:03d}"
        number, phone = first + citizen.check_digit(first), f"138{draw.randint(0, 99_999_999):08d}"
        name, firm = "".join(draw.sample(HAN, 3)), draw.choice(FIRMS)
        for source in draw.sample("abcde", draw.randint(1, 4)):
            written = draw.choice([f"郑州{firm}有限公司", f"{firm}（郑州）有限公司", firm])
            rows.append({
                "record_id": f"{source}{i:05d}", "source": source,
                "id_no": number if draw.random() < 0.7 else None,
                "name": name if draw.random() < 0.95 else name[:2] + "?",
                "birth_date": number[6:14] if draw.random() < 0.6 else None,
                "phone": phone if draw.random() < 0.6 else "13800000000",
                "address": f"清河路{i % 90}号{draw.randint(1, 3)}栋1单元402" if draw.random() < 0.5 else None,
                "employer": written if draw.random() < 0.5 else None,
            })  # fmt: skip
    return pl.DataFrame(rows).sample(fraction=1, shuffle=True, seed=seed)


def judged(table: pl.DataFrame) -> Judged:
    """Return judgements on some pairs of neighbours, both ways."""
    ids = table["record_id"].sort().to_list()
    rows = [(a, b, i % 3 > 0) for i, (a, b) in enumerate(zip(ids[:120:4], ids[1:121:4], strict=False))]
    return Judged(pl.DataFrame(rows, schema=["left", "right", "same"], orient="row"))


def strict(rules: Profile) -> Profile:
    """Return a profile with caps that blocks exceed and every constraint."""
    bound = rules.constraints.model_copy(update={"differ": ["sex"], "after": [("birth", "birth")]})
    return rules.model_copy(update={"cap": 6, "refine": ["name.first"], "constraints": bound})


def whole_names(rules: Profile) -> Profile:
    """Return a profile in which a name that has lost a character is still a name."""
    fields = [f.model_copy(update={"whole": f.name == "name"}) for f in rules.field]
    return rules.model_copy(update={"field": fields})


def losing(table: pl.DataFrame) -> pl.DataFrame:
    """Let one person in five have lost the last character of the name in every row."""
    lost = pl.col("record_id").str.slice(1).cast(pl.Int64) % 5 == 0
    return table.with_columns(name=pl.when(lost).then(pl.col("name").str.head(2) + "?").otherwise("name"))


LATIN, CHINESE = profile.load("person"), profile.load("person_cn")
CASES = {
    "latin": (latin(150), LATIN, Judged()),
    "latin, small blocks, judged": (latin(200), LATIN.model_copy(update={"cap": 6}), judged(latin(200))),
    "han": (han(1_200), CHINESE, Judged()),
    "han, lost characters are names": (losing(han(800)), whole_names(CHINESE), Judged()),
    "han, all constraints, judged": (han(800), strict(CHINESE), judged(han(800))),
}


def published(found: Resolution, entities: pl.DataFrame | None = None) -> dict[str, pl.DataFrame]:
    """Return all that a resolution publishes but its index."""
    ids = publish.entity_ids(found)
    told, records = publish.evidence(found), publish.first_records(found)
    entities = publish.entities(found.said, ids) if entities is None else entities
    links = publish.links(found, ids)
    conflicts = publish.conflicts(found, links, told, records)
    return {
        "links": links,
        "entities": entities,
        "edges": publish.edges(found, told, records),
        "conflicts": conflicts,
        "identity_leads": identity_leads.find(found, links, conflicts, entities, told, records),
        "crowds": publish.crowds(found),
        "weights": found.weights.frame(found.profile),
    }


def spread(
    runner: scale.AnyRunner, table: pl.DataFrame, rules: Profile, decided: Judged, at: Path
) -> dict[str, pl.DataFrame]:
    table.write_parquet(at / "table.parquet")
    found = scale.resolve(runner, at / "table.parquet", rules, decided)
    return published(found.found, scale.entities(runner, found, publish.entity_ids(found.found)))


def in_parts(runner: scale.AnyRunner, table: Path, rules: Profile, out: Path) -> None:
    """Publish a table resolved by a runner, as the verb does."""
    found = scale.resolve(runner, table, rules, Judged())
    outlet = Outlet(partial(scale.entities, runner, found), partial(indexing.write, runner, found))
    with folder.published(out) as fresh:
        tabular.write(found.found, fresh, outlet)


def after_batch(late: Path, out: Path) -> dict[str, pl.DataFrame]:
    """Join a batch to a published folder; return its tables."""
    batch.run(late, out, progress=SilentProgress())
    return {p.name: pl.read_parquet(p) for p in sorted(out.glob("*.parquet"))}


def assert_same(ours: dict[str, pl.DataFrame], theirs: dict[str, pl.DataFrame]) -> None:
    for name, frame in ours.items():
        assert frame.equals(theirs[name]), name


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("parts", [1, 4])
def test_links_do_not_depend_on_the_number_of_parts(case: str, parts: int, tmp_path: Path) -> None:
    table, rules, decided = CASES[case]
    whole = resolve(table, rules, decided)
    assert 0 < len(whole.edges) < len(whole.left)
    assert_same(published(whole), spread(Shards(tmp_path / "shards", parts), table, rules, decided, tmp_path))
    assert not list((tmp_path / "shards").iterdir()), "parts go with their tables"


def test_the_cases_have_crowds_conflicts_and_judged_pairs() -> None:
    table, rules, decided = CASES["han, all constraints, judged"]
    found = published(resolve(table, rules, decided))
    assert found["crowds"].height > 3
    assert found["crowds"]["dropped"].sum() > 0
    assert found["conflicts"].height > 0


def test_one_record_a_source_holds_across_parts(tmp_path: Path) -> None:
    bound = CHINESE.constraints.model_copy(update={"one_per_source": True})
    rules = CHINESE.model_copy(update={"constraints": bound})
    table = pl.concat([han(400), han(400).with_columns(record_id=pl.format("x{}", "record_id"))])
    whole = published(resolve(table, rules))
    assert "source" in whole["conflicts"]["reason"]
    assert_same(whole, spread(Shards(tmp_path / "shards", 3), table, rules, Judged(), tmp_path))


def test_the_verb_in_parts_publishes_what_it_does_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Workers begin by importing the main module: an app under test leaves its page there.
    monkeypatch.setitem(sys.modules, "__main__", ModuleType("__main__"))
    han(500).write_csv(tmp_path / "t.csv")
    for out, how in (("whole", Spread()), ("parts", Spread("local", 3))):
        tabular.run(tmp_path / "t.csv", "person_cn", tmp_path / out, progress=SilentProgress(), spread=how)
    for name in ("links", "entities", "edges", "conflicts", "crowds", "weights"):
        one, other = (pl.read_parquet(tmp_path / out / f"{name}.parquet") for out in ("whole", "parts"))
        assert one.equals(other), name
    assert (tmp_path / "whole" / "summary.json").read_text() == (
        tmp_path / "parts" / "summary.json"
    ).read_text()
    assert not list(tmp_path.glob(".parts*")), "no part is left behind"


def test_a_name_that_lost_a_character_is_a_name_to_a_batch_too(tmp_path: Path) -> None:
    table = losing(han(800))
    late = pl.col("source") == "a"
    table.filter(~late).write_parquet(tmp_path / "base.parquet")
    table.filter(late).write_parquet(tmp_path / "late.parquet")
    tabular.run(tmp_path / "base.parquet", whole_names(CHINESE), tmp_path / "out", progress=SilentProgress())
    batch.run(tmp_path / "late.parquet", tmp_path / "out", progress=SilentProgress())
    name = table.select("record_id", "name")
    edges = pl.read_parquet(tmp_path / "out" / "edges.1.parquet")
    edges = edges.join(name, left_on="left", right_on="record_id")
    edges = edges.join(name, left_on="right", right_on="record_id", suffix="_b")
    equal = edges.filter(
        (pl.col("name") == pl.col("name_b")) & pl.col("name").str.contains("?", literal=True)
    )
    levels = equal.explode("evidence").unnest("evidence").filter(field="name")["level"].unique()
    assert len(levels)
    assert levels.str.starts_with("same").all()


@pytest.mark.parametrize("which", ["latin", "han", "han, all constraints, judged"])
def test_a_batch_joins_what_was_resolved_in_parts_as_what_was_in_memory(which: str, tmp_path: Path) -> None:
    table, rules, _ = CASES[which]
    late = pl.col("record_id").hash(seed=3) % 5 == 0
    table.filter(~late).write_parquet(tmp_path / "base.parquet")
    table.filter(late).write_parquet(tmp_path / "late.parquet")
    tabular.run(tmp_path / "base.parquet", rules, tmp_path / "whole", progress=SilentProgress())
    in_parts(Shards(tmp_path / "shards", 3), tmp_path / "base.parquet", rules, tmp_path / "parts")
    found = {name: after_batch(tmp_path / "late.parquet", tmp_path / name) for name in ("whole", "parts")}
    assert len(list((tmp_path / "parts" / "index").glob("units.*.arrow"))) == 4
    assert found["whole"]["links.parquet"].filter(how="batch").height > 20
    assert_same(found["whole"], found["parts"])
    some = found["whole"]["edges.parquet"].head(20).select("left", "right").rows()
    for left, right in some:
        assert explain.explain(tmp_path / "whole", left, right) == explain.explain(
            tmp_path / "parts", left, right
        )


def test_rows_without_ids_are_numbered_in_parts_too(tmp_path: Path) -> None:
    rules = LATIN.model_copy(update={"record": None})
    table = latin(60).drop("record_id")
    assert_same(
        published(resolve(table, rules)), spread(Shards(tmp_path / "s", 4), table, rules, Judged(), tmp_path)
    )


def test_a_table_in_several_files_is_one(tmp_path: Path) -> None:
    table = han(300)
    (tmp_path / "t").mkdir()
    for i in range(3):
        table.slice(i * 300, 300 if i < 2 else None).write_parquet(tmp_path / "t" / f"{i}.parquet")
    found = scale.resolve(Shards(tmp_path / "s", 2), tmp_path / "t", CHINESE, Judged()).found
    assert published(resolve(table, CHINESE))["links"].equals(publish.links(found, publish.entity_ids(found)))


def test_bad_tables_are_told_in_parts_as_in_memory(tmp_path: Path) -> None:
    def run(table: pl.DataFrame) -> None:
        spread(Shards(tmp_path / f"s{random.random()}", 2), table, LATIN, Judged(), tmp_path)

    with pytest.raises(InputError, match=r"record_id.*another row has"):
        run(pl.concat([latin(3), latin(3)]))
    with pytest.raises(InputError, match="no rows"):
        run(latin(3).clear())
    with pytest.raises(InputError, match="no row says anything"):
        run(latin(3).select("record_id"))
    with pytest.raises(InputError, match="no column record_id"):
        run(latin(3).drop("record_id"))


def test_without_pyspark_or_java_the_remedy_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    latin(5).write_parquet(tmp_path / "t.parquet")

    def run() -> None:
        tabular.run(
            tmp_path / "t.parquet",
            "person",
            tmp_path / "out",
            progress=SilentProgress(),
            spread=Spread("spark"),
        )

    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "pyspark.sql", None)
        with pytest.raises(UsageError, match=r"jiwang\[spark\]"):
            run()
    if importlib.util.find_spec("pyspark"):
        with monkeypatch.context() as patch:
            patch.setenv("PATH", "")
            patch.delenv("JAVA_HOME", raising=False)
            with pytest.raises(UsageError, match="Java"):
                run()
    assert not (tmp_path / "out").exists()


@pytest.fixture(scope="module")
def runner() -> Iterator[spark.Spark]:
    """Give a runner on one small session of this machine, the same for all cases."""
    quick = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"  # a session of seconds gains nothing from more
    settings = {
        "spark.driver.memory": "1g",
        "spark.driver.extraJavaOptions": quick,
        "spark.default.parallelism": "2",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.adaptive.enabled": "false",  # plans every stage anew, for tables of a thousand rows
    }
    with spark.session("local[2]", **settings) as session:
        yield spark.Spark(session, 2)


@pytest.mark.spark
@pytest.mark.timeout(900)  # a Java machine has to start, on whatever else runs
@pytest.mark.parametrize("case", ["latin, small blocks, judged", "han"])
def test_spark_links_as_this_machine_does(runner: spark.Spark, case: str, tmp_path: Path) -> None:
    table, rules, decided = CASES[case]
    assert_same(published(resolve(table, rules, decided)), spread(runner, table, rules, decided, tmp_path))


@pytest.mark.spark
@pytest.mark.timeout(900)
def test_a_batch_joins_what_spark_resolved(runner: spark.Spark, tmp_path: Path) -> None:
    table = han(300)
    late = pl.col("source") == "a"
    table.filter(~late).write_parquet(tmp_path / "base.parquet")
    table.filter(late).write_parquet(tmp_path / "late.parquet")
    tabular.run(tmp_path / "base.parquet", CHINESE, tmp_path / "whole", progress=SilentProgress())
    in_parts(runner, tmp_path / "base.parquet", CHINESE, tmp_path / "parts")
    whole, parts = (after_batch(tmp_path / "late.parquet", tmp_path / name) for name in ("whole", "parts"))
    assert whole["links.parquet"].filter(how="batch").height > 20
    assert_same(whole, parts)


@pytest.mark.spark
@pytest.mark.timeout(900)  # a Java machine has to start, on whatever else runs
def test_what_spark_would_read_otherwise_is_refused(runner: spark.Spark, tmp_path: Path) -> None:
    table = latin(5)
    with pytest.raises(UsageError, match="rows have no order"):
        spread(runner, table, LATIN.model_copy(update={"record": None}), Judged(), tmp_path)
    timed = table.with_columns(dob=pl.col("dob").str.to_datetime("%Y-%m-%d", strict=False))
    with pytest.raises(UsageError, match="column dob"):
        spread(runner, timed, LATIN, Judged(), tmp_path)


def test_the_parts_of_a_live_run_are_left_alone_and_those_of_a_dead_one_go(tmp_path: Path) -> None:
    latin(20).write_parquet(tmp_path / "t.parquet")
    parts, asked = tmp_path / ".out.parts", (tmp_path / "t.parquet", tmp_path / "out", Spread("local", 2))
    (parts / "shards").mkdir(parents=True)
    with spreading.opened(*asked):
        assert not list(parts.iterdir())
        (parts / "mine").touch()
        with pytest.raises(WorkspaceError, match="another run"), spreading.opened(*asked):
            pass
        assert (parts / "mine").is_file()
    assert not parts.exists()


def test_memory_decides_into_how_many_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    latin(20).write_parquet(tmp_path / "t.parquet")
    with spreading.opened(tmp_path / "t.parquet", tmp_path / "out", Spread()) as run:
        assert run is None
    monkeypatch.setattr(spreading.os, "sysconf", lambda name: 100)
    with spreading.opened(tmp_path / "t.parquet", tmp_path / "out", Spread()) as run:
        assert run is not None
        assert (tmp_path / ".out.parts").is_dir()
    assert not (tmp_path / ".out.parts").exists()
