"""Markdown of generated pages: tables, cells, and files written only where they changed."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

ADDRESS = re.compile(r"https?://[^\s<>)\]\"',;]+[^\s<>)\]\"',;.]")


def cell(text: object) -> str:
    """Text as a table cell shows it: nothing in it is markup, addresses are links."""
    escaped = re.sub(r"([\\`*_\[\]<>|~#$])", r"\\\1", " ".join(str(text).split()))
    return ADDRESS.sub(lambda match: "<" + re.sub(r"\\(.)", r"\1", match[0]) + ">", escaped)


def code(text: object) -> str:
    """Text as code in a table cell."""
    words = " ".join(str(text).split()).replace("|", "\\|")
    return f"`` {words} ``" if "`" in words else f"`{words}`"


def anchor(identifier: object) -> str:
    """Anchor of an identifier: what HTML, Markdown and docutils agree on."""
    return re.sub(r"[^a-z0-9]+", "-", str(identifier).lower()).strip("-")


def anchored(identifier: object) -> str:
    """Identifier as code that can be linked to."""
    return f"[{code(identifier)}]{{#{anchor(identifier)}}}"


def table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Table of cells that are Markdown already."""
    lines = [f"| {' | '.join(headers)} |", f"|{'---|' * len(headers)}"]
    lines += [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join(lines) + "\n"


def figure(value: float) -> str:
    """Write a number as short as it is exact to eight digits, thousands apart, never in powers of ten."""
    text = f"{value:,.8g}"
    if "e" in text:
        digits = 8 - int(text.split("e")[1]) - 1
        text = f"{value:,.{max(digits, 0)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def write_pages(folder: Path, pages: dict[str, str]) -> None:
    """Make `folder` hold these pages and no others; one that is the same keeps its date: nothing is redone."""
    for path in folder.rglob("*") if folder.exists() else ():
        if path.is_file() and path.relative_to(folder).as_posix() not in pages:
            path.unlink()
    for name, text in pages.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
