"""``decarb verify``."""

import click

from decarb.cli.options import COMPLETE, DIFFERENT, Translator, format_option, language_option, print_json


def command(_: Translator, language: str) -> click.Command:
    """Return the command in `language`."""

    @click.command(
        help=_("Verify a dossier. Every digest and the signature, then the result computed again from its own tables."),
        epilog=_(
            "Exit codes: 0 the same bits, 2 not as it was written, 4 a value is replayed otherwise (each is listed)."
        ),
    )
    @click.argument("path", metavar="DOSSIER")
    @click.option(
        "--signed-by",
        type=click.Path(dir_okay=False),
        metavar="FILE",
        help=_("Refuse it unless one of these signers signed it: a file of allowed signers, as ssh-keygen has it."),
    )
    @format_option(_, "table", "json")
    @language_option(_)
    def verify(path: str, signed_by: str | None, form: str) -> int:
        from decarb.dossier import verify_dossier
        from decarb.dossier.text import verification_document, verification_text

        found = verify_dossier(path, signed_by)
        if form == "json":
            print_json(verification_document(found))
        else:
            click.echo(verification_text(found, language), nl=False)
        return COMPLETE if found.is_same else DIFFERENT

    return verify
