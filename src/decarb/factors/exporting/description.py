"""What every export says of itself: where it comes from, what it leaves out, under which licences."""

from collections.abc import Iterable
from typing import Any

import orjson

from decarb import __version__
from decarb.factors.library import FactorLibrary, factor_value

CITATION = "CITATION.txt"


def without_value(library: FactorLibrary, gwp_set: str) -> tuple[str, ...]:
    """Ids of the factors that cannot be computed in a GWP set: it lacks one of their gases."""
    return tuple(name for name, factor in library.by_id.items() if factor_value(library, factor, gwp_set) is None)


def stamp(library: FactorLibrary, form: str, gwp_set: str, files: Iterable[str]) -> dict[str, Any]:
    """Where an export comes from: engine, layers with their digests, GWP set, what that set leaves out.

    It holds no date: the same library gives the same bytes.
    """
    return {
        "kind": "export",
        "export": form,
        "engine": __version__,
        "gwp_set": gwp_set,
        "digest": library.digest,
        "layers": [
            {"name": layer.name, "version": layer.version, "factors": layer.factors, "digest": layer.digest}
            for layer in library.layers
        ],
        "without_value": list(without_value(library, gwp_set)),
        "files": sorted(files),
    }


def licences(library: FactorLibrary) -> list[dict[str, str]]:
    """Licences of the publications, as data packages list them."""
    stated = {(source.licence, source.licence_url) for source in library.sources.values() if source.licence}
    return [{"title": title, "path": url} if url else {"name": title, "title": title} for title, url in sorted(stated)]


def json_bytes(document: Any) -> bytes:
    """Write a document as indented JSON."""
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
