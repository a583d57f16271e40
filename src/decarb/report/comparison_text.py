"""Two versions of a library, and what the second would do to a footprint, to read and as data."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from decarb.comparison import KeptCopy, LibraryEffect, LineChange, kept_copies
from decarb.factors import Factor
from decarb.factors.comparing import Change, Comparison
from decarb.factors.records import Layer
from decarb.language import format_number, format_significant, mark, translate
from decarb.report.factor_text import unit_text

MOST_SHOWN = 20


def comparison_document(comparison: Comparison, effect: LibraryEffect | None, language: str) -> dict[str, Any]:
    """Everything that differs, unrounded [kg CO2e per unit; kg CO2e]."""
    document: dict[str, Any] = {
        "before": _layer(comparison.before),
        "after": _layer(comparison.after),
        "same": comparison.is_same,
        "added": [{"id": factor.id, "name": factor.name(language)} for factor in comparison.added],
        "retired": [{"id": factor.id, "name": factor.name(language)} for factor in comparison.retired],
        "changed": [
            {
                "id": change.factor.id,
                "name": change.factor.name(language),
                "value_before": change.value_before,
                "value_after": change.value_after,
                "ratio": change.ratio,
                "columns": {name: list(texts) for name, texts in change.columns.items()},
            }
            for change in comparison.changed
        ],
        "unchanged": comparison.unchanged,
        "others": list(comparison.others),
    }
    if effect is not None:
        document["footprint"] = _effect(effect, comparison, language)
    return document


def _layer(layer: Layer) -> dict[str, Any]:
    return {"name": layer.name, "version": layer.version, "digest": layer.digest, "factors": layer.factors}


def _effect(effect: LibraryEffect, comparison: Comparison, language: str) -> dict[str, Any]:
    return {
        "before_kgco2e": effect.before.total(),
        "after_kgco2e": effect.after.total(),
        "like_for_like_kgco2e": list(effect.like_for_like_kgco2e),
        "kept_copies": [asdict(copy) for copy in kept_copies(effect, comparison)],
        "partial": effect.after.is_partial,
        "by_factor_kgco2e": effect.by_factor(),
        "lines": [
            {
                "line": line.line,
                "factor_before": line.factor_before,
                "factor_after": line.factor_after,
                "before_kgco2e": line.before_kgco2e,
                "after_kgco2e": line.after_kgco2e,
                "effect_kgco2e": line.effect_kgco2e,
                "problems": [problem.to_dict(language) for problem in line.problems],
            }
            for line in effect.lines
        ],
    }


def comparison_text(
    comparison: Comparison, effect: LibraryEffect | None, language: str, everything: bool = False
) -> str:
    """What is added, retired and changed, the largest first; then what it does to a footprint."""
    most = None if everything else MOST_SHOWN
    lines = [f"{_named(comparison.before)} -> {_named(comparison.after)}"]
    if effect is not None:
        lines += [*_effect_lines(effect, comparison, language, most), ""]
    if comparison.is_same:
        lines.append(translate(mark("the same {count} factors"), language).format(count=comparison.unchanged))
    of_value = [change for change in comparison.changed if change.is_of_value]
    described = [change for change in comparison.changed if not change.is_of_value]
    lines += _section(mark("{count} added"), [_factor(f, language) for f in comparison.added], most, language)
    lines += _section(mark("{count} retired"), [_factor(f, language) for f in comparison.retired], most, language)
    lines += _section(mark("{count} changed in value"), [_value(c, language) for c in of_value], most, language)
    lines += _section(mark("{count} changed in words"), [_words(c) for c in described], most, language)
    lines += _section(mark("{count} other figures that differ"), comparison.others, most, language)
    return "\n".join(lines) + "\n"


def _signed(value: float, language: str, decimals: int) -> str:
    return f"{'+' if value > 0 else ''}{format_number(value, language, decimals)}"


def _named(layer: Layer) -> str:
    return f"{layer.name} {layer.version} ({layer.digest[:12]})".replace("  ", " ")


def _section(title: str, rows: Sequence[str], most: int | None, language: str) -> list[str]:
    if not rows:
        return []
    shown = list(rows[:most])
    left = len(rows) - len(shown)
    more = [translate(mark("... and {count} more (--all)"), language).format(count=left)] if left else []
    return [translate(title, language).format(count=len(rows)), *(f"  {row}" for row in (*shown, *more))]


def _factor(factor: Factor, language: str) -> str:
    return f"{factor.id}  {factor.name(language)}"


def _value(change: Change, language: str) -> str:
    texts = [
        "–" if value is None else f"{format_significant(value, language, 6)}/{unit_text(factor)}"
        for value, factor in ((change.value_before, change.before), (change.value_after, change.factor))
    ]
    ratio = change.ratio
    percent = "" if ratio is None else f"  ({_signed((ratio - 1) * 100, language, 1)} %)"
    return f"{change.factor.id}  {' -> '.join(texts)}{percent}  {change.factor.name(language)}"


def _words(change: Change) -> str:
    return f"{change.factor.id}  {', '.join(change.columns)}"


def _effect_lines(effect: LibraryEffect, comparison: Comparison, language: str, most: int | None) -> list[str]:
    refused = [
        f"{line.line}: {' '.join(problem.message(language) for problem in line.problems)}"
        for line in effect.newly_refused
    ]
    moved = [_moved(line, language) for line in effect.lines if line.effect_kgco2e is not None]
    gained = [_gained(line, language) for line in effect.lines if line.before_kgco2e is None]
    title = _FOOTPRINT_OF_BOTH if refused or gained else _FOOTPRINT
    before, after = effect.like_for_like_kgco2e
    lines = [translate(title, language).format(before=_tonnes(before, language), after=_tonnes(after, language))]
    if before:
        lines[0] += f" ({_signed((after / before - 1) * 100, language, 2)} %)"
    if refused:
        lost = effect.before.total() - before
        lines.append(translate(_LOST, language).format(amount=_tonnes(lost, language)))
    lines += _section(mark("{count} lines refused with the second library"), refused, most, language)
    lines += _section(mark("{count} lines computed with the second library only"), gained, most, language)
    lines += _section(mark("{count} lines that move"), moved, most, language)
    copies = [_copy(copy, language) for copy in kept_copies(effect, comparison)]
    lines += _section(_COPIES, copies, most, language)
    if not effect.lines and not copies:
        lines.append(translate(mark("no line moves"), language))
    return lines


_FOOTPRINT = mark("footprint: {before} -> {after} t CO2e")
_FOOTPRINT_OF_BOTH = mark("footprint of the lines that both compute: {before} -> {after} t CO2e")
_LOST = mark("not computable with the second library: {amount} t CO2e of the first")
_COPIES = mark("{count} packaged copies of elements that change keep their value; with the new one:")


def _tonnes(amount: float, language: str) -> str:
    return format_number(amount / 1000, language, 1)


def _copy(copy: KeptCopy, language: str) -> str:
    """A copy, what the new value would do, and the id to write in the lines to take it."""
    effect = _signed(copy.effect_kgco2e / 1000, language, 3)
    return f"{effect} t  {copy.factor} ({_signed((copy.ratio - 1) * 100, language, 1)} %)  -> {copy.element}"


def _gained(line: LineChange, language: str) -> str:
    return f"{_tonnes(line.after_kgco2e or 0.0, language)} t  {line.line}  {line.factor_after}"


def _moved(line: LineChange, language: str) -> str:
    effect = _signed((line.effect_kgco2e or 0.0) / 1000, language, 3)
    names = dict.fromkeys((line.factor_before or "", line.factor_after or ""))
    return f"{effect} t  {line.line}  {' -> '.join(names)}"
