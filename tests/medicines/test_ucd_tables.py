"""Tables of UCD codes as hospitals have them, and every defect of one."""

from pathlib import Path

import pytest

from decarb.errors import InvalidLibraryError
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
