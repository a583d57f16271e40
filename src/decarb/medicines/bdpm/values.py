"""Cells of the public medicines database as values."""

import re

from decarb.folding import fold


def euros(text: str) -> float | None:
    """Price [EUR], whose last comma is the decimal: ``1,466,29`` is 1466.29; None where the cell says none.

    >>> euros("1,466,29"), euros("24,34"), euros("")
    (1466.29, 24.34, None)
    """
    whole, _, cents = text.replace(" ", "").rpartition(",")
    digits = whole.replace(",", "") or "0"
    return float(f"{digits}.{cents}") if digits.isdigit() and cents.isdigit() else None


def share(text: str) -> float | None:
    """Rate of reimbursement as a share: ``65%`` and ``65 %`` are 0.65; None where the cell says none.

    >>> share("65 %"), share("")
    (0.65, None)
    """
    found = re.fullmatch(r"(\d+) ?%", text)
    return int(found[1]) / 100 if found else None


def day(text: str) -> str:
    """Day as ISO 8601; "" where the cell is not one of the calendar's form.

    >>> day("16/03/2011")
    '2011-03-16'
    """
    found = re.fullmatch(r"(\d\d)/(\d\d)/(\d{4})", text)
    return f"{found[3]}-{found[2]}-{found[1]}" if found else ""


def plain_text(text: str) -> str:
    """Text without the HTML of the indications.

    >>> plain_text("Indiqu&eacute; dans :<br>- l'asthme")
    "Indiqué dans : - l'asthme"
    """
    from html import unescape

    return " ".join(unescape(re.sub(r"<[^<>]*>", " ", text)).split())


def folded(text: str) -> str:
    """Upper case without accents or double spaces: how names of substances are compared.

    >>> folded("Paracétamol  (DC90)")
    'PARACETAMOL (DC90)'
    """
    return " ".join(fold(text).upper().split())


def parts(text: str) -> list[str]:
    """Items of a cell that separates them by semicolons."""
    return [item.strip() for item in text.split(";") if item.strip()]
