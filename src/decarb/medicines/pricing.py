"""From a rung to a factor: what a box, or a unit of it, emits, with where it comes from and how far off it may be."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from decarb.errors import Problem
from decarb.factors import Factor, Part
from decarb.factors.records import GAS_NAMES
from decarb.factors.restating import Restated
from decarb.medicines.code_systems import MEDICINES_LAYER
from decarb.medicines.products import Product
from decarb.medicines.released import Released
from decarb.medicines.rungs import SPEND, Rung
from decarb.quality import CRITERIA, Z_97_5
from decarb.units import Unit


@dataclass(frozen=True, slots=True)
class Amount:
    """Emissions of one box that stand on one figure [kg CO2e], under a label."""

    label: str
    kgco2e: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """A box priced on one rung.

    ``why`` says how, ``source`` and ``source_id`` where the figures come from. ``shared_gsd2`` and ``line_gsd2`` are
    the rung's, unless the figure has its own.
    """

    rung: Rung
    amounts: tuple[Amount, ...]
    why: Problem
    source: str
    source_id: str
    shared_gsd2: float = 0.0
    notes: tuple[Problem, ...] = ()

    @property
    def kgco2e_per_box(self) -> float:
        """Emissions of a box without the gases that it releases [kg CO2e]."""
        return math.fsum(amount.kgco2e for amount in self.amounts)


@dataclass(frozen=True, slots=True)
class Release:
    """A gas that a box releases, of known mass: all of it is emitted where it is used.

    ``gwp`` is that of the set in use, ``gas`` the column that the gas counts in.
    """

    released: Released
    mass_kg: float
    low_kg: float
    high_kg: float
    gwp: float
    gas: str
    activity: str
    why: Problem

    @property
    def substance(self) -> str:
        """Id of the gas among the substances."""
        return self.released.substance

    @property
    def kgco2e(self) -> float:
        """Emissions of a box [kg CO2e in the set in use]."""
        return self.mass_kg * self.gwp

    @property
    def gsd2(self) -> float:
        """Ratio of the upper bound to the middle, as if the bounds were a 95 % interval."""
        return math.sqrt(self.high_kg / self.low_kg)


@dataclass(frozen=True, slots=True)
class Priced:
    """A medicine code resolved.

    Attributes
    ----------
    rung
        Number of the rung that the product stands on; ``DIRECT`` where only released gases are counted.
    factor
        Per box or per unit, with its parts in the GWP set in use.
    restated
        The parts, each with what keeps the set of its source.
    why
        How the figure is made.
    passed
        Why no better rung holds, the best first.
    lift
        What would lift the line one rung; None on the first.
    notes
        What the reader must be told.
    product
        What the code names; None where an amount of money is given for a code that no table knows.
    releases
        Gases of a box that the factor counts.
    """

    rung: int
    factor: Factor
    restated: tuple[Restated, ...]
    why: tuple[Problem, ...]
    passed: tuple[Problem, ...]
    lift: Problem | None
    notes: tuple[Problem, ...]
    product: Product | None
    releases: tuple[Release, ...]

    @property
    def boxes_per_unit(self) -> float | None:
        """Boxes in a unit of the factor; None where that is an amount of money."""
        if self.product is None or self.rung == SPEND:
            return None
        return boxes_in(self.factor.unit.name, self.product)


def boxes_in(unit: str, product: Product) -> float:
    """Boxes in a ``box`` or an ``item`` of a product; nan where how many units a box holds is not known."""
    return 1.0 if unit == "box" else 1.0 / (product.units or math.nan)


def factor_of(
    product: Product, candidate: Candidate | None, releases: Sequence[Release], unit: str, gwp_set: str
) -> tuple[Factor, tuple[Restated, ...]]:
    """Return the factor of a product, per ``box`` or per ``item``, and its parts.

    Notes
    -----
    The errors of what is made and of what is released are combined to the first order, each by its share: sigma of the
    product is the root of the sum of (share x sigma)^2.
    """
    per = boxes_in(unit, product)
    made = [_part("manufacture", amount.label, "unsplit", amount.kgco2e * per) for amount in _amounts(candidate)]
    released = [
        _part("release" if candidate is None else "use", release.substance, release.gas, release.kgco2e * per,
              release.activity)
        for release in releases
    ]  # fmt: skip
    restated = (*(Restated(part, abs(part.total)) for part in made), *(Restated(part, 0.0) for part in released))
    shared, line = _sigmas(candidate, releases)
    rung = candidate.rung if candidate else None
    return Factor(
        id=f"{product.system.lower()}:{product.code}#{f'rung-{rung.number}' if rung else 'direct'}",
        series="",
        name_fr=product.name,
        name_en=product.name,
        domain="medicines",
        unit=Unit(unit),
        geographies=("FR",),
        locality="",
        data_year=None,
        valid_to="",
        published_total=None,
        model="published",
        gwp_set=gwp_set,
        substance=releases[0].substance if releases else "",
        contrails="",
        uncertainty_percent=(math.exp(shared * Z_97_5) - 1) * 100,
        quality=(None,) * len(CRITERIA),
        error_group=_error_group(candidate, releases),
        activities=("medicines", *(release.activity for release in releases)),
        default_activity="medicines",
        default_operated="",
        source=candidate.source if candidate else releases[0].released.source,
        source_id=candidate.source_id if candidate else "",
        source_row=None,
        source_date="",
        origin="decarb",
        status="generic",
        transparency="",
        keywords="",
        note="",
        parts=tuple(part.part for part in restated),
        layer=MEDICINES_LAYER,
        line_gsd2=math.exp(line * Z_97_5),
    ), restated


def _error_group(candidate: Candidate | None, releases: Sequence[Release]) -> str:
    """Group that shares an error: where gases are released the rung's error is diluted, and is that of no other box."""
    gases = "+".join(release.substance for release in releases)
    if candidate is None:
        return f"released-{gases}"
    return f"{candidate.rung.error_group}-with-{gases}" if gases else candidate.rung.error_group


def _amounts(candidate: Candidate | None) -> tuple[Amount, ...]:
    return candidate.amounts if candidate else ()


def _part(stage: str, label: str, gas: str, kgco2e: float, activity: str = "") -> Part:
    gases: list[float | None] = [None] * len(GAS_NAMES)
    gases[GAS_NAMES.index(gas)] = kgco2e
    return Part(stage, label, tuple(gases), activity)


def _sigmas(candidate: Candidate | None, releases: Sequence[Release]) -> tuple[float, float]:
    """Sigma of the logarithm that the rung's lines share, and that of one product."""
    made = candidate.kgco2e_per_box if candidate else 0.0
    whole = made + math.fsum(release.kgco2e for release in releases)
    if not whole:
        return 0.0, 0.0
    shared = math.log(candidate.shared_gsd2 or candidate.rung.shared_gsd2) / Z_97_5 if candidate else 0.0
    own = math.log(candidate.rung.line_gsd2) / Z_97_5 if candidate else 0.0
    spreads = [(made * own), *(release.kgco2e * math.log(release.gsd2) / Z_97_5 for release in releases)]
    return made * shared / whole, math.hypot(*spreads) / whole
