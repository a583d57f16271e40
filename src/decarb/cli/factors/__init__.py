"""The commands on factors, one module each."""

import click

from decarb.cli.factors import check, cite, diff, export, importing, search, show, template
from decarb.cli.options import Translator, language_option


def build_factors(_: Translator, language: str) -> click.Group:
    """Return ``decarb factors`` in `language`."""

    @click.group(help=_("Search, show, import, check, compare and export emission factors."))
    @language_option(_)
    def factors() -> None:
        """Group of the commands on factors."""

    for module in (search, show, importing, check, diff, template, export, cite):
        factors.add_command(module.command(_, language))
    return factors
