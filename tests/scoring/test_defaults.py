"""The packaged table of defaults: each figure that of its source, each source known."""

import csv
import re

import pytest

from decarb.resources import data_folder, read_rows
from tests.whole_base_carbone import whole_base_carbone

PATH = data_folder("emission_factors") / "medicines" / "production" / "defaults.csv"
ROWS = {row["id"]: row for row in read_rows(PATH)}
ELEMENT = re.compile(r"^Element (\d+)")


def test_every_source_is_in_the_table_of_sources(factors):
    assert {row["source"] for row in ROWS.values()} <= set(factors.sources)


def test_every_row_says_where_its_figure_stands():
    assert all(ELEMENT.match(row["note"]) for row in ROWS.values() if row["source"].startswith("base-carbone"))
    assert all(row["note"] for row in ROWS.values())


def test_the_means_of_the_market_follow_from_the_published_totals():
    # interim report of The Shift Project: 1000 kt CO2e of 220 kt of excipients, 500 of 115 of packaging; 65 is printed
    assert round(1000 / 220, 1) == float(ROWS["excipient"]["value"])
    assert round(500 / 115, 1) == float(ROWS["packaging"]["value"])
    assert float(ROWS["active-substance"]["value"]) == 65


def test_figures_are_those_of_the_base_carbone():
    with whole_base_carbone().open(encoding="utf-8-sig", newline="") as stream:
        first = stream.readline()
        stream.seek(0)
        lines = list(csv.DictReader(stream, delimiter=max(",;", key=first.count)))
    elements = {line["Identifiant de l'élément"]: line for line in lines if line["Type Ligne"] == "Elément"}
    units = {"kWh": "kgCO2e/kWh", "kWh PCI": "kgCO2e/kWh PCI", "t": "kgCO2e/tonne", "t.km": "kgCO2e/t.km"}
    found = [(row, elements[match[1]]) for row in ROWS.values() if (match := ELEMENT.match(row["note"]))]
    assert len(found) >= 15
    for row, line in found:
        total = float(line["Total poste non décomposé"].replace(",", "."))
        assert float(row["value"]) == pytest.approx(total, rel=1e-3), row["id"]
        assert line["Unité français"] == units[row["unit"]], row["id"]
        assert line["Statut de l'élément"].startswith("Valide"), row["id"]
