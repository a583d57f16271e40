"""The facts that rules read, as columns over rows: declared, of the head, of the lines, computed, thresholds."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from decarb.adaptation.catalogue import EXPOSURE, Catalogue, FactKind
from decarb.adaptation.recorded import Recorded, begun_months, day_number, inherited
from decarb.adaptation.rows import Rows
from decarb.errors import UnknownUnitError
from decarb.factors import FactorLibrary
from decarb.inventory import Inventory, LineTerms, place_of
from decarb.resources import data_file, read_rows
from decarb.units import conversion_factor, parse_unit

Columns = dict[str, NDArray[np.float64]]
_OVERSEAS_REGIONS = ("01", "02", "03", "04", "06")


def gather_facts(
    inventory: Inventory,
    rows: Rows,
    recorded: Recorded,
    catalogue: Catalogue,
    library: FactorLibrary | None,
    today: date,
    warming: float,
) -> Columns:
    """Facts by name, arrays of shape (rows,): nan where one is not known.

    A site takes the value of its establishment where it has none, unless the fact is an amount: a number of beds is
    a sum over sites, a share or a number of hours is said of each. What is computed is computed on each row from the
    row's own amounts first; where one site has its own, the share of all says nothing of the others. An establishment
    takes the highest exposure of its sites, and yes where one of them says yes.
    """
    facts: Columns = {}
    for code, hazard in enumerate(catalogue.hazards):
        facts[EXPOSURE + hazard] = of_rows(recorded.exposure[:, code], rows)
    for kind in catalogue.facts.values():
        values = _values(kind, inventory, rows, recorded, catalogue, library, facts, today, warming)
        if kind.kind == "yes_no" and kind.origin == "declared":
            facts[kind.id] = of_rows(values, rows)
        elif kind.is_amount:
            facts[kind.id] = values
        else:
            missing = np.isnan(values)
            if kind.origin == "computed":
                missing &= ~_a_site_has_its_own(values, rows)
            facts[kind.id] = inherited(values, rows, missing)
    return facts


def of_rows(values: NDArray[np.float64], rows: Rows) -> NDArray[np.float64]:
    """Levels of rows: a site without one has that of its establishment, which without one has the highest of its sites.

    Where some of the sites have none, the highest of the others stands unless it is 0.
    """
    found = inherited(values, rows, np.isnan(values))
    count = len(rows.establishments)
    sites = np.arange(len(rows)) >= count
    highest = np.full(count, -np.inf)
    np.maximum.at(highest, rows.parent[sites], np.nan_to_num(found[sites], nan=-np.inf))
    unknown = np.bincount(rows.parent[sites], np.isnan(found[sites]), count) > 0
    known = np.isfinite(highest) & ((highest > 0) | ~unknown)
    found[:count] = np.where(np.isnan(found[:count]) & known, highest, found[:count])
    return found


def proofs(recorded: Recorded, rows: Rows, catalogue: Catalogue, facts: Columns) -> dict[str, NDArray[np.bool_]]:
    """Whether each fact is proven on each row, arrays of shape (rows,); what is not known needs no proof.

    A declared fact is by its evidence; what is computed is if all its parts are; what the inventory says, and
    exposures, which name their source, are.
    """
    proven = {name: np.ones(len(rows), dtype=bool) for name in facts}
    for kind in catalogue.facts.values():
        if kind.id in recorded.fact_proofs:
            own = recorded.facts[kind.id]
            proof = inherited(recorded.fact_proofs[kind.id], rows, np.isnan(own))
            proven[kind.id] = proof | (np.isnan(own) & np.isnan(own[rows.parent]))
        elif kind.expression:
            proven[kind.id] = np.logical_and.reduce([proven[name] for name in kind.expression.names])
    return proven


def _a_site_has_its_own(values: NDArray[np.float64], rows: Rows) -> NDArray[np.bool_]:
    """Whether some site of the establishment of each row has a value of its own."""
    sites = np.arange(len(rows)) >= len(rows.establishments)
    has = np.bincount(rows.parent[sites], ~np.isnan(values[sites]), len(rows.establishments)) > 0
    return np.asarray(has[rows.parent])


def _values(
    kind: FactKind,
    inventory: Inventory,
    rows: Rows,
    recorded: Recorded,
    catalogue: Catalogue,
    library: FactorLibrary | None,
    facts: Columns,
    today: date,
    warming: float,
) -> NDArray[np.float64]:
    unknown = np.full(len(rows), np.nan)
    match kind.origin:
        case "declared":
            return recorded.facts.get(kind.id, unknown)
        case "identity":
            return _of_identity(kind, rows)
        case "place":
            return _overseas(rows)
        case "lines":
            count = len(rows.establishments)
            unknown[:count] = _of_lines(kind, inventory, library)
            old = [_is_old(found.end, kind.months, today) for found in rows.establishments]
            unknown[:count][np.array(old, dtype=bool)] = np.nan
            return unknown
        case "threshold":
            return np.full(len(rows), _threshold(kind, catalogue, warming))
        case _:
            return _computed(kind, facts, len(rows), today)


def _computed(kind: FactKind, facts: Columns, count: int, today: date) -> NDArray[np.float64]:
    expression = kind.expression
    if expression is None:
        raise ValueError(kind.id)
    if not expression.is_logical:
        return np.broadcast_to(expression.number(facts, np.datetime64(today)), count).astype(np.float64)
    truth = expression.truth(facts, np.datetime64(today))
    return np.choose(np.broadcast_to(truth, count), (0.0, np.nan, 1.0))


def _of_identity(kind: FactKind, rows: Rows) -> NDArray[np.float64]:
    path = kind.path.split("/")
    identities: list[Mapping[str, Any]] = [found.identity for found in rows.establishments]
    identities += [
        rows.establishments[parent].sites[site]
        for parent, site in zip(rows.parent.tolist(), rows.site_ids, strict=True)
        if site
    ]
    values = np.array([_at(identity, path) for identity in identities], dtype=np.float64)
    if kind.id == "category":  # a category that our list does not know decides nothing
        values[~np.isin(values, _categories())] = np.nan
    return values


@cache
def _categories() -> tuple[float, ...]:
    """FINESS categories of which it is known whether they are hospitals: of dialysis centres (141, 146) it is not."""
    rows = read_rows(data_file("finess_categories.csv"))
    return tuple(float(row["code"]) for row in rows if row["code"] not in ("141", "146"))


def _at(identity: Mapping[str, Any], path: Iterable[str]) -> float:
    found: Any = identity
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return float("nan") if found is None else float(found)


def _overseas(rows: Rows) -> NDArray[np.float64]:
    """Whether a row is overseas, by its region or department; nan where it says neither."""
    places = (
        place_of(rows.establishments[parent], site)
        for parent, site in zip(rows.parent.tolist(), rows.site_ids, strict=True)
    )
    return np.array(
        [
            float(place.region in _OVERSEAS_REGIONS or place.department[:2] in ("97", "98")) if any(place) else np.nan
            for place in places
        ]
    )


def _threshold(kind: FactKind, catalogue: Catalogue, warming: float) -> float:
    for change in catalogue.warming_changes:
        if change.threshold == kind.id and change.warming == warming and change.value is not None:
            return change.value
    return float("nan") if kind.default is None else kind.default


def _is_old(end: str, months: int | None, today: date) -> bool:
    day = day_number(end)
    return months is not None and day is not None and begun_months(day, today) > months


def _of_lines(kind: FactKind, inventory: Inventory, library: FactorLibrary | None) -> NDArray[np.float64]:
    """Sum of the lines of an activity, of shape (establishments,); nan where there is none, or one of another unit."""
    count = len(inventory.establishments)
    if library is None or not len(inventory):
        return np.full(count, np.nan)
    factor = np.array([_term_factor(terms, kind, library) for terms in inventory.terms])
    sums, lines = np.zeros(count), np.zeros(count)
    step = 1 << 20
    for start in range(0, len(inventory), step):
        chunk = slice(start, start + step)
        of_line = factor[inventory.term[chunk]]
        establishment = inventory.establishment[chunk]
        sums += np.bincount(establishment, of_line * inventory.quantity[chunk], count)
        lines += np.bincount(establishment, of_line != 0, count)
    return np.where(lines > 0, sums, np.nan)


def _term_factor(terms: LineTerms, kind: FactKind, library: FactorLibrary) -> float:
    """How many units of the fact one unit of the line makes: 0 for another activity, nan for another dimension."""
    if _activity(terms, library) != kind.path:
        return 0.0
    try:
        factor = conversion_factor(parse_unit(terms.unit).name, kind.unit)
    except UnknownUnitError:
        return float("nan")
    return float("nan") if factor is None else factor


def _activity(terms: LineTerms, library: FactorLibrary) -> str:
    """Activity of a line, as it says or as its factor does."""
    if terms.activity or not terms.factor:
        return terms.activity
    factor = library.find(terms.factor)
    members = () if factor else library.members(terms.factor)
    factor = factor or (members[0] if members else None)
    return factor.default_activity if factor else ""
