"""Import of the public medicines database: its folder in, one Parquet file out, with an account of every row."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from decarb.errors import InvalidLibraryError, Problem, UsageError, unreadable
from decarb.medicines.bdpm.assembling import Account, Row, assemble
from decarb.medicines.bdpm.files import (
    COMPOSITIONS,
    FORMS,
    GENERIC_GROUPS,
    MAJOR_INTEREST,
    OTHERS,
    BdpmFiles,
    read_folder,
)
from decarb.resources import collector_paused
from decarb.writing import check_file, in_place

if TYPE_CHECKING:
    import pyarrow as pa

KIND = "medicines"
LICENCE = "Licence Ouverte / Open Licence 2.0"
ATTRIBUTION = "ANSM, base de données publique des médicaments"
URL = "https://base-donnees-publique.medicaments.gouv.fr/"

_TEXTS = (
    "cip7",
    "cip13",
    "label",
    "administrative_status",
    "marketing",
    "declaration_date",
    "collectivities",
    "reimbursement",
    "price_without_fee",
    "price",
    "fee",
    "indications",
    "indications_text",
    "unit",
    "container",
    "material",
    "content_unit",
    "units_reason",
    "mass_reason",
)
_NUMBERS = (
    "price_eur",
    "price_without_fee_eur",
    "fee_eur",
    "reimbursed_share",
    "content",
    "doses",
    "active_mass_mg",
)
_SPECIALITY_TEXTS = (
    "name",
    "form",
    "authorisation_status",
    "procedure",
    "marketing",
    "authorisation_date",
    "database_status",
    "european_number",
    "reinforced_surveillance",
)


@dataclass(frozen=True, slots=True)
class Imported:
    """An import: the files it read, the account of their rows, what it says of its origin."""

    files: BdpmFiles
    account: Account
    provenance: Mapping[str, Any]
    rows: int


def import_bdpm(folder: Path, out: Path, *, version: str = "", force: bool = False) -> Imported:
    """Import the files of a folder into a Parquet file, whole or not at all.

    Parameters
    ----------
    version
        Version of the files, such as their month (``2026-07``); by default the newest day of a declaration in them.

    Raises
    ------
    UsageError
        If `out` exists and `force` is false, is one of the files that are read, or cannot be written.
    InvalidLibraryError
        As ``read_folder`` says.
    """
    import pyarrow.parquet as pq

    if out.resolve() in (path.resolve() for path in files_read(folder)):
        raise UsageError([Problem("output-is-input", {"value": str(out)})])
    check_file(out, force)
    with collector_paused():
        files = read_folder(folder)
        rows, account = assemble(files)
        provenance = provenance_of(files, account, version)
        table = as_table(rows).replace_schema_metadata({"decarb": json.dumps(provenance, ensure_ascii=False)})
    with in_place(out) as draft:
        pq.write_table(table, draft, compression="zstd")
    return Imported(files, account, provenance, table.num_rows)


def files_read(folder: Path) -> list[Path]:
    """Paths of the files of a folder that an import reads; none where there is no such folder."""
    names = {name.lower() for name in (*(form.name for form in FORMS), *OTHERS)}
    found = folder.iterdir() if folder.is_dir() else ()
    return [path for path in found if path.name.lower() in names]


def provenance_of(files: BdpmFiles, account: Account, version: str) -> dict[str, Any]:
    """What an import says of its origin, stored with it."""
    from decarb import __version__

    return {
        "kind": KIND,
        "base": "bdpm",
        "version": version or account.newest_declaration,
        "newest_declaration": account.newest_declaration,
        "files": [
            {"name": found.name, "sha256": found.sha256, "encoding": found.encoding, "rows": len(found.rows)}
            for found in files.all_files()
        ],
        "decarb": __version__,
        "publisher": "ANSM",
        "url": URL,
        "licence": LICENCE,
        "attribution": ATTRIBUTION,
    }


def as_table(rows: Sequence[Row]) -> "pa.Table":
    """Rows as an Arrow table: text, numbers, and lists of records."""
    import pyarrow as pa

    return pa.Table.from_pylist(list(rows), schema=_schema())


def _schema() -> "pa.Schema":
    import pyarrow as pa

    text, texts = pa.string(), pa.list_(pa.string())

    def records(columns: Sequence[str]) -> "pa.DataType":
        return pa.list_(pa.struct([(name, text) for name in columns if name != "cis"]))

    speciality = pa.struct([*((name, text) for name in _SPECIALITY_TEXTS), ("routes", texts), ("holders", texts)])
    return pa.schema(
        [
            ("kind", text),
            ("cis", text),
            *((name, text) for name in _TEXTS),
            *((name, pa.float64()) for name in _NUMBERS),
            ("units", pa.int32()),
            ("marketed", pa.bool_()),
            ("specialities", pa.list_(speciality)),
            ("compositions", records(COMPOSITIONS.columns)),
            ("substances", texts),
            ("generic_groups", records(GENERIC_GROUPS.columns)),
            ("major_interest", records(MAJOR_INTEREST.columns)),
            ("atc", text),
            ("atc_origin", text),
            ("other_files", pa.list_(pa.struct([("file", text), ("cells", texts)]))),
        ]
    )


def read_imported(path: Path) -> tuple[list[Row], dict[str, Any]]:
    """Rows of an imported database, and what it says of its origin.

    Raises
    ------
    InvalidLibraryError
        If the file cannot be read, or decarb did not write it.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path, columns=[name for name in _schema().names if name not in _UNREAD])
    except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
        raise InvalidLibraryError([unreadable(path, error)]) from None
    except (OSError, pa.ArrowException):
        raise InvalidLibraryError([Problem("medicines-not-imported", {}, file=str(path))]) from None
    said = (table.schema.metadata or {}).get(b"decarb", b"{}")
    provenance = json.loads(said)
    if provenance.get("kind") != KIND:
        raise InvalidLibraryError([Problem("medicines-not-imported", {}, file=str(path))])
    return table.to_pylist(), provenance


_UNREAD = {"indications", "indications_text", "compositions", "major_interest", "other_files"}
"""Columns that nothing derived needs."""
