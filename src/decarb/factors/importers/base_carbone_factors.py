"""Factors of the Base Carbone with their parts: the cells of each element in decarb's columns."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from decarb.errors import Problem, Severity
from decarb.factors.columns import stored_columns
from decarb.factors.importers import base_carbone_terms as terms
from decarb.factors.importers.account import Account
from decarb.factors.importers.base_carbone_gases import (
    ROUNDING,
    DamagedCellError,
    SplitPart,
    gas_cells,
    is_off,
    released,
    split_row,
    undivided,
)
from decarb.factors.importers.delimited import DelimitedColumns, decimal_number, each, mended
from decarb.factors.library import FactorLibrary
from decarb.factors.records import source_alias
from decarb.units import Unit

FAMILY = "base-carbone"
_FACTOR_COLUMNS = stored_columns("factors")
_OF_CATEGORY = ("domain", "activities", "default_activity", "default_operated")
_LANGUAGES = ("français", "anglais")
_QUALITY = {
    "quality_technical": "Qualité TeR",
    "quality_geographic": "Qualité GR",
    "quality_temporal": "Qualité TiR",
    "quality_completeness": "Qualité C",
}
_LABELS = ("base", "attribut", "frontière")
_READ_BY_PEOPLE = (*(f"Nom {kind} français" for kind in _LABELS), "Réglementations")
_ORIGIN = ("Programme", "Source", "Contributeur")
_KEYWORDS = ("Code de la catégorie", "Tags français", "Tags anglais", "Réglementations")
_SUB_LOCATION = "Sous-localisation géographique français"
_CONTRAILS = {"avectrainees": "included", "sanstrainees": "excluded"}


class _UnreadableError(ValueError):
    """An element that cannot be read; the arguments are the reason to set it aside, and the cell."""


class Element(NamedTuple):
    """Where a factor stands in the sheet, its id at the source, and where its posts stand."""

    position: int
    source_id: str
    posts: list[int]


class _Reading(NamedTuple):
    """An element in decarb's terms: its category, unit and parts, and what is known of a gas released."""

    category: terms.Category
    unit: Unit
    total: str
    parts: list[SplitPart]
    substance: str = ""
    gwp_set: str = ""
    doubtful: bool = False


class _Model(NamedTuple):
    """What factors of one model share: label without year and contrails, places, unit with its basis."""

    label: str
    places: str
    unit: str


class FactorTables:
    """Rows of ``factors`` and ``parts`` of the elements of a sheet, and the ``places`` they are valid for.

    Parameters
    ----------
    sheet, elements
        The export, and its valid factors.
    below
        The packaged library: what it knows of substances.
    source
        Id of the publication.
    account
        What is wrong with a row is written there.
    """

    def __init__(
        self, sheet: DelimitedColumns, elements: list[Element], below: FactorLibrary, source: str, account: Account
    ) -> None:
        self._sheet = sheet
        self._below = below
        self._source = source
        self._account = account
        self.parts: list[list[str]] = []
        self._names = sheet["Nom base français"]
        self._gases = gas_cells(sheet)
        self._curated = {
            source_alias(publication, source_id): terms.Category(*served)
            for publication, source_id, *served in below.cells("source", "source_id", *_OF_CATEGORY)
        }
        read = [(element, reading) for element in elements if (reading := self._read(element))]
        self._positions = [element.position for element, _ in read]
        self._readings = [reading for _, reading in read]
        places = list(map(terms.place, self._take("Localisation géographique"), self._take(_SUB_LOCATION)))
        self.places = {code for place in places for code in place.codes}
        columns = self._columns(places)
        self.factors = [list(row) for row in zip(*(columns[name] for name in _FACTOR_COLUMNS), strict=True)]
        self._relate()

    def _take(self, name: str) -> list[str]:
        cells = self._sheet[name]
        return [cells[position] for position in self._positions]

    def _read(self, element: Element) -> _Reading | None:
        """Terms and parts of an element; None if its rows had to be set aside."""
        try:
            reading = self._reading(element)
        except _UnreadableError as error:
            for position in (element.position, *element.posts):
                number = self._sheet.numbers[position]
                self._account.set_aside(
                    number, element.source_id, terms.label(self._names[element.position]), *error.args
                )
            return None
        for number, part in enumerate(reading.parts, start=1):
            name = f"{FAMILY}:{element.source_id}"
            self.parts.append([name, str(number), part.stage, part.label, part.total, *part.gases])
        self._account.rows_kept += 1 + len(element.posts)
        return reading

    def _reading(self, element: Element) -> _Reading:
        sheet, position = self._sheet, element.position
        path = sheet["Code de la catégorie"][position]
        category, known = self._category(element, path)
        unit = terms.unit(sheet["Unité français"][position], category.domain)
        total = decimal_number(sheet["Total poste non décomposé"][position])
        if not terms.label(self._names[position]):
            raise _UnreadableError("no-name")
        if unit is None:
            raise _UnreadableError("unit-unknown", sheet["Unité français"][position])
        if not total:
            raise _UnreadableError(
                "no-value" if total == "" else "number-damaged", sheet["Total poste non décomposé"][position]
            )
        if not known:
            self._find(element.position, "source-category-unknown", "note", value=path)
        if total.startswith("-"):
            return _Reading(category, unit, total, [undivided(total, "avoided")])
        if terms.is_release(path):
            return self._release(element, category, unit, total)
        return _Reading(category, unit, total, self._parts(element, path, total))

    def _category(self, element: Element, path: str) -> tuple[terms.Category, bool]:
        """Terms of an element: those of its packaged copy, chosen one by one, else of its category."""
        curated = self._curated.get(f"{FAMILY}:{element.source_id}")
        return (curated, True) if curated else terms.category(path, self._names[element.position])

    def _parts(self, element: Element, path: str, total: str) -> list[SplitPart]:
        """Parts of an element: its posts, else its own gases."""
        sheet, parts = self._sheet, []
        for position in element.posts or (element.position,):
            stage, label = terms.stage(path, "", "") or "undivided", ""
            if element.posts:
                kind, label = sheet["Type poste"][position], terms.label(sheet["Nom poste français"][position])
                stage = terms.stage(path, kind, label)
                if not stage:
                    raise _UnreadableError("post-type-unknown", kind)
            parts.append(self._part(position, element, stage, label))
        added = sum(float(part.total) for part in parts)
        if element.posts and abs(added - float(total)) > _rounding([total, *(part.total for part in parts)]):
            self._find(element.position, "source-parts-unequal", sum=added, total=float(total))
        if any(part.excess > ROUNDING for part in parts):
            self._find(element.position, "source-gases-unequal", total=float(total))
        return parts

    def _part(self, position: int, element: Element, stage: str, label: str) -> SplitPart:
        text = self._sheet["Total poste non décomposé"][position]
        total = decimal_number(text)
        if not total:
            raise _UnreadableError("no-value" if total == "" else "number-damaged", text)
        cells = self._gases.get(position)
        if cells is None:
            return undivided(total, stage=stage, label=label)
        whole = self._gases.get(element.position, cells)
        try:
            return split_row(cells, whole.codes, total, stage, label)
        except DamagedCellError as error:
            raise _UnreadableError("number-damaged", *error.args) from None

    def _release(self, element: Element, category: terms.Category, unit: Unit, total: str) -> _Reading:
        gwp_set = terms.published_set(self._sheet["Code de la catégorie"][element.position])
        name = terms.label(self._names[element.position])
        found = released(name, element.source_id, total, gwp_set, self._below)
        off = found.computed is not None and is_off(found.computed, float(total))
        if off:
            self._find(element.position, "source-blend-differs", published=float(total), computed=found.computed)
        return _Reading(category, unit, total, [found.part], found.substance, gwp_set, off)

    def _find(self, position: int, code: str, severity: Severity = "warning", **parameters: Any) -> None:
        source_id = self._sheet["Identifiant de l'élément"][position]
        problem = Problem(code, parameters, severity=severity)
        self._account.find(self._sheet.numbers[position], f"{FAMILY}:{source_id}", problem)

    def _columns(self, places: list[terms.Place]) -> dict[str, list[str]]:
        """Columns of ``factors``, every cell in decarb's terms."""
        french, english = ([self._labels(f"Nom {kind} {language}") for kind in _LABELS] for language in _LANGUAGES)
        ids, created = self._take("Identifiant de l'élément"), self._take("Date de création")
        valid = list(map(terms.validity, self._take("Période de validité"), created))
        units = [reading.unit for reading in self._readings]
        models = [_without_contrails(*texts) for texts in zip(*french, strict=True)]
        name_fr = list(map(_name, *french))
        blank = [""] * len(ids)
        columns = dict.fromkeys(_FACTOR_COLUMNS, blank) | {
            "id": [f"{FAMILY}:{source_id}" for source_id in ids],
            "name_fr": name_fr,
            "name_en": [_english(*labels) for labels in zip(*english, *french, strict=True)],
            "unit": [unit.name for unit in units],
            "basis": list(map(terms.basis, units, name_fr)),
            "price_year": [str(unit.price_year or "") for unit in units],
            "geography": [" ".join(place.codes) for place in places],
            "locality": [terms.label(place.locality) for place in places],
            "data_year": list(map(terms.data_year, units, *french)),
            "valid_to": [found.last_day for found in valid],
            "published_total": [reading.total for reading in self._readings],
            "model": ["published"] * len(ids),
            "gwp_set": [reading.gwp_set for reading in self._readings],
            "substance": [reading.substance for reading in self._readings],
            "contrails": [contrails for _, contrails in models],
            "uncertainty_percent": each(terms.uncertainty, self._take("Incertitude")),
            **{column: each(terms.quality_note, self._take(name)) for column, name in _QUALITY.items()},
            **{name: [getattr(reading.category, name) for reading in self._readings] for name in _OF_CATEGORY},
            "source": [self._source] * len(ids),
            "source_id": ids,
            "source_row": [str(self._sheet.numbers[position]) for position in self._positions],
            "source_date": [text[:10] for text in self._labels("Date de modification")],
            "origin": list(map(terms.joined, *(self._take(name) for name in _ORIGIN))),
            "status": [
                "doubtful" if reading.doubtful else terms.status(text)
                for reading, text in zip(self._readings, self._take("Statut de l'élément"), strict=True)
            ],
            "transparency": self._labels("Transparence"),
            "keywords": list(map(terms.joined, *(each(terms.keywords, self._take(name)) for name in _KEYWORDS))),
            "note": self._labels("Commentaire français"),
        }
        # an element whose place is not known has no like
        labels = [
            f"{terms.folded_path(path)}/{model}" if place.known else name
            for path, (model, _), place, name in zip(
                self._take("Code de la catégorie"), models, places, columns["id"], strict=True
            )
        ]
        bases = map("{} {}".format, columns["unit"], columns["basis"])
        self._models = list(map(_Model, labels, columns["geography"], bases))
        self._note_damage(places, valid)
        return columns

    def _labels(self, name: str) -> list[str]:
        return each(terms.label, self._take(name))

    def _note_damage(self, places: list[terms.Place], valid: list[terms.Validity]) -> None:
        """Note what became of cells on their way into the file."""
        read_by_people = [each(_damage, self._take(name)) for name in _READ_BY_PEOPLE]
        for number, (position, place, validity) in enumerate(zip(self._positions, places, valid, strict=True)):
            damage = next((codes[number] for codes in read_by_people if codes[number]), "")
            if damage:
                name = next(n for n, codes in zip(_READ_BY_PEOPLE, read_by_people, strict=True) if codes[number])
                severity: Severity = "note" if damage == "source-mojibake" else "warning"
                self._find(position, damage, severity, value=self._sheet[name][position])
            if validity.damaged:
                self._find(position, "source-date-damaged", value=self._sheet["Période de validité"][position])
            if not place.known:
                names = (self._sheet[name][position] for name in ("Localisation géographique", _SUB_LOCATION))
                self._find(position, "source-place-unknown", "note", value=terms.joined(*names))
            uncertainty = self._sheet["Incertitude"][position]
            if uncertainty.strip() and not terms.uncertainty(uncertainty):
                self._find(position, "source-uncertainty-damaged", value=uncertainty)

    def _relate(self) -> None:
        """Name what only the whole shows: shared errors, series, flights whose two options are one figure."""
        of_model, of_places, of_series = (defaultdict(list) for _ in range(3))
        for model, row in zip(self._models, self.factors, strict=True):
            of_model[model].append(row)
            of_places[model.label, model.places].append(row)
            of_series[model.label, model.unit].append(row)
        for rows in of_model.values():
            self._doubt_equal_contrails(rows)
        for rows in of_places.values():
            _fill(rows, "error_group", _cell(_oldest(rows), "id"))
        _name_series(of_series.values())

    def _doubt_equal_contrails(self, rows: list[list[str]]) -> None:
        """Doubt a flight without contrails that is published with the total of the one with them."""
        if len(rows) < 2:
            return
        with_contrails = {
            (_cell(row, "data_year"), _cell(row, "published_total")): row for row in rows if _is(row, "included")
        }
        for row in rows:
            other = with_contrails.get((_cell(row, "data_year"), _cell(row, "published_total")))
            if _is(row, "excluded") and other is not None:
                _fill([row], "status", "doubtful")
                for one, pair in ((row, other), (other, row)):
                    what = {"other": _cell(pair, "id"), "value": float(_cell(one, "published_total"))}
                    problem = Problem("source-contrails-equal", what, severity="warning")
                    self._account.find(int(_cell(one, "source_row")), _cell(one, "id"), problem)


def _name(*labels: str) -> str:
    return " - ".join(filter(None, labels))


def _english(base: str, attribute: str, border: str, *french: str) -> str:
    """English name, blank without an English base; what else of it is not translated stays French."""
    translated = (base, attribute, border)
    return (
        _name(*(english or other for english, other in zip(translated, french, strict=True))) if any(translated) else ""
    )


@lru_cache(maxsize=50_000)
def _without_contrails(*labels: str) -> tuple[str, str]:
    """Labels without year and contrails, folded, and the option for contrails that they name."""
    model = "".join([terms.without_year(text) for text in labels])
    for words, option in _CONTRAILS.items():
        if words in model:
            return model.replace(words, ""), option
    return model, ""


@lru_cache(maxsize=50_000)
def _damage(text: str) -> str:
    """What became of a text on its way into the file: layers of quotes, a tab, UTF-8 read as Windows-1252."""
    if '"""' in text or "\t" in text:
        return "source-quoted-name"
    if "\ufffd" in text:
        return "source-character-lost"
    return "source-mojibake" if mended(text) != text else ""


def _cell(row: list[str], column: str) -> str:
    return row[_FACTOR_COLUMNS.index(column)]


def _is(row: list[str], contrails: str) -> bool:
    return _cell(row, "contrails") == contrails


def _fill(rows: Iterable[list[str]], column: str, value: str) -> None:
    for row in rows:
        row[_FACTOR_COLUMNS.index(column)] = value


def _name_series(groups: Iterable[list[list[str]]]) -> None:
    """Give the vintages and places of one label and unit a series, where year and place tell them apart."""
    named: dict[str, list[list[list[str]]]] = defaultdict(list)
    for rows in groups:
        if len(rows) > 1 and len({_vintage(row) for row in rows}) == len(rows):
            named[_series_name(_oldest(rows))].append(rows)
    for name, found in named.items():
        if len(found) == 1:
            _fill(found[0], "series", name)


def _oldest(rows: list[list[str]]) -> list[str]:
    """Row of the lowest number at the source: the order of the file decides nothing."""
    return min(rows, key=lambda row: int(_cell(row, "source_id")))


def _vintage(row: list[str]) -> tuple[str, ...]:
    columns = ("data_year", "price_year", "geography", "locality", "contrails")
    return tuple(_cell(row, column) for column in columns)


def _series_name(row: list[str]) -> str:
    return f"{FAMILY}/{terms.slug(_cell(row, 'name_fr'), _cell(row, 'unit'), _cell(row, 'basis'))}"


def _rounding(totals: Iterable[str]) -> float:
    """Half of the last of three significant digits of each figure, added up: what rounding explains."""
    halves = (0.5 * 10.0 ** (Decimal(total).adjusted() - 2) for total in totals if float(total))
    return sum(halves) * (1 + 1e-9)
