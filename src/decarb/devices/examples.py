"""Comparisons that come with decarb, to run and to start from."""

import difflib
from pathlib import Path

from decarb.errors import Problem, UsageError
from decarb.resources import data_folder


def example_names() -> list[str]:
    """Names of the examples (``laryngeal-mask``)."""
    return sorted(path.stem for path in (data_folder("examples") / "devices").glob("*.json"))


def example_path(name: str) -> Path:
    """File of an example.

    Raises
    ------
    UsageError
        If there is none of that name: the nearest is said.
    """
    known = example_names()
    if name not in known:
        nearest = difflib.get_close_matches(name, known, 1, 0.3) or known
        raise UsageError([Problem("unknown-example", {"value": name, "known": known, "nearest": nearest})])
    return data_folder("examples") / "devices" / f"{name}.json"
