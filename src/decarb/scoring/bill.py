"""A bill of materials: the document of ``schemas/bill_of_materials.schema.json``, checked whole."""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from decarb.errors import InvalidDocumentError, Problem, Term
from decarb.inventory.documents import read_as
from decarb.inventory.identifiers import check_code
from decarb.resources import data_folder
from decarb.scoring.stages import STAGES, stage_term

Document = Mapping[str, Any]
PACKAGED_DEFAULTS = "decarb"


@dataclass(frozen=True, slots=True)
class Bill:
    """A bill of materials that agrees with its schema and with itself.

    ``digest`` is the sha256 of its bytes; ``notes`` are the warnings of its reading.
    """

    document: Document
    file: str
    digest: str
    notes: tuple[Problem, ...] = ()

    @property
    def presentation(self) -> Document:
        """Code, name, unit and units per box."""
        return self.document["presentation"]  # type: ignore[no-any-return]

    @property
    def defaults_path(self) -> Path:
        """CSV of factors that ``default:KEY`` means: the packaged one, or a file beside the bill."""
        named = self.document.get("defaults", PACKAGED_DEFAULTS)
        if named == PACKAGED_DEFAULTS:
            return data_folder("emission_factors") / "medicines" / "production" / "defaults.csv"
        return Path(self.file).parent / str(named)

    def has_data(self, stage: str) -> bool:
        """Whether the bill says anything of a stage."""
        return _has_data(self.document, stage)

    @property
    def excluded(self) -> Mapping[str, str]:
        """Stages left out, with their justification, in canonical order."""
        said = self.document.get("excluded_stages", {})
        return {stage: said[stage] for stage in STAGES if stage in said}

    @property
    def missing(self) -> tuple[str, ...]:
        """Stages with neither data nor a justified exclusion."""
        return tuple(stage for stage in STAGES if stage not in self.excluded and not self.has_data(stage))


def _has_data(document: Document, stage: str) -> bool:
    said = document.get(stage)
    # consumables are reported apart: they are no data of the stage
    return any(_entries(said.get("released_gases") if said and stage == "use" else said))


def _entries(value: Any) -> Iterator[Document]:
    """Inputs in a stage: what names a factor or the steps to make it."""
    if isinstance(value, Mapping):
        if "factor" in value or "synthesis" in value:
            yield value
        else:
            for part in value.values():
                yield from _entries(part)
    elif isinstance(value, list):
        for part in value:
            yield from _entries(part)


def read_bill(path: str | Path) -> Bill:
    """Read a bill of materials.

    Raises
    ------
    InvalidDocumentError
        With every problem of the document: file, JSON pointer, value, what was expected.
    """
    document, digest = read_as(path, "bill_of_materials")
    found = [*_inconsistencies(document), *_defaults_problems(document, Path(path).parent)]
    problems = [problem.at(file=str(path)) for problem in found]
    if any(problem.severity == "error" for problem in problems):
        raise InvalidDocumentError(problem for problem in problems if problem.severity == "error")
    return Bill(document, str(path), digest, tuple(problems))


def _defaults_problems(document: Document, folder: Path) -> Iterator[Problem]:
    """A table of defaults that a link leads elsewhere: a bill reads nothing outside of its own folder."""
    named = document.get("defaults", PACKAGED_DEFAULTS)
    if named != PACKAGED_DEFAULTS and (folder / named).resolve().parent != folder.resolve():
        yield Problem("bill-defaults-elsewhere", {"value": named}, pointer="/defaults")


def _inconsistencies(document: Document) -> Iterator[Problem]:
    """What a schema cannot say."""
    yield from check_code("CIP13", document["presentation"]["cip13"], "/presentation/cip13")
    yield from _unknown_datasets(document, set(document.get("datasets", {})))
    yield from _bases_of_quantities(document)
    for number, substance in enumerate(document.get("active_substances", [])):
        yield from _substance_problems(substance, f"/active_substances/{number}")
    yield from _allocation_problems(document.get("formulation", {}).get("sites", []))
    for number, material in enumerate(document.get("packaging", [])):
        if material["level"] == "tertiary" and "presentations" not in material:
            yield Problem("bill-pack-share", {"value": material["name"]}, pointer=f"/packaging/{number}")
    yield from _stage_problems(document)
    yield from _daily_dose_problems(document)


def _stage_problems(document: Document) -> Iterator[Problem]:
    for stage in document.get("excluded_stages", {}):
        if _has_data(document, stage):
            what = {"stage": Term(stage_term(stage))}
            yield Problem("bill-stage-excluded-with-data", what, pointer=f"/excluded_stages/{stage}")
    if not any(_has_data(document, stage) for stage in STAGES):
        yield Problem("bill-without-data", {"stages": [Term(stage_term(stage)) for stage in STAGES]})


def _walk(value: Any, pointer: str = "") -> Iterator[tuple[str, Document]]:
    if isinstance(value, dict):
        yield pointer, value
        for name, part in value.items():
            yield from _walk(part, f"{pointer}/{name}")
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from _walk(part, f"{pointer}/{number}")


def _unknown_datasets(document: Document, known: set[str]) -> Iterator[Problem]:
    for pointer, entry in _walk(document):
        name = entry.get("data")
        if isinstance(name, str) and name not in known:
            nearest = difflib.get_close_matches(name, known, 1, 0.5)
            what = {"value": name, "nearest": nearest, "known": sorted(known) or "-"}
            yield Problem("bill-unknown-dataset", what, pointer=f"{pointer}/data")


def _bases_of_quantities(document: Document) -> Iterator[Problem]:
    sites = document.get("formulation", {}).get("sites", [])
    allocated = {f"/formulation/sites/{number}/" for number, site in enumerate(sites) if "allocation" in site}
    for pointer, entry in _walk(document):
        basis = entry.get("per")
        if basis == "batch" and "presentations_per_batch" not in document["presentation"]:
            yield Problem("bill-batch-unsaid", {"value": entry["name"]}, pointer=f"{pointer}/per")
        if basis == "site" and not any(pointer.startswith(site) for site in allocated):
            yield Problem("bill-allocation-missing", {"value": entry["name"]}, pointer=f"{pointer}/per")


def _substance_problems(substance: Document, pointer: str) -> Iterator[Problem]:
    if ("factor" in substance) == ("synthesis" in substance):
        yield Problem("bill-factor-or-synthesis", {"value": substance["name"]}, pointer=pointer)
    steps = substance.get("synthesis")
    if steps == []:
        yield Problem("bill-synthesis-empty", {"value": substance["name"]}, pointer=f"{pointer}/synthesis")
    for number, step in enumerate(steps or []):
        if number and "mass_yield" not in step:
            yield Problem("bill-yield-missing", {"value": step["name"]}, pointer=f"{pointer}/synthesis/{number}")
        if not number and "mass_yield" in step:
            place = f"{pointer}/synthesis/{number}/mass_yield"
            yield Problem("bill-yield-of-first-step", {"value": step["name"]}, pointer=place)


def _allocation_problems(sites: list[Document]) -> Iterator[Problem]:
    """A share of a site above all of it, a rule without its unit, and two rules for one site."""
    rules: dict[str, str] = {}
    for number, site in enumerate(sites):
        allocation = site.get("allocation")
        if allocation is None:
            continue
        pointer = f"/formulation/sites/{number}/allocation"
        part, total = float(allocation["of_presentation"]), float(allocation["site_total"])
        if part > total:
            over = {"value": part, "total": total}
            yield Problem("bill-allocation-over-one", over, pointer=f"{pointer}/of_presentation")
        expected = {"mass": "kg", "machine_hours": "h"}[allocation["rule"]]
        if allocation["unit"] != expected:
            wrong = {"value": allocation["unit"], "nearest": [expected], "choices": [expected]}
            yield Problem("not-allowed", wrong, pointer=f"{pointer}/unit")
        other = rules.setdefault(site["name"].casefold(), allocation["rule"])
        if other != allocation["rule"]:
            both = {"value": site["name"], "one": other, "other": allocation["rule"]}
            yield Problem("bill-allocation-rules-differ", both, pointer=f"{pointer}/rule")


def _daily_dose_problems(document: Document) -> Iterator[Problem]:
    dose = document["presentation"].get("defined_daily_dose")
    names = [substance["name"] for substance in document.get("active_substances", [])]
    if dose and "substance" in dose and dose["substance"] not in names:
        what = {"value": dose["substance"], "known": names or "-"}
        yield Problem("bill-dose-of-unknown-substance", what, pointer="/presentation/defined_daily_dose/substance")
