"""Small libraries to search, layered over the packaged one, and the full base where it is at hand."""

import csv
from itertools import count
from pathlib import Path

from decarb.factors import FactorLibrary, load_factors
from decarb.factors.columns import stored_columns
from decarb.resources import Table, write_table

DEFAULTS = {
    "name_en": "",
    "domain": "own",
    "unit": "kg",
    "geography": "FR",
    "model": "published",
    "activities": "other",
    "source": "base-carbone-23.6",
    "status": "generic",
}


def layer(folder: Path, *factors: dict[str, str]) -> FactorLibrary:
    """The packaged library under factors whose cells are given by column; each is worth 1."""
    folder.mkdir(exist_ok=True)
    numbers = count(1)
    rows = [{"id": f"own-{next(numbers)}", **DEFAULTS, **cells} for cells in factors]
    parts = [{"factor": row["id"], "position": "1", "stage": "undivided", "total": "1", "unsplit": "1"} for row in rows]
    for name, records in (("factors", rows), ("parts", parts)):
        columns = stored_columns(name)
        write_table(folder / f"{name}.csv", Table(columns, [[row.get(c, "") for c in columns] for row in records]))
    return load_factors(folder)


def base_carbone_names(path: Path) -> list[tuple[str, str]]:
    """Names, and tags with comments, of the valid emission factors of the Base Carbone."""
    columns = ("Nom base français", "Nom attribut français", "Nom frontière français")
    remarks = ("Code de la catégorie", "Tags français", "Tags anglais", "Commentaire français")
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return [
            (joined(row, columns), joined(row, remarks))
            for row in csv.DictReader(stream, delimiter=";")
            if row["Type Ligne"] == "Elément"
            and row["Type de l'élément"] == "Facteur d'émission"
            and row["Statut de l'élément"].startswith("Valide")
        ]


def joined(row: dict[str, str], columns: tuple[str, ...]) -> str:
    return " ".join(" - ".join(row[column] for column in columns if row[column]).replace('"', " ").split())


def full_base(folder: Path, names: list[tuple[str, str]]) -> Path:
    """CSV of one's own factors with the names of a full base, to load beside the packaged library."""
    path = folder / "full-base.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["id", "name", "unit", "value", "activity", "source", "note"])
        writer.writerows(
            [f"base-{number}", name or "-", "kg", "1", "other", "Base Carbone", remark]
            for number, (name, remark) in enumerate(names)
        )
    return path
