"""Personal names: one key per name, a sound key, and how alike two names are.

Departments write one name in many ways: full-width spaces, four kinds of middle dot, (已故), traditional
characters, a rare character lost to ``?``, ``□``, the private use area or its sound in capitals, a masked
character. The key folds what is only writing; `likeness` judges what may be an error.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cache
from types import ModuleType

import polars as pl

from entity_resolution.normalize.variants import PRIVATE_USE, SIMPLIFIED

WILD = "?"
_DOTS = "·•‧∙・･⋅.．。"
_NOISE = rf"[\s\u{{3000}}\u{{200B}}-\u{{200F}}\u{{FEFF}}{_DOTS}'`’]"
_SUFFIX = r"[(\[【](?:已故|亡|故|曾用名)[)\]】]"
_LOST = r"[?*＊□■◇○〇\u{FFFD}\u{E000}-\u{F8FF}]"
_SOUND = r"[A-Za-z]+"
_FOLD = PRIVATE_USE | SIMPLIFIED
# Readings of surnames that differ from the character's common one.
_SURNAME_SOUNDS = {
    "单": "shan", "解": "xie", "查": "zha", "仇": "qiu", "区": "ou", "曾": "zeng", "盖": "ge", "乐": "yue",
}  # fmt: skip

EXACT, WRITING, SOUND, SHAPE, OTHER = 1.0, 0.9, 0.8, 0.6, 0.0


def keys(names: pl.Series) -> pl.Series:
    """Return the key of each name: folded, lost characters as ``?``; null where nothing is left."""
    cleaned = (
        pl.col("n")
        .str.replace_many(list(PRIVATE_USE), list(PRIVATE_USE.values()))
        .str.normalize("NFKC")
        .str.replace_all(_SUFFIX, "")
        .str.replace_all(_NOISE, "")
        .str.replace_all(_LOST, WILD)
        .str.replace_all(_SOUND, WILD)
        .str.replace_many(list(_FOLD), list(_FOLD.values()))
    )
    frame = names.cast(pl.String).to_frame("n").select(cleaned)
    return frame.select(pl.when(~pl.col("n").str.contains(r"^[?]*$")).then("n"))["n"].alias(names.name)


@cache
def _pinyin() -> ModuleType:
    # Characters are read one by one: the readings of phrases take longer to load than a batch to resolve.
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    import pypinyin  # noqa: PLC0415 - its dictionary takes a while to load

    return pypinyin


@cache
def _sound(character: str) -> str:
    return "".join(_pinyin().lazy_pinyin(character))


@cache
def readings(character: str) -> frozenset[str]:
    """Return all readings of a character, tones aside."""
    pinyin = _pinyin()
    return frozenset(pinyin.pinyin(character, style=pinyin.Style.NORMAL, heteronym=True)[0])


def sounds(key: str) -> tuple[str, ...]:
    """Return the toneless reading of each character of a key; the first is read as a surname."""
    if not key:
        return ()
    first = _SURNAME_SOUNDS.get(key[0]) or _sound(key[0])
    return (first, *(_sound(c) for c in key[1:]))


def sound_keys(names: pl.Series) -> pl.Series:
    """Return the sound key of each name key: toneless readings joined by blanks."""
    if names.null_count() == len(names):
        return names.cast(pl.String)
    characters = "".join(names.drop_nulls().unique().to_list())
    heard = {c: " " + _sound(c) for c in sorted(set(characters))}
    first = {c: _SURNAME_SOUNDS.get(c) or of.lstrip() for c, of in heard.items()}
    n = pl.col("n")
    return names.to_frame("n").select(
        pl.concat_str(
            n.str.slice(0, 1).replace_strict(first, default="", return_dtype=pl.String),
            n.str.slice(1).str.replace_many(list(heard), list(heard.values())),
        ).alias(names.name)
    )[names.name]


def _wild_equal(a: str, b: str) -> bool:
    return len(a) == len(b) and all(x == y or WILD in (x, y) for x, y in zip(a, b, strict=True))


def _sound_equal(a: str, b: str) -> bool:
    pairs = zip(a, b, sounds(a), sounds(b), strict=True)
    return all(x == y or WILD in (x, y) or s == t for x, y, s, t in pairs)


def _swapped(a: str, b: str) -> bool:
    """Say whether one pair of neighbouring characters changed places."""
    differ = [i for i, (x, y) in enumerate(zip(a, b, strict=True)) if x != y]
    if len(differ) != 2 or differ[1] - differ[0] != 1:
        return False
    i, j = differ
    return a[i] == b[j] and a[j] == b[i]


def likeness(a: str, b: str) -> float:
    """Return how alike two name keys are.

    1.0 the same; 0.9 a matter of writing (lost character, a minority name cut to one part); 0.8 the same
    sound; 0.6 one character differs in a name of three or more, or in a name of two with the surname kept,
    or two neighbours changed places; 0.0 otherwise.
    """
    if a == b:
        return EXACT
    if WILD in a + b and _wild_equal(a, b):
        return (
            WRITING if sum(WILD in p for p in zip(a, b, strict=True)) < len(a) - 1 or len(a) == 2 else SHAPE
        )
    if len(a) != len(b):
        short, long = sorted((a, b), key=len)
        cut = len(long) >= 4 and len(short) >= 2 and (long.startswith(short) or long.endswith(short))
        return WRITING if cut and WILD not in short else OTHER
    if _sound_equal(a, b):
        return SOUND
    if _swapped(a, b):
        return SHAPE
    differ = sum(x != y for x, y in zip(a, b, strict=True) if WILD not in (x, y))
    return SHAPE if differ == 1 and (len(a) > 2 or a[0] == b[0]) else OTHER


def likenesses(a: Iterable[str | None], b: Iterable[str | None]) -> list[float]:
    """Return `likeness` of each pair; 0.0 where a name is missing. Equal pairs are judged once."""
    seen: dict[tuple[str, str], float] = {}
    found = []
    for x, y in zip(a, b, strict=True):
        if x is None or y is None:
            found.append(OTHER)
            continue
        if (x, y) not in seen:
            seen[x, y] = likeness(x, y)
        found.append(seen[x, y])
    return found
