"""What ``decarb national aggregate`` adds up: documents and columns as a footprint, a store task by task."""

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from decarb.national.aggregating import Aggregates, Origin
    from decarb.national.frame import Frame


class Asked(NamedTuple):
    """Options of the command that say what is added up, and how."""

    by: tuple[str, ...]
    year: int | None
    frame: "Frame | None"
    view: str
    partial: bool
    gwp: str | None
    libraries: tuple[str, ...]
    tables: tuple[str, ...]


def add_up_documents(paths: tuple[str, ...], asked: Asked) -> "tuple[list[Aggregates], Origin]":
    """Totals of each year of documents or of a folder of columns, and what they rest on."""
    from decarb.cli.computing import compute
    from decarb.national.aggregating import aggregate
    from decarb.national.members import year_to_show, years_of

    footprint = compute(paths, asked.libraries, asked.gwp, asked.partial, asked.tables)
    years = years_of(footprint) if asked.year is None else (year_to_show(footprint, asked.year),)
    added = [aggregate(footprint, asked.by, year=one, frame=asked.frame, view_name=asked.view) for one in years]
    return added, footprint


def add_up_store(
    paths: tuple[str, ...], scheduler: str | None, label: str, asked: Asked
) -> "tuple[list[Aggregates], Origin]":
    """Totals of a year of a store, the latest by default, and what they rest on; with a bar of progress.

    Parameters
    ----------
    scheduler
        Address of a Dask scheduler whose workers add up; the threads of this process do where there is none.
    """
    from contextlib import nullcontext

    from decarb.cli.computing import load_tables
    from decarb.cli.output import progress_bar
    from decarb.errors import Problem, UsageError
    from decarb.factors import load_factors
    from decarb.national.cluster import OnThreads, aggregate_store, connected
    from decarb.national.store import latest_year, open_store
    from decarb.writing import is_store

    if len(paths) > 1 or not is_store(paths[0]):
        raise UsageError([Problem("cluster-needs-store", {"value": " ".join(paths)})])
    store = open_store(paths[0])
    year = asked.year or latest_year(store)
    workers = connected(scheduler, store) if scheduler is not None else nullcontext(OnThreads())
    with workers as runner, progress_bar(label) as progress:
        found = aggregate_store(
            store,
            year,
            asked.by,
            library=load_factors(*asked.libraries),
            gwp=asked.gwp,
            medicines=load_tables(asked.tables),
            frame=asked.frame,
            view_name=asked.view,
            partial=asked.partial,
            runner=runner,
            progress=progress,
        )
    return [found.aggregates], found
