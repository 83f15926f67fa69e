"""A dialect that nothing here was written for, taken in by TOML alone: its mappings lie in ``dialect_d/``.

Four departments: a workbook with a title, merged headers and Excel's serial dates; text of fixed width in
UTF-16 under a dictionary; text parted by ``|+|`` with headers of pinyin initials and amounts in fen; a nested
document with capitals in 万元. Numbers of persons are computed here, 15 digits among them.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import polars as pl
import pytest

import ingest
from jiwang.codes.citizen import check_digit
from jiwang.config import Settings
from jiwang.progress import SilentProgress
from jiwang.workspace import Workspace

HERE = Path(__file__).parent
PEOPLE = 40
NAMES = "王李张刘陈杨黄赵吴周"
GIVEN = ("建国", "秀英", "伟", "丽华", "志强", "小红")
EPOCH = date(1899, 12, 30)
PAID = {"cg": "paid", "tp": "returned", "zh": "recovered"}


def number(i: int) -> str:
    first = f"330106{1950 + i % 40}{i % 12 + 1:02}{i % 28 + 1:02}{i * 7 % 1000:03}"
    return first + check_digit(first)


def old(i: int) -> str:
    """The number of 15 digits that was given before there were 18."""
    return number(i)[:6] + number(i)[8:17]


def name(i: int) -> str:
    return NAMES[i % 10] + GIVEN[i % 6]


def started(i: int) -> date:
    return date(2019, 1, 1) + timedelta(days=37 * i)


def card(i: int) -> str:
    return f"8{i:011}"


def workbook(path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["省社会保险参保人员花名册"])
    sheet.append(["GRBH", "SFZHM", "XM", "XB", "CSRQ", "XZ", "CBZT", "CBRQ", "DWMC", "LXDH"])
    for i in range(PEOPLE):
        own = old(i) if i % 5 == 0 else number(i)
        born = (date(1950 + i % 40, i % 12 + 1, i % 28 + 1) - EPOCH).days
        sheet.append(
            [
                f"P{i:06}",
                own,
                name(i),
                "男女"[i % 2],
                str(born),
                "职工养老" if i % 3 else "居民养老",
                "在保" if i % 4 else "停保",
                str((started(i) - EPOCH).days),
                f"第{i % 4}纺织有限公司",
                f"1380000{i:04}",
            ]
        )
    sheet.append(["合计", PEOPLE])
    book.save(path)


def register(path: Path) -> None:
    """Fixed width in characters: 18, 8, 1, 8, 10, 1, 8."""
    rows = [
        f"{number(i):<18}{name(i):<8}{1 + i % 2}{number(i)[6:14]}{f'H{i // 3:05}':<10}{int(i == 7)}"
        f"{'20240131' if i == 7 else '00000000'}"
        for i in range(PEOPLE)
    ]
    rows[5] = rows[5][:30]  # cut off
    path.write_bytes(("\r\n".join(rows) + "\r\n").encode("utf-16"))


def pensions(path: Path) -> None:
    lines = ["GRBH|+|XM|+|XZ|+|FFNY|+|FFJE|+|FFRQ|+|YHZH|+|FFZT"]
    for i in range(PEOPLE):
        for month in (1, 2, 3):
            cells = [
                f"P{i:06}",
                name(i),
                "ZGYL",
                f"2024{month:02}",
                str(310_050 + i * 100),
                f"2024{month:02}15",
                card(i),
                "tp" if (i + month) % 17 == 0 else "cg",
            ]
            lines.append("|+|".join(cells))
    lines[9] = lines[9].replace("202403", "2024??", 1)
    lines.append(lines[-1])  # sent twice
    path.write_bytes("\n".join(lines).encode("gb18030"))


def businesses(path: Path) -> None:
    data = [
        {
            "qymc": f"第{i}纺织有限公司",
            "zch": f"33010600000{i:04}",
            "fr": {"xm": name(i), "zjh": number(i)},
            "zczb": 50 + i,
            "clrq": f"201{i}年3月{i + 1}日",
            "zt": "在业" if i else "注销",
        }
        for i in range(4)
    ]
    path.write_text(
        json.dumps({"code": 0, "count": "4", "list": data}, ensure_ascii=False), encoding="utf-8-sig"
    )


DICTIONARY = """# 数据字典

## 人口（人口/RK.txt）
|列名|中文名|长度|说明|
|---|---|---|---|
|SFZ|公民身份号码|18||
|XM|姓名|8||
|XB|性别|1|1-男 2-女|
|CSRQ|出生日期|8||
|HH|户号|10||
|ZXBS|注销标识|1|0-否 1-是|
|ZXRQ|注销日期|8||

## 待遇（待遇/FF.txt）
|列名|中文名|说明|
|---|---|---|
|GRBH|个人编号||
|XM|姓名||
|XZ|险种|ZGYL=职工养老；JMYL=居民养老|
|FFNY|发放年月||
|FFJE|发放金额|单位：分|
|FFRQ|发放日期||
|YHZH|银行账号||
|FFZT|发放状态|cg=成功；tp=退票；zh=追回|
"""


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("d") / "raw"
    for part, write in (
        ("参保/CB.xlsx", workbook),
        ("人口/RK.txt", register),
        ("待遇/FF.txt", pensions),
        ("工商/QY.json", businesses),
    ):
        path = folder / part
        path.parent.mkdir(parents=True)
        write(path)
    (folder / "数据字典.md").write_text(DICTIONARY, encoding="utf-8")
    return folder


def taken(raw: Path, sources: Path, dialect: str, workspace: Path) -> tuple[dict, Workspace]:
    opened = Workspace.open(workspace, create=True)
    counts = ingest.run(
        opened,
        Settings(),
        region="d",
        dialect=dialect,
        source=raw,
        allow_unknown=False,
        progress=SilentProgress(),
        sources=sources,
    )
    return counts, opened


def check_truth(counts: dict, workspace: Workspace) -> None:
    def table(n: str) -> pl.DataFrame:
        return pl.read_parquet(workspace.table("records", n)).sort("source_row")

    assert counts["rows_read"] == counts["accepted"] + counts["quarantined"]
    assert counts["rules"] == {"bad_date": 1, "field_count": 1, "total_line": 1}
    assert counts["duplicates"] == 1
    enrolled = table("enrolment")
    assert enrolled["citizen_id"].to_list() == [number(i) for i in range(PEOPLE)]
    assert enrolled["birth_date"].to_list() == [
        date.fromisoformat(f"{number(i)[6:10]}-{number(i)[10:12]}-{number(i)[12:14]}") for i in range(PEOPLE)
    ]
    assert enrolled["start_date"].to_list() == [started(i) for i in range(PEOPLE)]
    assert set(enrolled["scheme"]) == {"employee_pension", "resident_pension"}
    assert set(enrolled["status"]) == {"active", "suspended"}
    people = table("resident")
    assert people["name"].to_list() == [name(i) for i in range(PEOPLE) if i != 5]
    assert people.filter(pl.col("cancelled") == "yes")["cancel_date"].to_list() == [date(2024, 1, 31)]
    paid = table("pension_payment").filter(pl.col("duplicate_of").is_null())
    assert paid["amount"].sum() == pytest.approx(sum(3 * (3100.5 + i) for i in range(PEOPLE)) - 3102.5)
    assert set(paid["pay_status"]) == {"paid", "returned"}
    firms = table("business")
    assert firms["capital"].to_list() == [(50 + i) * 10_000 for i in range(4)]
    assert firms["established_date"][2] == date(2012, 3, 3)
    assert firms["legal_person_id"].to_list() == [number(i) for i in range(4)]


def test_a_fourth_dialect_is_taken_in_by_toml_alone(raw, tmp_path):
    assert ingest.lint("dialect_d", HERE, raw) == []
    check_truth(*taken(raw, HERE, "dialect_d", tmp_path / "w"))


def test_its_mappings_can_be_drafted_from_its_files(raw, tmp_path):
    """What `source check` writes, untouched, brings the same records as the mappings that a person wrote."""
    from ingest.draft import check, toml

    folder = tmp_path / "sources" / "drafted"
    folder.mkdir(parents=True)
    (folder / "dialect.toml").write_text('ignore = ["*字典*"]', encoding="utf-8")
    for draft in check([raw]):
        (folder / f"{draft.name}.toml").write_text(toml(draft), encoding="utf-8")
    assert ingest.lint("drafted", tmp_path / "sources", raw) == []
    check_truth(*taken(raw, tmp_path / "sources", "drafted", tmp_path / "w"))
