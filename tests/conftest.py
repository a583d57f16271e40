"""Shared fixtures: the packaged library, and small inventories written to a temporary folder."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from decarb.binding import BoundTerms
from decarb.errors import Problem
from decarb.factors import FactorLibrary, load_factors
from decarb.footprint import Footprint, compute_footprint
from decarb.inventory import Inventory, check_inventory, read_inventory

Document = dict[str, Any]

# the first example of a test loads the library: no deadline per example
hypothesis.settings.register_profile("decarb", deadline=None)
hypothesis.settings.load_profile("decarb")


class InventoryBuilder:
    """Writes small inventories, each in a folder of its own, and reads or computes them."""

    def __init__(self, folder: Path, library: FactorLibrary) -> None:
        self.folder = folder
        self.library = library
        self.count = 0

    @staticmethod
    def line(factor: str, quantity: float, unit: str, **others: Any) -> Document:
        """One line; its id is given by ``document`` unless it is among `others`."""
        return {"factor": factor, "quantity": quantity, "unit": unit, **others}

    @staticmethod
    def document(*lines: Document, year: int = 2024, section: str = "energy", **fields: Any) -> Document:
        """A valid document, if it has lines; ``establishment`` in `fields` is added to a name and a region."""
        numbered = [{"id": f"line-{number}", **line} for number, line in enumerate(lines, start=1)]
        given = fields.pop("establishment", {})
        place = {} if given.keys() & {"region", "department", "commune"} else {"region": "11"}
        identity = {"name": "Hospital", **place, **given}
        return {
            "schema_version": "1.0",
            "establishment": identity,
            "period": {"start": f"{year}-01-01", "end": f"{year}-12-31"},
            **({section: numbered} if lines else {}),
            **fields,
        }

    def write(self, content: Document | bytes, name: str = "inventory.json") -> Path:
        """Path of a new file with `content`."""
        self.count += 1
        path = self.folder / str(self.count) / name
        path.parent.mkdir()
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        return path

    def read(self, *lines: Document, **fields: Any) -> Inventory:
        """The inventory of a valid document."""
        return read_inventory(self.write(self.document(*lines, **fields)))

    def read_all(self, documents: Iterable[Document]) -> Inventory:
        """The inventory of several valid documents."""
        return read_inventory(*(self.write(document) for document in documents))

    def problems(self, content: Document | bytes) -> list[Problem]:
        """Every problem of one document."""
        return check_inventory(self.write(content))[1]

    def compute(
        self,
        *lines: Document,
        library: FactorLibrary | None = None,
        gwp: str | None = None,
        partial: bool = False,
        **fields: Any,
    ) -> Footprint:
        """The footprint of a valid document."""
        return compute_footprint(self.read(*lines, **fields), library or self.library, gwp, partial)

    def bound(self, line: Document, **fields: Any) -> BoundTerms:
        """One line, bound."""
        found = self.compute(line, **fields).binding.bound[0]
        assert found is not None
        return found

    def refused(self, line: Document, **fields: Any) -> Problem:
        """The one problem for which a line is refused."""
        (refusal,) = self.compute(line, partial=True, **fields).binding.refusals
        (problem,) = refusal.problems
        return problem


@pytest.fixture(scope="session")
def library() -> FactorLibrary:
    return load_factors()


@pytest.fixture(scope="session")
def make(tmp_path_factory: pytest.TempPathFactory, library: FactorLibrary) -> InventoryBuilder:
    return InventoryBuilder(tmp_path_factory.mktemp("inventories"), library)


@pytest.fixture(scope="session")
def schemas() -> Path:
    return Path(__file__).parent.parent / "schemas"
