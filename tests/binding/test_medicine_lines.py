"""Lines of medicines by code: their factor, their rung at the level of the document, and their spend where better."""

import numpy as np
import pytest

from decarb.binding import bind
from decarb.comparison import compare_inventories
from decarb.errors import RefusedLinesError
from decarb.footprint import compute_footprint, restate
from decarb.inventory import read_inventory
from decarb.medicines import Medicines
from decarb.uncertainty import contributions, draw, medicines_by_rung, uncertainty
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


def test_the_error_of_a_line_is_that_of_its_rung_and_of_its_product(compute):
    found = compute(coded(TABLETS, 10, uncertainty=0))
    # shared 1.5 and product 3: exp(sqrt(ln(1.5)^2 + ln(3)^2)) = 3.2254
    assert found.line_gsd2.tolist() == [pytest.approx(3.2254, rel=1e-4)]


def test_a_product_in_many_lines_is_as_uncertain_as_in_one(compute):
    one = compute(coded(TABLETS, 100, uncertainty=0))
    many = compute(*(coded(TABLETS, 1, uncertainty=0) for _ in range(100)))
    (whole,), (split,) = (zip(*(uncertainty(found).low, uncertainty(found).high), strict=True) for found in (one, many))
    assert split == pytest.approx(whole)
    assert contributions(many).interval.high == pytest.approx(whole[1])
    assert [source.kind for source in contributions(many, 2).sources] == ["product", "factor"]


def test_products_of_one_rung_are_less_uncertain_together_than_one(compute):
    one = compute(coded(VACCINES[0], 8, uncertainty=0))
    several = compute(*(coded(code, 1, uncertainty=0) for code in VACCINES[:8]))
    assert uncertainty(several).high[0] < 0.6 * uncertainty(one).high[0]


@pytest.mark.parametrize("by_line", [True, False])
def test_draws_agree_with_the_interval(compute, monkeypatch, by_line):
    if not by_line:
        monkeypatch.setattr("decarb.uncertainty.draws.LINE_DRAWS", 0)
    lines = [coded(code, 5, uncertainty=10) for code in VACCINES[:8]]
    found = compute(*lines, coded(TABLETS, 20, uncertainty=5), coded(TABLETS, 3, uncertainty=5))
    drawn = draw(found, 100_000)
    exact = uncertainty(found)
    assert drawn.by_line is by_line
    # the shifted lognormal has the three first moments of the sum; its quantiles are near those of the draws
    assert drawn.low[-1] == pytest.approx(exact.low[0], rel=0.06)
    assert drawn.high[-1] == pytest.approx(exact.high[0], rel=0.06)
    # mean of the draws: each product's mean times that of the shared error
    assert drawn.mean[-1] == pytest.approx(_mean(found), rel=0.01)


def _mean(footprint):
    errors, pair = footprint.binding.error_groups, footprint.binding.pair
    variance = footprint.activity_sigma**2 + errors.own_sigma[pair] ** 2 + errors.sigma[errors.of_pair[pair]] ** 2
    return float(footprint.line_totals() @ np.exp(variance / 2))


def test_a_folder_of_columns_gives_the_same(make, medicines, tmp_path):
    from decarb.inventory import ingest, open_columns

    document = make.write(make.document(coded(VACCINES[0], 3, spend=SPEND), coded(TABLETS, 10), section="medicines"))
    ingest([document], tmp_path / "columns")
    inventories = read_inventory(document), open_columns(tmp_path / "columns")
    first, second = (compute_footprint(each, make.library, medicines=medicines) for each in inventories)
    assert first.cells.tolist() == second.cells.tolist()
    assert bind(inventories[1], make.library, medicines=medicines).error_groups.names


# --- what was paid ------------------------------------------------------------------------------------

SUPRANE, ANTASOL_135 = "3400957562632", "3400956443925"


def packaged(make, *lines, gwp=None, partial=False):
    return make.compute(*lines, section="medicines", gwp=gwp, partial=partial)


@pytest.mark.parametrize(
    ("code", "gwp", "problem"),
    [(SUPRANE, "AR4", "gas-not-in-gwp-set"), (ANTASOL_135, "AR6", "medicine-container-unknown")],
)
def test_a_gas_that_cannot_be_counted_is_refused_whatever_was_paid(make, code, gwp, problem):
    found = packaged(make, coded(code, 1, spend=SPEND), gwp=gwp, partial=True)
    assert [p.code for refusal in found.binding.refusals for p in refusal.problems] == [problem]
    assert found.total() == 0


def test_restating_is_computing_anew_where_spend_is_taken(make, medicines):
    inventory = make.read(coded(VACCINES[0], 3, spend=SPEND), coded(TABLETS, 2), section="medicines")
    first = compute_footprint(inventory, make.library, "AR6", medicines=medicines)
    for gwp in ("AR4", "AR5", "AR6"):
        anew = compute_footprint(inventory, make.library, gwp, medicines=medicines)
        assert restate(first, gwp=gwp).cells.tolist() == anew.cells.tolist()


def test_nothing_paid_is_no_price(compute):
    assert rungs_of(compute(coded(VACCINES[0], 3, spend={**SPEND, "quantity": 0}))) == [6]


def test_a_credit_gives_back_what_was_paid(compute):
    back = coded(VACCINES[0], -3, credit=True, spend=SPEND)
    assert compute(coded(VACCINES[0], 3, spend=SPEND), back).total() == 0


def test_lines_of_nothing_and_two_names_of_a_box_do_not_make_a_pharmacy(compute):
    seven = [coded(code, 3, spend=SPEND) for code in VACCINES[:7]]
    same = {"code": {"system": "CIP7", "value": VACCINES[0][5:12]}, "quantity": 3, "unit": "boîte", "spend": SPEND}
    assert set(rungs_of(compute(*seven))) == {7}
    assert set(rungs_of(compute(*seven, same))) == {7}
    assert set(rungs_of(compute(*seven, coded(VACCINES[7], 0)))) == {6, 7}
    assert set(rungs_of(compute(*seven, coded(VACCINES[7], 1)))) == {6}


def test_an_inhaler_is_as_uncertain_beside_other_medicines_as_alone(make):
    ventoline, metformin = "3400949001453", "3400939718330"
    alone = packaged(make, coded(ventoline, 100, uncertainty=0))
    beside = packaged(make, coded(ventoline, 100, uncertainty=0), coded(metformin, 1, uncertainty=0))
    assert beside.line_gsd2[0] == alone.line_gsd2[0]
    assert beside.line_gsd2[0] < 1.1


def test_a_code_that_does_not_say_which_cylinder_is_refused_and_which_box_is_warned_of(make):
    def of_units(cis):
        return {"code": {"system": "CIS", "value": cis}, "quantity": 1, "unit": "unité"}

    cylinder = make.refused(of_units("66210572"), section="medicines")
    assert cylinder.code == "boxes-unlike"
    assert "several sizes" in cylinder.message()
    found = packaged(make, of_units("65534009"))
    assert "box-of-speciality" in {warning.code for warning in found.warnings}


def test_a_biologic_has_no_mean_of_small_molecules(make):
    praxbind = packaged(make, coded("3400955013693", 1))
    assert rungs_of(praxbind) == [6]
    assert "not-by-class" in [problem.code for problem in praxbind.binding.bound[0].priced.passed]


def test_euros_say_what_boxes_would_do(make):
    doliprane = packaged(make, coded("3400935955838", 100, "EUR HT"))
    lift = doliprane.binding.bound[0].priced.lift
    assert lift.message() == "one rung up, to 2, with: a number of boxes"
    unknown = packaged(make, coded(ean("340093999999"), 3, spend=SPEND))
    assert unknown.binding.bound[0].priced.lift is None


# --- one product, however its lines are written ----------------------------------------------------------


def interval_of(footprint, by="total"):
    found = uncertainty(footprint, by)
    return found.low[0], found.high[0]


def test_a_box_is_one_product_under_both_codes_and_whoever_uses_it(compute):
    one = compute(coded(TABLETS, 20, uncertainty=0))
    seven = {"code": {"system": "CIP7", "value": TABLETS[5:12]}, "quantity": 10, "unit": "boîte", "uncertainty": 0}
    several = compute(coded(TABLETS, 5, uncertainty=0), coded(TABLETS, 5, uncertainty=0, retroceded=True), seven)
    assert interval_of(several) == pytest.approx(interval_of(one))
    assert medicines_by_rung(several)[0].products == 1


def test_a_product_is_one_in_hospitals_of_unlike_size(make, medicines):
    def hospital(name, *others):
        lines = [coded(TABLETS, 10, uncertainty=0), *(coded(code, 1, uncertainty=0) for code in others)]
        return make.document(*lines, section="medicines", establishment={"name": name})

    alike, unlike = (
        compute_footprint(make.read_all(pair), make.library, medicines=medicines)
        for pair in (
            [hospital("A"), hospital("B")],
            [hospital("A"), hospital("B", *VACCINES[:8])],
        )
    )
    tablets = [found for found in medicines_by_rung(unlike) if found.rung == 4]
    low, high = interval_of(alike)
    assert (tablets[0].interval.low, tablets[0].interval.high) == pytest.approx((low, high))
    drawn = draw(unlike, 50_000)
    assert interval_of(unlike)[1] == pytest.approx(drawn.high[-1], rel=0.1)


def test_euros_of_one_product_are_one_whatever_their_unit(compute):
    one = compute(coded(TABLETS, 2000, "EUR HT", uncertainty=0))
    split = compute(coded(TABLETS, 1000, "EUR HT", uncertainty=0), coded(TABLETS, 1, "k€ HT", uncertainty=0))
    assert interval_of(split) == pytest.approx(interval_of(one))


def test_two_products_in_euros_are_two_in_a_comparison(compute):
    first, second = (compute(coded(code, 1000, "EUR HT", uncertainty=0)) for code in (TABLETS, VACCINES[0]))
    difference = compare_inventories(first, second)
    assert difference.interval.high > 0.5 * first.total()
    same = compare_inventories(first, first)
    assert (same.interval.low, same.interval.high) == (0, 0)
