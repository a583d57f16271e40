"""Two versions of a library, factor by factor: added, retired, changed and by how much."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from decarb.factors.columns import stored_columns
from decarb.factors.library import FactorLibrary, factor_value
from decarb.factors.records import Factor, Layer, source_alias
from decarb.factors.rows import FactorRows

NOT_COMPARED = frozenset({"source_row"})
"""Where a factor stands in a file is no change of it, nor is the version of a base (``source``)."""


@dataclass(frozen=True, slots=True)
class Change:
    """A factor that both versions have, and what differs.

    Attributes
    ----------
    columns
        Text before and after of each column that differs; ``parts`` where the parts do.
    value_before, value_after
        kg CO2e per unit of each version, which may be another unit; negative for a removal.
    """

    factor: Factor
    before: Factor
    columns: Mapping[str, tuple[str, str]]
    value_before: float | None
    value_after: float | None

    @property
    def is_of_value(self) -> bool:
        """Whether a result computed with it moves."""
        return self.value_before != self.value_after or bool(self.columns.keys() & {"unit", "basis", "parts"})

    @property
    def ratio(self) -> float | None:
        """Value after to value before, None where the unit changed or one is nil."""
        comparable = self.value_before and self.value_after is not None and not self.columns.keys() & {"unit", "basis"}
        return self.value_after / self.value_before if comparable else None  # type: ignore[operator]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a version of a library adds, retires and changes, the largest relative change of value first.

    ``others`` names what else differs, by table and key: a GWP, a composition, a density, a place.
    """

    before: Layer
    after: Layer
    added: tuple[Factor, ...]
    retired: tuple[Factor, ...]
    changed: tuple[Change, ...]
    unchanged: int
    others: tuple[str, ...] = ()

    @property
    def is_same(self) -> bool:
        """Whether nothing differs."""
        return not (self.added or self.retired or self.changed or self.others)


def compare_libraries(before: FactorLibrary, after: FactorLibrary, gwp_set: str = "AR6") -> Comparison:
    """Compare the upper layers of two stacks by id.

    Parameters
    ----------
    gwp_set
        Set that values are shown in.
    """
    old, new = before.tables[-1], after.tables[-1]
    old_parts, new_parts = _parts(old), _parts(new)
    added = [name for name in new if name not in old]
    retired = [name for name in old if name not in new]
    changed = []
    old_rows, new_rows = _rows(old), _rows(new)
    for name in new:
        if name not in old:
            continue
        columns = _differences(old_rows[name], new_rows[name])
        if old_parts.get(name) != new_parts.get(name):
            columns["parts"] = (_stages(old[name]), _stages(new[name]))
        if columns or new[name].model == "gwp":
            values = (_value(before, old[name], gwp_set), _value(after, new[name], gwp_set))
            if values[0] != values[1] and not columns:
                columns["gwp"] = tuple(map(str, values))  # type: ignore[assignment]
            if columns:
                changed.append(Change(new[name], old[name], columns, *values))
    return Comparison(
        before.layers[-1],
        after.layers[-1],
        tuple(new[name] for name in added),
        tuple(old[name] for name in retired),
        tuple(sorted(changed, key=_by_size)),
        len(new) - len(added) - len(changed),
        tuple(_other_changes(before, after)),
    )


def _other_changes(before: FactorLibrary, after: FactorLibrary) -> Iterator[str]:
    """Figures, compositions and names that differ, by table and key."""
    for table in ("gwp", "compositions", "properties", "substances", "geographies"):
        old, new = getattr(before, table), getattr(after, table)
        for key in sorted(key for key in old.keys() | new.keys() if old.get(key) != new.get(key)):
            yield f"{table}: {' '.join(key) if isinstance(key, tuple) else key}"


def _value(library: FactorLibrary, factor: Factor, gwp_set: str) -> float | None:
    """Value of a factor; of avoided emissions and removals, which are in no total, what is published."""
    removal = factor.published_total is not None and factor.published_total < 0
    return factor.published_total if removal else factor_value(library, factor, gwp_set)


def _rows(rows: FactorRows) -> dict[str, list[str]]:
    return {row[0]: row for row in rows.table.rows}


def _parts(rows: FactorRows) -> dict[str, list[list[str]]]:
    """Parts of each factor in an order of their own: the one they have in a file is no change."""
    parts: dict[str, list[list[str]]] = defaultdict(list)
    for factor, _, *cells in rows.part_table.rows:
        parts[factor].append(cells)
    return {factor: sorted(found) for factor, found in parts.items()}


def _differences(before: list[str], after: list[str]) -> dict[str, tuple[str, str]]:
    if before == after:
        return {}
    return {
        column: (old, new)
        for column, old, new in zip(stored_columns("factors"), before, after, strict=True)
        if old != new and column not in NOT_COMPARED and not _is_version(column, old, new)
    }


def _is_version(column: str, before: str, after: str) -> bool:
    """Whether two publications are versions of one base."""
    return column == "source" and source_alias(before, "x") == source_alias(after, "x")


def _stages(factor: Factor) -> str:
    return ", ".join(f"{part.stage} {part.total:.6g}" for part in factor.parts)


def _by_size(change: Change) -> tuple[bool, float, str]:
    """Changes of value first, the largest relative one at their head; an incomparable one before all."""
    ratio = change.ratio
    size = float("inf") if ratio is None else abs(ratio - 1)
    return (not change.is_of_value, -size, change.factor.id)
