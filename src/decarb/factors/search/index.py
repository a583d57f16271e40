"""What a library is searched with: its texts, and what is built of them once, when it is first needed."""

from functools import cached_property
from typing import TYPE_CHECKING

from decarb.factors.records import source_alias
from decarb.factors.search.texts import FactorTexts, factor_texts

if TYPE_CHECKING:
    from decarb.factors.library import FactorLibrary
    from decarb.factors.search.engine import TextIndex


class SearchIndex:
    """Texts of the factors in use, and what finds words in them."""

    def __init__(self, texts: FactorTexts) -> None:
        self.texts = texts

    @classmethod
    def of(cls, library: "FactorLibrary") -> "SearchIndex":
        """Return the index of `library`; no factor is decoded."""
        return cls(factor_texts(library))

    def __reduce__(self) -> tuple[type["SearchIndex"], tuple[FactorTexts]]:
        """Copy and pickle the texts: the engine is built of them again."""
        return SearchIndex, (self.texts,)

    @cached_property
    def engine(self) -> "TextIndex":
        """Full-text index; its library loads with it, so that filters alone do without."""
        from decarb.factors.search.engine import TextIndex

        return TextIndex(self.texts)

    @cached_property
    def rows_by_name(self) -> dict[str, list[int]]:
        """Rows by what names them: id, series, id at the source, alias (``base-carbone:43642``), without case."""
        rows: dict[str, list[int]] = {}
        for row, (name, series, source, source_id) in enumerate(self.texts.rows("id", "series", "source", "source_id")):
            for text in {name, series, source_id, source_alias(source, source_id)} - {""}:
                rows.setdefault(text.casefold(), []).append(row)
        return rows

    @cached_property
    def twins(self) -> list[list[int]]:
        """Rows of the same element of a source: one as packaged, the others as imported."""
        rows: dict[str, list[int]] = {}
        for row, (source, source_id) in enumerate(self.texts.rows("source", "source_id")):
            if source_id:
                rows.setdefault(source_alias(source, source_id), []).append(row)
        return [alike for alike in rows.values() if len(alike) > 1]
