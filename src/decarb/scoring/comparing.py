"""Two presentations side by side, only where the comparison means something."""

import math
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from decarb.errors import Problem, Term, UsageError
from decarb.scoring.inputs import dosage_mg
from decarb.scoring.score import Score, ScoredInput
from decarb.scoring.spread import Line, interval, probability_negative
from decarb.scoring.stages import STAGES, stage_term
from decarb.uncertainty.analytic import Interval

if TYPE_CHECKING:
    from decarb.medicines.database import MedicinesDatabase


@dataclass(frozen=True, slots=True)
class ScoreComparison:
    """The score of `first` minus that of `second`, their shared errors cancelled.

    Attributes
    ----------
    difference_kgco2e
        Of one presentation [kg CO2e].
    interval
        95 % interval of the difference [kg CO2e].
    probability_first_lower
        Probability that the first emits less than the second [1].
    shared_inputs
        Inputs of the first that are the same data in the second, whose errors cancel.
    notes
        What the comparison could not check.
    """

    first: Score
    second: Score
    difference_kgco2e: float
    interval: Interval
    probability_first_lower: float
    shared_inputs: int
    notes: tuple[Problem, ...]


def compare_scores(first: Score, second: Score, medicines: "MedicinesDatabase | None" = None) -> ScoreComparison:
    """Compare two presentations of one generic group, dosage and pack.

    Parameters
    ----------
    medicines
        Database that the generic groups of the bills are checked against; unchecked, and said so, by default.

    Raises
    ------
    UsageError
        With every reason why the two cannot be compared.
    """
    problems = [*_group_problems(first, second), *_product_problems(first, second), *_scope_problems(first, second)]
    notes: list[Problem] = []
    for score in (first, second):
        for problem in _database_problems(score, medicines):
            (problems if problem.severity == "error" else notes).append(problem.at(file=score.bill.file))
    if problems:
        raise UsageError(problems)
    notes += [note for score in (first, second) for note in score.notes if note.code == "score-gap-stage"]
    lines, shared = _difference(first, second)
    return ScoreComparison(
        first,
        second,
        math.fsum((first.total_kgco2e, -second.total_kgco2e)),
        interval(lines),
        probability_negative(lines),
        shared,
        tuple(notes),
    )


def _group_problems(first: Score, second: Score) -> Iterator[Problem]:
    groups = [score.bill.presentation.get("generic_group") for score in (first, second)]
    for score, group in zip((first, second), groups, strict=True):
        if group is None:
            yield Problem("score-group-unsaid", {}, file=score.bill.file, pointer="/presentation/generic_group")
    if None not in groups and groups[0] != groups[1]:
        yield _differs("score-groups-differ", first, second, groups[0], groups[1], "/presentation/generic_group")


def _database_problems(score: Score, medicines: "MedicinesDatabase | None") -> Iterator[Problem]:
    said = score.bill.presentation
    group = said.get("generic_group")
    if group is None:
        return
    pointer = "/presentation/generic_group"
    known = medicines.presentation(said["cip13"]) if medicines else None
    cis = known.cis if known else said.get("cis", "")
    speciality = medicines.speciality(cis) if medicines and cis else None
    if speciality is None:
        what = {"cip13": said["cip13"], "group": group}
        yield Problem("score-group-unchecked", what, pointer=pointer, severity="warning")
    elif group not in speciality.generic_groups:
        what = {"cip13": said["cip13"], "group": group, "known": list(speciality.generic_groups) or "-"}
        yield Problem("score-group-not-in-database", what, pointer=pointer)


def _product_problems(first: Score, second: Score) -> Iterator[Problem]:
    one, other = first.bill.presentation, second.bill.presentation
    if _folded(one["unit"]) != _folded(other["unit"]):
        yield _differs("score-units-differ", first, second, one["unit"], other["unit"], "/presentation/unit")
    if first.units_per_box != second.units_per_box:
        units = (first.units_per_box, second.units_per_box)
        yield _differs("score-packs-differ", first, second, *units, "/presentation/units_per_box")
    dosages = [{_folded(name): mass for name, mass in dosage_mg(score.bill).items()} for score in (first, second)]
    if not _same_dosage(*dosages):
        shown = [", ".join(f"{name} {mass:.6g} mg" for name, mass in sorted(dosage.items())) for dosage in dosages]
        yield _differs("score-dosages-differ", first, second, shown[0] or "-", shown[1] or "-", "/active_substances")


def _scope_problems(first: Score, second: Score) -> Iterator[Problem]:
    if first.gwp_set != second.gwp_set:
        yield _differs("score-gwp-sets-differ", first, second, first.gwp_set, second.gwp_set, "/gwp_set")
    for stage in STAGES:
        here, there = (score.bill.has_data(stage) for score in (first, second))
        if here != there:
            file = (second if here else first).bill.file
            yield Problem("score-scopes-differ", {"stage": Term(stage_term(stage))}, file=file, pointer=f"/{stage}")


def _differs(code: str, first: Score, second: Score, here: object, there: object, pointer: str) -> Problem:
    what = {"value": there, "other": here, "file": first.bill.file}
    return Problem(code, what, file=second.bill.file, pointer=pointer)


def _same_dosage(first: dict[str, float], second: dict[str, float]) -> bool:
    return first.keys() == second.keys() and all(
        math.isclose(mass, second[name], rel_tol=1e-6) for name, mass in first.items()
    )


def _folded(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.casefold())
    return " ".join("".join(character for character in plain if not unicodedata.combining(character)).split())


def _difference(first: Score, second: Score) -> tuple[list[Line], int]:
    """Lines of the difference: what is one datum in both is one line, so that its error counts once."""
    here, there = _by_datum(first), _by_datum(second)
    lines = []
    for datum in here.keys() | there.keys():
        signed = [sign * scores[datum].emissions_kgco2e for sign, scores in ((1, here), (-1, there)) if datum in scores]
        line = (here.get(datum) or there[datum]).line
        lines.append(Line(line.group, math.fsum(signed), line.activity_sigma, line.factor_sigma))
    return lines, len(here.keys() & there.keys())


def _by_datum(score: Score) -> dict[tuple[object, ...], ScoredInput]:
    seen: Counter[tuple[object, ...]] = Counter()
    found: dict[tuple[object, ...], ScoredInput] = {}
    for scored in score.counted:
        one, data = scored.input, scored.input.provenance
        datum: tuple[object, ...] = (scored.chosen.group, one.stage, one.kind, one.name, one.quantity, one.unit)
        datum = (*datum, data.source, data.year, data.country, data.tier, data.gsd2)
        found[(*datum, seen[datum])] = scored
        seen[datum] += 1
    return found
