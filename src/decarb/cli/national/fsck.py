"""``decarb national fsck``."""

import click

from decarb.cli.options import (
    COMPLETE,
    DIFFERENT,
    Translator,
    format_option,
    jobs_option,
    language_option,
    print_json,
)


def command(_: Translator, language: str) -> click.Command:
    """Return the command in `language`."""

    @click.command(
        help=_("Check a store: digests, log, and columns against the documents. The exit code is 4 if it is damaged.")
    )
    @click.argument("folder", metavar="STORE")
    @click.option("--repair", is_flag=True, help=_("Make the columns again from the documents where they differ."))
    @jobs_option(_)
    @format_option(_, "table", "json")
    @language_option(_)
    def fsck(folder: str, repair: bool, jobs: int | None, form: str) -> int:
        from decarb.cli.output import progress_bar
        from decarb.national.store import check_store, open_store
        from decarb.report.store_text import checked_document, checked_text

        store = open_store(folder)
        with progress_bar(_("Checking")) as progress:
            checked = check_store(store, repair=repair, jobs=jobs, progress=progress)
        if form == "json":
            print_json(checked_document(checked, language))
        else:
            click.echo(checked_text(checked, language), nl=False)
        return DIFFERENT if checked.found else COMPLETE

    return fsck
