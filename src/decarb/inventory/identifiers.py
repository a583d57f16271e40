"""Keys of the identifiers: FINESS, SIRET; codes of medicines by ``medicine_codes``."""

from decarb.errors import Problem
from decarb.inventory.medicine_codes import FORMS, check_medicine_code

_LA_POSTE = "356000000"


def luhn(digits: str) -> bool:
    """Whether the last digit is the Luhn key of the others (ISO/IEC 7812-1, annex B).

    >>> luhn("690781810"), luhn("690781811")
    (True, False)
    """
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if position % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def check_finess(value: str, pointer: str) -> list[Problem]:
    """Key of a FINESS number; only a warning in Corsica, whose letters the key does not cover."""
    if value[1] in "AB":
        plain = value[0] + "0" + value[2:]
        return [] if luhn(plain) else [_key("finess-corsica", value, pointer, "warning")]
    return [] if luhn(value) else [_key("finess-key", value, pointer)]


def check_siret(value: str, pointer: str) -> list[Problem]:
    """Luhn key of a SIRET; the sites of La Poste have a rule of their own (sum of digits by five)."""
    if luhn(value) or (value.startswith(_LA_POSTE) and sum(map(int, value)) % 5 == 0):
        return []
    return [_key("siret-key", value, pointer)]


def check_code(system: str, value: str, pointer: str) -> list[Problem]:
    """Form and key of a medicine code; none of the other systems has a key here."""
    return check_medicine_code(system, value, pointer) if system in FORMS else []


def _key(code: str, value: str, pointer: str, severity: str = "error") -> Problem:
    return Problem(code, {"value": value}, pointer=pointer, severity=severity)  # type: ignore[arg-type]
