"""The UK government conversion factors for company reporting: the flat file, one row per factor and gas.

The form is that of the files of 2021 to 2026: a sheet whose header names four levels of category, a unit of
measure (``UOM``), what the row holds (``GHG/Unit``: the total, or the CO2, CH4 or N2O of it, each in kg CO2e)
and ``GHG Conversion Factor <year>``.

Decisions
---------
The rows of one thing are one factor: the total with its gases, and ``unsplit`` for what they leave. Its id is
that of the total's row with the year (``uk-2024:1_100_1004_1_1``), so that two years stand side by side; its
series is made of its words (``uk:fuels/gaseous-fuels/natural-gas/cubic-metres``), so that a category that
changes its name or its ids over the years starts another series rather than join a wrong one.

The GWPs are those that the file itself publishes for methane and N2O (``Refrigerant & other``): 25 and 298 until
2022 (AR4; methodology paper 2020), 28 and 265 since 2023 (AR5, methane fossil or not; methodology report 2026,
paragraph 1.9). They make the set ``uk-<year>``. Table 1 of that report leaves bioenergy on AR4: its set is blank.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from decarb.errors import InvalidLibraryError, Problem, Severity
from decarb.factors.columns import stored_columns
from decarb.factors.importers import uk_terms as terms
from decarb.factors.importers.account import Account, Imported
from decarb.factors.importers.delimited import folded
from decarb.factors.importers.places import country_rows
from decarb.factors.importers.sheets import Sheet, SheetRow, read_sheet
from decarb.factors.importers.uk_splits import Split, decimal_text, figure, split
from decarb.factors.library import FactorLibrary
from decarb.resources import Table
from decarb.units import Unit

COLUMNS = {
    "id": "ID",
    "scope": "Scope",
    "level_1": "Level 1",
    "level_2": "Level 2",
    "level_3": "Level 3",
    "level_4": "Level 4",
    "variant": "Column Text",
    "unit": "UOM",
    "gas": "GHG|GHG/*",
    "value": "GHG Conversion Factor 20[0-9][0-9]",
}
_LEVELS = ("level_1", "level_2", "level_3", "level_4", "variant")
_LICENCE = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"


def read_uk_conversion_factors(path: Path, below: FactorLibrary) -> Imported:
    """Read the flat file (.xlsx, or a CSV saved from it) of one year.

    Raises
    ------
    InvalidLibraryError
        If the file cannot be read, is not that flat file, or holds no factor.
    """
    sheet = read_sheet(path, COLUMNS)
    reading = _Reading(sheet, below)
    reading.read()
    if not reading.factors:
        raise InvalidLibraryError([Problem("base-without-factors", {"rows": len(sheet.rows)}, file=str(path))])
    return Imported(reading.tables(), _description(reading.year, path, sheet), reading.account)


def _description(year: str, path: Path, sheet: Sheet) -> dict[str, Any]:
    return {
        "name": _source(year),
        "title": f"UK government greenhouse gas conversion factors {year}",
        "version": year,
        "licenses": [{"name": "OGL-UK-3.0", "title": "Open Government Licence v3.0", "path": _LICENCE}],
        "decarb": {"importer": "uk", "file": path.name, "form": sheet.form},
    }


def _source(year: str) -> str:
    return f"uk-conversion-factors-{year}"


def _source_row(year: str, below: FactorLibrary) -> list[str]:
    known = below.sources.get(_source(year))
    if known:
        return [getattr(known, column) for column in stored_columns("sources")]
    cells = {
        "id": _source(year),
        "title": f"Greenhouse gas reporting: conversion factors {year}",
        "publisher": "UK Government (Department for Energy Security and Net Zero, and those before it)",
        "version": year,
        "url": f"https://www.gov.uk/government/publications/greenhouse-gas-reporting-conversion-factors-{year}",
        "licence": "Open Government Licence v3.0",
        "licence_url": _LICENCE,
        "attribution": "Contains public sector information licensed under the Open Government Licence v3.0",
    }
    return [cells.get(column, "") for column in stored_columns("sources")]


@dataclass(slots=True)
class _Group:
    """The rows of one thing: its total and its gases, by kind."""

    rows: dict[str, SheetRow] = field(default_factory=dict)
    repeats: list[SheetRow] = field(default_factory=list)
    contradicted: bool = False

    def add(self, kind: str, row: SheetRow) -> None:
        """Add a row; a second one of the same kind repeats the first, or contradicts it."""
        first = self.rows.setdefault(kind, row)
        if first is not row:
            self.repeats.append(row)
            self.contradicted |= first.cells != row.cells

    @property
    def main(self) -> SheetRow:
        """The total's row, or the only one of what has no total."""
        return self.rows.get("total") or next(iter(self.rows.values()))

    @property
    def everything(self) -> list[SheetRow]:
        """Every row, repeats included."""
        return [*self.rows.values(), *self.repeats]


class _UnusableError(Exception):
    """Why the rows of a group make no factor: reason and detail."""


class _Reading:
    """One reading of the file: each row goes to a factor, or aside."""

    def __init__(self, sheet: Sheet, below: FactorLibrary) -> None:
        self.sheet = sheet
        self.below = below
        self.year = sheet.header["value"][-4:]
        self.account = Account(rows_read=len(sheet.rows) + len(sheet.ragged))
        self.factors: list[dict[str, str]] = []
        self.parts: list[dict[str, str]] = []
        self.gwp: dict[str, dict[str, str]] = defaultdict(dict)
        for number, cells in sheet.ragged.items():
            self.account.set_aside(number, "", "", "ragged-row", cells)

    def read(self) -> None:
        """Group the rows, then write each group that is a factor."""
        groups = self._groups()
        ids = Counter(group.main.cells["id"] for group in groups)
        for group in groups:
            if group.contradicted or ids[group.main.cells["id"]] > 1:
                self._set_aside(group.everything, "duplicate-id")
                continue
            self._set_aside(group.repeats, "duplicate-id")
            try:
                self._write(group)
            except _UnusableError as error:
                self._set_aside(group.rows.values(), *error.args)
        if not self._gwp_rows():
            self.factors = [factor | {"gwp_set": ""} for factor in self.factors]
        self._leave_series()

    def tables(self) -> dict[str, Table]:
        """Tables of the library read."""
        places = {factor["geography"] for factor in self.factors} - self.below.geographies.keys()
        rows = {
            "factors": _rows("factors", self.factors),
            "parts": _rows("parts", self.parts),
            "sources": [_source_row(self.year, self.below)],
            "gwp": self._gwp_rows(),
            "geographies": country_rows(places),
        }
        return {name: Table(stored_columns(name), found) for name, found in rows.items() if found}

    def _groups(self) -> list[_Group]:
        """Rows of each thing, told apart by their words, their unit and their id less the number of the gas."""
        groups: dict[tuple[str, ...], _Group] = defaultdict(_Group)
        for row in self.sheet.rows:
            kind = terms.SPLIT_GASES.get(folded(row.cells["gas"]))
            if kind is None:
                self._set_aside([row], "not-emissions", row.cells["gas"])
            elif not row.cells["id"]:
                self._set_aside([row], "no-identifier")
            else:
                words = [row.cells[name] for name in ("scope", *_LEVELS, "unit")]
                groups[*words, re.sub(r"_[1-4]$", "", row.cells["id"])].add(kind, row)
        return list(groups.values())

    def _write(self, group: _Group) -> None:
        """Add the factor of a group; _UnusableError if its words make none."""
        cells = group.main.cells
        category = terms.category(cells["level_1"], cells["level_2"], cells["level_3"])
        if category is None:
            raise _UnusableError("category-unknown", " > ".join(cells[name] for name in _LEVELS[:3]))
        unit = terms.unit(cells["unit"])
        if unit is None:
            raise _UnusableError("unit-unknown", cells["unit"])
        place = terms.place(cells[category.place]) if category.place else terms.Place("GB")
        if place is None:
            raise _UnusableError("place-unknown", cells[category.place])
        release = self._release(cells) if category.stage == "release" else None
        found = self._split(group, category, release)
        if found:
            substances = release.substances if release else ()
            for substance in substances:
                self.gwp[substance].setdefault(decimal_text(found.total), cells["id"])
            terms_of_it = _terms(group.main, category, unit, place)
            self._add(group.main, category, found, {**terms_of_it, "substance": substances[0] if substances else ""})

    def _release(self, cells: Mapping[str, str]) -> terms.Released:
        found = terms.released(cells["level_2"], cells["level_3"], cells["variant"], self.below)
        if found is None:
            raise _UnusableError("sum-of-others")
        return found

    def _split(self, group: _Group, category: terms.Category, release: terms.Released | None) -> Split | None:
        """Gases of a group, None without a total; each of its rows is counted as kept or set aside."""
        figures: dict[str, Decimal] = {}
        for kind, row in group.rows.items():
            text = row.cells["value"]
            number = figure(text, self.sheet.decimal_comma)
            if number is None:
                self._set_aside([row], "number-damaged" if text else "no-value", text)
            else:
                figures[kind] = number
        found = split(figures, category, group.main.cells["variant"], release)
        used = found.used if found else ()
        self.account.rows_kept += len(used)
        self._set_aside([group.rows[kind] for kind in figures if kind not in used], "no-total")
        return found

    def _add(self, row: SheetRow, category: terms.Category, found: Split, cells: Mapping[str, str]) -> None:
        """Add the rows of a factor and of its part, and note what is odd about its figures."""
        name = f"uk-{self.year}:{row.cells['id']}"
        if found.is_zero:
            self._find(row.number, name, "source-zero", "note")
        if found.is_unequal:
            self._find(row.number, name, "source-gases-unequal", "warning", total=float(found.total))
        if "avoided" in found.gases:
            self._find(row.number, name, "source-negative", "note", value=decimal_text(found.gases["avoided"]))
        of_the_set = found.is_by_gas and category.carbon == "fossil"
        self.factors.append(
            {
                **cells,
                "id": name,
                "data_year": self.year,
                "published_total": "" if found.published is None else decimal_text(found.published),
                "gwp_set": f"uk-{self.year}" if of_the_set else "",
                "source": _source(self.year),
            }
        )
        stage = "combustion_at_plant" if _is_electric(row.cells, category) else category.stage
        part = {"factor": name, "position": "1", "stage": stage, "label": row.cells["level_1"]}
        self.parts.append(part | found.cells())

    def _gwp_rows(self) -> list[list[str]]:
        """GWP of each substance that the file gives one figure for."""
        return [
            [substance, f"uk-{self.year}", figure, _source(self.year), source_id]
            for substance, figures in sorted(self.gwp.items())
            if len(figures) == 1
            for figure, source_id in figures.items()
        ]

    def _leave_series(self) -> None:
        """Take factors out of a series whose words do not tell them apart."""
        members: dict[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
        for factor in self.factors:
            members[factor["series"], factor["contrails"]].append(factor)
        for factors in members.values():
            for factor in factors if len(factors) > 1 else ():
                others = [other["id"] for other in factors if other is not factor]
                self._find(int(factor["source_row"]), factor["id"], "source-duplicate-label", "warning", others=others)
                factor["series"] = ""

    def _find(self, row: int, factor: str, code: str, severity: Severity, **parameters: Any) -> None:
        self.account.find(row, factor, Problem(code, parameters, severity=severity))

    def _set_aside(self, rows: Iterable[SheetRow], reason: str, detail: str = "") -> None:
        self.account.set_aside_all(
            [[str(row.number), row.cells["id"], _label(row.cells), reason, detail] for row in rows]
        )


def _terms(row: SheetRow, category: terms.Category, unit: Unit, place: terms.Place) -> dict[str, str]:
    """Cells of a factor that its words and its category give."""
    cells = row.cells
    return {
        "series": f"{_words(cells)}/{_slug(cells['unit'])}",
        "name_fr": _label(cells),
        "name_en": _label(cells),
        "domain": category.domain,
        "unit": unit.name,
        "basis": " ".join(unit.bases),
        "geography": place.code,
        "locality": place.locality,
        "model": "published",
        "contrails": terms.contrails(cells["variant"]),
        "error_group": _words(cells),
        "activities": category.activities,
        "default_activity": category.default_activity,
        "default_operated": category.default_operated,
        "source_id": cells["id"],
        "source_row": str(row.number),
        "status": "generic",
        "keywords": cells["scope"],
        "note": category.note,
    }


def _is_electric(cells: Mapping[str, str], category: terms.Category) -> bool:
    """Whether what the factor emits is emitted at a power plant, for a battery car or van."""
    return category.stage == "combustion" and folded(cells["variant"]).startswith("batteryelectric")


def _label(cells: Mapping[str, str]) -> str:
    """Words of a factor, the same ones once; its unit has a column of its own."""
    words = [cells[name] for name in _LEVELS if cells[name] != cells["unit"]]
    return " - ".join(dict.fromkeys(filter(None, words)))


def _words(cells: Mapping[str, str]) -> str:
    """Name of what a factor measures, whatever its unit, its year and its contrails."""
    words = [cells[name] for name in _LEVELS if cells[name] != cells["unit"] and not terms.contrails(cells[name])]
    return "uk:" + "/".join(dict.fromkeys(filter(None, map(_slug, words))))


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower().replace("&", " and ")).strip("-")


def _rows(table: str, rows: Iterable[Mapping[str, str]]) -> list[list[str]]:
    columns = stored_columns(table)
    return [[row.get(column, "") for column in columns] for row in rows]
