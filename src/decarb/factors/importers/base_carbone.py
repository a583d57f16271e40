"""The ADEME Base Carbone, the official export in any of its forms, as the tables of a library.

An ``Elément`` is a factor and a ``Poste`` a part of it, under one id; archived rows and source data are set
aside. A factor's id is ``base-carbone:`` and the id at the source, whatever the version.
"""

import re
from collections import defaultdict
from pathlib import Path
from typing import Any

from decarb.errors import InvalidLibraryError, Problem
from decarb.factors.columns import stored_columns
from decarb.factors.importers import base_carbone_terms as terms
from decarb.factors.importers.account import Account, Imported
from decarb.factors.importers.base_carbone_factors import FAMILY, Element, FactorTables
from decarb.factors.importers.delimited import DelimitedColumns, each, folded, read_columns
from decarb.factors.importers.places import country_rows
from decarb.factors.library import FactorLibrary
from decarb.resources import Table

REQUIRED = (
    *("Type Ligne", "Identifiant de l'élément", "Type de l'élément", "Statut de l'élément", "Nom base français"),
    *("Nom attribut français", "Nom frontière français", "Code de la catégorie", "Unité français"),
    *("Localisation géographique", "Total poste non décomposé", "Type poste", "CO2f", "CH4f", "CH4b", "N2O"),
)
OPTIONAL = (
    *("Nom base anglais", "Nom attribut anglais", "Nom frontière anglais", "Tags français", "Tags anglais"),
    *("Contributeur", "Programme", "Source", "Sous-localisation géographique français", "Date de création"),
    *("Date de modification", "Période de validité", "Incertitude", "Réglementations", "Transparence"),
    *("Qualité TeR", "Qualité GR", "Qualité TiR", "Qualité C", "Commentaire français", "Nom poste français"),
    *(f"{kind} gaz supplémentaire {number}" for number in range(1, 6) for kind in ("Code", "Valeur")),
    *("Autres GES", "CO2b"),
)
_LICENCE = {
    "name": "etalab-2.0",
    "title": "Licence Ouverte / Open Licence 2.0",
    "path": "https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
}


def read_base_carbone(path: Path, below: FactorLibrary, version: str = "") -> Imported:
    """Read the official export: Windows-1252 or UTF-8, any separator, decimal sign and order of columns.

    Parameters
    ----------
    version
        Of the base; by default what the file's name says, else blank.

    Raises
    ------
    InvalidLibraryError
        If the file cannot be read, or is not that export.
    """
    sheet = read_columns(path, REQUIRED, OPTIONAL)
    version = version or _version(path)
    source = f"{FAMILY}-{version}".rstrip("-")
    account = Account(rows_read=len(sheet.numbers) + len(sheet.ragged))
    for number, cells in sheet.ragged.items():
        account.set_aside(number, "", "", "ragged-row", cells)
    elements, retired = _sorted_rows(sheet, account)
    library = FactorTables(sheet, elements, below, source, account)
    if not library.factors:
        raise InvalidLibraryError([Problem("base-without-factors", {"rows": account.rows_read}, file=str(path))])
    rows = {
        "factors": library.factors,
        "parts": library.parts,
        "sources": [_source_row(source, version, max(sheet["Date de modification"], default="")[:10])],
        "geographies": country_rows(library.places),
        "retired": retired,
    }
    tables = {name: Table(stored_columns(name), found) for name, found in rows.items()}
    return Imported(tables, _description(path, version, sheet), account)


def _version(path: Path) -> str:
    """Version in the file's name (``Base_Carbone_V23.6.csv``), blank without one."""
    found = re.search(r"(\d+(?:[._]\d+)+)", path.stem)
    return found[1].replace("_", ".") if found else ""


def _description(path: Path, version: str, sheet: DelimitedColumns) -> dict[str, Any]:
    source = {"importer": FAMILY, "file": path.name, "encoding": sheet.encoding, "delimiter": sheet.delimiter}
    return {
        "name": f"{FAMILY}-{version}".rstrip("-"),
        "title": f"ADEME Base Carbone {version}".strip(),
        "version": version,
        "licenses": [_LICENCE],
        "decarb": source,
    }


def _source_row(name: str, version: str, modified: str) -> list[str]:
    """Row of ``sources``; the date of the base is that of its newest modification."""
    address = "https://data.ademe.fr/datasets/base-carboner"
    licence, text = _LICENCE["title"], _LICENCE["path"]
    return [name, "Base Carbone", "ADEME", version, modified, address, licence, text, _attribution(version)]


def _attribution(version: str) -> str:
    return f"ADEME, Base Carbone v{version}" if version else "ADEME, Base Carbone"


def _sorted_rows(sheet: DelimitedColumns, account: Account) -> tuple[list[Element], list[list[str]]]:
    """Elements that are valid factors, with their posts; and the ids that the base archived.

    Every other row is set aside.
    """
    ids, lines = sheet["Identifiant de l'élément"], each(folded, sheet["Type Ligne"])
    kinds, statuses = each(folded, sheet["Type de l'élément"]), each(folded, sheet["Statut de l'élément"])
    names, modified = sheet["Nom base français"], sheet["Date de modification"]
    elements: dict[str, Element] = {}
    posts: dict[str, list[int]] = defaultdict(list)
    fates: dict[str, str] = {}
    retired, aside = [], []

    def leave_out(position: int, reason: str) -> None:
        cell = sheet[_CELL_AT_FAULT[reason]][position] if reason in _CELL_AT_FAULT else ""
        aside.append([str(sheet.numbers[position]), ids[position], terms.label(names[position]), reason, cell])

    for position, source_id in enumerate(ids):
        if not (lines[position] or source_id or names[position]):
            account.rows_read -= 1  # a blank line
            continue
        if lines[position] == "poste":
            posts[source_id].append(position)
            continue
        fate = _fate(lines[position], kinds[position], statuses[position], source_id)
        if not fate and source_id in elements:
            fate = "duplicate-id"
        if not fate:
            elements[source_id] = Element(position, source_id, posts[source_id])
            continue
        fates.setdefault(source_id, fate)
        leave_out(position, fate)
        if fate == "archived":
            retired.append(
                [f"{FAMILY}:{source_id}", "", f"archivé, modifié le / archived, modified {modified[position][:10]}", ""]
            )
    for source_id, places in posts.items():
        for position in () if source_id in elements else places:
            leave_out(position, fates.get(source_id, "part-without-element"))
    account.set_aside_all(aside)
    return list(elements.values()), [row for row in retired if row[0].partition(":")[2] not in elements]


_CELL_AT_FAULT = {
    "line-type-unknown": "Type Ligne",
    "no-identifier": "Identifiant de l'élément",
    "status-unknown": "Statut de l'élément",
    "duplicate-id": "Total poste non décomposé",
    "part-without-element": "Type poste",
}


def _fate(line: str, kind: str, status: str, source_id: str) -> str:
    """Why a row is no valid factor, blank if it is one; what it says is folded."""
    if line != "element":
        return "line-type-unknown"
    if not source_id.isdigit():
        return "no-identifier"
    if kind != "facteurdemission":
        return "not-a-factor"
    return {"validegenerique": "", "validespecifique": "", "archive": "archived"}.get(status, "status-unknown")
