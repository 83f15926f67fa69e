"""A hard population: six departments' rows on people that families, agents and clerks have made alike.

Families share surname, phone and address, siblings often the generation character; twins share birth and
division; agents' phones stand on 3 % of people, dormitories on 4 %. Rows lack ids (bank 40 %, medical 25 %),
carry wrong digits (1 to 8 %), the old 15 places, masks, others' ids (0.1 %); names are written by ear (6 %),
misread (3 %), masked (1 %), former (3 % of people) or dotted otherwise. Everything is drawn from one seed.

Run: ``python benchmarks/_hard_people.py --people 50000 --seed 1 --out people.parquet``.
"""

from __future__ import annotations

import argparse
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

WORDS: dict[str, Any] = tomllib.loads(Path(__file__).with_name("_hard_words.toml").read_text("utf-8"))
RECORDS_A_PERSON = 4.04
CHUNK = 250_000  # people drawn at a time: families do not cross chunks
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

# Share of people each department knows, then the share of its rows that bear each field.
SOURCES: dict[str, dict[str, float]] = {
    "police": {
        "people": 0.93,
        "id": 0.995,
        "sex": 1.0,
        "birth": 1.0,
        "phone": 0.0,
        "address": 0.98,
        "employer": 0.0,
        "typo": 0.01,
    },
    "social": {
        "people": 0.70,
        "id": 0.97,
        "sex": 0.9,
        "birth": 0.7,
        "phone": 0.65,
        "address": 0.3,
        "employer": 0.97,
        "typo": 0.02,
    },
    "medical": {
        "people": 0.85,
        "id": 0.75,
        "sex": 0.95,
        "birth": 0.85,
        "phone": 0.6,
        "address": 0.5,
        "employer": 0.15,
        "typo": 0.05,
    },
    "bank": {
        "people": 0.62,
        "id": 0.60,
        "sex": 0.3,
        "birth": 0.2,
        "phone": 0.92,
        "address": 0.75,
        "employer": 0.25,
        "typo": 0.03,
    },
    "tax": {
        "people": 0.80,
        "id": 0.92,
        "sex": 0.0,
        "birth": 0.3,
        "phone": 0.5,
        "address": 0.0,
        "employer": 1.0,
        "typo": 0.03,
    },
    "civil": {
        "people": 0.44,
        "id": 0.88,
        "sex": 0.95,
        "birth": 0.92,
        "phone": 0.35,
        "address": 0.8,
        "employer": 0.0,
        "typo": 0.08,
    },
}


@dataclass
class Draw:
    """One chunk's generator with the words it draws from."""

    rng: np.random.Generator

    def flags(self, n: int, share: float) -> Flags:
        return self.rng.random(n) < share

    def ranked(self, n: int, words: int, power: float) -> Ints:
        weights = 1.0 / (np.arange(words) + 4.0) ** power
        return self.rng.choice(words, n, p=weights / weights.sum())


def _sound_table() -> tuple[list[str], Ints, Ints]:
    """Return the given-name characters by rank, one of the same sound and one that looks alike for each."""
    groups = WORDS["sounds"]
    characters = list(dict.fromkeys([g[0] for g in groups] + [c for g in groups for c in g[1:]]))
    place = {c: i for i, c in enumerate(characters)}
    heard, seen = np.arange(len(characters)), np.arange(len(characters))
    for group in groups:
        for c, other in zip(group, group[1:] + group[:1], strict=True):
            heard[place[c]] = place[other]
    extra = [c for pair in WORDS["look_alikes"] for c in pair if c not in place]
    for c in dict.fromkeys(extra):
        place[c] = len(characters)
        characters.append(c)
    heard = np.concatenate([heard, np.arange(len(heard), len(characters))])
    seen = np.arange(len(characters))
    for a, b in WORDS["look_alikes"]:
        seen[place[a]], seen[place[b]] = place[b], place[a]
    return characters, heard, seen


CHARACTERS, HEARD, SEEN = _sound_table()
_NAMED = sum(len(g) for g in WORDS["sounds"])


def people(n: int, seed: int, first: int = 0, of: int | None = None) -> dict[str, Any]:
    """Draw ``n`` people in households; numbers start at ``first``, employers serve ``of`` people in all."""
    draw = Draw(np.random.default_rng([seed, first]))
    rng = draw.rng
    sizes = rng.choice([1, 2, 3, 4, 5, 6], n, p=[0.22, 0.27, 0.24, 0.16, 0.07, 0.04])
    home = np.repeat(np.arange(n), sizes)[:n]
    start = np.flatnonzero(np.r_[True, np.diff(home) > 0])
    place = np.arange(n) - start[home]  # 0 and 1 are the parents
    homes = home[-1] + 1
    child = place >= 2
    surname = draw.ranked(homes, len(WORDS["surnames"]), 0.85)[home]
    wife = place == 1
    surname = np.where(wife, draw.ranked(n, len(WORDS["surnames"]), 0.85), surname)
    sex = np.where(child, rng.integers(0, 2, n), np.where(wife, 0, 1))
    sex = np.where((place == 0) & (np.roll(place, -1) == 0), rng.integers(0, 2, n), sex)
    head_day = rng.integers(-14_000, 11_000, homes)[home]  # 1931 to 2000
    days = np.where(
        child, head_day + rng.integers(8_000, 12_000, n), head_day + rng.integers(-2_500, 2_500, n)
    )
    days = np.minimum(days, 19_500)
    given = draw.ranked(2 * n, _NAMED, 0.45).reshape(n, 2)
    generation = draw.ranked(homes, 90, 0.6)[home]
    given[:, 0] = np.where(child & draw.flags(n, 0.5), generation, given[:, 0])
    single = draw.flags(n, 0.16)
    twin = child & (np.roll(child, 1)) & draw.flags(n, 0.02)
    at = np.flatnonzero(twin)
    days[at] = days[at - 1]
    of = of or n
    workplaces = max(of // 60, 20)
    ours = {
        "person": np.arange(n) + first,
        "home": home + first,
        "surname": surname,
        "given": given,
        "single": single,
        "sex": sex,
        "days": days,
        "far": np.where(draw.flags(n, 0.02), rng.integers(0, len(WORDS["far"]), n), -1),
        "far2": rng.integers(0, len(WORDS["far"]), n),
        "district": draw.ranked(homes, len(WORDS["districts"]), 0.8)[home],
        "phone": rng.integers(0, 5_900_000_000, n),
        "phone2": rng.integers(0, 5_900_000_000, n),
        "moved": draw.flags(n, 0.12),
        "address": rng.integers(0, 2**40, homes)[home],
        "address2": rng.integers(0, 2**40, n),
        "works": (draw.flags(n, 0.62) & ~(child & (days > 15_000))),
        "employer": (draw.ranked(n, workplaces, 0.7)),
        "employer2": draw.ranked(n, workplaces, 0.7),
        "former": draw.flags(n, 0.03),
        "given2": draw.ranked(n, _NAMED, 0.45),
    }
    shared = draw.flags(n, 0.15)
    ours["phone"] = np.where(shared, ours["phone"][start[home]], ours["phone"])
    agent = draw.flags(n, 0.03)
    ours["phone"] = np.where(agent, 5_900_000_000 + rng.integers(0, max(of // 2000, 2), n), ours["phone"])
    dorm = draw.flags(n, 0.04) & ours["works"]
    ours["address"] = np.where(dorm, 2**41 + ours["employer"] % max(of // 1500, 2), ours["address"])
    region = rng.integers(0, len(WORDS["districts"]), n)
    ours["issued"] = np.where(draw.flags(n, 0.7), ours["district"], region)
    ours["issued"][at] = ours["issued"][at - 1]
    ours["sequence"] = _sequences(rng, ours)
    return ours


def _sequences(rng: np.random.Generator, ours: dict[str, Any]) -> Ints:
    """Draw the three digits after the birth date, odd for men, no two alike in a division and day."""
    n = len(ours["days"])
    key = ours["issued"].astype(np.int64) * 100_000 + ours["days"] + 40_000
    order = np.lexsort((rng.random(n), key))
    fresh = np.r_[True, np.diff(key[order]) > 0]
    rank = np.arange(n) - np.maximum.accumulate(np.where(fresh, np.arange(n), 0))
    start = rng.integers(0, 400, 40_000_000 // 1000)[key[order] % 40_000]
    base = np.empty(n, dtype=np.int64)
    base[order] = (start + rank * 3) % 499
    return 2 * base + np.where(ours["sex"] == 1, 1, 2) % 1000


def _ids(ours: dict[str, Any]) -> npt.NDArray[np.uint8]:
    """Return the digits of every id as bytes, n x 18."""
    n = len(ours["days"])
    out = np.empty((n, 18), dtype=np.uint8)
    codes = np.array([[int(c) for c in d["code"]] for d in WORDS["districts"]], dtype=np.uint8)
    out[:, :6] = codes[ours["issued"]]
    day = ours["days"].astype("datetime64[D]")
    year = day.astype("datetime64[Y]").astype(int) + 1970
    month = day.astype("datetime64[M]").astype(int) % 12 + 1
    number = year * 10_000 + month * 100 + (day - day.astype("datetime64[M]")).astype(int) + 1
    for i in range(8):
        out[:, 6 + i] = number // 10 ** (7 - i) % 10
    for i in range(3):
        out[:, 14 + i] = ours["sequence"] // 10 ** (2 - i) % 10
    weights = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
    checks = np.frombuffer(b"10X98765432", dtype=np.uint8)
    last = checks[(out[:, :17] * weights).sum(axis=1) % 11]
    out[:, :17] += 48
    out[:, 17] = last
    return out


def _text(rows: npt.NDArray[np.uint8]) -> pl.Series:
    joined = np.ascontiguousarray(rows).view(f"S{rows.shape[1]}").ravel()
    return pl.Series(joined.astype(str))


def records(ours: dict[str, Any], seed: int) -> pl.DataFrame:
    """Let six departments write down these people."""
    first = int(ours["person"][0])
    draw = Draw(np.random.default_rng([seed, first, 1]))
    ids = _ids(ours)
    parts = []
    for source, shares in SOURCES.items():
        known = draw.flags(len(ours["days"]), shares["people"])
        known = np.flatnonzero(known & ours["works"] if source == "tax" else known)
        parts.append(_rows(draw, source, shares, known, ours, ids))
    frame = pl.concat(parts)
    order = pl.Series(draw.rng.permutation(frame.height))
    return frame.gather(order) if hasattr(frame, "gather") else frame[order]


def _rows(
    draw: Draw,
    source: str,
    shares: dict[str, float],
    known: Ints,
    ours: dict[str, Any],
    ids: npt.NDArray[np.uint8],
) -> pl.DataFrame:
    n = len(known)
    name, former = _names(draw, source, known, ours)
    columns = {
        "id_no": _id_column(draw, source, shares, known, ours, ids),
        "sex": pl.Series(["女", "男"]).gather(ours["sex"][known]),
        "birth_date": _births(draw, known, ours),
        "phone": _phones(draw, known, ours),
        "address": _addresses(draw, known, ours),
        "employer": _employers(draw, known, ours),
    }
    keep = {
        "id_no": "id",
        "sex": "sex",
        "birth_date": "birth",
        "phone": "phone",
        "address": "address",
        "employer": "employer",
    }
    frame = pl.DataFrame(columns)
    frame = frame.with_columns(
        pl.when(pl.Series(draw.flags(n, shares[share]))).then(pl.col(column)).alias(column)
        for column, share in keep.items()
    )
    frame = frame.with_columns(employer=pl.when(pl.Series(ours["works"][known])).then("employer"))
    return frame.select(
        source=pl.lit(source),
        name=name,
        former_name=former,
        id_no="id_no",
        sex="sex",
        birth_date="birth_date",
        phone="phone",
        address="address",
        employer="employer",
        person=pl.Series(ours["person"][known]),
    )


def _names(draw: Draw, source: str, known: Ints, ours: dict[str, Any]) -> tuple[pl.Series, pl.Series]:
    n = len(known)
    given = ours["given"][known].copy()
    old = given.copy()
    old[:, 1] = ours["given2"][known]
    uses_old = ours["former"][known] & draw.flags(n, 0.35 if source != "police" else 0.0)
    given = np.where(uses_old[:, None], old, given)
    shown = ours["former"][known] & draw.flags(n, 0.7) & (source == "police")
    which = draw.rng.integers(0, 2, n)
    which[ours["single"][known]] = 0
    for share, table in ((0.06, HEARD), (0.03, SEEN)):
        rows = np.flatnonzero(draw.flags(n, share / 4 if source == "police" else share))
        given[rows, which[rows]] = table[given[rows, which[rows]]]
    single = ours["single"][known]
    text = _written(ours["surname"][known], given, single)
    before = _written(ours["surname"][known], old, single & False)
    masked = pl.Series(draw.flags(n, 0.01 if source != "police" else 0.0))
    frame = pl.DataFrame({"t": text, "b": before, "m": masked, "o": pl.Series(shown)})
    far = _far(draw, known, ours)
    frame = frame.with_columns(far)
    hidden = pl.col("t").str.slice(0, 1) + "*" + pl.col("t").str.slice(2)
    noisy = pl.when(pl.Series(draw.flags(n, 0.01))).then(pl.col("t") + "(已故)").otherwise("t")
    out = frame.select(
        name=pl.coalesce("far", pl.when("m").then(hidden).otherwise(noisy)),
        former=pl.when(pl.col("o") & pl.col("far").is_null()).then("b"),
    )
    return out["name"], out["former"]


def _written(surname: Ints, given: Ints, single: Flags) -> pl.Series:
    characters = pl.Series(CHARACTERS)
    frame = pl.DataFrame(
        {
            "s": pl.Series(list(WORDS["surnames"])).gather(surname),
            "a": characters.gather(given[:, 0]),
            "b": characters.gather(given[:, 1]),
            "one": pl.Series(single),
        }
    )
    return frame.select(t=pl.concat_str("s", "a", pl.when("one").then(pl.lit("")).otherwise("b")))["t"]


def _far(draw: Draw, known: Ints, ours: dict[str, Any]) -> pl.Series:
    """Return transliterated names, their dot written in one of five ways, null for all others."""
    n = len(known)
    words = [w.split("·") for w in WORDS["far"]]
    number = ours["far"][known]
    first = pl.Series([w[0] for w in words]).gather(np.maximum(number, 0))
    last = pl.Series([w[1] for w in words]).gather(ours["far2"][known])
    dot = pl.Series(["·", "•", ".", "", "‧"]).gather(draw.rng.choice(5, n, p=[0.6, 0.12, 0.12, 0.1, 0.06]))
    frame = pl.DataFrame({"f": first, "l": last, "d": dot, "is": pl.Series(number >= 0)})
    return frame.select(far=pl.when("is").then(pl.concat_str("f", "d", "l")))["far"]


def _id_column(
    draw: Draw,
    source: str,
    shares: dict[str, float],
    known: Ints,
    ours: dict[str, Any],
    ids: npt.NDArray[np.uint8],
) -> pl.Series:
    n = len(known)
    rows = ids[known].copy()
    other = np.flatnonzero(draw.flags(n, 0.001))
    rows[other] = ids[draw.rng.integers(0, len(ids), len(other))]
    wrong = np.flatnonzero(draw.flags(n, shares["typo"]))
    swap = draw.flags(len(wrong), 0.3)
    at = draw.rng.integers(6, 17, len(wrong))
    s, t = wrong[swap], wrong[~swap]
    rows[s, at[swap]], rows[s, at[swap] - 1] = rows[s, at[swap] - 1].copy(), rows[s, at[swap]].copy()
    rows[t, at[~swap]] = 48 + (rows[t, at[~swap]] - 48 + draw.rng.integers(1, 10, len(t))) % 10
    text = _text(rows)
    old = draw.flags(n, 0.06 if source in ("bank", "medical", "civil") else 0.005) & (
        ours["days"][known] < 5_000
    )
    style = draw.rng.choice(6, n, p=[0.9, 0.03, 0.02, 0.02, 0.015, 0.015])
    masked = style == 5 if source in ("bank", "tax", "medical") else style == 9
    c = pl.col("t")
    frame = pl.DataFrame({"t": text, "old": pl.Series(old), "m": pl.Series(masked), "s": pl.Series(style)})
    return frame.select(
        id=pl.when("old")
        .then(c.str.slice(0, 6) + c.str.slice(8, 9))
        .when("m")
        .then(c.str.slice(0, 6) + "********" + c.str.slice(14))
        .when(pl.col("s") == 1)
        .then(c.str.to_lowercase())
        .when(pl.col("s") == 2)
        .then(" " + c + " ")
        .when(pl.col("s") == 3)
        .then(pl.lit("'") + c)
        .when(pl.col("s") == 4)
        .then(c.str.replace("X", "Ｘ", literal=True))
        .otherwise(c)
    )["id"]


def _births(draw: Draw, known: Ints, ours: dict[str, Any]) -> pl.Series:
    n = len(known)
    days = ours["days"][known].copy()
    kind = draw.rng.choice(4, n, p=[0.965, 0.015, 0.01, 0.01])
    days = np.where(kind == 1, days + draw.rng.choice([-10, -1, 1, 10], n), days)
    days = np.where(kind == 2, days - draw.rng.integers(18, 50, n), days)  # a date of the lunar calendar
    days = np.where(kind == 3, days + 365 * draw.rng.choice([-1, 1], n), days)
    text = pl.Series(days.astype(np.int32)).cast(pl.Date)
    styles = pl.Series(draw.rng.integers(0, 3, n))
    d = pl.col("d").dt
    return pl.DataFrame({"d": text, "s": styles}).select(
        b=pl.when(pl.col("s") == 0)
        .then(d.strftime("%Y-%m-%d"))
        .when(pl.col("s") == 1)
        .then(d.strftime("%Y%m%d"))
        .otherwise(d.strftime("%Y/%m/%d"))
    )["b"]


def _phones(draw: Draw, known: Ints, ours: dict[str, Any]) -> pl.Series:
    n = len(known)
    number = np.where(draw.flags(n, 0.12), ours["phone2"][known], ours["phone"][known])
    number = np.where(draw.flags(n, 0.01), number + 10 ** draw.rng.integers(0, 8, n), number)
    return (pl.Series(number) + 13_000_000_000).cast(pl.String)


def _addresses(draw: Draw, known: Ints, ours: dict[str, Any]) -> pl.Series:
    n = len(known)
    code = np.where(
        ours["moved"][known] & draw.flags(n, 0.5), ours["address2"][known], ours["address"][known]
    )
    mixed = (code.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(8)
    streets, towns = pl.Series(WORDS["streets"]), pl.Series(WORDS["towns"])
    part = {
        "d": pl.Series([d["name"] for d in WORDS["districts"]]).gather(ours["district"][known]),
        "t": towns.gather((mixed % np.uint64(len(towns))).astype(np.int64)),
        "r": streets.gather(((mixed >> np.uint64(5)) % np.uint64(len(streets))).astype(np.int64)),
        "k": pl.Series(((mixed >> np.uint64(11)) % np.uint64(180)).astype(np.int64) + 1).cast(pl.String),
        "b": pl.Series(((mixed >> np.uint64(20)) % np.uint64(24)).astype(np.int64) + 1).cast(pl.String),
        "u": pl.Series(((mixed >> np.uint64(26)) % np.uint64(4)).astype(np.int64) + 1).cast(pl.String),
        "f": pl.Series(((mixed >> np.uint64(30)) % np.uint64(66)).astype(np.int64) + 101).cast(pl.String),
        "s": pl.Series(draw.rng.integers(0, 4, n)),
        "h": pl.Series(draw.flags(n, 0.5)),
        "w": pl.Series(draw.flags(n, 0.85)),
    }
    head = pl.when("h").then("d").otherwise(pl.col("d").str.slice(3))
    town = pl.when("w").then("t").otherwise(pl.lit(""))
    road = [pl.col("r"), pl.lit("路"), pl.col("k"), pl.lit("号")]
    dashed = pl.concat_str(head, town, *road, "b", pl.lit("-"), "u", pl.lit("-"), "f")
    full = pl.concat_str(head, town, *road, "b", pl.lit("号楼"), "u", pl.lit("单元"), "f", pl.lit("室"))
    short = pl.concat_str(head, town, *road, "b", pl.lit("栋"), "u", pl.lit("单元"), "f")
    return pl.DataFrame(part).select(
        a=pl.when(pl.col("s") == 0).then(dashed).when(pl.col("s") == 1).then(short).otherwise(full)
    )["a"]


def _employers(draw: Draw, known: Ints, ours: dict[str, Any]) -> pl.Series:
    n = len(known)
    code = np.where(draw.flags(n, 0.15), ours["employer2"][known], ours["employer"][known]).astype(np.int64)
    first, trades = pl.Series(list(WORDS["brand_first"])), pl.Series(WORDS["trades"])
    m = len(first)
    mixed = (code * 2_654_435_761) % 2**32
    part = {
        "x": first.gather(code % m),
        "y": first.gather(code // m % m),
        "z": first.gather(mixed // 64 % m),
        "t": trades.gather(mixed % len(trades)),
        "s": pl.Series(draw.rng.choice(6, n, p=[0.55, 0.15, 0.1, 0.1, 0.05, 0.05])),
    }
    brand = [pl.col("x"), pl.col("y"), pl.col("z"), pl.col("t")]
    style = pl.col("s")
    return pl.DataFrame(part).select(
        e=pl.when(style == 0)
        .then(pl.concat_str(pl.lit("郑州"), *brand, pl.lit("有限公司")))
        .when(style == 1)
        .then(pl.concat_str(pl.lit("郑州市"), *brand, pl.lit("有限责任公司")))
        .when(style == 2)
        .then(pl.concat_str(*brand, pl.lit("有限公司")))
        .when(style == 3)
        .then(pl.concat_str(*brand, pl.lit("（郑州）有限公司")))
        .when(style == 4)
        .then(pl.concat_str(*brand))
        .otherwise(pl.concat_str(*brand, pl.lit("公司")))
    )["e"]


def population(n: int, seed: int) -> pl.DataFrame:
    """Return the rows of ``n`` people: record_id, source, eight raw columns, person (the truth)."""
    parts = []
    for first in range(0, n, CHUNK):
        size = min(CHUNK, n - first)
        parts.append(records(people(size, seed, first, n), seed))
    return (
        pl.concat(parts)
        .with_row_index("row")
        .select(pl.format("h{}", "row").alias("record_id"), pl.exclude("row"))
    )


def main() -> None:
    """Write a population as Parquet or CSV."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    frame = population(args.people, args.seed)
    if args.out.suffix == ".csv":
        frame.write_csv(args.out)
    else:
        frame.write_parquet(args.out)


if __name__ == "__main__":
    main()
