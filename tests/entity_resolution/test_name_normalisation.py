from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from entity_resolution.normalize import addresses, names
from entity_resolution.normalize.employers import OrganisationNames, bracketed_regions

HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=2, max_size=5)


def key(name: str) -> str | None:
    return names.keys(pl.Series([name]))[0]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("欧　阳飞", "欧阳飞"),
        ("阿依古丽•买买提", "阿依古丽·买买提"),
        ("阿依古丽．买买提", "阿依古丽‧买买提"),
        ("赵大年（已故）", "赵大年"),
        ("劉麗華", "刘丽华"),
        ("王\ue863", "王䶮"),
        ("莫YAN", "莫?"),
        ("陈□", "陈？"),
    ],
)
def test_ways_of_writing_share_a_key(written: str, meant: str) -> None:
    assert key(written) == key(meant)


@given(HAN)
def test_a_key_is_its_own_key(name: str) -> None:
    assert key(key(name) or "") == key(name)


@given(HAN, HAN)
def test_likeness_is_symmetric(a: str, b: str) -> None:
    assert names.likeness(a, b) == names.likeness(b, a)


@pytest.mark.parametrize(
    ("a", "b", "alike"),
    [
        ("余秀玉", "余秀玉", names.EXACT),
        ("陈?芳", "陈丽芳", names.WRITING),
        ("阿依古丽", "阿依古丽买买提", names.WRITING),
        ("张丽芳", "章莉方", names.SOUND),
        ("余秀玉", "佘秀玉", names.SHAPE),
        ("王志海", "王海志", names.SHAPE),
        ("王丽", "李娜", names.OTHER),
        ("王?", "王丽芳", names.OTHER),
    ],
)
def test_likeness_tells_writing_sound_and_shape_apart(a: str, b: str, alike: float) -> None:
    assert names.likeness(a, b) == alike


ORGANISATIONS = OrganisationNames(bracketed_regions(["安盛（南阳）物流有限公司"]))


@pytest.mark.parametrize(
    "variant",
    [
        "南阳安盛物流有限责任公司",
        "安盛(南阳)物流有限公司",
        "安盛物流（南阳）有限公司",
        "南阳市安盛物流有限公司",
    ],
)
def test_one_firm_has_one_full_name(variant: str) -> None:
    assert ORGANISATIONS.parts(variant)[:3] == ("南阳", "安盛物流", "有限")


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("南阳安盛物流有限公司城区分公司", ("南阳", "安盛物流", "有限", "城区分公司")),
        ("南阳安盛物流股份有限公司", ("南阳", "安盛物流", "股份", "")),
        ("南阳安盛物流", ("南阳", "安盛物流", "", "")),
        ("安盛物流有限司", ("", "安盛物流", "有限", "")),
        ("郑州安盛物流有限公司", ("郑州", "安盛物流", "有限", "")),
    ],
)
def test_parts_of_a_name(name: str, parts: tuple[str, str, str, str]) -> None:
    assert ORGANISATIONS.parts(name) == parts


def test_one_home_has_one_key_however_it_is_written() -> None:
    written = [
        "河南省某县红河街道和平街93号阳光新城37号楼1单元604室",
        "红河阳光新城37-1-604",
        "阳光新城37栋604",
    ]
    assert addresses.keys(pl.Series(written))["home"].n_unique() == 1


def test_neighbours_have_different_homes() -> None:
    written = ["清河乡河岭村5组98号", "清河乡河岭村5组89号"]
    keyed = addresses.keys(pl.Series(written))
    assert keyed["home"].n_unique() == 2
    assert keyed["place"].n_unique() == 1
