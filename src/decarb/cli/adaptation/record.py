"""``decarb adaptation record``."""

from datetime import datetime
from pathlib import Path

import click

from decarb.cli.adaptation.reading import day_option
from decarb.cli.options import COMPLETE, Translator, force_option, language_option


def command(_: Translator, _language: str) -> click.Command:
    """Return the command in `language`."""

    @click.command(
        help=_("Write the answers of a form into the inventory, as a new file."),
        epilog=_("The form comes from: decarb adaptation questions INVENTORY --out answers.xlsx"),
    )
    @click.argument("path", metavar="INVENTORY")
    @click.argument("form", metavar="FORM.xlsx")
    @click.option(
        "--out", type=click.Path(dir_okay=False), required=True, metavar="NEW.json", help=_("The inventory to write.")
    )
    @force_option(_)
    @day_option(_)
    @language_option(_)
    def record(path: str, form: str, out: str, force: bool, day: datetime | None) -> int:
        from decarb.adaptation import load_catalogue
        from decarb.adaptation.form import read_form
        from decarb.cli.adaptation.writing import opened, written
        from decarb.cli.output import check_target

        target = check_target(out, force, (path, form))
        document = opened(path)
        read = read_form(Path(form), load_catalogue())
        written(target, document, read, path, day.date() if day else None)
        counts = {name: len(entries) for name, entries in read.entries.items()}
        message = _("written: {path} — {answers} answers, {facts} facts, {exposure} exposures recorded")
        click.echo(message.format(path=out, **counts), err=True)
        return COMPLETE

    return record
