"""Problems as text: place, what is wrong, what to do next."""

from collections.abc import Iterable

from decarb.errors import Problem
from decarb.language import labelled, mark, translate

_SEVERITY = {"error": mark("refused"), "warning": mark("warning"), "note": mark("note")}


def problem_lines(problems: Iterable[Problem], language: str) -> list[str]:
    """Two lines per problem: what and where, then what to do next."""
    lines = []
    for problem in problems:
        others = ""
        if problem.count > 1:
            more = mark("(and {count} more lines)") if problem.count > 2 else mark("(and 1 more line)")
            others = " " + translate(more, language).format(count=problem.count - 1)
        place = f"{problem.place()}: " if problem.place() else ""
        lines.append(labelled(_SEVERITY[problem.severity], f"{place}{problem.message(language)}{others}", language))
        if problem.hint(language):
            lines.append(f"    → {problem.hint(language)}")
    return lines
