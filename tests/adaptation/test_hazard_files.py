"""Public hazard files: their forms, old and new; levels by hand; nothing invented where a commune is absent."""

from datetime import date
from pathlib import Path

import pytest

from decarb.adaptation import load_catalogue
from decarb.adaptation.hazard_files import exposures_from, read_hazard_files
from decarb.errors import InvalidDocumentError
from tests.adaptation.checklists import document, exposed

EXAMPLES = Path(__file__).parent.parent.parent / "examples" / "adaptation"
TODAY = date(2026, 11, 22)


def recorded(commune, gaspar=(), climate=(), **fields):
    """Level by hazard and warming level of a commune, and the codes of the warnings."""
    files = read_hazard_files(gaspar, climate, load_catalogue(), TODAY)
    said = document(establishment={"commune": commune}, **fields)
    form, problems = exposures_from(files, said, load_catalogue(), TODAY, "en")
    entries = [entry for _, entry in form.entries["exposure"]]
    levels = {(entry["hazard"], entry.get("warming")): entry["level"] for entry in entries}
    return levels, [problem.code for problem in problems], entries


def written(folder, name, text, encoding="utf-8"):
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def test_the_examples_by_hand():
    gaspar = [EXAMPLES / "risq_gaspar.csv", EXAMPLES / "catnat_gaspar.csv"]
    levels, warnings, entries = recorded("21999", gaspar)
    assert levels == {
        # listed: moderate; six decrees of the last twenty years, one of them twice in the file: high
        ("flood", None): "high",
        # listed: moderate, and a decree of drought, which is of clay
        ("clay", None): "moderate",
        # the list of the commune does not have it; the storm of 1982 is too old to count, and storms are not
        # wholly listed
        ("wildfire", None): "very_low",
    }
    assert warnings == []
    assert "6 decree(s) in twenty years" in entries[0]["source"]
    assert entries[0]["date"] == "2026-11-22"
    levels, _, _ = recorded("21998", gaspar)
    # a landslide outside of drought is no clay
    assert levels == {("wildfire", None): "moderate", ("flood", None): "very_low"}


def test_climadiag_by_hand():
    levels, _, _ = recorded("21999", climate=[EXAMPLES / "climadiag_commune.csv"])
    assert levels == {
        # two days at 35 °C are low, eight heat-wave days moderate: the highest counts
        ("heat", 2.0): "moderate",
        ("heat", 2.7): "moderate",
        ("heat", 4.0): "high",
        # dry soil is given by season: 10 + 36 days, 20 + 50
        ("water", 2.0): "low",
        ("water", 4.0): "moderate",
        ("cold", 2.0): "high",
        ("cold", 4.0): "moderate",
    }


def test_indicators_of_ones_own_with_decimal_commas():
    levels, _, entries = recorded("21998", climate=[EXAMPLES / "indicateurs.csv"])
    assert levels == {("heat", None): "very_low", ("heat", 2.7): "moderate", ("wildfire", 4.0): "high"}
    assert entries[0]["source"] == "Station voisine (fictive): days_above_35 = 0.8 (commune 21998)"
    # the day is that of the source
    assert entries[0]["date"] == "2026-01-31"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_the_old_form_of_gaspar_in_any_encoding(tmp_path, encoding):
    text = (
        "cod_nat_catnat;cod_commune;lib_commune;num_risque_jo;lib_risque_jo;dat_deb;dat_fin;dat_pub_arrete;dat_pub_jo;"
        "dat_maj\r\n"
        + "".join(
            f"INTE{number};01004;Ambérieu;54;Inondations et coulées de boue;1{number % 9 + 1}/05/2019;;;;\r\n"
            for number in range(3)
        )
        + "INTE9;1004;Ambérieu;59;Sécheressse;2020-01-01;;;;\r\n"
    )
    levels, _, _ = recorded("01004", [written(tmp_path, "catnat_gaspar.csv", text, encoding)])
    # three decrees: moderate; the fourth row lost the zero of its department, and is of the same commune
    assert levels == {("flood", None): "moderate", ("clay", None): "low"}


def test_a_commune_that_is_in_no_file_gets_nothing_and_is_named():
    levels, warnings, _ = recorded("21231", [EXAMPLES / "risq_gaspar.csv"], [EXAMPLES / "climadiag_commune.csv"])
    assert (levels, warnings) == ({}, ["commune-not-in-files"])
    files = read_hazard_files([EXAMPLES / "risq_gaspar.csv"], [], load_catalogue(), TODAY)
    _, problems = exposures_from(files, document(), load_catalogue(), TODAY, "en")
    assert [problem.code for problem in problems] == ["commune-unsaid"]
    # decrees alone say nothing of what they do not hold
    levels, warnings, _ = recorded("21998", [EXAMPLES / "catnat_gaspar.csv"])
    assert levels == {}
    assert warnings == ["commune-not-in-files"]


def test_what_is_recorded_already_stays():
    said = {"exposure": [exposed("flood", "none")]}
    levels, _, _ = recorded("21999", [EXAMPLES / "risq_gaspar.csv"], **said)
    assert ("flood", None) not in levels
    assert levels[("clay", None)] == "moderate"


def test_what_a_person_said_of_all_sites_goes_before_public_files():
    sites = [{"id": "north", "commune": "21999"}, {"id": "south", "commune": "21998"}]
    section = {"exposure": [exposed("flood", "very_high"), exposed("wildfire", "none", site="south")]}
    files = [EXAMPLES / "risq_gaspar.csv"], [EXAMPLES / "climadiag_commune.csv"]
    _, _, entries = recorded("21999", *files, sites=sites, **section)
    found = {(entry["site"], entry["hazard"]) for entry in entries if "warming" not in entry}
    assert found == {("north", "clay"), ("north", "wildfire")}
    # nor does a level of warming take the place of a level of today that a person gave
    said = {"exposure": [exposed("heat", "low")]}
    levels, _, _ = recorded("21999", climate=files[1], **said)
    assert not [key for key in levels if key[0] == "heat"]


def test_an_exposure_that_outlived_its_validity_is_recorded_anew():
    said = {"exposure": [exposed("flood", "none", date="2016-11-21")]}
    assert recorded("21999", [EXAMPLES / "risq_gaspar.csv"], **said)[0][("flood", None)] == "moderate"


def test_a_file_with_its_day_in_its_name_gives_it(tmp_path):
    text = (EXAMPLES / "risq_gaspar.csv").read_text()
    path = written(tmp_path, "ddrm_risq_gaspar_2026-10-05.csv", text)
    assert {entry["date"] for entry in recorded("21999", [path])[2] if entry["hazard"] == "clay"} == {"2026-10-05"}


def test_a_decree_without_a_day_is_not_counted(tmp_path):
    head = "id_gaspar;code_commune;lib_risque_jo;date_debut\n"
    rows = ["A;21999;Inondations;2020-01-01", "B;21999;Inondations;2021-01-01", "C;21999;Inondations;inconnu"]
    path = written(tmp_path, "catnat.csv", head + "\n".join(rows) + "\n")
    assert recorded("21999", [path])[0] == {("flood", None): "low"}


def test_a_header_alone_says_nothing(tmp_path):
    path = written(tmp_path, "risq_gaspar.csv", "cod_commune;lib_commune;lib_risque;num_risque\n")
    assert recorded("21999", [path])[1] == ["commune-not-in-files"]


def test_each_site_by_its_own_commune():
    sites = [{"id": "north", "commune": "21999"}, {"id": "south", "commune": "21998"}, {"id": "west"}]
    _, warnings, entries = recorded("21999", [EXAMPLES / "risq_gaspar.csv"], sites=sites)
    assert warnings == ["commune-unsaid"]
    found = {(entry["site"], entry["hazard"]): entry["level"] for entry in entries}
    assert found[("north", "flood")] == "moderate"
    assert found[("south", "flood")] == "very_low"
    assert found[("south", "wildfire")] == "moderate"


@pytest.mark.parametrize(
    ("name", "text", "code", "words"),
    [
        ("gaspar", "a;b\n1;2\n", "not-of-gaspar", ["cod_commune / code_commune", "catnat_gaspar.csv"]),
        ("climate", "commune,value\n21999,3\n", "not-of-climate", ["no column indicator", "commune, warming"]),
        (
            "climate",
            "commune,warming,indicator,value\n21999,2.0,days_above_30,3\n",
            "unknown-indicator",
            ["«days_above_30»", "days_above_35"],
        ),
        (
            "climate",
            "commune,warming,indicator,value,unit\n21999,2.0,days_above_35,3,month\n",
            "indicator-unit",
            ["in month and should be in day"],
        ),
        ("climate", "commune,warming,indicator,value\n21999,3.0,days_above_35,3\n", "indicator-row", ["«3.0»"]),
        ("climate", "commune,warming,indicator,value\n21999,2.0,days_above_35,many\n", "indicator-row", ["«many»"]),
        ("climate", "commune,warming,indicator,value\n21999,2.0,days_above_35,-5\n", "indicator-row", ["«-5»"]),
        ("climate", "commune,warming,indicator,value\n21999,2.0,days_above_35,900\n", "indicator-row", ["«900»"]),
    ],
)
def test_a_file_of_another_form_is_refused_by_name(tmp_path, name, text, code, words):
    path = written(tmp_path, "file.csv", text)
    files = {"gaspar": [], "climate": []} | {name: [path]}
    with pytest.raises(InvalidDocumentError) as refused:
        read_hazard_files(files["gaspar"], files["climate"], load_catalogue(), TODAY)
    (problem,) = refused.value.problems
    assert (problem.code, problem.file) == (code, str(path))
    said = f"{problem.message()} {problem.hint()}"
    assert [word for word in words if word not in said] == [], said
