"""Figures of devices against the derivations that their notes tell, and the tables that go with them."""

import math

import pytest

from decarb.resources import data_folder, read_rows
from tests.factors.library_tables import read

FOLDER = data_folder("emission_factors") / "devices"


def derived():
    """Factor, value and published spread [%] of what is computed from totals or ranges of a source."""
    yield "glove-examination-single-use", 0.45 * 106_478e3 / 1.8e9, None
    yield "mask-surgical-single-use", 1.1e9 / 52e9, None
    yield "electrophysiology-catheter-new", 1.92 / 0.60, None
    yield "electrophysiology-catheter-remanufacturing", 1.92 / 0.60 - 1.92, None
    # the upper bound over the value: 686 / 597, 1210 / 1000, 156 / 141, 77 / 71.5; the tray: 0.454 / 0.122
    yield "laryngeal-mask-single-use-aurastraight", 0.597, 100 * (686 / 597 - 1)
    yield "laryngeal-mask-single-use-igel", 1.0, 100 * (1210 / 1000 - 1)
    yield "laryngeal-mask-reusable-aura40-use", 0.141, 100 * (156 / 141 - 1)
    yield "sterilisation-instrument-in-set", (0.066 + 0.077) / 2, 100 * (77 / 71.5 - 1)
    yield "drug-tray-single-use", math.sqrt(0.033 * 0.454), 100 * (0.454 / 0.122 - 1)


@pytest.mark.parametrize(("name", "value", "percent"), tuple(derived()))
def test_a_factor_is_what_its_note_derives(name, value, percent, library):
    factor = library.by_id[name]
    assert factor.published_total == pytest.approx(value, rel=0.005)
    assert factor.uncertainty_percent == (None if percent is None else pytest.approx(percent, abs=0.6))
    assert factor.activities == ("medical_devices",)


@pytest.mark.parametrize("table", ["process_quantities", "reprocessing_experiment"])
def test_every_row_has_a_source(table):
    sources = {row["id"] for row in read("sources")}
    assert {row["source"] for row in read_rows(FOLDER / f"{table}.csv")} <= sources


def test_quantities_lie_in_their_range():
    for row in read_rows(FOLDER / "process_quantities.csv"):
        assert float(row["low"]) < float(row["quantity"]) < float(row["high"])
