"""``decarb gases indicators``."""

from typing import TYPE_CHECKING, Any

import click

from decarb.cli.gases.views import view_command
from decarb.cli.options import Translator

if TYPE_CHECKING:
    from decarb.footprint import Footprint
    from decarb.gases import GasIndicators


def command(_: Translator, language: str) -> click.Command:
    """Return the command in `language`."""
    return view_command(
        _,
        language,
        "indicators",
        _view,
        _("Show the anaesthetic gases of inventories. Masses, network loss, desflurane's share, the law."),
        _(
            "The network loss needs establishment.measured_gas_use, the figures per anaesthesia "
            "establishment.activity.anaesthesias."
        ),
    )


def _view(footprint: "Footprint", language: str) -> "tuple[tuple[GasIndicators, ...], list[dict[str, Any]], str]":
    from decarb.gases import gas_indicators
    from decarb.report.gas_text import indicators_document, indicators_text

    found = gas_indicators(footprint)
    return found, indicators_document(found, language), indicators_text(found, footprint.library, language)
