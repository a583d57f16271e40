"""The sector of reports that declare shared services: net by hand, whether the provider reported or is estimated."""

from typing import Any

import numpy as np
import pytest

from decarb.national.frame import Frame, read_frame
from decarb.national.sector import SectorEstimate, estimate_sector
from tests.national.frames import register
from tests.national.test_sharing import EJ, ET, bought, computed, hospital, per_kwh

MEMBERS, BEDS = 12, 100


@pytest.fixture(scope="module")
def frame(tmp_path_factory: Any) -> Frame:
    """Twelve hospitals of 100 beds."""
    rows = [f"{ET[number]},{EJ[number]},CH {number},355,13,69381,,,,{BEDS},,," for number in range(MEMBERS)]
    return read_frame(register(tmp_path_factory.mktemp("frame"), *rows))


def estimated(make: Any, frame: Frame, provider: int, **options: Any) -> SectorEstimate:
    """Six hospitals of 100 kWh each; the second and third buy 20 and 10 kWh more of linen from `provider`."""
    bought_kwh = {1: 20.0, 2: 10.0}
    documents = []
    for number in range(6):
        linen = {"linen": bought_kwh[number]} if number in bought_kwh else {}
        received = (bought(provider, "linen"),) if linen else ()
        documents.append(hospital(make, number, {"own": 100.0, **linen}, *received))
    return estimate_sector(computed(make, documents), frame, secrecy=False, **options)


@pytest.mark.parametrize("provider", [0, 9], ids=["that reported", "that did not"])
def test_what_is_bought_in_the_sector_is_counted_once(make: Any, frame: Frame, provider: int) -> None:
    found = estimated(make, frame, provider)
    # 6 x 100 kWh reported over 600 beds: 1 kWh a bed, 600 beds missing
    assert found.found.reported[-1] / per_kwh(make) == pytest.approx(600)
    assert found.found.estimated[-1] / per_kwh(make) == pytest.approx(600)
    assert [flow.is_netted for flow in found.flows] == [True, True]
    assert np.all(found.found.covering == 6)  # a line that is netted leaves nothing out


def test_gross_counts_what_both_report_twice(make: Any, frame: Frame) -> None:
    found = estimated(make, frame, 0, gross=True)
    # 630 kWh over 600 beds, and as much for the 600 beds missing
    assert found.found.total[-1] / per_kwh(make) == pytest.approx(1260)
    assert found.flows == ()


def test_a_provider_that_nobody_knows_is_kept_and_told(make: Any, frame: Frame) -> None:
    found = estimated(make, frame, 20)
    assert found.found.total[-1] / per_kwh(make) == pytest.approx(1260)
    assert [flow.is_netted for flow in found.flows] == [False, False]
    assert "the provider did not report" in found.warnings[0].message("en")
