"""``decarb adaptation checklist``, for which ``decarb adaptation INVENTORY`` is short."""

from datetime import datetime
from typing import TYPE_CHECKING

import click

from decarb.cli.adaptation.reading import day_option, warming_option
from decarb.cli.options import (
    COMPLETE,
    PARTIAL,
    Translator,
    force_option,
    json_text,
    language_option,
    library_option,
    year_option,
)

if TYPE_CHECKING:
    from decarb.adaptation import Checklist
    from decarb.factors import FactorLibrary

FORMS = ("table", "json", "csv", "xlsx")
GROUPINGS = ("total", "region", "department", "category", "legal_status", "ght", "establishment")


def command(_: Translator, language: str) -> click.Command:
    """Return the command in `language`."""

    @click.command(
        help=_("Evaluate the checklist. What to do first, scores with their bounds, every item with its reasons."),
        epilog=_(
            "Several inventories, a folder of columns (decarb ingest) or a store (decarb national init) give the "
            "shares that meet each item."
        ),
    )
    @click.argument("paths", nargs=-1, required=True, metavar="INVENTORY...")
    @warming_option(_)
    @day_option(_)
    @click.option("--hazard", metavar="HAZARD", help=_("Show one hazard in full, with sources: heat, flood, energy, …"))
    @click.option(
        "--by",
        type=click.Choice(GROUPINGS),
        help=_("Group establishments, and count those that meet each item; by total if there are several."),
    )
    @click.option(
        "--of",
        "unit",
        type=click.Choice(["hazard", "item"]),
        default="hazard",
        show_default=True,
        help=_("With --by: a row per hazard or per item."),
    )
    @click.option(
        "--format",
        "form",
        type=click.Choice(FORMS),
        help=_("Output format; by default from the extension of --out, else a table."),
    )
    @click.option("--out", type=click.Path(dir_okay=False), help=_("Write to this file instead of the screen."))
    @force_option(_)
    @click.option(
        "--partial",
        is_flag=True,
        help=_("Leave out the inventories whose adaptation section is refused (exit code 3)."),
    )
    @year_option(_)
    @library_option(_)
    @language_option(_)
    def checklist(
        paths: tuple[str, ...],
        warming: float,
        day: datetime | None,
        hazard: str | None,
        by: str | None,
        unit: str,
        form: str | None,
        out: str | None,
        force: bool,
        partial: bool,
        year: int | None,
        libraries: tuple[str, ...],
    ) -> int:
        from decarb.cli.adaptation.reading import evaluated
        from decarb.cli.computing import tell_of_store
        from decarb.cli.output import BINARY_FORMATS, FORMATS, check_target, output_format, write_target
        from decarb.errors import Problem, UsageError
        from decarb.factors import load_factors

        target = check_target(out, force, (*paths, *libraries))
        form = output_format(form, target, FORMATS | BINARY_FORMATS)
        if form == "xlsx" and target is None:
            raise UsageError([Problem("workbook-to-screen")])
        library = load_factors(*libraries)
        found = evaluated(paths, library, day.date() if day else None, warming, partial, year)
        if by is None and len(found.establishments) > 1:
            by = "total"
        if hazard is not None and by:
            raise click.UsageError(_("--hazard goes with one inventory, without --by"))
        if unit == "item" and not by:
            raise click.UsageError(_("--of goes with --by"))
        hazard = None if hazard is None else found.catalogue.known_hazard(hazard)
        content = (
            _aggregated(found, by, unit, form, language) if by else _single(found, library, hazard, form, language)
        )
        if target:
            write_target(target, content)
            click.echo(_("written: {path}").format(path=out), err=True)
        else:
            click.echo(content, nl=False)
        tell_of_store(found.inventory.warnings, language)
        left_out = len(found.establishments) - len(found.evaluated)
        if left_out:
            click.echo(
                _("{count} establishment(s) left out: their adaptation section is refused").format(count=left_out),
                err=True,
            )
        return PARTIAL if left_out else COMPLETE

    return checklist


def _single(
    found: "Checklist", library: "FactorLibrary", hazard: str | None, form: str, language: str
) -> "str | bytes":
    """Checklist of the one establishment."""
    from decarb.adaptation import linked_emissions
    from decarb.cli.output import terminal_width
    from decarb.footprint import compute_footprint
    from decarb.report.adaptation_result import checklist_document, item_records
    from decarb.report.adaptation_text import checklist_text
    from decarb.report.adaptation_workbook import checklist_workbook
    from decarb.report.result import csv_text, flat

    (number,) = found.evaluated or (0,)
    if form == "csv":
        records = item_records(found, number, language)
        return csv_text([flat(record) for record in records if hazard in (None, record["hazard"])])
    footprint = compute_footprint(found.inventory, library, partial=True) if len(found.inventory) else None
    links = linked_emissions(found, footprint, number) if footprint else []
    if form == "json":
        return json_text(checklist_document(found, number, links, language))
    if form == "xlsx":
        return checklist_workbook(found, number, links, language)
    return checklist_text(found, number, links, language, terminal_width(), hazard)


def _aggregated(found: "Checklist", by: str, unit: str, form: str, language: str) -> "str | bytes":
    """Shares, or scores of each establishment."""
    from decarb.adaptation import aggregate
    from decarb.report.adaptation_aggregate import aggregate_text, records_workbook, scores_text
    from decarb.report.adaptation_result import aggregate_records, score_records
    from decarb.report.result import csv_text

    each = by == "establishment"
    shares = None if each else aggregate(found, by, unit)
    records = list(aggregate_records(shares, unit) if shares else score_records(found))
    if form == "csv":
        return csv_text(records)
    if form == "json":
        head = {
            "catalogue": found.catalogue.version,
            "digest": found.catalogue.digest,
            "today": found.today.isoformat(),
        }
        return json_text({**head, "warming_celsius": found.warming, "by": by, "rows": records})
    if form == "xlsx":
        return records_workbook(records)
    return aggregate_text(found, shares, unit, language) if shares else scores_text(found, language)
