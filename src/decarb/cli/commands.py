"""The commands, built for a language: help, labels and messages are all in it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from decarb import __version__
from decarb.cli import compare, ingest, report, uncertainty, verify
from decarb.cli.adaptation import build_adaptation
from decarb.cli.care import build_care
from decarb.cli.devices import build_devices
from decarb.cli.factors import build_factors
from decarb.cli.gases import build_gases
from decarb.cli.medicines import build_medicines
from decarb.cli.national import build_national
from decarb.cli.options import (
    COMPLETE,
    PARTIAL,
    REFUSED,
    Translator,
    format_option,
    gwp_option,
    json_text,
    language_option,
    library_option,
    medicines_option,
    partial_option,
    print_json,
    view_option,
    year_option,
)
from decarb.language import translate

if TYPE_CHECKING:
    from decarb.errors import Problem
    from decarb.footprint import Footprint
    from decarb.inventory import Inventory


def build(language: str) -> click.Group:
    """Return the ``decarb`` command in `language`."""

    def _(message: str) -> str:
        return translate(message, language)

    @click.group(
        name="decarb",
        help=_("Carbon and climate adaptation of the French health system: footprints an auditor can follow."),
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
        epilog=_("Start with: decarb validate inventory.json, then decarb footprint inventory.json"),
    )
    @click.version_option(__version__, prog_name="decarb", help=_("Show the version."))
    @language_option(_)
    def decarb() -> None:
        """Group of all commands."""

    decarb.add_command(_validate(_, language))
    decarb.add_command(_footprint(_, language))
    decarb.add_command(_explain(_, language))
    decarb.add_command(uncertainty.command(_, language))
    decarb.add_command(compare.command(_, language))
    decarb.add_command(report.command(_, language))
    decarb.add_command(verify.command(_, language))
    decarb.add_command(ingest.command(_, language))
    decarb.add_command(build_factors(_, language))
    decarb.add_command(build_medicines(_, language))
    decarb.add_command(build_gases(_, language))
    decarb.add_command(build_devices(_, language))
    decarb.add_command(build_care(_, language))
    decarb.add_command(build_adaptation(_, language))
    decarb.add_command(build_national(_, language))
    return decarb


def _validate(_: Translator, language: str) -> click.Command:
    @click.command(help=_('Check inventories. Every problem at once, or "valid" with counts.'))
    @click.argument("paths", nargs=-1, required=True, metavar="INVENTORY...")
    @format_option(_, "table", "json")
    @gwp_option(_)
    @library_option(_)
    @medicines_option(_)
    @language_option(_)
    def validate(
        paths: tuple[str, ...], form: str, gwp: str | None, libraries: tuple[str, ...], tables: tuple[str, ...]
    ) -> int:
        from decarb.cli.computing import load_tables
        from decarb.errors import DecarbError
        from decarb.factors import load_factors
        from decarb.footprint import compute_footprint
        from decarb.inventory import check_inventory

        inventory, problems = check_inventory(*paths)
        footprint = None
        if inventory is not None:
            try:
                medicines = load_tables(tables)
                footprint = compute_footprint(inventory, load_factors(*libraries), gwp, True, medicines)
                problems = [problem for problem in problems if problem.severity == "error"]
                problems += [p for refusal in footprint.binding.refusals for p in refusal.problems]
                problems += footprint.warnings
            except DecarbError as error:
                problems += error.problems
            problems += _adaptation_problems(inventory)
        errors = [problem for problem in problems if problem.severity == "error"]
        files = _verdicts(paths, problems)
        if form == "json":
            print_json(
                {
                    "valid": not errors,
                    "counts": _counts(footprint, problems),
                    "files": files,
                    "problems": [problem.to_dict(language) for problem in problems],
                }
            )
        else:
            _print_validation(_, language, files, problems, _counts(footprint, problems))
        return REFUSED if errors else COMPLETE

    return validate


def _adaptation_problems(inventory: "Inventory") -> "Sequence[Problem]":
    """Problems of the adaptation sections, where there is one."""
    if not any(establishment.adaptation for establishment in inventory.establishments):
        return ()
    from decarb.adaptation import evaluate

    return evaluate(inventory, partial=True).problems


def _counts(footprint: "Footprint | None", problems: "Sequence[Problem]") -> dict[str, int]:
    counts = {
        "errors": sum(problem.severity == "error" for problem in problems),
        "warnings": sum(problem.severity == "warning" for problem in problems),
    }
    if footprint is None:
        return counts
    return {
        "establishments": len(footprint.inventory.establishments),
        "lines": footprint.coverage["lines"],
        "lines_bound": footprint.coverage["computed"],
        "factors": len({found.factor.id for found in footprint.binding.bound if found}),
        **counts,
    }


def _verdicts(paths: Sequence[str], problems: "Sequence[Problem]") -> list[dict[str, Any]]:
    """Whether each file is valid, with its counts."""
    severities: dict[str, list[str]] = {path: [] for path in paths}
    everyone: list[str] = []
    for problem in problems:
        severities.get(problem.file, everyone).append(problem.severity)
    return [
        {
            "file": path,
            "valid": "error" not in (*mine, *everyone),
            "errors": [*mine, *everyone].count("error"),
            "warnings": [*mine, *everyone].count("warning"),
        }
        for path, mine in severities.items()
    ]


def _print_validation(
    _: Translator,
    language: str,
    files: list[dict[str, Any]],
    problems: "Sequence[Problem]",
    counts: dict[str, int],
) -> None:
    from decarb.report.problems import problem_lines

    by_weight = sorted(problems, key=lambda problem: problem.severity != "error")
    if by_weight:
        click.echo("\n".join(problem_lines(by_weight, language)), err=True)
    valid = all(verdict["valid"] for verdict in files)
    for verdict in files if len(files) > 1 or not valid else ():
        message = (
            _("{file}: valid, {warnings} warning(s)")
            if verdict["valid"]
            else _("{file}: not valid, {errors} problem(s), {warnings} warning(s)")
        )
        click.echo(message.format(**verdict))
    if valid:
        name = files[0]["file"] if len(files) == 1 else _("{count} files").format(count=len(files))
        click.echo(
            _(
                "{name}: valid — {establishments} establishment(s), {lines} lines bound to {factors} factors, "
                "{warnings} warning(s)"
            ).format(name=name, **counts)
        )
    elif len(files) > 1:
        bad = sum(not verdict["valid"] for verdict in files)
        click.echo(_("{bad} of {count} files are not valid").format(bad=bad, count=len(files)))


def _footprint(_: Translator, language: str) -> click.Command:
    @click.command(help=_("Compute the footprint. Posts, gases, total, interval, intensities, coverage."))
    @click.argument("paths", nargs=-1, required=True, metavar="INVENTORY...")
    @view_option(_)
    @click.option(
        "--format",
        "form",
        type=click.Choice(["table", "json", "csv"]),
        help=_("Output format; by default from the extension of --out, else a table."),
    )
    @click.option(
        "--by",
        type=click.Choice(["total", "establishment"]),
        default="total",
        show_default=True,
        help=_("With csv: one row per post of all establishments together, or of each."),
    )
    @click.option("--lines", is_flag=True, help=_("With csv: one row per line instead of one per post."))
    @click.option("--out", type=click.Path(dir_okay=False), help=_("Write to this file instead of the screen."))
    @click.option("--force", is_flag=True, help=_("Replace the file of --out if it exists."))
    @partial_option(_)
    @year_option(_)
    @gwp_option(_)
    @library_option(_)
    @medicines_option(_)
    @language_option(_)
    def footprint(
        paths: tuple[str, ...],
        view: str,
        form: str | None,
        by: str,
        lines: bool,
        out: str | None,
        force: bool,
        partial: bool,
        year: int | None,
        gwp: str | None,
        libraries: tuple[str, ...],
        tables: tuple[str, ...],
    ) -> int:
        from decarb.cli.computing import compute, of_year, tell_of_store
        from decarb.cli.output import check_target, output_format, terminal_width, write_target

        target = check_target(out, force, (*paths, *libraries, *tables))
        form = output_format(form, target)
        if lines and form != "csv":
            raise click.UsageError(_("--lines goes with --format csv"))
        if by != "total" and (lines or form != "csv"):
            raise click.UsageError(_("--by goes with --format csv, without --lines"))
        result = of_year(compute(paths, libraries, gwp, partial, tables, year), year)
        text = _rendered(result, view, form, "line" if lines else by, language, None if target else terminal_width())
        if target:
            write_target(target, text)
            click.echo(_("written: {path}").format(path=out), err=True)
        else:
            click.echo(text, nl=False)
        if form == "csv":  # the other forms hold every warning
            tell_of_store(result.inventory.warnings, language)
        return PARTIAL if result.is_partial else COMPLETE

    return footprint


def _rendered(result: "Footprint", view: str, form: str, by: str, language: str, width: int | None) -> str:
    from decarb.report.result import establishments_csv, lines_csv, result_document, rows_csv
    from decarb.report.table import footprint_text

    if form == "json":
        return json_text(result_document(result, view, language, lines=result.inventory.documents_read))
    if form == "csv" and by != "total":
        return lines_csv(result) if by == "line" else establishments_csv(result, view)
    if form == "csv":
        return rows_csv(result, view)
    return footprint_text(result, view, language, width)


def _explain(_: Translator, language: str) -> click.Command:
    @click.command(help=_("Explain one line. From its quantity to its posts: conversions, factor, source, gases."))
    @click.argument("path", metavar="INVENTORY")
    @click.argument("line_id", metavar="LINE_ID")
    @format_option(_, "table", "json")
    @gwp_option(_)
    @library_option(_)
    @medicines_option(_)
    @language_option(_)
    def explain(
        path: str, line_id: str, form: str, gwp: str | None, libraries: tuple[str, ...], tables: tuple[str, ...]
    ) -> int:
        import difflib

        from decarb.cli.computing import load_tables
        from decarb.errors import InvalidInventoryError, Problem, UsageError
        from decarb.factors import load_factors
        from decarb.footprint import compute_footprint
        from decarb.inventory import check_inventory, is_columns_folder
        from decarb.report.explanation import explain_line, explanation_text
        from decarb.writing import is_store

        if is_columns_folder(path) or is_store(path):
            code = "store-not-explained" if is_store(path) else "columns-not-explained"
            raise UsageError([Problem(code, {"line": line_id, "value": path.rstrip("/")}, file=path)])
        inventory, problems = check_inventory(path)
        errors = [problem for problem in problems if problem.severity == "error"]
        if inventory is None or len(errors) > len(inventory.set_aside):
            raise InvalidInventoryError(errors)
        of_line = [problem for problem in errors if problem.line_id == line_id]
        if of_line:
            raise InvalidInventoryError(of_line)
        line = inventory.line(line_id)
        if line is None:
            nearest = difflib.get_close_matches(line_id, inventory.ids, 3, 0.4) or list(inventory.ids[:5])
            raise UsageError([Problem("unknown-line", {"value": line_id, "nearest": nearest}, file=path)])
        medicines = load_tables(tables)
        result = compute_footprint(inventory, load_factors(*libraries), gwp, True, medicines)
        if form == "json":
            print_json(explain_line(result, line, language))
        else:
            click.echo(explanation_text(result, line, language), nl=False)
        refused = result.binding.of_line(line) is None
        return REFUSED if refused else COMPLETE

    return explain
