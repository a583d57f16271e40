"""ATC codes of specialities: the database's where it has one, else that of the same substances by the same routes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from decarb.medicines.bdpm.masses import Component
from decarb.medicines.bdpm.values import parts

Origin = Literal["database", "same_substances"]


@dataclass(frozen=True, slots=True)
class AtcClass:
    """An ATC code and where it is from."""

    code: str
    origin: Origin


def atc_classes(
    specialities: Mapping[str, Sequence[Mapping[str, Any]]],
    components: Mapping[str, Sequence[Component]],
    major_interest: Mapping[str, Sequence[Mapping[str, Any]]],
) -> dict[str, AtcClass]:
    """ATC code by speciality.

    The database has codes for medicines of major interest only. Another speciality takes the code of those with
    exactly the same set of active substances and the same set of routes, where all of these that have one agree.
    """
    said = {cis: rows[0]["atc"] for cis, rows in major_interest.items() if len({row["atc"] for row in rows}) == 1}
    keys = {cis: _key(rows[0]["routes"], components.get(cis, ())) for cis, rows in specialities.items()}
    codes: dict[Any, set[str]] = {}
    for cis, code in said.items():
        codes.setdefault(keys.get(cis), set()).add(code)
    found = {cis: AtcClass(code, "database") for cis, code in said.items()}
    for cis, key in keys.items():
        if cis not in found and key and len(codes.get(key, ())) == 1:
            found[cis] = AtcClass(next(iter(codes[key])), "same_substances")
    return found


def _key(routes: str, components: Iterable[Component]) -> tuple[frozenset[str], frozenset[str]] | None:
    substances = frozenset(component.code for component in components if component.nature == "SA")
    return (substances, frozenset(parts(routes))) if substances and routes else None
