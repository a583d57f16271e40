"""``decarb national estimate``."""

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
    format_option,
    gwp_option,
    language_option,
    library_option,
    medicines_option,
    partial_option,
    print_json,
    view_option,
    year_option,
)


def command(_: Translator, language: str) -> click.Command:
    """Return the command in `language`."""

    @click.command(
        help=_("Estimate the whole sector. Reported, estimated for the others, and total, with intervals."),
        epilog=_(
            "Those who did not report are taken to emit, per bed, as those of their stratum who did; what reports "
            "leave out, as those who cover it. docs/estimation.md says how sure that is."
        ),
    )
    @click.argument("paths", nargs=-1, required=True, metavar="STORE|COLUMNS|INVENTORY...")
    @register_options(_, required=True)
    @per_option(_)
    @click.option(
        "--by",
        type=click.Choice(["region", "department", "ght", "category", "legal_status", "size"]),
        help=_("Groups whose totals are wanted too."),
    )
    @click.option(
        "--margin",
        "margins",
        multiple=True,
        metavar="FILE",
        help=_("CSV of known sizes by region, category, ...: the weights add up to them."),
    )
    @click.option(
        "--unlike",
        multiple=True,
        metavar="FINESS",
        help=_("An outlier that was reviewed and is right: it counts, and stands for nobody else."),
    )
    @secrecy_option(_)
    @public_option(_)
    @gross_option(_)
    @year_option(_)
    @view_option(_)
    @partial_option(_)
    @format_option(_, "table", "json", "csv")
    @gwp_option(_)
    @library_option(_)
    @medicines_option(_)
    @language_option(_)
    def estimate(
        paths: tuple[str, ...],
        register: RegisterFiles,
        per: str,
        by: str | None,
        margins: tuple[str, ...],
        unlike: tuple[str, ...],
        secrecy: bool,
        public: tuple[str, ...],
        gross: bool,
        year: int | None,
        view: str,
        partial: bool,
        form: str,
        gwp: str | None,
        libraries: tuple[str, ...],
        tables: tuple[str, ...],
    ) -> int:
        from pathlib import Path

        from decarb.cli.computing import compute, tell_of_store
        from decarb.national.sector import estimate_sector
        from decarb.report.estimate_text import estimate_document, estimate_records, estimate_text
        from decarb.report.result import csv_text

        frame = register.read()
        assert frame is not None
        footprint = compute(paths, libraries, gwp, partial, tables, year)
        found = estimate_sector(
            footprint,
            frame,
            year=year,
            per=per,
            by=by or "",
            view_name=view,
            unlike=unlike,
            margins=[Path(margin) for margin in margins],
            secrecy=secrecy,
            public=public,
            gross=gross,
            leave_strangers_out=partial,
        )
        if form == "json":
            print_json(estimate_document(footprint, found, language))
        elif form == "csv":
            click.echo(csv_text(estimate_records(found)), nl=False)
        else:
            click.echo(estimate_text(footprint, found, language), nl=False)
        tell_of_store(footprint.inventory.warnings, language)
        return PARTIAL if footprint.is_partial or found.strangers else COMPLETE

    return estimate
