"""Documents that the checklist is evaluated on, read with all that is wrong with them at once."""

from datetime import date
from typing import TYPE_CHECKING

import click

from decarb.cli.options import Decorator, Translator

if TYPE_CHECKING:
    from decarb.adaptation import Checklist
    from decarb.factors import FactorLibrary


def day_option(_: Translator) -> Decorator:
    """``--on``."""
    return click.option(
        "--on",
        "day",
        type=click.DateTime(["%Y-%m-%d"]),
        metavar="DAY",
        help=_("Day that ages are counted to (2026-05-31); today by default."),
    )


def warming_option(_: Translator) -> Decorator:
    """``--warming``."""
    return click.option(
        "--warming",
        type=float,
        default=2.0,
        show_default=True,
        help=_("Level of the reference trajectory (TRACC) [°C]: 2.0 (2030), 2.7 (2050) or 4.0 (2100)."),
    )


def evaluated(
    paths: tuple[str, ...],
    library: "FactorLibrary | None",
    today: date | None,
    warming: float,
    partial: bool = False,
    year: int | None = None,
) -> "Checklist":
    """Checklist of documents, of a folder of columns or of a year of a store, the latest one by default.

    An inventory without lines has a checklist too. With `partial`, documents whose adaptation section is refused are
    left out.

    Raises
    ------
    InvalidInventoryError
        With every problem of the documents and of their sections.
    """
    from decarb.adaptation import evaluate
    from decarb.cli.computing import are_of_year, read
    from decarb.errors import InvalidInventoryError
    from decarb.footprint.restricting import restrict_inventory

    inventory, problems = read(paths, year)
    errors = [problem for problem in problems if problem.severity == "error" and problem.code != "no-lines"]
    if inventory is None:
        raise InvalidInventoryError(errors)
    if year is not None:
        kept = are_of_year(inventory, year)
        inventory = inventory if kept.all() else restrict_inventory(inventory, kept)
    try:
        checklist = evaluate(inventory, library=library, today=today, warming=warming, partial=partial)
    except InvalidInventoryError as error:
        raise InvalidInventoryError([*errors, *error.problems]) from None
    if errors:
        raise InvalidInventoryError(errors)
    return checklist
