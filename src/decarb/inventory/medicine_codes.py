"""Codes of medicines: form, prefix and keys of CIS, CIP and UCD; what a spreadsheet does to them.

A CIP13 is ``34009``, the CIP7 and an EAN key; a UCD13 is ``34008``, the UCD7 and an EAN key (arrêté of 30 December
2021, article R. 5121-4 of the public health code). The seventh digit of the older seven-digit numbers is a key too.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from decarb.errors import Problem, Term
from decarb.language import mark


@dataclass(frozen=True, slots=True)
class CodeForm:
    """Form of a code: how many digits, after which prefix."""

    digits: int
    prefix: str = ""


FORMS: Mapping[str, CodeForm] = {
    "CIP13": CodeForm(13, "34009"),
    "UCD13": CodeForm(13, "34008"),
    "CIP7": CodeForm(7),
    "UCD7": CodeForm(7),
    "CIS": CodeForm(8),
}
"""Systems of codes of medicines."""

WITHOUT_OLD_KEY = ("300", "301", "302", "303", "490", "495", "550", "551")
"""Beginnings of CIP7 numbers given out without a key: 8,259 of the 8,508 that begin so in July 2026 do not fit it,
while every number that begins otherwise does."""

_MARK_WORDS = {
    "'": mark("an apostrophe"),
    "’": mark("an apostrophe"),
    "\u00a0": mark("a no-break space"),
    "\u202f": mark("a narrow no-break space"),
    "\u2009": mark("a thin space"),
    "\ufeff": mark("a byte order mark"),
    "\u200b": mark("a zero-width space"),
}


def ean_key(digits: str) -> str:
    """Thirteenth digit for twelve: even ranks weigh 3 (arrêté of 30 December 2021).

    >>> ean_key("340093874998"), ean_key("340089321332")
    ('4', '2')
    """
    values = digits.encode()
    weighted = sum(values[0:12:2]) + 3 * sum(values[1:12:2]) - 24 * ord("0")
    return str(-weighted % 10)


def fits_old_key(digits: str) -> bool:
    """Whether the seventh digit is the key of the six before it: weights 2 to 7, modulo 11.

    >>> fits_old_key("3874998"), fits_old_key("3874999")
    (True, False)
    """
    return sum(int(digit) * weight for digit, weight in zip(digits, range(2, 8), strict=False)) % 11 == int(digits[6])


def check_medicine_code(system: str, value: str, pointer: str = "") -> list[Problem]:
    """Problems of a code of ``FORMS``: nearest valid readings are said; the old seven-digit key only warns."""
    form = FORMS[system]
    if not _is_number(value, form.digits):
        return [_misshapen(system, value).at(pointer=pointer)]
    if form.prefix and not value.startswith(form.prefix):
        return [_other_prefix(system, value).at(pointer=pointer)]
    if form.prefix and ean_key(value) != value[12]:
        return [_wrong_key(value).at(pointer=pointer)]
    keyed = system == "UCD7" or (system == "CIP7" and value[:3] not in WITHOUT_OLD_KEY)
    if keyed and not fits_old_key(value):
        return [Problem("code-old-key", {"value": value}, pointer=pointer, severity="warning")]
    return []


def _is_number(value: str, digits: int) -> bool:
    return value.isascii() and value.isdigit() and len(value) == digits


def _misshapen(system: str, value: str) -> Problem:
    """What became of a value that has not the form of its system."""
    digits = FORMS[system].digits
    if re.search(r"\d\s*[eE]\s*\+?\s*\d", value):
        return Problem("code-damaged-by-spreadsheet", {"value": value})
    if found := re.fullmatch(r"\s*(\d+)[.,]0+\s*", value, re.ASCII):
        return Problem("code-written-as-number", {"value": value, "system": system, "nearest": found[1]})
    bare = re.sub(r"[\s'’.\u200b\ufeff-]", "", value)
    if _is_number(bare, digits) and not value.strip(" ").isdigit():
        what = next((_MARK_WORDS[one] for one in value if one in _MARK_WORDS), mark("a space or a mark"))
        return Problem("code-with-marks", {"value": value, "system": system, "what": Term(what), "nearest": bare})
    shown = {"value": value, "system": system, "digits": digits, "nearest": _other_length(system, bare)}
    if _is_number(bare, digits):
        shown["nearest"] = bare
    return Problem("code-form", shown)


def _other_length(system: str, digits: str) -> str:
    """Seven digits as thirteen or thirteen as seven, where they are the other form of `system`; else ""."""
    if system in ("CIP13", "UCD13") and _is_number(digits, 7):
        body = FORMS[system].prefix + digits
        return body + ean_key(body)
    long = {"CIP7": "CIP13", "UCD7": "UCD13"}.get(system)
    if long and _is_number(digits, 13) and not check_medicine_code(long, digits):
        return digits[5:12]
    return ""


def _other_prefix(system: str, value: str) -> Problem:
    other = next((name for name, form in FORMS.items() if form.prefix and value.startswith(form.prefix)), "")
    is_other = other if ean_key(value) == value[12] else ""
    shown = {"value": value, "system": system, "prefix": FORMS[system].prefix, "other": is_other}
    return Problem("code-prefix", shown)


def _wrong_key(value: str) -> Problem:
    if value.endswith("00000"):
        return Problem("code-rounded-by-spreadsheet", {"value": value})
    expected = ean_key(value)
    return Problem("code-key", {"value": value, "expected": expected, "nearest": value[:12] + expected})
