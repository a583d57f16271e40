"""Codes of medicines as people have them: recognised, checked, converted between seven and thirteen digits."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from decarb.errors import Problem, UsageError
from decarb.inventory.medicine_codes import FORMS, check_medicine_code, ean_key

ATC = "ATC"
_ATC_FORM = re.compile(r"[ABCDGHJLMNPRSV](?:\d\d(?:[A-Z](?:[A-Z](?:\d\d)?)?)?)?")
_ATC_LENGTHS = {1: 1, 3: 2, 4: 3, 5: 4, 7: 5}


@dataclass(frozen=True, slots=True)
class Code:
    """A code whose form and key are right.

    Attributes
    ----------
    system
        ``CIS``, ``CIP7``, ``CIP13``, ``UCD7``, ``UCD13`` or ``ATC``.
    warnings
        What is doubtful in it: the key of an old seven-digit number.
    """

    system: str
    value: str
    warnings: tuple[Problem, ...] = ()


def parse_code(text: str, system: str | None = None) -> Code:
    """Recognise a code, or check it as one of `system`.

    A number of seven digits that begins with 9 is a UCD7, any other a CIP7.

    Parameters
    ----------
    text
        Code as it is written.
    system
        One of ``MEDICINE_SYSTEMS``, or ``ATC``; recognised from the text by default.

    Raises
    ------
    UsageError
        If it is none: what became of it, and the nearest valid reading.
    """
    if system is None:
        text, system = text.strip(), recognise(text)
    if not system:
        raise UsageError([Problem("code-not-recognised", {"value": text})])
    if system == ATC:
        return _atc(text)
    problems = check_medicine_code(system, text)
    if any(problem.severity == "error" for problem in problems):
        raise UsageError(problems)
    return Code(system, text, tuple(problems))


def recognise(text: str) -> str:
    """System that a text seems to be a code of, damaged or not; "" where it is none.

    >>> [recognise(text) for text in ("3400938749984", "9321332", "69170898", "A10BA02", "3,40089E+12", "doliprane")]
    ['CIP13', 'UCD7', 'CIS', 'ATC', 'CIP13', '']
    """
    plain = text.strip()
    if len(plain) > 1 and (_ATC_FORM.fullmatch(plain.upper()) or (len(plain) == 7 and _with_digits(plain.upper()))):
        return ATC
    if re.fullmatch(r"\d[.,]\d+\s*[eE]\s*\+?\d+", plain, re.ASCII):
        return "UCD13" if plain.replace(",", ".").startswith("3.40088") else "CIP13"
    digits = re.sub(r"[.,]0+$", "", plain) if re.fullmatch(r"\d+[.,]0+", plain, re.ASCII) else plain
    digits = re.sub(r"[\s'’.\u200b\ufeff-]", "", digits)
    if not (digits.isascii() and digits.isdigit()):
        return ""
    if digits.startswith("34008") and len(digits) > 8:
        return "UCD13"
    if len(digits) > 8:
        return "CIP13"
    if len(digits) == 8 or (len(digits) < 7 and digits.startswith("6")):
        return "CIS"
    return "UCD7" if digits.startswith("9") else "CIP7"


def atc_level(code: str) -> int:
    """Level of an ATC code, from 1 (anatomical group) to 5 (substance).

    >>> [atc_level(code) for code in ("A", "A10", "A10B", "A10BA", "A10BA02")]
    [1, 2, 3, 4, 5]
    """
    return _ATC_LENGTHS[len(code)]


def to_cip13(code: str) -> str:
    """CIP13 of a CIP7, or of itself.

    >>> to_cip13("3874998")
    '3400938749984'
    """
    return _thirteen(code, "CIP13")


def to_ucd13(code: str) -> str:
    """UCD13 of a UCD7, or of itself.

    >>> to_ucd13("9321332")
    '3400893213322'
    """
    return _thirteen(code, "UCD13")


def to_cip7(code: str) -> str:
    """CIP7 of a CIP13, or of itself."""
    return code[5:12] if len(code) == 13 else code


def near_numbers(digits: str) -> Iterator[str]:
    """Numbers that one wrong digit or one swap of neighbours away from `digits`, and not itself.

    >>> sorted(near_numbers("10"))[:4]
    ['00', '01', '11', '12']
    """
    for place, digit in enumerate(digits):
        yield from (digits[:place] + other + digits[place + 1 :] for other in "0123456789" if other != digit)
    for place in range(len(digits) - 1):
        first, second = digits[place], digits[place + 1]
        if first != second:
            yield digits[:place] + second + first + digits[place + 2 :]


def _thirteen(code: str, system: str) -> str:
    if len(code) == 13:
        return code
    body = FORMS[system].prefix + code
    return body + ean_key(body)


def _atc(text: str) -> Code:
    if _ATC_FORM.fullmatch(text):
        return Code(ATC, text)
    plain = "".join(text.split()).upper()
    nearest = plain if _ATC_FORM.fullmatch(plain) else _with_digits(plain)
    raise UsageError([Problem("atc-form", {"value": text, "nearest": nearest})])


def _with_digits(code: str) -> str:
    """ATC code with the letters that stand for digits read as digits; "" where it is none even so."""
    mended = "".join(
        one.translate(str.maketrans("OIL", "011")) if place in (1, 2, 5, 6) else one for place, one in enumerate(code)
    )
    return mended if _ATC_FORM.fullmatch(mended) else ""
