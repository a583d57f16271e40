"""Keys of the identifiers: FINESS, SIRET, medicine codes."""

from decarb.errors import Problem

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


def ean13(digits: str) -> bool:
    """Whether the thirteenth digit is the EAN key: even ranks weigh 3 (arrêté of 30 December 2021)."""
    weighted = sum(int(digit) * (3 if rank % 2 else 1) for rank, digit in enumerate(digits[:12]))
    return (10 - weighted % 10) % 10 == int(digits[12])


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
    """Form and key of a medicine code; the old seven-digit key only warns (newer numbers have none)."""
    prefixes = {"CIP13": "34009", "UCD13": "34008"}
    lengths = {"CIP13": 13, "UCD13": 13, "CIP7": 7, "UCD7": 7, "CIS": 8}
    if system not in lengths:
        return []
    if "E+" in value.upper() and any(character.isdigit() for character in value):
        return [_key("code-damaged-by-spreadsheet", value, pointer)]
    if not (value.isascii() and value.isdigit() and len(value) == lengths[system]):
        return [Problem("code-form", {"value": value, "system": system, "digits": lengths[system]}, pointer=pointer)]
    if system in prefixes:
        if not value.startswith(prefixes[system]):
            return [
                Problem(
                    "code-prefix",
                    {"value": value, "system": system, "prefix": prefixes[system]},
                    pointer=pointer,
                )
            ]
        return [] if ean13(value) else [_key("code-key", value, pointer)]
    if system in ("CIP7", "UCD7") and sum(int(d) * w for d, w in zip(value, range(2, 8), strict=False)) % 11 != int(
        value[6]
    ):
        return [_key("code-old-key", value, pointer, "warning")]
    return []


def _key(code: str, value: str, pointer: str, severity: str = "error") -> Problem:
    return Problem(code, {"value": value}, pointer=pointer, severity=severity)  # type: ignore[arg-type]
