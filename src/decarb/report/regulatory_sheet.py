"""The table of a view as a sheet whose totals compute: posts x gases, sub-totals, interval, status."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any, ClassVar

from decarb.footprint import Footprint
from decarb.language import mark
from decarb.report.result import row_records
from decarb.report.sheets import TONNES, Cell, Formula, Sheet, column_name, quoted
from decarb.report.words import Words
from decarb.reporting import GASES, TOTAL_GASES
from decarb.uncertainty import row_intervals


@dataclass(frozen=True, slots=True)
class GasColumn:
    """A column of gases: its title, and the positions in ``GASES`` that it sums."""

    title: str
    gases: tuple[int, ...]

    def tonnes(self, gases: Sequence[float | None]) -> float | None:
        """Sum of what is known [t CO2e]; None where nothing is."""
        known = [one for one in (gases[gas] for gas in self.gases) if one is not None]
        return sum(known) / 1000 if known else None


Columns = tuple[GasColumn, ...]
_CH4 = ("ch4_fossil", "ch4_biogenic")


def gas_columns(words: Words) -> Columns:
    """Columns of gases: those of the total, methane in one whatever it comes from, then those beside it."""
    columns = [GasColumn("CO2", (0,)), GasColumn("CH4", tuple(_position(name) for name in _CH4))]
    titles = {
        "co2_biogenic": mark("CO2 b"),
        "outside_kyoto": mark("Outside the Kyoto list"),
        "avoided": mark("Avoided"),
    }
    for position, gas in enumerate(GASES):
        if gas.gas not in ("co2_fossil", *_CH4):
            own = gas.name_fr if words.language == "fr" else gas.name_en
            title = words.say(titles[gas.gas]) if gas.gas in titles else own
            columns.append(GasColumn(title, (position,)))
    return tuple(columns)


def _position(name: str) -> int:
    return [gas.gas for gas in GASES].index(name)


@dataclass(frozen=True, slots=True)
class SplitRange:
    """Where the lines by post lie: the sheet, and how many rows it has.

    Rows are named by prefix and code (``GHG 3.10``): a spreadsheet takes the bare codes 3.1 and 3.10 for one number.
    """

    PREFIXES: ClassVar[tuple[tuple[str, str], ...]] = (("beges", "BEGES"), ("ghg-protocol", "GHG"), ("iso", "ISO"))
    BEFORE: ClassVar[int] = 5
    title: str
    rows: int

    def sum(self, gas_column: int, view_name: str, code_cell: str) -> str:
        """Formula of a column of gases in the row of a view whose code is in `code_cell`."""
        key = [name for name, _ in self.PREFIXES].index(view_name)
        prefix = self.PREFIXES[key][1]
        return f'=SUMIFS({self._range(self.BEFORE + gas_column)},{self._range(2 + key)},"{prefix} "&{code_cell})'

    def _range(self, column: int) -> str:
        name = column_name(column)
        return f"{quoted(self.title)}!${name}$2:${name}${max(self.rows, 1) + 1}"


@dataclass(frozen=True, slots=True)
class TableSheet:
    """A sheet of a view, and where its totals are: rows count from the first one after the header."""

    sheet: Sheet
    total_row: int
    total_column: int
    biogenic_column: int
    total: float
    group_rows: Mapping[str, int] = field(default_factory=dict)

    def with_control(self, lines_title: str, column: int, words: Words) -> "TableSheet":
        """The same with the total of the sheet of lines under it, and what lies between the two."""
        name, row = column_name(column), self.total_row + 2
        here = f"{column_name(self.total_column)}{row}"
        lines = f"SUM({quoted(lines_title)}!${name}:${name})"
        pad: list[Cell] = [None] * (self.total_column - 2)
        rows = [
            *self.sheet.rows,
            ["", words.say(mark("Sum of the sheet of lines")), *pad, Formula(f"={lines}", self.total)],
            ["", words.say(mark("Difference, of rounding alone")), *pad, Formula(f"=ROUND({here}-{lines},6)", 0.0)],
        ]
        return replace(self, sheet=replace(self.sheet, rows=rows))


def table_sheet(footprint: Footprint, view_name: str, title: str, split: SplitRange, words: Words) -> TableSheet:
    """Table of a view [t CO2e] over the lines by post; a post without lines is blank, and its status says why."""
    intervals, whole = row_intervals(footprint, view_name)
    declared = _declared(footprint, words) if view_name == "beges" else {}
    builder = _Builder(view_name, gas_columns(words), split, words, declared)
    for group, members in groupby(row_records(footprint, view_name, intervals), key=lambda record: record["group"]):
        builder.add_group(group, list(members), with_sum=view_name != "iso")
    total = footprint.total(view_name)
    return builder.done(title, total, (whole.low, whole.high))


_CRITERIA = {
    "magnitude": mark("magnitude"),
    "influence": mark("influence"),
    "risk": mark("risk"),
    "sector_guidance": mark("sector guidance"),
    "outsourcing": mark("outsourcing"),
    "employee_engagement": mark("employee engagement"),
}


def _declared(footprint: Footprint, words: Words) -> dict[str, str]:
    """Outcome of the significance test of each indirect post, as the establishments declare it."""
    said: dict[str, list[str]] = {}
    for establishment in footprint.inventory.establishments:
        for entry in establishment.declaration.get("significance", ()):
            outcome = words.say(mark("significant") if entry["significant"] else mark("not significant"))
            text = f"{outcome} ({words.say(_CRITERIA[entry['criterion']])})"
            said.setdefault(entry["post"], []).append(" — ".join(filter(None, (text, entry.get("comment")))))
    return {post: " / ".join(dict.fromkeys(texts)) for post, texts in said.items()}


class _Builder:
    """Rows of a table as they come, and where the sums of its groups are."""

    def __init__(
        self, view_name: str, columns: Columns, split: SplitRange, words: Words, declared: Mapping[str, str]
    ) -> None:
        self._declared = declared
        self._view, self._columns, self._split, self._words = view_name, columns, split, words
        self._rows: list[list[Cell]] = []
        self._sums: list[int] = []
        self._groups: dict[str, int] = {}
        self._bold: set[int] = set()
        self._in_total = [column for column in columns if column.gases[0] < len(TOTAL_GASES)]
        self._values: dict[int, list[float | None]] = {}

    @property
    def _total_column(self) -> int:
        return 2 + len(self._in_total)

    def add_group(self, group: str, records: Sequence[dict[str, Any]], *, with_sum: bool) -> None:
        """Rows of a group, and their sum."""
        first = len(self._rows)
        for record in records:
            self._add(record)
        if not with_sum:
            self._sums += range(first, len(self._rows))
            self._groups[group] = first
            return
        names = {"beges": mark("Category {group}"), "ghg-protocol": mark("Scope {group}")}
        name = mark("Outside the scopes") if group == "other" else names[self._view]
        self._groups[group] = len(self._rows)
        self._sum_up(self._words.say(name, group=group), range(first, len(self._rows)))
        self._sums.append(self._groups[group])

    def _add(self, record: Mapping[str, Any]) -> None:
        number = len(self._rows) + 2
        gases = [record[gas.gas] for gas in GASES]
        values = [column.tonnes(gases) for column in self._columns]
        cells: list[Cell] = [
            None if value is None else Formula(self._split.sum(place, self._view, f"$A{number}"), value)
            for place, value in enumerate(values)
        ]
        count = len(self._in_total)
        total = None if record["total"] is None else record["total"] / 1000
        last = column_name(self._total_column - 1)
        summed = None if total is None else Formula(f"=SUM(C{number}:{last}{number})", total)
        name = record["name_fr" if self._words.language == "fr" else "name_en"]
        interval = [one / 1000 for one in record["interval_95"]] if record["interval_95"] else [None, None]
        status = {
            "computed": mark("has lines"),
            "excluded": mark("post excluded"),
            "no-data": mark("no line: unknown, not zero"),
        }
        self._values[len(self._rows)] = [*values[:count], total, *values[count:]]
        self._rows.append(
            [record["code"], name, *cells[:count], summed, *cells[count:], *interval,
             self._words.say(status[record["status"]]), record["justification"] or "",
             self._declared.get(record["code"], "")]
        )  # fmt: skip

    def _sum_up(
        self, name: str, rows: Sequence[int], interval: Sequence[float] = (), total: float | None = None
    ) -> None:
        """Sum of rows by column, where one of them is known."""
        cells: list[Cell] = ["", name]
        sums: list[float | None] = []
        for place in range(len(self._columns) + 1):
            known = [value for row in rows if (value := self._values[row][place]) is not None]
            value = sum(known) if known else None
            if value is not None and place == len(self._in_total) and total is not None:
                value = total
            letter = column_name(2 + place)
            added = (
                f"{letter}{rows[0] + 2}:{letter}{rows[-1] + 2}"
                if isinstance(rows, range)
                else ",".join(f"{letter}{row + 2}" for row in rows)
            )
            sums.append(value)
            cells.append(None if value is None else Formula(f"=SUM({added})", value))
        self._values[len(self._rows)] = sums
        self._bold.add(len(self._rows))
        self._rows.append([*cells, *interval])

    def done(self, title: str, total: float, interval: tuple[float, float]) -> TableSheet:
        """The sheet, its total last."""
        row = len(self._rows)
        bounds = [one / 1000 for one in interval]
        self._sum_up(self._words.say(mark("TOTAL")), list(self._sums), bounds, total / 1000)
        titles = [column.title for column in self._columns]
        count = len(self._in_total)
        say = self._words.say
        header = [
            say(mark("Code")), say(mark("Post") if self._view == "beges" else mark("Category")),
            *(f"{one}\nt CO2e" for one in titles[:count]), say(mark("Total\nt CO2e")),
            *(f"{one}\nt CO2e" for one in titles[count:]),
            say(mark("95 % interval, low\nt CO2e")), say(mark("95 % interval, high\nt CO2e")),
            say(mark("Status")), say(mark("Justification")),
            *([say(mark("Significance, as declared"))] if self._view == "beges" else []),
        ]  # fmt: skip
        sheet = Sheet(title, header, self._rows, TONNES, bold=frozenset(self._bold), frozen_columns=2)
        biogenic = self._total_column + 1
        return TableSheet(sheet, row, self._total_column, biogenic, total / 1000, self._groups)
