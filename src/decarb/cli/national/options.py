"""What the commands on many establishments share."""

from typing import TYPE_CHECKING

import click

from decarb.cli.options import Decorator, Translator

if TYPE_CHECKING:
    from decarb.national.frame import Frame


def frame_option(_: Translator) -> Decorator:
    """``--frame``."""
    return click.option(
        "--frame",
        "register",
        metavar="FILE",
        help=_(
            "The register of establishments (docs/frame.md): where each belongs, and how much of the sector reports."
        ),
    )


def view_option(_: Translator) -> Decorator:
    """``--view``."""
    return click.option(
        "--view",
        type=click.Choice(["beges", "ghg-protocol", "iso"]),
        default="beges",
        show_default=True,
        help=_("Reading of the result."),
    )


def partial_option(_: Translator) -> Decorator:
    """``--partial``."""
    return click.option(
        "--partial",
        is_flag=True,
        help=_("Leave refused lines out and mark the result partial (exit code 3)."),
    )


def read_register(path: str | None) -> "Frame | None":
    """Frame of a file; None where none is given."""
    if path is None:
        return None
    from pathlib import Path

    from decarb.national.frame import read_frame

    return read_frame(Path(path))
