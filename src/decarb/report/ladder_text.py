"""Medicines by the rung of the ladder that they stand on, and what would lift them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from decarb.footprint import Footprint
from decarb.language import format_number, mark, translate
from decarb.medicines import DIRECT, rungs
from decarb.report.grid import aligned, decimals_of, tonnes
from decarb.uncertainty import OnRung, medicines_by_rung

if TYPE_CHECKING:
    from decarb.medicines import Priced

_RELEASED = mark("gases that they release, direct emissions")


def rung_name(rung: int, language: str) -> str:
    """Name of a rung, or of the gases that are released."""
    return translate(_RELEASED, language) if rung == DIRECT else rungs()[rung].name(language)


def rung_records(footprint: Footprint, view_name: str = "beges") -> list[dict[str, Any]]:
    """Medicines by rung as data; released gases have no rung."""
    return [
        {
            "rung": found.rung or None,
            "key": rungs()[found.rung].key if found.rung else "released",
            "lines": found.lines,
            "products": found.products,
            "emissions_kgco2e": found.emissions_kgco2e,
            "interval_95_kgco2e": [found.interval.low, found.interval.high],
            **_needs(found.rung),
        }
        for found in medicines_by_rung(footprint, view_name)
    ]


def _needs(rung: int) -> dict[str, str | None]:
    """What would lift a line of this rung by one, in both languages; None on the first and of released gases."""
    above = rungs()[rung - 1] if rung > 1 else None
    return {"lift_en": above.needs_en if above else None, "lift_fr": above.needs_fr if above else None}


def pricing_record(priced: "Priced", language: str) -> dict[str, Any]:
    """How the ladder priced a line: its rung, how its figure is made, why no better one holds, what would lift it."""
    return {
        "rung": priced.rung or None,
        "name": rung_name(priced.rung, language),
        "shared_gsd2": priced.factor.gsd2,
        "line_gsd2": priced.factor.line_gsd2,
        "why": [problem.message(language) for problem in priced.why],
        "passed": [problem.message(language) for problem in priced.passed],
        "lift": priced.lift.message(language) if priced.lift else None,
    }


def rungs_text(footprint: Footprint, view_name: str, language: str) -> Iterator[str]:
    """Table of the rungs, nothing where no medicine is counted; then what would lift the largest of them."""
    found = medicines_by_rung(footprint, view_name)
    if not found:
        return
    decimals = decimals_of(footprint.total(view_name))
    titles = (
        mark("Rung"),
        mark("Medicines priced by"),
        mark("Lines"),
        mark("Products"),
        mark("t CO2e"),
        mark("95 % interval"),
    )
    rows = [[translate(title, language) for title in titles]]
    rows += [_row(on_rung, decimals, language) for on_rung in found]
    yield aligned(rows, left=(0, 1), total=False)
    yield from _lift(found, language)
    made = [on_rung for on_rung in found if on_rung.rung != DIRECT]
    if len(made) > 1:
        yield translate(
            "Rungs are not comparable: a line that changes rung has not changed its emissions (decarb compare).",
            language,
        )
    if any(1 <= on_rung.rung <= 5 for on_rung in made):
        yield translate(
            "Rungs 1 to 5 leave out research and corporate activities, about 30 % of the sector; 6 and 7 hold them.",
            language,
        )


def _row(found: OnRung, decimals: int, language: str) -> list[str]:
    low, high = (tonnes(bound, language, decimals) for bound in (found.interval.low, found.interval.high))
    return [
        str(found.rung) if found.rung != DIRECT else "–",
        rung_name(found.rung, language),
        format_number(found.lines, language, 0),
        format_number(found.products, language, 0) if found.rung else "",
        tonnes(found.emissions_kgco2e, language, decimals),
        f"[{low} ; {high}]",
    ]


def _lift(found: tuple[OnRung, ...], language: str) -> Iterator[str]:
    """What would lift the rung that emits most."""
    liftable = [on_rung for on_rung in found if on_rung.rung > 1]
    if liftable:
        largest = max(liftable, key=lambda on_rung: on_rung.emissions_kgco2e)
        above = rungs()[largest.rung - 1]
        needs = above.needs_fr if language == "fr" else above.needs_en
        yield translate("To lift rung {rung} to {above}: {needs}. One line: decarb explain.", language).format(
            rung=largest.rung, above=above.number, needs=needs
        )
