"""What a price says beside its factor: the product, its boxes and the gases that they release."""

import pytest

from decarb.factors import load_factors
from decarb.medicines import Ladder, Request, load_medicines
from decarb.units import parse_unit

LADDER = Ladder(load_factors(), "AR6", load_medicines())
SUPRANE, VENTOLINE = "3400957562632", "3400934438738"


def request(value: str, unit: str = "box", system: str = "CIP13") -> Request:
    return Request(system, value, parse_unit(unit), 2025)


def test_the_gases_of_a_box_are_what_its_factor_counts() -> None:
    priced = LADDER.price(request(VENTOLINE))
    (release,) = priced.releases
    # 18.56 g (17.32 to 19.8) x 1530; sqrt(19.8 / 17.32) = 1.0692
    assert (release.substance, release.released.kind) == ("hfc-134a", "propellant")
    assert (release.low_kg, release.mass_kg, release.high_kg) == pytest.approx((0.01732, 0.01856, 0.0198))
    assert release.kgco2e == pytest.approx(28.3968)
    assert release.gsd2 == pytest.approx(1.0692, abs=1e-4)
    (part,) = (part for part in priced.factor.parts if part.activity)
    assert part.total == release.kgco2e * (priced.boxes_per_unit or 0)


def test_boxes_of_a_unit_and_of_an_amount_of_money() -> None:
    assert LADDER.price(request(SUPRANE)).boxes_per_unit == 1
    cis = load_medicines().product("CIP13", SUPRANE).presentation.cis
    by_unit = LADDER.price(request(cis, "item", "CIS"))
    # a bottle is a sixth of a box of six; the mass that its release says is that of the box
    assert by_unit.boxes_per_unit == pytest.approx(1 / 6)
    assert by_unit.releases[0].mass_kg == pytest.approx(6 * 0.3516)
    by_spend = LADDER.price(request(SUPRANE, "EUR"))
    assert by_spend.product is not None
    assert (by_spend.product.code, by_spend.boxes_per_unit, by_spend.releases) == (SUPRANE, None, ())
