"""What codes name, from the packaged tables, an imported base and tables of UCD codes."""

from pathlib import Path

import pytest

from decarb.errors import InvalidLibraryError
from decarb.medicines.bdpm.importing import import_bdpm
from decarb.medicines.database import MedicinesDatabase, load_database
from tests.medicines.bdpm.small_base import write_small_base


@pytest.fixture(scope="module")
def packaged() -> MedicinesDatabase:
    return load_database()


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("small")
    import_bdpm(write_small_base(folder / "bdpm"), folder / "bdpm.parquet", version="test")
    return folder / "bdpm.parquet"


def test_a_box_and_its_speciality(packaged: MedicinesDatabase) -> None:
    box = packaged.presentation("3400938749984")
    assert box is not None
    assert (box.cip13, box.cis, box.units, box.unit) == ("3400938749984", "69170898", 1, "flacon")
    assert (box.content, box.content_unit, box.container, box.material) == (100, "mL", "flacon", "verre")
    # 40 mg per 5 mL x 100 mL
    assert (box.active_mass_mg, box.mass_reason, box.marketed) == (800, "", True)
    speciality = packaged.speciality(box.cis)
    assert speciality is not None
    assert speciality.name.startswith("CEFPODOXIME SANDOZ ENFANTS")
    assert speciality.name.endswith("poudre pour suspension buvable")
    assert (speciality.form, speciality.routes) == ("poudre pour suspension buvable", ("orale",))
    assert (speciality.atc, speciality.atc_origin) == ("J01DD13", "database")
    assert speciality.substances == ("CEFPODOXIME PROXETIL",)
    assert "3400938749984" in speciality.cips
    assert packaged.presentation("3874998") == box


def test_an_unknown_or_wrong_code_is_none(packaged: MedicinesDatabase) -> None:
    assert packaged.presentation("3400938749985") is None  # its key does not fit
    assert packaged.presentation("3400900000007") is None
    assert packaged.speciality("60000000") is None
    assert packaged.ucd("3400893213322") is None


def test_the_packaged_base_is_whole_and_says_what_it_is(packaged: MedicinesDatabase) -> None:
    boxes = list(packaged.presentations())
    assert len(boxes) == 20_874
    assert (packaged.version, packaged.source, len(packaged.digest)) == ("bdpm 2026-07", "bdpm-2026-07", 64)
    assert sum(packaged.speciality(box.cis) is None for box in boxes) == 3  # orphans of the base itself
    assert sum(box.units is not None for box in boxes) / len(boxes) > 0.99
    assert all(box.active_mass_mg is None or not box.mass_reason for box in boxes)
    assert all(box.active_mass_mg is not None or box.mass_reason for box in boxes)
    for cis in {box.cis for box in boxes[:500]}:
        speciality = packaged.speciality(cis)
        assert speciality is None or all(packaged.presentation(cip) for cip in speciality.cips)


def test_words_find_whatever_the_accents(packaged: MedicinesDatabase) -> None:
    found = packaged.search("paracétamol suppositoire", 5)
    assert len(found) == 5
    assert {box.unit for box in found} == {"suppositoire"}
    assert packaged.search("PARACETAMOL Suppositoire", 5) == found
    assert packaged.search("zzzz", 5) == packaged.search("", 5) == []


def test_nearest_codes(packaged: MedicinesDatabase) -> None:
    assert packaged.near("3400938749985")[0] == "3400938749984"  # a wrong key
    assert "3400938749984" in packaged.near("3847998")  # neighbours swapped


def test_an_imported_base_takes_the_place_of_the_packaged_one(small: Path) -> None:
    database = load_database(small)
    assert (database.version, database.source) == ("bdpm test", str(small))
    assert database.presentation("3400938749984") is None
    box = database.presentation("3000020")
    assert box is not None
    assert (box.price_eur, box.units, box.marketed) == (1467.31, 100, False)
    speciality = database.speciality("60000011")
    assert speciality is not None
    assert speciality.name == "PARACÉTAMOL EXEMPLE 500 mg, comprimé"
    assert (speciality.atc, speciality.atc_origin) == ("N02BE01", "same_substances")
    assert speciality.generic_groups == ("1",)
    assert [one.cip13 for one in database.search("exemple", 10)] == ["3400930000427", "3400930000182", "3400930000205"]


def test_defects_of_several_files_come_together(tmp_path: Path) -> None:
    (tmp_path / "ucd.csv").write_text("code,name\n1,x\n", encoding="utf-8")
    with pytest.raises(InvalidLibraryError) as refused:
        load_database(tmp_path / "ucd.csv", tmp_path / "missing.parquet")
    assert [problem.code for problem in refused.value.problems] == ["ucd-columns-missing", "file-missing"]
