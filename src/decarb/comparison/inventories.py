"""Two footprints side by side, and what makes them differ: amounts, factors, or another way to price medicines."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from decarb.binding import BoundTerms, bind_terms
from decarb.errors import DecarbError
from decarb.footprint import Footprint
from decarb.inventory import SECTIONS
from decarb.inventory.lines import entity_of
from decarb.medicines import SPEND, thirteen_digits
from decarb.reporting import view
from decarb.uncertainty import Interval, interval_of_sum

Kind = Literal["quantities", "factors", "method", "released", "coverage", "ended", "new"]


@dataclass(frozen=True, slots=True)
class Effect:
    """What one cause makes of the difference [kg CO2e].

    ``kind`` is one of

    - ``quantities``: lines of the same name, by what they use more or less;
    - ``factors``: the same lines, by another factor for the same kind of data;
    - ``method``: data of another kind (euros before, quantities after; another rung of the ladder of medicines):
      no reduction, and no increase, of anything that is emitted;
    - ``released``: gases that medicines release, which euros do not show;
    - ``coverage``: euros of medicines that one of the two does not count;
    - ``ended``, ``new``: lines that one of the two alone has.
    """

    kind: Kind
    emissions_kgco2e: float
    lines: int


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a view in both [kg CO2e]; None where no line reports in it."""

    code: str
    before_kgco2e: float | None
    after_kgco2e: float | None


@dataclass(frozen=True, slots=True)
class Difference:
    """Two footprints side by side.

    ``effects`` add up to the difference of the totals of BEGES; ``interval`` is that of the difference, in which the
    errors that both share cancel as far as they are the same.
    """

    before: Footprint
    after: Footprint
    rows: tuple[Row, ...]
    effects: tuple[Effect, ...]
    interval: Interval

    @property
    def total_kgco2e(self) -> float:
        """After less before."""
        return self.after.total() - self.before.total()

    @property
    def of_method_kgco2e(self) -> float:
        """What of the difference is only another way to count: neither a reduction nor an increase."""
        return math.fsum(effect.emissions_kgco2e for effect in self.effects if effect.kind in _NOT_REAL)


_NOT_REAL = ("method", "released", "coverage")


def compare_inventories(before: Footprint, after: Footprint, view_name: str = "beges") -> Difference:
    """Put two footprints side by side and take their difference apart.

    Parameters
    ----------
    before, after
        Of the same establishment, by two ways of counting or of two years.
    view_name
        View of the rows; effects and interval are of BEGES.

    Notes
    -----
    A line of both (same section and id) makes (q2 - q1) c1 by its quantity and q2 (c2 - c1) by its coefficient, where
    it is in the same unit. Medicines that one counts in euros and the other by code are taken apart by the ``spend``
    of the coded lines: q2 c2 - s2 r2 is another method, the released gases are counted for the first time, and
    s2 r2 - s1 r1 is what the euros of one cover beyond those of the other.
    """
    alone = all(len(side.inventory.establishments) == 1 for side in (before, after))
    lines = _Lines(before, _names(before, alone)), _Lines(after, _names(after, alone))
    effects = _Effects()
    matched = lines[0].row_of.keys() & lines[1].row_of.keys()
    for key in (key for key in lines[0].row_of if key in matched):
        _compare_line(lines[0], lines[0].row_of[key], lines[1], lines[1].row_of[key], effects)
    left = [[row for key, row in side.row_of.items() if key not in matched] for side in lines]
    medicines = [[row for row in rows if side.is_medicine(row)] for side, rows in zip(lines, left, strict=True)]
    others = [[row for row in rows if not side.is_medicine(row)] for side, rows in zip(lines, left, strict=True)]
    if all(medicines) and _priced_otherwise(lines, medicines):
        for sign, side, rows in zip((-1, 1), lines, medicines, strict=True):
            _compare_medicines(side, rows, sign, effects)
    else:
        others = [[*some, *more] for some, more in zip(others, medicines, strict=True)]
    for row in others[0]:
        effects.add("ended", -lines[0].emissions(row))
    for row in others[1]:
        effects.add("new", lines[1].emissions(row))
    return Difference(
        before, after, tuple(_rows(before, after, view_name)), effects.found(), _interval(lines[0], lines[1])
    )


_ROUNDING = 1e-12
"""Of the largest change of a line: below it is the rounding of sums."""


def _names(footprint: Footprint, alone: bool) -> list[str]:
    """Who each document is of, as the other side knows them: blank if each side has one, with its period if twice."""
    establishments = footprint.inventory.establishments
    entities = [entity_of(establishment) for establishment in establishments]
    times = Counter(entities)
    return [
        "" if alone else entity if times[entity] == 1 else f"{entity} {establishment.start}"
        for entity, establishment in zip(entities, establishments, strict=True)
    ]


class _Lines:
    """Lines of a footprint by section and id, as far as they are bound."""

    def __init__(self, footprint: Footprint, names: Sequence[str]) -> None:
        self.footprint = footprint
        self.totals = np.nan_to_num(footprint.line_totals())
        self._released = footprint.released_by_medicines()
        inventory = footprint.inventory
        self.row_of = {
            (SECTIONS[inventory.section[row]], line_id, names[int(inventory.establishment[row])]): row
            for row, line_id in enumerate(inventory.ids)
            if footprint.binding.of_line(row) is not None
        }

    def bound(self, row: int) -> BoundTerms:
        found = self.footprint.binding.of_line(row)
        assert found is not None
        return found

    def emissions(self, row: int) -> float:
        return float(self.totals[row])

    def quantity(self, row: int) -> float:
        return float(self.footprint.inventory.quantity[row])

    def kind_of_data(self, row: int) -> tuple[bool, int | None]:
        """Whether a line is in money, and its rung where it is a medicine."""
        found = self.bound(row)
        return found.is_monetary, self.rung(row)

    def product(self, row: int) -> str:
        """Code of a medicine, whatever its quantity is counted in; blank for other lines."""
        inventory = self.footprint.inventory
        terms = inventory.terms[inventory.term[row]]
        coded = self.is_medicine(row) and not terms.factor
        return thirteen_digits(terms.code_system, terms.code_value) if coded else ""

    def rung(self, row: int) -> int | None:
        return self.footprint.rung_of_pair[int(self.footprint.binding.pair[row])]

    def is_medicine(self, row: int) -> bool:
        return self.rung(row) is not None

    def released(self, row: int) -> float:
        """Gases that a medicine releases [kg CO2e]."""
        return self.quantity(row) * float(self._released[int(self.footprint.binding.pair[row])])

    def by_spend(self, row: int) -> float | None:
        """What the ratio of spend makes of a line [kg CO2e]; None where it gives no amount."""
        if self.rung(row) == SPEND:
            return self.emissions(row)
        inventory, binding = self.footprint.inventory, self.footprint.binding
        spend = inventory.spends.of(row)
        if spend is None:
            return None
        sign = math.copysign(1.0, self.quantity(row))  # a credit gives back what was paid
        try:
            found = bind_terms(inventory.terms[spend[0]], binding.library, binding.gwp_set)
        except DecarbError:
            return None
        return sign * found.coefficient("beges") * spend[1]


class _Effects:
    """Effects as they are found."""

    def __init__(self) -> None:
        self._amounts: dict[Kind, list[float]] = {}

    def add(self, kind: Kind, emissions_kgco2e: float) -> None:
        self._amounts.setdefault(kind, []).append(emissions_kgco2e)

    def found(self) -> tuple[Effect, ...]:
        """Effects with something in them, the largest first; what rounding leaves of a line is no effect."""
        largest = max((abs(amount) for amounts in self._amounts.values() for amount in amounts), default=0.0)
        effects = []
        for kind, amounts in self._amounts.items():
            lines = sum(1 for amount in amounts if abs(amount) > _ROUNDING * largest)
            if lines:
                effects.append(Effect(kind, math.fsum(amounts), lines))
        return tuple(sorted(effects, key=lambda effect: -abs(effect.emissions_kgco2e)))


def _compare_line(before: _Lines, old: int, after: _Lines, new: int, effects: _Effects) -> None:
    """Effects of a line of both; another product under the same name takes the place of the first."""
    products = before.product(old), after.product(new)
    if all(products) and products[0] != products[1]:
        effects.add("ended", -before.emissions(old))
        effects.add("new", after.emissions(new))
        return
    change = after.emissions(new) - before.emissions(old)
    if before.kind_of_data(old) != after.kind_of_data(new):
        released = after.released(new) - before.released(old)
        effects.add("released", released)
        effects.add("method", change - released)
        return
    if before.bound(old).unit.name != after.bound(new).unit.name:
        effects.add("factors", change)
        return
    by_quantity = (after.quantity(new) - before.quantity(old)) * before.bound(old).coefficient("beges")
    effects.add("quantities", by_quantity)
    effects.add("factors", change - by_quantity)


def _priced_otherwise(lines: tuple[_Lines, _Lines], medicines: list[list[int]]) -> bool:
    """Whether one side counts medicines in euros and the other by code."""
    in_euros = [all(side.rung(row) == SPEND for row in rows) for side, rows in zip(lines, medicines, strict=True)]
    return in_euros[0] != in_euros[1]


def _compare_medicines(side: _Lines, rows: Iterable[int], sign: int, effects: _Effects) -> None:
    """Effects of the medicines of one side: released gases, method where an amount is known, the rest as coverage."""
    for row in rows:
        released = side.released(row)
        made = side.emissions(row) - released
        by_spend = side.by_spend(row)
        effects.add("released", sign * released)
        if by_spend is None:
            effects.add("new" if sign > 0 else "ended", sign * made)
        else:
            effects.add("method", sign * (made - by_spend))
            effects.add("coverage", sign * by_spend)


def _rows(before: Footprint, after: Footprint, view_name: str) -> Iterator[Row]:
    totals = [np.nansum(side.row_totals(view_name), axis=0) for side in (before, after)]
    known = [np.isfinite(side.row_totals(view_name)).sum(axis=0) > 0 for side in (before, after)]
    for number, row in enumerate(view(view_name).rows):
        if known[0][number] or known[1][number]:
            amounts = (float(t[number]) if k[number] else None for t, k in zip(totals, known, strict=True))
            yield Row(row.code, *amounts)


def _interval(before: _Lines, after: _Lines) -> Interval:
    """95 % interval of the difference: an error group that both have is one error, and so is a product of both."""
    groups: dict[str, int] = {}
    products: dict[tuple[int, str], int] = {}
    sigmas: list[float] = []
    own_sigmas: list[float] = []
    columns: list[tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]] = []
    for sign, side in ((-1, before), (1, after)):
        binding = side.footprint.binding
        errors = binding.error_groups
        for name, sigma in zip(errors.names, errors.sigma.tolist(), strict=True):
            if groups.setdefault(name, len(groups)) == len(sigmas):
                sigmas.append(0.0)
            sigmas[groups[name]] = max(sigmas[groups[name]], sigma)
        group = np.array([groups[name] for name in errors.names], dtype=np.int64)[errors.of_pair]
        product = []
        named = zip(errors.products, errors.product_group.tolist(), errors.product_sigma.tolist(), strict=True)
        for name, of_product, own in named:
            key = (groups[errors.names[of_product]], name if own else "")
            if products.setdefault(key, len(products)) == len(own_sigmas):
                own_sigmas.append(own)
            product.append(products[key])
        pair = binding.pair
        of_line = np.array(product, dtype=np.int64)[errors.product[pair]]
        columns.append((sign * side.totals, side.footprint.activity_sigma, group[pair], of_line))
    amounts, activity_sigma, group, product_of_line = (np.concatenate(parts) for parts in zip(*columns, strict=True))
    return interval_of_sum(amounts, activity_sigma, group, np.array(sigmas), product_of_line, np.array(own_sigmas))
