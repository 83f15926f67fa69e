"""Drafts: what `source check` makes of a file that nobody has mapped, and what it leaves a person to say."""

from __future__ import annotations

import json
import tomllib
from fnmatch import fnmatchcase
from pathlib import Path

import polars as pl
import pytest

import ingest
from app.cli import main
from ingest import handover
from ingest.draft import check, toml
from ingest.draft.dictionary import read
from ingest.mapping import load
from ingest.periods import fits
from jiwang.codes.citizen import check_digit
from jiwang.config import Settings
from jiwang.errors import SourceError
from jiwang.progress import SilentProgress
from jiwang.workspace import Workspace

from .workbooks import workbook

FIRST = [f"41130219{50 + i}0{i % 9 + 1}1{i % 9}{100 + i}" for i in range(30)]
IDS = [f + check_digit(f) for f in FIRST]
LOANS = [
    "读者姓名,身份证号,借阅时间,馆名,类别",
    *(f"张建国,{i},2024-03-02 10:15:00,城西分馆,T9" for i in IDS),
]


def laid(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode("gb18030"))
    return path


def drafted(tmp_path: Path, content: str | bytes, name: str = "文旅/生存轨迹202403.csv", **options):
    (one,) = check([laid(tmp_path, name, content)], **options)
    return one


def fields(draft) -> dict[str, str]:
    return {g.column: g.match.field for g in draft.guesses if g.match}


def test_a_draft_is_a_mapping_and_shows_nobody(tmp_path):
    draft = drafted(tmp_path, "\n".join(LOANS))
    text = toml(draft)
    mapping = tomllib.loads(text)
    assert (mapping["table"], mapping["files"]) == ("life_trace", ["文旅/生存轨迹*.csv"])
    assert mapping["columns"]["借阅时间"] == {"field": "occurred_at", "dates": ["yyyy-MM-dd HH:mm:ss"]}
    assert mapping["codes"]["trace_type"] == {"T9": "TODO"}
    assert not any(i in text for i in IDS)
    assert "张建国" not in text
    assert any("T9" in todo for todo in draft.todo)


def test_values_tell_a_column_whose_name_says_nothing(tmp_path):
    named = "\n".join(LOANS).replace("身份证号", "ZD7")
    assert fields(drafted(tmp_path, named))["ZD7"] == "citizen_id"


def test_a_dictionary_names_columns_and_codes(tmp_path):
    rows = [
        "|字段|名称|说明|",
        "|---|---|---|",
        "|C1|姓名||",
        "|C2|证件号码||",
        "|C3|发生时间||",
        "|C4|地点||",
    ]
    rows += ["|C5|轨迹类型|见代码表 GJ|", "", "- **GJ 类别**：T9=图书馆；T1=公交"]
    laid(tmp_path, "数据字典.md", "\n".join(["## 生存轨迹", "", *rows]))
    draft = drafted(tmp_path, "\n".join(["C1,C2,C3,C4,C5", *LOANS[1:]]))
    assert list(fields(draft).values()) == ["name", "citizen_id", "occurred_at", "place", "trace_type"]
    assert {c.raw: c.canonical for c in draft.guesses[-1].codes} == {"T9": "culture", "T1": "bus"}
    assert draft.todo == []


@pytest.mark.parametrize("mark", ["|", "\t", "|+|", ";", "^"])
@pytest.mark.parametrize("codec", ["gb18030", "utf-8-sig", "utf-16"])
def test_delimiter_and_encoding_are_found(tmp_path, mark, codec):
    draft = drafted(tmp_path, "\r\n".join(LOANS).replace(",", mark).encode(codec))
    assert draft.sample.layout == {"kind": "csv", "delimiter": mark}
    assert draft.sample.encoding == codec.removesuffix("-sig")
    assert len(fields(draft)) == 5


def test_lines_of_two_encodings(tmp_path):
    lines = [line.encode("utf-8" if i < 20 else "gb18030") for i, line in enumerate(LOANS)]
    draft = drafted(tmp_path, b"\n".join(lines))
    assert tomllib.loads(toml(draft))["encoding"] == ["utf-8", "gb18030"]


def test_files_of_one_name_but_for_their_dates_share_a_draft(tmp_path):
    for month in ("202401", "202402"):
        laid(tmp_path, f"文旅/生存轨迹{month}.csv", "\n".join(LOANS))
    (draft,) = check([tmp_path])
    assert draft.sample.rows == 60


def test_columns_grown_without_a_header(tmp_path):
    grown = [f"{line},13800001234" for line in LOANS[1:]]
    draft = drafted(tmp_path, "\n".join([*LOANS, *grown]))
    assert draft.sample.layout["layouts"] == [[*LOANS[0].split(","), "_6"]]
    assert fields(draft)["_6"] == "phone"
    assert tomllib.loads(toml(draft))["columns"]["_6"]["optional"] is True


def test_a_list_in_json_that_is_a_table_of_its_own(tmp_path):
    item = {"med_list_codg": "X1", "med_list_name": "甲片", "cnt": "2", "det_item_fee_sumamt": "9.50"}
    record = {"psn_name": "张建国", "setl_time": "2024-03-02 10:15:00", "medfee_sumamt": "20.00"}
    lines = [
        json.dumps(
            {"setl_id": f"S{i}", **record, "fees": [{"feedetl_sn": f"{i}-{n}", **item} for n in range(3)]}
        )
        for i in range(20)
    ]
    laid(tmp_path, "raw/医保局/结算.jsonl", "\n".join(lines))
    folder = tmp_path / "sources" / "m"
    folder.mkdir(parents=True)
    for draft in check([tmp_path / "raw"]):
        (folder / f"{draft.name}.toml").write_text(toml(draft), encoding="utf-8")
    assert sorted(p.stem for p in folder.iterdir()) == ["settlement", "settlement_item"]
    workspace = Workspace.open(tmp_path / "w", create=True)
    told = ingest.run(
        workspace,
        Settings(),
        region="m",
        dialect="m",
        source=tmp_path / "raw",
        allow_unknown=False,
        progress=SilentProgress(),
        sources=tmp_path / "sources",
    )
    assert told["accepted"] == 80
    items = pl.read_parquet(workspace.table("records", "settlement_item"))
    assert set(items["settlement_no"]) == {f"S{i}" for i in range(20)}
    assert items["amount"].sum() == 60 * 9.5


def test_a_header_of_two_rows(tmp_path):
    rows = [
        ["失业金发放", "", "", "", "", ""],
        ["姓名", "单位", "", "待遇", "", ""],
        ["", "名称", "编号", "发放年月", "发放金额", "发放日期"],
    ]
    for i in range(20):
        rows.append(["张建国", f"第{i}纺织有限公司", f"33{i:06}", "202401", f"{1600 + i}.00", "2024-02-10"])
    draft = drafted(tmp_path, workbook(Sheet1=rows), "人社/失业金.xlsx")
    assert draft.sample.layout == {"kind": "xlsx", "header_rows": 2}
    told = fields(draft)
    found = (told["单位/名称"], told["单位/编号"], told["待遇/发放金额"])
    assert found == ("employer_name", "employer_no", "amount")


def test_brackets_in_names_are_no_patterns(tmp_path):
    for place in ("青田县", "缙云县"):
        laid(tmp_path, f"[新]文旅/{place}[轨迹].csv", "\n".join(LOANS))
    laid(tmp_path, '[新]文旅/说明[1] "新".md', "| 列 | 说明 |\n|---|---|\n| 馆名 | 地点 |\n| 类别 | 种类 |\n")
    out = tmp_path.parent / f"{tmp_path.name}-out" / "x"
    assert main(["source", "check", str(tmp_path), "--out", str(out)]) == 0
    dialect = load("x", out.parent)
    (mapping,) = dialect.mappings
    for path in (tmp_path / "[新]文旅").iterdir():
        name = path.relative_to(tmp_path).as_posix()
        assert (fits(mapping.files, name) is not None) == (path.suffix == ".csv")
        assert handover._is_document(name, dialect) == (path.suffix == ".md")


def test_headers_of_several_lines_stand_in_no_comment(tmp_path):
    head = ["读者\n姓名", "身份证号", "借阅\n时间", "馆名", "类\n别\x7f", "备注\nid = 1"]
    said = ["2024-03-02 10:15:00", "城西分馆"]
    rows = [["张建国", i, *said, "火车" if n % 2 else "气球", f"x{n}"] for n, i in enumerate(IDS)]
    draft = drafted(tmp_path, workbook(Sheet1=[head, *rows]), "文旅/生存轨迹.xlsx")
    mapping = tomllib.loads(toml(draft))
    assert mapping["ignore_columns"] == ["备注\nid = 1"]
    assert mapping["columns"]["读者\n姓名"] == {"field": "name"}
    assert mapping["codes"]["trace_type"]["火车"] == "rail"
    assert len([line for line in toml(draft).split("\n") if line.startswith("# TODO")]) == 2


@pytest.mark.parametrize("order", [("1", "2"), ("2", "1")])
def test_a_workbook_of_one_sheet_and_one_of_two_share_a_draft(tmp_path, order):
    rows = [line.split(",") for line in LOANS]
    for month, titles in zip(order, (["甲"], ["一队", "二队"]), strict=True):
        laid(tmp_path, f"文旅/轨迹20240{month}.xlsx", workbook(**dict.fromkeys(titles, rows)))
    (draft,) = check([tmp_path])
    assert draft.sample.rows == 3 * 30
    assert {"*", "一队", "二队"} == set(draft.sample.layout["sheets"])


def test_files_of_one_name_but_for_their_places_share_a_draft_and_those_of_other_kinds_do_not(tmp_path):
    for name in ("青田县_轨迹", "缙云县_轨迹", "龙泉市_轨迹"):
        laid(tmp_path, f"文旅/{name}.csv", "\n".join(LOANS))
    for name in ("轨迹_公交", "轨迹_铁路"):
        laid(tmp_path, f"大数据/{name}.csv", "\n".join(LOANS))
    drafts = check([tmp_path])
    globs = [g for d in drafts for g in tomllib.loads(toml(d))["files"]]
    assert globs == ["大数据/轨迹_公交*.csv", "大数据/轨迹_铁路*.csv", "文旅/*_轨迹*.csv"]
    assert [d.sample.rows for d in drafts] == [30, 30, 90]


@pytest.mark.parametrize(
    ("days", "style", "said"),
    [
        ("{d:02}/03/2024", "d/M/yyyy", False),
        ("3/{d}/2024", "M/d/yyyy", False),
        ("0{m}/05/2024", "M/d/yyyy", True),
    ],
)
def test_days_and_months_are_told_by_those_above_twelve(tmp_path, days, style, said):
    rows = [f"张建国,{i},{days.format(d=n % 28 + 1, m=n % 9 + 1)},城西分馆,T9" for n, i in enumerate(IDS)]
    draft = drafted(tmp_path, "\n".join([LOANS[0], *rows]))
    guess = next(g for g in draft.guesses if g.match and g.match.field == "occurred_at")
    assert guess.dates == [style]
    assert any("does the month stand first" in why for why in guess.why) == said


def test_what_sheets_are_called_is_a_code_of_their_rows(tmp_path):
    head = ["个人编号", "单位编号", "费款所属期", "缴费基数", "个人应缴"]
    rows = [head, *([f"P{n:06}", "D0001", "2024-03", 5000 + n, 400] for n in range(40))]
    laid(tmp_path, "税务/缴费明细.xlsx", workbook(养老保险=rows, 失业保险=rows))
    (draft,) = check([tmp_path])
    mapping = tomllib.loads(toml(draft))
    assert mapping["columns"]["sheet"] == {"field": "scheme", "codes": "scheme", "join": ["{sheet}"]}
    assert "scheme" in mapping["business_key"]
    assert not any("{sheet}" in todo for todo in draft.todo)


def test_a_draft_takes_the_place_of_the_one_before_and_of_no_other(tmp_path, capsys):
    laid(tmp_path / "in", "文旅/生存轨迹202403.csv", "\n".join(LOANS))
    out = tmp_path / "mine" / "x"
    said = ["source", "check", str(tmp_path / "in"), "--out", str(out)]
    assert main(said) == 0
    text = (out / "life_trace.toml").read_text("utf-8").replace('files = ["', 'files = ["文旅/旧/*.csv", "')
    (out / "life_trace.toml").rename(out / "life_trace_2.toml").write_text(text, encoding="utf-8")
    (out / "own.toml").write_text('id = "own"\nfiles = ["文旅/*.csv"]\n', encoding="utf-8")
    capsys.readouterr()
    assert main(said) == 2
    assert "life_trace_2.toml is there already" in capsys.readouterr().err
    assert main([*said, "--force"]) == 0
    assert "life_trace_2.toml is gone" in capsys.readouterr().out
    assert sorted(p.name for p in out.iterdir()) == ["dialect.toml", "life_trace.toml", "own.toml"]


def test_a_file_without_rows(tmp_path):
    with pytest.raises(SourceError, match="the file is empty"):
        drafted(tmp_path, "")


def test_code_tables_of_every_shape(tmp_path):
    lines = [
        "## 附录",
        "性别代码：1-男 2-女",
        "",
        "### 状态",
        "|代码|含义|",
        "|--|--|",
        "|01|正常|",
        "|02|注销|",
    ]
    lines += ["", "XZ 险种：110=养老；210=失业"]
    book = read(laid(tmp_path, "字典.md", "\n".join(lines).encode()))
    assert book.codes["性别代码"] == {"1": "男", "2": "女"}
    assert book.codes["状态"] == {"01": "正常", "02": "注销"}
    assert book.codes["XZ 险种"] == {"110": "养老", "210": "失业"}


@pytest.mark.inbox
def test_the_customers_hand_over_is_drafted_as_it_was_mapped_by_hand(inbox):
    """Every table, every column and every code that rows bear, from the files and their dictionary alone."""
    ours = load("a")
    for draft in check([inbox / "region_a"]):
        mapping = next(m for m in ours.mappings if any(fnmatchcase(draft.sample.name, g) for g in m.files))
        assert draft.table == mapping.table
        told = fields(draft)
        assert told == {c: told[c] for c in told if mapping.columns[c].field == told[c]}
        assert len(told) >= len(mapping.columns) - 1  # a list of objects in JSON is put together by hand
        for guess in draft.guesses:
            known = mapping.code_table(mapping.columns[guess.column]) if guess.codes else {}
            assert {c.raw: c.canonical for c in guess.codes if c.rows} == {
                c.raw: known[c.raw] for c in guess.codes if c.rows
            }
