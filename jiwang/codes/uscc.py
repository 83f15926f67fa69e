"""Unified social credit codes (GB 32100-2015): soft verdicts on whole columns.

18 characters of an alphabet of 31: two of registration, a division of 6 digits, an organisation code of 9 (GB
11714, with a check digit of its own) and a check character mod 31. Both checks are made.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from jiwang.codes.folding import Bytes, fold, matrix

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = tuple(pow(3, i, 31) for i in range(17))
ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
VERDICTS = ("ok", "org_code", "checksum", "format", "missing")
_OK, _ORG_CODE, _CHECKSUM, _FORMAT, _MISSING = range(len(VERDICTS))
_FORM = rf"^[{ALPHABET}]{{2}}[0-9]{{6}}[{ALPHABET}]{{10}}$"

_RANK = np.zeros(128, dtype=np.int64)  # byte → its value in the alphabet of 31
_RANK[np.frombuffer(ALPHABET.encode("ascii"), dtype=np.uint8)] = np.arange(31)
_ORG_RANK = np.zeros(128, dtype=np.int64)  # byte → its value in GB 11714: 0-9, A = 10 … Z = 35
_ORG_RANK[48:58], _ORG_RANK[65:91] = np.arange(10), np.arange(10, 36)


def inspect(codes: pl.Series) -> pl.DataFrame:
    """Read a column of unified social credit codes.

    Returns:
        One row a code: ``canonical`` (18 characters, null where the text has not their form), ``cleaned``,
        ``verdict`` (of `VERDICTS`) and ``usable`` (the outer check is right: it may found an identity; a
        wrong inner organisation code is a note, since old registers carried such codes over).
    """
    cleaned = fold(codes)
    whole = cleaned.to_frame("c").select(pl.when(pl.col("c").str.contains(_FORM)).then("c"))["c"]
    at = whole.is_not_null().arg_true()
    rows = matrix(whole.gather(at), 18)
    states = np.where(cleaned.is_null().to_numpy(), _MISSING, _FORMAT)
    states[at.to_numpy()] = np.select([~_check(rows), ~org_check(rows[:, 8:17])], [_CHECKSUM, _ORG_CODE], _OK)
    return pl.DataFrame(
        {
            "canonical": whole,
            "cleaned": cleaned,
            "verdict": pl.Series(VERDICTS).gather(states),
            "usable": states <= _ORG_CODE,
        }
    )


def _check(rows: Bytes) -> npt.NDArray[np.bool_]:
    values = _RANK[rows]
    right: npt.NDArray[np.bool_] = (31 - values[:, :17] @ np.array(WEIGHTS)) % 31 == values[:, 17]
    return right


def org_check(rows: Bytes) -> npt.NDArray[np.bool_]:
    """Check organisation codes (GB 11714), bytes of shape (n, 9).

    The check digit is 11 minus the weighted sum mod 11, 10 written X and 11 written 0.
    """
    digit = (11 - _ORG_RANK[rows[:, :8]] @ np.array(ORG_WEIGHTS) % 11) % 11
    right: npt.NDArray[np.bool_] = digit == np.where(rows[:, 8] == ord("X"), 10, _ORG_RANK[rows[:, 8]])
    return right
