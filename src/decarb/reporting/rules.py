"""The mapping from what a line does to where it is reported, the most specific row first."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product

from decarb.errors import InvalidLibraryError, Problem
from decarb.resources import data_file, read_rows

_STAGE_ROWS = {row["stage"]: row for row in read_rows(data_file("stages.csv"))}
STAGES: tuple[str, ...] = tuple(_STAGE_ROWS)
OPTIONS: tuple[str, ...] = ("fugitive", "process")
"""How the establishment declares gas releases: BEGES-R post 1.4 (default) or 1.3."""

CONTROLS: tuple[tuple[bool, bool, str], ...] = tuple(product((True, False), (True, False), ("owned", "leased")))


@dataclass(frozen=True, slots=True)
class Activity:
    """What a line does, with the control it has unless the line says otherwise."""

    activity: str
    name_fr: str
    name_en: str
    operated: bool
    paid: bool
    tenure: str
    asset: bool


def stage_name(stage: str, language: str) -> str:
    """Name of a stage in `language`."""
    return _STAGE_ROWS[stage][f"name_{language}"]


@cache
def activities() -> dict[str, Activity]:
    """All activities by name."""
    return {
        row["activity"]: Activity(
            row["activity"],
            row["name_fr"],
            row["name_en"],
            row["default_operated"] == "yes",
            row["default_paid"] == "yes",
            row["default_tenure"],
            row["asset"] == "yes",
        )
        for row in read_rows(data_file("activities.csv"))
    }


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the mapping. ``any`` matches everything; a blank option matches every option."""

    index: int
    activity: str
    stage: str
    operated: str
    paid: str
    tenure: str
    option: str
    beges_post: str
    ghg_category: str
    origin: str
    note: str

    @property
    def specificity(self) -> int:
        """How many of the conditions the row states."""
        stated = (self.stage, self.operated, self.paid, self.tenure)
        return sum(value != "any" for value in stated) + 2 * bool(self.option)

    def matches(self, stage: str, operated: bool, paid: bool, tenure: str, option: str) -> bool:
        """Whether the row applies to this stage and control."""
        return (
            self.stage in ("any", stage)
            and self.operated in ("any", _yes(operated))
            and self.paid in ("any", _yes(paid))
            and self.tenure in ("any", tenure)
            and self.option in ("", option)
        )


def _yes(value: bool) -> str:
    return "yes" if value else "no"


@dataclass(frozen=True, slots=True)
class RuleTable:
    """Every rule, by activity, the most specific first."""

    rules: tuple[Rule, ...]
    by_activity: dict[str, tuple[Rule, ...]]

    def find(self, activity: str, stage: str, operated: bool, paid: bool, tenure: str, option: str) -> Rule:
        """Return the rule of a part; the table is complete, so there is always one.

        Parameters
        ----------
        activity, stage
            Names from ``activities.csv`` and ``stages.csv``.
        operated, paid, tenure
            Control over the source: run by the establishment, paid by it, ``owned`` or ``leased``.
        option
            ``fugitive`` or ``process``, for gas releases.
        """
        for rule in self.by_activity[activity]:
            if rule.matches(stage, operated, paid, tenure, option):
                return rule
        raise InvalidLibraryError(
            [Problem("no-reporting-rule", {"value": f"{activity}, {stage}, {operated}, {paid}, {tenure}"})]
        )

    def combinations(self) -> Iterator[tuple[str, str, bool, bool, str, str]]:
        """Every combination that an inventory can ask for."""
        for activity, stage, control, option in product(self.by_activity, STAGES, CONTROLS, OPTIONS):
            yield activity, stage, *control, option


@cache
def load_rules() -> RuleTable:
    """Read and check ``reporting_rules.csv``.

    Raises
    ------
    InvalidLibraryError
        If a row is blank, names an unknown activity or stage, or repeats another.
    """
    rules = tuple(Rule(index, **row) for index, row in enumerate(read_rows(data_file("reporting_rules.csv"))))
    seen: set[tuple[str, ...]] = set()
    problems = []
    for rule in rules:
        key = (rule.activity, rule.stage, rule.operated, rule.paid, rule.tenure, rule.option)
        blank = not (rule.beges_post and rule.ghg_category)
        unknown = rule.activity not in activities() or rule.stage not in (*STAGES, "any")
        if key in seen or blank or unknown:
            problems.append(Problem("bad-reporting-rule", {"value": ", ".join(key)}))
        seen.add(key)
    if problems:
        raise InvalidLibraryError(problems)
    by_activity = {
        activity: tuple(sorted((r for r in rules if r.activity == activity), key=lambda r: (-r.specificity, r.index)))
        for activity in activities()
    }
    return RuleTable(rules, by_activity)
