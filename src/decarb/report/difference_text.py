"""Two footprints side by side, as a text and as a document."""

from collections.abc import Iterator
from typing import Any

from decarb.comparison import Difference
from decarb.errors import printable
from decarb.footprint import Footprint
from decarb.language import mark, translate
from decarb.report.grid import aligned, decimals_of
from decarb.report.ladder_text import rung_name, rung_records
from decarb.report.words import Words
from decarb.reporting import view
from decarb.uncertainty import medicines_by_rung

FORMAT = "1.0"

_KINDS = {
    "quantities": mark("same lines, other quantities"),
    "factors": mark("same lines, other factors"),
    "method": mark("counted another way (euros or quantities, another rung)"),
    "released": mark("gases that medicines release, which euros do not show"),
    "coverage": mark("euros of medicines that one of the two does not count"),
    "ended": mark("lines that only the first has"),
    "new": mark("lines that only the second has"),
}


def difference_document(difference: Difference, view_name: str) -> dict[str, Any]:
    """Everything of the comparison, unrounded [kg CO2e]."""
    return {
        "format": FORMAT,
        "view": view_name,
        "gwp_set": [side.binding.gwp_set for side in (difference.before, difference.after)],
        "before": _side(difference.before),
        "after": _side(difference.after),
        "rows": [
            {"code": row.code, "before_kgco2e": row.before_kgco2e, "after_kgco2e": row.after_kgco2e}
            for row in difference.rows
        ],
        "difference_kgco2e": difference.total_kgco2e,
        "interval_95_kgco2e": [difference.interval.low, difference.interval.high],
        "effects": [
            {"kind": effect.kind, "emissions_kgco2e": effect.emissions_kgco2e, "lines": effect.lines}
            for effect in difference.effects
        ],
        "of_method_kgco2e": difference.of_method_kgco2e,
    }


def _side(footprint: Footprint) -> dict[str, Any]:
    return {
        "establishments": [
            dict(e.identity) | {"start": e.start, "end": e.end} for e in footprint.inventory.establishments
        ],
        "total_kgco2e": footprint.total(),
        "partial": footprint.is_partial,
        "medicines": rung_records(footprint),
    }


def difference_text(difference: Difference, view_name: str, language: str) -> str:
    """Posts side by side, medicines by rung, and what the difference is made of."""
    blocks = _Blocks(difference, view_name, language)
    shown = [blocks.heading(), blocks.posts(), blocks.medicines(), "\n".join(blocks.causes())]
    return "\n\n".join(block for block in shown if block) + "\n"


class _Blocks:
    """The blocks of the text, in one language and with one number of decimals."""

    def __init__(self, difference: Difference, view_name: str, language: str) -> None:
        self._difference = difference
        self._view = view_name
        self._words = Words(language, decimals_of(max(difference.before.total(), difference.after.total())))

    def _tonnes(self, kilograms: float | None) -> str:
        return "" if kilograms is None else self._words.tonnes(kilograms)

    def _signed(self, kilograms: float | None) -> str:
        shown = self._tonnes(kilograms)
        return f"+{shown}" if kilograms and kilograms > 0 and not shown.startswith("≈") else shown

    def heading(self) -> str:
        sides = (self._difference.before, self._difference.after)
        return "\n".join(
            f"{title}: {_name(side, self._words.language)}" for title, side in zip(self._titles(), sides, strict=True)
        )

    def _titles(self) -> tuple[str, str]:
        return self._words.say(mark("First")), self._words.say(mark("Second"))

    def posts(self) -> str:
        names = {
            row.code: row.name_fr if self._words.language == "fr" else row.name_en for row in view(self._view).rows
        }
        rows = [["", self._words.say(mark("Post")), *self._titles(), self._words.say(mark("Difference"))]]
        for row in self._difference.rows:
            change = (row.after_kgco2e or 0.0) - (row.before_kgco2e or 0.0)
            name = names[row.code]
            shown = name if len(name) <= 44 else name[:43] + "…"
            amounts = [self._tonnes(row.before_kgco2e), self._tonnes(row.after_kgco2e), self._signed(change)]
            rows.append([row.code, shown, *amounts])
        totals = [side.total(self._view) for side in (self._difference.before, self._difference.after)]
        difference = self._signed(totals[1] - totals[0])
        rows.append(["", self._words.say(mark("TOTAL")), *map(self._tonnes, totals), difference])
        return aligned(rows, left=(0, 1))

    def medicines(self) -> str:
        """Medicines by rung in both; nothing where neither has any."""
        sides = [
            {found.rung: found for found in medicines_by_rung(side, self._view)}
            for side in (self._difference.before, self._difference.after)
        ]
        numbers = sorted(set(sides[0]) | set(sides[1]))
        if not numbers:
            return ""
        title = self._words.say(mark("Medicines, by rung"))
        rows = [["", title, *self._titles()]]
        for number in numbers:
            amounts = [self._tonnes(side[number].emissions_kgco2e if number in side else None) for side in sides]
            rows.append([str(number) if number else "–", rung_name(number, self._words.language), *amounts])
        return aligned(rows, left=(0, 1), total=False)

    def causes(self) -> Iterator[str]:
        difference = self._difference
        low, high = (self._signed(bound) for bound in (difference.interval.low, difference.interval.high))
        yield self._words.say(
            mark("The second is {change} t CO2e from the first; 95 % interval of the difference [{low} ; {high}]."),
            change=self._signed(difference.total_kgco2e),
            low=low,
            high=high,
        )
        for effect in difference.effects:
            lines = self._words.say(mark("{count} line(s)"), count=self._words.number(effect.lines))
            yield f"  {self._signed(effect.emissions_kgco2e):>12}  {self._words.say(_KINDS[effect.kind])}  ({lines})"
        if any(effect.kind in ("method", "released", "coverage", "factors") for effect in difference.effects):
            yield self._words.say(
                mark(
                    "{amount} t of it is another way to count, neither a reduction nor an increase of what is emitted; "
                    "count both years the same way before a trend is shown."
                ),
                amount=self._signed(difference.of_method_kgco2e),
            )
        sets = {side.binding.gwp_set for side in (difference.before, difference.after)}
        if len(sets) > 1:
            yield self._words.say(
                mark("The two use different GWP sets ({sets}): give --gwp."), sets=", ".join(sorted(sets))
            )


def _name(footprint: Footprint, language: str) -> str:
    establishments = footprint.inventory.establishments
    first = establishments[0]
    several = translate("{count} establishments", language).format(count=len(establishments))
    name = printable(first.name) if len(establishments) == 1 else several
    start, end = min(e.start for e in establishments), max(e.end for e in establishments)
    return f"{name} — {start} … {end}"
