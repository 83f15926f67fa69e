"""A small published workspace, invented from parts: what the app shows before any stage has run."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from graph.build.checks import definitions
from jiwang import tables
from jiwang.ids import digest, entity_id, record_id
from jiwang.ontology import record_tables
from jiwang.tables import Checks, record_schema
from jiwang.workspace import Workspace, write_json

REGION = "试验区"
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许"
GIVEN = "安邦宁远致和景行怀瑾若谷知微守拙清嘉明德思源"
EPOCH = date(1970, 1, 1)
CHECK = "10X98765432"
RINGS = (
    ("P1", "red", "死亡后养老金由{0}集中冒领", 9, ["P3"]),
    ("A1", "red", "一部自助设备反复取现多人养老金（{0}）", 7, []),
    ("U2", "red", "空壳公司{1}批量申领失业金", 11, ["I1"]),
    ("H2", "orange", "多张社保卡在同一终端连刷（{0}）", 8, []),
    ("M1", "orange", "突击参保领取生育津贴：{1}", 6, []),
    ("P2", "yellow", "{0}等两地重复领取待遇", 4, []),
    ("H1", "yellow", "同期住院人群（{0}）", 5, ["H2"]),
    ("U1", "yellow", "再就业期间领取失业金（{1}）", 3, []),
)


def citizen_id(division: str, birth: date, serial: int) -> str:
    """A well-formed number of an unassigned division, built when the test runs."""
    body = f"{division}{birth:%Y%m%d}{serial:03d}"
    return body + CHECK[sum(int(c) * pow(2, 17 - i, 11) for i, c in enumerate(body)) % 11]


def bilingual(rows) -> list[dict]:
    """Give rows the English beside the Chinese: the same words, marked."""

    def marked(value):
        return [f"EN {v}" for v in value] if isinstance(value, list) else f"EN {value}"

    told = ("title", "reasons", "innocent_checks")
    return [row | {f"{c}_en": marked(row[c]) for c in told if c in row} for row in rows]


class Maker:
    """Draws an invented region; ``names`` replace the first names, people's and firms' (hostile ones)."""

    def __init__(self, names: Sequence[str] = (), people: int = 120, seed: int = 7) -> None:
        self.draw = random.Random(seed)
        self.people = [self.person(n) for n in range(people)]
        for person, name in zip(self.people, names, strict=False):
            person["name"] = name
        self.employers = [self.employer(n) for n in range(6)]
        self.clinics = [self.clinic(n) for n in range(3)]
        for organisation, name in zip([*self.employers, *self.clinics], reversed(names), strict=False):
            organisation["name"] = name
        self.accounts = [self.account(p) for p in self.people]
        self.records: dict[str, list[dict]] = {}
        self.links: list[dict] = []
        self.edges: dict[str, list[dict]] = {}
        self.evidence: list[dict] = []
        self.rings: list[dict] = []
        self.members: list[dict] = []
        self.alerts: list[dict] = []
        self.scores: dict[str, dict] = {}
        self.rows = 0

    # ---------------------------------------------------------------- entities

    def base(self, kind: str, anchor: str, **values: object) -> dict:
        blank = dict.fromkeys(tables.Entities.column_names())
        return (
            blank
            | {
                "kind": kind,
                "entity_id": entity_id(kind, anchor),
                "other_names": [],
                "n_records": 3,
                "conflicts": [],
            }
            | values
        )

    def person(self, n: int) -> dict:
        d = self.draw
        name = d.choice(SURNAMES) + "".join(d.sample(GIVEN, d.choice((1, 2, 2))))
        birth = date(1938, 1, 1) + timedelta(d.randrange(22_000))
        return self.base(
            "person",
            f"p{n}",
            name=name,
            citizen_id=citizen_id("999901", birth, n % 999),
            birth_date=birth,
            sex=d.choice(("male", "female")),
            phone=f"13{d.randrange(10**9):09d}",
            number=f"N{n:08d}",
            address=f"试验省试验市和平区某街道{n}号",
            household_no=f"H{n // 3:06d}",
            conflicts=["birth_date: 两个部门登记的出生日期不同"] if n % 11 == 0 else [],
        )

    def employer(self, n: int) -> dict:
        return self.base(
            "employer", f"e{n}", name=f"试验市{'安宁远景和'[n % 5]}{n}商贸有限公司", uscc=f"91999901MA{n:08d}"
        )

    def clinic(self, n: int) -> dict:
        return self.base("clinic", f"c{n}", name=f"试验市第{n + 1}人民医院", code=f"H9999010000{n}")

    def account(self, person: dict) -> dict:
        number = f"6222{self.draw.randrange(10**15):015d}"
        return self.base("account", number, name=person["name"], account_no=number)

    # ---------------------------------------------------------------- records

    def record(self, table: str, file: str, about: Sequence[tuple[dict, str, bool]], **values: object) -> str:
        self.rows += 1
        rid = record_id(REGION, file, self.rows)
        row = dict.fromkeys(record_schema(table))
        row |= {
            "record_id": rid,
            "region": REGION,
            "source_file": file,
            "source_row": self.rows,
            "verdicts": [],
        } | values
        self.records.setdefault(table, []).append(row)
        for who, role, primary in about:
            self.links.append(
                {
                    "region": REGION,
                    "source_file": file,
                    "source_row": self.rows,
                    "kind": who["kind"],
                    "role": role,
                    "primary": primary,
                    "entity_id": who["entity_id"],
                    "record_id": rid,
                    "table": table,
                    "how": "citizen_id" if who["kind"] == "person" else "number",
                }
            )
        return rid

    def edge(
        self, type_: str, source: dict | str, target: dict | str, records: Sequence[str], **props: object
    ) -> str:
        ends = [x if isinstance(x, str) else x["entity_id"] for x in (source, target)]
        eid = "x" + digest(type_, *ends)
        self.edges.setdefault(type_, []).append({"source": ends[0], "target": ends[1], "eid": eid} | props)
        self.evidence += [{"eid": eid, "record_id": r} for r in records]
        return eid

    def payments(self, person: dict, account: dict, months: int) -> list[str]:
        first = date(2022, 1, 15)
        made = []
        for m in range(months):
            day = first + timedelta(31 * m)
            made.append(
                self.record(
                    "pension_payment",
                    "rs/养老待遇发放.csv",
                    [(person, "insured", True), (account, "payee_account", True)],
                    person_no=person["number"],
                    citizen_id=person["citizen_id"],
                    name=person["name"],
                    scheme="employee_pension",
                    month=day.replace(day=1),
                    item="basic_pension",
                    amount=2800.0 + 10 * m,
                    paid_date=day,
                    account_holder=account["name"],
                    account_no=account["account_no"],
                    pay_status="paid",
                )
            )
        return made

    def enrol_everyone(self) -> None:
        for n, person in enumerate(self.people):
            employer = self.employers[n % len(self.employers)]
            self.record(
                "enrolment",
                "rs/参保登记.csv",
                [(person, "insured", True), (employer, "employer", True)],
                person_no=person["number"],
                citizen_id=person["citizen_id"],
                name=person["name"],
                sex=person["sex"],
                birth_date=person["birth_date"],
                phone=person["phone"],
                address=person["address"],
                employer_name=employer["name"],
                uscc=employer["uscc"],
                scheme="employee_pension",
                status="active",
                start_date=date(2015, 3, 1) + timedelta(n),
            )

    # ---------------------------------------------------------------- rings

    def ring(self, rank: int, typology: str, grade: str, title: str, size: int, also: list[str]) -> None:
        start = (rank - 1) * 12
        crowd, hub = self.people[start : start + size], self.accounts[start]
        boss, employer = crowd[0], self.employers[rank % len(self.employers)]
        edges, evidence = [], []
        for person in crowd:
            paid = self.payments(person, hub, 4)
            evidence += paid
            edges.append(
                self.edge(
                    "DRAWS",
                    person,
                    hub,
                    paid,
                    benefit="pension",
                    n=4,
                    amount=11260.0,
                    first_day=19000,
                    last_day=19100,
                    own=int(person is boss),
                    kin=0,
                )
            )
            if person is not boss:
                edges.append(
                    self.edge(
                        "CO_CASHES",
                        person,
                        boss,
                        [],
                        days=7,
                        machines=1,
                        first_day=19000,
                        last_day=19090,
                        kin=0,
                    )
                )
            edges.append(
                self.edge(
                    "CERTIFIED_ON",
                    person,
                    f"d{rank}",
                    [],
                    method="app_face",
                    n=2,
                    first_day=19001,
                    last_day=19080,
                    after_death=1,
                )
            )
        edges.append(self.edge("LEADS", boss, employer, [], role="legal_person"))
        ring_id = f"g{digest('ring', rank)}"
        score = round(0.99 - 0.07 * rank, 3)
        checks = [
            f"亲属代管：{len(crowd) - 1} 人与账户持有人无亲属关系，不成立",
            "集体代发：不是单位集中代发账户，不成立",
        ]
        reasons = [
            f"{len(crowd)} 人的待遇发放至同一账户",
            "同一台自助设备 7 个日期先后取现",
            "认证均由同一设备完成",
        ]
        self.rings.append(
            {
                "ring_id": ring_id,
                "rank": rank,
                "score": score,
                "typology": typology,
                "title": title.format(boss["name"], employer["name"]),
                "amount_at_risk": 11260.0 * size * (9 - rank),
                "first_seen": date(2022, 1, 15),
                "last_seen": date(2022, 4, 18),
                "n_members": size + 2,
                "also": also,
                "reasons": reasons,
                "innocent_checks": checks,
                "patterns": ["many_to_one_account", "same_machine"],
                "edges": edges,
            }
        )
        roles = [
            (p, "organiser" if p is boss else "unwitting" if n % 3 else "beneficiary")
            for n, p in enumerate(crowd)
        ]
        for who, role in [*roles, (hub, "account"), (employer, "employer")]:
            self.members.append(
                {"ring_id": ring_id, "kind": who["kind"], "entity_id": who["entity_id"], "role": role}
            )
            self.scores[who["entity_id"]] = {
                "kind": who["kind"],
                "entity_id": who["entity_id"],
                "score": score,
                "grade": grade,
                "reasons": reasons[:2],
                "model_run": "m" + digest("model"),
            }
        for who in crowd[:3]:
            self.alert(ring_id, who, grade, score, typology, evidence[:8], checks, reasons)

    def alert(self, ring_id, who, grade, score, typology, evidence, checks, reasons) -> None:
        self.alerts.append(
            {
                "alert_id": "t" + digest("alert", len(self.alerts)),
                "ring_id": ring_id,
                "kind": who["kind"],
                "entity_id": who["entity_id"],
                "pattern_id": "many_to_one_account",
                "pattern_version": 1,
                "grade": grade,
                "score": score,
                "amount": 11260.0,
                "evidence": evidence,
                "innocent_checks": checks,
                "opened_at": date(2024, 6, 30),
                "typology": typology,
                "title": f"{who['name']}的待遇发放至他人账户",
                "reasons": reasons,
            }
        )

    def note(self) -> list[dict]:
        who = self.people[0]
        text = f"举报人称{who['name']}（证号{who['citizen_id']}，电话{who['phone']}）长期持多张银行卡取款。"
        rid = self.record(
            "note",
            "rs/举报记录.txt",
            [(who, "mention", False)],
            note_no="J1",
            text=text,
            registered_date=date(2023, 5, 4),
        )
        start = text.index(who["name"])
        return [
            {
                "record_id": rid,
                "start": start,
                "end": start + len(who["name"]),
                "text": who["name"],
                "label": "PERSON",
                "entity_id": who["entity_id"],
            }
        ]


def publish(root: Path, maker: Maker) -> Workspace:
    """Write everything that the stages would have published."""
    maker.enrol_everyone()
    for rank, (typology, grade, title, size, also) in enumerate(RINGS, 1):
        maker.ring(rank, typology, grade, title, size, also)
    mentions = maker.note()
    workspace = Workspace.open(root, create=True)
    stamp = {"fingerprint": "f", "lineage": "l", "region": REGION}
    with workspace.publish("records", stamp) as folder:
        for table in record_tables():
            rows = maker.records.get(table, [])
            tables.write_records(
                pl.DataFrame(rows, schema=record_schema(table)), table, folder / f"{table}.parquet"
            )
    same = [
        {
            "entity_a": maker.people[0]["entity_id"],
            "entity_b": maker.people[60]["entity_id"],
            "reason": "姓名和出生日期相同，证件号码不同",
            "score": 0.83,
            "records": [],
        }
    ]
    with workspace.publish("entities", stamp) as folder:
        publish_identity(folder, maker)
        tables.write(pl.DataFrame(same), tables.PossibleSame, folder / "possible_same.parquet")
        tables.write(pl.DataFrame(mentions), tables.Mentions, folder / "mentions.parquet")
    publish_graph(workspace, maker, stamp)
    publish_out(workspace, maker, stamp)
    return workspace


def publish_identity(folder: Path, maker: Maker) -> None:
    """Write evidence of the first people, a review row, a lead and a doubt."""
    one, two, three = maker.people[0], maker.people[60], maker.people[5]
    parts = [
        {"field": "prior", "weight": -13.0},
        {"field": "name", "weight": 9.5},
        {"field": "phone", "weight": 12.0},
    ]
    rows = {
        p["entity_id"]: [k["record_id"] for k in maker.links if k["entity_id"] == p["entity_id"]][:2]
        for p in (one, two, three)
    }
    evidence = [
        {
            "evidence_id": f"e{n}", "kind": "person", "entity_id": p["entity_id"], "how": how, "score": score,
            "parts": told, "rows": 2, "tables": ["enrolment"], "records": rows[p["entity_id"]],
        }
        for n, (p, how, score, told) in enumerate(
            [
                (one, "name+phone", 8.5, parts),
                (one, "citizen_id", 40.0, [{"field": "citizen_id", "weight": 40.0}]),
                (two, "citizen_id", 40.0, [{"field": "citizen_id", "weight": 40.0}]),
            ]
        )
    ]  # fmt: skip
    a, b = sorted((one["entity_id"], two["entity_id"]))
    lead = {
        "lead_id": "i1", "kind": "borrowed_id", "entity_a": a, "entity_b": b, "reason": "borrowed_id",
        "score": 0.7, "rows_a": rows[a], "rows_b": rows[b],
    }  # fmt: skip
    review = {
        "review_id": "v1", "kind": "person", "entity_id": one["entity_id"], "other_id": three["entity_id"],
        "action": "merge", "reason": "would_merge_published", "score": None, "records": [], "state": "open",
    }  # fmt: skip
    doubt = {
        "doubt_id": "d1", "kind": "person", "entity_id": two["entity_id"], "reason": "name_fits_several",
        "score": -1.5, "parts": parts[:2], "records": rows[three["entity_id"]],
    }  # fmt: skip
    tables.write(pl.DataFrame(evidence), tables.Evidence, folder / "evidence.parquet")
    tables.write(pl.DataFrame([lead]), tables.IdentityLeads, folder / "identity_leads.parquet")
    tables.write(
        pl.DataFrame([review], schema_overrides={"score": pl.Float64, "records": pl.List(pl.String)}),
        tables.Review, folder / "review.parquet",
    )  # fmt: skip
    tables.write(pl.DataFrame([doubt]), tables.Doubts, folder / "doubts.parquet")
    unresolved = [
        {"table": "enrolment", "role": "insured", "record_id": r, "reason": "name_fits_several"}
        for r in rows[three["entity_id"]]
    ]
    pl.DataFrame(
        unresolved, schema=dict.fromkeys(("table", "role", "record_id", "reason"), pl.String)
    ).write_parquet(folder / "unresolved.parquet")


def publish_graph(workspace: Workspace, maker: Maker, stamp: dict) -> None:
    with workspace.publish("graph", stamp) as folder:
        (folder / "nodes").mkdir()
        (folder / "edges").mkdir()
        nodes = {
            "Person": maker.people,
            "Employer": maker.employers,
            "Clinic": maker.clinics,
            "Account": maker.accounts,
        }
        for label, rows in nodes.items():
            pl.DataFrame({"id": [r["entity_id"] for r in rows]}).write_parquet(
                folder / "nodes" / f"{label}.parquet"
            )
        pl.DataFrame({"id": [f"d{n}" for n in range(1, 9)]}).write_parquet(
            folder / "nodes" / "Device.parquet"
        )
        for type_, rows in maker.edges.items():
            pl.DataFrame(rows).write_parquet(folder / "edges" / f"{type_}.parquet")
        pl.DataFrame(maker.evidence).write_parquet(folder / "evidence.parquet")
        tables.write(tables.from_rows(disagreements(maker), Checks), Checks, folder / "checks.parquet")


def disagreements(maker: Maker) -> list[dict]:
    """Return a finding of every check on everybody, their own name the one side of a name."""
    blank = dict.fromkeys(Checks.column_names())
    sides = {"date": "1950-01-02", "sex": "male", "yuan": "1234.50"}
    return [
        blank
        | {"check_id": f"{name}-{who['entity_id']}", "check": name, "kind": "person", "records": ["r1", "r2"]}
        | {"entity_id": who["entity_id"], "left_table": "enrolment", "right_table": "resident"}
        | {"left_value": sides.get(about["value"], who["name"]), "difference": 0.5}
        for who in maker.people
        for name, about in definitions().items()
    ]


def publish_out(workspace: Workspace, maker: Maker, stamp: dict) -> None:
    files, broken = account_of(maker)
    hits = [
        {
            "hit_id": f"h{n}",
            "pattern_id": "many_to_one_account",
            "pattern_version": 1,
            "typology": "A1",
            "severity": "red",
            "kind": "account",
            "subject": r["ring_id"],
            "members": [],
            "amount": r["amount_at_risk"],
            "first_seen": r["first_seen"],
            "last_seen": r["last_seen"],
            "edges": r["edges"],
        }
        for n, r in enumerate(maker.rings)
    ]
    with workspace.publish("hits", stamp) as folder:
        tables.write(pl.DataFrame(hits), tables.Hits, folder / "hits.parquet")
    rows = {
        "files": files,
        "quarantine": broken,
        "links": maker.links,
        "scores": bilingual(maker.scores.values()),
        "entities": [*maker.people, *maker.employers, *maker.clinics, *maker.accounts],
        "rings": bilingual(maker.rings),
        "ring_members": maker.members,
        "alerts": bilingual(maker.alerts),
    }
    with workspace.publish("out", stamp) as folder:
        for name, contract in tables.OUT.items():
            # A table's first rows may hold only empty lists: read all rows before guessing a type.
            frame = pl.DataFrame(rows[name], infer_schema_length=None)
            tables.write(frame, contract, folder / f"{name}.parquet")
    figures = {
        "boosted_trees": {"auc": 0.87, "auc_interval": [0.79, 0.93]},
        "graph_model": {"auc": 0.85},
        "kept": "boosted_trees",
    }
    run = workspace.folder("runs") / "20240701T000000000000-1" / "manifest.json"
    run.parent.mkdir(parents=True)
    write_json(
        run,
        {
            "run_id": "20240701T000000000000-1",
            "jiwang": "0.1.0",
            "status": "done",
            "stages": {
                "ingest": {"seconds": 12.3, "peak_memory_mb": 512},
                "train": {"seconds": 30.0, "peak_memory_mb": 900} | figures,
            },
        },
    )


def account_of(maker: Maker) -> tuple[list[dict], list[dict]]:
    """The files with what was accepted, and a few rows set aside."""
    counts: dict[tuple[str, str], int] = {}
    for table, rows in maker.records.items():
        for row in rows:
            counts[row["source_file"], table] = counts.get((row["source_file"], table), 0) + 1
    rules = ("repeated_header", "shifted", "bad_date")
    files, broken = [], []
    for (file, table), accepted in sorted(counts.items()):
        files.append(
            {
                "region": REGION,
                "source_file": file,
                "department": "人社",
                "mapping": table,
                "rows_read": accepted + 3,
                "accepted": accepted,
                "quarantined": 3,
                "control_total": accepted if table == "enrolment" else None,
                "table": table,
                "duplicates": 2,
                "superseded": 1,
            }
        )
        broken += [
            {
                "region": REGION,
                "source_file": file,
                "source_row": 900_000 + n,
                "rule": rule,
                "detail": "第 3 字段",
            }
            for n, rule in enumerate(rules)
        ]
    return files, broken


@pytest.fixture(scope="session")
def make_region() -> Callable[..., Workspace]:
    """Publish an invented region into a folder; ``names`` become those of its first people."""

    def make(root: Path, names: Sequence[str] = (), people: int = 120) -> Workspace:
        return publish(root, Maker(names, people))

    return make


@pytest.fixture(scope="session")
def region(tmp_path_factory, make_region) -> Workspace:
    """One invented region that tests only read."""
    return make_region(tmp_path_factory.mktemp("region") / "w")
