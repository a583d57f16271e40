"""Codes of the register: categories, legal statuses, departments and regions, with what they belong to."""

from functools import cache

from decarb.resources import data_file, read_rows

HOSPITAL_AGGREGATE = "11"
"""How the FINESS aggregates of hospital categories start: 1101, 1102, 1110 (level 2: 1100)."""
UNSAID = ""
"""Group of a code that the register leaves blank."""

_COLLECTIVITIES = {"975": "", "977": "01", "978": "01", "984": "", "986": "", "987": "", "988": ""}
"""Overseas places that are no department, with the region whose agency (ARS) is theirs, or blank."""
_ISLANDS_BY_POSTCODE = {"97133": "977", "97150": "978"}
"""Saint-Barthélemy and Saint-Martin, which the extracts file under Guadeloupe."""


@cache
def category_groups() -> dict[str, str]:
    """Group of each listed category: ``hospital``, ``medico-social``, ``other``."""
    return {row["code"]: row["group"] for row in read_rows(data_file("finess_categories.csv"))}


@cache
def status_groups() -> dict[str, str]:
    """Group of each legal status: ``public``, ``private_non_profit``, ``private_for_profit``."""
    return {row["code"]: row["group"] for row in read_rows(data_file("finess_legal_statuses.csv"))}


@cache
def region_of_department() -> dict[str, str]:
    """INSEE region of each department and overseas place; blank where it is in no region."""
    regions = {row["department"]: row["region"] for row in read_rows(data_file("departments.csv"))}
    return {**regions, **_COLLECTIVITIES}


@cache
def regions() -> frozenset[str]:
    """INSEE codes of the regions."""
    return frozenset(row["region"] for row in read_rows(data_file("regions.csv")))


@cache
def _insee_departments() -> dict[str, str]:
    return {row["code"]: row["department"] for row in read_rows(data_file("finess_departments.csv"))}


def insee_department(code: str, postcode: str = "") -> str:
    """INSEE code of a department as FINESS writes it (``9A`` is 971); the code itself elsewhere.

    >>> insee_department("9C"), insee_department("9A", "97150"), insee_department("2A")
    ('973', '978', '2A')
    """
    if code == "9A" and postcode in _ISLANDS_BY_POSTCODE:
        return _ISLANDS_BY_POSTCODE[postcode]
    return _insee_departments().get(code, code)


def insee_commune(department: str, commune: str) -> str:
    """INSEE code of a commune from the columns of an extract: 01 and 451, 9A and 101 (97101), 9J and 613 (98613).

    >>> insee_commune("01", "451"), insee_commune("9A", "101"), insee_commune("2A", "004")
    ('01451', '97101', '2A004')
    """
    return insee_department(department)[:2] + commune if department and commune else ""
