"""Notes: offsets into the text as it was written, and links only with more than a bare name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl

from .numbers import citizen_id, credit_code

Resolve = Callable[..., Any]


ANN, EVE = citizen_id("19700101", 22), citizen_id("19800202", 44)
CARD = "6217000000000001"


def world_of(resolve: Resolve, text: str) -> Any:
    return resolve(
        resident=[{"citizen_id": ANN, "name": "何梅秀"}, {"citizen_id": EVE, "name": "阿依古丽·买买提"}],
        business=[{"uscc": credit_code("12345678"), "name": "南阳安盛物流有限公司"}],
        enrolment=[{"person_no": "1", "citizen_id": ANN, "name": "何梅秀", "phone": "13800000001"}],
        bank_account=[{"account_no": CARD, "holder": "何梅秀", "citizen_id": ANN, "holder_type": "person"}],
        note=[{"note_no": "1", "text": text, "registered_date": date(2024, 1, 1)}],
    )


def test_offsets_are_those_of_the_text_as_written(resolve: Resolve) -> None:
    text = "举报何　梅秀（13800000001）与阿依古丽·买买提在安盛（南阳）物流有限公司，卡尾号0001，约¥5,162。"
    mentions = world_of(resolve, text).table("mentions")
    assert all(text[s:e] == t for s, e, t in mentions.select("start", "end", "text").rows())
    found = dict(mentions.select("text", "label").rows())
    assert found == {
        "何　梅秀": "person",
        "13800000001": "phone",
        "阿依古丽·买买提": "person",
        "安盛（南阳）物流有限公司": "employer",
        "0001": "account_tail",
        "¥5,162": "amount",
    }


def test_a_phone_beside_a_name_makes_a_link(resolve: Resolve) -> None:
    world = world_of(resolve, "举报何梅秀（13800000001）冒领。")
    link = world.table("links").filter((pl.col("table") == "note") & (pl.col("kind") == "person"))
    assert link["entity_id"].to_list() == [world.entity("resident", 1)]
    assert link["how"].to_list() == ["mention+phone"]
    assert link["primary"].to_list() == [False]


def test_a_bare_name_is_a_mention_and_no_link(resolve: Resolve) -> None:
    world = world_of(resolve, "举报何梅秀冒领。")
    assert world.table("mentions")["entity_id"].to_list() == [world.entity("resident", 1)]
    assert world.table("links").filter(pl.col("table") == "note").is_empty()


def test_a_card_number_links_the_account_and_confirms_its_owner(resolve: Resolve) -> None:
    world = world_of(resolve, f"何梅秀来电称银行卡{CARD}未收到待遇。")
    links = world.table("links").filter(pl.col("table") == "note")
    assert dict(links.select("kind", "how").rows()) == {
        "account": "mention+account_no",
        "person": "mention+account",
    }


def test_names_that_no_register_has_are_mentions_of_nobody(resolve: Resolve) -> None:
    text = "举报何梅秀与陈志远在清源县大发建材有限公司、石桥乡卫生院串通。"
    mentions = world_of(resolve, text).table("mentions")
    assert dict(mentions.select("text", "label").rows()) == {
        "何梅秀": "person",
        "陈志远": "person",
        "清源县大发建材有限公司": "employer",
        "石桥乡卫生院": "clinic",
    }
    nobody = mentions.filter(pl.col("text") != "何梅秀")
    assert nobody["entity_id"].null_count() == 3


def test_a_home_chooses_among_namesakes_and_makes_a_link(resolve: Resolve) -> None:
    homes = ("南阳市宛城区桥岭街道北京西路69号紫荆新城25号楼3单元1601室", "内乡县平口乡白口村10组70号")
    residents = [
        {"citizen_id": i, "name": "何梅秀", "address": a} for i, a in zip((ANN, EVE), homes, strict=True)
    ]
    text = "何梅秀住平口乡白口村10组70号，长期不在家。"
    world = resolve(
        resident=residents, note=[{"note_no": "1", "text": text, "registered_date": date(2024, 1, 1)}]
    )
    assert (
        "平口乡白口村10组70号"
        in world.table("mentions").filter(pl.col("label") == "address")["text"].to_list()
    )
    link = world.table("links").filter(pl.col("table") == "note")
    assert link.select("entity_id", "how").rows() == [(world.entity("resident", 2), "mention+address")]


def test_an_age_chooses_among_namesakes_without_making_a_link(resolve: Resolve) -> None:
    residents = [{"citizen_id": i, "name": "何梅秀"} for i in (ANN, EVE)]
    text = "举报何梅秀，今年54岁，冒领。"
    world = resolve(
        resident=residents, note=[{"note_no": "1", "text": text, "registered_date": date(2024, 6, 1)}]
    )
    named = world.table("mentions").filter(pl.col("label") == "person")
    assert named["entity_id"].to_list() == [world.entity("resident", 1)]
    assert world.table("links").filter(pl.col("table") == "note").is_empty()


def test_a_wrong_id_is_no_id(resolve: Resolve) -> None:
    wrong = ANN[:17] + ("1" if ANN[17] != "1" else "2")
    labels = world_of(resolve, f"举报人身份证{wrong}。").table("mentions")["label"].to_list()
    assert "citizen_id" not in labels


def test_a_registered_name_is_not_cut_out_of_a_longer_one(resolve: Resolve) -> None:
    clauses = ("举报，{}于三月冒领", "举报，{}称未收到", "查：{}与他人串通", "现{}，已核实")
    names = ["董飞", "何梅秀", "邓玉兰", "李国强", "王建华", "张丽娟", "陈志明", "周文闻", "孙志闻", "吴小闻"]
    registered = [
        {"citizen_id": citizen_id("19700101", 100 + i), "name": name} for i, name in enumerate(names)
    ]
    texts = [clause.format(name) for name in names for clause in clauses] + [clauses[0].format("董飞闻")]
    notes = [
        {"note_no": str(i), "text": text, "registered_date": date(2024, 1, 1)} for i, text in enumerate(texts)
    ]
    mentions = resolve(resident=registered, note=notes).table("mentions").filter(pl.col("label") == "person")
    found = mentions["text"].value_counts().rows()
    assert dict(found)["董飞"] == 4
    assert dict(found)["董飞闻"] == 1
    assert mentions.filter(text="董飞闻")["entity_id"].null_count() == 1
