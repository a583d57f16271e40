"""The stack of libraries in use: factors by id, alias, series and substance, in the GWP set asked for."""

import hashlib
import math
from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from decarb.errors import Problem, UsageError
from decarb.factors.records import (
    GAS_NAMES,
    GWP_SETS,
    Factor,
    Figure,
    Geography,
    Layer,
    Part,
    Retired,
    Source,
    Substance,
    source_alias,
)
from decarb.factors.restating import Restated, restate
from decarb.factors.rows import FactorRows

if TYPE_CHECKING:
    import pandas as pd

    from decarb.factors.search.index import SearchIndex


@dataclass(frozen=True, repr=False)
class FactorLibrary:
    """Every factor in use, the later layer first where two have the same id.

    Attributes
    ----------
    tables
        Factors of each layer, the lowest first.
    shadowed
        Ids, and aliases with the id they led to, that a later layer took over.
    """

    tables: tuple[FactorRows, ...]
    gwp: Mapping[tuple[str, str], Figure]
    compositions: Mapping[str, tuple[tuple[str, float], ...]]
    properties: Mapping[tuple[str, str], Figure]
    substances: Mapping[str, Substance]
    sources: Mapping[str, Source]
    geographies: Mapping[str, Geography]
    retired: Mapping[str, Retired]
    layers: tuple[Layer, ...]
    shadowed: tuple[str, ...] = field(default=())

    def __repr__(self) -> str:
        """Name the stack, not its thousands of rows."""
        layers = " + ".join(f"{layer.name} {layer.version}".strip() for layer in self.layers)
        return f"<FactorLibrary {layers}: {len(self.by_id)} factors, digest {self.digest[:12]}>"

    @cached_property
    def by_id(self) -> Mapping[str, Factor]:
        """Factors by id, decoded when they are asked for."""
        return ChainMap(*reversed(self.tables))  # type: ignore[arg-type]

    def cells(self, *columns: str) -> Iterator[tuple[str, ...]]:
        """Text of some columns of every factor in use, without decoding the rest."""
        for number, rows in enumerate(self.tables):
            taken_over = [later for later in self.tables[number + 1 :] if not rows.keys().isdisjoint(later)]
            texts = zip(*(rows.table.column(name) for name in ("id", *columns)), strict=True)
            for name, *cells in texts:
                if not any(name in later for later in taken_over):
                    yield tuple(cells)

    @cached_property
    def series(self) -> Mapping[str, tuple[str, ...]]:
        """Ids of the members of each series."""
        members: dict[str, list[str]] = {}
        for name, series in self.cells("id", "series"):
            if series:
                members.setdefault(series, []).append(name)
        return {series: tuple(names) for series, names in members.items()}

    @cached_property
    def aliases(self) -> Mapping[str, str]:
        """Ids by alias at the source (``base-carbone:43642``)."""
        return {
            source_alias(source, source_id): name
            for name, source, source_id in self.cells("id", "source", "source_id")
            if source_id
        }

    @cached_property
    def by_cas(self) -> Mapping[str, tuple[Factor, ...]]:
        """Factors of a released substance, by CAS number: two for methane, fossil or not."""
        found: dict[str, tuple[Factor, ...]] = {}
        for name, model, substance in self.cells("id", "model", "substance"):
            cas = self.substances[substance].cas if model == "gwp" else ""
            if cas:
                found[cas] = (*found.get(cas, ()), self.by_id[name])
        return found

    @cached_property
    def search_index(self) -> "SearchIndex":
        """Texts of the factors, and the index of their words once a search needs it."""
        from decarb.factors.search.index import SearchIndex

        return SearchIndex.of(self)

    @cached_property
    def digest(self) -> str:
        """sha256 of the canonical sorted rows of the whole stack."""
        return hashlib.sha256(" ".join(layer.digest for layer in self.layers).encode()).hexdigest()

    def find(self, reference: str) -> Factor | None:
        """Return the factor that an id, or else an alias at the source, pins; None for a retired one too.

        What a layer retires is not looked for in those below.
        """
        for rows in reversed(self.tables):
            if reference in rows:
                return rows[reference]
            if reference in rows.retired:
                return None
        name = self.aliases.get(reference)
        return self.by_id[name] if name is not None else None

    def members(self, series: str) -> tuple[Factor, ...]:
        """Members of a series, none if there is no such series."""
        return tuple(self.by_id[name] for name in self.series.get(series, ()))

    def in_error_group(self, group: str) -> tuple[Factor, ...]:
        """Factors that share their error."""
        return tuple(self.by_id[name] for name, own in self.cells("id", "error_group") if (own or name) == group)

    def region_geography(self, region: str, department: str) -> str:
        """Geography code of an INSEE region and department; mainland France where nothing says otherwise."""
        for geography in self.geographies.values():
            if department and department in geography.insee_departments.split():
                return geography.code
        for geography in self.geographies.values():
            if region and region == geography.insee_region:
                return geography.code
        return "FR-MAINLAND"

    def parts_of(self, factor: Factor, gwp_set: str) -> tuple[Part, ...]:
        """Parts of a factor in a GWP set [kg CO2e per unit]: ``restated`` without the shares.

        Raises
        ------
        UsageError
            If the set has no value for a component of a substance released.
        """
        return tuple(restated.part for restated in self.restated(factor, gwp_set))

    def restated(self, factor: Factor, gwp_set: str) -> tuple[Restated, ...]:
        """Parts of a factor in a GWP set, each with the amount that could not be restated [kg CO2e per unit].

        A substance released is composition x GWP of `gwp_set`. Other factors are restated gas by gas where
        the split and the set they were published with are known; the rest keeps its published value.

        Raises
        ------
        UsageError
            If the set has no value for a substance released, or for a component of it.
        """
        if factor.model == "gwp":
            return (Restated(self._released(factor, gwp_set), 0.0),)
        found = tuple(restate(part, factor, gwp_set, self) for part in factor.parts)
        if any(restated.part.stage == "release" and not restated.is_whole for restated in found):
            # a gas released is its GWP: that of another set is another figure, not the best there is
            raise UsageError([_gas_not_in_set(factor, factor.substance or factor.name_en, gwp_set, [factor.gwp_set])])
        return found

    def _released(self, factor: Factor, gwp_set: str) -> Part:
        gases: list[float | None] = [None] * len(GAS_NAMES)
        for component, fraction in self.compositions.get(factor.substance, ((factor.substance, 1.0),)):
            figure = self.gwp.get((component, gwp_set))
            if figure is None:
                sets = [name for name in GWP_SETS if (component, name) in self.gwp]
                raise UsageError([_gas_not_in_set(factor, component, gwp_set, sets)])
            index = GAS_NAMES.index(self.substances[component].gas)
            gases[index] = (gases[index] or 0.0) + fraction * figure.value
        return Part("release", "", tuple(gases))

    def only(self, layer: str) -> "FactorLibrary":
        """Return the factors of one layer, with everything that they refer to.

        Raises
        ------
        UsageError
            If there is no such layer.
        """
        names = [known.name for known in self.layers]
        if layer not in names:
            raise UsageError([Problem("unknown-layer", {"value": layer, "known": names})])
        at = names.index(layer)
        return replace(self, tables=(self.tables[at],), layers=(self.layers[at],), shadowed=())

    def factors(self, gwp_set: str = "AR6") -> "pd.DataFrame":
        """All factors as a pandas frame, one row each, indexed by id (see ``decarb.factors.frames``)."""
        from decarb.factors.frames import factor_frame

        return factor_frame(self, gwp_set)

    def parts(self, gwp_set: str = "AR6") -> "pd.DataFrame":
        """All parts as a pandas frame, one row each (see ``decarb.factors.frames``)."""
        from decarb.factors.frames import part_frame

        return part_frame(self, gwp_set)

    def citation(self, factors: Iterable[str] | None = None) -> str:
        """Text to cite this stack with: the library and its digest, then the publications behind its figures.

        Parameters
        ----------
        factors
            Ids to cite the publications of; all by default.
        """
        from decarb.factors.citation import citation

        return citation(self, factors)


def _gas_not_in_set(factor: Factor, gas: str, gwp_set: str, sets: list[str]) -> Problem:
    return Problem("gas-not-in-gwp-set", {"factor": factor.id, "gas": gas, "gwp_set": gwp_set, "sets": sets})


def factor_value(library: FactorLibrary, factor: Factor, gwp_set: str = "AR6") -> float | None:
    """Value of a factor: the sum of its parts [kg CO2e per unit]; None if `gwp_set` lacks one of its gases."""
    try:
        return math.fsum(part.total for part in library.parts_of(factor, gwp_set))
    except UsageError:
        return None
