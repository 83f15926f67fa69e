"""Bank card and passbook numbers: digits and a soft Luhn verdict on whole columns.

Cards have 16 to 19 digits that end in a Luhn digit. Old passbooks and internal accounts have other lengths
and no check, so their numbers are taken as they are.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from jiwang.codes.folding import fold, matrix

VERDICTS = ("ok", "luhn", "passbook", "format", "missing")
_OK, _LUHN, _PASSBOOK, _FORMAT, _MISSING = range(len(VERDICTS))
CARD_LENGTHS = range(16, 20)
_DOUBLED = np.array([0, 2, 4, 6, 8, 1, 3, 5, 7, 9], dtype=np.uint8)


def inspect(numbers: pl.Series) -> pl.DataFrame:
    """Read a column of account numbers.

    Returns:
        One row a number: ``canonical`` (digits without spaces or hyphens, null where other characters
        remain), ``cleaned`` and ``verdict`` (of `VERDICTS`).
    """
    cleaned = fold(numbers).str.replace_all(r"[-_]", "")
    digits = pl.when(pl.col("c").str.contains(r"^[0-9]{8,32}$")).then("c")
    canonical = cleaned.to_frame("c").select(digits)["c"]
    lengths = canonical.str.len_bytes()
    states = np.where(cleaned.is_null().to_numpy(), _MISSING, _FORMAT)
    states[canonical.is_not_null().to_numpy()] = _PASSBOOK
    for length in CARD_LENGTHS:
        at = (lengths == length).arg_true()
        values = matrix(canonical.gather(at), length) - 48
        doubled = slice(length % 2, None, 2)  # every second digit from the right, the last not among them
        values[:, doubled] = _DOUBLED[values[:, doubled]]
        states[at.to_numpy()] = np.where(values.sum(axis=1) % 10 == 0, _OK, _LUHN)
    verdict = pl.Series(VERDICTS).gather(states)
    return pl.DataFrame({"canonical": canonical, "cleaned": cleaned, "verdict": verdict})
