"""An amount of gas as a buyer writes it: "12 bottles desflurane 240 mL", "2 cadres protoxyde 9x47 L", "1,4 kg N2O".

Nothing is guessed: what may be read in two ways, or holds a word that is not understood, is refused with the choices.
"""

import difflib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from decarb.errors import Problem, Term, UsageError
from decarb.language import mark
from decarb.medicines.gas_tables import GasProduct, products
from decarb.units import conversion_factor

_NUMBER = r"\d+(?:[.,]\d+)?"
_MEASURE = re.compile(
    rf"(?<![\w.,])(?:(?P<times>\d+)\s*[x*×]\s*)?(?P<value>{_NUMBER})\s*(?P<unit>ml|cl|dl|l|litres?|liters?|m3|kg|g|t)\b"
)
_COUNT = re.compile(rf"(?<![\w.,])({_NUMBER})(?!\S)")
_PRESSURE = re.compile(r"\b(\d+)\s*bars?\b")
_CODE = re.compile(r"\b34009\d{8}\b")
_UNITS = {"ml": "mL", "cl": "cL", "dl": "dL", "l": "L", "m3": "m3", "kg": "kg", "g": "g", "t": "t"}
_CONTAINERS = {
    "bottle": "bottle", "bottles": "bottle", "flacon": "bottle", "flacons": "bottle",
    "cylinder": "cylinder", "cylinders": "cylinder", "obus": "cylinder",
    "bouteille": "container", "bouteilles": "container",
    "frame": "frame", "frames": "frame", "cadre": "frame", "cadres": "frame",
    "box": "box", "boxes": "box", "boite": "box", "boites": "box",
}  # fmt: skip
CONTAINER_NAMES = (mark("bottle"), mark("cylinder"), mark("frame"))
"""What gas comes in."""
_FILLERS = frozenset(("of", "de", "d", "du", "des", "en", "a", "at", "la", "le", "the", "medical", "medicinal")) | {
    "liquid",
    "liquide",
}
_HALF_AND_HALF = re.compile(r"\b50\s*%?\s*/\s*50\b\s*%?")
_NEGATIVE = re.compile(r"(?:^|\s)-\s*\d")
_THOUSANDS = re.compile(r"\b\d{1,3}(?:[, ]\d{3})+\b(?=\s*(?:ml|cl|dl|l|m3|kg|g|t)\b)|\b\d{1,3}(?:,\d{3})+\b")
_GASEOUS = {"gas", "gaz", "gaseous", "gazeux"}


@dataclass(frozen=True, slots=True)
class GasAmount:
    """An amount as it was understood.

    Attributes
    ----------
    text
        As it was written.
    product
        The gas bought; None for a box named by its code.
    code
        CIP13 of a box, else blank.
    count
        How many containers or boxes; 1 for a bare amount.
    container
        ``bottle``, ``cylinder``, ``frame``, ``box``, or blank for a bare amount.
    size_litre
        Liquid in a bottle, or water volume of a cylinder [L].
    cylinders
        Cylinders in a frame.
    mass_kg
        Mass given, in each container if there is one [kg].
    gas_m3
        Volume of gas given, in each container if there is one [m3].
    """

    text: str
    product: GasProduct | None
    code: str
    count: float
    container: str
    size_litre: float | None
    cylinders: int
    mass_kg: float | None
    gas_m3: float | None


def read_amount(text: str) -> GasAmount:
    """Read an amount of gas written in English or French.

    Raises
    ------
    UsageError
        If no gas or two are named, no amount is said, a word is not understood, or it may be read in two ways.
    """
    rest = _HALF_AND_HALF.sub(" ", _plain(text))
    if _NEGATIVE.search(rest):
        raise _refused("gas-amount-not-positive", text)
    thousands = _THOUSANDS.search(rest)
    if thousands:
        choices = [re.sub("[, ]", "", thousands[0])]
        if "," in thousands[0]:
            choices.append(thousands[0].replace(",", "."))
        raise _refused("gas-number-ambiguous", text, number=thousands[0], choices=choices)
    code = _CODE.search(rest)
    if code:
        return _boxes(text, code[0], rest.replace(code[0], " "))
    product, rest = _product(text, rest)
    measures, rest = _measures(rest)
    count, container, gaseous = _container(text, rest, product)
    return _amount(text, product, measures, count, container, gaseous)


def _boxes(text: str, code: str, rest: str) -> GasAmount:
    count, container, _ = _container(text, rest, None)
    if container not in ("", "box"):
        raise _refused("gas-code-counts-boxes", text, cip13=code)
    return GasAmount(text, None, code, _positive(text, count or 1.0), "box", None, 1, None, None)


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.replace("\u2019", "'").replace("×", "x")).casefold()
    folded = "".join(character for character in folded if not unicodedata.combining(character))
    return " ".join(folded.split())


def _product(text: str, rest: str) -> tuple[GasProduct, str]:
    """Gas named, the longest spelling first, and what is left of the words."""
    pressure = _PRESSURE.search(rest)
    if pressure:
        rest = _PRESSURE.sub(lambda found: found[1], rest)
    spelled = sorted(
        ((spelling, product) for product in products().values() for spelling in product.spellings),
        key=lambda pair: -len(pair[0]),
    )
    found: dict[str, GasProduct] = {}
    for spelling, product in spelled:
        rest, count = re.subn(rf"(?<!\w){re.escape(spelling)}(?!\w)", " ", rest)
        if count:
            found[product.id] = product
    if pressure:
        rest = re.sub(rf"(?<![\w.,]){pressure[1]}(?!\S)", " ", rest, count=1)
    if len(found) == 1:
        (product,) = found.values()
        return _of_pressure(text, product, pressure[1] if pressure else ""), rest
    if found:
        raise _refused("gas-two-named", text, choices=[_named(product) for product in found.values()])
    names = [spelling for spelling, _ in spelled]
    nearest = [near for word in rest.split() for near in difflib.get_close_matches(word, names, 1, 0.7)]
    if re.search(r"\bantasol\b", rest):
        raise _refused("gas-ambiguous", text, choices=["Antasol 135", "Antasol 180"])
    raise _refused(
        "gas-not-named", text, nearest=nearest, known=[product.spellings[0] for product in products().values()]
    )


def _of_pressure(text: str, product: GasProduct, pressure: str) -> GasProduct:
    """Mixture at the pressure that the words say."""
    if not pressure or product.state != "mixture":
        return product
    if product.id != "meopa-170" and not product.id.endswith(pressure):
        raise _refused("gas-pressure", text, pressure=pressure, choices=[_named(product)])
    chosen = products().get(f"meopa-{pressure}")
    if chosen is None:
        known = [name.removeprefix("meopa-") + " bar" for name in products() if name.startswith("meopa-")]
        raise _refused("gas-pressure", text, pressure=pressure, choices=known)
    return chosen


def _measures(rest: str) -> tuple[list[tuple[int | None, float, str]], str]:
    """Numbers with a unit: how many times, value, unit; and what is left of the words."""
    found = []
    for match in _MEASURE.finditer(rest):
        unit = "L" if match["unit"].startswith("lit") else _UNITS[match["unit"]]
        times = int(match["times"]) if match["times"] else None
        found.append((times, float(match["value"].replace(",", ".")), unit))
    return found, _MEASURE.sub(" ", rest)


def _container(text: str, rest: str, product: GasProduct | None) -> tuple[float | None, str, bool]:
    """Count, container and whether a volume is said to be of gas; every word left must be understood."""
    numbers = _COUNT.findall(rest)
    words = [word for word in re.split(r"[^\w]+", _COUNT.sub(" ", rest)) if word]
    kinds = [_CONTAINERS[word] for word in words if word in _CONTAINERS]
    unread = [word for word in words if word not in _CONTAINERS and word not in _FILLERS and word not in _GASEOUS]
    if unread or len(numbers) > 1 or len(kinds) > 1:
        raise _refused("gas-words-unread", text, words=unread or numbers[1:] or kinds[1:])
    kind = kinds[0] if kinds else ""
    if kind == "container" or (kind == "bottle" and product is not None and product.state != "liquid"):
        kind = "bottle" if product is not None and product.state == "liquid" else "cylinder"
    return (float(numbers[0].replace(",", ".")) if numbers else None), kind, bool(_GASEOUS & set(words))


def _amount(
    text: str,
    product: GasProduct,
    measures: Sequence[tuple[int | None, float, str]],
    count: float | None,
    container: str,
    gaseous: bool,
) -> GasAmount:
    masses = [value * (conversion_factor(unit, "kg") or 0.0) for _, value, unit in measures if unit in ("kg", "g", "t")]
    cubic = [value for _, value, unit in measures if unit == "m3"]
    litres = [
        (times, value * (conversion_factor(unit, "L") or 0.0))
        for times, value, unit in measures
        if unit in ("mL", "cL", "dL", "L")
    ]
    if len(masses) > 1 or len(cubic) > 1 or len(litres) > 1 or (masses and cubic):
        raise _refused("gas-amount-twice", text)
    if not measures and not container:
        raise _refused("gas-amount-missing", text)
    for value in (*masses, *cubic, *(value for _, value in litres)):
        _positive(text, value)
    times, size = litres[0] if litres else (None, None)
    liquid = product.state == "liquid"
    if container == "box":
        raise _refused("gas-box-without-code", text)
    if (liquid and container in ("cylinder", "frame")) or (not liquid and container == "bottle"):
        raise _refused("gas-not-in-such", text, gas=_named(product), container=Term(container))
    if liquid and (cubic or gaseous):
        raise _refused("gas-liquid-by-volume-of-gas", text, gas=_named(product))
    if not container and times and not masses and not cubic:
        container, count, times = ("bottle" if liquid else "cylinder"), (count or 1.0) * times, None
    if not container and count is not None:
        raise _refused("gas-words-unread", text, words=[f"{count:g}"])
    gas_m3 = cubic[0] if cubic else None
    if not container and size is not None and not liquid:
        if not gaseous or masses or cubic:
            raise _refused("gas-volume-ambiguous", text, gas=_named(product), size=f"{size:g}")
        gas_m3, size = size / 1000, None
    number = 1.0 if count is None else count
    if container != "frame" and times:
        number, times = number * times, None
    return GasAmount(
        text, product, "", _positive(text, number), container, size, times or 1, masses[0] if masses else None, gas_m3
    )


def _positive(text: str, value: float) -> float:
    if not value > 0:
        raise _refused("gas-amount-not-positive", text)
    return value


def _named(product: GasProduct) -> str:
    return product.spellings[0]


def _refused(code: str, text: str, **parameters: object) -> UsageError:
    return UsageError([Problem(code, {"value": text, **parameters})])
