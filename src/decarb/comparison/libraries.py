"""What another library would do to a footprint: the preview before it is adopted."""

from dataclasses import dataclass

import numpy as np

from decarb.binding import BoundTerms
from decarb.errors import Problem
from decarb.factors import FactorLibrary
from decarb.factors.comparing import Comparison
from decarb.footprint import Footprint, compute_footprint
from decarb.inventory import Inventory
from decarb.reporting import view


@dataclass(frozen=True, slots=True)
class LineChange:
    """A line that gives another figure [kg CO2e]; None where it is refused."""

    line: str
    factor_before: str | None
    factor_after: str | None
    before_kgco2e: float | None
    after_kgco2e: float | None
    problems: tuple[Problem, ...] = ()

    @property
    def effect_kgco2e(self) -> float | None:
        """After less before; None if the line is refused in one of them."""
        if self.before_kgco2e is None or self.after_kgco2e is None:
            return None
        return self.after_kgco2e - self.before_kgco2e


@dataclass(frozen=True, slots=True)
class LibraryEffect:
    """A footprint with two libraries, the largest change of a line first.

    ``lines`` holds the lines that differ; those refused with the second library come first, with the reasons.
    """

    before: Footprint
    after: Footprint
    lines: tuple[LineChange, ...]

    @property
    def newly_refused(self) -> tuple[LineChange, ...]:
        """Lines that the first library computes and the second refuses: never a silent zero."""
        return tuple(line for line in self.lines if line.after_kgco2e is None)

    @property
    def like_for_like_kgco2e(self) -> tuple[float, float]:
        """Totals before and after of the lines that both libraries compute [kg CO2e]."""
        totals = np.array([self.before.line_totals(), self.after.line_totals()])
        both = totals[:, ~np.isnan(totals).any(axis=0)].sum(axis=1)
        return float(both[0]), float(both[1])

    def by_factor(self) -> dict[str, float]:
        """LibraryEffect of each factor that a line took before [kg CO2e], the largest first."""
        effects: dict[str, float] = {}
        for line in self.lines:
            if line.effect_kgco2e is not None:
                name = line.factor_before or ""
                effects[name] = effects.get(name, 0.0) + line.effect_kgco2e
        return dict(sorted(effects.items(), key=lambda item: -abs(item[1])))


def library_effect(
    inventory: Inventory, before: FactorLibrary, after: FactorLibrary, gwp: str | None = None
) -> LibraryEffect:
    """Compute an inventory with two libraries and compare the lines.

    Parameters
    ----------
    gwp
        GWP set of both; the documents' own by default.

    Returns
    -------
    LibraryEffect
        Lines refused by either library are in it by name.
    """
    first = compute_footprint(inventory, before, gwp, partial=True)
    second = compute_footprint(inventory, after, gwp, partial=True)
    reasons = {line: refusal.problems for refusal in second.binding.refusals for line in refusal.lines}
    totals = [footprint.line_totals().tolist() for footprint in (first, second)]
    changes = []
    for line, (was, becomes) in enumerate(zip(*totals, strict=True)):
        old, new = (footprint.binding.of_line(line) for footprint in (first, second))
        change = LineChange(
            inventory.ids[line],
            old.factor.id if old else None,
            new.factor.id if new else None,
            was if old else None,
            becomes if new else None,
            tuple(reasons.get(line, ())),
        )
        same = (change.factor_before, change.before_kgco2e) == (change.factor_after, change.after_kgco2e)
        if not same or _posts(old) != _posts(new):
            changes.append(change)
    return LibraryEffect(first, second, tuple(sorted(changes, key=_by_size)))


def _posts(found: BoundTerms | None) -> dict[str, float]:
    """Emissions by BEGES post [kg CO2e per unit of the line]: a line may move without changing its total."""
    return found.split(view("beges")) if found else {}


@dataclass(frozen=True, slots=True)
class KeptCopy:
    """A lower layer's copy of an element that the new version changes: lines on it keep its value.

    ``effect_kgco2e`` is what the new value would do to those lines.
    """

    factor: str
    element: str
    lines: int
    ratio: float
    effect_kgco2e: float


def kept_copies(effect: LibraryEffect, comparison: Comparison) -> tuple[KeptCopy, ...]:
    """Copies of changed elements that lines of a footprint rest on, the largest effect first.

    A newer base takes over what lines name by its own ids (``base-carbone:43642``), never the packaged ids and
    series (``electricity-fr``), whose values are those of the library's version.
    """
    ratios = {change.factor.id: change.ratio for change in comparison.changed if change.ratio not in (None, 1.0)}
    totals = effect.after.line_totals()
    binding = effect.after.binding
    lines: dict[str, list[int]] = {}
    for line, code in enumerate(binding.pair.tolist()):
        found = binding.bound[code]
        if found and found.factor.id not in ratios and found.factor.source_reference in ratios:
            lines.setdefault(found.factor.id, []).append(line)
    copies = []
    for name, members in lines.items():
        element = effect.after.library.by_id[name].source_reference
        ratio = ratios[element] or 1.0
        copies.append(KeptCopy(name, element, len(members), ratio, float(totals[members].sum()) * (ratio - 1)))
    return tuple(sorted(copies, key=lambda copy: -abs(copy.effect_kgco2e)))


def _by_size(change: LineChange) -> float:
    return float("-inf") if change.effect_kgco2e is None else -abs(change.effect_kgco2e)
