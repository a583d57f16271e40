"""Lines as typed tables for other tools: Parquet, the units of columns in their metadata."""

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from decarb.footprint import Footprint

if TYPE_CHECKING:
    import pyarrow as pa

_NUMBERS = {"quantity", "factor_quantity", "gsd2"}
_FLAGS = {"operated", "paid", "monetary", "retroceded"}
_WHOLE = {"rung"}


def lines_parquet(footprint: Footprint) -> bytes:
    """One row per line, as the CSV of lines has them, null where unknown; the digest of the library in its metadata."""
    said = {
        "gwp_set": footprint.binding.gwp_set,
        "library_digest": footprint.library.digest,
        "partial": str(footprint.is_partial).lower(),
    }
    return parquet_bytes(list(footprint.line_records()), said)


def parquet_bytes(records: Sequence[Mapping[str, Any]], said: Mapping[str, str]) -> bytes:
    """Parquet of records of the same fields.

    Parameters
    ----------
    said
        What the file says of itself, as metadata under ``decarb.``.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = list(records[0]) if records else []
    fields = [_field(name) for name in names]
    schema = pa.schema(fields, metadata={f"decarb.{name}": text for name, text in said.items()})
    stream = io.BytesIO()
    pq.write_table(pa.Table.from_pylist([dict(record) for record in records], schema=schema), stream)
    return stream.getvalue()


def _field(name: str) -> "pa.Field":
    """Column by its name: what ends in a unit is a number in it."""
    import pyarrow as pa

    if "kgco2e" in name or name.startswith("post_"):
        return pa.field(name, pa.float64(), metadata={"unit": "kg CO2e"})
    if name in _NUMBERS or name.endswith(("_value", "_gsd2", "_percent")):
        return pa.field(name, pa.float64())
    if name in _FLAGS:
        return pa.field(name, pa.bool_())
    return pa.field(name, pa.int32() if name in _WHOLE or name.startswith("factor_quality_") else pa.string())
