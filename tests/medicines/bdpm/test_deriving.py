"""The tables that decarb ships are what it makes of the official files."""

from pathlib import Path
from typing import Any

from decarb.medicines.bdpm.deriving import TABLES, derive
from decarb.medicines.bdpm.importing import import_bdpm
from decarb.resources import data_folder, parse_table
from tests.medicines.bdpm.whole_bdpm import whole_bdpm

PACKAGED = data_folder("emission_factors") / "medicines"


def test_tables_of_the_small_base(small_base: Any, tmp_path: Path) -> None:
    import_bdpm(small_base(), tmp_path / "bdpm.parquet")
    tables = derive(tmp_path / "bdpm.parquet")
    assert tuple(tables) == TABLES
    boxes = list(parse_table(tables["presentations.csv"].decode()).dictionaries())
    assert [box["cip7"] for box in boxes] == ["3000018", "3000020", "3000031", "3000042", "3000053"]
    assert (boxes[0]["active_mass_mg"], boxes[0]["marketed"]) == ("8000", "1")
    assert (boxes[3]["active_mass_mg"], boxes[3]["mass_reason"]) == ("", "gas")
    (first, *_) = parse_table(tables["specialities.csv"].decode()).dictionaries()
    # the name goes on with that of the form
    assert (first["name"], first["atc"], first["atc_origin"]) == ("PARACÉTAMOL EXEMPLE 500 mg,", "N02BE01", "s")
    assert "price_eur" not in tables["presentations.csv"].decode()
    assert "price_eur" in derive(tmp_path / "bdpm.parquet", prices=True)["presentations.csv"].decode()


def test_the_packaged_tables_are_those_of_the_whole_base(tmp_path: Path) -> None:
    import_bdpm(whole_bdpm(), tmp_path / "bdpm.parquet", version="2026-07")
    for name, content in derive(tmp_path / "bdpm.parquet").items():
        assert (PACKAGED / name).read_bytes() == content, name


def test_the_packaged_tables_are_small() -> None:
    assert sum((PACKAGED / name).stat().st_size for name in TABLES) < 2.6 * 2**20
