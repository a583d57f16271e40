"""Who is expected and who has submitted, to read and to exchange."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from decarb.errors import printable
from decarb.language import mark
from decarb.national.turnout import Expected, Turnout, TurnoutRow
from decarb.report.dimension_names import dimension_names
from decarb.report.grid import aligned
from decarb.report.store_text import NAMES, group_names
from decarb.report.words import Words

MOST_SHOWN = 20
"""Legal entities, and strangers, shown one by one in a text."""

_STATES = {
    "received": mark("received"),
    "in_part": mark("in part"),
    "refused": mark("refused"),
    "late": mark("late"),
}


def turnout_text(turnout: Turnout, by: Sequence[str], language: str) -> str:
    """Tables by region, category, ..., who is late, and who is not in the register."""
    words = Words(language)
    title = words.say(mark("Legal entities of the register, {year}"), year=str(turnout.year))
    blocks = [title, *(_table(turnout, name, words) for name in by)]
    blocks.append("\n".join(_notes(turnout.total, words)))
    late = [one for one in turnout.entities if one.is_late]
    if late:
        lines = [words.say(mark("Late"))] + ["  " + _late(one, words) for one in late[:MOST_SHOWN]]
        blocks.append("\n".join([*lines, *_more(len(late), words)]))
    if turnout.strangers:
        lines = [words.say(mark("Submitted by who is not in the register"))]
        for one in turnout.strangers[:MOST_SHOWN]:
            numbers = ", ".join(one.numbers) or words.say(mark("no FINESS number"))
            near = words.say(mark(" (nearest: {numbers})"), numbers=", ".join(one.nearest)) if one.nearest else ""
            lines.append(printable(f"  {one.receipt}  {one.name}  {numbers}{near}"))
        blocks.append("\n".join([*lines, *_more(len(turnout.strangers), words)]))
    if turnout.twice:
        lines = [words.say(mark("Sites that several submissions report for"))]
        lines += [f"  {site}  {', '.join(receipts)}" for site, receipts in turnout.twice[:MOST_SHOWN]]
        blocks.append("\n".join([*lines, *_more(len(turnout.twice), words)]))
    return "\n\n".join(blocks) + "\n"


def _table(turnout: Turnout, by: str, words: Words) -> str:
    heading = [NAMES[by], mark("Expected"), mark("Received"), mark("In part"), mark("Late"), mark("Refused")]
    heading += [mark("Received, %"), mark("Sites"), mark("Beds, %")]
    found = turnout.rows(by)
    names = dimension_names(by, [row.group for row in found], "beges", words)
    rows = [[words.say(name) for name in heading]]
    rows += [[name, *_cells(row, words)] for name, row in zip(names, found, strict=True)]
    rows.append([words.say(mark("Total")), *_cells(turnout.total, words)])
    return aligned(rows, (0,))


def _cells(row: TurnoutRow, words: Words) -> list[str]:
    counts = (row.expected, row.received, row.in_part, row.late, row.refused)
    return [
        *map(words.number, counts),
        words.percent(row.received / row.expected),
        f"{words.number(row.sites_reported)} / {words.number(row.sites)}",
        words.percent(row.beds_reported / row.beds) if row.beds else "–",
    ]


def _notes(total: TurnoutRow, words: Words) -> Iterator[str]:
    yield words.say(
        mark("Late: expected, and nothing counts; refused: those among the late whose documents were refused.")
    )
    if total.late:
        yield words.say(
            mark(
                "By their status, staff and region in the register, {bound} of the late must publish a BEGES; "
                "of {unknown} it is unknown."
            ),
            bound=words.number(total.bound),
            unknown=words.number(total.of_unknown_bond),
        )
    if total.sites_without_beds:
        yield words.say(
            mark("Beds: without {count} sites, of which the register does not say them."),
            count=words.number(total.sites_without_beds),
        )


def _late(one: Expected, words: Words) -> str:
    place = " ".join(part for part in (one.groups["region"], one.groups["department"]) if part)
    said = words.say(_STATES[one.state]) + (f" {', '.join(one.receipts)}" if one.receipts else "")
    return printable(f"{one.entity}  {one.name}  {place}  {said}")


def _more(count: int, words: Words) -> list[str]:
    if count <= MOST_SHOWN:
        return []
    left = words.number(count - MOST_SHOWN)
    return ["  " + words.say(mark("... and {count} more (--format json or csv)"), count=left)]


def turnout_records(turnout: Turnout) -> list[dict[str, Any]]:
    """One record for each legal entity of the register, and for each stranger."""
    return [_record(one) for one in turnout.entities] + [
        {"entity": " ".join(one.numbers), "name": one.name, "state": "not_in_register", "receipts": one.receipt}
        for one in turnout.strangers
    ]


def _record(one: Expected) -> dict[str, Any]:
    return {
        "entity": one.entity,
        "name": one.name,
        "state": one.state,
        **one.groups,
        "sites": one.sites,
        "sites_reported": one.sites_reported,
        "beds": one.beds,
        "beds_reported": one.beds_reported,
        "sites_without_beds": one.sites_without_beds,
        "beges": _BOUND[one.bound],
        "receipts": " ".join(one.receipts),
    }


_BOUND = {True: "bound", False: "not_concerned", None: "unknown"}


def turnout_document(turnout: Turnout, by: Sequence[str]) -> dict[str, Any]:
    """Turnout as data: by group, those who are late or in part, strangers."""
    return {
        "year": turnout.year,
        "rows": [{"by": name, **_row(row, group_names(name))} for name in by for row in turnout.rows(name)],
        "total": {name: value for name, value in asdict(turnout.total).items() if name != "group"},
        "late": [_record(one) for one in turnout.entities if one.is_late],
        "in_part": [_record(one) for one in turnout.entities if one.state == "in_part"],
        "not_in_register": [asdict(one) for one in turnout.strangers],
        "sites_reported_twice": [{"finess_et": site, "receipts": list(said)} for site, said in turnout.twice],
    }


def _row(row: TurnoutRow, names: dict[str, str]) -> dict[str, Any]:
    return {
        "group": row.group,
        "name": names.get(row.group, ""),
        **{k: v for k, v in asdict(row).items() if k != "group"},
    }
