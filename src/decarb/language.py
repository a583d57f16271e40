"""French and English from one gettext catalogue, and numbers written as each language writes them."""

import gettext
import os
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cache

from decarb.resources import locale_folder

DOMAIN = "decarb"
LANGUAGES = ("fr", "en")
_ENOUGH_DIGITS = Context(prec=400)  # any float64 with its decimals


def mark(message: str) -> str:
    """Mark `message` for extraction; it is translated where it is shown."""
    return message


def default_language(environment: Mapping[str, str] = os.environ) -> str:
    """Language of the locale: English if it says so, French otherwise."""
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = environment.get(variable, "")
        if value:
            return "en" if value.lower().startswith("en") else "fr"
    return "fr"


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, locale_folder(), languages=[language], fallback=True)


def translate(message: str, language: str) -> str:
    """Text of `message` in `language` (``fr`` or ``en``)."""
    return _catalogue(language).gettext(message) if message else ""


def format_number(value: float, language: str, decimals: int = 0) -> str:
    r"""Write `value` with `decimals` digits, rounded half up from its shortest decimal form.

    >>> format_number(1.085, "en", 2), format_number(1234567.5, "fr")
    ('1.09', '1\u202f234\u202f568')
    """
    rounded = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP, _ENOUGH_DIGITS)
    text = f"{abs(rounded) if rounded == 0 else rounded:,f}"
    if language == "fr":
        text = text.replace(",", "\u202f").replace(".", ",")
    return text


def format_significant(value: float, language: str, digits: int = 6) -> str:
    """Write `value` with at most `digits` significant digits and no trailing zeros.

    >>> format_significant(0.0382, "fr"), format_significant(1e6, "en")
    ('0,0382', '1,000,000')
    """
    number = Decimal(repr(float(value)))
    if number == 0:
        return "0"
    exponent = number.adjusted() - digits + 1
    decimals = max(0, -exponent)
    text = format_number(float(number), "en", min(decimals, 15))
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace(",", "\u202f").replace(".", ",") if language == "fr" else text


def labelled(label: str, text: str, language: str) -> str:
    """Put a translated label before a text, with the colon as `language` writes it."""
    colon = "\u00a0: " if language == "fr" else ": "
    return translate(label, language) + colon + text
