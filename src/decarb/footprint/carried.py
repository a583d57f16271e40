"""Lines that another document than an inventory carries: the same engine, and refusals at their own places."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from decarb.errors import InvalidDocumentError, Problem
from decarb.factors import FactorLibrary
from decarb.footprint.cells import Footprint
from decarb.footprint.compute import compute_footprint
from decarb.inventory import check_document

if TYPE_CHECKING:
    from decarb.medicines import Medicines

_SECTION = "purchases"
_OF_THE_HEAD = ("place-unsaid", "no-lines")
"""What is wrong with the head of the inventory that stands in for the document, which has no such head."""


@dataclass(frozen=True, slots=True)
class CarriedLine:
    """A line of an inventory (``schemas/inventory.schema.json``) and where it stands in the document it comes from.

    It may be without an id.
    """

    pointer: str
    line: Mapping[str, Any]


def compute_carried(
    lines: Sequence[CarriedLine],
    library: FactorLibrary,
    *,
    file: str,
    year: int,
    region: str = "",
    gwp: str | None = None,
    medicines: "Medicines | None" = None,
    problems: Sequence[Problem] = (),
) -> tuple[Footprint, tuple[Problem, ...]]:
    """Footprint of lines that another document carries, in their order, and its warnings.

    Parameters
    ----------
    lines
        At least one.
    year, region
        Of the document: they select the members of a series; mainland France where no region is said.
    medicines
        What codes of medicines are resolved with; the packaged tables by default.
    problems
        What is already known to be wrong with the document, said in the same breath.

    Raises
    ------
    InvalidDocumentError
        With every problem of the document and every refusal of its lines: file, pointer, value, what was expected.
    """
    document = {
        "schema_version": "1.0",
        "establishment": {"name": "-"} | ({"region": region} if region else {}),
        "period": {"start": f"{year}-01-01", "end": f"{year}-12-31"},
        _SECTION: [{"id": f"line {number}", **carried.line} for number, carried in enumerate(lines)],
    }
    inventory, found = check_document(document, file)
    errors = [*problems, *(problem for problem in found if problem.severity == "error")]
    result = compute_footprint(inventory, library, gwp, True, medicines) if inventory else None
    if result:
        errors += [problem for refusal in result.binding.refusals for problem in refusal.problems]
    if result is None or any(problem.severity == "error" for problem in errors):
        raise InvalidDocumentError(_at_home(errors, lines, file))
    return result, tuple(_at_home(result.warnings, lines, file))


_POINTERS = ("first",)
"""Parameters of problems that are pointers; the others may be what a person wrote."""


def _at_home(problems: Iterable[Problem], lines: Sequence[CarriedLine], file: str) -> Iterator[Problem]:
    """Problems at the places of the document that the lines come from."""
    ids = {carried.line.get("id") for carried in lines}
    for problem in problems:
        if problem.code not in _OF_THE_HEAD:
            parameters = {
                name: _own_place(value, lines) if name in _POINTERS else value
                for name, value in problem.parameters.items()
            }
            pointer = _own_place(problem.pointer, lines)
            line_id = problem.line_id if problem.line_id in ids else ""
            yield replace(problem, parameters=parameters, pointer=pointer, line_id=line_id, file=file)


def _own_place(value: Any, lines: Sequence[CarriedLine]) -> Any:
    """Where a pointer to a line of the inventory leads in the document itself; anything else as it is."""
    tokens = value.split("/") if isinstance(value, str) else []
    if len(tokens) < 3 or tokens[:2] != ["", _SECTION] or not tokens[2].isdecimal() or int(tokens[2]) >= len(lines):
        return value
    return "/".join([lines[int(tokens[2])].pointer, *tokens[3:]])
