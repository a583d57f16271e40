"""The command line: thin commands over the API; heavy imports live inside them.

Exit codes: 0 complete, 1 a failure of ours, 2 refused input or usage, 3 a result marked partial;
4 is reserved for checks that find differences.
"""

import os
import sys
from collections.abc import Sequence

import click

from decarb.cli.commands import build

__all__ = ["build", "main"]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run ``decarb`` and leave with its exit code; bad input never ends in a traceback."""
    from decarb.errors import DecarbError

    words = list(sys.argv[1:] if arguments is None else arguments)
    language = requested_language(words)
    _speak(language)
    try:
        code = _run(build(language), words)
    except click.exceptions.Exit as leaving:
        code = leaving.exit_code
    except click.ClickException as error:
        error.show()
        code = 2
    except (click.Abort, KeyboardInterrupt):
        code = 130
    except DecarbError as error:
        from decarb.report.problems import problem_lines

        click.echo("\n".join(problem_lines(error.problems, language)), err=True)
        code = 2
    except BrokenPipeError:
        # the reader of our output has left: nothing to say, and nothing to flush at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except OSError as error:
        from decarb.errors import Problem
        from decarb.report.problems import problem_lines

        problem = Problem("file-unwritable", {"value": "stdout", "reason": error.strerror or str(error)})
        click.echo("\n".join(problem_lines([problem], language)), err=True)
        code = 2
    except Exception as error:
        if os.environ.get("DECARB_DEBUG"):
            raise
        from decarb.language import translate

        click.echo(
            translate("decarb failed: {error}. This is our fault: set DECARB_DEBUG=1 and report it.", language).format(
                error=f"{type(error).__name__}: {error}"
            ),
            err=True,
        )
        code = 1
    sys.exit(code)


def _run(group: click.Group, words: list[str]) -> int:
    """Run the command; unlike click's own runner, leave a broken pipe to us."""
    if "_DECARB_COMPLETE" in os.environ:
        return int(group.main(words, prog_name="decarb") or 0)
    with group.make_context("decarb", words) as context:
        code = group.invoke(context)
    if sys.stdout:
        sys.stdout.flush()
    return code if isinstance(code, int) else 0


def requested_language(words: Sequence[str]) -> str:
    """Return the language that ``--lang`` asks for, wherever it stands, else the locale's."""
    from decarb.language import LANGUAGES, default_language

    for position, word in enumerate(words):
        value = word.removeprefix("--lang=") if word.startswith("--lang=") else ""
        if word == "--lang" and position + 1 < len(words):
            value = words[position + 1]
        if value in LANGUAGES:
            return value
    return default_language()


def _speak(language: str) -> None:
    """Give click's own words (Usage, Options, errors) the language too: it asks the process's gettext."""
    import gettext

    from decarb.language import DOMAIN
    from decarb.resources import locale_folder

    os.environ["LANGUAGE"] = language
    gettext.bindtextdomain(DOMAIN, locale_folder())
    gettext.textdomain(DOMAIN)
    for stream in (sys.stdout, sys.stderr):
        if stream and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
