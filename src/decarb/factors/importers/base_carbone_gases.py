"""Gases of the Base Carbone: its columns are in kg CO2e already, and what they leave over is ``unsplit``."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from decarb.factors.importers import base_carbone_terms as terms
from decarb.factors.importers.delimited import DelimitedColumns, decimal_number
from decarb.factors.library import FactorLibrary
from decarb.factors.records import GAS_NAMES
from decarb.reporting import TOTAL_GASES

_GAS_COLUMNS = {"co2_fossil": "CO2f", "ch4_fossil": "CH4f", "ch4_biogenic": "CH4b", "n2o": "N2O", "other": "Autres GES"}
_FURTHER_GASES = {"": "other", "divers": "other", "sf6": "sf6"}
_VALUES = [f"Valeur gaz supplémentaire {number}" for number in range(1, 6)]
_CODES = [f"Code gaz supplémentaire {number}" for number in range(1, 6)]
ROUNDING = 0.02
"""Gases that differ from their total by more than what three significant digits explain are a defect."""


class DamagedCellError(ValueError):
    """A number that is none; the argument is its text."""


@dataclass(frozen=True, slots=True)
class SplitPart:
    """A part as text: its total and its gases in the order of ``GAS_NAMES``.

    ``excess`` is the share by which its gases differ from its total.
    """

    stage: str
    label: str
    total: str
    gases: list[str]
    excess: float = 0.0


class GasCells(NamedTuple):
    """Cells of a row that say its gases: those of one gas each, the further values and their codes, CO2 b."""

    gases: tuple[str, ...]
    values: tuple[str, ...]
    codes: tuple[str, ...]
    co2_biogenic: str


def gas_cells(sheet: DelimitedColumns) -> dict[int, GasCells]:
    """Cells on gases, by position, of the rows that say anything of their gases."""
    names = (*_GAS_COLUMNS.values(), *_VALUES)
    amounts = list(zip(*(sheet[name] for name in names), strict=True))
    singles = len(_GAS_COLUMNS)
    return {
        position: GasCells(row[:singles], row[singles:], _codes(sheet, position), sheet["CO2b"][position])
        for position, row in enumerate(amounts)
        if any(row)
    }


def _codes(sheet: DelimitedColumns, position: int) -> tuple[str, ...]:
    return tuple([sheet[name][position] for name in _CODES])


def split_row(cells: GasCells, codes: tuple[str, ...], total: str, stage: str, label: str) -> SplitPart:
    """Part of a row that is split by gas; DamagedCellError if one of its numbers is none.

    Parameters
    ----------
    codes
        Codes of the further gases, which a post leaves to its element.
    total
        Number of the part [kg CO2e per unit], in its shortest form.

    Notes
    -----
    Biogenic CO2 is read from combustion only, where it is released (``Amont`` carries its uptake).
    """
    amounts = ((gas, _number(text)) for gas, text in zip(_GAS_COLUMNS, cells.gases, strict=True) if text)
    known = {gas: amount for gas, amount in amounts if amount}
    for own_code, code, text in zip(cells.codes, codes, cells.values, strict=True):
        amount = _number(text)
        if amount not in ("", "0"):
            gas = _FURTHER_GASES.get((own_code or code).strip().lower(), "other")
            known[gas] = _plain(Decimal(known.get(gas, 0)) + Decimal(amount))
    rest = Decimal(total) - sum(map(Decimal, known.values()))
    beside = {"co2_biogenic": _number(cells.co2_biogenic)} if stage == "combustion" else {}
    excess = abs(float(rest)) / abs(float(total)) if known and float(total) else 0.0
    return SplitPart(stage, label, total, _row(known | beside | {"unsplit": _plain(rest)}), excess)


def undivided(total: str, gas: str = "unsplit", stage: str = "undivided", label: str = "") -> SplitPart:
    """One part, its whole total in one column; a column beside the total leaves nothing in it."""
    return SplitPart(stage, label, total if gas in TOTAL_GASES else "0", _row({gas: total}))


def _row(amounts: Mapping[str, str]) -> list[str]:
    """Amounts in the order of ``GAS_NAMES``, blank where the source gives no split."""
    row = [""] * len(GAS_NAMES)
    for gas, amount in amounts.items():
        row[_INDEX[gas]] = amount
    return row


_INDEX = {gas: index for index, gas in enumerate(GAS_NAMES)}


@dataclass(frozen=True, slots=True)
class Release:
    """A gas or a blend released: its part, its substance in the library, and what its composition gives.

    ``computed`` is composition x GWP [kg CO2e/kg], None where the library has no composition.
    """

    part: SplitPart
    substance: str
    computed: float | None


def released(name: str, source_id: str, total: str, gwp_set: str, below: FactorLibrary) -> Release:
    """Release of a gas published with its GWP in a set; a blend is split by its composition in that set."""
    substance = _substance(name, source_id, below)
    components = below.compositions.get(substance, ())
    if not components or any((component, gwp_set) not in below.gwp for component, _ in components):
        gas = below.substances[substance].gas if substance and not components else terms.gas_column(name)
        return Release(undivided(total, gas or "other", "release"), substance, None)
    amounts: dict[str, Decimal] = {}
    for component, fraction in components:
        gas = below.substances[component].gas
        figure = below.gwp[component, gwp_set].value
        amounts[gas] = amounts.get(gas, Decimal(0)) + Decimal(repr(fraction)) * Decimal(repr(figure))
    computed = float(sum(amounts.values()))
    if is_off(computed, float(total)):
        return Release(undivided(total, "hfc", "release"), substance, computed)
    counted = Decimal(total) - sum(amount for gas, amount in amounts.items() if gas not in TOTAL_GASES)
    rest = counted - sum(amount for gas, amount in amounts.items() if gas in TOTAL_GASES)
    gases = {gas: _plain(amount) for gas, amount in (amounts | {"unsplit": rest}).items()}
    return Release(SplitPart("release", "", _plain(counted), _row(gases)), substance, computed)


def is_off(computed: float, published: float) -> bool:
    """Whether a composition and a published value differ by more than the source's rounding."""
    return abs(computed - published) > ROUNDING * abs(published)


def _substance(name: str, source_id: str, below: FactorLibrary) -> str:
    """Substance of the library for an element: that of its packaged factor, else of its ASHRAE name."""
    packaged = below.find(f"base-carbone:{source_id}")
    if packaged is not None and packaged.substance:
        return packaged.substance
    designation = name.lower().replace("-", "")
    # the letter of an azeotrope changes nothing: R-507A and R-507 are one mixture
    for known in (designation, designation.rstrip("a")):
        if known in below.compositions:
            return known
    lowered = name.lower().replace("(", "-").rstrip(")")
    return lowered if lowered in below.substances else ""


@lru_cache(maxsize=50_000)
def _number(text: str) -> str:
    found = decimal_number(text)
    if found is None:
        raise DamagedCellError(text)
    return found


def _plain(amount: Decimal) -> str:
    """Decimal number without exponent or trailing zeros."""
    text = format(amount.normalize(), "f")
    return "0" if text in ("-0", "0") else text
