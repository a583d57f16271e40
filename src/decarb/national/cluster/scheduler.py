"""Tasks on the workers of a Dask scheduler. The only importer of Dask."""

import hashlib
import logging
import platform
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

import decarb
from decarb.errors import ClusterError, Problem, UsageError
from decarb.national.cluster.plan import Task
from decarb.national.cluster.running import AHEAD
from decarb.national.store.layout import Store

if TYPE_CHECKING:
    from distributed import Client

Shared = TypeVar("Shared")
Result = TypeVar("Result")

SECONDS = 10.0
"""How long a scheduler, and its first worker, are waited for."""

_TAIL = 65_536
"""Bytes at the end of the log by which a worker's folder is recognised."""


@contextmanager
def connected(address: str, store: Store, seconds: float = SECONDS) -> Iterator["OnCluster"]:
    """Connect to a scheduler whose workers are fit for a store.

    Parameters
    ----------
    address
        ``tcp://host:port``, or ``tls://`` as Dask's own configuration has the certificates.
    seconds
        How long the scheduler, and its first worker, are waited for.

    Raises
    ------
    UsageError
        If `distributed` is not installed, or the address is none.
    ClusterError
        If no scheduler answers, it has no workers, or a worker has another decarb, NumPy or Python, or another folder,
        or none, where the store is.
    """
    try:
        from distributed import Client
    except ImportError:
        raise UsageError([Problem("cluster-not-installed", {})]) from None
    _check_address(address)
    started = time.monotonic()
    with _silence():
        try:
            client = Client(address, timeout=seconds, set_as_default=False)
        except (OSError, TimeoutError) as error:
            what = {"value": address, "seconds": round(time.monotonic() - started), "reason": _last_words(error)}
            raise ClusterError([Problem("cluster-unreachable", what)]) from None
        try:
            check_workers(client, address, store, seconds)
            yield OnCluster(client, address)
        finally:
            client.close(timeout=seconds)


@contextmanager
def _silence() -> Iterator[None]:
    """Keep Dask from logging tracebacks of what is said here in words."""
    names = [name for name in logging.root.manager.loggerDict if name.partition(".")[0] == "distributed"]
    before = {name: logging.getLogger(name).level for name in names}
    for name in names:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)


def _check_address(address: str) -> None:
    """Refuse what is no address: Dask itself finds out after a while, with its client half open."""
    from distributed.comm.addressing import parse_address, parse_host_port
    from distributed.comm.registry import get_backend

    try:
        scheme, location = parse_address(address)
        get_backend(scheme)
        parse_host_port(location)
    except ValueError as error:
        raise UsageError([Problem("cluster-address", {"value": address, "reason": str(error)})]) from None


def _last_words(error: BaseException) -> str:
    return str(error).partition("\n")[0] or type(error).__name__


def check_workers(client: "Client", address: str, store: Store, seconds: float = SECONDS) -> None:
    """Refuse workers that would compute something else, or nothing; ClusterError names each."""
    try:
        client.wait_for_workers(1, timeout=seconds)
    except TimeoutError:
        what = {"value": address, "seconds": round(seconds)}
        raise ClusterError([Problem("cluster-no-workers", what)]) from None
    size = store.log.stat().st_size
    said: Mapping[str, Any] = client.run(_looking(str(store.log), size), on_error="return")
    own = versions()
    with store.log.open("rb") as log:
        log.seek(max(0, size - _TAIL))
        tail = hashlib.sha256(log.read(min(size, _TAIL))).hexdigest()
    problems = [problem for worker, what in sorted(said.items()) for problem in _unfit(worker, what, own, tail, store)]
    if problems:
        raise ClusterError(problems)


def versions() -> dict[str, str]:
    """Versions that results depend on, of this process."""
    return {
        "decarb": decarb.__version__,
        "numpy": np.__version__,
        "python": ".".join(platform.python_version_tuple()[:2]),
    }


def _unfit(worker: str, said: Any, own: dict[str, str], tail: str, store: Store) -> Iterator[Problem]:
    if isinstance(said, BaseException):
        yield Problem("cluster-worker-failed", {"worker": worker, "reason": f"{type(said).__name__}: {said}"})
        return
    for name, version in own.items():
        if said[name] != version:
            found = said[name] or ""
            what = {"worker": worker, "name": name, "found": found, "own": version}
            yield Problem("cluster-version" if found else "cluster-without", what)
    if said["tail"] is None:
        yield Problem("cluster-store-unseen", {"worker": worker, "value": str(store.folder)})
    elif said["tail"] != tail:
        yield Problem("cluster-store-differs", {"worker": worker, "value": str(store.folder)})


def _looking(log: str, size: int) -> Callable[[], dict[str, str | None]]:
    """Return what every worker can run, having decarb or not: a function within a function is sent as it is."""
    most = _TAIL

    def look() -> dict[str, str | None]:
        import hashlib
        import importlib
        import platform

        found: dict[str, str | None] = {"python": ".".join(platform.python_version_tuple()[:2])}
        for name in ("decarb", "numpy"):
            try:
                found[name] = importlib.import_module(name).__version__
            except ImportError:
                found[name] = None
        try:
            with open(log, "rb") as stream:  # noqa: PTH123 - nothing of this module is there
                stream.seek(max(0, size - most))
                content = stream.read(min(size, most))
            found["tail"] = hashlib.sha256(content).hexdigest()
        except OSError:
            found["tail"] = None
        return found

    return look


class OnCluster:
    """Workers of a Dask scheduler. A task whose worker is lost is given to another one."""

    def __init__(self, client: "Client", address: str) -> None:
        self._client, self._address = client, address

    def run(
        self, function: Callable[[Task, Shared], Result], tasks: Sequence[Task], shared: Shared
    ) -> Iterator[Result]:
        """As ``Runner``.

        Raises
        ------
        ClusterError
            If workers die of one task again and again, the scheduler is lost, or a new worker has another decarb.
        """
        from distributed import KilledWorker
        from distributed.client import FutureCancelledError
        from distributed.comm import CommClosedError

        try:
            yield from self._in_order(function, tasks, shared)
        except KilledWorker as error:
            what = {"worker": error.last_worker.address, "count": error.allowed_failures + 1}
            raise ClusterError([Problem("cluster-task-killed", what)]) from None
        except (CommClosedError, FutureCancelledError, OSError) as error:
            what = {"value": self._address, "reason": _last_words(error)}
            raise ClusterError([Problem("cluster-lost", what)]) from None

    def _in_order(
        self, function: Callable[[Task, Shared], Result], tasks: Sequence[Task], shared: Shared
    ) -> Iterator[Result]:
        client = self._client
        # a result like any other, which is made again where the workers that hold it are lost: what is scattered is not
        everywhere = client.submit(_as_it_is, shared, pure=False)
        running: deque[Any] = deque()
        try:
            for task in tasks:
                if len(running) >= AHEAD * max(1, sum(client.nthreads().values())):
                    yield running.popleft().result()
                running.append(client.submit(_on_worker, function, task, everywhere, versions(), pure=False))
            while running:
                yield running.popleft().result()
        finally:
            client.cancel([*running, everywhere])


def _as_it_is(shared: Shared) -> Shared:
    return shared


def _on_worker(
    function: Callable[[Task, Shared], Result], task: Task, shared: Shared, expected: dict[str, str]
) -> Result:
    """Run a task, unless this worker came later and has other versions."""
    from distributed import get_worker

    own = versions()
    differing = [name for name in expected if expected[name] != own[name]]
    if differing:
        worker = get_worker().address
        raise ClusterError(
            Problem("cluster-version", {"worker": worker, "name": name, "found": own[name], "own": expected[name]})
            for name in differing
        )
    return function(task, shared)
