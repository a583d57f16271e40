"""The import: every row kept, its values, its origin, and nothing half written."""

import json
from pathlib import Path
from typing import Any

import pytest

from decarb.errors import InvalidLibraryError, UsageError
from decarb.medicines.bdpm.importing import Imported, import_bdpm, read_imported
from tests.medicines.bdpm.whole_bdpm import whole_bdpm


def rows_by_code(path: Path) -> dict[str, dict[str, Any]]:
    import pyarrow.parquet as pq

    return {row["cip7"] or row["cis"]: row for row in pq.read_table(path).to_pylist()}


def kept(rows: dict[str, dict[str, Any]], column: str) -> int:
    """Records of a nested column, each speciality once."""
    return sum(len(row[column]) for row in {row["cis"]: row for row in rows.values()}.values())


def test_every_row_of_the_small_base_is_kept(small_base: Any, tmp_path: Path) -> None:
    imported = import_bdpm(small_base(), tmp_path / "bdpm.parquet")
    rows = rows_by_code(tmp_path / "bdpm.parquet")
    # 5 presentations; 60000022 and 60000055 have none; 60000077 and 60000088 are in a composition and a group alone
    assert [row["kind"] for row in rows.values()].count("presentation") == 5
    assert rows["60000022"]["kind"] == rows["60000055"]["kind"] == "speciality"
    assert rows["60000077"]["kind"] == rows["60000088"]["kind"] == "orphan"
    assert rows["3000053"]["specialities"] == []  # a presentation that CIS_bdpm.txt does not know
    assert kept(rows, "specialities") == 5
    assert kept(rows, "compositions") == 6
    assert kept(rows, "generic_groups") == 3
    assert kept(rows, "major_interest") == 1
    account = imported.account
    assert account.read == account.kept
    assert account.rows_lost == 0
    assert account.orphans == {"CIS_CIP_bdpm.txt": 1, "CIS_COMPO_bdpm.txt": 1, "CIS_GENER_bdpm.txt": 1}
    assert account.without_presentations == 2


def test_values_of_a_presentation(small_base: Any, tmp_path: Path) -> None:
    import_bdpm(small_base(), tmp_path / "bdpm.parquet")
    rows = rows_by_code(tmp_path / "bdpm.parquet")
    box = rows["3000018"]
    assert (box["price_eur"], box["fee_eur"], box["reimbursed_share"]) == (2.18, 1.02, 0.65)
    assert (box["price"], box["reimbursement"]) == ("2,18", "65 %")  # as they stand in the file too
    assert box["indications_text"] == "Douleur : - fièvre"
    assert box["declaration_date"] == "2011-09-19"
    assert (box["units"], box["unit"], box["active_mass_mg"], box["marketed"]) == (16, "comprimé", 8000, True)
    assert rows["3000020"]["price_eur"] == 1467.31
    assert rows["3000020"]["units"] == 100
    assert rows["3000020"]["marketed"] is False
    # 20 mg of the fraction that acts per 100 mL x 150 mL: the salt has no dosage
    assert rows["3000031"]["active_mass_mg"] == pytest.approx(30)
    assert rows["3000031"]["specialities"][0]["routes"] == ["orale", "rectale"]
    assert rows["3000031"]["substances"] == ["CHLORHYDRATE D’EXEMPLINE"]
    assert (rows["3000042"]["active_mass_mg"], rows["3000042"]["mass_reason"]) == (None, "gas")
    assert (rows["3000053"]["units"], rows["3000053"]["units_reason"]) == (None, "patient-specific")


def test_an_atc_code_is_the_bases_or_that_of_the_same_substances_and_routes(small_base: Any, tmp_path: Path) -> None:
    import_bdpm(small_base(), tmp_path / "bdpm.parquet")
    rows = rows_by_code(tmp_path / "bdpm.parquet")
    assert (rows["60000022"]["atc"], rows["60000022"]["atc_origin"]) == ("N02BE01", "database")
    assert (rows["3000018"]["atc"], rows["3000018"]["atc_origin"]) == ("N02BE01", "same_substances")
    assert (rows["3000031"]["atc"], rows["3000031"]["atc_origin"]) == ("", "")


def test_specialities_that_disagree_give_no_atc_code(small_base: Any, tmp_path: Path) -> None:
    other = "60000099\tAUTRE 500 mg, gélule\tgélule\torale\tA\tP\tCommercialisée\t12/03/2001\t\t\t X\tNon"
    from tests.medicines.bdpm import small_base as base

    folder = small_base(
        CIS_bdpm=(*base.SPECIALITIES, other),
        CIS_COMPO_bdpm=(*base.COMPOSITIONS, "60000099\tgélule\t00001\tPARACÉTAMOL\t500 mg\tune gélule\tSA\t1"),
        CIS_MITM=(*base.MAJOR_INTEREST, "60000099\tN02BE51\tAUTRE\thttp://example.org"),
    )
    import_bdpm(folder, tmp_path / "bdpm.parquet")
    assert rows_by_code(tmp_path / "bdpm.parquet")["3000018"]["atc"] == ""


def test_wrong_keys_are_kept_and_named(small_base: Any, tmp_path: Path) -> None:
    from tests.medicines.bdpm import small_base as base

    wrong = base.PRESENTATIONS[0].replace("3400930000182", "3400930000183")
    imported = import_bdpm(small_base(CIS_CIP_bdpm=(wrong, *base.PRESENTATIONS[1:])), tmp_path / "bdpm.parquet")
    assert imported.account.keys_checked == 5
    assert imported.account.wrong_keys == ["3400930000183"]
    assert len(rows_by_code(tmp_path / "bdpm.parquet")) == 9


def test_the_origin_is_in_the_file(small_base: Any, tmp_path: Path) -> None:
    import_bdpm(small_base(), tmp_path / "bdpm.parquet")
    _, said = read_imported(tmp_path / "bdpm.parquet")
    assert said["base"] == "bdpm"
    # the newest day of a declaration; that of 2924 is a slip of the file
    assert said["version"] == said["newest_declaration"] == "2026-06-24"
    assert "ANSM" in said["attribution"]
    assert said["licence"].startswith("Licence Ouverte")
    assert [len(file["sha256"]) for file in said["files"]] == [64] * 5
    import_bdpm(small_base(), tmp_path / "bdpm.parquet", version="2026-07", force=True)
    assert read_imported(tmp_path / "bdpm.parquet")[1]["version"] == "2026-07"


def test_the_same_files_give_the_same_bytes(small_base: Any, tmp_path: Path) -> None:
    folder = small_base()
    for name in ("one", "two"):
        import_bdpm(folder, tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_a_file_is_not_replaced_unasked_nor_left_half_written(
    small_base: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "bdpm.parquet"
    out.write_bytes(b"mine")
    with pytest.raises(UsageError, match="exists already"):
        import_bdpm(small_base(), out)

    def fail(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pyarrow.parquet.write_table", fail)
    with pytest.raises(UsageError, match="No space left"):
        import_bdpm(small_base(), out, force=True)
    assert out.read_bytes() == b"mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bdpm", "bdpm.parquet"]


@pytest.mark.parametrize("content", [b"not parquet", b"PAR1 not parquet either PAR1"])
def test_what_decarb_did_not_import_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "other.parquet").write_bytes(content)
    with pytest.raises(InvalidLibraryError, match="not a base of medicines"):
        read_imported(tmp_path / "other.parquet")


def test_a_parquet_file_of_another_program_is_refused(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"kind": ["x"]}), tmp_path / "other.parquet")
    with pytest.raises(InvalidLibraryError, match="not a base of medicines"):
        read_imported(tmp_path / "other.parquet")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Imported, Path]:
    out = tmp_path_factory.mktemp("whole") / "bdpm.parquet"
    return import_bdpm(whole_bdpm(), out, version="2026-07"), out


def test_the_whole_base_imports_without_a_lost_row(whole: tuple[Imported, Path]) -> None:
    imported, out = whole
    rows = rows_by_code(out)
    boxes = [row for row in rows.values() if row["kind"] == "presentation"]
    assert len(boxes) == len({row["cip13"] for row in boxes}) == 20_874
    assert kept(rows, "specialities") == 15_848
    assert kept(rows, "compositions") == 32_389
    assert kept(rows, "generic_groups") == 10_728
    assert kept(rows, "major_interest") == 7_711
    assert imported.account.rows_lost == 0
    assert imported.account.keys_checked == 20_874
    assert imported.account.wrong_keys == []
    assert imported.account.old_keys_unfit == 0


def test_units_and_masses_of_the_whole_base(whole: tuple[Imported, Path]) -> None:
    account = whole[0].account
    assert account.labels[""] / 20_874 >= 0.99
    assert len(account.unread) == 20_874 - account.labels[""]
    assert account.masses[""] / 20_874 >= 0.89
    assert sum(account.masses.values()) == 20_874
    json.dumps(account.unread)


def test_the_files_that_are_read_are_never_written_over(small_base: Any, tmp_path: Path) -> None:
    folder = small_base()
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    (tmp_path / "link").symlink_to(folder / "CIS_GENER_bdpm.txt")
    for out in (folder / "CIS_GENER_bdpm.txt", folder / "CIS_bdpm.txt", tmp_path / "link"):
        with pytest.raises(UsageError, match="one of the files that are read"):
            import_bdpm(folder, out, force=True)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    # another name in the same folder is free
    assert import_bdpm(folder, folder / "bdpm.parquet").rows == 9
