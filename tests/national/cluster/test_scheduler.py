"""A store added up on a real cluster of two worker processes; what is refused before it is."""

import json
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import decarb
from decarb.errors import ClusterError, UsageError
from decarb.national.cluster import OnCluster, aggregate_store, connected
from decarb.national.cluster.plan import Task
from decarb.national.cluster.scheduler import _on_worker, check_workers, versions
from decarb.national.store import Store
from tests.national.cluster.conftest import same_bits

distributed = pytest.importorskip("distributed", reason="pip install 'decarb[cluster]'")

Call = Callable[..., tuple[int, str, str]]
BY = ("region", "post")


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0", silence_logs=50) as local:
        yield local


@pytest.fixture
def address(cluster: Any) -> str:
    return str(cluster.scheduler_address)


@pytest.mark.parametrize("by", [BY, ("domain", "gas")], ids="-".join)
def test_two_processes_come_to_the_same_bits(store: Store, address: str, by: tuple[str, ...]) -> None:
    with connected(address, store) as runner:
        there = aggregate_store(store, 2024, by, runner=runner, lines_of_a_task=1).aggregates
    assert same_bits(there, aggregate_store(store, 2024, by, lines_of_a_task=1).aggregates)


class Slowly:
    """Each task takes a moment, so that there is time to end its worker."""

    def __init__(self, runner: OnCluster) -> None:
        self.runner = runner

    def run(self, function: Callable[[Task, Any], Any], tasks: Sequence[Task], shared: Any) -> Iterator[Any]:
        def slowly(task: Task, what: Any) -> Any:
            time.sleep(0.3)
            return function(task, what)

        return self.runner.run(slowly, tasks, shared)


def test_a_worker_killed_in_the_middle_changes_no_bit(store: Store, address: str) -> None:
    client = distributed.Client(address, set_as_default=False)
    before = client.run(os.getpid)
    killed: list[int] = []

    def kill(done: int, total: int) -> None:
        if done > total // 2 and not killed:  # in the second pass, while other tasks are at work
            busy = [worker for worker, keys in client.processing().items() if keys]
            if busy:  # between two tasks nobody is, for a moment: then at the next
                killed.append(before[busy[0]])
                os.kill(killed[0], signal.SIGKILL)

    with connected(address, store) as runner:
        there = aggregate_store(store, 2024, BY, runner=Slowly(runner), progress=kill, lines_of_a_task=1).aggregates
    assert len(killed) == 1
    client.wait_for_workers(2, timeout=60)
    assert killed[0] not in client.run(os.getpid).values()
    client.close()
    assert same_bits(there, aggregate_store(store, 2024, BY, lines_of_a_task=1).aggregates)


def test_the_command_says_the_same_of_both(here: Call, store: Store, address: str) -> None:
    words = ("national", "aggregate", store.folder, "--year", "2024", "--by", "region,post", "--format", "json")
    code, alone, errors = here(*words)
    assert (code, errors) == (0, "")
    code, together, errors = here(*words, "--scheduler", address)
    assert (code, errors) == (0, "")
    assert together == alone
    assert json.loads(together)["options"]["by"] == ["region", "post"]


# ---------------------------------------------------------------- refusals


def refused(error: type[Any], address: str, store: Store, seconds: float = 10.0) -> list[Any]:
    with pytest.raises(error) as refusal, connected(address, store, seconds):
        pass
    return list(refusal.value.problems)


@pytest.mark.parametrize("address", ["nonsense", "tcp://host", "http:/host:1", "carrier-pigeon://host:1"])
def test_no_address_is_refused_at_once(store: Store, address: str) -> None:
    (problem,) = refused(UsageError, address, store)
    assert problem.code == "cluster-address"
    assert problem.message("en").startswith(f"{address} is no address of a scheduler: ")


def test_a_scheduler_that_does_not_answer_is_named(here: Call, store: Store) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # nobody listens
        address = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
        (problem,) = refused(ClusterError, address, store, 1.0)
    assert problem.code == "cluster-unreachable"
    assert f"no scheduler answers at {address} after 1 s" in problem.message("en")


def test_a_scheduler_without_workers_is_named(store: Store) -> None:
    with distributed.LocalCluster(n_workers=0, dashboard_address=":0", silence_logs=50) as empty:
        (problem,) = refused(ClusterError, empty.scheduler_address, store, 1.0)
    assert problem.message("en") == f"the scheduler at {problem.parameters['value']} has no workers after 1 s"


def test_workers_of_another_version_are_named(store: Store, address: str) -> None:
    client = distributed.Client(address, set_as_default=False)
    worker = sorted(client.scheduler_info()["workers"])[0]
    own = decarb.__version__

    def become(version: str) -> None:
        import decarb as theirs

        theirs.__version__ = version

    client.run(become, "0.0.9", workers=[worker])
    try:
        (problem,) = refused(ClusterError, address, store)
    finally:
        client.run(become, own, workers=[worker])
        client.close()
    assert problem.message("en") == f"worker {worker} has decarb 0.0.9; this is decarb {own}"


def test_a_worker_that_comes_later_looks_at_its_versions_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    class Worker:
        address = "tcp://late:1"

    monkeypatch.setattr(distributed, "get_worker", Worker)
    expected = versions() | {"numpy": "1.0"}
    task: Any = None
    with pytest.raises(ClusterError) as refusal:
        _on_worker(lambda *_: "worked", task, None, expected)
    assert "worker tcp://late:1 has numpy " in str(refusal.value)
    assert _on_worker(lambda *_: "worked", task, None, versions()) == "worked"


class Workers:
    """A client whose workers say what they are told to."""

    def __init__(self, **said: Any) -> None:
        self.said = said

    def wait_for_workers(self, count: int, timeout: float) -> None: ...

    def run(self, function: Callable[[], dict[str, Any]], on_error: str) -> dict[str, Any]:
        assert on_error == "return"
        return {"tcp://a:1": function() | self.said}


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"tail": None}, "worker tcp://a:1 does not see the folder {folder}"),
        ({"tail": "other"}, "worker tcp://a:1 sees another store in {folder}, or an older state of it"),
        ({"decarb": None}, "worker tcp://a:1 has no decarb; {own} is needed"),
        ({"python": "3.1"}, "worker tcp://a:1 has python 3.1; this is python {python}"),
        ({}, ""),
    ],
)
def test_unfit_workers_are_refused_by_name(store: Store, said: dict[str, Any], words: str) -> None:
    client: Any = Workers(**said)
    if not words:
        check_workers(client, "tcp://s:1", store)
        return
    with pytest.raises(ClusterError) as refusal:
        check_workers(client, "tcp://s:1", store)
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    (problem,) = refusal.value.problems
    assert problem.message("en") == words.format(folder=store.folder, own=decarb.__version__, python=python)


def test_a_folder_that_workers_do_not_see_is_refused(store: Store, address: str, tmp_path: Path) -> None:
    """The store is moved away after the client looked: what workers look for is not there."""
    client = distributed.Client(address, set_as_default=False)
    moved = Store(tmp_path / "moved")
    moved.folder.mkdir()
    moved.log.write_bytes(store.log.read_bytes())

    class Elsewhere(Workers):
        def run(self, function: Callable[[], dict[str, Any]], on_error: str) -> dict[str, Any]:
            moved.log.rename(tmp_path / "log")
            said: dict[str, Any] = client.run(function, on_error=on_error)
            (tmp_path / "log").rename(moved.log)
            return said

    elsewhere: Any = Elsewhere()
    with pytest.raises(ClusterError) as refusal:
        check_workers(elsewhere, address, moved)
    client.close()
    assert [problem.code for problem in refusal.value.problems] == ["cluster-store-unseen"] * 2


@pytest.mark.parametrize("how", ["killed", "lost"])
def test_what_ends_a_run_is_said_in_words(how: str) -> None:
    class Ending:
        """A client whose tasks end so."""

        def submit(self, *_: Any, **__: Any) -> Any:
            if how == "lost":
                raise distributed.comm.CommClosedError("the stream is closed\nand more")
            worker = SimpleNamespace(address="tcp://a:1")
            raise distributed.KilledWorker("task", worker, 3)

        def cancel(self, futures: Sequence[Any]) -> None: ...

    client: Any = Ending()
    task: Any = None
    with pytest.raises(ClusterError) as refusal:
        list(OnCluster(client, "tcp://s:1").run(lambda *_: None, [task], None))
    (problem,) = refusal.value.problems
    assert (
        problem.message("en")
        == {
            "killed": "4 workers were lost over one task, the last one tcp://a:1",
            "lost": "the scheduler at tcp://s:1 is lost: the stream is closed",
        }[how]
    )


def test_without_the_package_the_command_says_what_to_install(
    here: Call, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    words = ("national", "aggregate", store.folder, "--by", "post", "--scheduler", "tcp://a:1")
    code, shown, errors = here(*words)
    assert (code, shown) == (2, "")
    assert "--scheduler needs the package distributed, which is not installed" in errors
    assert "pip install 'decarb[cluster]'" in errors
    assert "pip install 'decarb[cluster]'" in here(*words, "--lang", "fr")[2]


def test_only_a_store_goes_to_a_cluster(here: Call, make: Any) -> None:
    path = make.write(make.document(make.line("electricity-fr-2024", 1, "kWh")))
    code, shown, errors = here("national", "aggregate", path, "--by", "post", "--scheduler", "tcp://a:1")
    assert (code, shown) == (2, "")
    assert f"--scheduler adds up one store of submissions, not {path}" in errors
