"""Seconds and peak memory of whole processes and of calls.

Run as a script it is the small parent of a process to measure: Linux counts what a large parent held as the peak of
its child.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple


class Run(NamedTuple):
    """What a process took."""

    seconds: float
    peak_mb: float


def run(*command: str, cores: int | None = None) -> Run:
    """Run a command on all cores or the first `cores`; its output is dropped.

    Raises
    ------
    subprocess.CalledProcessError
        If it fails.
    """
    words = (sys.executable, "-I", "-S", __file__, str(cores or 0), *command)
    done = subprocess.run(words, check=True, stdout=subprocess.PIPE)
    return Run(*json.loads(done.stdout))


@contextmanager
def on_cores(count: int) -> Iterator[None]:
    """Keep this thread, and those that it starts, to some cores."""
    usable = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(usable)[:count])
    try:
        yield
    finally:
        os.sched_setaffinity(0, usable)


def peak_growth(function: Callable[..., Any], *arguments: Any) -> tuple[Any, int]:
    """Result of a call, and by how much memory grew at most [bytes]; zero where the system cannot tell."""
    marks = Path("/proc/self/clear_refs")
    if not marks.exists():
        return function(*arguments), 0
    marks.write_text("5")  # the peak starts again from here
    before = _status("VmRSS")
    result = function(*arguments)
    return result, max(0, _status("VmHWM") - before)


_waited = 0.0


def wait_for_quiet(most: float, in_all: float) -> bool:
    """Wait for a moment in which other processes use under a tenth of a core; whether there was one.

    `most` seconds at a time, `in_all` over a whole run: a busy machine is measured as it is.
    """
    global _waited  # noqa: PLW0603
    stat = Path("/proc/stat")
    if not stat.exists():
        return True
    started = time.perf_counter()
    while True:
        before, since = _busy_ticks(stat), time.perf_counter()
        time.sleep(0.2)
        share = (_busy_ticks(stat) - before) / os.sysconf("SC_CLK_TCK") / (time.perf_counter() - since)
        waited = time.perf_counter() - started
        if share < 0.1 or waited > most or _waited + waited > in_all:
            _waited += waited
            return share < 0.1


def _busy_ticks(stat: Path) -> int:
    """Ticks that the cores together were busy."""
    fields = [int(field) for field in stat.read_text().split("\n", 1)[0].split()[1:]]
    return sum(fields[:3]) + sum(fields[5:8])


def _status(name: str) -> int:
    text = Path("/proc/self/status").read_text()
    return int(text.partition(f"{name}:")[2].split()[0]) * 1024


def main() -> None:
    cores, *command = sys.argv[1:]
    if int(cores):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: int(cores)])
    started = time.perf_counter()
    nothing = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    process = os.posix_spawnp(command[0], command, os.environ, file_actions=nothing)
    _, status, used = os.wait4(process, 0)
    seconds = time.perf_counter() - started
    if code := os.waitstatus_to_exitcode(status):
        sys.exit(code)
    sys.stdout.write(json.dumps([seconds, used.ru_maxrss * 1024 / 1e6]))


if __name__ == "__main__":
    main()
