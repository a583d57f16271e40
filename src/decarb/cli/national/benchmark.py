"""``decarb national benchmark``."""

import click

from decarb.cli.national.options import RegisterFiles, register_options
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
        help=_("Say where one stands among its like. Per bed, stay and m2, and by post; never another's figures.")
    )
    @click.argument("paths", nargs=-1, required=True, metavar="STORE|COLUMNS|INVENTORY...")
    @click.option("--finess", required=True, metavar="FINESS", help=_("Number of its site or of its legal entity."))
    @register_options(_)
    @year_option(_)
    @view_option(_)
    @partial_option(_)
    @format_option(_, "table", "json", "csv")
    @gwp_option(_)
    @library_option(_)
    @medicines_option(_)
    @language_option(_)
    def benchmark(
        paths: tuple[str, ...],
        finess: str,
        register: RegisterFiles,
        year: int | None,
        view: str,
        partial: bool,
        form: str,
        gwp: str | None,
        libraries: tuple[str, ...],
        tables: tuple[str, ...],
    ) -> int:
        from decarb.cli.computing import compute, tell_of_store
        from decarb.national.benchmarking import benchmark as compare
        from decarb.report.national_result import benchmark_document, benchmark_records
        from decarb.report.national_text import benchmark_text
        from decarb.report.result import csv_text

        frame = register.read()
        footprint = compute(paths, libraries, gwp, partial, tables, year)
        found = compare(footprint, finess, year=year, frame=frame, view_name=view, leave_strangers_out=partial)
        if form == "json":
            print_json(benchmark_document(footprint, found))
        elif form == "csv":
            click.echo(csv_text(benchmark_records(found)), nl=False)
        else:
            click.echo(benchmark_text(found, language), nl=False)
        tell_of_store(footprint.inventory.warnings, language)
        return PARTIAL if footprint.is_partial else COMPLETE

    return benchmark
