"""Tables of ``emission_factors/medicines``, by name."""

from collections.abc import Iterator

from decarb.resources import data_folder, read_rows


def medicine_table(name: str) -> Iterator[dict[str, str]]:
    """Rows of ``emission_factors/medicines/{name}.csv``, as text."""
    return read_rows(data_folder("emission_factors") / "medicines" / f"{name}.csv")
