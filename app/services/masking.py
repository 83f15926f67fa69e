"""Masks of what identifies a person, as the app shows it unless a purpose was given.

name 王*明 · citizen id 411***********1234 · telephone 138****5678 · account ****5678
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

STAR = "*"
_LONG_NUMBER = re.compile(r"(?<![0-9A-Za-z])(?:\d{17}[0-9Xx]|\d{12,23}|1[3-9]\d{9})(?![0-9A-Za-z])")
# A citizen id by its shape: a key that is one is masked, other keys are what an auditor looks a row up by.
_CITIZEN_ID = re.compile(r"^\d{6}(?:18|19|20)\d{2}[01]\d[0-3]\d{4}[0-9Xx]$")
# The holder of an account or the object of a case may be an organisation, and those are not masked.
_ORGANISATION = re.compile(r"^.{4,}(?:公司|局|中心|户|银行|医院|卫生院|药房|店|厂|社|学校|基金|基金会)$")
_POST = re.compile(r"^(?P<post>[^:：]*[:：])?(?P<name>.*)$")
_KEPT_ADDRESS = 6  # characters: province, city or county, which is as near as an investigator needs at first


def name(text: str) -> str:
    """王小明 → 王*明, 王明 → 王*, Zhang San → Z*******n."""
    if len(text) <= 1:
        return STAR
    if len(text) == 2:
        return text[0] + STAR
    return text[0] + STAR * (len(text) - 2) + text[-1]


def middle(text: str, head: int, tail: int) -> str:
    """Star out all but the first ``head`` and last ``tail`` characters; short texts lose all but one."""
    if len(text) <= head + tail:
        return text[:1] + STAR * max(len(text) - 1, 1)
    return text[:head] + STAR * (len(text) - head - tail) + text[-tail:]


def number(text: str) -> str:
    """Mask one number by its shape: citizen id, mobile telephone, else an account."""
    if len(text) in (15, 18) and text[-4:-1].isdigit() and text[0] in "1234568":
        return middle(text, 3, 4)
    if len(text) == 11:
        return middle(text, 3, 4)
    return middle(text, 0, 4)


def text(value: str) -> str:
    """Mask every long number inside a text."""
    return _LONG_NUMBER.sub(lambda m: number(m[0]), value)


@dataclass(frozen=True)
class Mask:
    """How values of each ontology type are shown.

    Attributes:
        clear: show everything: a purpose was given and logged.
        names: names of people to star out wherever they occur inside a text → how to show them.
    """

    clear: bool = False
    names: Mapping[str, str] = field(default_factory=dict)

    def value(self, kind: str, value: str | None) -> str:
        """Return ``value``, of an ontology field type, as it may be shown; "" for None."""
        if value is None:
            return ""
        if self.clear:
            return value
        match kind:
            case "name":
                return value if _ORGANISATION.match(value) else name(value)
            case "key":
                return middle(value, 3, 4) if _CITIZEN_ID.match(value) else value
            case "citizen_id" | "phone":
                return middle(value, 3, 4)
            case "account_no":
                return STAR * 4 + value[-4:]
            case "address":
                return value[:_KEPT_ADDRESS] + STAR * 4 if len(value) > _KEPT_ADDRESS else value
            case _:
                return self.text(value)

    def text(self, value: str) -> str:
        """Return a text with its long numbers, and the names that we know, starred out."""
        if self.clear:
            return value
        for known in sorted(self.names, key=lambda n: (-len(n), n)):
            value = value.replace(known, self.names[known])
        return text(value)

    def people(self, values: Iterable[str]) -> list[str]:
        """Return a list of people, each perhaps led by a post and a colon, as it may be shown."""
        if self.clear:
            return list(values)
        parts = (_POST.match(v) for v in values)
        return [(m["post"] or "") + name(m["name"]) for m in parts if m]


def knowing(names: Iterable[str | None], *, clear: bool = False) -> Mask:
    """Return a mask that also stars out these people's names inside texts; one-letter names are left."""
    return Mask(clear, {n: name(n) for n in sorted({n for n in names if n and len(n) > 1})})
