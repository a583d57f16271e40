"""Catalogue of the factors that ship: a page per domain, the sources, the gaps, the description of the tables."""

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import decarb
from decarb_docs.markdown import anchor, anchored, cell, code, figure, table

ROOT = Path(__file__).resolve().parents[2]
DOMAINS = {
    "energy": ("Energy", "Énergie"),
    "purchases": ("Purchases", "Achats"),
    "medicines": ("Medicines", "Médicaments"),
    "medical_devices": ("Medical devices", "Dispositifs médicaux"),
    "anaesthetic_gases": ("Anaesthetic gases", "Gaz anesthésiques"),
    "refrigerants": ("Refrigerants", "Fluides frigorigènes"),
    "mobility": ("Mobility", "Mobilité"),
    "freight": ("Freight", "Fret"),
    "food": ("Food", "Alimentation"),
    "waste": ("Waste", "Déchets"),
    "water": ("Water", "Eau"),
    "buildings_and_equipment": ("Buildings and equipment", "Bâtiments et équipements"),
    "digital": ("Digital", "Numérique"),
}
HEADERS = ("factor", "name · nom", "kg CO2e", "per", "place, year", "source", "uncertainty")
UNCERTAINTY_WORDS = {"published": "", "quality_notes": " from quality notes", "default": " by default", "none": ""}


def pages() -> dict[str, str]:
    """Index, one page per domain, sources, gaps, and the texts that lie beside the tables."""
    frame = decarb.load_factors().factors().reset_index()
    records: list[dict[str, Any]] = frame.astype(object).where(frame.notna(), None).to_dict("records")
    texts = {domain: domain_page(domain, [r for r in records if r["domain"] == domain]) for domain in domains(records)}
    return {
        "factors/index.md": index(records),
        **{f"factors/{domain}.md": text for domain, text in texts.items()},
        "factors/sources.md": sources(records),
        "factors/gaps.md": gaps(),
    }


def domains(records: Iterable[dict[str, Any]]) -> list[str]:
    """Domains that factors have, in the order of the sections of an inventory; new ones last."""
    held = {record["domain"] for record in records}
    return [domain for domain in DOMAINS if domain in held] + sorted(held - DOMAINS.keys())


def title(domain: str) -> str:
    """Name of a domain in both languages."""
    return " · ".join(DOMAINS.get(domain, (domain,)))


def index(records: list[dict[str, Any]]) -> str:
    """Front page of the catalogue."""
    rows = []
    for domain in domains(records):
        held = [record for record in records if record["domain"] == domain]
        origins = sorted({record["source"] for record in held})
        shown = ", ".join(f"[{cell(origin)}](sources.md#{anchor(origin)})" for origin in origins[:3])
        more = f" and {len(origins) - 3} more" if len(origins) > 3 else ""
        rows.append((f"[{title(domain)}]({domain}.md)", str(len(held)), shown + more))
    every = [
        (f"[{code(r['id'])}]({r['domain']}.md#{anchor(r['id'])})", f"{cell(r['name_en'])}<br>{cell(r['name_fr'])}")
        for r in sorted(records, key=lambda record: record["id"])
    ]
    return "\n".join(
        [
            "# Catalogue of factors\n",
            f"The {len(records)} factors that ship with decarb, with GWP of AR6 where a gas is released. "
            "Each has a page by domain: value, unit, place, source and uncertainty. "
            "On the command line: `decarb factors search`, with synonyms and slips of the pen, "
            "and `decarb factors show ID` for parts and gases. "
            "What no open source gives is in [the gaps](gaps.md); all of the Base Carbone can be imported "
            "([how](../../factor-library.md)).\n",
            table(("domain", "factors", "sources"), rows),
            "The tables themselves, to use without decarb: [factors.csv](../../../emission_factors/factors.csv), "
            "[parts.csv](../../../emission_factors/parts.csv), [sources.csv](../../../emission_factors/sources.csv), "
            "[gaps.csv](../../../emission_factors/gaps.csv) ([what they hold](../emission_factors.md), "
            "[changes](../emission_factors-changes.md), [licence](../emission_factors-license.md)).\n",
            "## All of them\n",
            '<div class="filtered">\n',
            table(("factor", "name · nom"), every),
            "</div>\n",
            "```{toctree}\n:hidden:\n",
            *domains(records),
            "../emission_factors",
            "```\n",
        ]
    )


def domain_page(domain: str, records: list[dict[str, Any]]) -> str:
    """Page of one domain."""
    ordered = sorted(records, key=lambda record: (record["series"] or record["id"], record["id"]))
    return "\n".join(
        [
            f"# {title(domain)}\n",
            f"{len(records)} factors. Under an id stands its series, which takes the factor of a line’s year and "
            "place. The value is the sum of the parts; a gas released is composition × GWP of AR6. "
            "An uncertainty is that of a 95 % interval.\n",
            '<div class="filtered">\n',
            table(HEADERS, map(row, ordered)),
            "</div>\n",
        ]
    )


def row(record: dict[str, Any]) -> tuple[str, ...]:
    """Row of a factor, which can be linked to by its id."""
    series = f"<br>series {code(record['series'])}" if record["series"] else ""
    unit = " ".join(filter(None, [record["unit"], record["basis"]]))
    price_year = f" of {record['price_year']}" if record["price_year"] else ""
    year = record["data_year"]
    until = f"valid to {record['valid_to']}" if record["valid_to"] else ""
    note = f"<br>*{cell(record['note'])}*" if record["note"] else ""
    reference = cell(record["source_id"] or (f"row {record['source_row']}" if record["source_row"] else ""))
    return (
        anchored(record["id"]) + series,
        f"{cell(record['name_en'])}<br>{cell(record['name_fr'])}{note}",
        figure(record["value_kgco2e"]),
        cell(unit + price_year),
        cell(", ".join(filter(None, [record["geography"], record["locality"], str(year or ""), until]))),
        f"[{cell(record['source'])}](sources.md#{anchor(record['source'])}) {reference}".strip(),
        uncertainty(record),
    )


def uncertainty(record: dict[str, Any]) -> str:
    """Error of a factor as it is published, else its geometric standard deviation squared, with where it is from."""
    if record["uncertainty_origin"] == "published" and record["uncertainty_percent"] is not None:
        return f"± {figure(record['uncertainty_percent'])} %"
    if record["uncertainty_origin"] == "none":
        return "none (GWP)"
    return f"GSD² {figure(round(record['gsd2'], 2))}{UNCERTAINTY_WORDS.get(record['uncertainty_origin'], '')}"


def read(name: str) -> list[dict[str, str]]:
    """Rows of a table of the library."""
    with (ROOT / "emission_factors" / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def sources(records: list[dict[str, Any]]) -> str:
    """Page of the publications."""
    used: dict[str, int] = {}
    for record in records:
        used[record["source"]] = used.get(record["source"], 0) + 1
    rows = [
        (
            anchored(source["id"]),
            cell(", ".join(filter(None, [source["title"], source["version"]]))) + f"<br>{cell(source['publisher'])}",
            cell(source["date"]),
            cell(source["url"]),
            cell(source["licence"]),
            str(used.get(source["id"], "")),
        )
        for source in read("sources.csv")
    ]
    return "\n".join(
        [
            "# Sources of the factors\n",
            "Every publication behind a factor, a global warming potential, a density or a figure of the medicines "
            "ladder, with its licence and the number of factors that come from it.\n",
            '<div class="filtered">\n',
            table(("source", "publication", "date", "address", "licence", "factors"), rows),
            "</div>\n",
        ]
    )


def gaps() -> str:
    """Page of what no open source gives."""
    rows = read("gaps.csv")
    shown = [(cell(r["need"]), cell(r["found"]), cell(r["reason"]), cell(r["nearest"])) for r in rows]
    return "\n".join(
        [
            "# Gaps in the factors\n",
            f"{len(rows)} things that a hospital buys or emits and that no source we may redistribute gives a figure "
            "for, with what was found, why it is not in the library, and what to use meanwhile. "
            "`decarb factors search` answers with them too. A gap is never filled with a guess.\n",
            '<div class="filtered">\n',
            table(("need", "found", "why it is not there", "nearest"), shown),
            "</div>\n",
        ]
    )
