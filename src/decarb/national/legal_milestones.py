"""Legal milestones as data: who they bind, from when, and where that is written."""

from dataclasses import dataclass
from functools import cache

from decarb.errors import Bilingual
from decarb.national.roadmap_tables import Provenance
from decarb.resources import data_file, read_rows


@dataclass(frozen=True, slots=True)
class LegalMilestone:
    """A row of ``legal_milestones.csv``.

    ``threshold`` is in ``unit``; ``due`` the day (or month) from which, or by which, it holds, blank where it recurs;
    ``missing`` what submissions do not say.
    """

    milestone: str
    rule: str
    group: str
    threshold: float | None
    unit: str
    due: str
    name: Bilingual
    missing: Bilingual
    provenance: Provenance

    @property
    def number(self) -> float:
        """Threshold of a row that has one."""
        if self.threshold is None:
            raise ValueError(f"{self.milestone} has no threshold")
        return self.threshold


@cache
def legal_milestones() -> dict[str, LegalMilestone]:
    """Milestones by name."""
    return {
        row["milestone"]: LegalMilestone(
            row["milestone"],
            row["rule"],
            row["group"],
            float(row["threshold"]) if row["threshold"] else None,
            row["unit"],
            row["due"],
            Bilingual(row["name_en"], row["name_fr"]),
            Bilingual(row["missing_en"], row["missing_fr"]),
            Provenance(row["source"], row["date"], row["url"], row["verified"] == "yes"),
        )
        for row in read_rows(data_file("legal_milestones.csv"))
    }
