"""Files of the base as they are found, and what is refused in them."""

from pathlib import Path
from typing import Any

import pytest

from decarb.errors import InvalidLibraryError, Problem
from decarb.medicines.bdpm.files import COMPOSITIONS, PRESENTATIONS, SPECIALITIES, read_folder
from tests.medicines.bdpm import small_base as base
from tests.medicines.bdpm.whole_bdpm import whole_bdpm


def refusals(folder: Path) -> tuple[Problem, ...]:
    with pytest.raises(InvalidLibraryError) as refused:
        read_folder(folder)
    return refused.value.problems


def test_each_file_is_read_in_its_own_encoding(small_base: Any) -> None:
    files = read_folder(small_base())
    assert files.known["CIS_CIP_bdpm.txt"].encoding == "UTF-8"
    assert files.known["CIS_bdpm.txt"].encoding == "Windows-1252"
    # byte 0x92 is an apostrophe of Windows-1252, a control character of Latin-1
    assert files.rows(SPECIALITIES)[2][1] == "SIROPEX L’enfant, sirop"
    assert files.rows(SPECIALITIES)[0][10] == "EXEMPLE PHARMA"  # its leading space is away
    assert files.rows(COMPOSITIONS)[2][3] == "CHLORHYDRATE D’EXEMPLINE"
    assert files.absent == (
        "CIS_CPD_bdpm.txt",
        "CIS_CIP_Dispo_Spec.txt",
        "CIS_HAS_SMR_bdpm.txt",
        "CIS_HAS_ASMR_bdpm.txt",
        "CIS_InfoImportantes.txt",
    )


def test_other_files_are_kept_or_named(small_base: Any) -> None:
    folder = small_base(CIS_GENER_bdpm=None)
    (folder / "CIS_CPD_bdpm.txt").write_bytes("60000011\tliste I\n".encode("cp1252"))
    (folder / "notes.docx").write_bytes(b"x")
    files = read_folder(folder)
    assert files.others["CIS_CPD_bdpm.txt"].rows == [("60000011", "liste I")]
    assert "CIS_GENER_bdpm.txt" in files.absent
    assert files.unused == ("notes.docx",)


def test_a_name_in_other_letters_is_found(small_base: Any) -> None:
    folder = small_base()
    (folder / "CIS_bdpm.txt").rename(folder / "cis_BDPM.TXT")
    assert len(read_folder(folder).rows(SPECIALITIES)) == 5


def test_missing_files_are_named_together_with_what_is_there(small_base: Any) -> None:
    (problem,) = refusals(small_base(CIS_bdpm=None, CIS_COMPO_bdpm=None))
    assert problem.code == "bdpm-file-missing"
    assert "CIS_bdpm.txt, CIS_COMPO_bdpm.txt" in problem.message()
    assert "found here: CIS_CIP_bdpm.txt" in problem.hint()


def test_no_folder_and_a_file_for_a_folder(tmp_path: Path) -> None:
    (problem,) = refusals(tmp_path / "nowhere")
    assert problem.code == "file-missing"
    (tmp_path / "CIS_bdpm.txt").write_text("x")
    (problem,) = refusals(tmp_path / "CIS_bdpm.txt")
    assert "the folder that holds the files" in problem.message()


def test_a_ragged_row_says_its_file_and_row(small_base: Any) -> None:
    rows = (*base.PRESENTATIONS[:2], "60000011\t3000018\tcut", *base.PRESENTATIONS[2:])
    (problem,) = refusals(small_base(CIS_CIP_bdpm=rows))
    assert problem.file.endswith("CIS_CIP_bdpm.txt")
    assert problem.message() == "row 3: 3 cells where 13 are expected"


def test_blank_lines_count_as_rows_of_the_file(small_base: Any) -> None:
    rows = ("", *base.PRESENTATIONS[:2], "", "cut")
    (problem,) = refusals(small_base(CIS_CIP_bdpm=rows))
    assert problem.parameters["row"] == 5


def test_all_defects_of_all_files_at_once(small_base: Any) -> None:
    compositions = (base.COMPOSITIONS[0].replace("\tSA\t", "\tSB\t"), *base.COMPOSITIONS[1:])
    presentations = (base.PRESENTATIONS[0].replace("3400930000182", "3,40093E+12"), *base.PRESENTATIONS[1:])
    found = refusals(small_base(CIS_COMPO_bdpm=compositions, CIS_CIP_bdpm=presentations))
    assert [(problem.code, problem.parameters["column"]) for problem in found] == [
        ("bdpm-cell", "cip13"),
        ("bdpm-cell", "nature"),
    ]
    assert "row 1, cip13: «3,40093E+12»" in found[0].message()


def test_a_file_of_another_form_is_one_problem(small_base: Any) -> None:
    (problem,) = refusals(small_base(CIS_bdpm=base.COMPOSITIONS))
    assert problem.code == "bdpm-other-form"
    assert "8 columns where 12 are expected" in problem.message()


def test_many_defects_are_counted(small_base: Any) -> None:
    row = base.COMPOSITIONS[0].replace("60000011", "6000")
    found = refusals(small_base(CIS_COMPO_bdpm=(row,) * 30))
    assert len(found) == 21
    assert found[-1].message() == "and 10 more defective rows of this file"


@pytest.mark.parametrize(
    ("content", "row"),
    [
        (base.SPECIALITIES[0].encode("cp1252") + b"\r\n" + b"\x81\xe9 undefined in Windows-1252", 2),
        ("\r\n".join(base.SPECIALITIES).encode("utf-8").decode("cp1252").encode("utf-8"), 1),  # UTF-8 read as cp1252
        ("\r\n".join(base.SPECIALITIES).replace("É", "\ufffd").encode("utf-8"), 1),
    ],
)
def test_damaged_encodings_are_named(small_base: Any, content: bytes, row: int) -> None:
    (problem,) = refusals(small_base(CIS_bdpm=content))
    assert (problem.code, problem.parameters["row"]) == ("bdpm-encoding", row)
    assert "download the file again" in problem.hint()


def test_an_empty_file_is_refused(small_base: Any) -> None:
    assert [problem.code for problem in refusals(small_base(CIS_bdpm=b""))] == ["empty-file"]


def test_the_whole_base_is_read() -> None:
    files = read_folder(whole_bdpm())
    assert {name: len(found.rows) for name, found in files.known.items()} == {
        "CIS_bdpm.txt": 15_848,
        "CIS_CIP_bdpm.txt": 20_874,
        "CIS_COMPO_bdpm.txt": 32_389,
        "CIS_GENER_bdpm.txt": 10_728,
        "CIS_MITM.txt": 7_711,
    }
    assert len(files.rows(PRESENTATIONS)) == len({row[6] for row in files.rows(PRESENTATIONS)})
