"""Who works on the tasks: the threads of this process, or whatever else gives their results in order."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Protocol, TypeVar

from decarb.national.cluster.plan import Task
from decarb.resources import usable_cores

Shared = TypeVar("Shared")
Result = TypeVar("Result")

AHEAD = 4
"""Tasks handed out at once for each worker: what is ready early waits for its turn, which takes memory."""


class Runner(Protocol):
    """Who works on the tasks."""

    def run(
        self, function: Callable[[Task, Shared], Result], tasks: Sequence[Task], shared: Shared
    ) -> Iterator[Result]:
        """Results of `function` of each task and what they all share, in the order of the tasks."""
        ...


class OnExecutor:
    """Workers of an executor of the standard library."""

    def __init__(self, executor: Executor, workers: int) -> None:
        self._executor, self._ahead = executor, AHEAD * workers

    def run(
        self, function: Callable[[Task, Shared], Result], tasks: Sequence[Task], shared: Shared
    ) -> Iterator[Result]:
        """As ``Runner``."""
        running: deque[Future[Result]] = deque()
        for task in tasks:
            if len(running) == self._ahead:
                yield running.popleft().result()
            running.append(self._executor.submit(function, task, shared))
        while running:
            yield running.popleft().result()


class OnThreads:
    """Threads of this process, one for each core."""

    def run(
        self, function: Callable[[Task, Shared], Result], tasks: Sequence[Task], shared: Shared
    ) -> Iterator[Result]:
        """As ``Runner``."""
        workers = usable_cores()
        pool = ThreadPoolExecutor(workers)
        try:
            yield from OnExecutor(pool, workers).run(function, tasks, shared)
        finally:
            pool.shutdown(cancel_futures=True)
