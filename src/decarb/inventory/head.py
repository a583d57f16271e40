"""The head of a document: who reports, for which period, and every check on it that a schema cannot say."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from decarb.errors import Problem
from decarb.inventory.columns import Establishment, Place
from decarb.inventory.identifiers import check_finess, check_siret
from decarb.inventory.shared_services import head_problems
from decarb.resources import data_file, read_rows


def read_establishment(document: Mapping[str, Any], file: str, digest: str) -> tuple[Establishment, list[Problem]]:
    """Decode the head of a document; what is missing of it stands in as blank, for the lines to be checked."""
    identity = document.get("establishment", _NOBODY)
    problems = list(_identity_problems(identity, "/establishment"))
    sites = document.get("sites", ())
    for position, site in enumerate(sites):
        problems += _identity_problems(site, f"/sites/{position}")
    problems += _repeated_sites(sites)
    period = document.get("period", _NO_PERIOD)
    year, found = _period(period)
    problems += found
    problems += _declaration_problems(document)
    shared = document.get("shared_services", {})
    problems += head_problems(shared, identity, sites)
    if identity is not _NOBODY and not _is_placed(identity):
        problems.append(Problem("place-unsaid", {}, pointer="/establishment", severity="warning"))
    activity = identity.get("activity", {})
    denominators = {
        "bed": identity.get("beds"),
        "hospital_day": activity.get("days"),
        "stay": activity.get("stays"),
        "m2": identity.get("floor_area_m2"),
        "fte": identity.get("fte"),
    }
    establishment = Establishment(
        name=identity["name"],
        identity=identity,
        start=period["start"],
        end=period["end"],
        year=year,
        method=document.get("method", {}),
        declaration=document.get("declaration", {}),
        adaptation=document.get("adaptation", {}),
        shared_services=shared,
        sites={site["id"]: site for site in sites},
        denominators={name: float(value) for name, value in denominators.items() if value},
        file=file,
        digest=digest,
    )
    return establishment, problems


_NOBODY: Mapping[str, Any] = {"name": ""}
_NO_PERIOD: Mapping[str, str] = {"start": "2024-01-01", "end": "2024-12-31"}
_FIRST_YEAR, _LAST_YEAR = 1990, 2100


def _identity_problems(identity: Mapping[str, Any], pointer: str) -> Iterator[Problem]:
    for name in ("finess_et", "finess_ej"):
        if name in identity:
            yield from check_finess(identity[name], f"{pointer}/{name}")
    if "siret" in identity:
        yield from check_siret(identity["siret"], f"{pointer}/siret")
    department, region = identity.get("department"), identity.get("region")
    if department:
        known = _region_of_department()
        if department not in known and department not in _COLLECTIVITIES:
            yield Problem("unknown-department", {"value": department}, pointer=f"{pointer}/department")
        elif region and known.get(department, region) != region:
            yield Problem(
                "department-outside-region",
                {"value": department, "region": region, "expected": known[department]},
                pointer=f"{pointer}/region",
            )
    commune = identity.get("commune", "")
    if department and commune and department_of_commune(commune) != department:
        yield Problem(
            "commune-outside-department", {"value": commune, "department": department}, pointer=f"{pointer}/commune"
        )
    for name, file in (("category", "finess_categories.csv"), ("legal_status", "finess_legal_statuses.csv")):
        if name in identity and identity[name] not in _known_codes(file):
            yield Problem(
                f"unknown-{name.replace('_', '-')}",
                {"value": identity[name]},
                pointer=f"{pointer}/{name}",
                severity="warning",
            )


_COLLECTIVITIES = ("975", "977", "978", "984", "986", "987", "988")
"""Overseas places that are no department: the list of departments leaves them out."""


@cache
def _region_of_department() -> dict[str, str]:
    return {row["department"]: row["region"] for row in read_rows(data_file("departments.csv"))}


@cache
def _known_codes(file: str) -> frozenset[str]:
    return frozenset(row["code"] for row in read_rows(data_file(file)))


def department_of_commune(commune: str) -> str:
    """Department that the INSEE code of a commune starts with: two characters, three overseas."""
    return commune[:3] if commune[:2] in ("97", "98") else commune[:2]


def _repeated_sites(sites: Sequence[Mapping[str, Any]]) -> Iterator[Problem]:
    seen: set[str] = set()
    for position, site in enumerate(sites):
        if site["id"] in seen:
            yield Problem("duplicate-site", {"value": site["id"]}, pointer=f"/sites/{position}/id")
        seen.add(site["id"])


def _period(period: Mapping[str, str]) -> tuple[int, list[Problem]]:
    """Year that most days of the period fall in; problems if it is not a period of about a year."""
    bounds, problems = [], []
    for name in ("start", "end"):
        try:
            bounds.append(date.fromisoformat(period[name]))
        except ValueError:
            problems.append(Problem("no-such-day", {"value": period[name]}, pointer=f"/period/{name}"))
    if problems:
        return int(_NO_PERIOD["start"][:4]), problems
    start, end = bounds
    middle = date.fromordinal((start.toordinal() + end.toordinal()) // 2)
    length = (end - start).days + 1
    if length < 1:
        bounds_given = {"start": period["start"], "end": period["end"]}
        problems.append(Problem("period-backwards", bounds_given, pointer="/period"))
    elif not 360 <= length <= 371:
        problems.append(Problem("period-not-a-year", {"days": length}, pointer="/period", severity="warning"))
    if not _FIRST_YEAR <= start.year <= end.year <= _LAST_YEAR and length >= 1:
        limits = {"value": middle.year, "first": _FIRST_YEAR, "last": _LAST_YEAR}
        problems.append(Problem("year-out-of-range", limits, pointer="/period"))
    return middle.year, problems


def _declaration_problems(document: Mapping[str, Any]) -> Iterator[Problem]:
    for name in ("significance", "excluded_posts"):
        seen: set[str] = set()
        for position, entry in enumerate(document.get("declaration", {}).get(name, ())):
            post = entry["post"]
            if post in seen:
                yield Problem("post-declared-twice", {"value": post}, pointer=f"/declaration/{name}/{position}/post")
            seen.add(post)


def region_of(establishment: Establishment) -> str:
    """INSEE code of the region of an establishment, by its department or commune if it does not say it; or blank."""
    return region_of_place(place_of(establishment, ""))


def region_of_place(place: Place) -> str:
    """INSEE code of the region of a place, by its department if it does not say it; or blank."""
    return place.region or _region_of_department().get(place.department, "")


def place_of(establishment: Establishment, site: str) -> Place:
    """Place of a site; that of the establishment where the site says none, or no site is said."""
    said = establishment.sites.get(site, {})
    place = said if _is_placed(said) else establishment.identity
    return Place(place.get("region", ""), place.get("department") or department_of_commune(place.get("commune", "")))


def _is_placed(place: Mapping[str, Any]) -> bool:
    return any(place.get(name) for name in ("region", "department", "commune"))
