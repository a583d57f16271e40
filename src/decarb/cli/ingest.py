"""``decarb ingest``."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from decarb.cli.options import (
    COMPLETE,
    PARTIAL,
    Translator,
    force_option,
    format_option,
    jobs_option,
    language_option,
    limit_options,
    limits_of,
    print_json,
)

if TYPE_CHECKING:
    from decarb.inventory import Ingested

_SHOWN_DOCUMENTS = 10


def command(_: Translator, language: str) -> click.Command:
    """Return the command in `language`."""

    @click.command(
        help=_("Read many inventories into a folder of columns. Files, folders, patterns, .zip, .ndjson and .gz."),
        epilog=_("Then: decarb footprint FOLDER, or decarb uncertainty FOLDER"),
    )
    @click.argument("paths", nargs=-1, required=True, metavar="PATH...")
    @click.option("--out", required=True, metavar="FOLDER", help=_("Folder to write the columns to."))
    @jobs_option(_)
    @limit_options(_)
    @force_option(_)
    @format_option(_, "table", "json")
    @language_option(_)
    def ingest(
        paths: tuple[str, ...],
        out: str,
        jobs: int | None,
        force: bool,
        form: str,
        **limits: int,
    ) -> int:
        from decarb.cli.output import check_folder_target, progress_bar
        from decarb.inventory import ingest as read_collection

        check_folder_target(out, "columns", force, [path for path in paths if path != out])
        with progress_bar(_("Reading")) as progress:
            try:
                result = read_collection(
                    paths, out, limits=limits_of(limits), jobs=jobs, replace=force, progress=progress
                )
            except KeyboardInterrupt:
                click.echo(_("stopped: the same command continues where it was"), err=True)
                raise
        if form == "json":
            print_json(_document(result, out, language))
        else:
            _print(_, result, out, language)
        return PARTIAL if result.refused else COMPLETE

    return ingest


def _document(result: "Ingested", out: str, language: str) -> dict[str, Any]:
    return {
        "folder": out,
        "documents": result.documents,
        "lines": result.lines,
        "resumed": result.resumed,
        "refused": [
            {
                "file": document.file,
                "sha256": document.digest,
                "problems": [problem.to_dict(language) for problem in document.problems],
            }
            for document in result.refused
        ],
    }


def _print(_: Translator, result: "Ingested", out: str, language: str) -> None:
    from decarb.report.problems import problem_lines

    for document in result.refused[:_SHOWN_DOCUMENTS]:
        click.echo("\n".join(problem_lines(document.problems, language)), err=True)
    if result.refused:
        click.echo(
            _("{count} document(s) refused: all of them, with every problem, are in {path}").format(
                count=len(result.refused), path=Path(out) / "refused.json"
            ),
            err=True,
        )
    if result.resumed:
        click.echo(_("{count} documents were read by an earlier run that stopped").format(count=result.resumed))
    click.echo(
        _("{path}: {documents} documents, {lines} lines").format(
            path=out, documents=result.documents, lines=result.lines
        )
    )
