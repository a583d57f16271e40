"""Kill processes that submit to a store, and see that every receipt that was given is honoured.

    python benchmarks/kill_submissions.py --kills 100   at random instants, one store all along, at times two submitters
    python benchmarks/kill_submissions.py --steps       at every step by which the store changes the disk

A child is forked from this process, which has imported everything and started no thread: a kill costs a tenth of a
second. After each kill, another child reads the log and checks the store.
"""

import argparse
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow.parquet  # noqa: F401 (children must not import it again)

from decarb.inventory.collection.judging import Judge
from decarb.inventory.collection.shards import SharedVocabulary
from decarb.national.store import check_store, disk, init_store, open_store, read_ledger, submit, submitting

STEPS = ("write", "make_folder", "place", "settle", "append", "remove")


def write_documents(folder: Path, round_: int, count: int) -> Path:
    """Small documents of one round: other quantities each time, of the same entities every other time."""
    folder.mkdir()
    for number in range(count):
        lines = [
            {"id": f"{name}", "factor": name, "quantity": round_ + number / 8, "unit": "MWh", "uncertainty": number}
            for name in ("electricity-fr-2024", f"factor-{number % 7}-{round_ % 5}")
        ]
        lines[0]["spend"] = {"factor": "spend", "quantity": number, "unit": "EUR"}
        year = 2023 + number % 2
        document = {
            "schema_version": "1.0",
            "establishment": {"name": f"Hospital {number} {round_ // 2}", "region": ("84", "11")[number % 3 == 0]},
            "period": {"start": f"{year}-01-01", "end": f"{year}-12-31"},
            "energy": lines,
        }
        (folder / f"{number:04d}.json").write_text(json.dumps(document))
    (folder / "refused.json").write_text(json.dumps({"schema_version": str(round_)}))
    return folder


class Child:
    """A forked process, and what it says line by line."""

    def __init__(self, work: Callable[[Callable[[str], None]], None]) -> None:
        self.output, write = os.pipe()
        self.pid = os.fork()
        if self.pid:
            os.close(write)
            return
        code = 1
        try:
            os.close(self.output)
            work(lambda line: _say(write, line))
            code = 0
        except BaseException as error:
            sys.stderr.write(f"{type(error).__name__}: {error}\n")
        finally:
            os._exit(code)

    def end(self) -> tuple[list[str], int]:
        """Lines that it said whole, and how it ended: its exit code, or minus the signal."""
        with os.fdopen(self.output, "rb") as stream:
            said = stream.read()
        _, status = os.waitpid(self.pid, 0)
        return said.decode().split("\n")[:-1], os.waitstatus_to_exitcode(status)

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)


def _say(pipe: int, line: str) -> None:
    os.write(pipe, f"{line}\n".encode())


def submitter(store: Path, documents: Path, by: str) -> Callable[[Callable[[str], None]], None]:
    """What a child does that submits: it says a receipt when it is given."""

    def work(say: Callable[[str], None]) -> None:
        def given(receipts: Sequence[Any]) -> None:
            for receipt in receipts:
                say(f"{receipt.submission.id} {receipt.submission.digest} {receipt.submission.verdict}")

        submit(open_store(store), documents, by=by, jobs=2, given=given)

    return work


def examine(store: Path, receipts: Sequence[str]) -> list[str]:
    """What is wrong with a store, of which these receipts were given."""

    def work(say: Callable[[str], None]) -> None:
        opened = open_store(store)
        known = {f"{one.id} {one.digest} {one.verdict}" for one in read_ledger(opened).submissions}
        for receipt in receipts:
            if receipt not in known:
                say(f"receipt lost: {receipt}")
        for problem in check_store(opened, jobs=1).found:
            say(str(problem))
        say("examined")

    said, code = Child(work).end()
    return [line for line in said if line != "examined"] + ([] if code == 0 and "examined" in said else ["no answer"])


def kill_at_random(folder: Path, kills: int, seed: int, documents: int) -> list[str]:
    """Kill submitters at random instants, again and again over one store."""
    draw = random.Random(seed)
    store = folder / "store"
    init_store(store)
    receipts: list[str] = []
    wrong: list[str] = []
    for round_ in range(2):  # the second one finds everything warm
        started = time.perf_counter()
        said, code = Child(submitter(store, write_documents(folder / f"{round_}", round_, documents), "nobody")).end()
        span = time.perf_counter() - started
        receipts += said
        wrong += [] if code == 0 else [f"the first run ended with {code}"]
    killed = unfinished = 0
    while killed < kills and not wrong:
        round_ += 1
        paths = [write_documents(folder / f"{round_}-{which}", 2 * round_ + which, documents) for which in range(2)]
        children = [Child(submitter(store, path, f"round {round_}")) for path in paths[: 1 + (round_ % 3 == 0)]]
        time.sleep(draw.uniform(0, 1.6 * span))  # later rounds are slower: the store grows
        for child in children:
            child.kill()
        for child in children:
            said, code = child.end()
            receipts += said
            killed += code == -signal.SIGKILL
            unfinished += code == -signal.SIGKILL and 0 < len(said) <= documents
            wrong += [] if code in (0, -signal.SIGKILL) else [f"a submitter ended with {code}"]
        wrong += examine(store, receipts)
        for path in paths:
            shutil.rmtree(path)
    sys.stdout.write(
        f"{killed} kills, {unfinished} of them between two receipts; {len(receipts)} receipts given, "
        f"{len([line for line in wrong if line.startswith('receipt')])} lost\n"
    )
    return wrong


def kill_at_steps(folder: Path, documents: int) -> list[str]:
    """Kill a submitter before each step, and in the middle of each that writes; then let another finish the work."""
    before, store = folder / "before", folder / "store"
    init_store(before)
    Child(submitter(before, write_documents(folder / "0", 0, documents), "nobody")).end()
    later = write_documents(folder / "1", 1, documents)
    wrong: list[str] = []
    killed = step = 0
    ended = False
    while not (ended or wrong):
        step += 1
        name = ""
        for half in (False, True):
            if half and name not in ("write", "append"):
                continue  # in the middle of the others is before them, or after
            shutil.rmtree(store, ignore_errors=True)
            shutil.copytree(before, store)
            said, code = Child(partial(_killed_at, step, half, store, later)).end()
            receipts = [line for line in said if " " in line]
            name = next((line for line in said if " " not in line), "")
            ended = code == 0
            killed += not ended
            wrong += [f"step {step}, {half}: {line}" for line in examine(store, receipts)]
            again, code = Child(submitter(store, later, "another")).end()
            if code or len(again) != documents + 1:
                wrong.append(f"step {step}, {half}: the next run ended with {code}")
            wrong += [f"step {step}, {half}, then: {line}" for line in examine(store, receipts + again)]
            if any((store / "drafts").iterdir()):
                wrong.append(f"step {step}, {half}: drafts were left")
    sys.stdout.write(f"{killed} kills at {step - 1} steps\n")
    return wrong


def _killed_at(step: int, half: bool, store: Path, documents: Path, say: Callable[[str], None]) -> None:
    """Submit, and die at a step; with `half`, in the middle of what it writes."""
    count = 0

    def deadly(function: Callable[..., Any]) -> Callable[..., Any]:
        def take(*arguments: Any) -> Any:
            nonlocal count
            count += 1
            if count == step:
                say(function.__name__)
                if half and function.__name__ == "write":
                    arguments[0].write_bytes(arguments[1][: len(arguments[1]) // 2])
                elif half and function.__name__ == "append":
                    with arguments[0].open("r+b") as stream:
                        stream.seek(arguments[1])
                        stream.write(arguments[2][: 2 * len(arguments[2]) // 3])
                os.kill(os.getpid(), signal.SIGKILL)
            return function(*arguments)

        return take

    for name in STEPS:
        setattr(disk, name, deadly(getattr(disk, name)))

    def given(receipts: Sequence[Any]) -> None:
        for receipt in receipts:
            say(f"{receipt.submission.id} {receipt.submission.digest} {receipt.submission.verdict}")

    submit(open_store(store), documents, by="killed", jobs=1, given=given)


def main() -> None:
    parser = argparse.ArgumentParser(description="Kill processes that submit to a store.")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--steps", action="store_true", help="at every step instead, once before and once in it")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--documents", type=int, default=40, help="documents of a round")
    asked = parser.parse_args()
    submitting.BATCH_DOCUMENTS = 5
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        Judge(SharedVocabulary()).judge(b"{}", "warm", "")  # children find everything imported and compiled
        first = write_documents(folder / "warm", 0, 1) / "0000.json"
        Judge(SharedVocabulary()).judge(first.read_bytes(), "warm", "")
        if asked.steps:
            wrong = kill_at_steps(folder, asked.documents)
        else:
            wrong = kill_at_random(folder, asked.kills, asked.seed, asked.documents)
    sys.stdout.write("".join(f"{line}\n" for line in wrong) or "every receipt honoured, every check clean\n")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
