"""What ``decarb national aggregate`` adds up: footprints in this process, or a store task by task on a cluster."""

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from decarb.errors import Problem
    from decarb.national.aggregating import Aggregates
    from decarb.national.frame import Frame
    from decarb.report.national_result import Computed

    Added = tuple[list[Aggregates], list[Computed], list[Problem]]
    """A table of each year, what they were computed with, and what to know of what was read."""


class Asked(NamedTuple):
    """Options of the command that say what is added up, and how."""

    by: tuple[str, ...]
    years: tuple[int, ...]
    frame: "Frame | None"
    view: str
    partial: bool
    gwp: str | None
    libraries: tuple[str, ...]
    tables: tuple[str, ...]


def add_up_here(paths: tuple[str, ...], asked: Asked, *, gross: bool) -> "Added":
    """Totals of each year of documents, of a folder of columns or of a store.

    Of a store a year at a time, and in one GWP set: footprints of a nation would not fit beside each other.
    """
    from decarb.cli.computing import compute
    from decarb.errors import Problem
    from decarb.national.aggregating import aggregate
    from decarb.national.members import year_to_show, years_of
    from decarb.national.sharing import net_shared_services
    from decarb.report.national_result import Computed
    from decarb.writing import is_store

    added, parts, notes = [], list[Computed](), list[Problem]()
    for one in asked.years if asked.years and any(map(is_store, paths)) else [None]:
        gwp = parts[0].gwp_set if parts else asked.gwp
        footprint = compute(paths, asked.libraries, gwp, asked.partial, asked.tables, one)
        wanted = [year_to_show(footprint, year) for year in ([one] if one else asked.years)] or years_of(footprint)
        shared = None if gross else net_shared_services(footprint)
        added += [
            aggregate(
                footprint,
                asked.by,
                year=year,
                frame=asked.frame,
                view_name=asked.view,
                shared=shared,
                leave_strangers_out=asked.partial,
            )
            for year in wanted
        ]
        parts.append(Computed.of(footprint))
        notes += footprint.inventory.warnings
        del footprint, shared
    return added, parts, notes


def add_up_on_cluster(paths: tuple[str, ...], scheduler: str, label: str, asked: Asked, *, gross: bool) -> "Added":
    """Totals of years of a store, the latest by default, on the workers of a Dask scheduler; with a bar of progress.

    Raises
    ------
    UsageError
        If it is no store alone, or some of its documents declare shared services, which are not netted there, and
        `gross` is not asked for.
    """
    from decarb.cli.computing import load_tables
    from decarb.cli.output import progress_bar
    from decarb.errors import Problem, UsageError
    from decarb.factors import load_factors
    from decarb.national.cluster import aggregate_store, connected
    from decarb.national.store import open_store, read_ledger, refusals, submitted_years
    from decarb.report.national_result import Computed
    from decarb.writing import is_store

    if len(paths) > 1 or not is_store(paths[0]):
        raise UsageError([Problem("cluster-needs-store", {"value": " ".join(paths)})])
    store = open_store(paths[0])
    ledger = read_ledger(store)
    known = submitted_years(ledger)
    if not known:
        raise UsageError([Problem("store-empty", {"value": paths[0]}, file=paths[0])])
    years = asked.years or known[-1:]
    declaring = sum(
        bool(one.establishment and one.establishment.shared_services) for year in years for one in ledger.current(year)
    )
    if declaring and not gross:
        raise UsageError([Problem("cluster-is-gross", {"count": declaring}, file=paths[0])])
    added, parts, notes = [], list[Computed](), list[Problem]()
    library, medicines = load_factors(*asked.libraries), load_tables(asked.tables)
    with connected(scheduler, store) as runner:
        for year in years:
            with progress_bar(label) as progress:
                found = aggregate_store(
                    store,
                    year,
                    asked.by,
                    library=library,
                    gwp=parts[0].gwp_set if parts else asked.gwp,
                    medicines=medicines,
                    frame=asked.frame,
                    view_name=asked.view,
                    partial=asked.partial,
                    runner=runner,
                    progress=progress,
                )
            added.append(found.aggregates)
            parts.append(Computed(found.library.digest, found.gwp_set, found.is_partial))
            notes += refusals(ledger, year, paths[0])
    return added, parts, notes
