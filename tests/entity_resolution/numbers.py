"""Numbers with right check digits, made when a test runs: none stands in the tree."""

from __future__ import annotations

from jiwang.codes import citizen, uscc


def citizen_id(birth: str, sequence: int = 11, division: str = "411302") -> str:
    first = f"{division}{birth}{sequence:03d}"
    return first + citizen.check_digit(first)


def credit_code(digits: str) -> str:
    """Return a code of 宛城区 that is right within (GB 11714) and without (GB 32100)."""
    total = sum(int(c) * w for c, w in zip(digits, uscc.ORG_WEIGHTS, strict=True))
    check = (11 - total % 11) % 11
    first = f"91411302{digits}{'X' if check == 10 else check}"
    values = sum(uscc.ALPHABET.index(c) * w for c, w in zip(first, uscc.WEIGHTS, strict=True))
    return first + uscc.ALPHABET[(31 - values) % 31]
