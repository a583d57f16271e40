"""Two footprints side by side, and what makes them differ: amounts, factors, or another way to price medicines."""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from decarb.binding import Binding, ErrorGroups, bind_terms
from decarb.comparison.causes import NOT_REAL, Causes, Effect, Kind, Piece, Side, sum_causes
from decarb.comparison.matching import matched_lines
from decarb.errors import DecarbError
from decarb.footprint import Footprint
from decarb.inventory import LineTerms
from decarb.inventory.lines import entity_of
from decarb.kernels import Exposures
from decarb.medicines import SPEND, thirteen_digits
from decarb.reporting import view
from decarb.uncertainty import Interval
from decarb.uncertainty.analytic import intervals_of_groups

Float64s = NDArray[np.float64]
Int64s = NDArray[np.int64]
Bools = NDArray[np.bool_]

_AT_A_TIME = 1_000_000
"""Lines of both compared together: some tens of megabytes of scratch."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a view in both [kg CO2e]; None where no line reports in it."""

    code: str
    before_kgco2e: float | None
    after_kgco2e: float | None


@dataclass(frozen=True)
class Difference:
    """Two footprints side by side.

    ``effects`` add up to the difference of the totals of BEGES; ``causes`` tell them apart by activity.
    """

    before: Footprint
    after: Footprint
    rows: tuple[Row, ...]
    effects: tuple[Effect, ...]
    causes: Causes

    @cached_property
    def interval(self) -> Interval:
        """95 % interval of the difference, in which the errors that both share cancel as far as they are the same."""
        return _interval(self.before, self.after)

    @property
    def total_kgco2e(self) -> float:
        """After less before."""
        return self.after.total() - self.before.total()

    @property
    def of_method_kgco2e(self) -> float:
        """What of the difference is only another way to count: neither a reduction nor an increase."""
        return math.fsum(effect.emissions_kgco2e for effect in self.effects if effect.kind in NOT_REAL)


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
    it is in the same unit. A flight that one counts with contrails and the other without makes q1 (c2 - c1) by the
    method, and (q2 - q1) c2 by its quantity. Medicines that one counts in euros and the other by code are taken apart
    by the ``spend`` of the coded lines: q2 c2 - s2 r2 is another method, the released gases are counted for the first
    time, and s2 r2 - s1 r1 is what the euros of one cover beyond those of the other.
    """
    alone = all(len(side.inventory.establishments) == 1 for side in (before, after))
    numbers: dict[str, int] = {}
    lines = [_Lines.of(side, _names(side, alone), numbers) for side in (before, after)]
    causes = _causes(lines[0], lines[1])
    return Difference(before, after, tuple(_rows(before, after, view_name)), causes.effects(), causes)


_CONTRAILS = ("", "included", "excluded")
"""What a factor may say of contrails: nothing where it is no flight."""


def _names(footprint: Footprint, alone: bool) -> list[str]:
    """Who each document is of, as the other side knows them: blank if each side has one, with its period if twice."""
    establishments = footprint.inventory.establishments
    entities = [entity_of(establishment) for establishment in establishments]
    times = Counter(entities)
    return [
        "" if alone else entity if times[entity] == 1 else f"{entity} {establishment.start}"
        for entity, establishment in zip(entities, establishments, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class _Lines:
    """Lines of a footprint, and what their pairs and terms are.

    Attributes
    ----------
    names
        Whose each document is.
    totals : array of shape (lines,) [kg CO2e]
        Zero where a line is refused.
    coefficient, released : arrays of shape (pairs,) [kg CO2e per unit]
        Emissions of a pair, and gases that a medicine of it releases.
    rung : array of shape (pairs,)
        Of the ladder of medicines; -1 where the pair is no medicine.
    monetary, unit : arrays of shape (pairs,)
        Whether it is in money, and the number of its unit.
    contrails : array of shape (pairs,)
        Place in ``_CONTRAILS`` of what its factor says of them.
    product : array of shape (terms,)
        Number of a medicine code, whatever its quantity is counted in; -1 for others.
    """

    footprint: Footprint
    names: Sequence[str]
    totals: Float64s
    coefficient: Float64s
    released: Float64s
    rung: Int64s
    monetary: Bools
    unit: Int64s
    contrails: Int64s
    product: Int64s

    @classmethod
    def of(cls, footprint: Footprint, names: Sequence[str], numbers: dict[str, int]) -> "_Lines":
        """Columns of a footprint; `numbers` are what units and products are counted by on both sides."""
        bound = footprint.binding.bound
        codes = [
            -1 if terms.factor or not terms.code_value else _number(numbers, f"code {_digits(terms)}")
            for terms in footprint.inventory.terms
        ]
        return cls(
            footprint,
            names,
            np.nan_to_num(footprint.line_totals()),
            np.array([found.coefficient("beges") if found else 0.0 for found in bound]),
            footprint.released_by_medicines(),
            np.array([-1 if rung is None else rung for rung in footprint.rung_of_pair], dtype=np.int64),
            np.array([found is not None and found.is_monetary for found in bound], dtype=np.bool_),
            np.array([_number(numbers, found.unit.name) if found else -1 for found in bound], dtype=np.int64),
            np.array([_CONTRAILS.index(found.factor.contrails) if found else 0 for found in bound], dtype=np.int64),
            np.array(codes, dtype=np.int64),
        )

    @property
    def pair(self) -> NDArray[np.int32]:
        """Pair of each line."""
        return self.footprint.binding.pair

    def product_of(self, rows: Int64s) -> Int64s:
        """Number of the medicine of lines; -1 where they are none."""
        is_medicine = self.rung[self.pair[rows]] >= 0
        return np.asarray(np.where(is_medicine, self.product[self.footprint.inventory.term[rows]], -1))

    def released_by(self, rows: Int64s) -> Float64s:
        """Gases that medicines release [kg CO2e]."""
        return np.asarray(self.footprint.inventory.quantity[rows] * self.released[self.pair[rows]])

    def by_spend(self, rows: Int64s) -> Float64s:
        """What the ratio of spend makes of medicines [kg CO2e]; nan where it gives no amount."""
        inventory, binding = self.footprint.inventory, self.footprint.binding
        spends = inventory.spends
        made = np.full(len(rows), np.nan)
        if len(spends.line):
            ratios = {code: _ratio(inventory.terms[code], binding) for code in np.unique(spends.term).tolist()}
            place = np.minimum(np.searchsorted(spends.line, rows), len(spends.line) - 1)
            known = spends.line[place] == rows
            ratio = np.array([ratios[code] for code in spends.term[place].tolist()])
            # a credit gives back what was paid
            made = np.where(known, np.copysign(1.0, inventory.quantity[rows]) * ratio * spends.quantity[place], np.nan)
        return np.where(self.rung[self.pair[rows]] == SPEND, self.totals[rows], made)


def _number(numbers: dict[str, int], name: str) -> int:
    return numbers.setdefault(name, len(numbers))


def _digits(terms: LineTerms) -> str:
    return thirteen_digits(terms.code_system, terms.code_value)


def _ratio(terms: LineTerms, binding: Binding) -> float:
    """Emissions of one unit of money [kg CO2e]; nan where it cannot be bound."""
    try:
        return bind_terms(terms, binding.library, binding.gwp_set).coefficient("beges")
    except DecarbError:
        return math.nan


def _causes(before: _Lines, after: _Lines) -> Causes:
    """Take the difference apart, line by line."""
    old, new = matched_lines(before.footprint, before.names, after.footprint, after.names)
    both = [
        (old[start : start + _AT_A_TIME], new[start : start + _AT_A_TIME]) for start in range(0, len(old), _AT_A_TIME)
    ]
    sides = Side(before.footprint, before.totals), Side(after.footprint, after.totals)
    of_both = (piece for rows in both for piece in _of_both(before, rows[0], after, rows[1]))
    return sum_causes(*sides, both, chain(of_both, _of_one(before, old, after, new)))


def _of_one(before: _Lines, old: Int64s, after: _Lines, new: Int64s) -> Iterator[Piece]:
    """Causes of the lines that one side alone has, beside those of both."""
    left = [_others(side, rows) for side, rows in ((before, old), (after, new))]
    medicines = [side.rung[side.pair[rows]] >= 0 for side, rows in zip((before, after), left, strict=True)]
    in_euros = [
        bool((side.rung[side.pair[rows[mask]]] == SPEND).all())
        for side, rows, mask in zip((before, after), left, medicines, strict=True)
    ]
    apart = all(mask.any() for mask in medicines) and in_euros[0] != in_euros[1]
    for sign, side, rows, mask in zip((-1, 1), (before, after), left, medicines, strict=True):
        if apart:
            yield from _of_medicines(side, rows[mask], sign)
        rest = rows[~mask] if apart else rows
        yield _alone(rest, sign, side.totals[rest])


def _others(side: _Lines, rows: Int64s) -> Int64s:
    """Bound lines that are not among some."""
    others = side.footprint.binding.computed.copy()
    others[rows] = False
    return np.flatnonzero(others)


def _of_both(before: _Lines, old: Int64s, after: _Lines, new: Int64s) -> Iterator[Piece]:
    """Causes of lines of both; another product under the same name takes the place of the first."""
    change = after.totals[new] - before.totals[old]
    pairs = before.pair[old], after.pair[new]
    products = before.product_of(old), after.product_of(new)
    replaced = (products[0] >= 0) & (products[1] >= 0) & (products[0] != products[1])
    yield Piece("ended", -before.totals[old[replaced]], old[replaced], None)
    yield Piece("new", after.totals[new[replaced]], None, new[replaced])

    same_unit = before.unit[pairs[0]] == after.unit[pairs[1]]
    contrails = before.contrails[pairs[0]], after.contrails[pairs[1]]
    toggled = (contrails[0] != contrails[1]) & (contrails[0] > 0) & (contrails[1] > 0)
    otherwise = before.monetary[pairs[0]] != after.monetary[pairs[1]]
    otherwise |= before.rung[pairs[0]] != after.rung[pairs[1]]
    otherwise |= toggled & ~same_unit
    otherwise &= ~replaced
    released = after.released_by(new[otherwise]) - before.released_by(old[otherwise])
    yield Piece("released", released, old[otherwise], new[otherwise])
    yield Piece("method", change[otherwise] - released, old[otherwise], new[otherwise])

    toggled &= ~replaced & ~otherwise
    quantities = before.footprint.inventory.quantity, after.footprint.inventory.quantity
    recounted = quantities[0][old[toggled]] * after.coefficient[pairs[1][toggled]] - before.totals[old[toggled]]
    yield Piece("method", recounted, old[toggled], new[toggled])
    yield Piece("quantities", change[toggled] - recounted, old[toggled], new[toggled])

    same_kind = ~replaced & ~otherwise & ~toggled
    old, new, change = old[same_kind], new[same_kind], change[same_kind]
    more = (quantities[1][new] - quantities[0][old]) * before.coefficient[pairs[0][same_kind]]
    by_quantity = np.where(same_unit[same_kind], more, 0.0)
    yield Piece("quantities", by_quantity, old, new)
    yield Piece("factors", change - by_quantity, old, new)


def _of_medicines(side: _Lines, rows: Int64s, sign: int) -> Iterator[Piece]:
    """Causes of the medicines of one side: released gases, method where an amount is known, the rest as coverage."""
    released = side.released_by(rows)
    made = side.totals[rows] - released
    by_spend = side.by_spend(rows)
    known = ~np.isnan(by_spend)
    yield _alone(rows, sign, released, "released")
    yield _alone(rows[~known], sign, made[~known])
    yield _alone(rows[known], sign, (made - by_spend)[known], "method")
    yield _alone(rows[known], sign, by_spend[known], "coverage")


def _alone(rows: Int64s, sign: int, amounts: Float64s, kind: Kind | None = None) -> Piece:
    """Causes of lines of one side: the one before, below zero, if `sign` is."""
    before, after = (None, rows) if sign > 0 else (rows, None)
    return Piece(kind or ("new" if sign > 0 else "ended"), sign * amounts, before, after)


def _rows(before: Footprint, after: Footprint, view_name: str) -> Iterator[Row]:
    totals = [np.nansum(side.row_totals(view_name), axis=0) for side in (before, after)]
    known = [np.isfinite(side.row_totals(view_name)).sum(axis=0) > 0 for side in (before, after)]
    for number, row in enumerate(view(view_name).rows):
        if known[0][number] or known[1][number]:
            amounts = (float(t[number]) if k[number] else None for t, k in zip(totals, known, strict=True))
            yield Row(row.code, *amounts)


def _interval(before: Footprint, after: Footprint) -> Interval:
    """95 % interval of the difference: an error group that both have is one error, and so is a product of both."""
    groups: dict[str, int] = {}
    products: dict[tuple[int, str], int] = {}
    sigmas: list[float] = []
    own_sigmas: list[float] = []
    of_group: list[NDArray[np.int64]] = []
    of_product: list[NDArray[np.int64]] = []
    for side in (before, after):
        errors = side.binding.error_groups
        for name, sigma in zip(errors.names, errors.sigma.tolist(), strict=True):
            if groups.setdefault(name, len(groups)) == len(sigmas):
                sigmas.append(0.0)
            sigmas[groups[name]] = max(sigmas[groups[name]], sigma)
        of_group.append(np.array([groups[name] for name in errors.names], dtype=np.int64)[errors.of_pair])
        product = []
        named = zip(errors.products, errors.product_group.tolist(), errors.product_sigma.tolist(), strict=True)
        for number, (name, group, own) in enumerate(named):
            # what has no error of its own is by itself, on its side
            key = (groups[errors.names[group]], name if own else f"{len(of_product)} {number}")
            if products.setdefault(key, len(products)) == len(own_sigmas):
                own_sigmas.append(own)
            product.append(products[key])
        of_product.append(np.array(product, dtype=np.int64)[errors.product])
    group_of_product = np.zeros(len(own_sigmas), dtype=np.int32)
    for product_of, group_of in zip(of_product, of_group, strict=True):
        group_of_product[product_of] = group_of
    errors = ErrorGroups(
        tuple(groups),
        np.concatenate(of_group).astype(np.int32),
        np.array(sigmas),
        np.concatenate(of_product).astype(np.int32),
        tuple(f"{group} {name}" for group, name in products),
        group_of_product,
        np.array(own_sigmas),
    )
    low, high = intervals_of_groups(_together(before, after), _signed_coefficients(before, after), errors)
    return Interval(float(low[0]), float(high[0]))


def _together(before: Footprint, after: Footprint) -> Exposures:
    """Exposures of both as one group; the pairs of the second come after those of the first."""
    sides = before.exposures_together, after.exposures_together
    pair = np.concatenate((sides[0].pair, sides[1].pair + np.int32(len(before.binding.bound))))
    columns = [
        np.concatenate([getattr(side, name) for side in sides]) for name in ("quantity", "mean", "second", "third")
    ]
    return Exposures(np.array([0, len(pair)]), pair, *columns)


def _signed_coefficients(before: Footprint, after: Footprint) -> Float64s:
    """Emissions of one unit of each pair [kg CO2e]: below zero, what goes."""
    return np.array(
        [
            sign * found.coefficient("beges") if found else 0.0
            for sign, side in ((-1, before), (1, after))
            for found in side.binding.bound
        ]
    )
