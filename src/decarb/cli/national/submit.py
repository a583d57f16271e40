"""``decarb national submit``."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import click

from decarb.cli.options import (
    COMPLETE,
    PARTIAL,
    REFUSED,
    Translator,
    format_option,
    jobs_option,
    language_option,
    limit_options,
    limits_of,
    print_json,
)

if TYPE_CHECKING:
    from decarb.errors import Problem
    from decarb.national.store import Receipt

_SHOWN_DOCUMENTS = 10


def command(_: Translator, language: str) -> click.Command:
    """Return the command in `language`."""

    @click.command(
        help=_("Submit inventories to a store. Every document is checked, and gets a receipt once it is kept."),
        epilog=_(
            "Files, folders, patterns, .zip, .ndjson and .gz. A document of the same entity and period supersedes the "
            "earlier one; the same bytes twice are one. The exit code is 3 if some are refused, 2 if all are."
        ),
    )
    @click.argument("folder", metavar="STORE")
    @click.argument("paths", nargs=-1, required=True, metavar="PATH...")
    @click.option("--by", metavar="NAME", help=_("Who submits; by default the name of this machine's user."))
    @click.option(
        "--check/--no-check",
        default=True,
        show_default=True,
        help=_("Say which lines the packaged factors would refuse: the document is accepted all the same."),
    )
    @jobs_option(_)
    @limit_options(_)
    @format_option(_, "table", "json")
    @language_option(_)
    def submit(
        folder: str, paths: tuple[str, ...], by: str | None, check: bool, jobs: int | None, form: str, **limits: int
    ) -> int:
        from decarb.cli.output import progress_bar
        from decarb.national.store import open_store, refused_lines
        from decarb.national.store import submit as hand_in
        from decarb.report.store_text import counts_text, receipts_document, refused_lines_text

        store = open_store(folder)
        given = _printer(language) if form == "table" else None
        with progress_bar(_("Reading")) as progress:
            try:
                receipts = hand_in(
                    store, paths, by=by, limits=limits_of(limits), jobs=jobs, progress=progress, given=given
                )
            except KeyboardInterrupt:
                click.echo(_("stopped: the same command continues where it was"), err=True)
                raise
        refusals: Mapping[int, tuple[Problem, ...]] = {}
        if check:
            from decarb.factors import load_factors

            refusals = refused_lines(store, receipts, load_factors())
        if form == "json":
            print_json(receipts_document(receipts, language, refusals))
        else:
            click.echo(refused_lines_text(refusals, language), err=True, nl=False)
            click.echo(counts_text(receipts, language), err=True)
        refused = sum(receipt.submission.verdict == "refused" for receipt in receipts)
        if not refused:
            return COMPLETE
        return REFUSED if refused == len(receipts) else PARTIAL

    return submit


def _printer(language: str) -> "Callable[[Sequence[Receipt]], None]":
    """Function that prints receipts, and the problems of the first documents that are refused."""
    from decarb.cli.output import clear_line
    from decarb.report.problems import problem_lines
    from decarb.report.store_text import receipt_lines

    left = _SHOWN_DOCUMENTS

    def show(receipts: "Sequence[Receipt]") -> None:
        nonlocal left
        clear_line()
        for receipt in receipts:
            if receipt.submission.verdict == "refused" and left:
                left -= 1
                click.echo("\n".join(problem_lines(receipt.submission.problems, language)), err=True)
        click.echo("\n".join(receipt_lines(receipts, language)))

    return show
