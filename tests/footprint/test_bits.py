"""The same bits whatever the path, the number of threads and the order of the files (docs/method.md)."""

import random
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from decarb.factors import load_factors
from decarb.footprint import Footprint, compute_footprint, restate
from decarb.inventory import ingest, open_columns, read_inventory
from decarb.kernels import accumulate
from decarb.reporting import GASES

FACTORS = {
    "natural-gas-fr-2022-kwh-pci": "kWh PCI",
    "electricity-fr": "MWh",
    "r410a": "kg",
    "spend-pharmaceutical-products": "EUR HT",
    "water-supply-m3": "m3",
}


@pytest.fixture(scope="module")
def documents(make: Any) -> list[Path]:
    """Four establishments whose quantities span twelve orders of magnitude, credits among them."""
    choose = random.Random(7)
    written = []
    for number, lines in enumerate((700, 40, 1, 300)):
        rows = []
        for _ in range(lines):
            factor = choose.choice(list(FACTORS))
            quantity = choose.lognormvariate(0, 6)
            credit = choose.random() < 0.2
            rows.append(make.line(factor, -quantity if credit else quantity, FACTORS[factor], credit=credit))
        place = {"region": choose.choice(["11", "04", "84"])}
        written.append(
            make.write(make.document(*rows, establishment={"name": f"H{number}", **place}), f"{number}.json")
        )
    return written


@pytest.fixture(scope="module")
def footprint(documents: list[Path]) -> Footprint:
    return compute_footprint(read_inventory(*documents))


def bits(values: Any) -> bytes:
    return np.ascontiguousarray(values).tobytes()


@pytest.mark.parametrize(("path", "threads"), [("numpy", None), ("numba", 1), ("numba", 2), ("numba", 3)])
def test_cells_have_the_same_bits_on_every_path(footprint: Footprint, path: Any, threads: int | None) -> None:
    binding, inventory = footprint.binding, footprint.inventory
    values, present = accumulate(
        inventory.establishment,
        binding.pair,
        inventory.quantity,
        binding.pointer,
        binding.cell,
        binding.coefficient,
        len(inventory.establishments),
        len(binding.keys) * len(GASES),
        path=path,
        threads=threads,
    )
    assert bits(values) == bits(footprint.cells)
    assert bits(present) == bits(footprint.present)


def test_totals_posts_and_gases_have_the_same_bits_whatever_the_order_of_files(
    documents: list[Path], footprint: Footprint
) -> None:
    for order in permutations(documents):
        other = compute_footprint(read_inventory(*order))
        assert bits(other.cells) == bits(footprint.cells)
        assert bits(other.totals()) == bits(footprint.totals())
        assert bits(other.rows("ghg-protocol")) == bits(footprint.rows("ghg-protocol"))


def test_columns_give_the_bits_of_the_documents(documents: list[Path], footprint: Footprint, tmp_path: Path) -> None:
    ingest(documents[::-1], tmp_path / "columns", jobs=2)
    stored = compute_footprint(open_columns(tmp_path / "columns"))
    assert bits(stored.cells) == bits(footprint.cells)
    assert bits(stored.rows()) == bits(footprint.rows())
    assert stored.total() == footprint.total()


@pytest.mark.parametrize("gwp", ["AR4", "AR5", "AR6"])
def test_restating_gives_the_bits_of_computing_anew(footprint: Footprint, gwp: str) -> None:
    anew = compute_footprint(footprint.inventory, footprint.library, gwp)
    restated = restate(footprint, gwp=gwp)
    assert restated.binding.gwp_set == gwp
    assert restated.binding.pairs is footprint.binding.pairs  # not looked for again
    assert bits(restated.cells) == bits(anew.cells)
    assert restated.warnings == anew.warnings


def test_restating_with_another_library_looks_for_the_pairs_again(footprint: Footprint) -> None:
    other = load_factors()
    restated = restate(footprint, other)
    assert restated.library is other
    assert restated.binding.pairs is not footprint.binding.pairs
    assert bits(restated.cells) == bits(footprint.cells)


def test_exposures_hold_what_the_lines_do(footprint: Footprint) -> None:
    found, binding = footprint.exposures, footprint.binding
    each = {}
    for group, pair, quantity in zip(
        footprint.inventory.establishment.tolist(), binding.pair.tolist(), footprint.inventory.quantity, strict=True
    ):
        each[group, pair] = each.get((group, pair), 0.0) + quantity
    rows = np.repeat(np.arange(4), np.diff(found.pointer))
    assert dict(zip(zip(rows.tolist(), found.pair.tolist(), strict=True), found.quantity, strict=True)) == each
    together = footprint.exposures_together
    sums = np.bincount(found.pair, found.mean, len(binding.bound))
    np.testing.assert_allclose(together.mean, sums[together.pair], rtol=1e-12, atol=1e-6)
