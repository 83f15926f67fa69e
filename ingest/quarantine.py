"""The rules by which a row is broken: a fixed list, as data, from which the reference page is made."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, get_args

from jiwang.ontology import Label

Rule = Literal[
    "blank_line", "repeated_header", "total_line", "undecodable", "placeholder", "bad_json", "null_record",
    "field_count", "shifted", "missing_key", "bad_date", "bad_number",
]  # fmt: skip

RULES: Mapping[Rule, Label] = MappingProxyType(
    {
        "blank_line": Label(
            zh="空行：没有任何内容，或只有分隔符",
            en="A blank line: nothing, or nothing but delimiters",
        ),
        "repeated_header": Label(zh="重复表头：与首行表头相同", en="The header line once more"),
        "total_line": Label(
            zh="合计行：其数字作为文件的控制总数",
            en="A line of totals; its number is the file's control total",
        ),
        "undecodable": Label(
            zh="乱码：字节无法按文件编码解码，或多数字段为乱码",
            en="Bytes that do not decode, or mojibake in most fields",
        ),
        "placeholder": Label(
            zh="测试数据：多数字段为测试字样，或主键为空的测试记录",
            en="Test data: test words in most fields, or in a record without a key",
        ),
        "bad_json": Label(zh="JSON 不完整或无效", en="Truncated or invalid JSON"),
        "null_record": Label(zh="空记录：JSON null 或全部字段为空", en="JSON null, or a record of nulls"),
        "field_count": Label(
            zh="字段数不符：行被截断或引号不配对",
            en="Too few fields (cut off), or unbalanced quotes",
        ),
        "shifted": Label(
            zh="错列：字段与列错位，数值落在别的列上",
            en="Columns slipped: values stand in other columns than their own",
        ),
        "missing_key": Label(zh="主键缺失：业务主键全部为空", en="The whole business key is empty"),
        "bad_date": Label(zh="日期无效：必需的日期为空或无法识别", en="A needed date is empty or unreadable"),
        "bad_number": Label(
            zh="数值无效：必需的数值为空或无法识别", en="A needed number is empty or unreadable"
        ),
    }
)
assert set(RULES) == set(get_args(Rule))
