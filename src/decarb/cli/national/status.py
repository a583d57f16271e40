"""``decarb national status``."""

from typing import TYPE_CHECKING

import click

from decarb.cli.national.options import RegisterFiles, register_options
from decarb.cli.options import (
    COMPLETE,
    Translator,
    format_option,
    language_option,
    library_option,
    medicines_option,
    print_json,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from decarb.national.frame import Frame
    from decarb.national.obligations import Finding
    from decarb.national.store import Ledger, Status
    from decarb.national.turnout import Turnout

_BY = ("year", "region", "department", "ght", "category", "legal_status", "size")


def command(_: Translator, language: str) -> click.Command:
    """Return the command in `language`."""

    @click.command(
        help=_("Show what a store has received and refused, who is late, and which legal milestones are due."),
        epilog=_(
            "With a register, late is who is expected and of whom nothing counts; without one, who submitted for an "
            "earlier year, or was refused. With --year, milestones are judged by what counts until then."
        ),
    )
    @click.argument("folder", metavar="STORE")
    @click.option("--year", type=click.IntRange(1990, 2100), help=_("Year of the inventories; all by default."))
    @click.option(
        "--by",
        type=click.Choice(_BY),
        multiple=True,
        help=_("What they are counted by, any number of times; with --year region and category by default, else year."),
    )
    @register_options(_)
    @click.option(
        "--obligations/--no-obligations",
        default=True,
        show_default=True,
        help=_("Whether to judge legal milestones, which computes the footprints of --year and of the years before."),
    )
    @click.option(
        "--on", type=click.DateTime(["%Y-%m-%d"]), help=_("Day at which milestones are due or not; today by default.")
    )
    @format_option(_, "table", "json", "csv")
    @library_option(_)
    @medicines_option(_)
    @language_option(_)
    def status(
        folder: str,
        year: int | None,
        by: tuple[str, ...],
        register: RegisterFiles,
        obligations: bool,
        on: "object | None",
        form: str,
        libraries: tuple[str, ...],
        tables: tuple[str, ...],
    ) -> int:
        from datetime import date

        from decarb.national.store import open_store, read_ledger, store_status
        from decarb.report.result import csv_text

        by = by or (("region", "category") if year or register.frame else ("year",))
        if register.frame and "year" in by:
            raise click.UsageError(_("--by year goes without --frame, which is held against one year"))
        if "size" in by and not register.frame:
            raise click.UsageError(_("--by size goes with --frame, which says the beds of all"))
        frame = register.read()
        ledger = read_ledger(open_store(folder))
        if frame is not None and year is None:
            year = _latest(ledger, folder)
        held = None if frame is None or year is None else _held(ledger, frame, year)
        counted = [store_status(ledger, year, name) for name in (("year",) if held else by)]
        if form == "csv":
            from decarb.report.store_text import status_records
            from decarb.report.turnout_text import turnout_records

            click.echo(csv_text(turnout_records(held) if held else status_records(counted)), nl=False)
            return COMPLETE
        day = str(on)[:10] if on else date.today().isoformat()
        is_judged = obligations and year is not None and any(ledger.current())
        found = _judged(folder, year, day, libraries, tables) if is_judged and year is not None else ()
        if form == "json":
            print_json(_document(counted, held, by, found, day))
        else:
            click.echo(_text(counted, held, by, found, day, language), nl=False)
        return COMPLETE

    return status


def _latest(ledger: "Ledger", folder: str) -> int:
    from decarb.errors import Problem, UsageError
    from decarb.national.store import submitted_years

    known = submitted_years(ledger)
    if not known:
        raise UsageError([Problem("store-no-year", {"value": folder}, file=folder)])
    return known[-1]


def _held(ledger: "Ledger", frame: "Frame", year: int) -> "Turnout":
    from decarb.national.turnout import turnout

    return turnout(ledger, frame, year)


def _judged(
    folder: str, year: int, day: str, libraries: tuple[str, ...], tables: tuple[str, ...]
) -> "tuple[Finding, ...]":
    """Milestones by what counts until a year; what a refused line would tell is unknown."""
    from decarb.cli.national.years import reports_by_year
    from decarb.national.obligations import judge

    reports = reports_by_year((folder,), libraries, None, True, tables, range(year + 1))
    return judge(reports.by_year, day)


def _document(
    counted: "Sequence[Status]", held: "Turnout | None", by: tuple[str, ...], found: "Sequence[Finding]", day: str
) -> dict[str, object]:
    from decarb.report.store_text import status_document

    document = status_document(counted)
    if held:
        from decarb.report.turnout_text import turnout_document

        document["register"] = turnout_document(held, by)
    if found:
        from decarb.national.obligations import counts, due

        document["obligations"] = {"on": day, "counts": counts(found), "due": due(found)}
    return document


def _text(
    counted: "Sequence[Status]",
    held: "Turnout | None",
    by: tuple[str, ...],
    found: "Sequence[Finding]",
    day: str,
    language: str,
) -> str:
    from decarb.report.store_text import status_text

    blocks = [status_text(counted, language)]
    if held:
        from decarb.report.turnout_text import turnout_text

        blocks.append(turnout_text(held, by, language))
    if found:
        from decarb.report.obligations_text import due_text

        blocks.append(due_text(found, day, language))
    return "\n".join(blocks)
