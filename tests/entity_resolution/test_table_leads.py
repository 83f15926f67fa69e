"""Identity leads of a table: refused merges and one id under two names, by kind, with their evidence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from entity_resolution.engine import batch, explain, profile, tabular
from entity_resolution.engine.profile import Profile
from jiwang import tables
from jiwang.progress import SilentProgress

from .numbers import citizen_id

Row = dict[str, Any]
ANN: Row = {"name": "何梅秀", "phone": "13800000001", "birth_date": "1970-01-01"}


def leads(where: Path, rows: list[Row], **changed: Any) -> pl.DataFrame:
    rules: Profile = profile.load("person_cn").model_copy(update=changed)
    table = [row | {"record_id": str(i)} for i, row in enumerate(rows)]
    pl.DataFrame(table, infer_schema_length=None).write_parquet(where / "t.parquet")
    summary = tabular.run(where / "t.parquet", rules, where / "out", progress=SilentProgress())
    found = pl.read_parquet(where / "out" / "identity_leads.parquet")
    assert summary["identity_leads"] == found.height
    contract = tables.IdentityLeads
    contract.validate(found.select(contract.column_names()), cast=True)
    return found


def test_two_ids_of_one_life_are_a_double_registration_and_one_slip_is_mistyped(tmp_path: Path) -> None:
    far = [ANN | {"id_no": citizen_id("19700101", n)} for n in (22, 357)]
    found = leads(tmp_path, far, accept=-50.0)
    assert found["kind"].to_list() == ["double_registration"]
    parts = found["evidence"][0].struct.field("weight")
    assert 0 < found["score"][0] < 1
    assert {"prior", "name", "phone", "id"} <= set(found["evidence"][0].struct.field("field"))
    assert abs(1 / (1 + 2 ** -parts.sum()) - found["score"][0]) < 1e-12
    assert [found["rows_a"][0].to_list(), found["rows_b"][0].to_list()] in ([["0"], ["1"]], [["1"], ["0"]])
    near = [ANN | {"id_no": citizen_id("19700101", n)} for n in (22, 23)]
    assert leads(tmp_path, near, accept=-50.0)["kind"].to_list() == ["mistyped_id"]


def test_one_id_under_two_names_that_are_not_joined_is_borrowed(tmp_path: Path) -> None:
    number = citizen_id("19700101", 22)
    eve = {"name": "邓玉兰", "phone": "13900000009", "birth_date": None, "id_no": number}
    found = leads(tmp_path, [ANN | {"id_no": number}, eve], accept=900.0)
    assert found.select("kind", "reason").rows() == [("borrowed_id", "one_id_two_names")]
    levels = dict(zip(*(found["evidence"][0].struct.field(f) for f in ("field", "level")), strict=True))
    assert levels["id"] == "same, under another name"
    assert levels["name"] == "differs"
    alike = eve | {"name": "何梅绣"}
    assert leads(tmp_path, [ANN | {"id_no": number}, alike], accept=900.0).is_empty()


def test_who_acts_after_death_under_the_same_name_is_a_lead(tmp_path: Path) -> None:
    rules = profile.load("person_cn")
    dates = [profile.FieldOf(name=n, kind="date", columns=[n], compared=False) for n in ("seen", "died")]
    bound = rules.constraints.model_copy(update={"after": [("seen", "died")]})
    rows = [ANN | {"seen": None, "died": "2020-01-01"}, ANN | {"seen": "2021-01-01", "died": None}]
    found = leads(tmp_path, rows, accept=-50.0, field=[*rules.field, *dates], constraints=bound)
    assert found.select("kind", "reason").rows() == [("borrowed_id", "seen after died")]


def test_a_batch_adds_the_leads_that_it_finds(tmp_path: Path) -> None:
    number = citizen_id("19700101", 22)
    rows = [ANN | {"id_no": number}]
    assert leads(tmp_path, rows, accept=-50.0).is_empty()
    eve = ANN | {"id_no": citizen_id("19700101", 357), "record_id": "late"}
    for n, row in enumerate((eve, eve | {"record_id": "later"})):  # the second joins what the first founded
        pl.DataFrame([row]).write_parquet(tmp_path / "late.parquet")
        batch.run(tmp_path / "late.parquet", tmp_path / "out", progress=SilentProgress())
        found = pl.read_parquet(tmp_path / "out" / "identity_leads.parquet")
        assert found["kind"].to_list() == ["double_registration"], n
    assert {*found["rows_a"][0], *found["rows_b"][0]} == {"0", "late"}
    assert pl.read_parquet(tmp_path / "out" / "conflicts.parquet")["reason"].to_list() == ["two_ids"]
    assert explain.explain(tmp_path / "out", "0", "later").reasons == ("refused",)


def test_a_table_without_trouble_has_no_leads(tmp_path: Path) -> None:
    assert leads(tmp_path, [ANN | {"id_no": citizen_id("19700101", 22)}, ANN | {"id_no": None}]).is_empty()


def test_a_table_of_one_person_is_one_entity(tmp_path: Path) -> None:
    rows = [ANN | {"id_no": citizen_id("19700101", 22), "phone": None} for _ in range(3)]
    assert leads(tmp_path, rows).is_empty()
    assert pl.read_parquet(tmp_path / "out" / "links.parquet")["entity_id"].n_unique() == 1
