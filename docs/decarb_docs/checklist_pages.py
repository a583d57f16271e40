"""Catalogue of the adaptation checklist: a page per hazard with its items, the law and the sources behind them."""

import csv
from pathlib import Path

from decarb.adaptation import Item, load_catalogue
from decarb_docs.markdown import anchor, anchored, cell, code, figure, table

ROOT = Path(__file__).resolve().parents[2]


def pages() -> dict[str, str]:
    """Index, one page per hazard, law and sources, and the text that lies beside the tables."""
    catalogue = load_catalogue()
    items = list(catalogue.items.values())
    names = {row["id"]: f"{row['name_en']} · {row['name_fr']}" for row in read("hazards.csv")}
    hazards = [hazard for hazard in names if any(item.hazard == hazard for item in items)]
    texts = {hazard: page(names[hazard], [i for i in items if i.hazard == hazard]) for hazard in hazards}
    return {
        "checklist/index.md": index(items, {hazard: names[hazard] for hazard in hazards}),
        **{f"checklist/{hazard}.md": text for hazard, text in texts.items()},
        "checklist/law.md": law(),
        "checklist/measures.md": measures(),
        "checklist/sources.md": sources(),
    }


def index(items: list[Item], names: dict[str, str]) -> str:
    """Front page of the checklist."""
    rows = [
        (f"[{cell(name)}]({hazard}.md)", str(sum(item.hazard == hazard for item in items)))
        for hazard, name in names.items()
    ]
    every = [
        (
            f"[{code(item.id)}]({item.hazard}.md#{item.id.lower()})",
            f"{cell(item.text.english)}<br>{cell(item.text.french)}",
        )
        for item in items
    ]
    return "\n".join(
        [
            "# Catalogue of the adaptation checklist\n",
            f"The {len(items)} items that `decarb adaptation` asks of a health establishment, with the rule that "
            "decides each, the evidence to keep, the law and the sources. The list, its weights and its efforts are "
            "proposals of decarb; [how they are read](../../adaptation.md).\n",
            table(("subject", "items"), rows),
            "Behind them: [the law](law.md), [measures of the PNACC-3](measures.md), [sources](sources.md), "
            "[the tables](../adaptation_catalogue.md).\n",
            "## All of them\n",
            '<div class="filtered">\n',
            table(("item", "what is asked · ce qui est demandé"), every),
            "</div>\n",
            "```{toctree}\n:hidden:\n",
            *names,
            "law",
            "measures",
            "sources",
            "../adaptation_catalogue",
            "```\n",
        ]
    )


def page(name: str, items: list[Item]) -> str:
    """Page of one hazard or subject."""
    return "\n".join([f"# {name}\n", *map(entry, items)])


def entry(item: Item) -> str:
    """What there is to say of one item."""
    law = ", ".join(f"[{cell(key)}](law.md#{anchor(key)})" for key in item.related_law)
    origins = ", ".join(f"[{cell(key)}](sources.md#{anchor(key)})" for key in item.sources)
    numbers = ", ".join(f"[{number}](measures.md#measure-{number})" for number in item.measures)
    rules = {"applies": item.applies, "met": item.met, "partly": item.partly, "not met": item.not_met}
    decided = "; ".join(f"{word} if {code(rule.text)}" for word, rule in rules.items() if rule is not None)
    facts = [
        ("Do · à faire", f"{cell(item.action.english)}<br>{cell(item.action.french)}"),
        ("Evidence · justificatif", f"{cell(item.evidence.english)}<br>{cell(item.evidence.french)}"),
        ("Why · pourquoi", f"{cell(item.why.english)}<br>{cell(item.why.french)}"),
        ("Partly met · en partie", f"{cell(item.partly_means.english)}<br>{cell(item.partly_means.french)}"),
        ("Decided by data", decided or "no data: by the answer given"),
        ("Weight, effort", f"{figure(item.weight)}, {figure(item.effort)}"),
        ("PNACC-3 measures", numbers),
        ("Law", law),
        ("Sources", origins),
        ("Caution · réserve", f"{cell(item.caution.english)}<br>{cell(item.caution.french)}" if item.caution else ""),
    ]
    shown = [(label, text) for label, text in facts if text.replace("<br>", "")]
    heading = f"## {item.id}\n\n{cell(item.text.english)}\n\n*{cell(item.text.french)}*\n"
    return heading + "\n" + table((item.id, "in English · en français"), shown)


def read(name: str) -> list[dict[str, str]]:
    """Rows of a table of the catalogue."""
    with (ROOT / "adaptation_catalogue" / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def law() -> str:
    """Page of the legal bases."""
    rows = [
        (
            anchored(r["id"]),
            f"{cell(r['title_en'])}<br>{cell(r['title_fr'])}<br>{cell(r['reference'])}",
            f"{cell(r['applies_en'])}<br>{cell(r['applies_fr'])}",
            cell(r["in_force_since"]),
            cell(r["verified"]),
            f"{cell(r['note_en'])}<br>{cell(r['note_fr'])}",
        )
        for r in read("legal_bases.csv")
    ]
    return "\n".join(
        [
            "# Law behind the checklist\n",
            "`verified` says `yes` where the text was read (often as an excerpt), `secondary` where it was seen cited, "
            "`no` where it was not seen. This is no legal advice.\n",
            table(("id", "text", "whom it binds", "since", "verified", "note"), rows),
        ]
    )


def measures() -> str:
    """Page of the measures of the plan."""
    rows = [
        (
            f"[{r['number']}]{{#measure-{r['number']}}}",
            f"{cell(r['title_en'])}<br>{cell(r['title_fr'])}",
            cell(r["edition"]),
            cell(r["verified"]),
            f"{cell(r['note_en'])}<br>{cell(r['note_fr'])}",
        )
        for r in {row["number"]: row for row in read("measures.csv")}.values()
    ]
    return "\n".join(
        [
            "# Measures of the PNACC-3\n",
            "As far as their titles and numbers could be read; which edition, and whether it was verified, is said.\n",
            table(("measure", "title", "edition", "verified", "note"), rows),
        ]
    )


def sources() -> str:
    """Page of the publications behind the checklist."""
    rows = [
        (
            anchored(r["id"]),
            f"{cell(r['title'])}<br>{cell(r['publisher'])}",
            cell(r["date"]),
            cell(r["url"]),
            cell(r["verified"]),
            cell(r["note"]),
        )
        for r in read("sources.csv")
    ]
    return "\n".join(
        [
            "# Sources of the checklist\n",
            '<div class="filtered">\n',
            table(("source", "publication", "date", "address", "verified", "note"), rows),
            "</div>\n",
        ]
    )
