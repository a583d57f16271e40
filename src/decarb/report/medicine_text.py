"""The import of a base of medicines and the answers of a look-up, to read."""

from collections.abc import Iterator
from typing import Any

from decarb.errors import printable
from decarb.language import format_number, format_significant, mark, translate
from decarb.medicines.bdpm.assembling import Account
from decarb.medicines.bdpm.importing import Imported
from decarb.medicines.database import MASS_REASONS, MedicinesDatabase, Presentation, Speciality
from decarb.medicines.looking_up import Answer
from decarb.report.grid import aligned

UNITS_REASONS = {
    "no-count": mark("the label counts nothing"),
    "no-unit": mark("what the label counts is not known"),
    "several-units": mark("units of two kinds together"),
    "patient-specific": mark("a number that depends on the patient"),
}
"""Why units per box are not known, by code."""
_ATC_ORIGINS = {
    "database": mark("the database's"),
    "same_substances": mark("that of the same substances by the same route"),
}


def import_document(imported: Imported, path: str, seconds: float) -> dict[str, Any]:
    """Account of an import as data."""
    account = imported.account
    return {
        "file": path,
        "rows": imported.rows,
        "seconds": round(seconds, 2),
        "rows_read": account.read,
        "rows_kept": account.kept,
        "rows_lost": account.rows_lost,
        "orphans": account.orphans,
        "specialities_without_presentation": account.without_presentations,
        "keys": {
            "checked": account.keys_checked,
            "wrong": account.wrong_keys,
            "old_keys_unfit": account.old_keys_unfit,
        },
        "units": {"read": account.labels[""], "unread": {k: n for k, n in account.labels.items() if k}},
        "active_mass": {"known": account.masses[""], "unknown": {k: n for k, n in account.masses.items() if k}},
        "atc": dict(account.atc),
        "unread": [{"cip13": code, "label": label, "reason": reason} for code, label, reason in sorted(account.unread)],
        "absent": list(imported.files.absent),
        "unused": list(imported.files.unused),
        "provenance": dict(imported.provenance),
    }


def import_text(imported: Imported, path: str, seconds: float, language: str, *, unread: bool = False) -> str:
    """Rows read and kept by file, orphans, keys, units per box, masses, and what to do next."""
    lines = [*_file_lines(imported, language), "", *_reading_lines(imported.account, language)]
    if unread:
        lines += _unread_lines(imported.account, language)
    elif imported.account.unread:
        lines.append("  " + translate(mark("--unread lists them"), language))
    written = mark("{rows} rows in {seconds} s: {path}")
    use = mark("use it: decarb medicines lookup CODE --medicines {path}")
    rows, time = format_number(imported.rows, language), format_number(seconds, language, 1)
    lines += ["", translate(written, language).format(rows=rows, seconds=time, path=path)]
    lines.append(translate(use, language).format(path=path))
    return "\n".join(lines) + "\n"


def _file_lines(imported: Imported, language: str) -> Iterator[str]:
    account = imported.account
    header = [translate(word, language) for word in (mark("file"), mark("read"), mark("kept"), mark("encoding"))]
    rows = [header]
    for found in imported.files.all_files():
        kept = account.kept.get(found.name, 0)
        rows.append(
            [found.name, format_number(len(found.rows), language), format_number(kept, language), found.encoding]
        )
    yield aligned(rows, (0, 3), total=False)
    if imported.files.absent:
        yield translate(mark("absent: {names}"), language).format(names=", ".join(imported.files.absent))
    if imported.files.unused:
        yield translate(mark("not used: {names}"), language).format(names=", ".join(imported.files.unused))
    said = mark("{count} codes of {file} are not in CIS_bdpm.txt: kept, on their own")
    for file, count in account.orphans.items():
        yield translate(said, language).format(count=format_number(count, language), file=file)
    if account.without_presentations:
        alone = mark("{count} specialities have no presentation: kept, on their own")
        yield translate(alone, language).format(count=format_number(account.without_presentations, language))


def _reading_lines(account: Account, language: str) -> Iterator[str]:
    def number(value: int) -> str:
        return format_number(value, language)

    keys = mark("keys: {checked} CIP13 and CIP7 checked, {wrong} wrong")
    yield translate(keys, language).format(checked=number(account.keys_checked), wrong=number(len(account.wrong_keys)))
    yield from (f"  {code}" for code in account.wrong_keys)
    total = sum(account.labels.values()) or 1
    for message, counts, reasons in (
        (mark("units per box: read from {count} labels of {total} ({share} %)"), account.labels, UNITS_REASONS),
        (mark("active substances: mass of {count} boxes of {total} ({share} %)"), account.masses, MASS_REASONS),
    ):
        share = format_number(100 * counts[""] / total, language, 2)
        yield translate(message, language).format(count=number(counts[""]), total=number(total), share=share)
        for reason, count in counts.most_common():
            if reason:
                yield f"  {number(count):>6}  {translate(reasons[reason], language)}"
    atc = mark("ATC: {database} from the database, {same} from the same substances and route")
    same = number(account.atc["same_substances"])
    yield translate(atc, language).format(database=number(account.atc["database"]), same=same)


def _unread_lines(account: Account, language: str) -> Iterator[str]:
    for code, label, reason in sorted(account.unread):
        yield f"  {code}  {printable(label)}: {translate(UNITS_REASONS[reason], language)}"


def answer_document(answer: Answer, database: MedicinesDatabase, language: str) -> dict[str, Any]:
    """What was found for a code or for words, as data."""
    link = answer.link
    return {
        "query": answer.query,
        "system": answer.system or None,
        "database": database.version,
        "presentations": [_box_document(box, database) for box in answer.boxes],
        "ucd": {"ucd13": link.ucd13, "cip13": link.cip13, "cis": link.cis, "units": link.units} if link else None,
        "problems": [problem.to_dict(language) for problem in answer.problems],
    }


def _box_document(box: Presentation, database: MedicinesDatabase) -> dict[str, Any]:
    speciality = database.speciality(box.cis)
    named = {name: getattr(speciality, name) if speciality else None for name in _SPECIALITY_FIELDS}
    return {"cip13": box.cip13, "cip7": box.cip13[5:12], **named, **{name: getattr(box, name) for name in _BOX_FIELDS}}


_SPECIALITY_FIELDS = ("cis", "name", "form", "routes", "atc", "atc_origin", "substances", "generic_groups")
_BOX_FIELDS = (
    "label",
    "units",
    "unit",
    "container",
    "material",
    "content",
    "content_unit",
    "doses",
    "active_mass_mg",
    "mass_reason",
    "price_eur",
    "marketed",
)


def answer_text(answer: Answer, database: MedicinesDatabase, language: str) -> str:
    """A box with all that is known of it; several, one a line."""
    if len(answer.boxes) > 1:
        return _list_text(answer, database, language)
    box = answer.boxes[0]
    rows = [
        (translate(label, language), printable(value))
        for label, value in _box_lines(answer, box, database.speciality(box.cis), language)
        if value
    ]
    width = max(len(label) for label, _ in rows)
    return "".join(f"{label:<{width}}  {value}\n" for label, value in rows)


def _box_lines(
    answer: Answer, box: Presentation, speciality: Speciality | None, language: str
) -> Iterator[tuple[str, str]]:
    yield "CIP13", box.cip13
    yield "CIP7", box.cip13[5:12]
    if answer.link:
        units = format_significant(answer.link.units, language) if answer.link.units else ""
        yield "UCD13", answer.link.ucd13
        yield mark("units per box, by your table"), units
    yield "CIS", box.cis
    if speciality:
        yield mark("name"), speciality.name
        yield mark("form"), speciality.form
        yield mark("route"), ", ".join(speciality.routes)
        origin = f" ({translate(_ATC_ORIGINS[speciality.atc_origin], language)})" if speciality.atc else ""
        yield "ATC", speciality.atc + origin or translate(mark("unknown"), language)
        yield mark("substances"), ", ".join(speciality.substances)
        yield mark("generic group"), ", ".join(speciality.generic_groups)
    yield mark("label"), box.label
    yield mark("units per box"), _units(box, language)
    yield mark("content of a unit"), _content(box, language)
    yield mark("active substances"), _mass(box, language)
    yield mark("price"), f"{format_number(box.price_eur, language, 2)} EUR" if box.price_eur is not None else ""
    yield mark("on the market"), translate(mark("yes") if box.marketed else mark("no"), language)


def _units(box: Presentation, language: str) -> str:
    if box.units is None:
        return translate(mark("unknown"), language)
    return f"{format_significant(box.units, language)} {box.unit}"


def _content(box: Presentation, language: str) -> str:
    return f"{format_significant(box.content, language)} {box.content_unit}" if box.content is not None else ""


def _mass(box: Presentation, language: str) -> str:
    if box.active_mass_mg is None:
        reason = MASS_REASONS.get(box.mass_reason, "")
        return translate(mark("unknown: {reason}"), language).format(reason=translate(reason, language))
    mass = f"{format_significant(box.active_mass_mg, language)} mg"
    if not box.units or box.units == 1:
        return mass
    each = format_significant(box.active_mass_mg / box.units, language)
    return translate(mark("{mass} ({each} mg a unit)"), language).format(mass=mass, each=each)


def _list_text(answer: Answer, database: MedicinesDatabase, language: str) -> str:
    header = ["CIP13", "CIS", mark("name"), "ATC", mark("units per box"), mark("active substances")]
    rows = [[translate(cell, language) for cell in header]]
    for box in answer.boxes:
        speciality = database.speciality(box.cis)
        name = _short(speciality.name if speciality else box.label)
        mass = f"{format_significant(box.active_mass_mg, language)} mg" if box.active_mass_mg is not None else "–"
        rows.append([box.cip13, box.cis, name, speciality.atc if speciality else "", _units(box, language), mass])
    return aligned(rows, (0, 1, 2, 3, 4), total=False) + "\n"


def _short(name: str) -> str:
    shown = printable(name)
    return shown if len(shown) <= 60 else shown[:59] + "…"
