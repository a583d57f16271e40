"""Rows of the files brought together: one per presentation, with everything of its speciality.

A speciality without presentations has a row of its own, and so has each code that only other files know. The codes of
a presentation are checked, its label is read, and the mass of its active substances computed.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from decarb.inventory.medicine_codes import check_medicine_code
from decarb.medicines.bdpm.classes import AtcClass, atc_classes
from decarb.medicines.bdpm.files import (
    COMPOSITIONS,
    FORMS,
    GENERIC_GROUPS,
    MAJOR_INTEREST,
    PRESENTATIONS,
    SPECIALITIES,
    BdpmFiles,
    FileForm,
)
from decarb.medicines.bdpm.labels import Label, parse_label
from decarb.medicines.bdpm.masses import Component, box_mass
from decarb.medicines.bdpm.values import day, euros, folded, parts, plain_text, share
from decarb.medicines.codes import to_cip13

Row = dict[str, Any]
_MARKETED = "Déclaration de commercialisation"


@dataclass(slots=True)
class Account:
    """What became of each row of each file.

    Attributes
    ----------
    read, kept
        Rows by file, and how many of them are in the rows that were made.
    orphans
        Codes of specialities by the file that knows them while ``CIS_bdpm.txt`` does not.
    without_presentations
        Specialities that no presentation is of.
    keys_checked, wrong_keys
        CIP13 whose key and CIP7 were checked; those that did not fit.
    old_keys_unfit
        CIP7 that do not fit the old key, of those that should.
    labels
        Labels of presentations by what could not be read in them; "" for those read.
    unread
        Presentations whose units per box are not known: code, label, reason.
    masses
        Presentations by why the mass of their active substances is not known; "" for those known.
    atc
        Specialities by the origin of their ATC code.
    newest_declaration
        Newest day that a presentation was declared on, of those that can be.
    """

    read: dict[str, int] = field(default_factory=dict)
    kept: dict[str, int] = field(default_factory=dict)
    orphans: dict[str, int] = field(default_factory=dict)
    without_presentations: int = 0
    keys_checked: int = 0
    wrong_keys: list[str] = field(default_factory=list)
    old_keys_unfit: int = 0
    labels: Counter[str] = field(default_factory=Counter)
    unread: list[tuple[str, str, str]] = field(default_factory=list)
    masses: Counter[str] = field(default_factory=Counter)
    atc: Counter[str] = field(default_factory=Counter)
    newest_declaration: str = ""

    @property
    def rows_lost(self) -> int:
        """Rows read that are nowhere: 0, or there is a bug."""
        return sum(self.read.values()) - sum(self.kept.values())


def assemble(files: BdpmFiles) -> tuple[list[Row], Account]:
    """Rows of the database and an account of them, in the order of codes."""
    by_cis = {form.name: _by_speciality(files.rows(form), form) for form in FORMS}
    others = {name: _by_first_cell(found.rows) for name, found in files.others.items()}
    components = {cis: [_component(row) for row in rows] for cis, rows in by_cis[COMPOSITIONS.name].items()}
    classes = atc_classes(by_cis[SPECIALITIES.name], components, by_cis[MAJOR_INTEREST.name])
    account = Account({found.name: len(found.rows) for found in files.all_files()})
    made: list[Row] = []
    for cis in sorted(
        {*(cis for rows in by_cis.values() for cis in rows), *(cis for rows in others.values() for cis in rows)}
    ):
        found = {name: rows.get(cis, []) for name, rows in by_cis.items()}
        shared = _shared(cis, found, components.get(cis, []), classes.get(cis), others)
        presentations = found[PRESENTATIONS.name]
        made += [_presentation(row, shared, components.get(cis, []), account) for row in presentations]
        made += [] if presentations else [{"kind": _kind(found), **shared}]
        _count(cis, found, others, account)
    account.atc.update(one.origin for one in classes.values())
    account.newest_declaration = _newest(files.rows(PRESENTATIONS))
    return made, account


def _by_speciality(rows: Iterable[tuple[str, ...]], form: FileForm) -> dict[str, list[Row]]:
    grouped: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row[form.cis_column]].append(dict(zip(form.columns, row, strict=True)))
    return dict(grouped)


def _by_first_cell(rows: Iterable[tuple[str, ...]]) -> dict[str, list[tuple[str, ...]]]:
    grouped: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for row in rows:
        grouped[row[0]].append(row)
    return dict(grouped)


def _component(row: Row) -> Component:
    return Component(
        row["element"], row["substance"], row["dosage"], row["reference"], row["nature"], row["link"], row["code"]
    )


def _kind(found: Mapping[str, list[Row]]) -> str:
    return "speciality" if found[SPECIALITIES.name] else "orphan"


def _shared(
    cis: str,
    found: Mapping[str, list[Row]],
    components: Sequence[Component],
    atc: AtcClass | None,
    others: Mapping[str, Mapping[str, list[tuple[str, ...]]]],
) -> Row:
    """What every presentation of a speciality has in common."""
    kept = [{"file": name, "cells": list(cells)} for name, rows in others.items() for cells in rows.get(cis, [])]
    return {
        "cis": cis,
        "specialities": [_speciality(row) for row in found[SPECIALITIES.name]],
        "compositions": [
            {name: row[name] for name in COMPOSITIONS.columns if name != "cis"} for row in found[COMPOSITIONS.name]
        ],
        "substances": list(
            dict.fromkeys(folded(component.substance) for component in components if component.nature == "SA")
        ),
        "generic_groups": [
            {name: row[name] for name in GENERIC_GROUPS.columns if name != "cis"} for row in found[GENERIC_GROUPS.name]
        ],
        "major_interest": [
            {name: row[name] for name in MAJOR_INTEREST.columns if name != "cis"} for row in found[MAJOR_INTEREST.name]
        ],
        "atc": atc.code if atc else "",
        "atc_origin": atc.origin if atc else "",
        "other_files": kept,
    }


def _speciality(row: Row) -> Row:
    return {
        **{name: cell for name, cell in row.items() if name != "cis"},
        "routes": parts(row["routes"]),
        "holders": parts(row["holders"]),
        "authorisation_date": day(row["authorisation_date"]) or row["authorisation_date"],
    }


def _presentation(row: Row, shared: Row, components: Sequence[Component], account: Account) -> Row:
    """Row of one presentation: its cells, their values, its label read, its active mass."""
    form = shared["specialities"][0]["form"] if shared["specialities"] else ""
    label = parse_label(row["label"], form)
    mass = box_mass(components, label, form)
    _check_keys(row, account)
    account.labels[label.reason] += 1
    account.masses[mass.reason] += 1
    if label.reason:
        account.unread.append((row["cip13"], row["label"], label.reason))
    return {
        "kind": "presentation",
        **shared,
        **{name: row[name] for name in PRESENTATIONS.columns if name != "cis"},
        "declaration_date": day(row["declaration_date"]) or row["declaration_date"],
        "price_eur": euros(row["price"]),
        "price_without_fee_eur": euros(row["price_without_fee"]),
        "fee_eur": euros(row["fee"]),
        "reimbursed_share": share(row["reimbursement"]),
        "indications_text": plain_text(row["indications"]),
        "marketed": row["marketing"] == _MARKETED,
        **_reading(label),
        "active_mass_mg": mass.mass_mg,
        "mass_reason": mass.reason,
    }


def _reading(label: Label) -> Row:
    return {
        "units": label.units,
        "unit": label.unit,
        "container": label.container,
        "material": label.material,
        "content": label.content,
        "content_unit": label.content_unit,
        "doses": label.doses,
        "units_reason": label.reason,
    }


def _check_keys(row: Row, account: Account) -> None:
    account.keys_checked += 1
    if check_medicine_code("CIP13", row["cip13"]) or to_cip13(row["cip7"]) != row["cip13"]:
        account.wrong_keys.append(row["cip13"])
    account.old_keys_unfit += bool(check_medicine_code("CIP7", row["cip7"]))


def _count(
    cis: str,
    found: Mapping[str, list[Row]],
    others: Mapping[str, Mapping[str, list[tuple[str, ...]]]],
    account: Account,
) -> None:
    for name, rows in found.items():
        if name in account.read:
            account.kept[name] = account.kept.get(name, 0) + len(rows)
    for name, kept in others.items():
        account.kept[name] = account.kept.get(name, 0) + len(kept.get(cis, []))
    if found[SPECIALITIES.name]:
        account.without_presentations += not found[PRESENTATIONS.name]
        return
    for name, rows in found.items():
        if rows:
            account.orphans[name] = account.orphans.get(name, 0) + 1


def _newest(rows: Iterable[tuple[str, ...]]) -> str:
    """Newest day of a declaration; a day of a year to come is a slip of the file (29/11/2924)."""
    from datetime import date

    today = date.today().isoformat()
    column = PRESENTATIONS.columns.index("declaration_date")
    return max((said for row in rows if (said := day(row[column])) <= today), default="")
