"""Figures of the UK conversion factors, exactly: the total of a factor, its gases, and what they leave unsplit."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from math import isfinite

from decarb.factors.importers.uk_terms import Category, Released, column_of, contrails

_MEMO = ("co2_biogenic", "outside_kyoto", "avoided")
_ZERO = Decimal(0)
_ROUNDING = Decimal("0.0001")
"""What four figures of five decimals may miss of their sum, with a margin."""


@dataclass(frozen=True, slots=True)
class Split:
    """Gases of a factor by column of ``parts`` [kg CO2e per unit].

    Attributes
    ----------
    published
        Total that the source prints, None where it prints none.
    used
        Kinds of row that it is made of.
    """

    gases: Mapping[str, Decimal]
    published: Decimal | None
    used: tuple[str, ...]

    @property
    def total(self) -> Decimal:
        """Sum of the gases that count in a total."""
        return sum((gas for name, gas in self.gases.items() if name not in _MEMO), _ZERO)

    @property
    def is_by_gas(self) -> bool:
        """Whether a gas that counts in the total is told apart."""
        return bool(self.gases.keys() - {"unsplit", *_MEMO})

    @property
    def is_zero(self) -> bool:
        """Whether nothing is emitted, nor noted beside the total."""
        return not any(self.gases.values())

    @property
    def is_unequal(self) -> bool:
        """Whether its three gases miss the total by more than rounding, and by more than a hundredth of it."""
        left = abs(self.gases.get("unsplit", _ZERO))
        return "n2o" in self.gases and "co2_fossil" in self.gases and left > max(_ROUNDING, abs(self.total) / 100)

    def cells(self) -> dict[str, str]:
        """Cells of ``parts``."""
        return {"total": decimal_text(self.total), **{name: decimal_text(gas) for name, gas in self.gases.items()}}


def split(figures: Mapping[str, Decimal], category: Category, variant: str, release: Released | None) -> Split | None:
    """Gases of a factor from the figures of its rows; None without a total.

    CO2 outside of scopes is biogenic, and in no total; so are the substances outside the Kyoto list, and what is
    negative is avoided. The CO2 of a flight with radiative forcing holds its uplift, which is no CO2: it is left
    unsplit.
    """
    if category.carbon == "outside":
        used = tuple(kind for kind in ("co2", "total") if kind in figures)
        return Split({"co2_biogenic": figures[used[0]]}, None, used) if used else None
    if "total" not in figures:
        return None
    total = figures["total"]
    if total < 0:
        return Split({"avoided": total}, total, tuple(figures))
    if release and len(figures) == 1:
        return Split({release.gas: total}, total, ("total",))
    uplifted = contrails(variant) == "included"
    kinds = [kind for kind in ("co2", "ch4", "n2o") if kind in figures and not (uplifted and kind == "co2")]
    gases = {column_of(kind, category.carbon): figures[kind] for kind in kinds}
    return Split({**gases, "unsplit": total - sum(gases.values(), _ZERO)}, total, tuple(figures))


_FIGURE = re.compile(r"[+-]?\d+(\.\d*)?([eE][+-]?\d{1,3})?", re.ASCII)


def figure(text: str, decimal_comma: bool) -> Decimal | None:
    """Number written in `text`, None if it is none (``<1``, ``#N/A``) or too large to be one."""
    plain = text.replace(",", ".") if decimal_comma else text
    return Decimal(plain) if _FIGURE.fullmatch(plain) and isfinite(float(plain)) else None


def decimal_text(number: Decimal) -> str:
    """Figure with its digits and no more, never in powers of ten."""
    return format(number.normalize(), "f") if number else "0"
