"""Numbers and grids as a terminal shows them."""

import unicodedata

from decarb.language import format_number


def decimals_of(total_kgco2e: float) -> int:
    """One decimal of a tonne; none in a total of ten thousand tonnes and more."""
    return 0 if abs(total_kgco2e) >= 1e7 else 1


def tonnes(kilograms: float, language: str, decimals: int = 1) -> str:
    """Kilograms shown in tonnes; what rounds to zero without being zero is marked so."""
    shown = format_number(kilograms / 1000, language, decimals)
    return "≈0" if kilograms and shown == format_number(0.0, language, decimals) else shown


def aligned(rows: list[list[str]], left: tuple[int, ...], *, total: bool = True) -> str:
    """Rows as a grid with a line under the first and, if it is a total, over the last; columns of `left` are text."""
    widths = [max(width_of(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for number, row in enumerate(rows):
        cells = [
            cell + " " * (width - width_of(cell)) if column in left else " " * (width - width_of(cell)) + cell
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
        if number == 0 or (total and number == len(rows) - 2):
            lines.append("─" * (sum(widths) + 2 * (len(widths) - 1)))
    return "\n".join(lines)


def width_of(text: str) -> int:
    """Columns of a terminal that a text takes."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text if not unicodedata.combining(c))
