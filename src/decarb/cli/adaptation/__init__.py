"""The commands on climate adaptation, one module each."""

import click

from decarb.cli.adaptation import checklist, exposure, items, questions, record
from decarb.cli.options import Translator, language_option
from decarb.language import LANGUAGES

DEFAULT = "checklist"


class _Adaptation(click.Group):
    """Group whose first word may be a file: ``decarb adaptation inventory.json`` is its checklist."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the name of the default command before anything that names none."""
        words = list(args)
        while words[:1] == ["--lang"] or (words and words[0].removeprefix("--lang=") in LANGUAGES):
            words = words[2 if words[0] == "--lang" else 1 :]
        if words and words[0] not in self.commands and words[0] not in ctx.help_option_names:
            args = [DEFAULT, *args]
        return super().parse_args(ctx, args)


def build_adaptation(_: Translator, language: str) -> click.Group:
    """Return ``decarb adaptation`` in `language`."""

    @click.group(
        cls=_Adaptation,
        help=_("Climate adaptation: the PNACC-3 checklist of an establishment, what to do first, and national shares."),
        epilog=_("decarb adaptation INVENTORY is short for decarb adaptation checklist INVENTORY."),
    )
    @language_option(_)
    def adaptation() -> None:
        """Group of the commands on adaptation."""

    for command in (checklist, questions, record, exposure, items):
        adaptation.add_command(command.command(_, language))
    return adaptation
