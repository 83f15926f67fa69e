"""Data dictionaries: what a department says of its columns and codes, read from Markdown, text, CSV or XLSX.

No two are laid out alike, so little is asked of one: a table whose header names a column for the fields, and
somewhere lines such as ``SEX 性别：1=男；2=女``. Where it is wrong the files decide: it is evidence, no more.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ingest.draft.sample import decoded
from ingest.raw import SPACE

_FIELD = re.compile(
    r"^(字段|字段名|字段名称|列名|列|英文名|字段代码|数据项|数据项代码|标识符|field|column|代码项|字段标识)$",
    re.I,
)
_TITLE = re.compile(
    r"^(名称|中文名|中文名称|含义|字段含义|字段说明|数据项名称|title|meaning|name|中文|汉字名)$", re.I
)
_WIDTH = re.compile(r"^(长度|宽度|字节|字节数|位数|width|length|len)$", re.I)
_PAPER = re.compile(r"^(文件|文件名|文件名称|表|表名|表名称|数据表|数据表名|接口|接口名称|file|table)$", re.I)
_BYTES = re.compile(r"^\D{0,4}(\d{1,4})\s*(?:字节|位|个?字符|bytes?|chars?)$", re.I)
_RAW = re.compile(r"^(代码|代码值|值|编码|取值|code|value)$", re.I)
_TYPED = re.compile(
    r"^(字符|字符串|文本|数值|数字|整数|小数|日期|日期时间|时间|年月|代码|金额"
    r"|varchar\d?|char|number|date|int|decimal|string)([(（][\d,， ]+[)）])?$",
    re.I,
)
_DASHED = re.compile(r"([0-9A-Za-z]{1,8})\s*[-—－.、]?\s*([\u4e00-\u9fff][^\s,，;；、0-9]{0,20})")
_FILE = re.compile(
    r"文件(?:名)?[：:]\s*([^\s|]+)|`([^`]+\.[A-Za-z]{2,8})`|([^\s|（(]+\.(?:csv|txt|dat|jsonl?|xlsx?|parquet))",
    re.I,
)


@dataclass(frozen=True)
class Entry:
    """What a dictionary says of one column."""

    title: str
    about: str = ""
    width: int | None = None


@dataclass
class Section:
    """What a dictionary says of one file.

    Attributes:
        title: heading; ``files`` are the names that it gives.
        fields: column → what is said of it, in order.
    """

    title: str
    files: list[str] = field(default_factory=list)
    fields: dict[str, Entry] = field(default_factory=dict)

    def entry(self, column: str) -> Entry | None:
        """Return what is said of a column; of a path in JSON, of it, of its list, or of its end alone."""
        names = (column, column.replace("[]", ""), column.partition("[]")[0])
        found = next((self.fields[n] for n in names if n in self.fields), None)
        inner = [e for n, e in self.fields.items() if n.endswith((f".{column}", f"]{column}"))]
        return found or (inner[0] if len(inner) == 1 else None)

    def widths(self) -> dict[str, int] | None:
        """Return column → width where every column has one: text of fixed width."""
        if self.fields and all(e.width for e in self.fields.values()):
            return {n: e.width or 0 for n, e in self.fields.items()}
        return None


@dataclass
class Dictionary:
    """A data dictionary: its sections, and its code tables by name: raw code → word."""

    sections: list[Section] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def section(self, name: str, headers: Sequence[str]) -> Section | None:
        """Return the section of a file: the one that names it, else the one whose columns it has."""
        plain = _bare(Path(name).stem)
        named = [s for s in self.sections if any(_bare(Path(f).stem) in plain for f in s.files)]
        if not named:
            named = [s for s in self.sections if s.title and s.title in name]
        rest = named or self.sections
        shared = [(len(set(headers) & set(s.fields)), -i) for i, s in enumerate(rest)]
        best = max(shared, default=(0, 0))
        return rest[-best[1]] if best[0] * 2 > len(headers) or (named and rest) else None


def read(path: Path) -> Dictionary:
    """Read a dictionary."""
    if path.suffix.lower() in {".xlsx", ".xls"}:
        return _parsed(_workbook_lines(path))
    text, _ = decoded(path, path.name)
    if path.suffix.lower() == ".csv":
        text = "\n".join("|" + line.replace(",", "|") + "|" for line in text.splitlines())
    return _parsed(text.splitlines())


def _parsed(lines: Sequence[str]) -> Dictionary:
    found = Dictionary()
    section, columns, heading = Section(""), None, ""
    for line in lines:
        text = line.strip(SPACE)
        cells = (
            [c.strip(SPACE + "`*") for c in text.removeprefix("|").removesuffix("|").split("|")]
            if text.count("|") > 1
            else []
        )
        if cells and set(text) <= set("|-: "):
            continue
        if text.startswith("#") or (
            not cells and re.match(r"^([一二三四五六七八九十]+、|\d+[.、])\s*\S+$", text)
        ):
            heading = re.sub(r"^[#\s]*([一二三四五六七八九十]+、|[\d.、]+)?\s*", "", text)
            section, columns = Section(heading), None
            found.sections.append(section)
        elif cells and (layout := _layout(cells)):
            columns = layout
            if not found.sections:
                found.sections.append(section)
        elif cells and columns:
            _take(found, section, columns, cells, heading)
        else:
            columns = columns if cells else None
            section.files += ["".join(m) for m in _FILE.findall(text)]
            _take_codes(found, text, heading)
        if text.startswith("#"):
            section.files += ["".join(m) for m in _FILE.findall(text)]
    return found


def _layout(cells: Sequence[str]) -> dict[str, int] | None:
    """Return which cell of a table holds what, if this is its header."""
    found: dict[str, int] = {}
    for key, pattern in (
        ("file", _PAPER),
        ("field", _FIELD),
        ("raw", _RAW),
        ("title", _TITLE),
        ("width", _WIDTH),
    ):
        at = next((i for i, c in enumerate(cells) if pattern.match(c) and i not in found.values()), None)
        if at is not None:
            found[key] = at
    if "field" in found and "raw" in found:
        found.pop("raw")
    said = "field" in found and ("title" in found or len(cells) > 1)
    return found if said or {"raw", "title"} <= set(found) else None


def _take(
    found: Dictionary, section: Section, at: dict[str, int], cells: Sequence[str], heading: str
) -> None:
    """Take one row of a table: a column, or a code."""
    cells = [*cells, *[""] * 8]
    if "file" in at and "field" in at:
        section = _of_file(found, cells[at["file"]])
    if "raw" in at:
        if cells[at["raw"]]:
            found.codes.setdefault(heading, {})[cells[at["raw"]]] = cells[at["title"]]
        return
    title = cells[at["title"]] if "title" in at else cells[at["field"] + 1]
    rest = [
        c
        for i, c in enumerate(cells)
        if i not in at.values() and c and not c.isdigit() and not _TYPED.match(c)
    ]
    said = [cells[at["width"]]] if "width" in at else [m[1] for c in rest if (m := _BYTES.match(c))]
    width = int(said[0]) if said and said[0].isdigit() else None
    section.fields[cells[at["field"]]] = Entry(title, " ".join(rest), width)


def _of_file(found: Dictionary, name: str) -> Section:
    """Return the section of a file that a table names row by row; an empty cell is that of the row above."""
    last = found.sections[-1]
    if not name or name in last.files:
        return last
    known = next((s for s in found.sections if s.files == [name]), None)
    if known is None:
        known = Section("", [name])
        found.sections.append(known)
    return known


def _take_codes(found: Dictionary, text: str, heading: str) -> None:
    """Take a line of codes: ``- **SEX 性别**：1=男；2=女``."""
    match = re.match(r"^[-*\s]*\**([^：:=*]{1,30}?)\**\s*[：:]\s*(.+)$", text)
    name, rest = (match[1].strip(), match[2]) if match else (heading, text)
    said = pairs(rest)
    if len(said) > 1 or (said and match and "**" in text):
        found.codes.setdefault(name, {}).update({k: v for k, v in said.items() if k not in found.codes[name]})


def pairs(text: str) -> dict[str, str]:
    """Return code → word of ``1=男；2=女``, ``1-男 2-女`` or ``01男、02女``."""
    found: dict[str, str] = {}
    rest = text
    while match := re.search(
        r"(?:^|[；;，、\s(（：:])([^=＝；;，、\s：:]{1,30}(?:,[A-Z]+[0-9]+)?)\s*[=＝]\s*", rest
    ):
        after = rest[match.end() :]
        end = re.search(r"[；;]|[，,、\s]+(?=[^=＝；;，,、\s]{1,30}\s*[=＝])|$", after)
        found.setdefault(match[1], after[: end.start() if end else None].strip(" )）"))
        rest = after[end.start() :] if end else ""
    if not found:
        dashed = _DASHED.findall(text)
        found = dict(dashed) if len(dashed) > 1 else {}
    return found


def _bare(text: str) -> str:
    return re.sub(r"([\d_\-\s*{}yMd]|yyyy|mm|dd)+$", "", text.removesuffix(".csv")).lower()


def _workbook_lines(path: Path) -> list[str]:
    import fastexcel  # noqa: PLC0415 - few dictionaries are workbooks

    book = fastexcel.read_excel(path)
    lines = []
    for sheet in book.sheet_names:
        loaded = book.load_sheet(sheet, header_row=None, dtypes="string")
        lines.append(f"# {sheet}")
        for row in loaded.to_polars().iter_rows() if loaded.height else ():
            said = [c or "" for c in row]
            lines.append("|" + "|".join(said) + "|" if sum(map(bool, said)) > 1 else "".join(said))
    return lines
