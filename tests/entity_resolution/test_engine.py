"""The engine: any table by a profile, whatever the order of its rows; constraints, waterfalls, bad input."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entity_resolution.engine import batch, folder, grow, index, merge, profile, publish, tabular
from entity_resolution.engine.profile import Profile
from entity_resolution.engine.resolve import Judged, resolve
from entity_resolution.engine.values import NONE
from jiwang import tables
from jiwang.errors import InputError, UsageError, WorkspaceError
from jiwang.progress import SilentProgress

from .numbers import citizen_id

GIVEN = (
    "anna",
    "bella",
    "carl",
    "dora",
    "emil",
    "frank",
    "greta",
    "hans",
    "ida",
    "jonas",
    "karl",
    "lena",
    "mira",
)
SURNAMES = (
    "adler",
    "berger",
    "cramer",
    "dietz",
    "eberle",
    "fuchs",
    "graf",
    "huber",
    "imhof",
    "jung",
    "keller",
)


def people(n: int = 300, seed: int = 1) -> pl.DataFrame:
    """Return two records a person, the second with a slip in one field."""
    draw = random.Random(seed)
    rows = []
    for i in range(n):
        one = {
            "first_name": draw.choice(GIVEN),
            "surname": draw.choice(SURNAMES),
            "dob": f"{draw.randint(1930, 2005)}-{draw.randint(1, 12):02d}-{draw.randint(1, 28):02d}",
            "city": draw.choice(["york", "leeds", "bath", "derby"]),
            "email": f"{i}@example.org",
        }
        two = dict(one)
        field = draw.choice(list(two))
        two[field] = two[field][:-1] + "x" if field != "dob" else two["dob"][:-1] + "9"
        rows += [one | {"record_id": f"{i}a", "person": i}, two | {"record_id": f"{i}b", "person": i}]
    return pl.DataFrame(rows)


def clusters(table: pl.DataFrame, rules: Profile, judged: Judged | None = None) -> dict[str, str]:
    found = resolve(table, rules, judged)
    ids = publish.entity_ids(found)
    return dict(zip(found.records, ids, strict=True))


@pytest.fixture(scope="module")
def person() -> Profile:
    return profile.load("person")


def test_the_slips_of_a_person_are_found_without_any_label(person: Profile) -> None:
    found = clusters(people(), person)
    together = sum(found[f"{i}a"] == found[f"{i}b"] for i in range(300))
    assert together >= 295
    assert len(set(found.values())) >= 298


def test_the_order_of_rows_changes_nothing(person: Profile) -> None:
    table = people()
    assert clusters(table.sample(fraction=1, shuffle=True, seed=5), person) == clusters(table, person)


def test_one_thread_links_as_two_do(tmp_path: Path) -> None:
    people().write_parquet(tmp_path / "t.parquet")
    code = (
        "import sys, polars as pl; from entity_resolution.engine import tabular; "
        "from jiwang.progress import SilentProgress; from pathlib import Path; "
        "tabular.run(Path(sys.argv[1]), 'person', Path(sys.argv[2]), progress=SilentProgress())"
    )
    for threads in ("1", "2"):
        variables = os.environ | {"POLARS_MAX_THREADS": threads, "OMP_NUM_THREADS": threads}
        command = [sys.executable, "-c", code, str(tmp_path / "t.parquet"), str(tmp_path / threads)]
        subprocess.run(command, env=variables, check=True, cwd=Path(__file__).parents[2])
    for name in ("links", "edges", "weights", "entities", "conflicts"):
        one, two = (pl.read_parquet(tmp_path / t / f"{name}.parquet") for t in ("1", "2"))
        assert one.equals(two), name


def test_the_parts_of_a_waterfall_sum_to_its_score(person: Profile) -> None:
    found = resolve(people(), person)
    edges = publish.edges(found, publish.evidence(found), publish.first_records(found))
    parts = edges["evidence"].list.eval(pl.element().struct.field("weight")).list.sum()
    assert edges.height > 200
    assert (parts == edges["score"]).all()


def test_two_equal_codes_with_stars_are_the_same(person: Profile) -> None:
    card = profile.FieldOf(name="card", kind="code", columns=["card"])
    table = people(100).with_columns(card=pl.format("6217****{}", "person"))
    found = resolve(table, person.model_copy(update={"field": [*person.field, card]}))
    edges = publish.edges(found, publish.evidence(found), publish.first_records(found))
    levels = edges.explode("evidence").unnest("evidence").filter(field="card")["level"]
    assert (levels.str.starts_with("same")).sum() > 90


_CN = {"name": "何梅秀", "phone": "13800000001"}
CN = [
    _CN | {"record_id": "1", "source": "a", "id_no": citizen_id("19700101", 22)},
    _CN | {"record_id": "2", "source": "b", "id_no": citizen_id("19700101", 24)},
    _CN | {"record_id": "3", "source": "c", "id_no": None},
]


def test_two_usable_ids_never_merge_and_are_told_as_a_conflict() -> None:
    rules = profile.load("person_cn").model_copy(update={"accept": -50.0})
    found = resolve(pl.DataFrame(CN), rules)
    ids = publish.entity_ids(found)
    assert ids[0] != ids[1]
    assert ids[2] in (ids[0], ids[1])
    links = publish.links(found, ids)
    conflicts = publish.conflicts(found, links, publish.evidence(found), publish.first_records(found))
    assert conflicts["reason"].to_list() == ["two_ids"]
    assert {*conflicts.row(0, named=True)["records"]} <= {"1", "2", "3"}


def test_a_judgement_joins_and_parts_but_not_over_two_usable_ids() -> None:
    rules = profile.load("person_cn").model_copy(update={"accept": 900.0})
    table = pl.DataFrame([*CN, CN[2] | {"record_id": "4"}])

    def judged(*pairs: tuple[str, str, bool]) -> Judged:
        return Judged(pl.DataFrame(pairs, schema=["left", "right", "same"], orient="row"))

    joined = clusters(table, rules, judged(("3", "4", True), ("1", "3", True)))
    assert joined["1"] == joined["3"] == joined["4"] != joined["2"]
    refused = clusters(table, rules, judged(("1", "2", True)))
    assert refused["1"] != refused["2"]
    circle = clusters(table, rules, judged(("1", "3", True), ("3", "4", True), ("1", "4", False)))
    assert circle["1"] != circle["4"]
    assert circle["3"] in (circle["1"], circle["4"])


def test_at_most_one_record_of_each_source() -> None:
    shared = {"record": "record_id", "source": "side", "blocks": [["name"]], "accept": -50.0,
              "field": [{"name": "name", "kind": "name", "columns": ["n"]}]}  # fmt: skip
    rules = Profile.model_validate(shared | {"name": "t", "constraints": {"one_per_source": True}})
    table = pl.DataFrame({"record_id": ["1", "2", "3"], "side": ["a", "a", "b"], "n": ["eva stein"] * 3})
    found = clusters(table, rules)
    assert found["1"] != found["2"]
    assert len(set(found.values())) == 2


def test_nobody_acts_after_death() -> None:
    fields = [
        {"name": n, "kind": k, "columns": [n]}
        for n, k in (("who", "name"), ("died", "date"), ("seen", "date"))
    ]
    rules = Profile.model_validate(
        {"name": "t", "record": "record_id", "field": fields, "blocks": [["who"]], "accept": -50.0,
         "constraints": {"after": [["seen", "died"]]}}
    )  # fmt: skip
    table = pl.DataFrame(
        {"record_id": ["1", "2", "3"], "who": ["eva stein"] * 3, "died": ["2001-05-05", None, None],
         "seen": [None, "2001-05-04", "2003-01-01"]}
    )  # fmt: skip
    found = clusters(table, rules)
    assert found["1"] == found["2"] != found["3"]


@given(st.data())
@settings(max_examples=60)
def test_rounds_of_the_union_do_what_one_edge_at_a_time_would(data: st.DataObject) -> None:
    import numpy as np

    n = data.draw(st.integers(2, 9))
    pair = st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)).filter(lambda p: p[0] < p[1])
    pairs = data.draw(st.lists(pair, unique=True, min_size=1, max_size=20))
    weight = np.array(data.draw(st.lists(st.integers(0, 5), min_size=len(pairs), max_size=len(pairs))), float)
    codes = np.array(data.draw(st.lists(st.sampled_from([NONE, 1, 2]), min_size=n, max_size=n)), np.uint32)
    a, b = (np.array(side, np.int64) for side in zip(*pairs, strict=True))
    found = merge.union(n, a, b, weight, merge.Rules({"two_ids": codes}))
    root, own = list(range(n)), [{int(c)} - {int(NONE)} for c in codes]
    refused = set()
    for edge in sorted(range(len(pairs)), key=lambda e: (-weight[e], a[e], b[e])):
        x, y = sorted((root[a[edge]], root[b[edge]]))
        if x == y:
            continue
        if len(own[x] | own[y]) > 1:
            refused.add(edge)
            continue
        own[x] |= own[y]
        root = [x if r == y else r for r in root]
    assert found.root.tolist() == root
    # A pair refused in a round may be joined to nothing later: refusals are those of the end, or more.
    assert refused <= set(found.refused["edge"].to_list())


def test_two_that_all_but_exclude_each_other_are_not_joined_by_a_third() -> None:
    import numpy as np

    a, b, weight = np.array([0, 1]), np.array([1, 2]), np.array([5.0, 4.0])
    assert merge.union(3, a, b, weight, merge.Rules()).root.tolist() == [0, 0, 0]
    found = merge.union(3, a, b, weight, merge.Rules(against=np.array([[0, 2]])))
    assert found.root.tolist() == [0, 0, 2]
    assert found.refused["reason"].to_list() == ["against"]


def test_a_value_that_everybody_shares_is_named_and_left_out(person: Profile) -> None:
    table = people(150).with_columns(email=pl.lit("office@example.org"))
    found = resolve(table, person.model_copy(update={"cap": 20}))
    crowds = publish.crowds(found).filter(rule="email")
    assert crowds["units"].to_list() == [300]
    assert "office@example.org" in crowds["value"].item()
    assert clusters(table, person.model_copy(update={"cap": 20}))["1a"] != clusters(table, person)["2a"]


def test_columns_without_a_value_say_nothing(person: Profile) -> None:
    table = people(100)
    empty = table.with_columns(email=pl.lit(None, pl.String), city=pl.lit(""))
    found = clusters(empty, person)
    assert sum(found[f"{i}a"] == found[f"{i}b"] for i in range(100)) >= 90


def test_bad_tables_are_told_by_row_and_field(person: Profile, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"record_id.*another row has, such as 0a"):
        resolve(pl.concat([people(3), people(3)]), person)
    with pytest.raises(InputError, match="no rows"):
        resolve(people(3).clear(), person)
    with pytest.raises(InputError, match="row 1, field record_id"):
        resolve(people(3).with_columns(record_id=pl.lit(None, pl.String)), person)
    with pytest.raises(InputError, match="no row says anything"):
        resolve(people(3).select("record_id"), person)
    with pytest.raises(InputError, match="no column record_id"):
        resolve(people(3).drop("record_id"), person)
    with pytest.raises(InputError, match="there is no file"):
        tabular.read_table(tmp_path / "t.csv")


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("name = 1", "name"),
        ('name = "x"\nblocks = [["who"]]\nfield = []', "who"),
        ('name = "x"\nblocks = []\nfield = []\ncolour = 1', "colour"),
        ("name = ", "TOML"),
        (
            'name = "x"\nblocks = []\n'
            + "".join(f'[[field]]\nname = "f{i}"\nkind = "code"\ncolumns = ["c"]\n' for i in range(17)),
            "17 fields",
        ),
    ],
)
def test_a_wrong_profile_is_told_by_its_word(tmp_path: Path, text: str, where: str) -> None:
    path = tmp_path / "p.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=where):
        profile.load(path)
    with pytest.raises(UsageError, match="person_cn"):
        profile.load("nobody")


def test_the_profile_explained_is_a_profile() -> None:
    page = Path(__file__).parents[2] / "docs" / "how-to" / "resolve-your-own-table.md"
    text = page.read_text(encoding="utf-8").split("```toml\n")[1].split("```")[0]
    rules = Profile.model_validate(tomllib.loads(text))
    table = (
        people()
        .rename({"record_id": "member_no", "surname": "last_name"})
        .with_columns(branch=pl.col("member_no").str.slice(-1))
    )
    found = clusters(table, rules)
    assert sum(found[f"{i}a"] == found[f"{i}b"] for i in range(300)) >= 280


def published(table: pl.DataFrame, where: Path, rules: Profile | str = "person") -> Path:
    table.write_parquet(where / "base.parquet")
    tabular.run(where / "base.parquet", rules, where / "out", progress=SilentProgress())
    return where / "out"


def joined(table: pl.DataFrame, out: Path) -> dict[str, Any]:
    table.write_parquet(out.parent / "late.parquet")
    return batch.run(out.parent / "late.parquet", out, progress=SilentProgress())


def links(out: Path) -> dict[str, str]:
    return dict(pl.read_parquet(out / "links.parquet").select("record_id", "entity_id").iter_rows())


def test_a_batch_joins_and_renames_nobody(tmp_path: Path) -> None:
    table = people()
    late = pl.col("record_id").str.ends_with("b") & (pl.col("person") % 3 == 0)
    out = published(table.filter(~late), tmp_path)
    before = links(out)
    summary = joined(table.filter(late), out)
    after = links(out)
    assert {r: after[r] for r in before} == before
    assert sum(after[f"{i}a"] == after[f"{i}b"] for i in range(0, 300, 3)) >= 97
    assert summary["records"] == 600
    third = people(3, seed=9).with_columns(record_id=pl.format("n{}", "record_id"))
    assert joined(third, out)["batches"] == 2
    entities = pl.read_parquet(out / "entities.parquet")
    assert entities["n_records"].sum() == 606
    assert set(entities["entity_id"]) == set(links(out).values())


_KILLED = """
import os, signal, sys
from pathlib import Path
from entity_resolution.engine import batch
from jiwang.progress import SilentProgress

left, real = int(sys.argv[3]), Path.rename

def rename(self, target):
    global left
    left -= 1
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(self, target)

Path.rename = rename
batch.run(Path(sys.argv[1]), Path(sys.argv[2]), progress=SilentProgress())
"""


@pytest.mark.parametrize("killed_at", [1, 2])
def test_a_batch_that_is_killed_while_it_publishes_leaves_what_was_and_can_be_tried_again(
    tmp_path: Path, killed_at: int
) -> None:
    out = published(people(80), tmp_path)
    before = links(out)
    late = people(20, seed=9).with_columns(record_id=pl.format("n{}", "record_id"))
    late.write_parquet(tmp_path / "killed.parquet")
    command = [sys.executable, "-c", _KILLED, str(tmp_path / "killed.parquet"), str(out), str(killed_at)]
    dead = subprocess.run(command, cwd=Path(__file__).parents[2], check=False)
    assert dead.returncode == -signal.SIGKILL
    folder.recover(out)
    assert links(out) == before
    assert not (out / "review.parquet").is_file()
    assert joined(late, out)["records"] == 200
    assert len(links(out)) == 200
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "base.parquet", "killed.parquet", "late.parquet", "out"
    ]  # fmt: skip
    with pytest.raises(InputError, match="published already"):
        joined(late, out)


def test_two_runs_do_not_publish_in_one_folder_at_once(tmp_path: Path) -> None:
    out = published(people(30), tmp_path)
    with (
        folder.published(out, grown=True),
        pytest.raises(WorkspaceError, match="another run"),
        folder.published(out),
    ):
        pass
    assert len(links(out)) == 60


def test_of_two_batches_on_one_state_the_second_is_told_to_begin_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = published(people(60), tmp_path)
    first, second = (
        people(5, seed=s).with_columns(record_id=pl.format("{}{}", pl.lit(f"n{s}"), "record_id"))
        for s in (8, 9)
    )
    real = grow.publish_batch

    def late(*given: Any) -> dict[str, Any]:
        monkeypatch.setattr(grow, "publish_batch", real)
        joined(first, out)  # another run gets there while this one has looked up what it meets
        return real(*given)

    monkeypatch.setattr(grow, "publish_batch", late)
    with pytest.raises(WorkspaceError, match="published anew meanwhile"):
        joined(second, out)
    assert len(links(out)) == 130
    assert joined(second, out)["records"] == 140
    assert len(links(out)) == 140


def test_a_batch_that_would_merge_published_entities_is_reviewed(tmp_path: Path) -> None:
    one = {"record_id": "1", "name": "何梅秀", "phone": "13800000001", "address": None}
    two = one | {"record_id": "2", "phone": "13800000002", "address": "清河路12号3栋1单元402"}
    both = one | {"record_id": "3", "address": two["address"]}
    strict = profile.load("person_cn").model_copy(update={"accept": 900.0})
    out = published(pl.DataFrame([one, two]), tmp_path, strict)
    before = links(out)
    assert before["1"] != before["2"]
    meta = out / "index" / "index.json"
    meta.write_text(meta.read_text("utf-8").replace('"accept": 900.0', '"accept": -900.0'), "utf-8")
    joined(pl.DataFrame([both]), out)
    after = links(out)
    assert {r: after[r] for r in before} == before
    assert after["3"] in before.values()
    review = pl.read_parquet(out / "review.parquet")
    assert [{*row} for row in review.select("entity_id", "other_id").rows()] == [{before["1"], before["2"]}]
    assert set(review["records"].item()) <= {"1", "2", "3"}
    assert tables.Review.validate(review).schema == review.schema


def test_a_record_twice_and_an_index_of_another_version_are_refused(tmp_path: Path) -> None:
    out = published(people(50), tmp_path)
    with pytest.raises(InputError, match="published already"):
        joined(people(2), out)
    meta = out / "index" / "index.json"
    meta.write_text(meta.read_text("utf-8").replace(f'"format": {index.FORMAT}', '"format": 99'), "utf-8")
    with pytest.raises(WorkspaceError, match="99"):
        joined(people(2, seed=4), out)
    with pytest.raises(WorkspaceError, match="no index"):
        joined(
            people(2),
            tmp_path / "nowhere" / "out" if (tmp_path / "nowhere").mkdir() else tmp_path / "nowhere",
        )


def test_a_folder_of_something_else_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("years of work", "utf-8")
    with pytest.raises(UsageError, match="something else"):
        published(people(20), tmp_path)
    assert (tmp_path / "out" / "thesis.txt").is_file()
