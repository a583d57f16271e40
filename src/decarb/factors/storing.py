"""Write a library as a folder of tables with its data package."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from decarb import __version__
from decarb.factors.columns import LIBRARY_TABLES, column_dictionary, frictionless_resource
from decarb.factors.package import file_hash, seal
from decarb.resources import Table, read_table, write_table
from decarb.writing import PACKAGE, check_folder, in_place


def store(
    folder: Path, tables: Mapping[str, Table], description: Mapping[str, Any], digest: str, *, replace: bool = False
) -> None:
    """Write the tables of a sound library as a folder, whole or not at all.

    Parameters
    ----------
    tables
        Those of a library, and those of its import (``set_aside``, ``findings``).
    description
        Fields of ``datapackage.json`` to start with: name, title, version, licences.
    digest
        That of the library, known from its check.
    replace
        Whether an earlier library there may go.

    Raises
    ------
    UsageError
        If `folder` is taken, or cannot be written.
    """
    check_folder(folder, "library", replace)
    with in_place(folder) as draft:
        draft.mkdir()
        for name, table in tables.items():
            write_table(draft / f"{name}.csv", table)
        write_package(draft, tables, description, digest)


def write_package(folder: Path, tables: Mapping[str, Table], description: Mapping[str, Any], digest: str) -> None:
    """Write ``datapackage.json``: what each column holds, the hash of each file, the digest of the library.

    The tables must be sound: their readers trust the stamp.
    """
    library = {name: table for name, table in tables.items() if name in LIBRARY_TABLES}
    resources = []
    for name in tables:
        content = (folder / f"{name}.csv").read_bytes()
        resource = _with_references(frictionless_resource(name), name, library)
        resources.append(resource | {"hash": file_hash(content), "bytes": len(content)})
    files = sorted([PACKAGE, *(f"{name}.csv" for name in tables)])
    hashes = {resource["name"]: resource["hash"] for resource in resources}
    stamp = {
        **description.get("decarb", {}),
        "engine": __version__,
        "digest": digest,
        "seal": seal(__version__, digest, hashes),
        "kind": "library",
        "files": files,
    }
    document = {**description, "decarb": stamp, "resources": resources}
    (folder / PACKAGE).write_bytes(orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


def _with_references(resource: dict[str, Any], name: str, library: Mapping[str, Table]) -> dict[str, Any]:
    """Add the foreign keys that a validator can follow: single values, to tables of the same folder."""
    keys = []
    for column in column_dictionary()[name]:
        table, _, field = column.references.partition(".")
        if table in library and column.type != "list" and column.stored:
            keys.append({"fields": [column.name], "reference": {"resource": table, "fields": [field]}})
    if keys:
        resource["schema"]["foreignKeys"] = keys
    return resource


def restamp(folder: Path) -> None:
    """Bring ``datapackage.json`` up to date after the tables were edited by hand, every row checked."""
    from decarb.factors.tables import read_tables

    description = orjson.loads((folder / PACKAGE).read_bytes())
    description.pop("resources", None)
    description.pop("decarb", None)
    (folder / PACKAGE).write_bytes(orjson.dumps(description))
    names = [name for name in column_dictionary() if (folder / f"{name}.csv").is_file()]
    digest = read_tables(folder, None).layers[-1].digest
    write_package(folder, {name: read_table(folder / f"{name}.csv") for name in names}, description, digest)
