"""``decarb adaptation questions``."""

from datetime import datetime

import click

from decarb.cli.adaptation.reading import day_option, warming_option
from decarb.cli.options import COMPLETE, Translator, force_option, language_option, library_option


def command(_: Translator, language: str) -> click.Command:
    """Return the command in `language`."""

    @click.command(
        help=_("Write what is left to answer as a form, a workbook to fill in."),
        epilog=_("Then: decarb adaptation record INVENTORY answers.xlsx --out NEW.json"),
    )
    @click.argument("path", metavar="INVENTORY")
    @click.option(
        "--out", type=click.Path(dir_okay=False), required=True, metavar="FILE.xlsx", help=_("The workbook to write.")
    )
    @force_option(_)
    @warming_option(_)
    @day_option(_)
    @library_option(_)
    @language_option(_)
    def questions(
        path: str, out: str, force: bool, warming: float, day: datetime | None, libraries: tuple[str, ...]
    ) -> int:
        from decarb.adaptation.form import questions
        from decarb.cli.adaptation.reading import evaluated
        from decarb.cli.output import BINARY_FORMATS, check_target, output_format, write_target
        from decarb.errors import Problem, UsageError
        from decarb.factors import load_factors
        from decarb.inventory import is_columns_folder
        from decarb.report.adaptation_form import form_bytes
        from decarb.writing import is_store

        if is_columns_folder(path) or is_store(path):
            raise UsageError([Problem("form-of-one", {}, file=path)])
        target = check_target(out, force, (path, *libraries))
        assert target is not None
        output_format("xlsx", target, BINARY_FORMATS)
        found = evaluated((path,), load_factors(*libraries), day.date() if day else None, warming)
        asked = questions(found, 0)
        write_target(target, form_bytes(found, 0, language))
        click.echo(
            _("written: {path} — {answers} answers, {facts} facts, {exposure} exposures to fill in").format(
                path=out, **{name: len(rows) for name, rows in asked.items()}
            ),
            err=True,
        )
        return COMPLETE

    return questions
