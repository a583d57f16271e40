"""The ladder: from a medicine code to the best factor there is, or to what is missing (docs/method.md, Medicines)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from decarb.errors import Bilingual, Problem, UsageError
from decarb.factors import FactorLibrary, select
from decarb.factors.records import GWP_SETS
from decarb.medicines.code_systems import BOX_SYSTEMS
from decarb.medicines.pricing import Candidate, Priced, Release, factor_of
from decarb.medicines.products import Product
from decarb.medicines.released import Released, released_gases
from decarb.medicines.rungs import DIRECT, SPEND, ranking, rungs
from decarb.medicines.tables import Medicines
from decarb.units import Unit, is_currency

_PRICED_BY_SPEND_ALONE = (
    "medicine-code-unknown",
    "ucd-without-table",
    "medicine-without-rung",
    "medicine-units-unknown",
)
"""Refusals of a quantity that an amount of money beside it makes up for."""
SPEND_SERIES = "spend-pharmaceutical-products"
"""Series of the ratios of rung 7."""


@dataclass(frozen=True, slots=True)
class Request:
    """What of a line decides its price.

    ``products`` is how many products are reported together; ``retroceded`` whether it is used at home.
    """

    system: str
    value: str
    unit: Unit
    year: int
    products: int = 1
    retroceded: bool = False


class Ladder:
    """Prices medicine codes with one library, one GWP set and one set of tables; a product is looked up once."""

    def __init__(self, library: FactorLibrary, gwp_set: str, medicines: Medicines) -> None:
        self._library = library
        self._gwp_set = gwp_set
        self._medicines = medicines
        self._known: dict[str, tuple[Candidate | None, tuple[Problem, ...]]] = {}

    def price(self, request: Request) -> Priced:
        """Resolve a code by the best rung that holds at the level of reporting.

        An amount of money stands on the rung of spend; a quantity never does: ``prefers_spend`` says where an amount
        given beside it would be better.

        Raises
        ------
        UsageError
            If the unit does not go with the code, the tables do not know the code, or no rung holds: what is missing.
        """
        if is_currency(request.unit.name):
            return self._by_spend(request)
        _check_unit(request)
        product = self._medicines.product(request.system, request.value)
        _refuse_unlike_cylinders(product, request)
        if request.unit.name == "item" and not product.units:
            what = {"value": request.value, "label": product.presentation.label}
            raise UsageError([Problem("medicine-units-unknown", what)])
        releases = self._releases(product, request)
        chosen, passed = self._climbed(product)
        if chosen is None and not releases:
            reasons = {"reasons": [passed[3], passed[5]]}
            what = {"value": request.value, "name": product.name}
            raise UsageError([Problem("medicine-without-rung", what | reasons)])
        factor, restated = factor_of(product, chosen, releases, request.unit.name, self._gwp_set)
        return Priced(
            chosen.rung.number if chosen else DIRECT,
            factor,
            restated,
            (*([chosen.why] if chosen else []), *(release.why for release in releases)),
            passed if chosen else (),
            _lift(chosen.rung.number) if chosen else None,
            (*self._own_results_not_taken(product, chosen), *_said(chosen, releases, product)),
            product,
            tuple(releases),
        )

    def prefers_spend(self, request: Request) -> bool:
        """Whether an amount of money beside a quantity prices its line better, or is the only way to."""
        try:
            rung = self.price(request).rung
        except UsageError as error:
            # a gas of unknown mass is released whatever was paid for it, and a wrong unit is a slip
            return all(problem.code in _PRICED_BY_SPEND_ALONE for problem in error.problems)
        order = ranking(request.products)
        return rung != DIRECT and order.index(SPEND) < order.index(rung)

    def _by_spend(self, request: Request) -> Priced:
        """Ratio of a basket, for one product: with the error between products beside the basket's own."""
        found = select(self._library, SPEND_SERIES, request.year, price_year=request.unit.price_year)
        factor = replace(found.factor, line_gsd2=rungs()[SPEND].line_gsd2)
        why = Problem("medicine-by-spend", {"value": request.value}, severity="note")
        restated = self._library.restated(factor, self._gwp_set)
        try:
            product = self._medicines.product(request.system, request.value)
        except UsageError as error:
            unknown = tuple(problem.at(severity="warning") for problem in error.problems)
            return Priced(SPEND, factor, restated, (why,), unknown, None, (*found.notes, *unknown), None, ())
        chosen, passed = self._climbed(product)
        lift = _lift_from_spend(chosen, request.products)
        gases = [released.substance for released in released_gases(product.presentation.cip13, request.year)]
        what = {"value": request.value, "gases": gases}
        left_out = [Problem("medicine-release-unknown", what, severity="warning")] if gases else []
        return Priced(SPEND, factor, restated, (why,), passed, lift, (*found.notes, *left_out), product, ())

    def _releases(self, product: Product, request: Request) -> list[Release]:
        return [
            self._release(released, product, request)
            for released in released_gases(product.presentation.cip13, request.year)
        ]

    def _release(self, released: Released, product: Product, request: Request) -> Release:
        if released.mass_kg is None:
            what = {
                "value": request.value,
                "label": product.presentation.label,
                "reason": Bilingual(released.basis, released.basis_fr or released.basis),
            }
            raise UsageError([Problem("medicine-container-unknown", what)])
        gwp = self._library.gwp.get((released.substance, self._gwp_set))
        if gwp is None:
            sets = [name for name in GWP_SETS if (released.substance, name) in self._library.gwp]
            what = {"factor": request.value, "gas": released.substance, "gwp_set": self._gwp_set, "sets": sets}
            raise UsageError([Problem("gas-not-in-gwp-set", what)])
        why = Problem(
            "medicine-released",
            {
                "mass": released.mass_kg * 1000,
                "substance": released.substance,
                "gwp": gwp.value,
                "gwp_set": self._gwp_set,
                "basis": Bilingual(released.basis, released.basis_fr or released.basis),
                "source": released.source,
            },
            severity="note",
        )
        return Release(
            released,
            released.mass_kg,
            released.low_kg or released.mass_kg,
            released.high_kg or released.mass_kg,
            gwp.value,
            self._library.substances[released.substance].gas,
            _activity(released.kind, request.retroceded),
            why,
        )

    def _climbed(self, product: Product) -> tuple[Candidate | None, tuple[Problem, ...]]:
        """Best of the physical rungs that hold, with what is missing for those above it; all of it where none holds.

        They are in one order at every level: which one is best does not depend on how many products are reported.
        """
        key = product.presentation.cip13
        if key not in self._known:
            passed: list[Problem] = []
            for rung in (number for number in ranking(1) if number != SPEND):
                way = self._medicines.way(product, rung)
                if isinstance(way, Candidate):
                    self._known[key] = way, tuple(passed)
                    break
                passed.append(way)
            else:
                self._known[key] = None, tuple(passed)
        return self._known[key]

    def _own_results_not_taken(self, product: Product, chosen: Candidate | None) -> Iterator[Problem]:
        """Results of the user below the rung that holds: given, and not used."""
        for rung in (1, 2, 3):
            if chosen and rung > chosen.rung.number and self._medicines.own_result(product, rung):
                what = {"value": product.code, "rung": rung, "taken": chosen.rung.number}
                yield Problem("own-result-not-taken", what, severity="warning")


def _check_unit(request: Request) -> None:
    """Boxes for a CIP, units for a UCD or a CIS: a pack of thirty counted as a box is thirty times too much."""
    wanted = "box" if request.system in BOX_SYSTEMS else "item"
    if request.unit.name != wanted:
        code = "cip-counts-boxes" if wanted == "box" else "ucd-counts-units"
        raise UsageError([Problem(code, {"value": request.unit.name, "system": request.system})])


def _refuse_unlike_cylinders(product: Product, request: Request) -> None:
    """Refuse a code that does not say which of several boxes, where they release gases in unlike amounts."""
    masses = {
        tuple((gas.substance, gas.mass_kg and gas.mass_kg / (box.units or 1)) for gas in gases)
        for box in product.boxes
        if (gases := released_gases(box.cip13, request.year))
    }
    if len(masses) > 1:
        raise UsageError([Problem("boxes-unlike", {"value": request.value, "name": product.name})])


def _activity(kind: str, retroceded: bool) -> str:
    """Activity of a released gas: on site a propellant is a gas like others, at home the use of a product."""
    if kind != "propellant":
        return "anaesthetic_gas"
    return "inhaler_propellant_at_home" if retroceded else "other_direct_gas"


def _said(chosen: Candidate | None, releases: list[Release], product: Product) -> list[Problem]:
    """What the reader must be told: gases assumed, and gases whose making no rung prices."""
    code = {"value": product.code}
    notes = [
        Problem(_assumed(release), code | {"substance": release.substance}, severity="warning")
        for release in releases
        if release.released.status == "assumed"
    ]
    if product.is_one_of_unlike_boxes:
        notes.append(Problem("box-of-speciality", code | {"label": product.presentation.label}, severity="warning"))
    if chosen is None:
        notes.append(Problem("making-not-counted", code | {"name": product.name}, severity="warning"))
    return notes


def _assumed(release: Release) -> str:
    return "propellant-assumed" if release.released.kind == "propellant" else "gas-mass-assumed"


def _lift(rung: int) -> Problem | None:
    """What would lift a line one rung; None on the first."""
    if rung == 1:
        return None
    above = rungs()[rung - 1]
    return Problem("medicine-lift", {"rung": above.number, "needs": above.needs}, severity="note")


def _lift_from_spend(chosen: Candidate | None, products: int) -> Problem | None:
    """What would lift an amount of money: a number of boxes, to the rung they reach where that is better than spend."""
    if chosen is None:
        return None
    order, rung = ranking(products), chosen.rung.number
    if order.index(rung) < order.index(SPEND):
        return Problem("medicine-lift", {"rung": rung, "needs": rungs()[6].needs}, severity="note")
    above = rungs()[rung - 1]
    return Problem("medicine-lift", {"rung": above.number, "needs": above.needs}, severity="note")
