"""Numbers that organisations bore before the unified code, read from whatever a column holds.

Registers of different years name one firm by its unified code (18), its organisation code (9, GB 11714), its
old business registration number (15 digits), or a taxpayer's number: 15 characters (division and organisation
code), 18 (the unified code) or 20 (citizen id and serial of a sole trader). Typists write I, O, S, V and Z,
which the unified code does not have, for the look-alikes that it has.
"""

from __future__ import annotations

import polars as pl

from jiwang.codes import citizen, uscc
from jiwang.codes.folding import fold, matrix

LOOK_ALIKES = {"I": "1", "O": "0", "S": "5", "V": "U", "Z": "2"}
_ORG = r"^[0-9A-Z]{8}[0-9X]$"


def read(numbers: pl.Series) -> pl.DataFrame:
    """Read a column of organisations' numbers of any age.

    Returns:
        One row a number: ``uscc`` (usable, look-alike letters put right only where both check digits then
        agree), ``mended`` (it was put right), ``org_code`` (9 characters, check digit right; that within a
        sound unified code too), ``registration_no`` (15 digits), ``sole_trader`` (20: a usable citizen id
        and two more) and ``broken`` (17 to 19 characters that are none of these: material for `near`).
        Fifteen digits may be given as both kinds: the data tell which is known.
    """
    cleaned = fold(numbers).str.replace_all(r"[-_./]", "")
    read_ = uscc.inspect(cleaned)
    swapped = cleaned.str.replace_many(list(LOOK_ALIKES), list(LOOK_ALIKES.values()))
    mended = uscc.inspect(swapped)
    frame = pl.DataFrame(
        {
            "c": cleaned,
            "good": read_["usable"],
            "code": read_["canonical"],
            "mended": ~read_["usable"] & (mended["verdict"] == "ok"),
            "swapped": mended["canonical"],
            "sound": (read_["verdict"] == "ok") | (mended["verdict"] == "ok"),
        }
    )
    code = pl.when("good").then("code").when("mended").then("swapped")
    size = pl.col("c").str.len_chars()
    frame = frame.with_columns(uscc=code, size=size)
    frame = frame.with_columns(org_code=_org_codes(frame))
    old = pl.col("c").str.contains(r"^[0-9]{15}$")
    traders = citizen.inspect(frame["c"].str.slice(0, 18))["usable"] & (frame["size"] == 20)
    whole = pl.col("uscc").is_null() & pl.col("size").is_between(17, 19)
    return frame.with_columns(trader=traders).select(
        "uscc",
        "mended",
        "org_code",
        registration_no=pl.when(old).then("c"),
        sole_trader=pl.when("trader").then("c"),
        broken=pl.when(whole).then("c"),
    )


def _org_codes(frame: pl.DataFrame) -> pl.Series:
    """Return the organisation code that stands alone, ends a taxpayer's number of 15, or lies in a code."""
    inner = pl.when("sound").then(pl.col("uscc").str.slice(8, 9))
    bare = pl.when(pl.col("size") == 9).then("c").when(pl.col("size") == 15).then(pl.col("c").str.slice(6))
    found = frame.select(inner=inner, bare=bare)
    right = org_code_right(found["bare"])
    return found.with_columns(right=right).select(
        pl.coalesce("inner", pl.when("right").then("bare")).alias("org_code")
    )["org_code"]


def org_code_right(codes: pl.Series) -> pl.Series:
    """Say of each organisation code of 9 characters whether its check digit is right; null is wrong."""
    shaped = codes.str.contains(_ORG).fill_null(value=False)
    at = shaped.arg_true()
    flags = pl.repeat(value=False, n=len(codes), eager=True)
    if not len(at):
        return flags
    return flags.scatter(at, pl.Series(uscc.org_check(matrix(codes.gather(at), 9))))


def near(broken: pl.Series, known: pl.Series) -> pl.DataFrame:
    """Find the known codes that are one slip away.

    A slip is one character mistyped, dropped or added, or two neighbours that changed places: such texts have
    a text in common when each loses one character (or none).

    Args:
        broken: codes (or names) that are known to be wrong.
        known: those that may be meant.

    Returns:
        ``broken, known``: every pair; a code that meets two is not to be repaired.
    """
    ours = _one_less(broken.drop_nulls().unique(), "broken")
    theirs = _one_less(known.drop_nulls().unique(), "known")
    return ours.join(theirs, on="part").select("broken", "known").unique().sort("broken", "known")


def _one_less(codes: pl.Series, name: str) -> pl.DataFrame:
    """Return ``part, name``: every code whole, and without each of its characters in turn."""
    frame = codes.to_frame(name)
    longest = max(codes.str.len_chars().to_list(), default=0)
    parts = [frame.select(name, part=pl.col(name))]
    for i in range(longest):
        less = pl.concat_str(pl.col(name).str.slice(0, i), pl.col(name).str.slice(i + 1))
        parts.append(frame.filter(pl.col(name).str.len_chars() > i).select(name, part=less))
    return pl.concat(parts).unique()
