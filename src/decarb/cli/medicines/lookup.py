"""``decarb medicines lookup``."""

import click

from decarb.cli.options import (
    COMPLETE,
    REFUSED,
    Translator,
    format_option,
    language_option,
    print_json,
)


def command(_: Translator, language: str) -> click.Command:
    """Return the command in `language`."""

    @click.command(help=_("Look medicines up by code (CIP13, CIP7, CIS, UCD, ATC) or by words of their name."))
    @click.argument("words", nargs=-1, required=True, metavar="CODE|WORDS...")
    @click.option(
        "--medicines",
        "paths",
        multiple=True,
        metavar="PATH",
        help=_(
            "An imported base (.parquet), a table of UCD codes (CSV) or results for single products (CSV, JSON);"
            " any number of times."
        ),
    )
    @click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help=_("Most results."))
    @format_option(_, "table", "json")
    @language_option(_)
    def lookup(words: tuple[str, ...], paths: tuple[str, ...], limit: int, form: str) -> int:
        from datetime import date

        from decarb.factors import load_factors
        from decarb.medicines import Ladder, load_medicines
        from decarb.medicines.looking_up import look_up, prices_of
        from decarb.report.medicine_text import Known, answer_document, answer_text
        from decarb.report.problems import problem_lines

        medicines = load_medicines(*paths)
        answers = look_up(medicines.database, words, limit)
        ladder = Ladder(load_factors(), "AR6", medicines)
        known = Known(medicines, prices_of(answers, ladder, date.today().year))
        if form == "json":
            print_json([answer_document(answer, known, language) for answer in answers])
        else:
            found = [answer for answer in answers if answer.boxes]
            click.echo("\n".join(answer_text(answer, known, language) for answer in found), nl=False)
            problems = [problem for answer in answers for problem in answer.problems]
            if problems:
                click.echo("\n".join(problem_lines(problems, language)), err=True)
        return REFUSED if any(answer.refused for answer in answers) else COMPLETE

    return lookup
