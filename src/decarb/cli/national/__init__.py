"""The commands on a nation's submissions, one module each."""

import click

from decarb.cli.national import obligations, roadmap
from decarb.cli.options import Translator, language_option


def build_national(_: Translator, language: str) -> click.Group:
    """Return ``decarb national`` in `language`."""

    @click.group(help=_("Follow the roadmap and the law over the submissions of many establishments."))
    @language_option(_)
    def national() -> None:
        """Group of the commands on a nation's submissions."""

    national.add_command(roadmap.command(_, language))
    national.add_command(obligations.command(_, language))
    return national
