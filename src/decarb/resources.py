"""The one place that knows where packaged data lies."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parent
CHECKOUT = PACKAGE.parent.parent


def data_folder(name: str) -> Path:
    """Folder `name` (``emission_factors``, ``schemas``): inside the wheel, else in the checkout."""
    packaged = PACKAGE / name
    return packaged if packaged.is_dir() else CHECKOUT / name


def data_file(name: str) -> Path:
    """Nomenclature file `name` that belongs to the code itself."""
    return PACKAGE / "data" / name


def locale_folder() -> Path:
    """Folder of the compiled gettext catalogues."""
    return PACKAGE / "locale"


def read_rows(path: Path) -> Iterator[dict[str, str]]:
    """Rows of a UTF-8 CSV file with a header, as dictionaries of text.

    Raises
    ------
    ValueError
        If a row has more or fewer cells than the header, or the file is not CSV.
    UnicodeDecodeError
        If it is not UTF-8.
    """
    return parse_rows(path.read_bytes().decode("utf-8-sig"))


def parse_rows(text: str, delimiter: str = ",") -> Iterator[dict[str, str]]:
    """Rows of CSV text with a header; ValueError as ``read_rows`` says."""
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        header = [name.strip() for name in next(rows, [])]
        for row in rows:
            if row and len(row) != len(header):
                raise ValueError(f"row {rows.line_num}: {len(row)} / {len(header)}")
            if row:
                yield dict(zip(header, row, strict=True))
    except csv.Error as error:
        raise ValueError(f"row {rows.line_num}: {error}") from None
