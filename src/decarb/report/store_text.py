"""Receipts, status and check of a store of submissions, to read or to exchange."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from types import MappingProxyType
from typing import Any

from decarb.errors import Problem, printable
from decarb.language import format_number, mark, translate
from decarb.national.store import Checked, Receipt, Status, StatusRow
from decarb.report.dimension_names import dimension_names
from decarb.report.grid import aligned
from decarb.report.problems import problem_lines
from decarb.report.words import Words
from decarb.resources import data_file, read_rows

_SHOWN_DOCUMENTS = 10
_VERDICT = {"accepted": mark("accepted"), "refused": mark("refused")}
_HEADINGS = {
    "received": mark("Received"),
    "current": mark("Current"),
    "superseded": mark("Superseded"),
    "refused": mark("Refused"),
    "entities": mark("Entities"),
    "late": mark("Late"),
    "lines": mark("Lines"),
}
NAMES = {
    "year": mark("Year"),
    "region": mark("Region"),
    "department": mark("Department"),
    "ght": mark("GHT"),
    "category": mark("Category"),
    "legal_status": mark("Legal status"),
    "size": mark("Beds"),
}
"""What submissions, and those who are expected to submit, are grouped by."""


def receipt_lines(receipts: Sequence[Receipt], language: str) -> list[str]:
    """One line a receipt: its id first, for scripts."""
    return [_receipt_line(receipt, language) for receipt in receipts]


def _receipt_line(receipt: Receipt, language: str) -> str:
    one = receipt.submission
    said = [translate(_VERDICT[one.verdict], language)]
    if receipt.repeated:
        said.append(translate(mark("already submitted"), language))
    if receipt.supersedes:
        said.append(translate(mark("supersedes {receipt}"), language).format(receipt=receipt.supersedes))
    if receipt.superseded_by:
        said.append(translate(mark("superseded by {receipt}"), language).format(receipt=receipt.superseded_by))
    parts = [one.id, ", ".join(said)]
    if one.establishment:
        parts.append(f"{one.establishment.name} {one.establishment.start} … {one.establishment.end}")
    if one.verdict == "accepted":
        parts.append(translate(mark("{count} lines"), language).format(count=format_number(one.lines, language)))
    return printable("  ".join([*parts, one.file]))


def counts_text(receipts: Sequence[Receipt], language: str) -> str:
    """How many documents were accepted, repeated, refused."""
    counts = _counts(receipts)
    text = translate(
        mark(
            "documents: {documents}; accepted: {accepted} (in the place of another: {superseding}); "
            "known already: {repeated}; refused: {refused}"
        ),
        language,
    ).format(**{name: format_number(count, language) for name, count in counts.items()})
    if counts["refused"]:
        text += "\n" + translate(mark("every problem of each, also of earlier ones: --format json"), language)
    return text


def _counts(receipts: Sequence[Receipt]) -> dict[str, int]:
    refused = sum(receipt.submission.verdict == "refused" for receipt in receipts)
    repeated = sum(receipt.repeated and receipt.submission.verdict == "accepted" for receipt in receipts)
    return {
        "documents": len(receipts),
        "accepted": len(receipts) - refused - repeated,
        "superseding": sum(bool(receipt.supersedes) and not receipt.repeated for receipt in receipts),
        "repeated": repeated,
        "refused": refused,
    }


def refused_lines_text(refusals: Mapping[int, Sequence[Problem]], language: str) -> str:
    """Lines of accepted documents that the factors of today refuse, of the first documents; blank if there are none."""
    if not refusals:
        return ""
    shown = list(refusals.values())[:_SHOWN_DOCUMENTS]
    lines = [line for problems in shown for line in problem_lines(problems, language)]
    said = mark("accepted documents with lines that the packaged factors refuse: {count}; all of them: --format json")
    lines.append(translate(said, language).format(count=format_number(len(refusals), language)))
    return "\n".join(lines) + "\n"


def receipts_document(
    receipts: Sequence[Receipt], language: str, refusals: Mapping[int, Sequence[Problem]] = MappingProxyType({})
) -> dict[str, Any]:
    """Receipts with all that they say; `refusals` are what the factors of today refuse, by submission."""
    return {
        **_counts(receipts),
        "receipts": [
            _receipt_document(receipt, language)
            | {"refused_lines": [problem.to_dict(language) for problem in refusals.get(receipt.submission.number, ())]}
            for receipt in receipts
        ],
    }


def _receipt_document(receipt: Receipt, language: str) -> dict[str, Any]:
    one = receipt.submission
    head = one.establishment
    return {
        "receipt": one.id,
        "verdict": one.verdict,
        "repeated": receipt.repeated,
        "supersedes": receipt.supersedes or None,
        "superseded_by": receipt.superseded_by or None,
        "file": one.file,
        "sha256": one.digest or None,
        "bytes": one.size,
        "entity": one.entity or None,
        "name": head.name if head else None,
        "start": head.start if head else None,
        "end": head.end if head else None,
        "year": one.year,
        "lines": one.lines,
        "submitted_at": one.at,
        "submitted_by": one.by,
        "engine": one.engine,
        "problems": [problem.to_dict(language) for problem in one.problems],
    }


def status_text(tables: Sequence[Status], language: str) -> str:
    """Submissions by one thing or another, and all together; of one year, or of all."""
    blocks = [_status_table(status, language) for status in tables]
    first = tables[0]
    notes = []
    if first.year is not None and first.total.late:
        said = mark("Late: something came for an earlier year, or was refused for {year}, and nothing counts for it.")
        notes.append(translate(said, language).format(year=first.year))
    if first.year is not None and first.of_no_year:
        said = translate(mark("Refused documents of a year that could not be read, and not in it: {count}."), language)
        notes.append(said.format(count=format_number(first.of_no_year, language)))
    return "\n\n".join([*blocks, *(["\n".join(notes)] if notes else [])]) + "\n"


def _status_table(status: Status, language: str) -> str:
    headings = _headings(status)
    heading = [translate(NAMES[status.by], language), *(translate(name, language) for name in headings.values())]
    names = dimension_names(status.by, [row.group for row in status.rows], "beges", Words(language))
    rows = [[name, *_cells(row, headings, language)] for name, row in zip(names, status.rows, strict=True)]
    total = [translate(mark("Total"), language), *_cells(status.total, headings, language)]
    return aligned([heading, *rows, total], (0,))


def _headings(status: Status) -> dict[str, str]:
    return {name: text for name, text in _HEADINGS.items() if name != "late" or status.year is not None}


def status_records(tables: Sequence[Status]) -> list[dict[str, Any]]:
    """One record a group, unrounded; without the total."""
    return [
        {"by": status.by, "group": row.group, "name": group_names(status.by).get(row.group, ""), **_numbers(row)}
        for status in tables
        for row in status.rows
    ]


def status_document(tables: Sequence[Status]) -> dict[str, Any]:
    """Status as data."""
    first = tables[0]
    return {
        "year": first.year,
        "rows": status_records(tables),
        "total": _numbers(first.total),
        "refused_of_unknown_year": first.of_no_year,
    }


def _numbers(row: StatusRow) -> dict[str, Any]:
    return {name: value for name, value in asdict(row).items() if name != "group"}


def _cells(row: StatusRow, headings: Iterable[str], language: str) -> list[str]:
    return [format_number(getattr(row, name), language) for name in headings]


def group_names(by: str) -> dict[str, str]:
    """Names of the groups that have one beside their code."""
    if by in ("region", "department"):
        return {row[by]: row["name"] for row in read_rows(data_file(f"{by}s.csv"))}
    if by == "category":
        return {row["code"]: row["name_fr"] for row in read_rows(data_file("finess_categories.csv"))}
    return {}


def checked_text(checked: Checked, language: str) -> str:
    """What a check found, and how much it looked at."""
    lines = []
    for problem in checked.found:
        label = mark("repaired") if problem in checked.repaired else mark("damaged")
        lines.append(f"{translate(label, language)}  {problem.place()}  {problem.message(language)}")
        if problem.hint(language) and problem not in checked.repaired:
            lines.append(f"    → {problem.hint(language)}")
    looked = translate(
        mark("submissions: {submissions}; read again: {documents} documents, {lines} lines; found: {found}"), language
    )
    counts = {
        "submissions": checked.submissions,
        "documents": checked.documents,
        "lines": checked.lines,
        "found": len(checked.found),
    }
    lines.append(looked.format(**{name: format_number(count, language) for name, count in counts.items()}))
    if checked.left_behind:
        left = translate(
            mark("{count} file(s) or folder(s) of a run that stopped: the next submission removes them"), language
        )
        lines.append(left.format(count=format_number(checked.left_behind, language)))
    return "\n".join(lines) + "\n"


def checked_document(checked: Checked, language: str) -> dict[str, Any]:
    """Check as data."""
    return {
        "clean": not checked.found,
        "submissions": checked.submissions,
        "documents": checked.documents,
        "lines": checked.lines,
        "left_behind": checked.left_behind,
        "found": [{**problem.to_dict(language), "repaired": problem in checked.repaired} for problem in checked.found],
    }
