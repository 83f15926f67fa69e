"""Wide rows: a column a month becomes a row a month, nothing is lost, and the account closes."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import handover, reading, repair
from ingest import wide as wide_rows
from ingest.account import Entry
from ingest.draft import check, toml
from ingest.lint import faults_of
from ingest.mapping import load
from jiwang.errors import MappingError
from jiwang.progress import SilentProgress

from .workbooks import workbook

PAID = """
id = "paid"
department = "税务局"
table = "contribution"
files = ["税务局/缴费*.csv"]
encoding = ["gb18030"]
business_key = ["person_no", "month"]

[columns]
"编号" = { field = "person_no" }
"姓名" = { field = "voucher_no" }
"月份" = { field = "month", dates = ["yyyy年M月"] }
"{月份}基数" = { field = "base" }
"{月份}缴费" = { field = "personal_amount", optional = true }
"""
HEADER = "编号,姓名,2023年01月基数,2023年01月缴费,2023年02月基数,2023年02月缴费"


@pytest.fixture
def wide(desk):
    desk.mappings = {"paid": PAID}
    return desk


def dialect(wide, text):
    (wide.root / "sources/m").mkdir(parents=True)
    (wide.root / "sources/m/paid.toml").write_text(text, encoding="utf-8")
    return load("m", wide.root / "sources")


def facts(told):
    """person, month, base, personal amount of each record, in order."""
    records = told.table("contribution").sort("person_no", "month")
    return list(records.select("person_no", "month", "base", "personal_amount").iter_rows())


def account(told):
    files = told.table("files").to_dicts()[0]
    assert files["rows_read"] == files["accepted"] + files["quarantined"]
    return files["rows_read"], files["accepted"], files["quarantined"]


def test_a_row_becomes_a_record_for_every_month_that_says_something(wide):
    wide.lay({"税务局/缴费2023.csv": [HEADER, "1,甲,5000,400,5100,408", "2,乙,,,4800,-", "3,丙,,/,,"]})
    told = wide.ingest()
    jan, feb = date(2023, 1, 1), date(2023, 2, 1)
    assert facts(told) == [("1", jan, 5000.0, 400.0), ("1", feb, 5100.0, 408.0), ("2", feb, 4800.0, None)]
    assert account(told) == (3, 3, 0)
    records = told.table("contribution")
    assert records["source_row"].to_list() == [1, 1, 2]
    assert records["record_id"].n_unique() == 3


def test_a_month_that_cannot_be_read_costs_no_other_and_the_row_is_quarantined_once(wide):
    wide.lay({"税务局/缴费2023.csv": [HEADER, "1,甲,5000,400,?!,408", "2,乙,a,1,b,2", "", "合计,,1,2,3,4"]})
    told = wide.ingest()
    assert [f[:3] for f in facts(told)] == [("1", date(2023, 1, 1), 5000.0)]
    assert told.broken == {1: "bad_number", 2: "bad_number", 3: "blank_line", 4: "total_line"}
    assert account(told) == (5, 1, 4)
    said = pl.read_parquet(told.workspace.table("quarantine", "quarantine"))["detail"]
    assert said[0] == "2023年02月: 2023年02月基数"
    assert "2023年01月" in said[1]
    assert "2023年02月" in said[1]


def test_the_year_stands_in_a_column_or_in_the_name_of_the_file(wide):
    text = PAID.replace('"月份" = { field = "month", dates = ["yyyy年M月"] }', "YEAR")
    for year, name, header, lead in (
        (
            '"时间" = { field = "month", join = ["年度", "月份"], between = "-" }',
            "缴费",
            "编号,姓名,年度",
            "1,甲,2022",
        ),
        (
            '"时间" = { field = "month", join = ["{period}", "月份"], between = "-" }',
            "缴费2022",
            "编号,姓名",
            "1,甲",
        ),
    ):
        files = ["税务局/缴费{yyyy}.csv"] if "period" in year else ["税务局/缴费.csv"]
        own = text.replace("YEAR", year).replace('["税务局/缴费*.csv"]', str(files).replace("'", '"'))
        wide.mappings = {"paid": own.replace("{月份}基数", "{月份}月").replace("{月份}缴费", "{月份}月个人")}
        wide.lay({f"税务局/{name}.csv": [header + ",1月,2月,12月", lead + ",10,,30"]})
        told = wide.ingest(workspace=name)
        assert [(m, b) for _, m, b, _ in facts(told)] == [(date(2022, 1, 1), 10.0), (date(2022, 12, 1), 30.0)]
        (wide.input / f"税务局/{name}.csv").unlink()


@pytest.mark.parametrize("rest", ["失业", "*"])
def test_headers_may_say_several_things_codes_among_them(wide, rest):
    columns = f"""
"编号" = {{ field = "person_no" }}
"险种" = {{ field = "scheme", codes = {{ "养老" = "employee_pension", "{rest}" = "unemployment" }} }}
"月份" = {{ field = "month", dates = ["yyyyMM"] }}
"{{险种}}{{月份}}" = {{ field = "base" }}
"""
    wide.mappings = {"paid": PAID.partition("[columns]")[0] + "[columns]" + columns}
    wide.lay({"税务局/缴费.csv": ["编号,养老202301,失业202301,养老202302", "1,10,20,30"]})
    told = wide.ingest()
    rows = told.table("contribution").select("scheme", "month", "base").sort("base")
    assert rows.rows() == [
        ("employee_pension", date(2023, 1, 1), 10.0),
        ("unemployment", date(2023, 1, 1), 20.0),
        ("employee_pension", date(2023, 2, 1), 30.0),
    ]


def test_a_long_text_is_no_header_and_takes_no_time(wide):
    (mapping,) = dialect(wide, PAID.replace("{月份}基数", "{月份}/{类}{级}基数")).mappings
    assert wide_rows.key("2023年01月/甲A基数", mapping) == "{月份}/{类}{级}基数".format(
        月份="2023年01月", 类="甲", 级="a"
    )
    assert wide_rows.key("1/" * 10_000, mapping) is None


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (HEADER + ",合计基数", "columns unknown: 合计基数"),
        ("编号,姓名,一,二", "no line names most of its columns"),
        (HEADER + ",2023年1月基数", None),
        (HEADER + ",2023年02月基数", "columns ambiguous: 2023年02月基数 (column 7, beside column 5)"),
        ("编号,姓名,2023年01月缴费", "columns missing: {月份}基数"),
    ],
)
def test_headers_that_do_not_fit_are_named(wide, header, said):
    wide.lay({"税务局/缴费.csv": [header, "1,甲" + ",5" * (header.count(",") - 1)]})
    if said is None:
        assert account(wide.ingest())[1] == 3
        return
    with pytest.raises(MappingError) as error:
        wide.ingest()
    assert said in error.value.problem


def test_a_workbook_with_merged_headers_a_column_of_codes_and_a_sheet_a_year(wide):
    text = PAID.replace('encoding = ["gb18030"]', 'format = { kind = "xlsx", header_rows = 2 }')
    text = (
        text.replace(".csv", ".xlsx")
        .replace("{月份}基数", "{月份}月/基数")
        .replace("{月份}缴费", "{月份}月/缴费")
    )
    year = '"时间" = { field = "month", join = ["{year}", "月份"] , between = "-"}'
    wide.mappings = {"paid": text.replace('"月份" = { field = "month", dates = ["yyyy年M月"] }', year)}
    sheets = {
        name: [
            [f"{name}年度缴费"],
            ["编号", "姓名", "1月", None, "2月", None],
            [None, None, "基数", "缴费", "基数", "缴费"],
            ["1", "甲", base, 1, None, None],
            ["2", "乙", base, 1, base + 1, 2],
        ]
        for name, base in (("2022年", 10), ("2023年度", 20))
    }
    wide.lay({"税务局/缴费.xlsx": workbook(**sheets)})
    told = wide.ingest()
    assert [(p, m.year, m.month, b) for p, m, b, _ in facts(told)] == [
        ("1", 2022, 1, 10.0), ("1", 2023, 1, 20.0), ("2", 2022, 1, 10.0), ("2", 2022, 2, 11.0),
        ("2", 2023, 1, 20.0), ("2", 2023, 2, 21.0),
    ]  # fmt: skip


def test_repeats_are_told_by_record_and_a_line_is_repaired_as_a_line(wide, tmp_path):
    lines = [HEADER, "1,甲,5000,400,x,408", "1,甲,5000,400,,", "2,乙,1,1,1,1"]
    wide.lay({"税务局/缴费.csv": lines})
    told = wide.ingest()
    before = set(told.table("contribution")["record_id"])
    assert told.counts["duplicates"] == 1
    out = tmp_path / "edit.csv"
    repair.export(told.workspace, out)
    edited = out.read_text("utf-8-sig").replace(
        f"{lines[1]},,", f'"{lines[1]}","{lines[1].replace("x", "5100")}",'
    )
    out.write_text(
        edited.replace(f'"{lines[1]}",,', f'"{lines[1]}","{lines[1].replace("x", "5100")}",'), "utf-8-sig"
    )
    assert repair.apply(told.workspace, out, who="李审计", why="原件") == {"税务局/缴费.csv": 1}
    again = wide.ingest()
    assert account(again) == (5, 5, 0)
    assert again.counts["repaired"] == {"税务局/缴费.csv": {"李审计": 1}}
    assert before < set(again.table("contribution")["record_id"])


def test_many_months_pass_in_pieces_and_come_to_the_same(wide, monkeypatch):
    rows = [f"{n},甲,{5000 + n},400,{5100 + n},408" for n in range(60)]
    lines = ["", *rows[:20], "1,甲", *rows[20:], rows[3].replace("408", "x"), "合计：61条", ""]
    wide.lay({"税务局/缴费.csv": [HEADER, *lines]})
    one = wide.ingest(workspace="one")
    monkeypatch.setattr(wide_rows, "AT_ONCE", 14)
    other = wide.ingest(workspace="other")
    assert (
        one.broken == other.broken == {1: "blank_line", 22: "field_count", 64: "total_line", 65: "blank_line"}
    )
    assert account(one) == account(other)
    told = [t.table("contribution").sort("record_id") for t in (one, other)]
    assert told[0].equals(told[1])
    assert (one.counts["warnings"], one.table("files")["control_total"].to_list()) == ([], [61])
    raws = [pl.read_parquet(t.workspace.table("quarantine", "raw")) for t in (one, other)]
    assert raws[0].equals(raws[1])


def test_a_total_that_is_a_sum_is_not_held_against_the_number_of_rows(wide):
    rows = ["1,甲,5000,400,5100,408", "2,乙,5000,400,,"]
    for total, warned in (
        ("合计,,10000,800,5100,408", False),
        ("合计,2,10000,800,5100,408", False),
        ("合计：3条", True),
    ):
        wide.lay({"税务局/缴费.csv": [HEADER, *rows, total]})
        warnings = wide.ingest().counts["warnings"]
        assert any("control total 3, but 2 rows counted" in w for w in warnings) == warned
        assert bool(warnings) == warned


def test_columns_that_slipped_are_told_in_wide_rows_too(wide):
    sound = [f"{1000 + n},甲{n},{5000 + n},{400 + n},{5100 + n},{408 + n}" for n in range(60)]
    slipped = [",1001,甲乙,5000,400,5100", "1002,,甲乙,5001,401,5101"]
    wide.lay({"税务局/缴费.csv": [HEADER, *sound, *slipped, "1,甲,5000"]})
    told = wide.ingest()
    assert told.broken == {61: "shifted", 62: "shifted", 63: "field_count"}
    assert account(told) == (123, 120, 3)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('"{月份}缴费"', '"{年}缴费"'), "'{年}缴费' has other braces than '{月份}基数'"),
        (('"月份" =', '"月" ='), "what stands at {月份} of wide columns is read by no column"),
        (('encoding = ["gb18030"]', 'format = "jsonl"'), "a wide column, and its format is jsonl"),
        (('"{月份}基数"', '"{月份}"'), None),
    ],
)
def test_lint_says_what_is_wrong_with_a_wide_mapping(wide, change, said):
    faults = faults_of(dialect(wide, PAID.replace(*change)))
    assert (said is None and not faults) or any(said in f and "paid.toml" in f for f in faults), faults


CELL = st.one_of(
    st.just(""), st.sampled_from(["-", "0", "12.5", "x", "８", "1,000"]), st.integers(0, 10**6).map(str)
)


@settings(max_examples=40)
@given(
    st.lists(st.lists(CELL, min_size=6, max_size=6), max_size=40),
    st.sampled_from(["|", "\t", ";"]),
)
def test_every_cell_comes_back_or_its_row_is_quarantined(tmp_path_factory, rows, delimiter):
    folder = tmp_path_factory.mktemp("wide")
    months = [f"2023年{m}月基数" for m in range(1, 7)]
    lines = [delimiter.join(["编号", "姓名", *months])]
    lines += [delimiter.join([f"P{n}", "甲", *cells]) for n, cells in enumerate(rows)]
    (folder / "in/税务局").mkdir(parents=True)
    (folder / "in/税务局/缴费.csv").write_bytes("".join(f"{x}\n" for x in lines).encode("gb18030"))
    (folder / "src/m").mkdir(parents=True)
    form = PAID.replace(
        'encoding = ["gb18030"]', f"encoding = ['gb18030']\nformat = {{ delimiter = '{delimiter}' }}"
    )
    (folder / "src/m/paid.toml").write_text(form, encoding="utf-8")
    [source] = handover.survey(folder / "in", load("m", folder / "src"), allow_unknown=False).sources
    entry, found, broken = Entry(source), {}, set()
    with SilentProgress().task("t", total=1) as task:
        for records, bad in reading.read(source, "r", entry, task):
            found |= {(p, m.month): b for p, m, b in records.select("person_no", "month", "base").iter_rows()}
            broken |= set(bad["source_row"])
    worth = {"x": None, "８": 8.0, "1,000": 1000.0}
    sent = {
        (f"P{n}", m): worth[c] if c in worth else float(c)
        for n, cells in enumerate(rows)
        for m, c in enumerate(cells, 1)
        if c not in ("", "-")
    }
    assert found == {place: value for place, value in sent.items() if value is not None}
    assert broken == {n + 1 for n, cells in enumerate(rows) if "x" in cells}
    assert entry.rows_read == entry.accepted + entry.quarantined == len(found) + len(broken)


SPOKEN = {
    "a column of years": (
        "个人编号,姓名,年度,1月,2月,3月",
        ["P{n},甲,2022,{a},{a},{b}", "P{n},甲,2023,{a},,"],
        "缴费明细",
    ),
    "the file's name": ("个人编号,姓名,1月,2月,3月", ["P{n},甲,{a},{a},{b}"], "缴费明细2022"),
    "numerals": ("个人编号,姓名,一月,十月,十一月", ["P{n},甲,{a},,{b}"], "缴费明细2022"),
    "the header": ("个人编号,姓名,2022年11月,2022年12月,2023年1月", ["P{n},甲,{a},{a},{b}"], "缴费明细"),
    "digits": ("个人编号,姓名,202211,202212,202301", ["P{n},甲,{a},,{b}"], "缴费明细"),
    "two a month": (
        "个人编号,姓名,202211基数,202212基数,202301基数,202211个人缴费,202212个人缴费,202301个人缴费",
        ["P{n},甲,{a},{b},{a},1.5,2.5,"],
        "缴费明细",
    ),
}


@pytest.mark.parametrize("how", SPOKEN)
def test_a_draft_of_a_wide_file_reads_it_untouched(wide, how):
    header, shapes, stem = SPOKEN[how]
    rows = [s.format(n=n, a=3000 + n, b=4000 + n) for n in range(40) for s in shapes]
    name = f"税务局/{stem}.csv"
    wide.lay({name: [header, *rows]})
    (draft,) = check([wide.input / name], root=wide.input)
    assert draft.table == "contribution"
    wide.mappings = {"contribution": toml(draft)}
    told = wide.ingest()
    years = ["2022", "2023"] if "年度" in header else ["2022"]
    sent = []
    for row in rows:
        cells = dict(zip(header.split(","), row.split(","), strict=True))
        year = cells.get("年度", years[0])
        for column, text in cells.items():
            if text and (column[0].isdigit() or column[-1] == "月") and "个人" not in column:
                plain = column.replace("十一", "11").replace("十", "10").replace("一", "1")
                digits = plain.replace("基数", "").replace("年", " ").replace("月", "").split()
                month = digits[-1] if len(digits[-1]) < 6 else digits[-1][4:]
                own = digits[0][:4] if len(digits[0]) > 3 else year
                sent.append((cells["个人编号"], date(int(own), int(month), 1), float(text)))
    assert sorted(f[:3] for f in facts(told)) == sorted(sent)
    if how == "two a month":
        assert {f[3] for f in facts(told)} == {1.5, 2.5, None}


def test_files_of_several_years_share_the_draft_and_what_it_cannot_know_is_said(wide):
    for year in (2022, 2023):
        header = ",".join(["个人编号,姓名", *(f"{year}年{m}月缴费" for m in range(1, 13))])
        wide.lay({f"税务局/社保缴费{year}.csv": [header, *(f"P{n},甲" + ",12.5" * 12 for n in range(30))]})
    (draft,) = check([wide.input], root=wide.input)
    assert draft.sample.columns.keys() == {"个人编号", "姓名", "月份", "{月份}缴费"}
    assert draft.sample.rows == 2 * 30 * 12
    wide.lay(
        {"税务局/缴费明细.csv": ["个人编号,姓名,1月,2月,3月", *(f"P{n},甲,5000,,5100" for n in range(30))]}
    )
    (one,) = check([wide.input / "税务局/缴费明细.csv"], root=wide.input)
    assert any("its months have no year" in note for note in one.sample.notes)
