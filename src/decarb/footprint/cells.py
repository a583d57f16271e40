"""The footprint: cells of establishment x (rule, timing) x gas, and the readings of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from decarb.binding import Binding, BoundTerms
from decarb.errors import Problem
from decarb.factors import FactorLibrary
from decarb.footprint.by_activity import ACTIVITIES, ByActivity, add_by_activity
from decarb.footprint.exposing import activity_sigma, expose_establishments, expose_together
from decarb.inventory import SECTIONS, Inventory
from decarb.kernels import Exposures
from decarb.kernels.numpy_path import CHUNK_LINES
from decarb.medicines import SPEND
from decarb.quality import Z_97_5
from decarb.reporting import GASES, MEMO_GASES, TOTAL_GASES, Rule, View, view
from decarb.units import conversion_factor

if TYPE_CHECKING:
    import pandas as pd

_ENERGY_ACTIVITIES = (
    "stationary_fuel",
    "stationary_biofuel",
    "heat_network",
    "cooling_network",
    "electricity",
)


@dataclass(frozen=True, repr=False)
class Footprint:
    """Emissions of one or many establishments.

    Attributes
    ----------
    binding
        The lines with their factors, refusals and warnings.
    cells : array of shape (establishments, keys, gases) [kg CO2e]
        Sums per (rule, timing) and gas; keys are ``binding.keys``, gases ``decarb.reporting.GASES``.
    present : array of the same shape
        Cells that some line contributed to; elsewhere the value is unknown, not zero.
    """

    binding: Binding
    cells: NDArray[np.float64]
    present: NDArray[np.bool_]

    def __repr__(self) -> str:
        """Total, and how much it rests on."""
        partial = ", partial" if self.is_partial else ""
        return f"<Footprint {self.total() / 1000:.1f} t CO2e, {self.coverage['computed']} lines{partial}>"

    @property
    def inventory(self) -> Inventory:
        """The lines that were computed."""
        return self.binding.inventory

    @property
    def library(self) -> FactorLibrary:
        """The factors used."""
        return self.binding.library

    @property
    def gwp_set(self) -> str:
        """What mass of gas released was multiplied by."""
        return self.binding.gwp_set

    @property
    def is_partial(self) -> bool:
        """Whether lines or whole documents were refused, by the reader or by binding, and left out."""
        return bool(self.binding.refusals or self.inventory.set_aside or self.inventory.refused_documents)

    def rows(self, name: str = "beges") -> NDArray[np.float64]:
        """Emissions per row of a view.

        Parameters
        ----------
        name
            ``beges``, ``ghg-protocol`` or ``iso``.

        Returns
        -------
        array of shape (establishments, rows, gases) [kg CO2e]
            nan where no line contributed: unknown, not zero. Kept for the next reader: do not write to it.
        """
        if name not in self._rows_by_view:
            self._rows_by_view[name] = rows_of_view(self.cells, self.present, self.binding.keys, name)
        return self._rows_by_view[name]

    @cached_property
    def _rows_by_view(self) -> dict[str, NDArray[np.float64]]:
        return {}

    def row_totals(self, name: str = "beges") -> NDArray[np.float64]:
        """Totals per row of a view, of shape (establishments, rows) [kg CO2e]; nan where no line is."""
        rows = self.rows(name)
        sums = _add_in_order(np.nan_to_num(rows[:, :, : len(TOTAL_GASES)]))
        return np.where(np.isnan(rows).all(axis=2), np.nan, sums)

    def totals(self, name: str = "beges") -> NDArray[np.float64]:
        """Totals of a view per establishment, of shape (establishments,) [kg CO2e]."""
        return _add_in_order(np.nan_to_num(self.row_totals(name)))

    def total(self, name: str = "beges") -> float:
        """Total of a view over all establishments [kg CO2e]; memo columns are not in it."""
        return float(sum(self.totals(name).tolist()))

    def by_post(self) -> "pd.DataFrame":
        """BEGES-R v5 posts x gases [kg CO2e], with ``total`` and the memo columns.

        A post that no line contributes to, and a gas that no factor of the post tells apart, is nan.
        """
        return self.by_row("beges")

    def by_row(self, name: str = "beges") -> "pd.DataFrame":
        """Return the rows of a view x gases [kg CO2e]; several establishments add a level to the index."""
        import pandas as pd

        chosen: View = view(name)
        values, totals = self.rows(name), self.row_totals(name)
        frames = []
        for number, _establishment in enumerate(self.inventory.establishments):
            frame = pd.DataFrame(values[number], columns=[gas.gas for gas in GASES])
            frame.insert(len(TOTAL_GASES), "total", totals[number])
            frame.index = pd.Index([row.code for row in chosen.rows], name="post" if name == "beges" else "row")
            frames.append(frame)
        if len(frames) == 1:
            return frames[0]
        keys = [f"{e.name} {e.year}" for e in self.inventory.establishments]
        return pd.concat(frames, keys=keys, names=["establishment"])

    def line_totals(self, timing: str = "beges", lines: NDArray[np.bool_] | None = None) -> NDArray[np.float64]:
        """Emissions of each line, or of some, of shape (lines,) [kg CO2e]; nan where refused."""
        chosen = slice(None) if lines is None else lines
        coefficients = self._coefficients(timing)[self.binding.pair[chosen]]
        return np.asarray(self.inventory.quantity[chosen] * coefficients)

    def _coefficients(self, timing: str) -> NDArray[np.float64]:
        """Emissions of one unit of each pair [kg CO2e]; nan where refused."""
        if timing not in self._coefficients_by_timing:
            found = np.array([bound.coefficient(timing) if bound else np.nan for bound in self.binding.bound])
            self._coefficients_by_timing[timing] = found
        return self._coefficients_by_timing[timing]

    @cached_property
    def _coefficients_by_timing(self) -> dict[str, NDArray[np.float64]]:
        """Those that were asked for before."""
        return {}

    def lines(self) -> "pd.DataFrame":
        """One row per line: quantity, factor, source, control, emissions [kg CO2e] and split by post."""
        import pandas as pd

        return pd.DataFrame(list(self.line_records()))

    def line_records(self) -> Iterator[dict[str, Any]]:
        """Rows of ``lines()`` as dictionaries; a refused line has no emissions, not zero."""
        inventory = self.inventory
        totals, ghg = self.line_totals("beges").tolist(), self.line_totals("ghg").tolist()
        gsd2 = self.line_gsd2.tolist()
        splits = [found.split(view("beges")) if found else {} for found in self.binding.bound]
        memos = [{gas: found.memo(gas) if found else None for gas in MEMO_GASES} for found in self.binding.bound]
        posts = sorted({post for split in splits for post in split})
        for line, line_id in enumerate(inventory.ids):
            found = self.binding.of_line(line)
            terms = inventory.terms[inventory.term[line]]
            quantity = float(inventory.quantity[line])
            record: dict[str, Any] = {
                "establishment": inventory.establishments[inventory.establishment[line]].name,
                "section": SECTIONS[inventory.section[line]],
                "line": line_id,
                "quantity": quantity,
                "unit": terms.unit,
                "basis": " ".join(found.unit.bases) if found else terms.basis,
                "reference": terms.factor or f"{terms.code_system} {terms.code_value}",
                "factor": found.factor.id if found else None,
                "factor_unit": found.factor.unit.name if found else None,
                "factor_basis": " ".join(found.factor.unit.bases) if found else None,
                "source": found.factor.source if found else None,
                "source_id": found.factor.source_id if found else None,
                "factor_quantity": quantity * found.multiplier if found else None,
                "activity": found.activity if found else None,
                "operated": found.operated if found else None,
                "paid": found.paid if found else None,
                "tenure": found.tenure if found else None,
                "monetary": found.is_monetary if found else None,
                "rung": self.rung_of_pair[self.binding.pair[line]] or None,
                "gsd2": gsd2[line] if found else None,
                "retroceded": terms.retroceded,
                "status": "computed" if found else "refused",
                "emissions_kgco2e": totals[line] if found else None,
                "ghg_protocol_kgco2e": ghg[line] if found else None,
                **{
                    f"{gas}_kgco2e": None if amount is None else quantity * amount
                    for gas, amount in memos[self.binding.pair[line]].items()
                },
            }
            split = splits[self.binding.pair[line]]
            for post in posts:
                record[f"post_{post}"] = quantity * split[post] if post in split else None
            yield record

    @cached_property
    def gap_kgco2e(self) -> float:
        """What the sources publish beyond the sum of their parts [kg CO2e], over all lines."""
        gaps = np.array([found.gap if found else 0.0 for found in self.binding.bound])
        return float(np.sum(self._quantity_of_pairs() * gaps))

    @cached_property
    def monetary_share(self) -> float | None:
        """Share of the total that rests on amounts of money; None if the total is zero."""
        monetary = np.array([bool(found and found.is_monetary) for found in self.binding.bound], dtype=np.bool_)
        return self._share(np.where(monetary, np.abs(np.nan_to_num(self._coefficients("beges"))), 0.0))

    @cached_property
    def share_not_restated(self) -> float | None:
        """Share of the total that keeps the GWP set its factors were published with; None if the total is zero.

        It is what has no split by gas, and the gases whose published set is unknown (docs/method.md, Factors).
        """
        kept = np.array([found.not_restated if found else 0.0 for found in self.binding.bound])
        return self._share(kept)

    def _share(self, coefficients: NDArray[np.float64]) -> float | None:
        """Share that these emissions of one unit of each pair [kg CO2e] are of the absolute emissions of all lines."""
        absolute = np.abs(self._quantity_of_pairs(negative=True)) + self._quantity_of_pairs(negative=False)
        whole = float(absolute @ np.abs(np.nan_to_num(self._coefficients("beges"))))
        return float(absolute @ coefficients) / whole if whole else None

    def _quantity_of_pairs(self, negative: bool | None = None) -> NDArray[np.float64]:
        """Sum of the quantities of each pair, of shape (pairs,), in the line's unit; of one sign, or of both."""
        low, high = (0.0 if negative is False else -np.inf), (0.0 if negative else np.inf)
        sums = np.zeros(len(self.binding.bound))
        for lines in _chunks(len(self.inventory)):
            quantity = np.clip(self.inventory.quantity[lines], low, high)
            sums += np.bincount(self.binding.pair[lines], quantity, len(sums))
        return sums

    @cached_property
    def activity_sigma(self) -> NDArray[np.float64]:
        """Sigma of the logarithm of each quantity, of shape (lines,)."""
        return activity_sigma(self.inventory.activity_gsd2)

    @cached_property
    def line_gsd2(self) -> NDArray[np.float64]:
        """Ratio of the 97.5 % quantile of each line's emissions to their median, of shape (lines,)."""
        errors = self.binding.error_groups
        of_pair = np.hypot(errors.sigma[errors.of_pair], errors.own_sigma)
        return np.asarray(np.exp(Z_97_5 * np.hypot(self.activity_sigma, of_pair[self.binding.pair])))

    @cached_property
    def exposures(self) -> Exposures:
        """Lines collapsed to establishment x pair, with what uncertainty needs of them: ``decarb.kernels.expose``."""
        return expose_establishments(self.binding, self.activity_sigma)

    @cached_property
    def exposures_together(self) -> Exposures:
        """As ``exposures``, of all establishments as one: a nation's own take a hundred megabytes."""
        return expose_together(self.binding)

    @cached_property
    def retroceded_lines(self) -> int:
        """How many lines are medicines dispensed to outpatients."""
        flagged = np.array([terms.retroceded for terms in self.inventory.terms], dtype=np.bool_)
        return int(np.count_nonzero(flagged[self.inventory.term]))

    @cached_property
    def rung_of_pair(self) -> tuple[int | None, ...]:
        """Rung of the ladder of medicines that each pair stands on; None where it is no medicine, or refused.

        A medicine bought by the euro under a spend ratio stands on the rung of spend, with or without its code.
        """
        return tuple(_rung(found) for found in self.binding.bound)

    def released_by_medicines(self) -> NDArray[np.float64]:
        """Gases that one unit of each pair releases [kg CO2e], as BEGES counts it; zero but of medicines by code."""
        return np.array([_released(found) for found in self.binding.bound], dtype=np.float64)

    @cached_property
    def activity_of_pair(self) -> NDArray[np.int64]:
        """Place of each pair's activity in ``by_activity.ACTIVITIES``; past the last where it is refused."""
        place = {activity: number for number, activity in enumerate(ACTIVITIES)}
        return np.array(
            [place[found.activity] if found else len(place) for found in self.binding.bound], dtype=np.int64
        )

    @cached_property
    def by_activity(self) -> ByActivity:
        """Emissions and numbers of lines by establishment and activity, as BEGES counts them."""
        inventory = self.inventory
        return add_by_activity(
            inventory.establishment,
            self.activity_of_pair,
            self.binding.pair,
            inventory.quantity,
            self._coefficients("beges"),
            len(inventory.establishments),
        )

    @cached_property
    def coverage(self) -> dict[str, Any]:
        """How many lines were given and computed, and which sections hold nothing."""
        inventory = self.inventory
        computed = int(np.count_nonzero(self.binding.computed))
        used = {SECTIONS[code] for code in np.flatnonzero(np.bincount(inventory.section, minlength=len(SECTIONS)))}
        given = len(inventory) + len({(problem.file, problem.pointer_to_line) for problem in inventory.set_aside})
        return {
            "lines": given,
            "computed": computed,
            "refused": given - computed,
            "refused_documents": inventory.refused_documents,
            "sections_with_lines": [name for name in SECTIONS if name in used],
            "sections_without_lines": [name for name in SECTIONS if name not in used],
        }

    @cached_property
    def intensities(self) -> dict[str, float]:
        """Total per bed, hospital day, stay, m2 and FTE [kg CO2e]; several establishments only where all say."""
        establishments = self.inventory.establishments
        names = set.intersection(*(set(e.denominators) for e in establishments))
        total = self.total()
        return {
            name: total / sum(e.denominators[name] for e in establishments)
            for name in ("bed", "hospital_day", "stay", "m2", "fte")
            if name in names
        }

    def energy_kwh(self) -> NDArray[np.float64]:
        """Energy bought in units of energy, of shape (establishments,) [kWh]; litres and tonnes are not in it."""
        per_unit = [
            conversion_factor(found.unit.name, "kWh") or 0.0 if found and found.activity in _ENERGY_ACTIVITIES else 0.0
            for found in self.binding.bound
        ]
        of_pair = np.array(per_unit)
        sums = np.zeros(len(self.inventory.establishments))
        for lines in _chunks(len(self.inventory)):
            energy = self.inventory.quantity[lines] * of_pair[self.binding.pair[lines]]
            sums += np.bincount(self.inventory.establishment[lines], energy, len(sums))
        return sums

    @cached_property
    def warnings(self) -> tuple[Problem, ...]:
        """Everything the reader should know: stale or proxy factors, assumptions, implausible intensities."""
        from decarb.footprint.checks import (
            contradictions,
            goods_among_assets,
            implausible_energy,
            medicines_counted_twice,
        )

        found = (
            *implausible_energy(self),
            *contradictions(self),
            *goods_among_assets(self),
            *medicines_counted_twice(self),
        )
        return (*self.inventory.warnings, *self.binding.warnings, *found)

    def differences(self) -> list[dict[str, Any]]:
        """Lines that the GHG Protocol books otherwise than BEGES and ISO, and by how much [kg CO2e]."""
        inventory = self.inventory
        return [
            {
                "establishment": inventory.establishments[inventory.establishment[line]].name,
                "line": inventory.ids[line],
                "beges_kgco2e": beges,
                "ghg_protocol_kgco2e": ghg,
                "difference_kgco2e": ghg - beges,
                "reason": "asset-timing",
            }
            for line, beges, ghg in zip(*(column.tolist() for column in self.booked_otherwise), strict=True)
        ]

    @cached_property
    def booked_otherwise(self) -> tuple[NDArray[np.intp], NDArray[np.float64], NDArray[np.float64]]:
        """Lines that the GHG Protocol books otherwise than BEGES, and their emissions in both [kg CO2e]."""
        pair = self.binding.pair
        beges, ghg = self._coefficients("beges"), self._coefficients("ghg")
        differs = np.nan_to_num(beges) != np.nan_to_num(ghg)
        lines = np.flatnonzero(differs[pair] & (self.inventory.quantity != 0))
        quantity = self.inventory.quantity[lines]
        return lines, quantity * beges[pair[lines]], quantity * ghg[pair[lines]]

    def crosswalk(self) -> list[dict[str, Any]]:
        """Emissions by BEGES post, GHG Protocol category and ISO category, with the booking that reads them."""
        sums: dict[tuple[str, str, str, str], float] = {}
        gases = _add_in_order(self.cells[:, :, : len(TOTAL_GASES)])
        for number, (rule, timing) in enumerate(self.binding.keys):
            key = (rule.beges_post, rule.ghg_category, view("iso").code(rule), timing)
            sums[key] = sums.get(key, 0.0) + float(sum(gases[:, number].tolist()))
        names = ("beges_post", "ghg_category", "iso_category", "timing")
        return [dict(zip(names, key, strict=True)) | {"kgco2e": value} for key, value in sorted(sums.items())]

    def market_based_memo(self) -> float | None:
        """Electricity of scope 2 with the contracts' factors [kg CO2e]; None if no line gives one.

        Lines without a contract's factor keep their location-based value.
        """
        ghg = view("ghg-protocol")
        location = [found.split(ghg).get("2.1") if found else None for found in self.binding.bound]
        contracts = [found.market_based if found else None for found in self.binding.bound]
        in_scope = [contract for contract, here in zip(contracts, location, strict=True) if here is not None]
        if all(contract is None for contract in in_scope):
            return None
        taken = [
            0.0 if here is None else here if contract is None else contract
            for contract, here in zip(contracts, location, strict=True)
        ]
        return float(np.sum(self._quantity_of_pairs() * np.array(taken)))


def rows_of_view(
    cells: NDArray[np.float64], present: NDArray[np.bool_], keys: Sequence[tuple[Rule, str]], name: str
) -> NDArray[np.float64]:
    """Cells of (rule, timing) as rows of a view, of shape (establishments, rows, gases) [kg CO2e]; nan where none."""
    chosen = view(name)
    index = {row.code: number for number, row in enumerate(chosen.rows)}
    sums = np.zeros((len(cells), len(chosen.rows), len(GASES)))
    known = np.zeros(sums.shape, dtype=np.bool_)
    for number, (rule, timing) in enumerate(keys):
        if timing in ("both", chosen.timing):
            row = index[chosen.code(rule)]
            sums[:, row] += cells[:, number]
            known[:, row] |= present[:, number]
    return np.where(known, sums, np.nan)


def _rung(found: BoundTerms | None) -> int | None:
    if found is None:
        return None
    if found.priced:
        return found.priced.rung
    return SPEND if found.activity == "medicines" and found.is_monetary else None


def _released(found: BoundTerms | None) -> float:
    if found is None or found.priced is None:
        return 0.0
    return found.multiplier * sum(
        bound.part.total * bound.share("beges") for bound in found.parts if bound.part.activity
    )


def _chunks(lines: int) -> Iterator[slice]:
    """Lines some at a time, so that what is made of them stays small."""
    return (slice(start, start + CHUNK_LINES) for start in range(0, lines, CHUNK_LINES))


def _add_in_order(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum over the last axis from its first element on, in order: the same bits on every path."""
    total = np.zeros(values.shape[:-1])
    for index in range(values.shape[-1]):
        total = total + values[..., index]
    return total
