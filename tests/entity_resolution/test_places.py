"""Divisions at the head of addresses, today's and former ones; roads and homes."""

from __future__ import annotations

import polars as pl
import pytest

from entity_resolution.normalize import addresses
from entity_resolution.normalize.places import locate
from jiwang.codes import divisions


@pytest.mark.parametrize(
    ("address", "code", "named"),
    [
        ("河南省南阳市宛城区桥岭街道", "411302", "河南省南阳市宛城区"),
        ("宛城区桥岭街道", "411302", "宛城区"),
        ("湖北襄樊襄阳县某路3号", "420607", "湖北襄樊襄阳县"),
        ("北京宣武区某胡同", "110102", "北京宣武区"),
        ("开封县某乡", "410212", "开封县"),
        ("鼓楼区中山路1号", None, ""),
        ("南京市鼓楼区中山路1号", "320106", "南京市鼓楼区"),
        ("桥岭街道", None, ""),
    ],
)
def test_an_address_begins_with_a_division(address: str, code: str | None, named: str) -> None:
    assert locate(address) == (code, len(named))


def test_every_successor_is_a_division_of_today() -> None:
    assert {now for _, now in divisions.history().values()} <= set(divisions.names())


def test_parts_of_addresses() -> None:
    said = [
        "河南省南阳市邓州市黄楼街道长江东路164号龙湖新城34号楼1单元2603室",
        "南阳市宛城区黄沟街道团结西路382号",
        None,
    ]
    rows = addresses.parts(pl.Series(said)).select("division", "town", "road", "home").rows()
    assert rows[0] == ("411381", "黄楼街道", "长江东路164", "湖新城#34-2603")
    assert rows[1] == ("411302", "黄沟街道", "团结西路382", None)
    assert rows[2] == (None,) * 4
