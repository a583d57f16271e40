"""Text and BibTeX to cite a library with: the software, each layer, the publications behind the figures."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING

from decarb import __version__
from decarb.errors import UsageError
from decarb.language import format_significant, mark, translate
from decarb.resources import data_folder, read_rows

if TYPE_CHECKING:
    from decarb.factors.library import FactorLibrary
    from decarb.factors.records import Factor, Layer, Source

SOFTWARE_URL = "https://github.com/decarb-health/decarb"

_SOFTWARE = mark(
    "decarb {version}, the carbon and climate-adaptation engine of the French health system. "
    "The decarb developers. Licence: Apache-2.0."
)
_RELEASE = mark("{name}: {factors} factors, sha256 {digest}.")
_STACK = mark("Digest of the whole, in JSON results and exports: {digest}.")
_OURS = mark("decarb factor library {version}")
_PUBLICATIONS = mark("Publications behind the figures, with the attribution that each asks for:")
_VERSION = mark("Version {version}")
_LICENCE = mark("Licence: {licence}")
_ATTRIBUTION = mark("Attribution: {attribution}")


def citation(library: "FactorLibrary", factors: Iterable[str] | None = None, language: str = "en") -> str:
    """Cite the software, each layer with its version, date and digest, then the publications.

    Parameters
    ----------
    factors
        Ids, aliases or series to cite, with their publications; every publication of the library by default.
    language
        ``en`` or ``fr``, of the words around titles and licences.

    Raises
    ------
    UsageError
        If nothing is called one of `factors`.
    """

    def word(text: str) -> str:
        return translate(text, language)

    lines = [word(_SOFTWARE).format(version=__version__)]
    for layer in library.layers:
        name = _layer_name(layer, language)
        lines.append(word(_RELEASE).format(name=name, factors=layer.factors, digest=layer.digest))
    lines += [word(_STACK).format(digest=library.digest), ""]
    if factors is not None:
        factors = list(factors)
        lines += [*(f"- {_factor(library, factor, language)}" for factor in _named(library, factors)), ""]
    lines.append(word(_PUBLICATIONS))
    lines += [f"- {_reference(source, language)}" for source in publications(library, factors)]
    return "\n".join(lines) + "\n"


def bibtex(library: "FactorLibrary", factors: Iterable[str] | None = None) -> str:
    """Entries of a BibTeX file (UTF-8) for what ``citation`` cites; errors as it says."""
    entries = [
        (
            f"decarb-{__version__}",
            {
                "title": "decarb: the carbon and climate-adaptation engine of the French health system",
                "author": "The decarb developers",
                "note": f"Version {__version__}. Licence: Apache-2.0",
                "url": SOFTWARE_URL,
            },
        ),
        *((f"{layer.name}-factors-{layer.version}", _layer_fields(layer)) for layer in library.layers),
        *((source.id, _source_fields(source)) for source in publications(library, factors)),
    ]
    keys = _distinct_keys(name for name, _ in entries)
    return "\n".join(_entry(key, fields) for key, (_, fields) in zip(keys, entries, strict=True))


def publications(library: "FactorLibrary", factors: Iterable[str] | None = None) -> tuple["Source", ...]:
    """Publications that factors rest on, in the order of the library; errors as ``citation`` says.

    Those of a released gas are the ones of its GWP in every set, and of its composition if it is a blend.
    """
    if factors is None:
        return tuple(library.sources.values())
    used = {name for factor in _named(library, factors) for name in _sources_of(library, factor)}
    return tuple(source for name, source in library.sources.items() if name in used)


def _factor(library: "FactorLibrary", factor: "Factor", language: str) -> str:
    """One factor: id, name, value in AR6, element and day of its source."""
    from decarb.factors.library import factor_value

    value = factor_value(library, factor)
    unit = " ".join([factor.unit.name, *factor.unit.bases, str(factor.unit.price_year or "")]).strip()
    said = f"{format_significant(value, language, 9)} kg CO2e/{unit}" if value is not None else ""
    where = " ".join(filter(None, (factor.source_reference, factor.source_date)))
    return ". ".join(filter(None, (f"{factor.id}: {factor.name(language)}", said, where))) + "."


def _named(library: "FactorLibrary", names: Iterable[str]) -> Iterator["Factor"]:
    from decarb.factors.selection import unknown_factor

    problems = []
    for name in names:
        pinned = library.find(name)
        found = (pinned,) if pinned else library.members(name)
        if not found:
            problems.append(unknown_factor(library, name))
        yield from found
    if problems:
        raise UsageError(problems)


def _sources_of(library: "FactorLibrary", factor: "Factor") -> Iterator[str]:
    yield factor.source
    if factor.model == "gwp":
        components = dict(library.compositions.get(factor.substance, ())) or {factor.substance: 1.0}
        yield from (figure.source for (name, _), figure in library.gwp.items() if name in components)
        yield from _composition_sources().get(factor.substance, ())


@cache
def _composition_sources() -> dict[str, set[str]]:
    # a library keeps the fractions of its blends without their sources; only the packaged one has blends
    sources: dict[str, set[str]] = {}
    for row in read_rows(data_folder("emission_factors") / "compositions.csv"):
        sources.setdefault(row["blend"], set()).add(row["source"])
    return sources


def _layer_name(layer: "Layer", language: str) -> str:
    name = translate(_OURS, language).format(version=layer.version) if layer.name == "decarb" else ""
    name = name or f"{layer.name} {layer.version}".strip()
    return f"{name} ({layer.released})" if layer.released else name


def _reference(source: "Source", language: str) -> str:
    """One publication: title, publisher, version, date, address, licence, attribution."""
    attribution = source.attribution if source.attribution != source.title else ""
    said = (
        source.title,
        source.publisher,
        translate(_VERSION, language).format(version=source.version) if source.version else "",
        source.date if source.date != source.version else "",
        source.url,
        translate(_LICENCE, language).format(licence=source.licence) if source.licence else "",
        translate(_ATTRIBUTION, language).format(attribution=attribution) if attribution else "",
    )
    return ". ".join(filter(None, said)) + "."


def _layer_fields(layer: "Layer") -> dict[str, str]:
    year, _, month = layer.released[:7].partition("-")
    return {
        "title": _layer_name(layer, "en"),
        "author": "The decarb developers" if layer.name == "decarb" else "",
        "year": year,
        "month": month.lstrip("0"),
        "note": f"{layer.factors} factors, sha256 {layer.digest}",
        "url": SOFTWARE_URL if layer.name == "decarb" else "",
    }


def _source_fields(source: "Source") -> dict[str, str]:
    said = (
        f"Version {source.version}" if source.version else "",
        f"Licence: {source.licence}" if source.licence else "",
        source.attribution,
    )
    dated = re.match(r"\d{4}", source.date)
    return {
        "title": source.title,
        "author": source.publisher,
        "year": dated[0] if dated else "",
        "note": ". ".join(filter(None, said)),
        "url": source.url,
    }


def _distinct_keys(names: Iterable[str]) -> list[str]:
    """Citation keys: what BibTeX accepts of each name, numbered where two become the same."""
    keys: list[str] = []
    for name in names:
        key = kept = re.sub(r"[^A-Za-z0-9.:_-]+", "-", name).strip("-") or "source"
        number = 1
        while key in keys:
            number += 1
            key = f"{kept}-{number}"
        keys.append(key)
    return keys


_AS_IT_STANDS = ("title", "author")
"""Fields in double braces: they keep their capitals, and an institution is one author."""


def _entry(key: str, fields: dict[str, str]) -> str:
    written = [f"  {name} = {{{_field(name, text)}}},\n" for name, text in fields.items() if text]
    return f"@misc{{{key},\n{''.join(written)}}}\n"


def _field(name: str, text: str) -> str:
    if name == "url":
        return _address(text)
    return f"{{{_escaped(text)}}}" if name in _AS_IT_STANDS else _escaped(text)


# BibTeX counts an escaped brace as a brace
_SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    **{character: f"\\{character}" for character in "&%$#_"},
}


def _escaped(text: str) -> str:
    return "".join(_SPECIAL.get(character, character) for character in " ".join(text.split()))


def _address(url: str) -> str:
    """Address verbatim, as the field is read: only what would unbalance the braces is encoded."""
    return "".join(f"%{ord(c):02X}" if c in "{}\\ " else c for c in url)
