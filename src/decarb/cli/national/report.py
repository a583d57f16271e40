"""``decarb national report``."""

from typing import TYPE_CHECKING

import click

from decarb.cli.national.options import (
    RegisterFiles,
    gross_option,
    per_option,
    public_option,
    register_options,
    secrecy_option,
)
from decarb.cli.options import (
    COMPLETE,
    PARTIAL,
    Translator,
    force_option,
    gwp_option,
    language_option,
    library_option,
    medicines_option,
    partial_option,
    view_option,
)

if TYPE_CHECKING:
    from decarb.footprint import Footprint
    from decarb.national.store import Ledger

_STEPS = 3
"""Footprints of the years, figures, the page."""


def command(_: Translator, language: str) -> click.Command:
    """Return the command in `language`."""

    @click.command(
        help=_("Report a year of submissions as a page to read. Regions, coverage, estimate, roadmap, adaptation."),
        epilog=_(
            "With the register (--frame) those who did not report are estimated. With an earlier year in the store "
            "the roadmap is followed. Figures of too few legal entities are withheld."
        ),
    )
    @click.argument("paths", nargs=-1, required=True, metavar="STORE|COLUMNS|INVENTORY...")
    @click.option("--out", type=click.Path(), required=True, metavar="FILE", help=_("Page to write (.html)."))
    @click.option("--year", type=click.IntRange(1990, 2100), help=_("Year to report: the latest one by default."))
    @register_options(_)
    @per_option(_)
    @click.option(
        "--from",
        "first",
        type=click.IntRange(1990, 2100),
        help=_("Base year of the roadmap: the earliest one by default."),
    )
    @click.option(
        "--to", "last", type=click.IntRange(1990, 2100), default=2030, show_default=True, help=_("Year of the target.")
    )
    @secrecy_option(_)
    @public_option(_)
    @gross_option(_)
    @view_option(_)
    @partial_option(_)
    @force_option(_)
    @gwp_option(_)
    @library_option(_)
    @medicines_option(_)
    @language_option(_)
    def report(
        paths: tuple[str, ...],
        out: str,
        year: int | None,
        register: RegisterFiles,
        per: str,
        first: int | None,
        last: int,
        secrecy: bool,
        public: tuple[str, ...],
        gross: bool,
        view: str,
        partial: bool,
        force: bool,
        gwp: str | None,
        libraries: tuple[str, ...],
        tables: tuple[str, ...],
    ) -> int:
        from decarb.cli.computing import tell_of_store
        from decarb.cli.output import check_target, progress_bar, write_target
        from decarb.errors import Problem, UsageError
        from decarb.report.html.national import NationalRequest, gather_nation, national_page
        from decarb.report.problems import problem_lines

        target = check_target(out, force, (*paths, *libraries, *tables, *register.files))
        assert target is not None
        if target.suffix.lower() != ".html":
            raise UsageError([Problem("report-extension", {"value": target.suffix or target.name, "known": [".html"]})])
        frame = register.read()
        with progress_bar(_("National report")) as progress:
            years = _years(paths, libraries, gwp, partial, tables, year, first)
            progress(1, _STEPS)
            request = NationalRequest(
                max(years), first, last, per, view, gross=gross, partial=partial, secrecy=secrecy, public=public
            )
            figures = gather_nation(years, request, frame, _ledger(paths))
            progress(2, _STEPS)
            page = national_page(figures, language)
            progress(_STEPS, _STEPS)
        write_target(target, page.encode())
        for line in problem_lines((one.at(severity="warning") for one in figures.roadmap_problems), language):
            click.echo(line, err=True)
        tell_of_store((note for footprint in years.values() for note in footprint.inventory.warnings), language)
        click.echo(_("written: {path}").format(path=out), err=True)
        return PARTIAL if figures.is_partial else COMPLETE

    return report


def _ledger(paths: tuple[str, ...]) -> "Ledger | None":
    """Ledger of the store that is reported; None of documents and columns, and of several stores."""
    from decarb.national.store import open_store, read_ledger
    from decarb.writing import is_store

    return read_ledger(open_store(paths[0])) if len(paths) == 1 and is_store(paths[0]) else None


def _years(
    paths: tuple[str, ...],
    libraries: tuple[str, ...],
    gwp: str | None,
    partial: bool,
    tables: tuple[str, ...],
    year: int | None,
    first: int | None,
) -> "dict[int, Footprint]":
    """Footprints of the base year, of the one reported, and of those between.

    Raises
    ------
    UsageError
        If nothing was submitted for the year, or the base year is after it.
    """
    from decarb.cli.national.years import submissions_by_year
    from decarb.errors import Problem, UsageError

    wanted = range(first or 1990, (year or 2100) + 1)
    found = submissions_by_year(paths, libraries, gwp, partial, tables, wanted)
    shown = {each: footprint for each, footprint in found.items() if each in wanted}
    known = sorted({*found, *(each for path in paths for each in _submitted(path))})
    if not known:
        raise UsageError([Problem("store-empty", {"value": path}, file=path) for path in paths])
    if year is not None and year not in known:
        raise UsageError([Problem("national-year", {"value": str(year), "known": list(map(str, known))})])
    if first is not None and first > (year or max(known)):
        raise UsageError([Problem("national-base-after", {"value": first, "year": year or max(known)})])
    return shown


def _submitted(path: str) -> list[int]:
    """Years of a store, those that were not asked for too; none of documents and columns."""
    from decarb.national.store import open_store, read_ledger, submitted_years
    from decarb.writing import is_store

    return submitted_years(read_ledger(open_store(path))) if is_store(path) else []
