"""One document of many: the fast way first, the careful way for what it leaves undecided, and for words."""

import threading
from dataclasses import dataclass

from decarb.errors import InvalidInventoryError, Problem
from decarb.inventory.document import BYTE_ORDER_MARK
from decarb.inventory.limits import DEFAULT_LIMITS, Limits
from decarb.inventory.lines import DocumentLines, Vocabulary
from decarb.inventory.reading import read_document


@dataclass(frozen=True, slots=True)
class Judged:
    """What a document says, or why it is refused.

    Attributes
    ----------
    columns
        What could be read; whole where there are no `errors`.
    errors, warnings
        With the name of the file.
    """

    columns: DocumentLines | None
    errors: tuple[Problem, ...]
    warnings: tuple[Problem, ...]


class Judge:
    """Reads documents into columns on any number of threads; each remembers the combinations that it has met.

    Parameters
    ----------
    vocabulary
        Gives terms and places their codes: one that threads may share.
    """

    def __init__(self, vocabulary: Vocabulary, limits: Limits = DEFAULT_LIMITS) -> None:
        self._vocabulary = vocabulary
        self._limits = limits
        self._of_thread = threading.local()

    def judge(self, data: bytes, name: str, digest: str) -> Judged:
        """Columns of a document, or every problem of it; `digest` is the sha256 of its bytes."""
        if not hasattr(self._of_thread, "acceptor"):
            from decarb.inventory.accepting import Acceptor

            self._of_thread.acceptor = Acceptor(self._vocabulary, self._limits)
        accepted = self._of_thread.acceptor.accept(data.removeprefix(BYTE_ORDER_MARK), name, digest)
        columns: DocumentLines | None
        if accepted:
            columns, problems = accepted
        else:
            try:
                problems, columns = read_document(data, name, self._vocabulary, self._limits)
            except InvalidInventoryError as error:
                problems, columns = list(error.problems), None
        located = [problem.at(file=name) for problem in problems]
        return Judged(
            columns,
            tuple(problem for problem in located if problem.severity == "error"),
            tuple(problem for problem in located if problem.severity != "error"),
        )
