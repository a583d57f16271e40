"""The account of an import and the findings of a check, to read."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from decarb.errors import printable
from decarb.factors.checking import EXPECTED_ASIDE, Finding
from decarb.factors.importers import Account, Imported
from decarb.language import format_number, mark, translate
from decarb.messages import SET_ASIDE


def account_document(account: Account, folder: str) -> dict[str, Any]:
    """Account of an import as data: rows read, kept, set aside by reason, findings by kind."""
    return {
        "folder": folder,
        "rows_read": account.rows_read,
        "rows_kept": account.rows_kept,
        "set_aside": dict(account.reasons),
        "findings": [
            {"severity": severity, "code": code, "count": count}
            for (severity, code), count in sorted(account.defects.items())
        ],
    }


_READ = mark("{rows} rows read: {kept} kept, {aside} set aside")


def account_text(imported: Imported, folder: str, language: str) -> str:
    """Rows read, kept and set aside with the reasons; factors and parts; what to do next."""

    def number(value: int) -> str:
        return format_number(value, language, 0)

    account = imported.account
    counts = {name: len(imported.tables[name].rows) for name in ("factors", "parts")}
    aside = sum(account.reasons.values())
    lines = [
        translate(_READ, language).format(
            rows=number(account.rows_read), kept=number(account.rows_kept), aside=number(aside)
        )
    ]
    for reason, count in account.reasons.most_common():
        lines.append(f"  {number(count):>7}  {translate(SET_ASIDE[reason], language)}")
    lines.append(
        translate(mark("{factors} factors, {parts} parts: {folder}"), language).format(
            factors=number(counts["factors"]), parts=number(counts["parts"]), folder=folder
        )
    )
    warnings = sum(count for (severity, _), count in account.defects.items() if severity == "warning")
    warnings += sum(count for reason, count in account.reasons.items() if reason not in EXPECTED_ASIDE)
    lines.append(
        translate(
            mark("defects noted while reading: {count}; these and others, each by row: decarb factors check {folder}"),
            language,
        ).format(count=number(warnings), folder=folder)
    )
    if account.reasons["ragged-row"]:
        lines.append(translate(mark("rows of another length than the header: is the file whole?"), language))
    if "decarb" in imported.description and not imported.description.get("version"):
        lines.append(translate(mark("its version is not known: say it with --version"), language))
    lines.append(
        translate(mark("use it: decarb footprint inventory.json --library {folder}"), language).format(folder=folder)
    )
    return "\n".join(lines) + "\n"


def finding_records(findings: Sequence[Finding], language: str) -> list[dict[str, Any]]:
    """Findings as data, one each: row, factor, name, severity, code, message."""
    return [
        {
            "row": finding.row,
            "factor": finding.factor,
            "name": finding.name,
            "severity": finding.problem.severity,
            "code": finding.problem.code,
            "message": finding.problem.message(language),
        }
        for finding in findings
    ]


def findings_text(findings: Sequence[Finding], language: str, notes: bool = False) -> str:
    """Every defect by kind and row, and how many notes there are; with `notes`, those by row too."""
    lines: list[str] = []
    defects = [finding for finding in findings if finding.problem.severity == "warning"]
    others = [finding for finding in findings if finding.problem.severity != "warning"]
    for code, same in groupby(defects + (others if notes else []), key=lambda finding: finding.problem.code):
        rows = list(same)
        lines.append(f"{code} ({len(rows)})")
        lines += [_line(finding, language) for finding in rows]
    lines.append(
        translate(mark("defects: {count}"), language).format(count=format_number(len(defects), language, 0))
        if defects
        else translate(mark("no defect"), language)
    )
    if others and not notes:
        lines.append(translate(mark("to know (--notes lists them):"), language))
        for code, same in groupby(others, key=lambda finding: finding.problem.code):
            lines.append(f"  {len(list(same)):>6}  {_kind_of_note(code, language)}")
    return "\n".join(lines) + "\n"


def _line(finding: Finding, language: str) -> str:
    place = translate(mark("row {number}"), language).format(number=finding.row)
    name = printable(finding.name if len(finding.name) <= 70 else finding.name[:69] + "…")
    return f"  {place}  {finding.factor}  {name}: {finding.problem.message(language)}"


_NOTE_KINDS = {
    "source-expired": mark("past the validity that the source states"),
    "source-no-uncertainty": mark("without uncertainty or quality notes: the documented default is used"),
    "source-mojibake": mark("UTF-8 read as Windows-1252 on its way, mended"),
    "source-place-unknown": mark("at a place not recognised"),
    "source-category-unknown": mark("in a category not recognised"),
}


def _kind_of_note(code: str, language: str) -> str:
    return translate(_NOTE_KINDS.get(code, code), language)
