"""Values: what each field says, normalised once per distinct text, with the parts that blocks are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl

from entity_resolution.engine import kinds
from entity_resolution.engine.profile import FieldOf, Profile

NONE = np.uint32(2**32 - 1)  # no value
Codes = npt.NDArray[np.uint32]


@dataclass(frozen=True)
class Values:
    """The distinct values of one field, in alphabetical order: a code is a place in it.

    Attributes:
        field: the field.
        texts: normalised texts.
        parts: part -> one value (or list of values) a text; always the whole, called "".
        usable: whether a text identifies by itself (an id that passes its checksum).
        partial: whether it says only a part (a masked name): two such, equal, are not yet the same.
    """

    field: FieldOf
    texts: pl.Series
    parts: Mapping[str, pl.Series]
    usable: npt.NDArray[np.bool_]
    partial: npt.NDArray[np.bool_]


@dataclass
class Said:
    """What the records of a table say.

    Attributes:
        n: number of records.
        values: field -> its distinct values.
        codes: field -> one array of codes a column, `NONE` where it has no value.
        stated: field -> how many of its columns the table has; later ones were read out of ids.
    """

    n: int
    values: dict[str, Values] = field(default_factory=dict)
    codes: dict[str, list[Codes]] = field(default_factory=dict)
    stated: dict[str, int] = field(default_factory=dict)


def read(frame: pl.DataFrame, profile: Profile, named: Mapping[str, frozenset[str]] | None = None) -> Said:
    """Normalise the columns of a table that the profile names.

    Args:
        frame: the table, or a part of it; columns are read as text.
        profile: the profile.
        named: of a part: field -> what `kinds.places` found in the whole table.
    """
    said = Said(frame.height)
    beside: dict[str, list[pl.Series]] = {}
    for of in sorted(profile.field, key=lambda f: f.kind != "id"):  # ids give births and sexes to others
        raws = raws_of(frame, of)
        said.stated[of.name] = len(raws)
        raws += beside.get(of.name, [])
        texts, places = _distinct(raws)
        known = kinds.normalise(of, texts, (named or {}).get(of.name))
        for target, column in ((of.birth, "birth"), *((d, "birth") for d in of.dates), (of.sex, "sex")):
            if target and column in known.columns:
                beside.setdefault(target, []).extend(gathered(known[column], p) for p in places)
        said.values[of.name], recode = _values(of, known, profile.parts_of(of.name))
        said.codes[of.name] = [_recoded(recode, p) for p in places]
    return said


def raws_of(frame: pl.DataFrame, of: FieldOf) -> list[pl.Series]:
    """Return the columns of a field as they are given, those joined that the profile joins."""
    there = [frame[c].cast(pl.String) for c in of.columns if c in frame.columns]
    if of.join and there:
        return [pl.DataFrame(there).select(t=pl.concat_str(pl.all(), separator=" ", ignore_nulls=True))["t"]]
    return there


def _distinct(raws: Sequence[pl.Series]) -> tuple[pl.Series, list[Codes]]:
    """Return the distinct texts and where each column's values stand among them."""
    if not raws:
        return pl.Series(dtype=pl.String), []
    texts = pl.concat([r.rename("t") for r in raws]).drop_nulls().unique()
    return texts, [codes_of(r, texts) for r in raws]


def gathered(texts: pl.Series, places: Codes) -> pl.Series:
    """Return the texts of codes, null for `NONE`."""
    at = pl.Series(places, dtype=pl.UInt32)
    return (
        texts.gather(at.set(at == int(NONE), None))
        if len(texts)
        else pl.Series([None] * len(at), dtype=pl.String)
    )


def _values(of: FieldOf, known: pl.DataFrame, wanted: frozenset[str]) -> tuple[Values, Codes]:
    """Return the distinct normalised values, and text -> code."""
    order = known.with_row_index("raw").filter(pl.col("text").is_not_null())
    firsts = order.unique("text", keep="first", maintain_order=True).sort("text")
    found = of_texts(of, firsts["text"], wanted, firsts["usable"] if "usable" in firsts.columns else None)
    return found, codes_of(known["text"], firsts["text"])


def of_texts(
    of: FieldOf, texts: pl.Series, wanted: frozenset[str] = frozenset(), usable: pl.Series | None = None
) -> Values:
    """Return the values of a field.

    Args:
        of: the field.
        texts: normalised, distinct, in alphabetical order.
        wanted: the parts that blocks use, the whole left out.
        usable: which of them identify by themselves, where that is known already.
    """
    parts = {"": texts, **kinds.parts(of, texts, wanted)}
    known = usable_of(of, texts) if usable is None else usable.fill_null(value=False).to_numpy()
    return Values(of, texts, parts, known, partial(of, texts))


def codes_of(texts: pl.Series, known: pl.Series) -> Codes:
    """Return the place of each text among the known ones, `NONE` for null and for others."""
    place = known.to_frame("t").with_row_index("i")
    found = texts.to_frame("t").join(place, on="t", how="left", maintain_order="left")["i"]
    return found.cast(pl.UInt32).fill_null(int(NONE)).to_numpy()


def ranked(of: pl.Series) -> Codes:
    """Number values, `NONE` for null, where only whether two are equal is ever asked."""
    return (of.rank("dense").cast(pl.Int64) - 1).fill_null(int(NONE)).cast(pl.UInt32).to_numpy()


def _recoded(recode: Codes, places: Codes) -> Codes:
    return np.append(recode, NONE)[np.minimum(places, len(recode))].astype(np.uint32)


def usable_of(of: FieldOf, texts: pl.Series) -> npt.NDArray[np.bool_]:
    """Say which normalised values identify by themselves."""
    if not of.checksum or not len(texts):
        return np.zeros(len(texts), dtype=bool)
    return kinds.normalise(of, texts)["usable"].fill_null(value=False).to_numpy()


def partial(of: FieldOf, texts: pl.Series) -> npt.NDArray[np.bool_]:
    """Say which normalised values are masked or have lost a character, and so say only a part."""
    found: npt.NDArray[np.bool_] = texts.str.contains(r"[?*]").to_numpy() & (not of.whole)
    return found
