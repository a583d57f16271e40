"""The gas columns of every result, in their canonical order."""

from dataclasses import dataclass

from decarb.resources import data_file, read_rows


@dataclass(frozen=True, slots=True)
class Gas:
    """A column of a result; memo columns stand beside the total and are never in it."""

    gas: str
    name_fr: str
    name_en: str
    beges_column: str
    kind: str


GASES: tuple[Gas, ...] = tuple(Gas(**row) for row in read_rows(data_file("gases.csv")))
TOTAL_GASES: tuple[str, ...] = tuple(gas.gas for gas in GASES if gas.kind == "total")
MEMO_GASES: tuple[str, ...] = tuple(gas.gas for gas in GASES if gas.kind == "memo")
