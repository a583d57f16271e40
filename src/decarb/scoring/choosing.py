"""The factor of an input: of the library, of the table of defaults, or written in the bill; and its unit."""

import difflib
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from decarb.binding.conversions import Step, basis_steps, line_unit, unit_steps
from decarb.errors import DecarbError, Problem, UsageError
from decarb.factors.library import FactorLibrary
from decarb.factors.records import GAS_NAMES, Factor, Part
from decarb.factors.selection import Selection, lineage, select
from decarb.inventory import LineTerms
from decarb.scoring.inputs import ENERGY, Input, quality_spread
from decarb.units import Unit, conversion_factor, parse_factor_unit

DEFAULT_PREFIX = "default:"
MAINLAND = "FR-MAINLAND"
_AIR = "Aérien"
_PLACE_NOTES = {"proxy-place", "factor-elsewhere", "factor-elsewhere-in-series"}


@dataclass(frozen=True, slots=True)
class Chosen:
    """A factor with what turns the unit of the input into its own.

    ``origin`` is ``library``, ``default`` or ``bill``; ``group`` names what shares the factor's error.
    ``value`` and ``co2_biogenic`` are in kg per unit of the factor, the latter None where the source does not tell.
    """

    factor: Factor
    origin: str
    group: str
    value: float
    co2_biogenic: float | None
    steps: tuple[Step, ...]
    notes: tuple[Problem, ...]


@dataclass(frozen=True)
class FactorChooser:
    """Chooses factors for one bill.

    Attributes
    ----------
    library
        With the table of defaults as its last layer.
    gwp_set
        Set that released gases, and factors that can be restated, are computed in.
    """

    library: FactorLibrary
    gwp_set: str

    @cached_property
    def beside_defaults(self) -> FactorLibrary:
        """Library without the table of defaults, whose rows are meant by ``default:`` alone."""
        return replace(self.library, tables=self.library.tables[:-1], layers=self.library.layers[:-1])

    def choose(self, found: Input) -> Chosen:
        """Find the factor of an input.

        Raises
        ------
        UsageError
            With every reason why there is none that fits.
        """
        if not isinstance(found.reference, str):
            return self._written(found, found.reference)
        if found.reference.startswith(DEFAULT_PREFIX):
            factor = self._default(found.reference.removeprefix(DEFAULT_PREFIX), found.provenance.country)
            return self._known(found, Selection(factor), "default")
        geography = self._geography(found.provenance.country)
        return self._known(
            found, select(self.beside_defaults, found.reference, found.provenance.year, geography), "library"
        )

    def _geography(self, country: str) -> str:
        if country == "FR":
            return MAINLAND
        return country if country in self.library.geographies else "WORLD"

    def _default(self, key: str, country: str) -> Factor:
        """Row of the table of defaults: that of the country, if there is one, else that of the key alone."""
        table = self.library.tables[-1]
        for name in (f"{key}-{country.lower()}", key):
            if name in table:
                return table[name]
        own = [name.removesuffix(f"-{country.lower()}") for name in table]
        nearest = difflib.get_close_matches(key, [*table, *own], 3, 0.5)
        what = {"value": key, "country": country, "nearest": list(dict.fromkeys(nearest)), "known": sorted(table)}
        raise UsageError([Problem("score-no-default", what)])

    def _known(self, found: Input, selection: Selection, origin: str) -> Chosen:
        factor = selection.factor
        notes = [problem for problem in selection.notes if problem.code not in _PLACE_NOTES]
        notes += self._place_notes(found, factor) if origin == "library" else []
        _check_mode(found, factor)
        parts = self.library.parts_of(factor, self.gwp_set)
        value = math.fsum(part.total for part in parts)
        biogenic = [amount for part in parts if (amount := part.gas("co2_biogenic")) is not None]
        known = math.fsum(biogenic) if biogenic or factor.model == "gwp" else None
        return self._converted(found, factor, origin, factor.error_group or factor.id, value, known, notes)

    def _place_notes(self, found: Input, factor: Factor) -> list[Problem]:
        """Say that a factor is French where the input is not; refuse it for energy, whose mix is the country's."""
        country = found.provenance.country
        french = all("FR" in lineage(self.library, code) for code in factor.geographies)
        there = self._geography(country)
        if not french or "FR" in lineage(self.library, there):
            return []
        what = {"factor": factor.id, "country": country, "name": found.name}
        if found.kind in ENERGY and factor.domain == "energy" and conversion_factor(factor.unit.name, "kWh"):
            raise UsageError([Problem("score-energy-of-another-country", {**what, "place": "FR"})])
        return [Problem("score-factor-of-france", what, severity="warning")]

    def _written(self, found: Input, said: Mapping[str, Any]) -> Chosen:
        """Factor that the bill writes, with its source."""
        try:
            unit = parse_factor_unit(said["unit"])
        except DecarbError as error:
            raise UsageError(problem.at(pointer=f"{found.pointer}/factor/unit") for problem in error.problems) from None
        place = said.get("country", found.provenance.country)
        if found.kind in ENERGY and place != found.provenance.country:
            what = {"factor": said["source"], "place": place, "name": found.name, "country": found.provenance.country}
            raise UsageError([Problem("score-energy-of-another-country", what)])
        notes, _, _ = quality_spread(said)
        value = float(said["value"])
        group = "|".join(str(said.get(key, "")) for key in ("source", "year", "name", "country", "value", "unit"))
        gases: list[float | None] = [None] * len(GAS_NAMES)
        gases[GAS_NAMES.index("unsplit")] = value
        factor = Factor(
            id=said.get("name", said["source"]),
            series="",
            name_fr=said.get("name", ""),
            name_en=said.get("name", ""),
            domain="bill",
            unit=unit,
            geographies=(),
            locality=said.get("country", ""),
            data_year=said["year"],
            valid_to="",
            published_total=value,
            model="published",
            gwp_set=said.get("gwp_set", ""),
            substance="",
            contrails="",
            uncertainty_percent=said.get("uncertainty_percent"),
            quality=notes,
            error_group=group,
            activities=(),
            default_activity="",
            default_operated="",
            source=said["source"],
            source_id=said.get("url", ""),
            source_row=None,
            source_date=str(said["year"]),
            origin="",
            status="own",
            transparency="",
            keywords="",
            note="",
            parts=(Part("undivided", "", tuple(gases)),),
        )
        biogenic = said.get("co2_biogenic")
        differs = factor.gwp_set not in ("", self.gwp_set)
        sets = {"name": found.name, "said": factor.gwp_set, "gwp_set": self.gwp_set}
        warned = [Problem("score-gwp-set-differs", sets, severity="warning")] if differs else []
        return self._converted(found, factor, "bill", group, value, biogenic, warned)

    def _converted(
        self,
        found: Input,
        factor: Factor,
        origin: str,
        group: str,
        value: float,
        co2_biogenic: float | None,
        notes: list[Problem],
    ) -> Chosen:
        if factor.is_monetary:
            raise UsageError([Problem("score-factor-of-money", {"factor": factor.id})])
        if value < 0:
            raise UsageError([Problem("score-factor-negative", {"factor": factor.id, "value": value})])
        terms = _terms(found)
        try:
            unit = line_unit(terms)
        except DecarbError as error:
            raise UsageError(problem.at(pointer=f"{found.pointer}/unit") for problem in error.problems) from None
        problems: list[Problem] = []
        steps: list[Step] = []
        for convert in (self._unit_steps, self._basis_steps):
            try:
                taken, said = convert(terms, unit, factor, found)
                steps += taken
                notes = [*notes, *said]
            except UsageError as error:
                problems += error.problems
        if problems:
            raise UsageError(problems)
        return Chosen(factor, origin, group, value, co2_biogenic, tuple(steps), tuple(notes))

    def _unit_steps(self, terms: LineTerms, unit: Unit, factor: Factor, _: Input) -> tuple[list[Step], list[Problem]]:
        return unit_steps(terms, unit, factor, self.library)

    def _basis_steps(
        self, terms: LineTerms, unit: Unit, factor: Factor, found: Input
    ) -> tuple[list[Step], list[Problem]]:
        return basis_steps(terms, unit, factor, self.library, self._geography(found.provenance.country))


def _terms(found: Input) -> LineTerms:
    """Terms of an inventory line that takes what an input does, so that both convert alike."""
    blank = dict.fromkeys(LineTerms._fields)
    texts = dict.fromkeys(("factor", "code_system", "code_value", "basis", "activity", "tenure", "gas_releases"), "")
    said = {"unit": found.unit_taken, "year": found.provenance.year, "contrails": "included", "retroceded": False}
    return LineTerms(**{**blank, **texts, **said})  # type: ignore[arg-type]


def _check_mode(found: Input, factor: Factor) -> None:
    """Refuse a leg by air with the factor of a lorry, and the reverse: air is shown apart."""
    if not found.mode or factor.unit.name != "t.km" or factor.model != "published" or not factor.keywords:
        return
    if found.is_air != (_AIR in factor.keywords):
        raise UsageError([Problem("score-mode-differs", {"name": found.name, "mode": found.mode, "factor": factor.id})])
