"""Options, and the collections that several benchmarks read."""

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import decarb
from bound_lines import BoundLines, from_footprint
from collections_of_documents import write_collection
from decarb.footprint import Footprint
from processes import peak_growth, wait_for_quiet

Measure = Callable[..., Any]


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("decarb")
    group.addoption(
        "--national",
        action="store_true",
        help="the figures of a nation: 2,700 documents of 2,000 lines and 1e8 bound lines; half an hour, 16 GB",
    )
    group.addoption("--documents", type=Path, metavar="FOLDER", help="read these documents instead of generated ones")


@pytest.fixture(scope="session")
def national(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--national"))


@pytest.fixture(scope="session")
def documents(request: pytest.FixtureRequest, national: bool, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A collection: 2,700 documents of 2,000 lines each, or 400 of skewed sizes with that mean."""
    given = request.config.getoption("--documents")
    if given:
        return sorted(given.glob("*.json"))
    folder = tmp_path_factory.mktemp("documents")
    return write_collection(folder, 2700 if national else 400, 2000, skew=not national)


@pytest.fixture(scope="session")
def columns(documents: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("columns") / "columns"
    assert not decarb.ingest(documents, folder).refused
    return folder


@pytest.fixture(scope="session")
def footprint(columns: Path) -> Footprint:
    return decarb.compute_footprint(decarb.open_columns(columns))


@pytest.fixture(scope="session")
def lines(footprint: Footprint, national: bool) -> BoundLines:
    """Bound lines of 2,700 establishments of skewed sizes, in the mix of the collection."""
    return from_footprint(footprint, 2700, 100_000_000 if national else 10_000_000)


@contextmanager
def _rest_of_the_heap_set_aside() -> Iterator[None]:
    """Keep what other benchmarks left from the garbage collector: it took ``json.loads`` half its time again."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


@pytest.fixture
def measure(benchmark: Any, national: bool, request: pytest.FixtureRequest) -> Measure:
    """Time a function, and keep beside its times what docs/performance.md says of it.

    ``measure(function, *arguments, what=..., work=..., rounds=..., moved=..., reference=..., aims=...)``: `work` is
    what a rate is of (lines, line-draws), `moved` the bytes that must be read; the reference is what the others of
    the group are beside; aims are as ``ratio <= 0.8``, of ratio, bandwidth, rate, seconds or peak_mb. What the
    function gave is returned.
    """

    def run(
        function: Callable[..., Any],
        *arguments: Any,
        what: str,
        work: int,
        unit: str = "lines",
        moved: int = 0,
        rounds: int = 5,
        reference: bool = False,
        aims: Sequence[str] = (),
        peak: bool = True,
    ) -> Any:
        growth = peak_growth(function, *arguments)[1] if peak else 0  # also the warm-up
        disturbed: list[bool] = []
        patience = (20.0, 900.0) if national else (5.0, 120.0)
        with _rest_of_the_heap_set_aside():
            result = benchmark.pedantic(
                function,
                arguments,
                rounds=rounds,
                setup=lambda: disturbed.append(not wait_for_quiet(*patience)),
            )
        benchmark.extra_info.update(
            what=what,
            work=work,
            unit=unit,
            moved=moved,
            reference=reference,
            aims=list(aims),
            national=national,
            module=request.module.__name__,
            undisturbed=not all(disturbed),
        )
        if growth:
            benchmark.extra_info["peak_mb"] = round(growth / 1e6)
        return result

    return run
