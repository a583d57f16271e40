"""Factors, parts and publications as tables: CSV and Parquet folders with their dictionary, or one JSON file."""

import io
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from decarb.factors.citation import citation
from decarb.factors.columns import Column, column_dictionary, frictionless_resource
from decarb.factors.exporting.description import CITATION, json_bytes, licences, stamp
from decarb.factors.frames import factor_frame, part_frame, source_frame
from decarb.factors.library import FactorLibrary
from decarb.writing import PACKAGE, write_file, write_folder

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

TABLES = ("factors", "parts", "sources")
DICTIONARY = "columns"
"""Table of what each column of the others holds."""

_DICTIONARY_COLUMNS = ("table", "name", "type", "unit", "values", "references", "description_en", "description_fr")


def export_csv(library: FactorLibrary, folder: Path, gwp_set: str = "AR6", *, replace: bool = False) -> None:
    """Export to a folder of CSV tables, a Frictionless data package.

    Parameters
    ----------
    folder
        Where to: ``factors``, ``parts``, ``sources`` and their dictionary ``columns``, ``CITATION.txt``.
    gwp_set
        Set of the values and of the parts; a factor that it lacks has a blank value and no part.
    replace
        Whether an earlier export may be replaced; anything else never is.

    Raises
    ------
    UsageError
        If the folder is taken or cannot be written; nothing is left behind.
    """
    write_folder(folder, _files(library, "csv", gwp_set, csv_bytes), "export", replace=replace)


def export_parquet(library: FactorLibrary, folder: Path, gwp_set: str = "AR6", *, replace: bool = False) -> None:
    """Export to a folder of Parquet tables, units and descriptions in the metadata of their columns.

    ``pandas.read_parquet`` gives the frames of ``library.factors()`` and ``library.parts()`` back, with
    their ``attrs``. Parameters and errors as ``export_csv`` has them.
    """
    write_folder(folder, _files(library, "parquet", gwp_set, parquet_bytes), "export", replace=replace)


def export_json(
    library: FactorLibrary,
    path: Path,
    documents: Iterable[Mapping[str, Any]],
    gwp_set: str = "AR6",
    *,
    replace: bool = False,
) -> None:
    """Export to one JSON file: where it comes from under ``decarb``, and ``factors``.

    Parameters
    ----------
    documents
        Factors in the form of ``schemas/factor.schema.json``: ``decarb.report.factor_text.factor_document`` of each.

    Raises
    ------
    UsageError
        If the file is there and `replace` is false, or it cannot be written.
    """
    document = {"decarb": stamp(library, "json", gwp_set, []), "factors": list(documents)}
    write_file(path, json_bytes(document), replace=replace)


def dictionary_frame() -> "pd.DataFrame":
    """Columns of the exported tables: type, unit, what they hold in English and French."""
    import pandas as pd

    rows = [
        (c.table, c.name, c.type, c.unit, "|".join(c.values), c.references, c.description_en, c.description_fr)
        for table in TABLES
        for c in column_dictionary()[table]
    ]
    return pd.DataFrame(rows, columns=list(_DICTIONARY_COLUMNS)).set_index("table").astype("str")


def csv_bytes(_: str, frame: "pd.DataFrame") -> bytes:
    """Write a table as CSV: UTF-8, numbers in their shortest exact form, unknown is blank."""
    return frame.to_csv(lineterminator="\n", index=frame.index.name is not None).encode()


def parquet_bytes(table: str, frame: "pd.DataFrame") -> bytes:
    """Write a table as Parquet, each field with its unit and descriptions as metadata."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    plain = pa.Table.from_pandas(frame)
    described = {column.name: column for column in column_dictionary().get(table, ())}
    fields = [_described(field, described.get(field.name)) for field in plain.schema]
    # pandas reads ``attrs`` from this key, which pyarrow does not write
    kept = {**(plain.schema.metadata or {}), b"PANDAS_ATTRS": json_bytes(frame.attrs)}
    stream = io.BytesIO()
    pq.write_table(plain.cast(pa.schema(fields, metadata=kept)), stream)
    return stream.getvalue()


def _described(field: "pa.Field", column: Column | None) -> "pa.Field":
    if column is None:
        return field
    said = {"unit": column.unit, "description": column.description_en, "description_fr": column.description_fr}
    return field.with_metadata({name: text for name, text in said.items() if text})


def _files(
    library: FactorLibrary, form: str, gwp_set: str, to_bytes: Callable[[str, "pd.DataFrame"], bytes]
) -> dict[str, bytes]:
    frames = {
        "factors": factor_frame(library, gwp_set),
        "parts": part_frame(library, gwp_set),
        "sources": source_frame(library),
        DICTIONARY: dictionary_frame(),
    }
    files = {f"{name}.{form}": to_bytes(name, frame) for name, frame in frames.items()}
    files[CITATION] = citation(library).encode()
    package = {
        "name": "decarb-emission-factors",
        "title": f"Emission factors with their values in {gwp_set}",
        "licenses": licences(library),
        "decarb": stamp(library, form, gwp_set, [*files, PACKAGE]),
        "resources": [_resource(name, form) for name in TABLES],
    }
    return files | {PACKAGE: json_bytes(package)}


_FRICTIONLESS_TYPES = {"number": "number", "integer": "integer"}


def _resource(table: str, form: str) -> dict[str, Any]:
    """Description of an exported table: its columns as they are stored, then the computed ones."""
    resource = frictionless_resource(table)
    resource["schema"]["fields"] += [
        {
            "name": column.name,
            "type": _FRICTIONLESS_TYPES.get(column.type, "string"),
            "description": column.description("en"),
        }
        for column in column_dictionary()[table]
        if not column.stored
    ]
    if form == "csv":
        return resource
    return resource | {"path": f"{table}.{form}", "format": form, "mediatype": f"application/vnd.apache.{form}"}
