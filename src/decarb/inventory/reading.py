"""Read documents into an Inventory: every problem of a document at once, then columns."""

import hashlib
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from decarb.errors import InvalidInventoryError, Problem, UnknownUnitError
from decarb.inventory.columns import SECTIONS, Establishment, Inventory, LineTerms
from decarb.inventory.document import parse_document, read_bytes
from decarb.inventory.identifiers import check_code, check_finess, check_siret
from decarb.inventory.schema import schema_problems
from decarb.quality import CRITERIA, gsd2_of_notes, gsd2_of_percent
from decarb.resources import data_file, read_rows
from decarb.units import is_currency, parse_basis, parse_unit

_HEADS = {"establishment", "period", "method", "sites", "declaration"}
_REMARKS = ("supplier", "evidence", "comment", "account", "retroceded")


def read_inventory(*paths: str | Path) -> Inventory:
    """Read one or many inventory documents.

    Parameters
    ----------
    paths
        JSON files in the form of ``schemas/inventory.schema.json``.

    Raises
    ------
    InvalidInventoryError
        With every problem of every document: file, JSON pointer, line id, value, what was expected.
    """
    if not paths:
        raise InvalidInventoryError([Problem("no-files")])
    inventory, problems = check_inventory(*paths)
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors or inventory is None:
        raise InvalidInventoryError(errors)
    return inventory


def check_inventory(*paths: str | Path) -> tuple[Inventory | None, list[Problem]]:
    """Read what can be read and return it with every problem found.

    The inventory leaves out the lines that have problems, so that binding can report on the others;
    it is None if no document could be read at all.
    """
    problems: list[Problem] = []
    drafts: list[_Draft] = []
    for path in paths:
        found, draft = _read_one(Path(path))
        problems += [problem.at(file=str(path)) for problem in found]
        if draft:
            drafts.append(draft)
    drafts.sort(key=lambda draft: draft.order)
    for first, second in pairwise([draft for draft in drafts if not draft.unread]):
        if first.order[0] == second.order[0] and second.order[1] <= first.order[2]:
            problems.append(
                Problem(
                    "same-entity-and-period",
                    {"value": first.establishment.file, "entity": first.order[0]},
                    file=second.establishment.file,
                )
            )
    return (_columns(drafts, problems) if drafts else None), problems


@dataclass(slots=True)
class _Draft:
    """One decoded document, before its lines join the others'."""

    establishment: Establishment
    unread: frozenset[str] = frozenset()
    sections: list[int] = field(default_factory=list)
    positions: list[int] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    quantities: list[float] = field(default_factory=list)
    gsd2: list[float] = field(default_factory=list)
    terms: list[LineTerms] = field(default_factory=list)
    remarks: dict[int, dict[str, Any]] = field(default_factory=dict)

    @property
    def order(self) -> tuple[str, str, str]:
        identity = self.establishment.identity
        entity = identity.get("finess_ej") or identity.get("siret") or identity.get("finess_et") or identity["name"]
        site = identity.get("finess_et", "")
        return (f"{entity} {site}".strip(), self.establishment.start, self.establishment.end)


def _read_one(path: Path) -> tuple[list[Problem], _Draft | None]:
    try:
        data = read_bytes(path)
        document, problems = parse_document(data)
    except InvalidInventoryError as error:
        return list(error.problems), None
    refused = problems + schema_problems(document)
    if not isinstance(document, dict):
        return refused, None
    refused = [_with_line_id(problem, document) for problem in refused]
    sections = {name: value for name in SECTIONS if isinstance(value := document.get(name), list)}
    bad_lines = {tuple(problem.pointer.split("/")[1:3]) for problem in refused}
    bad_heads = {tokens[0] for tokens in bad_lines if tokens} & _HEADS
    if any(problem.code == "too-many-problems" for problem in refused):
        return refused, None
    # with the head unread, a stand-in lets the lines be checked in the same breath: the document is refused anyway
    unread = frozenset(bad_heads | ({"establishment", "period"} - document.keys()))
    readable = {name: value for name, value in document.items() if name not in unread}
    establishment, found = _establishment(readable, path, hashlib.sha256(data).hexdigest())
    refused += found
    if not any(sections.values()) and not any(tokens[0] in SECTIONS for tokens in bad_lines if tokens):
        refused.append(Problem("no-lines", {"sections": SECTIONS}))
    draft = _Draft(establishment, unread)
    twice = {problem.pointer: problem for problem in _counted_twice(sections)}
    seen: dict[str, str] = {}
    for name, lines in sections.items():
        for position, line in enumerate(lines):
            pointer = f"/{name}/{position}"
            if (name, str(position)) in bad_lines or not isinstance(line, dict):
                continue
            found = list(_line_problems(line, pointer, draft, seen))
            found += [twice[pointer]] if pointer in twice else []
            refused += [problem.at(line_id=line["id"]) for problem in found]
            if not any(problem.severity == "error" for problem in found):
                _add_line(draft, name, position, line)
    return refused, draft


def _with_line_id(problem: Problem, document: dict[str, Any]) -> Problem:
    tokens = problem.pointer.split("/")[1:3]
    if len(tokens) == 2 and tokens[0] in SECTIONS and tokens[1].isascii() and tokens[1].isdigit():
        lines = document.get(tokens[0])
        line = lines[int(tokens[1])] if isinstance(lines, list) and int(tokens[1]) < len(lines) else None
        if isinstance(line, dict) and isinstance(line.get("id"), str):
            return problem.at(line_id=line["id"])
    return problem


def _establishment(document: dict[str, Any], path: Path, digest: str) -> tuple[Establishment, list[Problem]]:
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
    if identity is not _NOBODY and not _has_place(identity):
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
        sites={site["id"]: site for site in sites},
        denominators={name: float(value) for name, value in denominators.items() if value},
        file=str(path),
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


def _line_problems(line: dict[str, Any], pointer: str, draft: _Draft, seen: dict[str, str]) -> Iterator[Problem]:
    first = seen.setdefault(line["id"], pointer)
    if first != pointer:
        yield Problem("duplicate-line-id", {"value": line["id"], "first": first}, pointer=f"{pointer}/id")
    yield from _unit_problems(line, pointer)
    if "spend" in line:
        yield from _unit_problems(line["spend"], f"{pointer}/spend")
    if "code" in line:
        yield from check_code(line["code"]["system"], line["code"]["value"], f"{pointer}/code/value")
    establishment = draft.establishment
    if "site" in line and "sites" not in draft.unread and line["site"] not in establishment.sites:
        known = list(establishment.sites)
        yield Problem("unknown-site", {"value": line["site"], "known": known or "-"}, pointer=f"{pointer}/site")
    bought, years = line.get("acquisition_year"), line.get("amortisation_years")
    if bought and "period" not in draft.unread and bought > establishment.year:
        yield Problem(
            "bought-later",
            {"value": bought, "year": establishment.year},
            pointer=f"{pointer}/acquisition_year",
        )
    if bought and not years:
        yield Problem("no-amortisation", {"value": bought}, pointer=f"{pointer}/acquisition_year")


def _unit_problems(line: Mapping[str, Any], pointer: str) -> Iterator[Problem]:
    for name, parse in (("unit", parse_unit), ("basis", parse_basis)):
        if name in line:
            try:
                parse(line[name])
            except UnknownUnitError as error:
                yield from (problem.at(pointer=f"{pointer}/{name}") for problem in error.problems)


def _counted_twice(sections: Mapping[str, list[Any]]) -> Iterator[Problem]:
    """An account that is counted physically is not counted again by spend: both lines are named."""
    physical: dict[str, str] = {}
    monetary: list[tuple[str, str, str]] = []
    for name, lines in sections.items():
        for position, line in enumerate(lines):
            if not (isinstance(line, dict) and isinstance(line.get("account"), str)):
                continue
            try:
                money = is_currency(parse_unit(str(line.get("unit"))).name)
            except UnknownUnitError:
                continue
            line_id = str(line.get("id"))
            if money:
                monetary.append((line["account"], line_id, f"/{name}/{position}"))
            else:
                physical.setdefault(line["account"], line_id)
    for account, line_id, pointer in monetary:
        if account in physical:
            what = {"value": account, "physical": physical[account], "spend": line_id}
            yield Problem("account-counted-twice", what, pointer=pointer, line_id=line_id)


def _add_line(draft: _Draft, section: str, position: int, line: dict[str, Any]) -> None:
    remarks = {name: line[name] for name in _REMARKS if name in line}
    if remarks:
        draft.remarks[len(draft.ids)] = remarks
    draft.sections.append(SECTIONS.index(section))
    draft.positions.append(position)
    draft.ids.append(line["id"])
    draft.quantities.append(float(line["quantity"]))
    draft.gsd2.append(_activity_gsd2(line))
    terms = _terms(line, draft.establishment)
    if "spend" in line:
        spend = _terms({"site": line.get("site", ""), **line["spend"]}, draft.establishment)
        terms = terms._replace(spend=(spend, float(line["spend"]["quantity"])))
    draft.terms.append(terms)


def _terms(line: Mapping[str, Any], establishment: Establishment) -> LineTerms:
    code = line.get("code", {})
    site = establishment.sites.get(line.get("site", ""), {})
    place = site if _has_place(site) else establishment.identity
    return LineTerms(
        factor=line.get("factor", ""),
        code_system=code.get("system", ""),
        code_value=code.get("value", ""),
        unit=line["unit"],
        basis=line.get("basis", ""),
        year=establishment.year,
        price_year=line.get("price_year"),
        region=place.get("region", ""),
        department=place.get("department") or department_of_commune(place.get("commune", "")),
        vat_percent=line.get("vat_percent"),
        occupancy=line.get("occupancy"),
        activity=line.get("activity", ""),
        operated=line.get("operated"),
        paid=line.get("paid"),
        tenure=line.get("tenure", ""),
        amortisation_years=line.get("amortisation_years"),
        acquisition_year=line.get("acquisition_year"),
        market_based_kgco2e_per_kwh=line.get("market_based_kgco2e_per_kwh"),
        contrails=establishment.method.get("contrails", "included"),
        gas_releases=establishment.method.get("gas_releases", "fugitive"),
    )


def _has_place(place: Mapping[str, Any]) -> bool:
    return any(place.get(name) for name in ("region", "department", "commune"))


def _activity_gsd2(line: Mapping[str, Any]) -> float:
    """GSD2 of a quantity: 1 + U/100, or its quality notes combined; a missing note counts as the worst."""
    if "uncertainty" in line:
        return gsd2_of_percent(float(line["uncertainty"]))
    if "quality" not in line:
        return math.nan
    notes = line["quality"]
    return gsd2_of_notes(int(notes[name]) if name in notes else None for name in CRITERIA)


def _is_of_line(problem: Problem) -> bool:
    """Whether the problem is of one line, which can be left out, and not of the document."""
    tokens = problem.pointer.split("/")
    return len(tokens) > 2 and tokens[1] in SECTIONS


def _columns(drafts: Iterable[_Draft], problems: Iterable[Problem]) -> Inventory:
    drafts = list(drafts)
    codes: dict[LineTerms, int] = {}
    term = [codes.setdefault(terms, len(codes)) for draft in drafts for terms in draft.terms]
    counts = [len(draft.ids) for draft in drafts]
    remarks: dict[int, Mapping[str, Any]] = {}
    offset = 0
    for draft in drafts:
        remarks |= {offset + line: kept for line, kept in draft.remarks.items()}
        offset += len(draft.ids)
    return Inventory(
        establishments=tuple(draft.establishment for draft in drafts),
        terms=tuple(codes),
        establishment=np.repeat(np.arange(len(drafts), dtype=np.int32), counts),
        section=np.array([code for draft in drafts for code in draft.sections], dtype=np.int8),
        position=np.array([place for draft in drafts for place in draft.positions], dtype=np.int32),
        term=np.array(term, dtype=np.int32),
        quantity=np.array([value for draft in drafts for value in draft.quantities], dtype=np.float64),
        activity_gsd2=np.array([value for draft in drafts for value in draft.gsd2], dtype=np.float64),
        ids=tuple(line_id for draft in drafts for line_id in draft.ids),
        remarks=remarks,
        warnings=tuple(problem for problem in problems if problem.severity == "warning"),
        set_aside=tuple(problem for problem in problems if problem.severity == "error" and _is_of_line(problem)),
    )
