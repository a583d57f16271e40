"""The years of a roadmap against its pace, from the document of ``decarb national roadmap --format json``."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from decarb.errors import InvalidInventoryError, Problem, UsageError
from decarb.footprint import Footprint
from decarb.language import mark
from decarb.report.html.charts import Curve
from decarb.report.html.wording import PageWords
from decarb.report.roadmap_result import FORMAT

_SAME = 1e-9


@dataclass(frozen=True, slots=True)
class TrajectorySection:
    """Curves, the table behind them, and the distance of the last year in words."""

    curves: list[Curve]
    rows: Sequence[Sequence[str]]
    sentences: Sequence[str]


def read_trajectory(path: str | Path, footprint: Footprint) -> Mapping[str, Any]:
    """Document of a roadmap whose reading of the year is that of a footprint.

    Raises
    ------
    UsageError
        If the file is no such document, or is of other submissions than the footprint.
    """
    from decarb.inventory.document import read_json

    try:
        document, problems = read_json(Path(path))
    except InvalidInventoryError as error:
        raise UsageError(error.problems) from None
    year = max(each.year for each in footprint.inventory.establishments)
    if problems or not _is_roadmap(document):
        raise UsageError([Problem("not-a-roadmap", {"known": FORMAT}, file=str(path))])
    values = {reading["year"]: reading["value"] for reading in document["total"]["readings"]}
    own, found = footprint.total(), values.get(year)
    if found is None or not math.isclose(found, own, rel_tol=_SAME):
        shown = [found / 1000] if found is not None else []
        what = {"year": year, "value": shown, "own": own / 1000, "known": sorted(values)}
        raise UsageError([Problem("roadmap-of-others", what, file=str(path))])
    return dict(document)


def _is_roadmap(document: Any) -> bool:
    """Whether a document has what is read of a roadmap, with numbers where numbers are."""
    try:
        total = document["total"]
        readings = [(int(each["year"]), each["value"]) for each in total["readings"]]
        numbers = [value for _, value in readings if value is not None]
        numbers += [each[name] for each in total["distances"] for name in ("compound_target", "linear_target")]
        numbers += [each["base_recalculated_kgco2e"] for each in total["progress"]]
        numbers += [each["change_share"] or 0.0 for each in total["progress"]]
        numbers += [each[name] for each in document["pace"] for name in ("year", "compound", "linear")]
        return (
            document["format"] == FORMAT
            and bool(readings and document["pace"])
            and isinstance(document["from"], int)
            and isinstance(document["to"], int)
            and all(isinstance(number, int | float) for number in numbers)
        )
    except (KeyError, TypeError, ValueError, IndexError):
        return False


def trajectory_section(document: Mapping[str, Any], words: PageWords) -> TrajectorySection:
    """What was reported each year, and where -5 % a year leads from the recalculated base year."""
    total = document["total"]
    known = [(int(each["year"]), float(each["value"])) for each in total["readings"] if each["value"] is not None]
    progress = {int(each["year"]): each for each in total["progress"]}
    base = float(progress[max(progress)]["base_recalculated_kgco2e"]) if progress else known[0][1]
    last = int(document["to"])
    pace = {int(each["year"]): each for each in document["pace"]}
    names = {"compound": words.say(mark("compound")), "linear": words.say(mark("linear"))}
    curves = [Curve(words.say(mark("reported")), [(year, value, words.tonnes(value)) for year, value in known])]
    curves += [
        Curve(name, [(year, base * each[kind], f"{name}" if year == last else "") for year, each in pace.items()])
        for kind, name in names.items()
    ]
    values = dict(known)
    rows = [
        [
            str(year),
            words.tonnes(values[year]) if year in values else "",
            words.tonnes(base * pace[year]["compound"]),
            words.tonnes(base * pace[year]["linear"]),
        ]
        for year in sorted(pace)
    ]
    return TrajectorySection(curves, rows, list(_sentences(document, base, words)))


def _sentences(document: Mapping[str, Any], base: float, words: PageWords) -> list[str]:
    total, said = document["total"], []
    for progress in total["progress"][-1:]:
        if progress["change_share"] is not None:
            said.append(
                words.say(
                    mark("From {first} to {year}, on one perimeter and by one method: {share} %."),
                    first=document["from"],
                    year=progress["year"],
                    share=_signed(100 * progress["change_share"], words),
                )
            )
    for distance in total["distances"]:
        over = float(distance["value"]) - float(distance["compound_target"])
        message = (
            mark("{amount} t more than where −5 % a year (compound) leads in {year}.")
            if over > 0
            else mark("{amount} t less than where −5 % a year (compound) leads in {year}.")
        )
        said.append(words.say(message, amount=words.tonnes(abs(over)), year=distance["target_year"]))
    said.append(words.say(mark("The base year is recalculated: {amount} t."), amount=words.tonnes(base)))
    return said


def _signed(percent: float, words: PageWords) -> str:
    """Number with its sign, a minus as it is printed."""
    return ("+" if percent > 0 else "") + words.number(percent, 1).replace("-", "−")
