"""``decarb factors check``."""

from pathlib import Path

import click

from decarb.cli.options import COMPLETE, DIFFERENT, Translator, format_option, language_option, print_json


def command(_: Translator, language: str) -> click.Command:
    """Return the command in `language`."""

    @click.command(
        help=_("List the defects of a library by row. The exit code is 4 if there is one."),
        epilog=_("Without FOLDER: the packaged library. A base is imported first: decarb factors import"),
    )
    @click.argument("path", metavar="[FOLDER]", required=False)
    @click.option("--notes", is_flag=True, help=_("List what is no defect too: past validity, no uncertainty."))
    @format_option(_, "table", "json", "csv")
    @language_option(_)
    def check(path: str | None, notes: bool, form: str) -> int:
        from decarb.factors.checking import check_library
        from decarb.report.check_text import finding_records, findings_text
        from decarb.report.result import csv_text

        findings = check_library(Path(path) if path else None)
        defects = [finding for finding in findings if finding.problem.severity == "warning"]
        if form == "table":
            click.echo(findings_text(findings, language, notes), nl=False)
        else:
            records = finding_records(findings if notes else defects, language)
            if form == "json":
                print_json(records)
            else:
                click.echo(csv_text(records), nl=False)
        return DIFFERENT if defects else COMPLETE

    return check
