"""The commands on medical devices, one module each."""

import click

from decarb.cli.devices import compare
from decarb.cli.options import Translator, language_option


def build_devices(_: Translator, language: str) -> click.Group:
    """Return ``decarb devices`` in `language`."""

    @click.group(help=_("Compare medical devices used once, used again and reprocessed."))
    @language_option(_)
    def devices() -> None:
        """Group of the commands on devices."""

    devices.add_command(compare.command(_, language))
    return devices
