"""Text to cite a library with, and the publications that its figures come from."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decarb.factors.library import FactorLibrary


def citation(library: "FactorLibrary", factors: Iterable[str] | None = None) -> str:
    """Cite each layer with its version and digest, then the publications behind the factors asked for."""
    wanted = None if factors is None else set(factors)
    used = {source for name, source in library.cells("id", "source") if wanted is None or name in wanted}
    lines = [
        f"{f'decarb factor library {layer.version}' if layer.name == 'decarb' else layer.name} "
        f"({layer.factors} factors, sha256 {layer.digest})."
        for layer in library.layers
    ]
    for name in sorted(used):
        source = library.sources[name]
        details = ", ".join(filter(None, (source.publisher, source.version, source.date)))
        lines.append(f"{source.title}. {details}. {source.licence}. {source.url} [{source.attribution}]".strip())
    return "\n".join(lines) + "\n"
