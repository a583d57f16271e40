"""``decarb care footprint``."""

import click

from decarb.cli.options import (
    COMPLETE,
    Translator,
    format_option,
    gwp_option,
    language_option,
    library_option,
    medicines_option,
    print_json,
)


def command(_: Translator, language: str) -> click.Command:
    """Return the command in `language`."""

    @click.command(
        help=_("Compute the footprint of one act. Groups, interval, and where it lies among published figures.")
    )
    @click.argument("path", metavar="RECIPE")
    @format_option(_, "table", "json")
    @gwp_option(_)
    @library_option(_)
    @medicines_option(_)
    @language_option(_)
    def footprint(path: str, form: str, gwp: str | None, libraries: tuple[str, ...], tables: tuple[str, ...]) -> int:
        from decarb.care import compute_care, read_recipe
        from decarb.factors import load_factors
        from decarb.medicines import load_medicines
        from decarb.report.care_text import care_document, care_text

        medicines = load_medicines(*tables) if tables else None
        result = compute_care(read_recipe(path), load_factors(*libraries), gwp, medicines)
        if form == "json":
            print_json(care_document(result, language))
        else:
            click.echo(care_text(result, language), nl=False)
        return COMPLETE

    return footprint
