"""What the commands on many establishments share."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from decarb.cli.options import Decorator, Translator

if TYPE_CHECKING:
    from decarb.national.frame import Frame


@dataclass(frozen=True, slots=True)
class RegisterFiles:
    """The register of establishments as a user gives it: its file, what stands beside it, and what of it counts."""

    frame: str | None
    entities: str | None
    denominators: str | None
    sectors: tuple[str, ...]

    @property
    def files(self) -> tuple[str, ...]:
        """Files that are read."""
        return tuple(filter(None, (self.frame, self.entities, self.denominators)))

    def read(self) -> "Frame | None":
        """Frame; None where no register is given.

        Raises
        ------
        InvalidFrameError
            With every problem of the files.
        UsageError
            If files that stand beside a register are given without one.
        """
        from pathlib import Path

        from decarb.errors import Problem, UsageError
        from decarb.national.frame import read_frame

        if self.frame is None:
            if self.files:
                raise UsageError([Problem("register-files-alone", {"value": file}) for file in self.files])
            return None
        return read_frame(
            Path(self.frame),
            entities=Path(self.entities) if self.entities else None,
            denominators=Path(self.denominators) if self.denominators else None,
            sector=self.sectors,
        )


def register_options(_: Translator, *, required: bool = False) -> Decorator:
    """``--frame``, ``--entities``, ``--denominators`` and ``--sector``, as one parameter: ``register``."""
    options = (
        click.option(
            "--frame",
            required=required,
            metavar="FILE",
            help=_(
                "The register of establishments (docs/frame.md): where each belongs, and how much of the sector "
                "reports."
            ),
        ),
        click.option("--entities", metavar="FILE", help=_("Extract of legal entities beside that of sites.")),
        click.option("--denominators", metavar="FILE", help=_("CSV of beds, stays and the like by site.")),
        click.option(
            "--sector",
            "sectors",
            type=click.Choice(["hospital", "medico-social", "other"]),
            multiple=True,
            default=("hospital",),
            show_default=True,
            help=_("Categories of the register that count, any number of times."),
        ),
    )

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(command)
        def with_register(
            *words: Any,
            frame: str | None,
            entities: str | None,
            denominators: str | None,
            sectors: tuple[str, ...],
            **others: Any,
        ) -> Any:
            return command(*words, register=RegisterFiles(frame, entities, denominators, sectors), **others)

        for option in reversed(options):
            with_register = option(with_register)
        return with_register

    return decorate


def per_option(_: Translator) -> Decorator:
    """``--per``."""
    return click.option(
        "--per",
        type=click.Choice(["beds", "places", "stays", "days", "headcount", "fte", "floor_area_m2"]),
        default="beds",
        show_default=True,
        help=_("What emissions are taken to be in proportion to."),
    )


def secrecy_option(_: Translator) -> Decorator:
    """``--secrecy/--no-secrecy``."""
    return click.option(
        "--secrecy/--no-secrecy",
        default=True,
        show_default=True,
        help=_("Withhold what would tell of one or two legal entities, and what it would follow from."),
    )


def public_option(_: Translator) -> Decorator:
    """``--public``, any number of times."""
    return click.option(
        "--public",
        multiple=True,
        metavar="FINESS",
        help=_("A legal entity whose figures are public by law: they may be told."),
    )


def gross_option(_: Translator) -> Decorator:
    """``--gross``."""
    return click.option(
        "--gross",
        is_flag=True,
        help=_("Add the reports up as they are, shared services counted by their provider and their recipients."),
    )
