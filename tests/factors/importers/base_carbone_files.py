"""The official export in small: invented elements in its 67 columns, written as people have it."""

import csv
import io
from pathlib import Path

SAMPLE = Path(__file__).parents[1] / "fixtures/base_carbone_sample.csv"
HEADER = SAMPLE.read_text(encoding="utf-8").splitlines()[0].split(";")

ELEMENT = {
    "Type Ligne": "Elément",
    "Structure": "élément non décomposé",
    "Type de l'élément": "Facteur d'émission",
    "Statut de l'élément": "Valide générique",
    "Nom base français": "Papier inventé",
    "Nom base anglais": "Invented paper",
    "Code de la catégorie": "Achats de biens > Papier, carton",
    "Unité français": "kgCO2e/kg",
    "Localisation géographique": "France continentale",
    "Date de création": "2020-01-02",
    "Date de modification": "2024-05-06",
    "Période de validité": "2099-12-31",
    "Incertitude": "20",
    "Total poste non décomposé": "1.5",
}


def element(identifier, **cells):
    """Row of an element; the cells that are not named are those of an invented paper."""
    return {**dict.fromkeys(HEADER, ""), **ELEMENT, "Identifiant de l'élément": str(identifier), **cells}


def post(identifier, kind, total, **cells):
    """Row of a part of an element."""
    row = element(identifier, **{"Type Ligne": "Poste", "Type poste": kind, "Total poste non décomposé": total})
    return row | cells


def gas_network():
    """Natural gas in two posts with gases: 0.2 burnt and 0.04 upstream make 0.24; 0.012 of CO2 b beside."""
    whole = {
        "Structure": "élément décomposé par poste et par gaz",
        "Nom base français": "Gaz inventé",
        "Code de la catégorie": "Combustibles > Fossiles > Gazeux > Gaz naturel",
        "Unité français": "kgCO2e/kWh PCI",
    }
    return [
        element(7, **whole, **{"Total poste non décomposé": "0.24"}),
        post(7, "Combustion", "0.2", **whole, CO2f="0.19", CH4f="0.004", N2O="0.005", CO2b="0.012"),
        post(7, "Amont", "0.04", **whole, CO2f="0.03", CH4f="0.01", CO2b="-0.012"),
    ]


def write(path, rows, encoding="utf-8", delimiter=";", comma=False, order=None):
    """Write rows as an export: encoding, separator, decimal sign and order of columns are free."""
    columns = order or HEADER
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_decimal(row[name]) if comma else row[name] for name in columns])
    path.write_bytes(stream.getvalue().encode(encoding))
    return path


def _decimal(cell):
    try:
        float(cell)
    except ValueError:
        return cell
    return cell.replace(".", ",")
