"""A CSV of invented medical settlements in GB18030, 30 columns, and the mapping that reads it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from jiwang.codes import citizen

TEXTS = (
    "结算编号",
    "就诊编号",
    "人员编号",
    "证件号码",
    "姓名",
    "性别",
    "民族",
    "出生日期",
    "参保区划",
    "就医区划",
)
TEXTS += (
    "险种",
    "医疗类别",
    "机构编码",
    "机构名称",
    "开始日期",
    "结束日期",
    "结算时间",
    "诊断编码",
    "诊断名称",
    "终端",
)
TEXTS += ("医师", "凭证", "人员类别", "备注")
MONEY = ("总额", "基金", "账户", "现金", "自费", "余额")
HEADER = (*TEXTS, *MONEY)
MAPPING = """
id = "settlement"
department = "医保局"
table = "settlement"
files = ["settlement.csv"]
encoding = ["gb18030"]
dates = ["yyyy年M月d日"]
business_key = ["settlement_no"]
codes.sex = { "男" = "male", "女" = "female" }
codes.scheme = { 1 = "employee_medical", 2 = "resident_medical" }
codes.visit = { 11 = "outpatient", 21 = "inpatient", 41 = "pharmacy" }
ignore_columns = ["备注"]

[columns]
"结算编号" = { field = "settlement_no" }
"就诊编号" = { field = "visit_no" }
"人员编号" = { field = "person_no" }
"证件号码" = { field = "citizen_id" }
"姓名" = { field = "name" }
"性别" = { field = "sex", codes = "sex" }
"民族" = { field = "ethnicity" }
"出生日期" = { field = "birth_date" }
"参保区划" = { field = "insured_pool" }
"就医区划" = { field = "visit_pool" }
"险种" = { field = "scheme", codes = "scheme" }
"医疗类别" = { field = "visit_type", codes = "visit" }
"机构编码" = { field = "clinic_code" }
"机构名称" = { field = "clinic_name" }
"开始日期" = { field = "start_date" }
"结束日期" = { field = "end_date" }
"结算时间" = { field = "settled_at", dates = ["yyyy-MM-dd HH:mm:ss"] }
"诊断编码" = { field = "diagnosis_code" }
"诊断名称" = { field = "diagnosis_name" }
"终端" = { field = "terminal" }
"医师" = { field = "doctor_code" }
"凭证" = { field = "credential", codes = { 1 = "e_credential", 2 = "id_card" } }
"人员类别" = { field = "person_type" }
"总额" = { field = "total_amount", unit = "fen" }
"基金" = { field = "fund_amount", unit = "fen" }
"账户" = { field = "account_amount", unit = "fen" }
"现金" = { field = "cash_amount", unit = "fen" }
"自费" = { field = "self_amount", unit = "fen" }
"余额" = { field = "balance", unit = "fen" }
"""


def simulated(rows: int, path: Path, seed: int = 7) -> None:
    """Write ``rows`` invented settlements: one in a hundred told twice, one in a thousand broken."""
    rng = np.random.default_rng(seed)
    with path.open("wb") as handle:
        handle.write((",".join(HEADER) + "\r\n").encode("gb18030"))
        for first in range(0, rows, 100_000):
            lines = _lines(first, min(100_000, rows - first), rng)
            handle.write(("\r\n".join(lines) + "\r\n").encode("gb18030"))


def _lines(first: int, count: int, rng: np.random.Generator) -> list[str]:
    births = (np.datetime64("1940-01-01") + rng.integers(0, 25_000, count)).astype(str)
    days = (np.datetime64("2024-01-01") + rng.integers(0, 366, count)).astype(str)
    seconds = rng.integers(0, 86_400, count)
    money = rng.integers(100, 900_000, (count, len(MONEY)))
    places = rng.integers(0, 900, (count, 3))
    names = rng.integers(0x4E00, 0x9000, (count, 3))
    lines = []
    for i in range(count):
        day, birth, place = days[i], births[i], places[i]
        head = f"{110000 + place[0]}{birth.replace('-', '')}{place[1]:03}"
        second = int(seconds[i])
        clock = f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"
        said = f"{int(day[:4])}年{int(day[5:7])}月{int(day[8:])}日"
        number = first + i - (1 if i % 100 == 99 else 0)
        row = [
            f"S{number:012}", f"V{number:012}", f"P{place[0]:04}{place[1]:04}",
            head + citizen.check_digit(head), "".join(map(chr, names[i])), "男" if place[1] % 2 else "女",
            "汉族", f"{int(birth[:4])}年{int(birth[5:7])}月{int(birth[8:])}日", "411300", "411302",
            str(1 + place[2] % 2), ("11", "21", "41")[place[2] % 3], f"H4113{place[2]:07}",
            f"南阳市第{place[2]}人民医院", said, said, f"{day} {clock}",
            f"I{place[0] % 99:02}.{place[1] % 9}00", "原发性高血压", f"T{place[2]:06}",
            f"D4113{place[0]:06}", str(1 + place[0] % 2), "在职", "", *map(str, money[i]),
        ]  # fmt: skip
        lines.append("合计" if i % 1000 == 500 else ",".join(row[:12] if i % 2000 == 700 else row))
        if i % 100 == 99:
            lines[-1] = lines[-2]
    return lines
