"""The import of a base of medicines and the answers of a look-up, to read."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from decarb.errors import Problem, printable
from decarb.language import format_number, format_significant, mark, translate
from decarb.medicines import DIRECT, rungs
from decarb.medicines.bdpm.assembling import Account
from decarb.medicines.bdpm.importing import Imported
from decarb.medicines.database import MASS_REASONS, Presentation, Speciality
from decarb.medicines.looking_up import Answer, Prices
from decarb.report.grid import aligned

if TYPE_CHECKING:
    from decarb.medicines import Medicines, Priced
    from decarb.medicines.results import OwnResult

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


@dataclass(frozen=True)
class Known:
    """What is known of the boxes of answers: the tables in use, and the price of each by the ladder."""

    medicines: "Medicines"
    prices: Prices

    def speciality(self, box: Presentation) -> Speciality | None:
        """Speciality of a box."""
        return self.medicines.database.speciality(box.cis)

    def own_results(self, box: Presentation) -> "list[OwnResult]":
        """Results that the user gave for a box, the best rung first."""
        results = self.medicines.results
        return [results[box.cip13, rung] for rung in rungs() if (box.cip13, rung) in results]


def answer_document(answer: Answer, known: Known, language: str) -> dict[str, Any]:
    """What was found for a code or for words, as data."""
    link = answer.link
    return {
        "query": answer.query,
        "system": answer.system or None,
        "database": known.medicines.database.version,
        "found": answer.found,
        "shown": len(answer.boxes),
        "presentations": [_box_document(box, known, language) for box in answer.boxes],
        "ucd": {"ucd13": link.ucd13, "cip13": link.cip13, "cis": link.cis, "units": link.units} if link else None,
        "problems": [problem.to_dict(language) for problem in answer.problems],
    }


def _box_document(box: Presentation, known: Known, language: str) -> dict[str, Any]:
    speciality = known.speciality(box)
    named = {name: getattr(speciality, name) if speciality else None for name in _SPECIALITY_FIELDS}
    results = [
        {"rung": own.rung, "kgco2e_per_box": own.kgco2e_per_box, "year": own.year, "source": own.source}
        for own in known.own_results(box)
    ]
    return {
        "cip13": box.cip13,
        "cip7": box.cip13[5:12],
        **named,
        **{name: getattr(box, name) for name in _BOX_FIELDS},
        "own_results": results,
        "emissions": _price_document(known.prices[box.cip13], language),
    }


def _price_document(price: "Priced | tuple[Problem, ...]", language: str) -> dict[str, Any]:
    """Price of a box by the ladder, or the problems that refuse it."""
    if isinstance(price, tuple):
        return {
            "rung": None,
            "kgco2e_per_box": None,
            "gsd2": None,
            "problems": [problem.to_dict(language) for problem in price],
        }
    return {
        "rung": price.rung or None,
        "key": rungs()[price.rung].key if price.rung != DIRECT else "released",
        "kgco2e_per_box": kgco2e_per_box(price),
        "gsd2": gsd2_of_one(price),
        "shared_gsd2": price.factor.gsd2,
        "line_gsd2": price.factor.line_gsd2,
        "why": [problem.message(language) for problem in price.why],
        "notes": [problem.to_dict(language) for problem in price.notes],
    }


def kgco2e_per_box(price: "Priced") -> float:
    """Emissions of a box that the ladder priced by the box [kg CO2e]."""
    return math.fsum(part.total for part in price.factor.parts)


def gsd2_of_one(price: "Priced") -> float:
    """Error of one product by itself: that of its rung and its own, combined (docs/method.md, Medicines)."""
    return math.exp(math.hypot(math.log(price.factor.gsd2), math.log(price.factor.line_gsd2)))


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


def answer_text(answer: Answer, known: Known, language: str) -> str:
    """A box with all that is known of it; several, one a line; where there are more, how many."""
    shown = _list_text(answer, known, language) if len(answer.boxes) > 1 else _box_text(answer, known, language)
    if answer.found <= len(answer.boxes):
        return shown
    said = mark("{shown} of {found}: more with --limit")
    counts = {"shown": format_number(len(answer.boxes), language), "found": format_number(answer.found, language)}
    return shown + translate(said, language).format(**counts) + "\n"


def _box_text(answer: Answer, known: Known, language: str) -> str:
    box = answer.boxes[0]
    lines = (*_box_lines(answer, box, known.speciality(box), language), *_price_lines(box, known, language))
    rows = [(translate(label, language), printable(value)) for label, value in lines if value]
    width = max(len(label) for label, _ in rows)
    return "".join(f"{label:<{width}}  {value}\n" for label, value in rows)


def _price_lines(box: Presentation, known: Known, language: str) -> Iterator[tuple[str, str]]:
    """Results of the user for a box, and how the ladder prices it."""
    given = translate(mark("rung {rung}: {value} kg CO2e a box, {source} ({year})"), language)
    for own in known.own_results(box):
        value = format_significant(own.kgco2e_per_box, language)
        yield mark("your result"), given.format(rung=own.rung, value=value, source=own.source, year=own.year)
    price = known.prices[box.cip13]
    if isinstance(price, tuple):
        yield mark("emissions"), "; ".join(problem.message(language) for problem in price)
        return
    said = translate(mark("{value} kg CO2e a box, GSD2 {gsd2}: {way}"), language)
    value, gsd2 = format_significant(kgco2e_per_box(price), language), format_number(gsd2_of_one(price), language, 2)
    yield mark("emissions"), said.format(value=value, gsd2=gsd2, way=_way(price, language))


def _way(price: "Priced", language: str) -> str:
    if price.rung == DIRECT:
        return translate(mark("gases that it releases, no rung"), language)
    rung = rungs()[price.rung]
    return translate(mark("rung {rung}, {name}"), language).format(rung=rung.number, name=rung.name(language))


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


def _list_text(answer: Answer, known: Known, language: str) -> str:
    header = [
        "CIP13",
        "CIS",
        mark("name"),
        "ATC",
        mark("units per box"),
        mark("active substances"),
        mark("kg CO2e a box"),
        mark("rung"),
    ]
    rows = [[translate(cell, language) for cell in header]]
    for box in answer.boxes:
        speciality = known.speciality(box)
        name = _short(speciality.name if speciality else box.label)
        mass = f"{format_significant(box.active_mass_mg, language)} mg" if box.active_mass_mg is not None else "–"
        atc = speciality.atc if speciality else ""
        price = _price_cells(known.prices[box.cip13], language)
        rows.append([box.cip13, box.cis, name, atc, _units(box, language), mass, *price])
    return aligned(rows, (0, 1, 2, 3, 4), total=False) + "\n"


def _price_cells(price: "Priced | tuple[Problem, ...]", language: str) -> tuple[str, str]:
    if isinstance(price, tuple):
        return "–", "–"
    rung = str(price.rung) if price.rung != DIRECT else translate(mark("gases"), language)
    return format_significant(kgco2e_per_box(price), language), rung


def _short(name: str) -> str:
    shown = printable(name)
    return shown if len(shown) <= 60 else shown[:59] + "…"
