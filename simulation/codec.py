"""Identifiers with check digits: citizen id, unified social credit code, bank card.

Written a second time on purpose: the platform has its own, and two that share an error would both pass.
Sources: GB 11643-1999 (ISO 7064 MOD 11-2), GB 11714 and GB 32100-2015 (mod 31), Luhn (ISO/IEC 7812-1).
"""

from datetime import date

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECK = "10X98765432"
_CODE_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def citizen_check(body: str) -> str:
    """Return the check character of the first 17 digits."""
    return _ID_CHECK[sum(int(digit) * weight for digit, weight in zip(body, _ID_WEIGHTS, strict=True)) % 11]


def citizen_id(division: str, born: date, sequence: int) -> str:
    """Return an 18-character id; an odd ``sequence`` (1..999) is a man's."""
    body = f"{division}{born:%Y%m%d}{sequence:03d}"
    return body + citizen_check(body)


def is_citizen_id(text: str) -> bool:
    """Tell whether 18 characters carry their own check character."""
    return len(text) == 18 and text[:17].isdigit() and citizen_check(text[:17]) == text[17]


def first_generation(cid: str) -> str:
    """Return the 15-digit id that stood before: no century, no check character."""
    return cid[:6] + cid[8:17]


def organisation_check(body: str) -> str:
    """Return the check character of the eight characters of an organisation code."""
    total = sum(int(char, 36) * weight for char, weight in zip(body, _ORG_WEIGHTS, strict=True))
    return "0123456789X"[(11 - total % 11) % 11]


def credit_code(division: str, organisation: str) -> str:
    """Return an 18-character credit code of a company from eight digits of organisation code."""
    body = f"91{division}{organisation}{organisation_check(organisation)}"
    total = sum(_CODE_ALPHABET.index(char) * pow(3, place, 31) for place, char in enumerate(body))
    return body + _CODE_ALPHABET[(31 - total % 31) % 31]


def luhn(body: str) -> str:
    """Return ``body`` with its Luhn digit appended."""
    total = 0
    for place, char in enumerate(reversed(body)):
        digit = int(char) * (2 if place % 2 == 0 else 1)
        total += digit - 9 if digit > 9 else digit
    return body + str(-total % 10)
