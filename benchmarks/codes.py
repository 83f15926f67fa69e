"""Ids per CPU second of the citizen id codec on one core, beside python-stdnum where it is installed.

Run: ``POLARS_MAX_THREADS=1 python benchmarks/codes.py [N]``.
"""

from __future__ import annotations

import os
import sys
import time

os.environ.setdefault("POLARS_MAX_THREADS", "1")

import numpy as np
import polars as pl

from jiwang.codes import citizen


def numbers(count: int, seed: int = 7) -> pl.Series:
    """Draw ``count`` well-formed ids: one in twenty of 15 digits, one in twenty spaced."""
    rng = np.random.default_rng(seed)
    days = np.datetime64("1930-01-01") + rng.integers(0, 32_000, count).astype("timedelta64[D]")
    births = np.char.replace(days.astype(str), "-", "")
    heads = rng.choice(["110101", "310104", "440106", "510104", "659001"], count)
    tails = np.char.zfill(rng.integers(1, 999, count).astype(str), 3)
    made = []
    for i, (head, birth, tail) in enumerate(zip(heads, births, tails, strict=True)):
        if i % 20 == 0 and birth < "2000":
            made.append(f"{head}{birth[2:]}{tail}")
            continue
        whole = f"{head}{birth}{tail}"
        whole += citizen.check_digit(whole)
        made.append(f" {whole.lower()}" if i % 20 == 1 else whole)
    return pl.Series(made)


def main(count: int) -> None:
    """Print ids/s of both codecs; stdnum is timed on a hundredth of the ids."""
    ids = numbers(count)
    citizen.inspect(ids.head(1_000))
    started = time.process_time()
    usable = citizen.inspect(ids)["usable"].sum()
    ours = count / (time.process_time() - started)
    sys.stdout.write(f"jiwang.codes.citizen   {ours:>12,.0f} ids/s   {usable:,} of {count:,} usable\n")
    try:
        from stdnum.cn import ric  # noqa: PLC0415 - the peer may be absent
    except ImportError:
        sys.stdout.write("python-stdnum is not installed: nothing to compare with\n")
        return
    sample = ids.head(max(1, count // 100)).to_list()
    started = time.process_time()
    accepted = 0
    for text in sample:
        try:
            accepted += ric.is_valid(text)
        except KeyError:  # stdnum raises it for 131 statistical codes
            continue
    theirs = len(sample) / (time.process_time() - started)
    told = f"{accepted:,} of {len(sample):,} accepted"
    sys.stdout.write(f"python-stdnum          {theirs:>12,.0f} ids/s   {told}\n")
    sys.stdout.write(f"ratio                  {ours / theirs:>12,.0f}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
