"""Lines that two years can be compared by: of sections that both fill, posts and lines that neither leaves out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from decarb.footprint import Footprint
from decarb.inventory import SECTIONS
from decarb.reporting import view

Bools = NDArray[np.bool_]
Int64s = NDArray[np.int64]

_MEDICINES = len(SECTIONS)
"""Medicines are one section wherever they stand: euros among purchases in one year, codes in the next."""
_SIZE = _MEDICINES + 1


@dataclass(frozen=True, slots=True)
class YearLines:
    """Lines of a year, and of whom both years are compared.

    Attributes
    ----------
    footprint
    names
        Whose each document is.
    is_constant : array of shape (establishments,)
        Whether it is on the constant perimeter.
    """

    footprint: Footprint
    names: Sequence[str]
    is_constant: Bools


@dataclass(frozen=True, slots=True)
class SharedLines:
    """What of the constant perimeter two years can be compared by; masks are of shape (lines,), before and after.

    Attributes
    ----------
    in_sections
        Lines that are bound, in sections that the same entity has in both years.
    compared
        Of these, the lines that the other year tells or could have told.
    sections
        How many sections one year alone has.
    """

    in_sections: tuple[Bools, Bools]
    compared: tuple[Bools, Bools]
    sections: int

    @property
    def untold(self) -> int:
        """How many lines the other year leaves out: it declares their post excluded, or refuses the line."""
        return sum(
            int(np.count_nonzero(wide & ~kept)) for wide, kept in zip(self.in_sections, self.compared, strict=True)
        )


def shared_lines(before: YearLines, after: YearLines) -> SharedLines:
    """Lines of two years that can be compared.

    Notes
    -----
    A post that an establishment declares excluded, and in which none of its lines reports, is left out of that year:
    what the other year has in it is neither an increase nor a reduction. So is a line that one year gives and that is
    refused there.
    """
    number: dict[str, int] = {}
    codes = [
        np.array([number.setdefault(name, len(number)) for name in side.names], dtype=np.int64)
        for side in (before, after)
    ]
    keys = [_section_keys(side, code, len(number)) for side, code in zip((before, after), codes, strict=True)]
    is_there = np.zeros((2, len(number) * _SIZE + 1), dtype=np.bool_)
    for place, key in enumerate(keys):
        is_there[place, key] = True
    is_there[:, -1] = False
    in_both = is_there[0] & is_there[1]
    in_sections = tuple(in_both[key] for key in keys)
    left_out = [
        _excluded_posts(side.footprint, code, len(number)) for side, code in zip((before, after), codes, strict=True)
    ]
    compared = []
    for here, other in ((0, 1), (1, 0)):
        side = (before, after)[here]
        is_untold = _reports_in(side.footprint, left_out[other][codes[here]])
        is_untold |= _refused_in(side, (before, after)[other])
        compared.append(in_sections[here] & ~is_untold)
    alone = int(np.count_nonzero((is_there[0] | is_there[1]) & ~in_both))
    return SharedLines((in_sections[0], in_sections[1]), (compared[0], compared[1]), alone)


def _section_keys(side: YearLines, code: Int64s, entities: int) -> NDArray[np.int32]:
    """One number for the section of an entity that each line is in; past the last off the perimeter, and if refused."""
    footprint = side.footprint
    inventory, binding = footprint.inventory, footprint.binding
    key = code.astype(np.int32)[inventory.establishment]
    key *= _SIZE
    key += inventory.section
    is_medicine = np.array([rung is not None for rung in footprint.rung_of_pair], dtype=np.bool_)[binding.pair]
    key[is_medicine] += _MEDICINES - inventory.section[is_medicine]
    key[~(side.is_constant[inventory.establishment] & binding.computed)] = entities * _SIZE
    return key


def _excluded_posts(footprint: Footprint, code: Int64s, entities: int) -> Int64s:
    """BEGES posts that each entity declares excluded and that no line of it reports in, one bit each."""
    bit = {row.code: 1 << place for place, row in enumerate(view("beges").rows)}
    is_empty = np.isnan(footprint.row_totals("beges"))
    found = np.zeros(entities, dtype=np.int64)
    for place, establishment in enumerate(footprint.inventory.establishments):
        empty = dict(zip(bit, is_empty[place].tolist(), strict=True))
        for entry in establishment.declaration.get("excluded_posts", ()):
            if empty[entry["post"]]:
                found[code[place]] |= bit[entry["post"]]
    return found


def _reports_in(footprint: Footprint, posts: Int64s) -> Bools:
    """Whether each line reports in one of the posts given for its establishment, one bit each."""
    if not posts.any():
        return np.zeros(len(footprint.inventory), dtype=np.bool_)
    reports = footprint.binding.row_coefficients("beges") != 0
    of_pair = (1 << np.arange(len(reports))) @ reports
    return np.asarray((of_pair[footprint.binding.pair] & posts[footprint.inventory.establishment]) != 0)


def _refused_in(side: YearLines, other: YearLines) -> Bools:
    """Whether each line is one that the other year gives and that is refused there."""
    refused: dict[tuple[str, int], set[str]] = {}
    for name, section, line_id in _refused(other):
        refused.setdefault((name, section), set()).add(line_id)
    inventory = side.footprint.inventory
    place_of = {name: place for place, name in enumerate(side.names)}
    found = np.zeros(len(inventory), dtype=np.bool_)
    starts = inventory.first_lines if refused else ()
    for (name, section), ids in refused.items():
        if name in place_of:
            first, last = starts[place_of[name] : place_of[name] + 2]
            rows = first + np.flatnonzero(inventory.section[first:last] == section)
            found[rows] = [inventory.ids[row] in ids for row in rows.tolist()]
    return found


def _refused(year: YearLines) -> Iterator[tuple[str, int, str]]:
    """Entity, section and id of each line that binding refuses, or that could not be read."""
    footprint = year.footprint
    inventory = footprint.inventory
    for row in np.flatnonzero(~footprint.binding.computed).tolist():
        yield year.names[inventory.establishment[row]], int(inventory.section[row]), inventory.ids[row]
    name_of = {
        establishment.file: name for establishment, name in zip(inventory.establishments, year.names, strict=True)
    }
    for problem in inventory.set_aside:
        section = problem.pointer.split("/")[1:2]
        if problem.line_id and problem.file in name_of and section[0] in SECTIONS:
            yield name_of[problem.file], SECTIONS.index(section[0]), problem.line_id
