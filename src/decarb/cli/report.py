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
    language_option,
    library_option,
    medicines_option,
)

if TYPE_CHECKING:
    from decarb.footprint import Footprint
    from decarb.national.benchmarking import Benchmark

_SAME = 1e-9


@dataclass(frozen=True)
class Asked:
    """What a report is made from and how; the footprint is computed when a writer asks for it."""

    paths: tuple[str, ...]
    libraries: tuple[str, ...]
    tables: tuple[str, ...]
    gwp: str | None
    partial: bool
    language: str
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


WRITERS: Mapping[str, Writer] = {".html": _page}
"""Writer by the extension of the file: a new form is a row here."""


def _writer(target: Path) -> Writer:
    from decarb.errors import Problem, UsageError

    found = WRITERS.get(target.suffix.lower())
    if found is None:
        known = list(WRITERS)
        raise UsageError([Problem("report-extension", {"value": target.suffix or target.name, "known": known})])
    return found


def command(_: Translator, language: str) -> click.Command:
    """Return the command in `language`."""

    @click.command(
        help=_("Report a footprint. One page that opens offline, in French and English, and prints."),
        epilog=_("The extension of --out says what is written: .html the page."),
    )
    @click.argument("paths", nargs=-1, required=True, metavar="INVENTORY...")
    @click.option("--out", type=click.Path(), required=True, metavar="FILE", help=_("File to write."))
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
    @click.option(
        "--partial",
        is_flag=True,
        help=_("Leave refused lines out and mark the result partial (exit code 3)."),
    )
    @force_option(_)
    @gwp_option(_)
    @library_option(_)
    @medicines_option(_)
    @language_option(_)
    def report(
        paths: tuple[str, ...],
        out: str,
        among: str | None,
        trajectory: str | None,
        partial: bool,
        force: bool,
        gwp: str | None,
        libraries: tuple[str, ...],
        tables: tuple[str, ...],
    ) -> int:
        from decarb.cli.output import check_target, write_target

        target = check_target(out, force, (*paths, *libraries, *tables, *filter(None, (among, trajectory))))
        assert target is not None
        write = _writer(target)
        written = write(Asked(paths, libraries, tables, gwp, partial, language, among, trajectory))
        write_target(target, written.content)
        click.echo(_("written: {path}").format(path=out), err=True)
        if written.remark:
            click.echo(written.remark, err=True)
        return PARTIAL if written.is_partial else COMPLETE

    return report
