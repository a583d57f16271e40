"""What any file of the register comes to before it is checked: rows of text, and where each one stands."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from decarb.errors import Problem
from decarb.national.nomenclatures import HOSPITAL_AGGREGATE, category_groups


class RegisterRow(NamedTuple):
    """A site as a file writes it; blank where the file does not say.

    ``place`` is where it stands (``row 12``), ``numbers`` its denominators as text, by name.
    """

    place: str
    finess_et: str
    finess_ej: str
    name: str
    category: str
    legal_status: str = ""
    commune: str = ""
    department: str = ""
    region: str = ""
    ght: str = ""
    numbers: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Register:
    """Sites of a file that are in the sector.

    Attributes
    ----------
    form
        What the file was found to be.
    rows
        In the order of the file.
    left_out
        How many sites of each category are outside the sector.
    problems
        What is wrong with the file itself; errors and warnings.
    accepted
        Categories that are not in our list, and that the file itself says to be of the sector.
    """

    path: Path
    form: str
    rows: list[RegisterRow]
    left_out: Mapping[str, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    accepted: frozenset[str] = frozenset()


class Sector:
    """Which categories are counted, and what was left out."""

    def __init__(self, groups: Collection[str]) -> None:
        self.groups = groups
        self.left_out: dict[str, int] = {}
        self.unlisted: dict[str, int] = {}
        self.accepted: set[str] = set()

    def has(self, category: str, aggregate: str = "") -> bool:
        """Whether a site of this category counts; note it if not.

        A category that is not in our list is a hospital's if its aggregate says so.
        """
        found = category_groups().get(category)
        if found is None and aggregate.startswith(HOSPITAL_AGGREGATE):
            found = "hospital"
            self.accepted.add(category)
        if found in self.groups:
            return True
        self.left_out[category] = self.left_out.get(category, 0) + 1
        if found is None and not aggregate:
            self.unlisted[category] = self.unlisted.get(category, 0) + 1
        return False

    def warnings(self, path: Path) -> list[Problem]:
        """Name the categories that nothing could be said of: they may have been hospitals."""
        if not self.unlisted:
            return []
        shown = [f"{category} ({count})" for category, count in sorted(self.unlisted.items())]
        problem = Problem("frame-categories-unlisted", {"value": shown}, file=str(path), severity="warning")
        return [problem.at(count=sum(self.unlisted.values()))]
