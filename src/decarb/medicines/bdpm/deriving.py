"""The small tables that the ladder stands on, derived from an imported database: the same bytes from the same files.

A label that many boxes carry is read once, a form and a substance that many specialities have are written once, so
that the whole base fits in 2.6 MB of text that a person can read.
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from decarb.medicines.bdpm.importing import read_imported
from decarb.medicines.classes import substance_class

Tables = dict[str, bytes]
"""Content by file name."""

PROVENANCE = "bdpm.json"
TABLES = ("presentations.csv", "labels.csv", "specialities.csv", "forms.csv", "substances.csv", PROVENANCE)
"""Files that are derived."""
PRESENTATION_COLUMNS = ("cip7", "cis", "label", "active_mass_mg", "mass_reason", "marketed")
LABEL_COLUMNS = ("label", "text", "units", "unit", "container", "material", "content", "content_unit", "doses")
SPECIALITY_COLUMNS = ("cis", "name", "form", "atc", "atc_origin", "substances", "generic_groups", "class")
FORM_COLUMNS = ("form", "name", "routes")
SUBSTANCE_COLUMNS = ("substance", "name")
_LABEL_CELLS = LABEL_COLUMNS[2:]


def derive(path: Path, *, prices: bool = False) -> Tables:
    """Tables of an imported database.

    Parameters
    ----------
    path
        A file that ``import_bdpm`` wrote.
    prices
        Add the price of each presentation [EUR]: they change by the month, and the packaged tables have none.
    """
    rows, provenance = read_imported(path)
    boxes = sorted((row for row in rows if row["kind"] == "presentation"), key=lambda row: str(row["cip7"]))
    labels = _numbered(_label(row) for row in boxes)
    known = {row["cis"]: row for row in boxes if row["specialities"]}
    specialities = [row for _, row in sorted(known.items())]
    forms = _numbered(map(_form, specialities))
    substances = _numbered((name,) for row in specialities for name in row["substances"])
    columns = (*PRESENTATION_COLUMNS, "price_eur") if prices else PRESENTATION_COLUMNS
    return {
        "presentations.csv": _written(columns, (_presentation(row, labels, prices) for row in boxes)),
        "labels.csv": _written(LABEL_COLUMNS, ((number, *label) for label, number in labels.items())),
        "specialities.csv": _written(SPECIALITY_COLUMNS, (_speciality(row, forms, substances) for row in specialities)),
        "forms.csv": _written(FORM_COLUMNS, ((number, *form) for form, number in forms.items())),
        "substances.csv": _written(SUBSTANCE_COLUMNS, ((number, *name) for name, number in substances.items())),
        PROVENANCE: (json.dumps(_origin(provenance), ensure_ascii=False, indent=1) + "\n").encode(),
    }


def _numbered(items: Iterable[tuple[str, ...]]) -> dict[tuple[str, ...], str]:
    return {item: str(number) for number, item in enumerate(dict.fromkeys(items))}


def _presentation(row: Mapping[str, Any], labels: Mapping[tuple[str, ...], str], prices: bool) -> Sequence[str]:
    cells = [
        row["cip7"],
        row["cis"],
        labels[_label(row)],
        _number(row["active_mass_mg"]),
        row["mass_reason"],
        "1" if row["marketed"] else "0",
    ]
    return [*cells, _number(row["price_eur"])] if prices else cells


def _label(row: Mapping[str, Any]) -> tuple[str, ...]:
    """Label without its plural marks, and its reading."""
    cells = (_number(row[name]) if isinstance(row[name], int | float) else row[name] or "" for name in _LABEL_CELLS)
    return (re.sub(r"\((?:s|e|es|x|aux)\)", "", " ".join(row["label"].split())), *cells)


def _form(row: Mapping[str, Any]) -> tuple[str, ...]:
    speciality = row["specialities"][0]
    return speciality["form"], ";".join(speciality["routes"])


def _speciality(
    row: Mapping[str, Any], forms: Mapping[tuple[str, ...], str], substances: Mapping[tuple[str, ...], str]
) -> Sequence[str]:
    """Cells of a speciality; a name that ends with a comma goes on with the name of the form."""
    form = row["specialities"][0]["form"]
    name = " ".join(row["specialities"][0]["name"].split())
    if form and name.endswith(f", {form}"):
        name = name.removesuffix(f" {form}")
    groups = dict.fromkeys(group["group"] for group in row["generic_groups"])
    origin = {"database": "d", "same_substances": "s", "": ""}[row["atc_origin"]]
    numbers = ";".join(substances[(name,)] for name in row["substances"])
    held = substance_class(form, row["atc"], row["substances"])
    return [row["cis"], name, forms[_form(row)], row["atc"], origin, numbers, ";".join(groups), held]


def _origin(provenance: Mapping[str, Any]) -> dict[str, Any]:
    """What the import said of its origin, without the version of decarb: it is that of the package."""
    return {name: value for name, value in provenance.items() if name != "decarb"}


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.6g}" if abs(value) < 1e6 else f"{value:.0f}"


def _written(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return stream.getvalue().encode()
