"""Tables of UCD codes as hospitals have them, and every defect of one."""

import re
from pathlib import Path

import pytest

from decarb.errors import InvalidLibraryError, Problem
from decarb.medicines.database import UcdLink, load_database


@pytest.mark.parametrize(
    "content",
    [
        "ucd13,cip13,units\n3400893213322,3400938749984,1\n",
        "\ufeffUCD13;CIP13;UNITÉS\r\n3400893213322;3400938749984;1\r\n",
        "Code UCD7\tCode CIP7\tunits\n9321332\t3874998\t1,0\n",
        "cip,ucd,units,libelle\n3874998,9321332,1,x\n",
    ],
)
def test_a_table_of_ucd_codes(tmp_path: Path, content: str) -> None:
    (tmp_path / "ucd.csv").write_text(content, encoding="utf-8")
    database = load_database(tmp_path / "ucd.csv")
    assert database.ucd("3400893213322") == UcdLink("3400893213322", "3400938749984", "", 1)
    assert database.digest != load_database().digest
    assert database.version == load_database().version


def test_a_table_of_ucd_codes_by_speciality_in_windows_1252(tmp_path: Path) -> None:
    (tmp_path / "ucd.csv").write_bytes("ucd7;cis;libellé\n9321332;69170898;été\n".encode("cp1252"))
    link = load_database(tmp_path / "ucd.csv").ucd("3400893213322")
    assert link == UcdLink("3400893213322", "", "69170898", None)


def test_every_defect_of_a_table_of_ucd_codes_by_row(tmp_path: Path) -> None:
    rows = ["ucd,cip,units", "9321332,3400938749985,1", "3.40089E+12,3874998,1", "9321332,,1", "9321332,3874998,none"]
    (tmp_path / "ucd.csv").write_text("\n".join(rows), encoding="utf-8")
    with pytest.raises(InvalidLibraryError) as refused:
        load_database(tmp_path / "ucd.csv")
    assert [(problem.pointer, problem.code) for problem in refused.value.problems] == [
        ("row 2", "code-key"),
        ("row 3", "code-damaged-by-spreadsheet"),
        ("row 4", "ucd-row-incomplete"),
        ("row 5", "ucd-units"),
    ]


def test_a_table_without_its_columns_says_which(tmp_path: Path) -> None:
    (tmp_path / "ucd.csv").write_text("code,name\n1,x\n", encoding="utf-8")
    with pytest.raises(InvalidLibraryError, match="needs a column of each: ucd13, ucd7, cip13, cip7, cis"):
        load_database(tmp_path / "ucd.csv")


def problems_of(path: Path, *rows: str) -> list[Problem]:
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    with pytest.raises(InvalidLibraryError) as refused:
        load_database(path)
    return list(refused.value.problems)


def test_a_ucd_of_two_medicines_is_refused_with_its_rows(tmp_path: Path) -> None:
    # 3400930001493 is no box of the database: of it alone nothing is known
    rows = ("ucd,cip", "9321332,3874998", "9321332,3400922257204", "9321332,3000149")
    (problem,) = problems_of(tmp_path / "ucd.csv", *rows)
    assert (problem.code, problem.pointer) == ("ucd-of-two", "row 3")
    assert "in row 2: CIP13 3400938749984, CIP13 3400922257204" in problem.message()


def test_a_ucd_of_two_boxes_of_one_medicine_takes_the_first(tmp_path: Path) -> None:
    packaged = load_database()
    speciality = next(
        found
        for box in packaged.presentations()
        if (found := packaged.speciality(box.cis)) is not None and len(found.cips) > 1
    )
    first, second = speciality.cips[:2]
    (tmp_path / "ucd.csv").write_text(f"ucd,cip\n9321332,{second}\n9321332,{first}\n", encoding="utf-8")
    link = load_database(tmp_path / "ucd.csv").ucd("3400893213322")
    assert link is not None
    assert link.cip13 == second


def test_units_that_the_label_contradicts_are_refused_by_row(tmp_path: Path) -> None:
    # a bottle of 100 mL is one unit
    (problem,) = problems_of(tmp_path / "ucd.csv", "ucd,cip,units", "9321326,3400922257204,1", "9321332,3874998,14")
    assert (problem.code, problem.pointer) == ("ucd-units-differ", "row 3")
    assert "14 units per box of CIP13 3400938749984; the database reads 1 in its label" in problem.message()
    assert "leave the number blank" in problem.hint()
    # of a speciality, where none of its boxes holds as many
    (problem,) = problems_of(tmp_path / "ucd.csv", "ucd,cis,units", "9321332,69170898,14")
    assert problem.code == "ucd-units-differ"


def test_units_are_held_against_the_base_in_use_whatever_the_order(tmp_path: Path) -> None:
    from decarb.medicines.bdpm.importing import import_bdpm
    from tests.medicines.bdpm.small_base import write_small_base

    import_bdpm(write_small_base(tmp_path / "bdpm"), tmp_path / "bdpm.parquet")
    (tmp_path / "ucd.csv").write_text("ucd,cip,units\n9321332,3000018,15\n", encoding="utf-8")  # 16 in the small base
    for paths in (("ucd.csv", "bdpm.parquet"), ("bdpm.parquet", "ucd.csv")):
        with pytest.raises(InvalidLibraryError, match="15 units per box"):
            load_database(*(tmp_path / path for path in paths))


def test_a_header_without_rows_says_so(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path / "ucd.csv", "ucd13,cip13,units")
    assert problem.code == "ucd-no-rows"
    assert "no row under it" in problem.message()


def test_the_tables_of_the_documentation_are_taken(tmp_path: Path) -> None:
    from decarb.medicines import load_medicines

    page = (Path(__file__).parents[2] / "docs" / "medicines-database.md").read_text(encoding="utf-8")
    tables = re.findall(r"```\n((?:ucd13|cip13),.*?)```", page, re.DOTALL)
    paths = [tmp_path / f"{number}.csv" for number in range(len(tables))]
    for path, content in zip(paths, tables, strict=True):
        path.write_text(content, encoding="utf-8")
    medicines = load_medicines(*paths)
    assert medicines.database.ucd("3400893213261") == UcdLink("3400893213261", "3400922257204", "", None)
    assert sorted(medicines.results) == [("3400922257204", 3), ("3400938749984", 1)]
