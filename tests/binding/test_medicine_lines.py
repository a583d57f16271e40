"""Lines of medicines by code: their factor, their rung at the level of the document, and their spend where better."""

import numpy as np
import pytest

from decarb.binding import bind
from decarb.errors import RefusedLinesError
from decarb.footprint import compute_footprint, restate
from decarb.inventory import read_inventory
from decarb.medicines import Medicines
from tests.medicines.small_database import SmallDatabase, box, speciality

TABLETS = "3400930000014"
VACCINES = [f"3400930{number:05d}" for number in range(100, 110)]
SPEND = {"factor": "spend-pharmaceutical-products", "quantity": 100, "unit": "EUR HT"}


def ean(twelve):
    weighted = sum(int(digit) * (3 if rank % 2 else 1) for rank, digit in enumerate(twelve))
    return twelve + str((10 - weighted % 10) % 10)


VACCINES = [ean(code) for code in VACCINES]


@pytest.fixture(scope="module")
def medicines():
    boxes = [box(code, f"6000{number:04d}", units=1.0, active_mass_mg=None) for number, code in enumerate(VACCINES)]
    known = [speciality(each.cis, each.cip13, atc="J07BB02") for each in boxes]
    tablets = box(TABLETS, "60009999")
    return Medicines(SmallDatabase([*boxes, tablets], [*known, speciality("60009999", TABLETS, atc="B01AC06")]))


def coded(value, quantity=1, unit="boîte", **others):
    return {"code": {"system": "CIP13", "value": value}, "quantity": quantity, "unit": unit, **others}


@pytest.fixture(scope="module")
def compute(make, medicines):
    def run(*lines, partial=False, **fields):
        inventory = make.read(*lines, section="medicines", **fields)
        return compute_footprint(inventory, make.library, partial=partial, medicines=medicines)

    return run


def rungs_of(footprint):
    return [record["rung"] for record in footprint.line_records()]


def test_a_box_is_priced_and_reports_in_purchases(compute):
    found = compute(coded(TABLETS, 10))
    (record,) = found.line_records()
    assert record["rung"] == 4
    assert record["factor"] == f"cip13:{TABLETS}#rung-4"
    assert record["post_4.1"] == pytest.approx(found.total()) == pytest.approx(10 * (0.975 + 0.035 * 4.3), rel=0.001)


def test_a_lone_product_is_counted_by_its_spend_and_a_pharmacy_by_the_mean_box(compute):
    alone = compute(coded(VACCINES[0], 3, spend=SPEND))
    assert rungs_of(alone) == [7]
    assert alone.total() == pytest.approx(100 * 0.194)
    assert (alone.inventory.quantity[0], alone.inventory.terms[alone.inventory.term[0]].unit) == (100, "EUR HT")
    pharmacy = compute(*(coded(code, 3, spend=SPEND) for code in VACCINES[:8]))
    assert rungs_of(pharmacy) == [6] * 8
    assert pharmacy.total() == pytest.approx(8 * 3 * 2.8)


def test_lines_of_one_product_are_one_product(compute):
    # eight lines of one code are no pharmacy: the error between products does not fade
    assert rungs_of(compute(*(coded(VACCINES[0], 3, spend=SPEND) for _ in range(8)))) == [7] * 8


def test_the_level_is_that_of_each_document(make, medicines):
    small = make.document(coded(VACCINES[0], 3, spend=SPEND), section="medicines", establishment={"name": "A"})
    large = make.document(
        *(coded(code, 3, spend=SPEND) for code in VACCINES[:8]), section="medicines", establishment={"name": "B"}
    )
    together = compute_footprint(make.read_all([small, large]), make.library, medicines=medicines)
    assert sorted(rungs_of(together)) == [6] * 8 + [7]
    apart = [compute_footprint(make.read_all([each]), make.library, medicines=medicines) for each in (small, large)]
    assert together.totals().tolist() == [footprint.total() for footprint in apart]


def test_a_code_that_no_table_knows_takes_its_spend_or_is_refused(compute):
    unknown = ean("340093999999")
    found = compute(coded(unknown, 3, spend=SPEND))
    assert rungs_of(found) == [7]
    assert "medicine-code-unknown" in {warning.code for warning in found.warnings}
    with pytest.raises(RefusedLinesError, match=unknown):
        compute(coded(unknown, 3))


def test_restating_keeps_the_tables_and_the_lines(compute, make):
    first = compute(coded(VACCINES[0], 3, spend=SPEND), coded(TABLETS, 10))
    again = restate(first, gwp="AR5")
    assert again.total() == first.total()
    assert rungs_of(again) == rungs_of(first)


def test_product_errors_are_those_of_lines(compute):
    found = compute(coded(TABLETS, 10, uncertainty=0))
    # shared 1.5 and product 3: exp(sqrt(ln(1.5)^2 + ln(3)^2)) = 3.2254
    assert found.line_gsd2.tolist() == [pytest.approx(3.2254, rel=1e-4)]
    many = compute(*(coded(TABLETS, 10, uncertainty=0) for _ in range(4)))
    np.testing.assert_allclose(many.binding.line_sigma, np.log(3) / 1.959964)


def test_a_folder_of_columns_gives_the_same(make, medicines, tmp_path):
    from decarb.inventory import ingest, open_columns

    document = make.write(make.document(coded(VACCINES[0], 3, spend=SPEND), coded(TABLETS, 10), section="medicines"))
    ingest([document], tmp_path / "columns")
    inventories = read_inventory(document), open_columns(tmp_path / "columns")
    first, second = (compute_footprint(each, make.library, medicines=medicines) for each in inventories)
    assert first.cells.tolist() == second.cells.tolist()
    assert bind(inventories[1], make.library, medicines=medicines).error_groups.names
