"""``decarb adaptation exposure``."""

from datetime import date, datetime
from pathlib import Path

import click

from decarb.cli.adaptation.reading import day_option
from decarb.cli.options import COMPLETE, Translator, force_option, language_option


def command(_: Translator, language: str) -> click.Command:
    """Return the command in `language`."""

    @click.command(
        help=_("Record the exposure of each site from public files by commune, in a new inventory."),
        epilog=_(
            "Nothing is recorded of a commune that is not in the files, and what the inventory records already stays. "
            "Levels are a convention: docs/adaptation.md."
        ),
    )
    @click.argument("path", metavar="INVENTORY")
    @click.option(
        "--gaspar",
        multiple=True,
        metavar="FILE",
        help=_("A table of the national base GASPAR: risks of communes, or disaster decrees. Any number of times."),
    )
    @click.option(
        "--climate",
        multiple=True,
        metavar="FILE",
        help=_("Climate indicators by commune and warming level: columns commune, warming, indicator, value."),
    )
    @click.option(
        "--out", type=click.Path(dir_okay=False), required=True, metavar="NEW.json", help=_("The inventory to write.")
    )
    @force_option(_)
    @day_option(_)
    @language_option(_)
    def exposure(
        path: str, gaspar: tuple[str, ...], climate: tuple[str, ...], out: str, force: bool, day: datetime | None
    ) -> int:
        from decarb.adaptation import load_catalogue
        from decarb.adaptation.hazard_files import exposures_from, read_hazard_files
        from decarb.cli.adaptation.writing import opened, written
        from decarb.cli.output import check_target
        from decarb.report.problems import problem_lines

        if not gaspar and not climate:
            raise click.UsageError(_("give at least one file: --gaspar or --climate"))
        target = check_target(out, force, (path, *gaspar, *climate))
        today, catalogue = day.date() if day else date.today(), load_catalogue()
        document = opened(path)
        files = read_hazard_files([Path(name) for name in gaspar], [Path(name) for name in climate], catalogue, today)
        form, problems = exposures_from(files, document, catalogue, today, language)
        written(target, document, form, path, today)
        if problems:
            lines = problem_lines([problem.at(file=path) for problem in problems], language)
            click.echo("\n".join(lines), err=True)
        count = len(form.entries["exposure"])
        click.echo(_("written: {path} — {count} exposures recorded").format(path=out, count=count), err=True)
        return COMPLETE

    return exposure
