"""``decarb medicines inhalers``."""

from typing import TYPE_CHECKING, Any

import click

from decarb.cli.gases.views import view_command
from decarb.cli.options import Translator

if TYPE_CHECKING:
    from decarb.footprint import Footprint
    from decarb.gases import InhalerIndicators


def command(_: Translator, language: str) -> click.Command:
    """Return the command in `language`."""
    return view_command(
        _,
        language,
        "inhalers",
        _view,
        _("Show the inhalers of inventories. Kinds of device, propellants, emissions at use, a switch to powder."),
        "",
    )


def _view(footprint: "Footprint", language: str) -> "tuple[tuple[InhalerIndicators, ...], dict[str, Any], str]":
    from decarb.gases import inhaler_indicators
    from decarb.report.inhaler_text import inhalers_document, inhalers_text

    found = inhaler_indicators(footprint)
    return found, inhalers_document(found, language), inhalers_text(found, footprint.library, language)
