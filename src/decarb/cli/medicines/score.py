"""``decarb medicines score``."""

from typing import TYPE_CHECKING

import click

from decarb.cli.options import (
    COMPLETE,
    PARTIAL,
    Translator,
    force_option,
    format_option,
    gwp_option,
    json_text,
    language_option,
    library_option,
    medicines_option,
    print_json,
)

if TYPE_CHECKING:
    from pathlib import Path

    from decarb.scoring import Score


def command(_: Translator, language: str) -> click.Command:
    """Return the command in `language`."""

    @click.command(
        help=_(
            "Compute the footprint of a presentation from its bill of materials, or compare two of a generic group."
        ),
        epilog=_(
            "A bill with a stage that has neither data nor a justified exclusion is computed in part: exit code 3."
        ),
    )
    @click.argument("bills", nargs=-1, required=True, metavar="BILL [OTHER_BILL]")
    @click.option("--out", metavar="FILE", help=_("Write the score as JSON, for a footprint to take."))
    @click.option("--inputs", "every_input", is_flag=True, help=_("Show every input, step by step."))
    @medicines_option(_)
    @force_option(_)
    @gwp_option(_)
    @library_option(_)
    @format_option(_, "table", "json")
    @language_option(_)
    def score(
        bills: tuple[str, ...],
        out: str | None,
        every_input: bool,
        tables: tuple[str, ...],
        force: bool,
        gwp: str | None,
        libraries: tuple[str, ...],
        form: str,
    ) -> int:
        from decarb.errors import Problem, UsageError
        from decarb.medicines import load_medicines
        from decarb.report.score_text import comparison_document, comparison_text, score_document, score_text
        from decarb.scoring import compare_scores

        medicines = load_medicines(*tables)  # what is given is read, also where one bill needs none of it
        if len(bills) == 1:
            target = _target(out, force, (*bills, *libraries))
            found = _scores(bills, libraries, gwp)[0]
            if target:
                _write(found, target, language)
            if form == "json":
                print_json(score_document(found, language))
            else:
                click.echo(score_text(found, language, every_input=every_input), nl=False)
            return COMPLETE if found.is_complete else PARTIAL
        if len(bills) > 2:
            raise UsageError([Problem("score-bills", {"count": len(bills)})])
        if out is not None:
            raise UsageError([Problem("score-out-of-comparison")])
        if every_input:
            raise UsageError([Problem("score-inputs-of-comparison")])
        first, second = _scores(bills, libraries, gwp)
        comparison = compare_scores(first, second, medicines.database)
        if form == "json":
            print_json(comparison_document(comparison, language))
        else:
            click.echo(comparison_text(comparison, language), nl=False)
        return COMPLETE

    return score


def _target(out: str | None, force: bool, inputs: tuple[str, ...]) -> "Path | None":
    from decarb.cli.output import check_target, output_format

    target = check_target(out, force, inputs)
    output_format("json", target)
    return target


def _scores(bills: tuple[str, ...], libraries: tuple[str, ...], gwp: str | None) -> "list[Score]":
    """Scores of the bills; every problem of each, together."""
    from decarb.errors import DecarbError, InvalidDocumentError, Problem
    from decarb.scoring import score_file

    found: list[Score] = []
    problems: list[Problem] = []
    for path in bills:
        try:
            found.append(score_file(path, *libraries, gwp_set=gwp))
        except DecarbError as error:
            problems += error.problems
    if problems:
        raise InvalidDocumentError(problems)
    return found


def _write(found: "Score", target: "Path", language: str) -> None:
    """Write a whole score; one with a hole in it would be taken for less than it is.

    Raises
    ------
    UsageError
        If a stage has neither data nor a justified exclusion.
    """
    from decarb.cli.output import write_target
    from decarb.errors import Problem, Term, UsageError
    from decarb.report.score_text import score_document
    from decarb.scoring.stages import stage_term

    if not found.is_complete:
        stages = [Term(stage_term(stage)) for stage in found.bill.missing]
        raise UsageError([Problem("score-incomplete", {"stages": stages}, file=found.bill.file)])
    write_target(target, json_text(score_document(found, language)))
