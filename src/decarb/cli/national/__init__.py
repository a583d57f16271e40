"""The commands on many establishments, one module each."""

import click

from decarb.cli.national import aggregate, benchmark, export, obligations, roadmap
from decarb.cli.options import Translator, language_option


def build_national(_: Translator, language: str) -> click.Group:
    """Return ``decarb national`` in `language`."""

    @click.group(
        help=_("Figures of many establishments: totals under secrecy, comparisons, tables, the roadmap and the law.")
    )
    @language_option(_)
    def national() -> None:
        """Group of the commands on many establishments."""

    national.add_command(aggregate.command(_, language))
    national.add_command(benchmark.command(_, language))
    national.add_command(export.command(_, language))
    national.add_command(roadmap.command(_, language))
    national.add_command(obligations.command(_, language))
    return national
