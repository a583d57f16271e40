"""The account of an import: every row of the source is kept, or set aside with its reason; defects by row."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from decarb.errors import Problem
from decarb.factors.columns import stored_columns
from decarb.resources import Table


@dataclass(slots=True)
class Account:
    """What an importer writes down while it reads; the header of the file is row 1.

    Attributes
    ----------
    rows_read, rows_kept
        Rows of data in the file, and those that became a factor or a part of one.
    """

    rows_read: int = 0
    rows_kept: int = 0
    _set_aside: list[list[str]] = field(default_factory=list)
    _findings: list[list[str]] = field(default_factory=list)

    def set_aside(self, row: int, source_id: str, name: str, reason: str, detail: str = "") -> None:
        """Leave a row out of the library; `reason` is a code of ``messages.SET_ASIDE``."""
        self._set_aside.append([str(row), source_id, name, reason, detail])

    def set_aside_all(self, rows: list[list[str]]) -> None:
        """Leave many rows out: row, source id, name, reason and detail of each."""
        self._set_aside.extend(rows)

    def find(self, row: int, factor: str, problem: Problem) -> None:
        """Note a defect of a row; its severity is ``warning`` for a defect and ``note`` for what to know."""
        parameters = orjson.dumps(dict(problem.parameters)).decode()
        self._findings.append([str(row), factor, problem.code, problem.severity, parameters])

    @property
    def reasons(self) -> Counter[str]:
        """How many rows were set aside for each reason."""
        return Counter(row[3] for row in self._set_aside)

    @property
    def defects(self) -> Counter[tuple[str, str]]:
        """How many findings of each (severity, code)."""
        return Counter((row[3], row[2]) for row in self._findings)

    def tables(self) -> dict[str, Table]:
        """Tables ``set_aside`` and ``findings``, by row."""
        return {
            name: Table(stored_columns(name), sorted(rows, key=lambda row: int(row[0])))
            for name, rows in (("set_aside", self._set_aside), ("findings", self._findings))
        }


@dataclass(frozen=True, slots=True)
class Imported:
    """A base as the tables of a library.

    Attributes
    ----------
    tables
        ``factors`` and ``parts``, and what they refer to that the packaged library lacks: ``sources``,
        ``geographies``, ``gwp``, ``retired``.
    description
        Fields of its data package: name, title, version, licences.
    account
        What became of each row.
    problems
        What the author of the file has to mend before any of it is used.
    """

    tables: Mapping[str, Table]
    description: Mapping[str, Any]
    account: Account
    problems: tuple[Problem, ...] = ()
