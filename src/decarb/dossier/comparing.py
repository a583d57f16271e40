"""Two results, value by value: what differs, and by how much."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from decarb.inventory.document import escape

_NAMES = ("line", "id", "code", "name")
"""Fields that say which one of a list a record is, the best first."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A value that a replay gives otherwise.

    Attributes
    ----------
    place
        JSON pointer in the result, or the name of a member.
    of
        The line, factor or post that it is of, where its record says.
    recorded, replayed
        Both values; None where one has it not.
    """

    place: str
    of: str
    recorded: Any
    replayed: Any

    @property
    def relative(self) -> float | None:
        """Change as a share of the recorded value; None where one is no number, or it was nil."""
        both = (self.recorded, self.replayed)
        if any(isinstance(value, bool) or not isinstance(value, int | float) for value in both) or not self.recorded:
            return None
        return float((self.replayed - self.recorded) / abs(self.recorded))

    def document(self) -> dict[str, Any]:
        """Form of ``decarb verify --format json``."""
        return {
            "place": self.place,
            "of": self.of or None,
            "recorded": self.recorded,
            "replayed": self.replayed,
            "relative": self.relative,
        }


def differences(recorded: Any, replayed: Any, place: str = "", of: str = "") -> Iterator[Difference]:
    """Values of two JSON documents that are not the same to the bit, in the order of the first one."""
    if isinstance(recorded, dict) and isinstance(replayed, dict):
        of = next((str(recorded[name]) for name in _NAMES if isinstance(recorded.get(name), str)), of)
        for key in dict.fromkeys((*recorded, *replayed)):
            yield from differences(recorded.get(key), replayed.get(key), f"{place}/{escape(key)}", of)
    elif isinstance(recorded, list) and isinstance(replayed, list):
        for index in range(max(len(recorded), len(replayed))):
            one, other = (values[index] if index < len(values) else None for values in (recorded, replayed))
            yield from differences(one, other, f"{place}/{index}", of)
    elif not _same(recorded, replayed):
        yield Difference(place, of, recorded, replayed)


def _same(one: Any, other: Any) -> bool:
    """Whether two values are the same to the bit: 1 is not 1.0, and 0.0 is not -0.0."""
    return type(one) is type(other) and repr(one) == repr(other)
