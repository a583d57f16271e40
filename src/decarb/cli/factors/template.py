"""``decarb factors template``."""

import click

from decarb.cli.options import COMPLETE, Translator, force_option, language_option


def command(_: Translator, language: str) -> click.Command:
    """Return the command in `language`."""

    @click.command(help=_("Write the header of a CSV of your own factors, and say what each column holds."))
    @click.option("--out", metavar="FILE", help=_("File to write to; the screen by default."))
    @force_option(_)
    @language_option(_)
    def template(out: str | None, force: bool) -> int:
        from decarb.cli.output import check_target, write_target
        from decarb.factors.columns import column_dictionary
        from decarb.factors.importers.own_factors import own_template

        target = check_target(out, force)
        # a French spreadsheet opens what semicolons separate
        header = own_template(";" if language == "fr" else ",")
        if target:
            write_target(target, header)
        else:
            click.echo(header, nl=False)
        width = max(len(column.name) for column in column_dictionary()["own"])
        for column in column_dictionary()["own"]:
            needed = f" ({_('required')})" if column.required else ""
            click.echo(f"  {column.name:<{width}}  {column.description(language)}{needed}", err=True)
        return COMPLETE

    return template
