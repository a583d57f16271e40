"""``decarb ingest``."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from decarb.cli.options import COMPLETE, PARTIAL, Translator, force_option, format_option, language_option, print_json

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
    @click.option("--jobs", type=click.IntRange(1), help=_("Documents read at a time; by default one per core."))
    @click.option(
        "--max-document-mib",
        type=click.IntRange(1, 1024),
        default=256,
        show_default=True,
        help=_("Largest document, uncompressed [MiB]."),
    )
    @click.option(
        "--max-lines", type=click.IntRange(1), default=1_000_000, show_default=True, help=_("Most lines of a document.")
    )
    @click.option("--max-depth", type=click.IntRange(4, 200), default=32, show_default=True, help=_("Deepest nesting."))
    @click.option(
        "--max-ratio",
        type=click.IntRange(2),
        default=200,
        show_default=True,
        help=_("Most times that a compressed document may expand."),
    )
    @force_option(_)
    @format_option(_, "table", "json")
    @language_option(_)
    def ingest(
        paths: tuple[str, ...],
        out: str,
        jobs: int | None,
        max_document_mib: int,
        max_lines: int,
        max_depth: int,
        max_ratio: int,
        force: bool,
        form: str,
    ) -> int:
        from decarb.cli.output import check_folder_target
        from decarb.inventory import Limits
        from decarb.inventory import ingest as read_collection

        check_folder_target(out, "columns", force, [path for path in paths if path != out])
        limits = Limits(max_document_mib * 2**20, max_lines, max_depth, max_ratio)
        with _bar(_("Reading")) as progress:
            try:
                result = read_collection(paths, out, limits=limits, jobs=jobs, replace=force, progress=progress)
            except KeyboardInterrupt:
                click.echo(_("stopped: the same command continues where it was"), err=True)
                raise
        if form == "json":
            print_json(_document(result, out, language))
        else:
            _print(_, result, out, language)
        return PARTIAL if result.refused else COMPLETE

    return ingest


@contextmanager
def _bar(label: str) -> Iterator[Callable[[int, int], None]]:
    """Show progress on the terminal, where there is one."""
    stream = sys.stderr
    bar: Any
    with click.progressbar(length=1, label=label, file=stream, hidden=not (stream and stream.isatty())) as bar:

        def progress(done: int, total: int) -> None:
            bar.length = max(total, 1)
            bar.update(done - bar.pos)

        yield progress


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
