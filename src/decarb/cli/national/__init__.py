"""Commands on many establishments, built for a language."""

import click

from decarb.cli.national import (
    aggregate,
    benchmark,
    estimate,
    export,
    fsck,
    init,
    obligations,
    report,
    roadmap,
    status,
    submit,
)
from decarb.cli.options import Translator, language_option


def build_national(_: Translator, language: str) -> click.Group:
    """Return ``decarb national`` in `language`."""

    @click.group(help=_("Many establishments: a store of their inventories, and national figures from it."))
    @language_option(_)
    def national() -> None:
        """Group of the commands on many establishments."""

    for module in (init, submit, status, fsck, aggregate, estimate, benchmark, export, roadmap, obligations, report):
        national.add_command(module.command(_, language))
    return national
