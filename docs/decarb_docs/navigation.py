"""The menu: sections in the order of a reader's need; a page that no section names comes under "More"."""

from collections.abc import Sequence
from pathlib import Path

DOCS = Path(__file__).resolve().parent.parent
# title of the section, its documents; a title of one's own where the page's is long
SECTIONS: dict[str, tuple[str, ...]] = {
    "Start in five minutes": (
        "A hospital’s sustainability lead <start/hospital>",
        "An analyst of the ministry <start/ministry>",
        "A researcher <start/researcher>",
    ),
    "En français": (
        "Présentation <fr/index>",
        "Établissement de santé <fr/hopital>",
        "Ministère et régions <fr/ministere>",
        "Recherche <fr/recherche>",
    ),
    "How to": (
        "verify",
        "The report <report>",
        "The workbook, and lines for other tools <regulatory-workbook>",
        "The dossier <dossier>",
        "Write an inventory <schema>",
        "Medicines by code <medicines-database>",
        "medicine-score",
        "medical-gases",
        "inhalers",
        "devices",
        "care",
        "adaptation",
        "factor-library",
        "columns",
        "national-store",
        "frame",
        "national-aggregates",
        "estimation",
        "roadmap",
        "The national report <national-report>",
        "Scale: many machines <scale>",
    ),
    "Method": ("Method <method>", "medicine-classes", "Sources of the factors <generated/factors/sources>"),
    "Catalogues": ("generated/factors/index", "generated/checklist/index", "generated/examples"),
    "Reference": ("command-line", "generated/schemas/index", "generated/api/index"),
    "Limits": ("limits", "generated/factors/gaps", "performance"),
    "The project": ("architecture", "dependencies", "generated/changelog"),
}


def toctrees() -> str:
    """Hidden toctrees of the front page, which GitHub never sees."""
    named = {document(entry) for entries in SECTIONS.values() for entry in entries} | {"index", "README"}
    found = (path.relative_to(DOCS).with_suffix("").as_posix() for path in DOCS.glob("**/*.md"))
    others = tuple(sorted(name for name in found if name not in named and not name.startswith("generated/")))
    sections = {**SECTIONS, "More": others} if others else SECTIONS
    return "\n".join(["", *(toctree(title, entries) for title, entries in sections.items())])


def toctree(title: str, entries: Sequence[str]) -> str:
    """One section of the menu."""
    return "\n".join(["```{toctree}", ":hidden:", f":caption: {title}", "", *entries, "```", ""])


def document(entry: str) -> str:
    """Document that an entry of a toctree names."""
    return entry.partition("<")[2].rstrip(">") or entry
