"""The packaged tables, and a copy of them to spoil."""

import shutil
from collections import defaultdict
from pathlib import Path

import pytest

from tests.factors.library_tables import FOLDER, read


@pytest.fixture(scope="module")
def factors():
    return read("factors")


@pytest.fixture(scope="module")
def parts():
    of_factor = defaultdict(list)
    for row in read("parts"):
        of_factor[row["factor"]].append(row)
    return dict(of_factor)


@pytest.fixture
def folder(tmp_path):
    return Path(shutil.copytree(FOLDER, tmp_path / "emission_factors"))
