"""The table of submissions: the log as Parquet, with what counts today, for those who read the columns without us."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from decarb.national.store import disk
from decarb.national.store.layout import Store
from decarb.national.store.ledger import Ledger, Submission
from decarb.national.store.parts import table_bytes

if TYPE_CHECKING:
    import pyarrow as pa

_UNTIL = b"decarb.until"
"""Key of the metadata under which the table says how far the log had come."""


def submissions_table(ledger: Ledger) -> "pa.Table":
    """One row a submission, refused ones too."""
    import pyarrow as pa

    text, number, flag = pa.string(), pa.int32(), pa.bool_()
    columns: dict[str, tuple[Any, Callable[[Submission], Any]]] = {
        "submission": (number, lambda one: one.number),
        "receipt": (text, lambda one: one.id),
        "verdict": (text, lambda one: one.verdict),
        "current": (flag, ledger.counts),
        "supersedes": (number, lambda one: one.supersedes or None),
        "superseded_by": (number, lambda one: ledger.successor.get(one.number)),
        "year": (number, lambda one: one.year),
        "start": (text, lambda one: one.period[0] or None),
        "end": (text, lambda one: one.period[1] or None),
        "entity": (text, lambda one: one.entity or None),
        "name": (text, lambda one: one.establishment.name if one.establishment else None),
        "finess_et": (text, _identity("finess_et")),
        "finess_ej": (text, _identity("finess_ej")),
        "siret": (text, _identity("siret")),
        "category": (text, _identity("category")),
        "legal_status": (text, _identity("legal_status")),
        "region": (text, lambda one: one.region or None),
        "department": (text, _identity("department")),
        "beds": (pa.float64(), _denominator("bed")),
        "hospital_days": (pa.float64(), _denominator("hospital_day")),
        "stays": (pa.float64(), _denominator("stay")),
        "floor_area_m2": (pa.float64(), _denominator("m2")),
        "fte": (pa.float64(), _denominator("fte")),
        "lines": (number, lambda one: one.lines),
        "submitted_at": (text, lambda one: one.at),
        "submitted_by": (text, lambda one: one.by),
        "file": (text, lambda one: one.file),
        "sha256": (text, lambda one: one.digest or None),
        "engine": (text, lambda one: one.engine),
    }
    schema = pa.schema([(name, kind) for name, (kind, _) in columns.items()], {_UNTIL: str(ledger.last).encode()})
    arrays = [pa.array(list(map(value, ledger.submissions)), kind) for kind, value in columns.values()]
    return pa.table(arrays, schema=schema)


def _identity(name: str) -> Callable[[Submission], Any]:
    return lambda one: one.establishment.identity.get(name) if one.establishment else None


def _denominator(name: str) -> Callable[[Submission], Any]:
    return lambda one: one.establishment.denominators.get(name) if one.establishment else None


def covers_until(store: Store) -> int:
    """Number of the last submission in the table; zero where there is none, or it cannot be read."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return until(pq.read_schema(_existing(store.submissions)))
    except (OSError, pa.ArrowException):
        return 0


def until(schema: "pa.Schema") -> int:
    """Number of the last submission that a table of this schema holds; zero where it does not say."""
    said = (schema.metadata or {}).get(_UNTIL, b"0")
    return int(said) if said.isdigit() else 0


def _existing(path: Path) -> Path:
    path.stat()
    return path


def write_table(store: Store, ledger: Ledger) -> None:
    """Write the table of submissions instead of what is there."""
    draft = store.drafts / store.submissions.name
    disk.remove(draft)
    disk.write(draft, table_bytes(submissions_table(ledger)))
    disk.place(draft, store.submissions)
    disk.settle((store.folder,))
