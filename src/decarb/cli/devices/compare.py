"""``decarb devices compare``."""

import click

from decarb.cli.options import COMPLETE, Translator, format_option, language_option, library_option, print_json


def command(_: Translator, language: str) -> click.Command:
    """Return the command in `language`."""

    @click.command(help=_("Compare devices per use. Intervals, break-even number of uses, and what it all rests on."))
    @click.argument("path", required=False, metavar="FILE")
    @click.option("--example", metavar="NAME", help=_("Compare the devices of an example: laryngeal-mask, ..."))
    @click.option(
        "--draws",
        type=click.IntRange(100, 1_000_000),
        default=10_000,
        show_default=True,
        help=_("How many draws of the errors."),
    )
    @click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help=_("What the draws start from."))
    @format_option(_, "table", "json")
    @library_option(_)
    @language_option(_)
    def compare(
        path: str | None, example: str | None, draws: int, seed: int, form: str, libraries: tuple[str, ...]
    ) -> int:
        from decarb.devices import compare_devices, read_comparison
        from decarb.devices.examples import example_path
        from decarb.factors import load_factors
        from decarb.report.device_text import comparison_document, comparison_text

        if (path is None) == (example is None):
            raise click.UsageError(_("give a FILE or --example NAME, one of the two"))
        comparison = read_comparison(path or example_path(example or ""), load_factors(*libraries))
        compared = compare_devices(comparison, draws, seed)
        if form == "json":
            print_json(comparison_document(compared, language))
        else:
            click.echo(comparison_text(compared, language), nl=False)
        return COMPLETE

    return compare
