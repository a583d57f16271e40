import json

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from decarb.errors import InvalidFrameError
from decarb.national.frame import MOST_PROBLEMS, read_frame
from decarb.national.rolling_up import LEVELS, level_of
from tests.national.frames import CAYENNE, ENTITIES, EXTRACT, HEADER, PITIE, VIRIAT, extract, finess, register


def refused(path, **others):
    with pytest.raises(InvalidFrameError) as caught:
        read_frame(path, **others)
    return [f"{problem.pointer}: {problem.message()}" for problem in caught.value.problems]


def test_a_simple_frame(tmp_path):
    frame = read_frame(register(tmp_path, VIRIAT, CAYENNE, PITIE))
    assert frame.finess_et == ("010000024", "970300026", "750100125")
    assert frame.department == ("01", "973", "75")
    assert frame.region == ("84", "03", "11")
    assert frame.ght == ("Bresse", "", "")
    assert frame.denominators["beds"].tolist() == [500, 400, 1275]
    assert np.isnan(frame.denominators["days"]).all()
    assert not frame.warnings


def test_headers_in_french_semicolons_and_finess_departments(tmp_path):
    path = tmp_path / "base.csv"
    rows = ["nofinesset;nofinessej;Catégorie;Département;Lits;Séjours", "970300026;970302022;355;9C;1 400,5;20000"]
    path.write_bytes("\n".join(rows).encode("cp1252"))
    frame = read_frame(path)
    assert (frame.department, frame.region) == (("973",), ("03",))
    assert frame.denominators["beds"].tolist() == [1400.5]
    assert frame.form == "CSV, windows-1252"


def test_corsica_keeps_its_letters(tmp_path):
    corsican, entity = finess("2A000002"), finess("2A000001")
    frame = read_frame(register(tmp_path, f"{corsican},{entity},CH,355,13,2A004,,,,10,,,"))
    assert (frame.department, frame.region) == (("2A",), ("94",))
    wrong = corsican[:-1] + str((int(corsican[-1]) + 1) % 10)
    (warning,) = read_frame(register(tmp_path, f"{wrong},{entity},CH,355,13,2A004,,,,10,,,")).warnings
    assert warning.code == "finess-corsica"
    assert warning.severity == "warning"


def test_categories_outside_the_sector_are_left_out_and_counted(tmp_path):
    home = VIRIAT.replace("355", "500").replace("010000024", "010000032")
    frame = read_frame(register(tmp_path, VIRIAT, home))
    assert len(frame) == 1
    assert frame.left_out == {"500": 1}
    assert read_frame(register(tmp_path, VIRIAT, home), sector="medico-social").category == ("500",)


# Refusals: every one at once, by row


def test_every_problem_at_once(tmp_path):
    rows = [
        VIRIAT,
        VIRIAT,  # row 3: the same again
        VIRIAT.replace("500,40", "600,40"),  # row 4: again, with other beds
        CAYENNE.replace("970300026", "970300027"),  # row 5: the key
        CAYENNE.replace("970300026", "10000032"),  # row 6: a zero lost in a spreadsheet
        PITIE.replace(",101,", ",1O1,").replace("750100125", ""),  # row 7
        "970100012,970100103,C,365,13,97101,972,,,x,-1,,",  # row 8: Guadeloupe or Martinique?; numbers
        "970100400,010000024,C,355,99,,,77,,,,,",  # row 9: its entity is a site; status; region
        "590799730,830200523,C,355,13,,,,,,,,",  # row 10: nowhere
    ]
    assert refused(register(tmp_path, *rows)) == [
        "row 5: 970300027 is not a FINESS number: its last digit does not fit the others",
        "row 6: finess_et: 10000032 is not a FINESS number: two digits (or 2A, 2B) and seven more",
        "row 7: finess_et is blank",
        "row 7: 1O1 is not a FINESS category that decarb knows",
        "row 8: the commune 97101 is not in the department 972",
        "row 9: 99 is not a FINESS legal status",
        "row 9: 77 is not a region; known: 01, 02, 03, 04, 06, 11, 24, 27, 28, 32, 44, 52, 53, 75, 76, 84, 93, 94",
        "row 10: the site 590799730 says no commune, department or region",
        "row 2: 010000024 is a site here, and the legal entity of row 9",
        "row 3: the site 010000024 stands at row 2 already",
        "row 4: the site 010000024 stands at row 2 already, and differs in numbers",
        "row 8: beds: x is not a number, or is below zero",
        "row 8: places: -1 is not a number, or is below zero",
    ]


def test_a_lost_zero_is_offered_back(tmp_path):
    with pytest.raises(InvalidFrameError) as caught:
        read_frame(register(tmp_path, VIRIAT.replace("010000024", "10000024.0")))
    assert caught.value.problems[0].hint() == "nearest: 010000024; format the column as text and export again"


def test_an_entity_has_one_status_and_one_ght(tmp_path):
    other = VIRIAT.replace("010000024", "010000032").replace(",13,", ",60,").replace("Bresse", "Bugey")
    assert refused(register(tmp_path, VIRIAT, other)) == [
        "row 3: 010780054: legal_status is 13 at row 2, but 60 here",
        "row 3: 010780054: ght is Bresse at row 2, but Bugey here",
    ]


def test_department_and_region_agree(tmp_path):
    assert refused(register(tmp_path, VIRIAT.replace("01451,,", "01451,01,11"))) == [
        "row 2: the department 01 is not in the region 11 but in 84"
    ]


def test_thousands_of_problems_are_counted(tmp_path):
    rows = ["x,y,,355,,01451,,,,,,,"] * 1000
    said = refused(register(tmp_path, *rows))
    assert len(said) == MOST_PROBLEMS + 1
    assert said[-1].endswith("more problems")


def test_files_that_are_no_frame(tmp_path):
    empty = tmp_path / "empty.csv"
    empty.write_text("")
    assert refused(empty) == [": the file is empty"]
    assert refused(tmp_path / "none.csv") == [": there is no such file"]
    (said,) = refused(register(tmp_path, "1,2", header="a,b"))
    assert said.startswith(": columns missing, or blank throughout: finess_et, finess_ej, category; known: ")
    assert refused(register(tmp_path, VIRIAT + ",more,cells")) == [
        "row 2: a row has not as many cells as the header: 15 / 13",
        ": no site of the sector is in this file; sectors: hospital, medico-social, other",
    ]
    assert refused(register(tmp_path, header=HEADER)) == [
        ": no site of the sector is in this file; sectors: hospital, medico-social, other"
    ]


# Denominators of another file


def test_denominators_complete_the_register(tmp_path):
    path = register(tmp_path, VIRIAT.replace("500,40,30000", ",,"), PITIE)
    given = register(tmp_path, "010000024,344,400000", header="FI;LITS;JOURNEES".replace(";", ","), name="sae.csv")
    frame = read_frame(path, denominators=given)
    assert frame.denominators["beds"].tolist() == [344, 1275]
    assert frame.denominators["days"][0] == 400000


def test_denominators_are_checked(tmp_path):
    rows = ["010000024,344", "010000024,345", "750100125,many", "970300026,1", "97030002,1"]
    given = register(tmp_path, *rows, header="finess_et,beds", name="sae.csv")
    assert refused(register(tmp_path, VIRIAT, PITIE), denominators=given) == [
        "row 2: 010000024: beds is 500 in the register, but 344 here",
        "row 3: the site 010000024 stands at row 2 already",
        "row 4: beds: many is not a number, or is below zero",
        "row 6: finess_et: 97030002 is not a FINESS number: two digits (or 2A, 2B) and seven more",
    ]
    fine = register(tmp_path, "970300026,1", header="finess_et,beds", name="fine.csv")
    (warning,) = read_frame(register(tmp_path, VIRIAT), denominators=fine).warnings
    assert warning.message() == "denominators of 970300026, which is not a site of the register"
    none = register(tmp_path, "970300026,1", header="finess_et,chairs", name="none.csv")
    (said,) = refused(register(tmp_path, VIRIAT), denominators=none)
    assert said.startswith(": no column of a denominator; known: beds, places")


# The official extracts


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_an_official_extract(tmp_path, encoding):
    entities = extract(tmp_path, ENTITIES, encoding, "entities.csv")
    frame = read_frame(extract(tmp_path, EXTRACT, encoding), entities=entities)
    assert frame.finess_et == ("010000024", "970100400", "970300026", "980600027")
    # Saint-Martin is told from Guadeloupe by its postcode; Wallis-et-Futuna is in no region
    assert frame.department == ("01", "978", "973", "986")
    assert frame.region == ("84", "01", "03", "")
    assert frame.legal_status == ("13", "", "", "")
    assert frame.left_out == {"462": 1}
    (warning,) = frame.warnings
    assert (warning.code, warning.count) == ("frame-status-unsaid", 3)


def test_a_hospital_category_that_is_not_in_our_list_is_told_by_its_aggregate(tmp_path):
    lines = [EXTRACT[0], EXTRACT[1].replace(";355;", ";999;")]
    assert read_frame(extract(tmp_path, lines)).category == ("999",)


def test_bad_records_of_an_extract(tmp_path):
    lines = [EXTRACT[0], EXTRACT[1], "structureet;010000032;cut", "equipement;1", '"unbalanced;' + EXTRACT[3]]
    said = refused(extract(tmp_path, lines))
    assert said[0] == "row 3: a structureet record of 2 cells, where 31 are expected"
    assert said[1].startswith("row 4: «equipement» is no record of a FINESS extract; known: ")
    # a quotation mark that nothing closes swallows its own line alone
    assert said[2].startswith("row 5: «unbalanced;structureet;")
    assert len(said) == 3


def test_an_extract_of_sites_is_not_one_of_entities(tmp_path):
    path = extract(tmp_path, EXTRACT)
    assert refused(path, entities=path) == [": this is not an extract of legal entities (records structureej)"]
    other = extract(tmp_path, ["a,b", "1,2"], name="other.csv")
    assert refused(path, entities=other) == [": this is not an extract of legal entities (records structureej)"]


# The structures published since 2026


def structures(folder, **others):
    def site(number, category="355", state="A", commune="01451"):
        return {
            "informationsGeneralesEGE": {"numFinessEge": number, "nomEgeLong": "CH", "nomEgeCourt": "CH"},
            "categorieentiteGeographiqueExercice": category,
            "adresse": [{"usageAdresse": "03", "cogCommune": commune}],
            "etatObjet": state,
        }

    entity = {
        "informationsGeneralesPMEJ": {"pmSmsseId": "7", "numFinessPm": "010780054", "statutJuridique": "13"},
        "adresse": [{"usageAdresse": "02", "cogCommune": "01053"}],
        "ege": [site("010000024"), site("010000032", state="I"), site("970100400", "620"), site("970100012", "127")],
        "etatObjet": "A",
    }
    closed = {**entity, "etatObjet": "I"}
    group = {"gccId": "1", "nomGcc": "Bresse", "typeGcc": "001", "etatObjet": "A", "pmejDuGcc": [{"pmSmsseId": "7"}]}
    document = {"schemaVersion": "v1.0.0", "generatedAt": "", "gcc": [group], "pmej": [entity, closed], **others}
    path = folder / "structures.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def test_the_structures(tmp_path):
    frame = read_frame(structures(tmp_path))
    assert frame.finess_et == ("010000024",)
    assert (frame.department, frame.region, frame.legal_status) == (("01",), ("84",), ("13",))
    assert frame.ght == ("Bresse",)
    assert frame.left_out == {"620": 1, "127": 1}
    (warning,) = frame.warnings
    assert warning.message() == (
        "categories that are not in our list are left out, with how many sites each has: 127 (1)"
    )


def test_an_entity_of_two_ght(tmp_path):
    groups = [
        {"nomGcc": name, "typeGcc": kind, "etatObjet": "A", "pmejDuGcc": [{"pmSmsseId": "7"}]}
        for name, kind in (("Bresse", "001"), ("Bugey", "001"), ("another kind", "002"))
    ]
    assert refused(structures(tmp_path, gcc=groups)) == ["/gcc/1: 7: ght is Bresse at /gcc, but Bugey here"]


def test_json_that_is_no_structures(tmp_path):
    path = tmp_path / "other.json"
    path.write_text('{"a": 1}')
    assert refused(path) == [": this is not a file of FINESS structures: pmej"]
    path.write_text('{"a": ')
    assert refused(path)[0].startswith(": this is not a file of FINESS structures: ")
    assert refused(structures(tmp_path, pmej=[1, {"etatObjet": "A"}, {"etatObjet": "A", "ege": [None, {}]}])) == [
        ": no site of the sector is in this file; sectors: hospital, medico-social, other"
    ]


# Whatever comes


STARTS = (
    b"finess;etalab;1;2026\n",
    b"structureet;010000024;",
    b'{"pmej": [{"etatObjet": "A", "ege": [',
    HEADER.encode() + b"\n",
)


@given(st.sampled_from((b"", *STARTS)), st.binary(max_size=300))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_a_frame_or_refused(tmp_path, start, content):
    path = tmp_path / "any"
    path.write_bytes(start + content)
    with pytest.raises(InvalidFrameError) as caught:
        read_frame(path)
    assert all(problem.message() for problem in caught.value.problems)


@given(st.lists(st.text(alphabet='019A²٣;," .-e\r\u2028é', max_size=12), min_size=13, max_size=13))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_cells_are_a_row_or_refused(tmp_path, cells):
    row = ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)
    with pytest.raises(InvalidFrameError):
        read_frame(register(tmp_path, row))


# Levels


def test_every_level_counts_each_site_once(tmp_path):
    other = PITIE.replace("750100125", "750100018").replace(",75113,", ",33063,")
    assert other.startswith("750100018")
    frame = read_frame(register(tmp_path, VIRIAT, CAYENNE, PITIE, other.replace("750100018", finess("75010001"))))
    values = np.array([[1.0, 10.0], [2.0, 20.0], [4.0, 40.0], [8.0, 80.0]])
    for name in LEVELS:
        level = level_of(frame, name)
        assert level.sums(values).sum(axis=0).tolist() == [15, 150]
    entity = level_of(frame, "entity")
    assert dict(zip(entity.names, entity.sums(values)[:, 0].tolist(), strict=True))["750712184"] == 12
    region = level_of(frame, "region")
    # one legal entity, two regions
    assert dict(zip(region.names, region.sums(values)[:, 0].tolist(), strict=True)) == {
        "03": 2,
        "11": 4,
        "75": 8,
        "84": 1,
    }
    ght = level_of(frame, "ght")
    assert dict(zip(ght.names, ght.sums(values)[:, 0].tolist(), strict=True)) == {"": 14, "Bresse": 1}
    with pytest.raises(ValueError, match="level is 'planet'"):
        level_of(frame, "planet")
