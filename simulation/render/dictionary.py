"""The dictionary that comes with a hand-over, as complete as such papers are."""

from pathlib import Path
from typing import Any

from simulation.data import table
from simulation.render.form import encode

FORMATS = {
    "csv": "CSV",
    "jsonl": "JSON Lines",
    "json": "JSON",
    "fixed": "定长文本",
    "xlsx": "Excel 工作簿",
    "parquet": "Parquet",
}


def _table(spec: dict[str, Any]) -> str:
    fixed = spec["format"] == "fixed"
    shape = f"文件：{spec['path']}  格式：{FORMATS[spec['format']]}"
    if spec["format"] not in ("xlsx", "parquet"):
        shape += f"  编码：{spec['encoding']}"
    if spec.get("delimiter"):
        shape += f"  分隔符：{spec['delimiter']}"
    rows = [
        "|序号|字段|名称|类型|说明|" + ("长度|" if fixed else ""),
        "|---|---|---|---|---|" + "---|" * fixed,
    ]
    said = spec.get("say") or [[row[0], *row[2:5]] for row in spec["columns"]]
    for at, column in enumerate(said, 1):
        width = f"{spec['columns'][at - 1][6]}|" if fixed else ""
        rows.append(f"|{at}|{'|'.join(column)}|{width}".replace("\n", " "))
    note = f"\n{spec['note']}\n" if "note" in spec else ""
    return f"## {spec['title']}\n\n{shape}\n{note}\n" + "\n".join(rows) + "\n"


def write(folder: Path, dialect: str, city: str, division: str) -> str:
    """Write the dictionary and return its path."""
    words = table(f"dialects/{dialect}")
    about = words["document"]
    parts = [
        f"# {city}社会保险基金监管数据归集 数据字典\n",
        f"统筹区代码：{division}  数据时间范围：2024年1月—2025年12月  版本：{about['version']}\n",
        about["note"] + "\n",
    ]
    parts += [_table(spec) for spec in words["tables"].values() if "title" in spec]
    codes = "\n".join(
        f"- **{name} {code['title']}**：{code['say']}"
        for name, code in words["codes"].items()
        if "say" in code
    )
    parts += [f"## 代码表\n\n{codes}\n", about.get("tail", "").strip() + "\n"]
    (folder / about["path"]).write_bytes(encode("\n".join(parts), about["encoding"]))
    return str(about["path"])
