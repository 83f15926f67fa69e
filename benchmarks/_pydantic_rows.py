"""What `jiwang ingest` does with the settlements, as one would write it with pydantic, a model a row.

The same work: decoding, header mapping, spaces and full-width characters, citizen ids (15 digits, check
digit, day of birth, division), days and times of several styles, code tables, fen to yuan, verdicts on
doubtful fields, quarantine by rule, ids of records by SHA-256, repeats by business key, Parquet, counts of
quality. Written to be quick: spaces go once a row, what repeats (days) is read once, plain texts have no
validator of their own, and the checked rows are written and counted by polars.

Left out, to the peer's gain: columns that slipped, mojibake other than a few telling words, several encodings
in one file, quotes over lines, bounded memory, resuming, the deltas of a day.
"""

from __future__ import annotations

import csv
import hashlib
import re
import time
import unicodedata
from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import polars as pl
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo

from jiwang.codes import divisions

SEX = {"男": "male", "女": "female"}
SCHEME = {"1": "employee_medical", "2": "resident_medical"}
VISIT = {"11": "outpatient", "21": "inpatient", "41": "pharmacy"}
CREDENTIAL = {"1": "e_credential", "2": "id_card"}
_CHECKS, _WEIGHTS = "10X98765432", (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_WHOLE, _OLD = re.compile(r"[0-9]{17}[0-9X]"), re.compile(r"[0-9]{15}")
_MASK = re.compile(r"[0-9]{2,}[0-9*]*\*[0-9*]*[0-9X*]")
_NOISE = re.compile(r"[\s'’‘`\"“”\u200b-\u200f\u2060\ufeff]")
_DAYS = (
    re.compile(r"([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日?"),
    re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})"),
    re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})"),
)
_UNSET = {"00000000", "0000-00-00", "0001-01-01", "1899-12-30", "99991231", "99999999", "9999-12-31"}
_DRESS = re.compile(r"[,\s¥$'\"=]|RMB|CNY")
_TOTAL = re.compile(r"(?:本页|全部|记录)?(?:合|总|小|共|累)\s*计")
_SUSPECT = (
    "锟斤拷",
    "烫烫",
    "屯屯",
    "??",
    "？？",
    "\ufffd",
    "测试",
    "示例",
    "样例",
    "演示",
    "test",
    "demo",
    "xxx",
)
_HEAD = hashlib.sha256("\x1f".join(("record", "bench", "settlement.csv", "")).encode())


def _say(info: ValidationInfo, verdict: str) -> None:
    """Note a verdict on a field: a doubtful value is kept, and its row accepted."""
    info.context.append(f"{info.field_name}:{verdict}")  # type: ignore[union-attr]


def _key(text: str) -> str:
    return re.sub(r"^=?['\"]?(.*?)\"?$", r"\1", text) if text[0] in "'=" else text


@cache
def _divisions() -> frozenset[str]:
    return frozenset(f"{code:06}" for code in divisions.known_codes().nonzero()[0])


def _citizen(text: str, info: ValidationInfo) -> str:
    if not _WHOLE.fullmatch(text):
        text = _NOISE.sub("", unicodedata.normalize("NFKC", text)).upper()
        if _OLD.fullmatch(text):
            text = f"{text[:6]}19{text[6:]}"
            _say(info, "upgraded")
            return text + _CHECKS[sum(int(d) * w for d, w in zip(text, _WEIGHTS, strict=True)) % 11]
        if not _WHOLE.fullmatch(text):
            _say(info, "masked" if _MASK.fullmatch(text) else "format")
            return text
    if _day(text[6:14])[0] is None:
        _say(info, "date")
    elif _CHECKS[sum(int(d) * w for d, w in zip(text[:17], _WEIGHTS, strict=True)) % 11] != text[17]:
        _say(info, "checksum")
    elif text[:6] not in _divisions():
        _say(info, "region")
    elif text[14:17] == "000":
        _say(info, "sequence")
    return text


@cache
def _day(text: str) -> tuple[date | None, str]:
    """Return a day, and what is to be said of it: few distinct days occur in a file."""
    if text in _UNSET:
        return None, "sentinel"
    for number, style in enumerate(_DAYS):
        if found := style.fullmatch(text):
            year, month, day = map(int, found.groups())
            try:
                return date(year, month, day), "style" if number else ""
            except ValueError:
                break
    return None, "bad_date"


def _date(text: str, info: ValidationInfo) -> date | None:
    found, verdict = _day(text)
    if verdict:
        _say(info, verdict)
    return found


def _moment(text: str, info: ValidationInfo) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        found = _date(text, info)
        return datetime(found.year, found.month, found.day) if found else None  # noqa: DTZ001 - local times


def _coded(table: Mapping[str, str]) -> BeforeValidator:
    def read(text: str, info: ValidationInfo) -> str | None:
        code = table.get(text)
        if code is None:
            plain = unicodedata.normalize("NFKC", text).strip("'\" ").upper().removesuffix(".0").lstrip("0")
            code = table.get(plain or "0")
            if code is None:
                _say(info, "unknown_code")
        return code

    return BeforeValidator(read)


def _yuan(text: str, info: ValidationInfo) -> float | None:
    try:
        fen = float(text)
    except ValueError:
        try:
            fen = float(_DRESS.sub("", unicodedata.normalize("NFKC", text)))
        except ValueError:
            _say(info, "bad_number")
            return None
    if fen < 0:
        _say(info, "negative")
    return round(fen * 0.01, 4)


Text = str | None
Key = Annotated[str | None, BeforeValidator(_key)]
Day = Annotated[date | None, BeforeValidator(_date)]
Yuan = Annotated[float | None, BeforeValidator(_yuan)]


class Settlement(BaseModel):
    """One row: by the file's headers into fields of their types."""

    model_config = ConfigDict(extra="ignore")

    settlement_no: Key = Field(None, alias="结算编号")
    visit_no: Text = Field(None, alias="就诊编号")
    person_no: Key = Field(None, alias="人员编号")
    citizen_id: Annotated[str | None, BeforeValidator(_citizen)] = Field(None, alias="证件号码")
    name: Text = Field(None, alias="姓名")
    sex: Annotated[str | None, _coded(SEX)] = Field(None, alias="性别")
    ethnicity: Text = Field(None, alias="民族")
    birth_date: Day = Field(None, alias="出生日期")
    insured_pool: Text = Field(None, alias="参保区划")
    visit_pool: Text = Field(None, alias="就医区划")
    scheme: Annotated[str | None, _coded(SCHEME)] = Field(None, alias="险种")
    visit_type: Annotated[str | None, _coded(VISIT)] = Field(None, alias="医疗类别")
    clinic_code: Key = Field(None, alias="机构编码")
    clinic_name: Text = Field(None, alias="机构名称")
    start_date: Day = Field(None, alias="开始日期")
    end_date: Day = Field(None, alias="结束日期")
    settled_at: Annotated[datetime | None, BeforeValidator(_moment)] = Field(None, alias="结算时间")
    diagnosis_code: Text = Field(None, alias="诊断编码")
    diagnosis_name: Text = Field(None, alias="诊断名称")
    terminal: Annotated[str | None, BeforeValidator(str.upper)] = Field(None, alias="终端")
    doctor_code: Text = Field(None, alias="医师")
    credential: Annotated[str | None, _coded(CREDENTIAL)] = Field(None, alias="凭证")
    person_type: Text = Field(None, alias="人员类别")
    total_amount: Yuan = Field(None, alias="总额")
    fund_amount: Yuan = Field(None, alias="基金")
    account_amount: Yuan = Field(None, alias="账户")
    cash_amount: Yuan = Field(None, alias="现金")
    self_amount: Yuan = Field(None, alias="自费")
    balance: Yuan = Field(None, alias="余额")


_TYPES = {
    **dict.fromkeys(Settlement.model_fields, pl.String),
    **dict.fromkeys(("birth_date", "start_date", "end_date"), pl.Date),
    "settled_at": pl.Datetime("us"),
    **{n: pl.Float64 for n in Settlement.model_fields if n.endswith("_amount") or n == "balance"},
    "record_id": pl.String,
    "source_row": pl.Int64,
    "verdicts": pl.List(pl.String),
}


def checked(values: dict[str, str]) -> dict[str, Any]:
    """Return one row's fields, typed, with its verdicts; ``values`` are stripped texts by header."""
    verdicts: list[str] = []
    row = Settlement.model_validate(values, context=verdicts).__dict__
    row["verdicts"] = verdicts
    return row


def _by_its_words(row: list[str], header: list[str]) -> str | None:
    """Return the rule that breaks a row before its values are looked at."""
    if not any(row):
        return "blank_line"
    if row == header:
        return "repeated_header"
    if _TOTAL.match(row[0]) and sum(map(bool, row)) <= 4:
        return "total_line"
    if len(row) != len(header):
        return "field_count"
    line = ",".join(row).lower()
    if any(word in line for word in _SUSPECT) and sum(any(w in c for w in _SUSPECT) for c in row) * 2 >= 30:
        return "placeholder"
    return None


def ingested(raw: Path, folder: Path, most: int) -> tuple[float, int, Counter[str]]:
    """Return CPU seconds, rows read and rules of taking in the first ``most`` rows of a file."""
    started = time.process_time()
    good: list[dict[str, Any]] = []
    broken: list[tuple[int, str]] = []
    with raw.open(encoding="gb18030", newline="") as handle:
        rows = csv.reader(handle)
        header = next(rows)
        for number, cells in enumerate(rows, 1):
            row = [c.strip() for c in cells]
            rule = _by_its_words(row, header)
            if rule is None:
                told = checked({n: c for n, c in zip(header, row, strict=True) if c})
                if told["settlement_no"] is None:
                    rule = "missing_key"
                elif told["settled_at"] is None:
                    rule = "bad_date"
                elif told["total_amount"] is None:
                    rule = "bad_number"
            if rule:
                broken.append((number, rule))
            else:
                digest = _HEAD.copy()
                digest.update(str(number).encode())
                told["record_id"], told["source_row"] = "r" + digest.hexdigest()[:20], number
                good.append(told)
            if number == most:
                break
    _published(good, broken, folder)
    return time.process_time() - started, number, Counter(rule for _, rule in broken)


def _published(good: list[dict[str, Any]], broken: list[tuple[int, str]], folder: Path) -> None:
    """Mark repeats, write both tables, count the quality of every field."""
    first: dict[str, tuple[str, tuple[Any, ...]]] = {}
    marks: dict[str, tuple[str, str]] = {}
    own = {"record_id", "source_row", "verdicts"}
    for row in good:
        told = tuple(v for n, v in row.items() if n not in own)
        before = first.setdefault(row["settlement_no"], (row["record_id"], told))
        if before[0] == row["record_id"]:
            continue
        if before[1] == told:
            marks[row["record_id"]] = ("duplicate_of", before[0])
        else:
            marks[before[0]] = ("superseded_by", row["record_id"])
            first[row["settlement_no"]] = (row["record_id"], told)
    for name in ("duplicate_of", "superseded_by"):
        for row in good:
            kind, other = marks.get(row["record_id"], ("", ""))
            row[name] = other if kind == name else None
    frame = pl.DataFrame(good, schema={**_TYPES, "duplicate_of": pl.String, "superseded_by": pl.String})
    frame.write_parquet(folder / "settlement.parquet", compression="zstd")
    pl.DataFrame(broken, schema={"source_row": pl.Int64, "rule": pl.String}, orient="row").write_parquet(
        folder / "quarantine.parquet"
    )
    every = pl.col(*Settlement.model_fields)
    frame.select(every.count().name.suffix("_filled"), every.approx_n_unique().name.suffix("_distinct"))
    frame["verdicts"].explode(empty_as_null=True, keep_nulls=True).value_counts()
