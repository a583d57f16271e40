"""A comparison of devices that someone wrote (``schemas/device_comparison.schema.json``): read, checked, resolved."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from decarb.devices.emdn import date_problems, emdn_problems
from decarb.errors import InvalidDocumentError, Problem
from decarb.factors import FactorLibrary, load_factors
from decarb.footprint.carried import CarriedLine, compute_carried
from decarb.inventory.documents import read_as
from decarb.quality import Z_97_5, gsd2_of_percent

ELECTRICITY = "electricity-fr"
"""Series of the French electricity mix, which kilowatt-hours are counted at."""

_FORMS = ("factor", "electricity_kwh", "value_kgco2e")
_NEEDED = {"factor": ("quantity", "unit"), "electricity_kwh": (), "value_kgco2e": ("source", "uncertainty_percent")}
_OF_FORMS = {
    "factor": ("quantity", "unit", "basis"),
    "electricity_kwh": (),
    "value_kgco2e": ("source", "grid"),
}
_OF_SEVERAL_USES = ("reprocessing", "repair", "breakage_percent", "maximum_cycles", "uses")


@dataclass(frozen=True, slots=True)
class DeviceFigure:
    """Emissions of one item, cycle, use or repair.

    Attributes
    ----------
    pointer
        Where it stands in the document.
    emissions_kgco2e
        The deterministic value.
    sigma
        Of the logarithm: its own error, that of a quantity or of a published value.
    group, group_sigma
        Error group of its factor, shared by every figure that rests on it; blank and zero for a published value.
    basis
        Id of the factor, or the source of the value.
    grid
        Places whose electricity it rests on; blank where nothing says it.
    """

    pointer: str
    label: str
    emissions_kgco2e: float
    sigma: float
    group: str
    group_sigma: float
    basis: str
    grid: str


@dataclass(frozen=True, slots=True)
class Option:
    """One way to have the use; ``uses`` and ``maximum_uses`` are one for a device that is used once.

    ``figures`` holds those of ``manufacture``, ``end_of_life``, ``each_use``, ``reprocessing`` and ``repair``.
    """

    id: str
    name: str
    kind: str
    emdn: str
    uses: int
    maximum_uses: int
    breakage: float
    repair_every: int
    figures: Mapping[str, tuple[DeviceFigure, ...]]


@dataclass(frozen=True, slots=True)
class DeviceComparison:
    """What is compared, its figures resolved, and what the engine warns of."""

    name: str
    use: str
    year: int
    options: tuple[Option, ...]
    warnings: tuple[Problem, ...]


def read_comparison(path: str | Path, library: FactorLibrary | None = None) -> DeviceComparison:
    """Read a comparison and resolve its figures.

    Parameters
    ----------
    path
        JSON file in the form of ``schemas/device_comparison.schema.json``; ``-`` is the standard input.
    library
        The packaged factors by default.

    Raises
    ------
    InvalidDocumentError
        With every problem of the document: file, pointer, value, what was expected.
    """
    try:
        document, _ = read_as(path, "device_comparison")
    except InvalidDocumentError as error:
        raise InvalidDocumentError(map(_without_credits, error.problems)) from None
    problems = [problem.at(file=str(path)) for problem in _problems(document)]
    figures, warnings = _resolved(document, problems, str(path), library or load_factors())
    return DeviceComparison(
        document["name"],
        document["use"],
        document["year"],
        tuple(_option(option, f"/options/{place}", figures) for place, option in enumerate(document["options"])),
        (*warnings, *_date_warnings(document, str(path))),
    )


def _date_warnings(document: Mapping[str, Any], file: str) -> Iterator[Problem]:
    for place, option in enumerate(document["options"]):
        if option["kind"] == "reprocessed":
            for problem in date_problems(option["emdn"], document["year"], f"/options/{place}/emdn"):
                yield problem.at(file=file)


def _without_credits(problem: Problem) -> Problem:
    """A quantity of an inventory may be negative on a credit, which a comparison does not know."""
    return replace(problem, code="too-small") if problem.code == "negative-quantity" else problem


def _problems(document: Mapping[str, Any]) -> Iterator[Problem]:
    """What a schema cannot say."""
    seen: dict[str, str] = {}
    for place, option in enumerate(document["options"]):
        pointer = f"/options/{place}"
        first = seen.setdefault(option["id"], f"{pointer}/id")
        if first != f"{pointer}/id":
            yield Problem("duplicate-item-id", {"value": option["id"], "first": first}, pointer=f"{pointer}/id")
        yield from _option_problems(option, pointer)
        for where, figure in _figures(option, pointer):
            yield from _figure_problems(figure, where)
    if all(option["kind"] != "single_use" for option in document["options"]):
        yield Problem("no-single-use", {}, pointer="/options")


def _option_problems(option: Mapping[str, Any], pointer: str) -> Iterator[Problem]:
    kind = option["kind"]
    if kind == "single_use":
        for name in _OF_SEVERAL_USES:
            if name in option:
                yield Problem("not-of-single-use", {"value": name}, pointer=f"{pointer}/{name}")
        return
    for name in ("reprocessing", "maximum_cycles", "uses", *(("emdn",) if kind == "reprocessed" else ())):
        if not option.get(name):
            yield Problem("missing-field", {"value": name, "page": "docs/devices.md"}, pointer=pointer)
    if kind == "reprocessed" and "emdn" in option:
        yield from emdn_problems(option["emdn"], f"{pointer}/emdn")
    if "uses" in option and "maximum_cycles" in option and option["uses"] > _maximum_uses(option):
        what = {"value": option["uses"], "cycles": option["maximum_cycles"], "limit": _maximum_uses(option)}
        yield Problem("uses-beyond-limit", what, pointer=f"{pointer}/uses")


def _maximum_uses(option: Mapping[str, Any]) -> int:
    """Uses that the cycles allow: a reusable device is processed before each, a reprocessed one is sterile when new."""
    if option["kind"] == "single_use":
        return 1
    return int(option["maximum_cycles"]) + (1 if option["kind"] == "reprocessed" else 0)


def _figure_problems(figure: Mapping[str, Any], pointer: str) -> Iterator[Problem]:
    forms = [form for form in _FORMS if form in figure]
    if len(forms) != 1:
        yield Problem("figure-form", {"value": forms or "-", "choices": _FORMS}, pointer=pointer)
        return
    for name in _NEEDED[forms[0]]:
        if name not in figure:
            yield Problem("missing-field", {"value": name, "page": "docs/devices.md"}, pointer=pointer)
    for name in (name for names in _OF_FORMS.values() for name in names):
        if name in figure and name not in _OF_FORMS[forms[0]]:
            yield Problem("not-of-this-figure", {"value": name, "form": forms[0]}, pointer=f"{pointer}/{name}")


def _figures(option: Mapping[str, Any], pointer: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every figure of an option with its pointer."""
    for name in ("manufacture", "end_of_life", "each_use", "reprocessing"):
        for place, figure in enumerate(option.get(name, ())):
            yield f"{pointer}/{name}/{place}", figure
    for place, figure in enumerate(option.get("repair", {}).get("figures", ())):
        yield f"{pointer}/repair/figures/{place}", figure


def _resolved(
    document: Mapping[str, Any], problems: Sequence[Problem], file: str, library: FactorLibrary
) -> tuple[dict[str, DeviceFigure], tuple[Problem, ...]]:
    """Figures by pointer, those of factors computed as lines of an inventory, and the warnings of that."""
    given = dict(
        found for place, option in enumerate(document["options"]) for found in _figures(option, f"/options/{place}")
    )
    badly_formed = {problem.pointer for problem in problems}
    lines = [
        CarriedLine(pointer, _line(figure))
        for pointer, figure in given.items()
        if "value_kgco2e" not in figure and pointer not in badly_formed
    ]
    resolved = {pointer: _published(figure, pointer) for pointer, figure in given.items() if _is_published(figure)}
    if not lines:
        if problems:
            raise InvalidDocumentError(problems)
        return resolved, ()
    footprint, warnings = compute_carried(
        lines, library, file=file, year=document["year"], region=document.get("region", ""), problems=problems
    )
    groups = footprint.binding.error_groups
    for number, (carried, emissions) in enumerate(zip(lines, footprint.line_totals().tolist(), strict=True)):
        bound = footprint.binding.of_line(number)
        if bound is None:  # compute_carried refuses before
            continue
        group = int(groups.of_pair[footprint.binding.pair[number]])
        resolved[carried.pointer] = DeviceFigure(
            carried.pointer,
            given[carried.pointer].get("label", ""),
            emissions,
            float(footprint.activity_sigma[number]) if "uncertainty" in carried.line else 0.0,
            groups.names[group],
            float(groups.sigma[group]),
            bound.factor.id,
            " ".join(bound.factor.geographies),
        )
    return resolved, warnings


def _line(figure: Mapping[str, Any]) -> dict[str, Any]:
    """Line of an inventory that a figure of a factor, or of electricity, is."""
    line = {name: figure[name] for name in ("factor", "quantity", "unit", "basis") if name in figure}
    if "electricity_kwh" in figure:
        line = {"factor": ELECTRICITY, "quantity": figure["electricity_kwh"], "unit": "kWh"}
    if "uncertainty_percent" in figure:
        line["uncertainty"] = figure["uncertainty_percent"]
    return line


def _is_published(figure: Mapping[str, Any]) -> bool:
    return "value_kgco2e" in figure and "uncertainty_percent" in figure


def _published(figure: Mapping[str, Any], pointer: str) -> DeviceFigure:
    sigma = math.log(gsd2_of_percent(float(figure["uncertainty_percent"]))) / Z_97_5
    value, source = float(figure["value_kgco2e"]), str(figure.get("source", ""))
    return DeviceFigure(pointer, figure.get("label", ""), value, sigma, "", 0.0, source, figure.get("grid", ""))


def _option(option: Mapping[str, Any], pointer: str, figures: Mapping[str, DeviceFigure]) -> Option:
    return Option(
        id=option["id"],
        name=option.get("name", option["id"]),
        kind=option["kind"],
        emdn=option.get("emdn", ""),
        uses=option.get("uses", 1),
        maximum_uses=_maximum_uses(option),
        breakage=option.get("breakage_percent", 0) / 100,
        repair_every=option.get("repair", {}).get("every_uses", 1),
        figures={
            name: tuple(found for where, found in figures.items() if where.startswith(f"{pointer}/{name}/"))
            for name in ("manufacture", "end_of_life", "each_use", "reprocessing", "repair")
        },
    )
