"""The one place that knows where packaged data lies."""

import csv
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
    """Rows of a UTF-8 CSV file with a header, as dictionaries of text; a short row ends in blanks."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = csv.reader(stream)
        header = next(rows, [])
        blanks = [""] * len(header)
        for row in rows:
            if row:
                yield dict(zip(header, row if len(row) >= len(header) else row + blanks, strict=False))
