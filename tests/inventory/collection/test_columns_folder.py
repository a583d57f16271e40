"""Folders of columns say what the documents say, to every consumer."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from decarb.errors import InvalidInventoryError
from decarb.factors import FactorLibrary
from decarb.footprint import compute_footprint
from decarb.inventory import Inventory, check_inventory, ingest, is_columns_folder, open_columns, read_inventory
from decarb.inventory.collection import columns_folder

POWER = {"factor": "electricity-fr-2024", "quantity": 0.1, "unit": "MWh"}
GAS = {"factor": "natural-gas-fr-2022-kwh-pci", "quantity": 1e3, "unit": "kWh PCI"}


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory, make: Any) -> list[Path]:
    folder = tmp_path_factory.mktemp("documents")
    spend = {"factor": "spend-pharmaceutical-products-2023", "quantity": 12.5, "unit": "EUR HT"}
    paths = []
    for number in range(5):
        lines = [
            {**POWER, "quantity": 0.1 + number, "uncertainty": 12.3, "site": "S1", "id": "é\u20ac"},
            {**GAS, "quality": {"reliability": 2, "temporal": number + 1}},
            {**POWER, "spend": {**spend, "quantity": number / 3}, "comment": "c", "account": "6061"},
            {"factor": "desflurane", "quantity": 1 / 3, "unit": "L"},
        ]
        said = make.document(
            *lines[: number + 1],
            sites=[{"id": "S1", "region": "84"}],
            establishment={"name": f"Hôpital {9 - number}", "beds": number} | ({} if number else {"category": "999"}),
            water=[{**GAS, "id": "w"}],
        )
        paths.append(folder / f"{number}.json")
        paths[-1].write_text(json.dumps(said, ensure_ascii=number % 2 == 0), encoding="utf-8")
    return paths


@pytest.fixture(scope="module", params=[1, 250_000])
def columns(request: pytest.FixtureRequest, documents: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folders of many record batches and of one."""
    folder = tmp_path_factory.mktemp("columns") / "out"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(columns_folder, "BATCH_LINES", request.param)
        ingest(documents, folder)
    return folder


def of_lines(inventory: Inventory) -> dict[str, Any]:
    """What an inventory says, whatever its codes."""
    spends = inventory.spends
    return {
        "terms": [repr(inventory.terms[code]) for code in inventory.term],
        "places": [inventory.places[code] for code in inventory.place],
        "quantity": inventory.quantity.tobytes(),
        "gsd2": np.nan_to_num(inventory.activity_gsd2, nan=-1).tobytes(),
        "where": [(inventory.file(line), inventory.pointer(line)) for line in range(len(inventory))],
        "ids": list(inventory.ids),
        "spends": [
            (line, repr(inventory.terms[code]), amount)
            for line, code, amount in zip(spends.line.tolist(), spends.term, spends.quantity.tolist(), strict=True)
        ],
        "warnings": [(problem.file, problem.code, problem.message("fr")) for problem in inventory.warnings],
        "establishments": [
            (one.name, dict(one.identity), one.start, one.year, dict(one.sites), dict(one.denominators), one.digest)
            for one in inventory.establishments
        ],
    }


def test_columns_say_what_the_documents_say(columns: Path, documents: list[Path]) -> None:
    read, opened = read_inventory(*documents), open_columns(columns)
    expected, found = of_lines(read), of_lines(opened)
    assert sorted(expected.pop("warnings")) == sorted(found.pop("warnings"))
    assert found == expected
    assert len(opened.terms) == len(read.terms)
    assert of_lines(read_inventory(columns))["ids"] == found["ids"]
    assert opened.warnings


def test_both_give_the_same_footprint_bit_for_bit(columns: Path, documents: list[Path], library: FactorLibrary) -> None:
    read = compute_footprint(read_inventory(*documents), library, None, True)
    opened = compute_footprint(open_columns(columns), library, None, True)
    assert read.total() > 0
    assert opened.cells.tobytes() == read.cells.tobytes()
    assert opened.present.tobytes() == read.present.tobytes()
    assert opened.coverage == read.coverage


def test_lines_are_found_by_id(columns: Path) -> None:
    inventory = open_columns(columns)
    assert len(inventory.ids) == len(inventory)
    for line in (0, 1, len(inventory) - 1):
        assert inventory.ids[line] == inventory.ids[line - len(inventory)]
    assert inventory.line("w") == list(inventory.ids).index("w")
    assert inventory.line("nobody") is None
    assert inventory.ids[1:3] == tuple(inventory.ids)[1:3]
    with pytest.raises(IndexError):
        inventory.ids[len(inventory)]


def _forget(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def _cut(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).write_bytes((folder / name).read_bytes()[:-40])


def _later(folder: Path) -> None:
    said = json.loads((folder / "collection.json").read_bytes())
    (folder / "collection.json").write_text(json.dumps(said | {"format": "9.0"}))


DAMAGES = {
    **{f"without {name}": _forget(name) for name in ("collection.json", "refused.json", "lines.arrow", "terms.arrow")},
    **{f"cut {name}": _cut(name) for name in ("collection.json", "lines.arrow", "spends.arrow", "terms.arrow")},
    "later": _later,
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_folder_is_refused_by_name(columns: Path, tmp_path: Path, damage: Callable[[Path], None]) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(columns, folder)
    assert is_columns_folder(folder)
    damage(folder)
    with pytest.raises(InvalidInventoryError) as raised:
        open_columns(folder)
    (problem,) = raised.value.problems
    assert (problem.code, problem.file) == ("columns-unreadable", str(folder))


def test_what_is_no_folder_of_columns(tmp_path: Path, columns: Path, documents: list[Path]) -> None:
    assert not is_columns_folder(tmp_path)
    assert not is_columns_folder(tmp_path / "nobody")
    (tmp_path / "datapackage.json").write_text('{"decarb": 1}')
    assert not is_columns_folder(tmp_path)
    assert [problem.code for problem in check_inventory(columns, documents[0])[1]] == ["columns-not-alone"]


def test_terms_have_their_types_whether_a_collection_uses_them_or_not(make: Any, tmp_path: Path) -> None:
    import pyarrow as pa

    small = make.write(make.document(make.line("r410a", 1, "kg")))
    ingest(small, tmp_path / "small")  # a single path will do
    schema = pa.ipc.open_file(str(tmp_path / "small" / "terms.arrow")).schema
    assert {str(schema.field(name).type) for name in ("price_year", "amortisation_years", "year")} == {"int64"}
    assert {str(schema.field(name).type) for name in ("operated", "paid", "retroceded")} == {"bool"}
    assert {str(schema.field(name).type) for name in ("vat_percent", "occupancy")} == {"double"}
    assert str(schema.field("tenure").type) == "string"


def test_columns_of_two_collections_are_not_mixed(columns: Path, make: Any, tmp_path: Path) -> None:
    mixed = tmp_path / "mixed"
    shutil.copytree(columns, mixed)
    ingest(make.write(make.document(make.line("r410a", 1, "kg"))), tmp_path / "small")
    shutil.copy(tmp_path / "small" / "terms.arrow", mixed)
    with pytest.raises(InvalidInventoryError) as caught:
        open_columns(mixed)
    assert "lines.arrow: term 0 ..." in str(caught.value)
