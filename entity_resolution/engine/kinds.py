"""Kinds of fields: how a text is normalised, and which parts of it records may be blocked on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

import polars as pl

from entity_resolution.engine.profile import FieldOf
from jiwang.codes import citizen, phone
from jiwang.errors import UsageError

Part = Callable[[pl.Series], pl.Series]
_T = pl.col("t")
_NOTHING = r"^(?:nan|null|none|na|n/a|unknown|不详|未知|无|-+|\.+)$"
_LATIN_NOISE = r"[^\p{L}\p{N} ]"
_TITLES = (
    r"\b(?:mr|mrs|ms|miss|dr|sir|lord|lady|rev|jr|sr|1st|2nd|3rd|baron|baronet|earl|the|of|von|van|de)\b"
)
_SEXES = {
    "男": "male",
    "m": "male",
    "male": "male",
    "1": "male",
    "女": "female",
    "f": "female",
    "female": "female",
    "2": "female",
}
_MARK = r"\p{M}"


def normalise(of: FieldOf, raws: pl.Series, places: frozenset[str] | None = None) -> pl.DataFrame:
    """Return ``text`` (null where nothing is said) for distinct texts; of ids also usable, birth and sex.

    Args:
        of: the field.
        raws: distinct texts.
        places: of employers: as `places` finds them in the whole table; by default in these texts.
    """
    raws = raws.cast(pl.String)
    if of.kind == "id" and of.checksum == "citizen":
        return _citizen(raws)
    if of.kind == "name" and of.script == "han":
        from entity_resolution.normalize import names  # noqa: PLC0415 - loads the tables of sounds

        return pl.DataFrame({"text": names.keys(raws)})
    if of.kind == "phone" and of.script == "han":
        return pl.DataFrame({"text": phone.inspect(raws)["canonical"]})
    if of.kind == "employer" and of.script == "han":
        return _employer(raws, places)
    rules: Mapping[str, pl.Expr] = {
        "id": _T.str.to_uppercase().str.replace_all(r"[^0-9A-Z]", ""),
        "phone": _T.str.replace_all(r"\D", "").str.slice(-11),
        "date": _date(),
        "year": _T.str.extract(r"(\d{4})"),
        "code": _T.str.strip_chars(),
        "sex": _T.str.strip_chars().str.to_lowercase().replace_strict(_SEXES, default=None),
        "name": _latin(),
    }
    plain = _T.str.normalize("NFKC").str.to_lowercase().str.replace_all(r"\s+", " ").str.strip_chars()
    if of.kind == "address" and of.script == "han":
        folded = raws.to_frame("t").select(_T.str.normalize("NFKC").str.replace_all(r"\s", ""))
        return folded.select(text=pl.coalesce(_HOME, "t"))
    text = rules.get(of.kind, plain)
    frame = raws.to_frame("t").select(text=text)
    empty = (pl.col("text") == "") | pl.col("text").str.contains(_NOTHING)
    return frame.select(text=pl.when(~empty).then("text"))


def _citizen(raws: pl.Series) -> pl.DataFrame:
    """Read citizen ids; a masked one keeps its stars, a wrong one stays as it is cleaned."""
    read = citizen.inspect(raws)
    return read.select(
        text=pl.when("usable").then("canonical").otherwise("cleaned"),
        usable=pl.col("usable"),
        birth=pl.when("usable").then(pl.col("birth_date").dt.strftime("%Y%m%d")),
        sex=pl.when("usable").then("sex"),
    )


def places(of: FieldOf, raws: pl.Series) -> frozenset[str]:
    """Return the places in brackets within a table's texts: all that reading one text takes from others."""
    from entity_resolution.normalize.employers import bracketed_regions  # noqa: PLC0415

    if of.kind != "employer" or of.script != "han":
        return frozenset()
    return bracketed_regions(raws.drop_nulls().to_list())


def _employer(raws: pl.Series, known: frozenset[str] | None) -> pl.DataFrame:
    from entity_resolution.normalize.employers import OrganisationNames, bracketed_regions  # noqa: PLC0415

    known = bracketed_regions(raws.drop_nulls().to_list()) if known is None else known
    told = OrganisationNames(known).table(raws)
    cores = dict(told.select("name", "core").rows())
    return pl.DataFrame({"text": raws.replace_strict(cores, default=None, return_dtype=pl.String)})


def _latin() -> pl.Expr:
    plain = _T.str.normalize("NFKD").str.replace_all(_MARK, "").str.to_lowercase()
    plain = (
        plain.str.replace_all(r"['’`]", "").str.replace_all(_LATIN_NOISE, " ").str.replace_all(_TITLES, " ")
    )
    return plain.str.replace_all(r"\s+", " ").str.strip_chars()


def _date() -> pl.Expr:
    """Return eight digits, ``00`` for what is missing; year first, or day first with separators."""
    first = _T.str.extract_groups(r"^\D*(\d{4})\D?(\d{1,2})?\D?(\d{1,2})?")
    last = _T.str.extract_groups(r"^\s*(\d{1,2})\D(\d{1,2})\D(\d{4})\b")
    backward = last.struct.field("3").is_not_null()

    def part(index: str, other: str, width: int) -> pl.Expr:
        chosen = pl.when(backward).then(last.struct.field(other)).otherwise(first.struct.field(index))
        return chosen.fill_null("").str.zfill(width)

    text = pl.concat_str(part("1", "3", 4), part("2", "2", 2), part("3", "1", 2))
    return pl.when(~text.str.contains(r"^(?:0000|9999|1900010[01])")).then(text)


def parts(of: FieldOf, texts: pl.Series, wanted: frozenset[str]) -> dict[str, pl.Series]:
    """Return the parts of distinct normalised values that blocks may use.

    Args:
        of: the field.
        texts: the values.
        wanted: the parts.

    Raises:
        UsageError: a field of this kind has no such part.
    """
    rules = _parts(of)
    if strange := wanted - rules.keys():
        raise UsageError(
            f"field {of.name} of kind {of.kind} has no part {', '.join(sorted(strange))}",
            f"use one of {', '.join(sorted(rules)) or 'none: block on the whole'}",
        )
    return {name: rules[name](texts) for name in sorted(wanted)}


def _parts(of: FieldOf) -> Mapping[str, Part]:
    han = of.script == "han"
    if of.kind == "name":
        return _HAN_NAME if han else _LATIN_NAME
    if of.kind == "address":
        return _HAN_ADDRESS if han else _LATIN_ADDRESS
    return _PARTS.get(of.kind, _PARTS["other"])


def _by(expression: pl.Expr) -> Part:
    return lambda texts: texts.to_frame("t").select(p=expression)["p"]


def _when(text: pl.Expr, test: pl.Expr) -> pl.Expr:
    return pl.when(test).then(text)


def _long(n: int) -> pl.Expr:
    return _T.str.len_chars() >= n


def _without_one(width: int) -> pl.Expr:
    """Return a text of ``width`` places with each place left out in turn: a slip leaves one of them equal."""
    return pl.concat_list(
        pl.concat_str(_T.str.slice(0, i), pl.lit("_"), _T.str.slice(i + 1)) for i in range(width)
    )


_NUMBERS = _T.str.extract_all(r"\d+")
_ROAD = _T.str.extract(r"([\u4e00-\u9fff]{1,3})\d")
_HOME = _when(pl.concat_str(_ROAD, pl.lit("#"), _NUMBERS.list.join("-")), _NUMBERS.list.len() >= 2)
_LONG_WORDS = _T.str.extract_all(r"\p{L}{4,}")


def _open(text: pl.Expr, least: int) -> pl.Expr:
    """Return ``text`` of ids long enough and not masked there."""
    return _when(text, _long(least) & ~text.str.contains("*", literal=True))


_HAN_ADDRESS: Mapping[str, Part] = {"place": _by(_T.str.extract(r"^(.*?\d+)(?:\D|$)"))}
_LATIN_ADDRESS: Mapping[str, Part] = {
    "home": _by(pl.concat_str(_NUMBERS.list.join("-"), pl.lit(" "), _LONG_WORDS.list.first())),
    "place": _by(_LONG_WORDS.list.first()),
    "token": _by(_LONG_WORDS),
}
_PARTS: Mapping[str, Mapping[str, Part]] = {
    "id": {
        "head": _by(_open(_T.str.slice(0, 10), 15)),
        "birth": _by(_open(_T.str.slice(6, 8), 17)),
        "tail": _by(_open(_T.str.slice(-4), 6)),
        "half": _by(_open(_T.str.head(_T.str.len_chars() // 2), 6)),
        "end": _by(_open(_T.str.tail(_T.str.len_chars() // 2), 6)),
    },
    "date": {
        "y": _by(_T.str.slice(0, 4)),
        "ym": _by(_T.str.slice(0, 6)),
        "md": _by(_when(_T.str.slice(4), _T.str.slice(6) != "00")),
        "yd": _by(_when(_T.str.slice(0, 4) + _T.str.slice(6), _T.str.slice(6) != "00")),
        "slip": _by(_without_one(8)),
    },
    "year": {},
    "code": {},
    "sex": {},
    "phone": {"tail": _by(_T.str.slice(-7))},
    "employer": {"brand": _by(_when(_T.str.slice(0, 3), _long(3)))},
    "other": {
        "p3": _by(_when(_T.str.slice(0, 3), _long(3))),
        "p4": _by(_when(_T.str.slice(0, 4), _long(4))),
        "token": _by(_T.str.extract_all(r"[\p{L}\p{N}]{3,}")),
    },
}


def _heard(names: pl.Series) -> pl.Series:
    from entity_resolution.normalize.names import sound_keys  # noqa: PLC0415 - loads the tables of sounds

    return sound_keys(names)


# A character misread leaves the others of a name: 何?秀, 何梅?
_HAN_SLIP = _when(_without_one(3), _T.str.len_chars() == 3)
_HAN_NAME: Mapping[str, Part] = {
    "sound": _heard,
    "first": _by(_T.str.slice(0, 1)),
    "last": _by(_T.str.slice(-1)),
    "slip": _by(_HAN_SLIP),
}


def _tokens(texts: pl.Series) -> pl.Series:
    return texts.str.split(" ")


def _sounds(texts: pl.Series) -> pl.Series:
    tokens = _tokens(texts)
    codes = {w: soundex(w) for w in tokens.explode().drop_nulls().unique().to_list()}
    return tokens.list.eval(pl.element().replace_strict(codes, default=None, return_dtype=pl.String))


_LATIN_NAME: Mapping[str, Part] = {
    "sorted": lambda t: _tokens(t).list.sort().list.join(" "),
    "sound": lambda t: _sounds(t).list.sort().list.join(" "),
    "first": lambda t: _tokens(t).list.first(),
    "last": lambda t: _tokens(t).list.last(),
    "first_sound": lambda t: _sounds(t).list.first(),
    "last_sound": lambda t: _sounds(t).list.last(),
    "token": lambda t: _tokens(t).list.eval(pl.element().filter(pl.element().str.len_chars() >= 3)),
    "token_sound": lambda t: _sounds(t).list.unique(maintain_order=True),
    "initials": lambda t: _tokens(t).list.eval(pl.element().str.slice(0, 1)).list.sort().list.join(""),
    "p3": _by(_when(_T.str.slice(0, 3), _long(3))),
    "p4": _by(_when(_T.str.slice(0, 4), _long(4))),
    "tail": _by(_when(_T.str.slice(-4), _long(4))),
}

_SOUNDS = {c: d for d, letters in enumerate(("bfpv", "cgjkqsxz", "dt", "l", "mn", "r"), 1) for c in letters}


@cache
def soundex(word: str) -> str:
    """Return the Soundex of a word (R. C. Russell, 1918): first letter and three classes of sounds."""
    if not word:
        return ""
    out, before = [word[0]], _SOUNDS.get(word[0])
    for c in word[1:]:
        now = _SOUNDS.get(c)
        if now and now != before:
            out.append(str(now))
        if c not in "hw":
            before = now
    return "".join(out)[:4].ljust(4, "0")


def name_part(part: str, texts: pl.Series) -> pl.Series:
    """Return a part of western names, as blocks use it (``sorted``, ``sound`` …)."""
    # Of each text once: sorting a list a row wakes all threads a row, and pairs repeat few names.
    distinct = texts.unique()
    known = pl.DataFrame({"text": distinct, "part": _LATIN_NAME[part](distinct)})
    every = texts.to_frame("text")
    return every.join(known, on="text", how="left", nulls_equal=True, maintain_order="left")["part"]
