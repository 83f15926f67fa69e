"""数据字典.md: the dictionary that comes with the hand-over."""

from pathlib import Path

from simulation.data import table
from simulation.world import Region

FORMATS = {"csv": "CSV", "jsonl": "JSON Lines", "json": "JSON"}
CASES = """## 历史案件.csv

稽核部门历史办结案件台账（对象级）。AJBH 案件编号、XSLY 线索来源、AY 案由、\
DXLX 对象类型、DXMC 对象名称、ZJHM 证件号码、LARQ 立案日期、JARQ 结案日期、\
JL 结论（属实/部分属实/不属实/无法核实）、SAJE 涉案金额(元)、CLQK 处理情况。
"""


def write(folder: Path, region: Region) -> str:
    """Write the dictionary and return its path."""
    tables = table("tables")
    parts = [
        f"# {region.city}社会保险基金监管数据归集 数据字典\n",
        f"统筹区代码：{region.division}  数据时间范围：2024年1月—2025年12月  版本：V2.1\n",
        "说明：各部门按现有系统导出，字段名称保持原样。代码以本文档为准；如有疑问请联系信息中心。金额单位未注明的为元。\n",
    ]
    for name, spec in tables.items():
        if name == "codes":
            continue
        where = f"文件：{spec['path']}  格式：{FORMATS[spec['fmt']]}  编码：{spec['encoding']}"
        head = f"## {spec['title']}\n\n{where}\n"
        rows = ["|序号|字段|名称|类型|说明|", "|---|---|---|---|---|"]
        rows += [f"|{at}|{'|'.join(column)}|" for at, column in enumerate(spec["columns"], 1)]
        parts.append(head + "\n" + "\n".join(rows) + "\n")
    codes = "\n".join(f"- **{code} {title}**：{values}" for code, (title, values) in tables["codes"].items())
    parts += [f"## 代码表\n\n{codes}\n", CASES]
    (folder / "数据字典.md").write_text("\n".join(parts), encoding="utf-8")
    return "数据字典.md"
