"""The library against the raw Base Carbone v23.6 that it is transcribed from, element by element.

The base itself is not in the repository; ``fixtures/base_carbone_sample.csv`` holds ten of its elements in
the same 67 columns (ADEME, Base Carbone v23.6, Licence Ouverte 2.0), with the columns that are not read blank.
Nothing here uses decarb's own reading of units or of tables, so that one error cannot hide another.
"""

import csv
import math
from collections import defaultdict
from pathlib import Path

import pytest

from decarb.resources import data_folder
from tests.whole_base_carbone import whole_base_carbone

FIXTURES = Path(__file__).parent / "fixtures"
SAMPLE = FIXTURES / "base_carbone_sample.csv"
SOURCE = "base-carbone-23.6"
ID, STATUS, KIND = "Identifiant de l'élément", "Statut de l'élément", "Type de l'élément"
TOTAL = "Total poste non décomposé"

# `Type poste` to the stages that it may become; the second ones are elements named below
STAGES = {
    "Amont": {"upstream"},
    "Combustion": {"combustion"},
    "Combustion à la centrale": {"combustion_at_plant"},
    "Transport et distribution": {"transmission_and_distribution"},
    "Fabrication": {"manufacture"},
    "Emissions fugitives": {"fugitive"},
    "Carburant (amont/combustion)": {"use"},
    # postes of a product's making
    "Intrants": {"manufacture"},
    "Transport": {"manufacture"},
    "Energie": {"manufacture"},
}
STAGES_OF_ELEMENT = {
    # supply and treatment of water: postes of the utility, all before or all after the hospital
    "24283": {"upstream"},
    "24284": {"end_of_life"},
    # electric vehicles and trains: what is "burnt" is electricity, at the plant; `Amont` is the vehicle's making
    "28329": {"manufacture", "combustion_at_plant"},
    "28331": {"manufacture", "combustion_at_plant"},
    "28176": {"combustion_at_plant"},
    # solar panels: the whole life cycle is upstream of the meter (METHOD section 3)
    "34720": {"upstream"},
}
GAS_OF_CODE = {"SF6": "sf6", "Divers": "other"}
GASES = {"CO2f": "co2_fossil", "CH4f": "ch4_fossil", "CH4b": "ch4_biogenic", "N2O": "n2o"}
PLACES = {
    "France continentale": {"FR-MAINLAND"},
    "Europe": {"EUROPE"},
    "Monde": {"WORLD", "ASIA"},
    "Outre-mer": {"FR-20R", "GP", "MQ", "GF", "RE", "YT", "PM", "BL", "MF", "WF", "PF", "NC"},
}
# the base files the ferry between the two islands of Mayotte under mainland France
PLACES_OF_ELEMENT = {"28250": {"YT"}}
# bases that the library leaves out, its names saying them
UNSAID = {"waste", "bio-CNG"}


def rows_of(path, delimiter=","):
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter=delimiter))


def number(text):
    return float(text.replace(",", ".")) if text.strip() else None


def same(one, other):
    if one is None or other is None:
        return one is other
    return math.isclose(one, other, rel_tol=1e-12, abs_tol=1e-15)


def differences(base, folder, whole=True):
    """Return what the library in `folder` says otherwise than the raw `base`, one text per difference.

    Where the base is only a sample, ``whole=False`` leaves out the factors of other elements.
    """
    elements, postes = defaultdict(list), defaultdict(list)
    for row in rows_of(base, ";"):
        (elements if row["Type Ligne"] == "Elément" else postes)[row[ID]].append(row)
    parts = defaultdict(list)
    for row in rows_of(folder / "parts.csv"):
        parts[row["factor"]].append(row)
    units = {row["spelling"]: row for row in rows_of(FIXTURES / "base_carbone_units.csv")}
    found = []
    for factor in rows_of(folder / "factors.csv"):
        if factor["source"] != SOURCE or not (whole or factor["source_id"] in elements):
            continue
        of_id = elements[factor["source_id"]]
        if len(of_id) != 1:
            found.append(f"{factor['id']}: {len(of_id)} elements {factor['source_id']}")
            continue
        compare = _element if factor["model"] == "published" else _gas
        found += [
            f"{factor['id']}: {text}"
            for text in compare(factor, parts[factor["id"]], of_id[0], postes[factor["source_id"]], units)
        ]
    return found + list(_gwp(folder, elements, whole))


def _element(factor, parts, element, postes, units):
    yield from _heading(factor, element)
    unit = units[element["Unité français"]]
    name, scale = {"kEUR": ("EUR", 1000), "km": ("vehicle.km", 1)}.get(unit["unit"], (unit["unit"], 1))
    said = {"net weight raw": "net weight", "net weight cooked": "net weight"}.get(factor["basis"], factor["basis"])
    # euros of a source that does not say whether they are with tax
    unstated = "tax unstated" if name == "EUR" else ""
    basis = unstated if unit["basis"] in {"", *UNSAID} else unit["basis"]
    if (factor["unit"], said, factor["price_year"]) != (name, basis, unit["price_year"]):
        yield f"unit {factor['unit']} {factor['basis']} {factor['price_year']} of {element['Unité français']}"
    if not same(float(factor["published_total"]) * scale, number(element[TOTAL])):
        yield f"total {factor['published_total']} of {element[TOTAL]}"
    if factor["uncertainty_percent"] != element["Incertitude"]:
        yield f"uncertainty {factor['uncertainty_percent']} of {element['Incertitude']}"
    published = postes or [element]
    if len(parts) != len(published):
        yield f"{len(parts)} parts of {len(published)} postes"
        return
    for part, poste in zip(parts, published, strict=True):
        for text in _part(part, poste, element, scale):
            yield f"part {part['position']}: {text}"


def _heading(factor, element):
    if element[KIND] != "Facteur d'émission":
        yield element[KIND]
    if (element[STATUS], factor["status"]) != ("Valide générique", "generic"):
        yield f"status {factor['status']} of {element[STATUS]}"
    if factor["source_date"] != element["Date de modification"][:10]:
        yield f"date {factor['source_date']} of {element['Date de modification']}"
    places = PLACES_OF_ELEMENT.get(element[ID]) or PLACES.get(element["Localisation géographique"], set())
    if not set(factor["geography"].split()) <= places:
        yield f"place {factor['geography']} of {element['Localisation géographique']}"


def _part(part, poste, element, scale):
    whole = poste["Type Ligne"] == "Elément"
    stages = STAGES_OF_ELEMENT.get(element[ID]) or ({"undivided"} if whole else STAGES[poste["Type poste"]])
    if part["stage"] not in stages:
        yield f"stage {part['stage']} of {poste['Type poste']}"
    if part["label"] != poste["Nom poste français"]:
        yield f"label {part['label']} of {poste['Nom poste français']}"
    total = float(part["total"]) + float(part["avoided"] or 0)
    if not same(total * scale, number(poste[TOTAL])):
        yield f"total {total} of {poste[TOTAL]}"
    if (number(poste[TOTAL]) < 0) != bool(part["avoided"]):
        yield f"avoided {part['avoided']} of {poste[TOTAL]}"
    expected = _gases(poste, element)
    for name in ("co2_fossil", "ch4_fossil", "ch4_biogenic", "n2o", "hfc", "pfc", "sf6", "nf3", "other"):
        got = number(part[name])
        if not same(got * scale if got else got, expected.get(name)):
            yield f"{name} {part[name]} of {expected.get(name)}"
    # METHOD section 9: biogenic CO2 is read from the combustion part, the uptake upstream left out
    biogenic = number(poste["CO2b"]) if poste["Type poste"] == "Combustion" else None
    if not same(number(part["co2_biogenic"]), biogenic):
        yield f"co2_biogenic {part['co2_biogenic']} of {biogenic}"


def _gases(poste, element):
    """Gases of a poste by the library's column; the element names the gas of each further slot."""
    expected = {name: number(poste[column]) for column, name in GASES.items()}
    expected["other"] = number(poste["Autres GES"])
    for slot in range(1, 6):
        value = number(poste[f"Valeur gaz supplémentaire {slot}"])
        if value:
            name = GAS_OF_CODE[element[f"Code gaz supplémentaire {slot}"]]
            expected[name] = (expected.get(name) or 0) + value
    return expected


def _gas(factor, parts, element, postes, units):
    """Compare a substance released: its GWP as the base publishes it, in kg CO2e per kg."""
    yield from _heading(factor, element)
    if (factor["unit"], element["Unité français"]) != ("kg", "kgCO2e/kg"):
        yield f"unit {factor['unit']} of {element['Unité français']}"
    if not same(float(factor["published_total"]), number(element[TOTAL])):
        yield f"total {factor['published_total']} of {element[TOTAL]}"
    if parts or postes:
        yield "a substance has no parts"


def _gwp(folder, elements, whole):
    for row in rows_of(folder / "gwp.csv"):
        # "43635: 2917 counts the other components only" reads a component out of a blend: not a row of the base
        if row["source"] != SOURCE or ":" in row["source_id"] or not (whole or row["source_id"] in elements):
            continue
        of_id = elements[row["source_id"]]
        if row["gwp_set"] != "AR6":
            yield f"{row['substance']}: GWP of {row['gwp_set']}, but the table of the base is of AR6"
        if len(of_id) != 1 or of_id[0][STATUS] != "Valide générique":
            yield f"{row['substance']}: no valid element {row['source_id']}"
        elif not same(float(row["gwp100"]), number(of_id[0][TOTAL])):
            yield f"{row['substance']}: GWP {row['gwp100']} of {of_id[0][TOTAL]}"


def test_library_is_the_base():
    assert differences(whole_base_carbone(), data_folder("emission_factors")) == []


def test_sample_is_ten_elements_of_every_column():
    rows = rows_of(SAMPLE, ";")
    assert len(rows[0]) == 67
    assert len({row[ID] for row in rows}) == 10


def test_sample_has_the_header_of_the_base():
    with whole_base_carbone().open(encoding="utf-8") as base, SAMPLE.open(encoding="utf-8") as sample:
        assert base.readline() == sample.readline()


def test_library_is_the_sample():
    assert differences(SAMPLE, data_folder("emission_factors"), whole=False) == []


def changed_sample(tmp_path, element, type_poste, **changes):
    """Write the sample with one row changed; `type_poste` blank is the element itself."""
    rows = rows_of(SAMPLE, ";")
    (row,) = [row for row in rows if row[ID] == element and row["Type poste"] == type_poste]
    assert set(changes) <= set(row)
    row.update(changes)
    path = tmp_path / "base.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
    return path


GAS, POWER = "natural-gas-fr-2022-kwh-pci", "electricity-fr-2024"
REUNION, DIESEL = "electricity-reunion", "diesel-b7-litre"
LOSSES = "Transport et distribution"


@pytest.mark.parametrize(
    ("element", "type_poste", "changes", "difference"),
    [
        ("37132", "", {TOTAL: "0.24"}, f"{GAS}: total 0.239 of 0.24"),
        ("37132", "Combustion", {TOTAL: "0.21"}, f"{GAS}: part 1: total 0.201 of 0.21"),
        ("37132", "Amont", {"CH4f": "0.0113"}, f"{GAS}: part 2: ch4_fossil 0.0112 of 0.0113"),
        ("37132", "Amont", {"N2O": ""}, f"{GAS}: part 2: n2o 0 of None"),
        ("37132", "", {"Incertitude": "15"}, f"{GAS}: uncertainty 5 of 15"),
        ("37132", "", {"Unité français": "kgCO2e/kWh PCS"}, f"{GAS}: unit kWh PCI  of kgCO2e/kWh PCS"),
        ("37132", "", {STATUS: "Archivé"}, f"{GAS}: status generic of Archivé"),
        ("37132", "", {STATUS: "Valide spécifique"}, f"{GAS}: status generic of Valide spécifique"),
        ("37132", "", {KIND: "Données source"}, f"{GAS}: Données source"),
        ("37132", "", {"Date de modification": "2024-01-01"}, f"{GAS}: date 2023-03-15 of 2024-01-01"),
        ("37132", "", {"Localisation géographique": "Monde"}, f"{GAS}: place FR-MAINLAND of Monde"),
        ("37132", "Amont", {"Type poste": "Combustion"}, f"{GAS}: part 2: stage upstream of Combustion"),
        ("43642", "Amont", {"Nom poste français": "Réseau"}, f"{POWER}: part 2: label  of Réseau"),
        ("24303", LOSSES, {"Valeur gaz supplémentaire 2": "0.009"}, f"{REUNION}: part 2: sf6 0.00826 of 0.009"),
        ("25775", "Combustion", {"CO2b": "0.2"}, f"{DIESEL}: part 1: co2_biogenic 0.155899 of 0.2"),
        ("43125", "", {TOTAL: "2591"}, "desflurane: total 2590 of 2591"),
    ],
)  # fmt: skip
def test_one_wrong_cell_is_found(tmp_path, element, type_poste, changes, difference):
    path = changed_sample(tmp_path, element, type_poste, **changes)
    assert difference in differences(path, data_folder("emission_factors"), whole=False)


def test_gwp_is_compared_beside_its_factor(tmp_path):
    path = changed_sample(tmp_path, "43125", "", **{TOTAL: "2591"})
    assert differences(path, data_folder("emission_factors"), whole=False) == [
        "desflurane: total 2590 of 2591",
        "desflurane: GWP 2590 of 2591",
    ]


@pytest.mark.parametrize(
    ("element", "factor", "changes", "difference"),
    [
        ("43435", "spend-pharmaceutical-products-2023", {TOTAL: "0.194"}, "total 0.194 of 0.194"),
        ("34655", "waste-residual-household-average-avoided", {TOTAL: "214"}, "part 1: avoided -214 of 214"),
    ],
)
def test_scale_and_sign_are_compared(tmp_path, element, factor, changes, difference):
    # per euro for per thousand euros; an avoided emission counted as one
    path = changed_sample(tmp_path, element, "", **changes)
    assert f"{factor}: {difference}" in differences(path, data_folder("emission_factors"), whole=False)


def test_a_poste_too_many_and_an_element_too_few_are_found(tmp_path):
    lines = SAMPLE.read_text(encoding="utf-8").splitlines(keepends=True)
    upstream = next(line for line in lines if line.startswith("Poste;37132") and ";Amont;" in line)
    path = tmp_path / "base.csv"
    path.write_text("".join([*lines, upstream]), encoding="utf-8")
    assert f"{GAS}: 2 parts of 3 postes" in differences(path, data_folder("emission_factors"), whole=False)
    path.write_text("".join(line for line in lines if not line.startswith("Elément;37132")), encoding="utf-8")
    assert f"{GAS}: 0 elements 37132" in differences(path, data_folder("emission_factors"))
