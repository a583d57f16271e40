"""``decarb report``: one result, written in the form that the extension of the file asks for."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import click

from decarb.cli.options import (
    COMPLETE,
    PARTIAL,
    Translator,
    force_option,
    gwp_option,
    json_text,
    language_option,
    library_option,
    medicines_option,
    partial_option,
    view_option,
)

if TYPE_CHECKING:
    from decarb.footprint import Footprint
    from decarb.national.benchmarking import Benchmark

CONTENTS = ("result", "bilan-carbone")
_SAME = 1e-9


@dataclass(frozen=True)
class Asked:
    """What a report is made from and how; the footprint is computed when a writer asks for it."""

    paths: tuple[str, ...]
    libraries: tuple[str, ...]
    tables: tuple[str, ...]
    gwp: str | None
    partial: bool
    view: str
    language: str
    key: str | None
    among: str | None
    trajectory: str | None

    @cached_property
    def footprint(self) -> "Footprint":
        """Footprint of the documents, or every reason why not."""
        from decarb.cli.computing import compute

        return compute(self.paths, self.libraries, self.gwp, self.partial, self.tables)


@dataclass(frozen=True, slots=True)
class Written:
    """A file to be, whether refused lines were left out of it, and what to say of it."""

    content: bytes
    is_partial: bool
    remark: str = ""


Writer = Callable[[Asked], Written]


def _page(asked: Asked) -> Written:
    from decarb.report.html import html_report, read_trajectory

    footprint = asked.footprint
    trajectory = read_trajectory(asked.trajectory, footprint) if asked.trajectory else None
    page = html_report(footprint, asked.language, standing=_standing(asked), trajectory=trajectory)
    return Written(page.encode(), footprint.is_partial)


def _standing(asked: Asked) -> "Benchmark | None":
    """Place of the one establishment among those of a collection that holds it, by its FINESS number."""
    if asked.among is None:
        return None
    from decarb.cli.computing import compute
    from decarb.errors import Problem, UsageError
    from decarb.national.benchmarking import benchmark

    establishments = asked.footprint.inventory.establishments
    identity = establishments[0].identity
    finess = identity.get("finess_et") or identity.get("finess_ej")
    if len(establishments) > 1 or not finess:
        raise UsageError([Problem("among-whom", {"count": len(establishments)}, file=asked.paths[0])])
    others = compute((asked.among,), asked.libraries, asked.gwp, True, asked.tables)
    found = benchmark(others, str(finess), year=establishments[0].year)
    own = asked.footprint.intensities
    for each in found.intensities:
        if each.name in own and not math.isclose(each.own, own[each.name], rel_tol=_SAME):
            what = {"value": each.own, "own": own[each.name], "finess": str(finess)}
            raise UsageError([Problem("among-another-version", what, file=asked.among)])
    return found


def _workbook(asked: Asked) -> Written:
    from decarb.report.footprint_workbook import footprint_workbook

    return Written(footprint_workbook(asked.footprint, asked.language), asked.footprint.is_partial)


def _dossier(asked: Asked) -> Written:
    from decarb.dossier import Request, build_dossier
    from decarb.language import labelled, mark

    request = Request(
        asked.paths, asked.libraries, asked.tables, asked.gwp, asked.partial, asked.view, asked.language
    )  # fmt: skip
    found = build_dossier(request, asked.key)
    remark = labelled(mark("sha256 of the manifest"), found.manifest_sha256, asked.language)
    return Written(found.content, found.is_partial, remark)


def _json(asked: Asked) -> Written:
    from decarb.report.result import result_document

    footprint = asked.footprint
    document = result_document(footprint, asked.view, asked.language, lines=footprint.inventory.documents_read)
    return Written(json_text(document).encode(), footprint.is_partial)


def _csv(asked: Asked) -> Written:
    from decarb.report.result import lines_csv

    return Written(lines_csv(asked.footprint).encode(), asked.footprint.is_partial)


def _parquet(asked: Asked) -> Written:
    from decarb.report.line_tables import lines_parquet

    return Written(lines_parquet(asked.footprint), asked.footprint.is_partial)


def _bilan_carbone(form: str) -> Writer:
    def write(asked: Asked) -> Written:
        from decarb.report.bilan_carbone import bilan_carbone_file

        return Written(bilan_carbone_file(asked.footprint, form, asked.language), asked.footprint.is_partial)

    return write


WRITERS: Mapping[str, Mapping[str, Writer]] = {
    "result": {
        ".html": _page,
        ".xlsx": _workbook,
        ".zip": _dossier,
        ".json": _json,
        ".csv": _csv,
        ".parquet": _parquet,
    },
    "bilan-carbone": {form: _bilan_carbone(form) for form in (".csv", ".xlsx", ".json", ".parquet")},
}
"""Writer by content (``--as``) and by the extension of the file: a new form is a row here."""


def _writer(content: str, target: Path) -> Writer:
    from decarb.errors import Problem, UsageError

    found = WRITERS[content].get(target.suffix.lower())
    if found is None:
        what = {"value": target.suffix or target.name, "known": list(WRITERS[content])}
        raise UsageError([Problem("report-extension", what)])
    return found


def command(_: Translator, language: str) -> click.Command:
    """Return the command in `language`."""

    @click.command(
        help=_(
            "Report a footprint. A page to read and print, a workbook, a dossier to verify, or lines for other tools."
        ),
        epilog=_(
            "The extension of --out says what is written: .html the page, .xlsx the regulatory tables, .zip a dossier, "
            ".json the result, .csv and .parquet its lines."
        ),
    )
    @click.argument("paths", nargs=-1, required=True, metavar="INVENTORY...")
    @click.option("--out", type=click.Path(), required=True, metavar="FILE", help=_("File to write."))
    @click.option(
        "--as",
        "content",
        type=click.Choice(CONTENTS),
        default=CONTENTS[0],
        show_default=True,
        help=_("What to write: the result, or its lines in the data model of the Bilan Carbone method."),
    )
    @view_option(_)
    @click.option(
        "--sign",
        "key",
        type=click.Path(dir_okay=False),
        metavar="KEY",
        help=_("Sign the dossier with this private key of OpenSSH."),
    )
    @click.option(
        "--among",
        metavar="COLUMNS|STORE",
        help=_("Say where it stands among its like in this collection, which holds it too."),
    )
    @click.option(
        "--trajectory",
        metavar="FILE",
        help=_("Show its years: what decarb national roadmap --format json wrote of the same establishment."),
    )
    @partial_option(_)
    @force_option(_)
    @gwp_option(_)
    @library_option(_)
    @medicines_option(_)
    @language_option(_)
    def report(
        paths: tuple[str, ...],
        out: str,
        content: str,
        view: str,
        key: str | None,
        among: str | None,
        trajectory: str | None,
        partial: bool,
        force: bool,
        gwp: str | None,
        libraries: tuple[str, ...],
        tables: tuple[str, ...],
    ) -> int:
        from decarb.cli.output import check_target, write_target
        from decarb.errors import Problem, UsageError

        target = check_target(out, force, (*paths, *libraries, *tables, *filter(None, (key, among, trajectory))))
        assert target is not None
        writer = _writer(content, target)
        if key and writer is not _dossier:
            raise UsageError([Problem("sign-without-dossier", {"value": out})])
        if (among or trajectory) and writer is not _page:
            option = "--among" if among else "--trajectory"
            raise UsageError([Problem("option-of-the-page", {"option": option, "value": out})])
        written = writer(Asked(paths, libraries, tables, gwp, partial, view, language, key, among, trajectory))
        write_target(target, written.content)
        click.echo(_("written: {path}").format(path=out), err=True)
        if written.remark:
            click.echo(written.remark, err=True)
        return PARTIAL if written.is_partial else COMPLETE

    return report
