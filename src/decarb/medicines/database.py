"""What a code of a medicine names: presentations, specialities, and the links of UCD codes that a user gives.

The packaged tables are those of ``emission_factors/medicines`` (README.md there). They are held as lines of text, and
a line is decoded when it is looked up: an inventory names a thousand of twenty thousand boxes.
"""

import csv
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

from decarb.errors import InvalidLibraryError, Problem, unreadable
from decarb.language import mark
from decarb.medicines.codes import near_numbers, to_cip7, to_cip13
from decarb.medicines.ucd_tables import UcdLink, UcdTable, read_ucd_table
from decarb.resources import data_folder

__all__ = ["MedicinesDatabase", "Presentation", "Speciality", "UcdLink", "load_database"]

_FOLDER = "medicines"
_TABLES = ("presentations.csv", "labels.csv", "specialities.csv", "forms.csv", "substances.csv")
_PROVENANCE = "bdpm.json"
_Label = tuple[str, float | None, str, str, str, float | None, str, float | None]
_ORIGINS = {"d": "database", "s": "same_substances", "": ""}


MASS_REASONS = {
    "no-units": mark("units per box are not known"),
    "no-composition": mark("no composition is published"),
    "no-dosage": mark("no dosage is published"),
    "not-a-mass": mark("the dosage is not a mass (UI, MBq, bacteria, …)"),
    "homeopathic": mark("homeopathic dilution"),
    "gas": mark("a gas: the base gives no right dosage"),
    "reference-unit": mark("the dosage is for another unit than the box holds"),
    "no-content": mark("the label does not say the content of a unit"),
    "content-unit": mark("the content is said in another unit than the dosage"),
    "several-elements": mark("several elements, and not how many of each"),
}
"""Why the mass of active substances is not known, by code."""


@dataclass(frozen=True, slots=True)
class Presentation:
    """A box.

    Attributes
    ----------
    units, unit
        Units per box, None where its label does not say; kind of unit, French singular ("comprimé").
    container, material
        What holds the units, and its materials between slashes.
    content, content_unit
        Of one unit, None where the label does not say.
    active_mass_mg, mass_reason
        Active substances in the whole box [mg], None where unknown, and then why.
    marketed
        Whether it was on the market at the date of the database.
    doses
        Of one unit, where the label says so.
    price_eur
        Public price [EUR], where an imported database gives it.
    """

    cip13: str
    cis: str
    label: str
    units: float | None
    unit: str
    container: str
    material: str
    content: float | None
    content_unit: str
    active_mass_mg: float | None
    mass_reason: str
    marketed: bool
    doses: float | None = None
    price_eur: float | None = None


@dataclass(frozen=True, slots=True)
class Speciality:
    """What an authorisation is for.

    Attributes
    ----------
    atc, atc_origin
        ATC code, and whether it is the ``database``'s or that of the ``same_substances``; blank where unknown.
    substances
        Active substances by their names in the database, accents folded, upper case.
    generic_groups
        Numbers of the groups of generics it is in.
    cip7s
        CIP7 of its presentations.
    substance_class
        Class that keeps it off rung 4 (``decarb.medicines.classes``), blank for a small molecule.
    """

    cis: str
    name: str
    form: str
    routes: tuple[str, ...]
    atc: str
    atc_origin: str
    substances: tuple[str, ...]
    generic_groups: tuple[str, ...]
    cip7s: tuple[str, ...]
    substance_class: str = ""

    @property
    def cips(self) -> tuple[str, ...]:
        """CIP13 of its presentations."""
        return tuple(map(to_cip13, self.cip7s))


@dataclass(frozen=True)
class MedicinesDatabase:
    """Presentations and specialities by code.

    Attributes
    ----------
    version
        Base and version: ``bdpm 2026-07``.
    digest
        SHA-256 of the tables and of the links of UCD codes in use.
    source
        Id of the source of the packaged tables, or the file that was loaded.
    """

    version: str
    digest: str
    source: str
    _presentations: Mapping[str, str] = field(repr=False)
    _labels: Sequence[str] = field(repr=False)
    _specialities: Mapping[str, str] = field(repr=False)
    _forms: Sequence[str] = field(repr=False)
    _substances: Sequence[str] = field(repr=False)
    _ucd: Mapping[str, UcdLink] = field(default_factory=dict, repr=False)

    def presentation(self, cip13: str) -> Presentation | None:
        """Box of a CIP13 (or CIP7); None where the database has none."""
        cip7 = to_cip7(cip13)
        line = self._presentations.get(cip7)
        full = to_cip13(cip7) if line else ""
        if line is None or (len(cip13) == 13 and full != cip13):
            return None
        _, cis, label, mass, reason, marketed, *price = _cells(line)
        text, units, unit, container, material, content, content_unit, doses = self._label(int(label))
        return Presentation(
            full,
            cis,
            text,
            units,
            unit,
            container,
            material,
            content,
            content_unit,
            _number(mass),
            reason,
            marketed == "1",
            doses,
            _number(price[0]) if price else None,
        )

    def presentations(self) -> Iterator[Presentation]:
        """Every box, in the order of codes."""
        return (found for cip7 in self._presentations if (found := self.presentation(cip7)))

    def speciality(self, cis: str) -> Speciality | None:
        """Speciality of a CIS; None where the database has none with a presentation."""
        line = self._specialities.get(cis)
        if line is None:
            return None
        _, name, number, atc, origin, substances, groups, held = _cells(line)
        _, form, routes = _cells(self._forms[int(number)])
        return Speciality(
            cis,
            f"{name} {form}" if name.endswith(",") else name,
            form,
            _items(routes),
            atc,
            _ORIGINS[origin],
            tuple(_cells(self._substances[int(number)])[1] for number in _items(substances)),
            _items(groups),
            tuple(self._boxes.get(cis, ())),
            held,
        )

    def ucd(self, ucd13: str) -> UcdLink | None:
        """What the tables that the user gave say of a UCD; None where they say nothing."""
        return self._ucd.get(ucd13)

    def search(self, words: str, limit: int) -> list[Presentation]:
        """Boxes of specialities that have all the words, whatever their accents; first those on the market."""
        from decarb.medicines.bdpm.values import folded

        wanted = folded(words).split()
        hits = [(text, cis) for text, cis in self._search_texts if all(word in text for word in wanted)]
        if not wanted or not hits:
            return []
        hits.sort(key=lambda hit: (not hit[0].startswith(wanted[0]), hit[0]))
        return self._boxes_of(cis for _, cis in hits)[:limit]

    def of_class(self, atc: str, limit: int) -> list[Presentation]:
        """Boxes of specialities whose ATC code begins so; first those on the market."""
        found = [cis for cis, line in self._specialities.items() if _cells(line)[3].startswith(atc)]
        return self._boxes_of(found)[:limit]

    def _boxes_of(self, specialities: Iterable[str]) -> list[Presentation]:
        boxes = (self.presentation(cip7) for cis in specialities for cip7 in self._boxes.get(cis, ()))
        return sorted((box for box in boxes if box), key=lambda box: not box.marketed)

    def near_specialities(self, cis: str) -> list[str]:
        """CIS of the database one digit, or one swap of neighbours, away from a code that it has not."""
        return sorted(number for number in set(near_numbers(cis)) if number in self._specialities)

    def near(self, cip13: str) -> list[str]:
        """CIP13 of the database one digit, or one swap of neighbours, away from a code that it has not."""
        found = {number for number in near_numbers(to_cip7(cip13)) if number in self._presentations}
        if to_cip7(cip13) in self._presentations:
            found.add(to_cip7(cip13))
        codes = sorted(map(to_cip13, found))
        same_key = [code for code in codes if len(cip13) == 13 and code[12] == cip13[12]]
        return [*same_key, *(code for code in codes if code not in same_key)]

    def _label(self, number: int) -> _Label:
        """Reading of a label, decoded once."""
        found = self._read_labels.get(number)
        if found is None:
            text, units, unit, container, material, content, content_unit, doses = _cells(self._labels[number])[1:]
            read = (_number(units), unit, container, material, _number(content), content_unit, _number(doses))
            found = self._read_labels[number] = (text, *read)
        return found

    @cached_property
    def _read_labels(self) -> dict[int, _Label]:
        return {}

    @cached_property
    def _boxes(self) -> dict[str, list[str]]:
        boxes: dict[str, list[str]] = {}
        for cip7, line in self._presentations.items():
            boxes.setdefault(line[8:16], []).append(cip7)
        return boxes

    @cached_property
    def _search_texts(self) -> list[tuple[str, str]]:
        from decarb.medicines.bdpm.values import folded

        forms = [_cells(line)[1] for line in self._forms]
        substances = [_cells(line)[1] for line in self._substances]
        texts = []
        for cis, line in self._specialities.items():
            _, name, form, _, _, numbers, *_ = _cells(line)
            held = " ".join(substances[int(number)] for number in _items(numbers))
            texts.append((f"{folded(f'{name} {forms[int(form)]}')} {held}", cis))
        return texts


def load_database(*paths: str | Path) -> MedicinesDatabase:
    """Load the packaged tables, or others over them, in order.

    Parameters
    ----------
    paths
        Each an imported database (``.parquet``, in the place of the packaged one), or a table of UCD codes (CSV, as
        ``read_ucd_table`` says).

    Raises
    ------
    InvalidLibraryError
        With every defect of each.
    """
    found = packaged_database()
    tables: list[UcdTable] = []
    problems: list[Problem] = []
    for path in map(Path, paths):
        try:
            if _is_parquet(path):
                found = _imported_database(path)
            else:
                tables.append(read_ucd_table(path))
        except InvalidLibraryError as error:
            problems += error.problems
    links: dict[str, UcdLink] = {}
    for table in tables:
        try:
            links |= table.links(found)
        except InvalidLibraryError as error:
            problems += error.problems
    if problems:
        raise InvalidLibraryError(problems)
    return _with_links(found, links) if links else found


@cache
def packaged_database() -> MedicinesDatabase:
    """Tables that come with decarb."""
    folder = data_folder("emission_factors") / _FOLDER
    texts = {name: (folder / name).read_bytes() for name in (*_TABLES, _PROVENANCE)}
    return _database(texts, "")


def _imported_database(path: Path) -> MedicinesDatabase:
    from decarb.medicines.bdpm.deriving import derive

    return _database(derive(path, prices=True), str(path))


def _is_parquet(path: Path) -> bool:
    try:
        with path.open("rb") as stream:
            return stream.read(4) == b"PAR1"
    except OSError as error:
        raise InvalidLibraryError([unreadable(path, error)]) from None


def _database(texts: Mapping[str, bytes], source: str) -> MedicinesDatabase:
    lines = {name: texts[name].decode().rstrip("\n").split("\n")[1:] for name in _TABLES}
    said = json.loads(texts[_PROVENANCE])
    digest = hashlib.sha256(b"".join(texts[name] for name in _TABLES)).hexdigest()
    return MedicinesDatabase(
        f"{said['base']} {said['version']}",
        digest,
        source or f"{said['base']}-{said['version']}",
        {line[:7]: line for line in lines["presentations.csv"]},
        lines["labels.csv"],
        {line[:8]: line for line in lines["specialities.csv"]},
        lines["forms.csv"],
        lines["substances.csv"],
    )


def _with_links(found: MedicinesDatabase, links: Mapping[str, UcdLink]) -> MedicinesDatabase:
    from dataclasses import replace

    said = sorted(f"{link.ucd13},{link.cip13},{link.cis},{link.units}" for link in links.values())
    digest = hashlib.sha256("\n".join([found.digest, *said]).encode()).hexdigest()
    return replace(found, digest=digest, _ucd=dict(links))


def _cells(line: str) -> list[str]:
    return next(csv.reader((line,))) if '"' in line else line.split(",")


def _items(cell: str) -> tuple[str, ...]:
    return tuple(cell.split(";")) if cell else ()


def _number(cell: str) -> float | None:
    return float(cell) if cell else None
