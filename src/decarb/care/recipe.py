"""A care recipe (``schemas/care_recipe.schema.json``): read, checked, turned into lines of an inventory."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from decarb.errors import Problem
from decarb.footprint.carried import CarriedLine
from decarb.inventory.documents import read_as

ELECTRICITY = "electricity-fr"
"""Series of the French electricity mix, which a power and minutes are counted at unless they say otherwise."""

TRAVEL = "travel"
"""The group that stays out of the total."""

_OF_POWER = ("power_kw", "minutes", "load_percent")
_OF_QUANTITY = ("quantity", "unit", "code", "basis", "price_year", "vat_percent", "occupancy", "credit")


@dataclass(frozen=True, slots=True)
class Recipe:
    """What one act takes.

    Attributes
    ----------
    act
        Name that published figures are compared under; blank if none.
    per
        What the result is per (session, procedure, day).
    acts
        How many of them the lines are for together.
    lines
        As lines of an inventory, in the order of the document, each with what it is shared by taken out.
    groups
        Group of each line.
    problems
        What is wrong beyond the schema: ``compute_care`` says them with the refusals of the lines.
    """

    file: str
    name: str
    act: str
    per: str
    acts: int
    year: int
    region: str
    lines: tuple[CarriedLine, ...]
    groups: tuple[str, ...]
    problems: tuple[Problem, ...]


def read_recipe(path: str | Path) -> Recipe:
    """Read a recipe.

    Parameters
    ----------
    path
        JSON file in the form of ``schemas/care_recipe.schema.json``; ``-`` is the standard input.

    Raises
    ------
    InvalidDocumentError
        With every disagreement with the schema: file, pointer, value, what was expected.
    """
    document, _ = read_as(path, "care_recipe")
    lines: list[CarriedLine] = []
    groups: list[str] = []
    found: list[Problem] = []
    for group, pointer, line in _lines(document):
        wrong = list(_line_problems(line, pointer))
        found += wrong
        if not wrong:
            lines.append(CarriedLine(pointer, _line(line)))
            groups.append(group)
    if not lines and not found:
        found.append(Problem("no-lines", {"sections": list(document["groups"])}, pointer="/groups"))
    return Recipe(
        file=str(path),
        name=document["name"],
        act=document.get("act", ""),
        per=document["per"],
        acts=document.get("acts", 1),
        year=document["year"],
        region=document.get("region", ""),
        lines=tuple(lines),
        groups=tuple(groups),
        problems=tuple(problem.at(file=str(path)) for problem in found),
    )


def _lines(document: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for group, lines in document["groups"].items():
        for position, line in enumerate(lines):
            yield group, f"/groups/{group}/{position}", line


def _line_problems(line: Mapping[str, Any], pointer: str) -> Iterator[Problem]:
    """What is wrong with a line that the schema accepts: neither a quantity nor a power, or something of both."""
    powered = "power_kw" in line
    if powered == ("quantity" in line):
        yield Problem("line-or-power", {}, pointer=pointer, line_id=line["id"])
        return
    needed, unwanted = (("minutes",), _OF_QUANTITY) if powered else (("unit",), _OF_POWER)
    for name in needed:
        if name not in line:
            yield Problem("missing-field", {"value": name, "page": "docs/care.md"}, pointer=pointer, line_id=line["id"])
    for name in unwanted:
        if name in line:
            code = "quantity-beside-power" if powered else "energy-as-quantity"
            yield Problem(code, {"value": name}, pointer=f"{pointer}/{name}", line_id=line["id"])


def _line(line: Mapping[str, Any]) -> dict[str, Any]:
    """Line of an inventory: kilowatt-hours of a power and minutes; a shared quantity divided by its acts."""
    kept = {name: value for name, value in line.items() if name not in (*_OF_POWER, "shared_by")}
    if "power_kw" in line:
        energy_kwh = line["power_kw"] * line["minutes"] / 60 * line.get("load_percent", 100) / 100
        kept = {"factor": ELECTRICITY, **kept, "quantity": energy_kwh, "unit": "kWh"}
    if "shared_by" in line:
        kept["quantity"] = kept["quantity"] / line["shared_by"]
    return kept
