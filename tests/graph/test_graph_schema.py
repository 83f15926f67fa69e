"""The schema as data: what it refuses, and what it makes of itself for each engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.schema import GraphSchema, import_headers, ladybug_ddl, load_schema, neo4j_ddl
from jiwang.errors import ContractError


def test_the_ontologys_schema_can_be_read() -> None:
    schema = load_schema()
    assert {"Person", "Employer", "Clinic", "Account"} <= set(schema.nodes)
    assert any(edge.evidence for edge in schema.edges.values())


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[nodes.Person]\n[edges.OWNS]\nfrom = 'Person'\nto = 'Car'", "no node table Car"),
        ("[nodes.Person]\nprops = { eid = 'str' }\n[edges]", "eid is reserved"),
        ("[nodes.Person]\nprops = { born = 'date' }\n[edges]", r"Person\.props\.born"),
        ("[nodes.Person]\ncolour = 'red'\n[edges]", r"nodes\.Person\.colour"),
        ("[nodes.'Person) DETACH DELETE (n']\n[edges]", "pattern"),
        ("[nodes", "graph schema"),
    ],
)
def test_a_wrong_schema_is_refused_by_name(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "graph.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ContractError, match=says):
        load_schema(path)


def test_every_engine_gets_every_table(toy_schema: GraphSchema) -> None:
    ladybug = list(ladybug_ddl(toy_schema))
    assert "CREATE NODE TABLE `Account`(id STRING PRIMARY KEY, `bank` STRING)" in ladybug
    assert (
        "CREATE REL TABLE `VISITS`(FROM `Person` TO `Clinic`, eid STRING, `week` INT64, `cost` DOUBLE)"
        in ladybug
    )
    assert len(list(neo4j_ddl(toy_schema))) == len(toy_schema.nodes)
    assert import_headers(toy_schema)["VISITS"] == {
        "source": ":START_ID",
        "target": ":END_ID",
        "eid": "eid:string",
        "week": "week:long",
        "cost": "cost:double",
    }


def test_the_fingerprint_follows_tables_and_not_words(toy_schema: GraphSchema) -> None:
    told = toy_schema.model_copy(
        update={"nodes": {n: t.model_copy(update={"doc": "told"}) for n, t in toy_schema.nodes.items()}}
    )
    fewer = toy_schema.model_copy(update={"edges": {"DRAWS": toy_schema.edges["DRAWS"]}})
    assert told.fingerprint() == toy_schema.fingerprint() != fewer.fingerprint()
