"""What decarb refuses and what it warns of: problems as data, worded when they are shown."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from decarb.language import format_significant, translate
from decarb.messages import FALLBACK_HINTS, HINTS, MESSAGES

LONGEST_SHOWN = 2000
Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a document, a line, a factor library or a request.

    Attributes
    ----------
    code
        Stable name of the kind of problem; never translated.
    parameters
        Values that the message shows.
    file, pointer, line_id
        Where: the file, the JSON pointer in it, and the inventory line's id where there is one.
    count
        How many lines share the problem; `line_id` is the first of them.
    """

    code: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    file: str = ""
    pointer: str = ""
    line_id: str = ""
    count: int = 1
    severity: Severity = "error"

    def at(self, **where: Any) -> "Problem":
        """Return the same problem at another place."""
        return replace(self, **where)

    @property
    def pointer_to_line(self) -> str:
        """Pointer of the line that the problem is in (``/energy/3``)."""
        return "/".join(self.pointer.split("/")[:3])

    def message(self, language: str = "en") -> str:
        """What is wrong: the value and what was expected."""
        return self._worded(MESSAGES[self.code], language)

    def hint(self, language: str = "en") -> str:
        """What to do next, where there is something to say."""
        hint = HINTS.get(self.code, "")
        blank = any(not value and f"{{{name}}}" in hint for name, value in self.parameters.items())
        return self._worded(FALLBACK_HINTS.get(self.code, "") if blank else hint, language)

    def place(self) -> str:
        """File, line id and JSON pointer, as far as they are known."""
        line = f"[{printable(self.line_id)}]" if self.line_id else ""
        return " ".join(part for part in (printable(self.file), line, printable(self.pointer)) if part)

    def to_dict(self, language: str = "en") -> dict[str, Any]:
        """Form of the problem schema: codes and parameters untranslated, message and hint worded."""
        return {
            "code": self.code,
            "severity": self.severity,
            "file": self.file,
            "pointer": self.pointer,
            "line": self.line_id or None,
            "count": self.count,
            "message": self.message(language),
            "hint": self.hint(language),
            "parameters": {
                name: value if isinstance(value, int | float | str) else str(_plain(value))
                for name, value in self.parameters.items()
            },
        }

    def _worded(self, template: str, language: str) -> str:
        shown = {name: _shown(value, language) for name, value in self.parameters.items()}
        text = translate(template, language)
        return text.format_map(_Blank(shown)) if text else ""


def _plain(value: Any) -> Any:
    """Value of a parameter as it is written for machines: phrases of a list by their English words."""
    if isinstance(value, list | tuple):
        return [str(item) if isinstance(item, Phrase | Bilingual) else item for item in value]
    return value


class Term(str):
    """A word of a message's parameters that is translated with it."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Phrase:
    """A sentence among the parameters of a message, translated with it."""

    template: str
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        """Word it in English."""
        return _shown(self, "en")


@dataclass(frozen=True, slots=True)
class Bilingual:
    """Words of packaged data among the parameters of a message, in both languages."""

    english: str
    french: str

    def __str__(self) -> str:
        """Word it in English."""
        return self.english


class _Blank(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return ""


def _shown(value: Any, language: str) -> str:
    if isinstance(value, Term):
        return translate(value, language)
    if isinstance(value, Phrase):
        shown = {name: _shown(part, language) for name, part in value.parameters.items()}
        return translate(value.template, language).format_map(shown)
    if isinstance(value, Problem):
        return value.message(language)
    if isinstance(value, Bilingual):
        return value.french if language == "fr" else value.english
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return format_significant(value, language)
    if isinstance(value, list | tuple):
        return ", ".join(_shown(item, language) for item in value)
    return printable(str(value))


def printable(text: str) -> str:
    """Text without what would move the cursor of a terminal, and not longer than a reader needs."""
    text = text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "…"
    return "".join("\ufffd" if _moves_cursor(character) else character for character in text)


def has_control_character(text: str) -> bool:
    """Whether showing the text would move the cursor of a terminal, or do nothing that a reader sees."""
    return not text.isprintable() and any(map(_moves_cursor, set(text)))


def _moves_cursor(character: str) -> bool:
    # the spaces of French typography are of category Zs, and not "printable"
    return not character.isprintable() and unicodedata.category(character) != "Zs"


def unreadable(path: object, error: Exception) -> Problem:
    """Problem of a file that cannot be read, by what the system says of it."""
    codes: dict[type[Exception], str] = {
        FileNotFoundError: "file-missing",
        IsADirectoryError: "file-is-folder",
        PermissionError: "file-forbidden",
    }
    reason = getattr(error, "strerror", None) or str(error)
    return Problem(codes.get(type(error), "file-unreadable"), {"reason": reason}, file=str(path))


def not_utf_8(error: UnicodeDecodeError) -> Problem:
    """Problem of bytes that are not UTF-8: the line and the byte."""
    line = error.object.count(b"\n", 0, error.start) + 1
    return Problem("not-utf-8", {"line": line, "byte": f"0x{error.object[error.start]:02x}"})


class DecarbError(Exception):
    """Base of everything decarb refuses.

    Attributes
    ----------
    problems
        Every problem found, in the order of the document.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        """Render every problem in English, one a line."""
        return "\n".join(
            f"{problem.place()}: {problem.message()}" if problem.place() else problem.message()
            for problem in self.problems
        )


class InvalidInventoryError(DecarbError, ValueError):
    """The document is not a valid inventory."""


class InvalidDocumentError(DecarbError, ValueError):
    """The document is not a valid bill of materials, recipe of care, comparison of devices or score."""


class RefusedLinesError(DecarbError, ValueError):
    """Lines cannot be bound to a factor; nothing was computed."""


class InvalidLibraryError(DecarbError, ValueError):
    """A factor library is not what its tables promise."""


class ClusterError(DecarbError, RuntimeError):
    """The workers of a cluster cannot be reached, are not fit for the work, or were lost."""


class InvalidStoreError(DecarbError, ValueError):
    """A folder is no store of submissions, or what it acknowledged is not all there."""


class InvalidDossierError(DecarbError, ValueError):
    """A file is no dossier, or not as it was written."""


class UnknownUnitError(DecarbError, ValueError):
    """A unit or a basis outside decarb's vocabulary."""


class InvalidFrameError(DecarbError, ValueError):
    """A register of establishments, or its denominators, is not what it should be."""


class RefusedEstimationError(DecarbError, ValueError):
    """What was reported does not allow an estimate for those who did not report."""


class RefusedRoadmapError(DecarbError, ValueError):
    """What was submitted, or published, does not allow years to be compared."""


class UsageError(DecarbError, ValueError):
    """A request that cannot be carried out: unknown line, unknown factor, a file in the way."""
