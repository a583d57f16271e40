"""What the words of the Base Carbone mean in decarb's terms: categories, posts, places, gases, validity."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache

from decarb.errors import UnknownUnitError
from decarb.factors.importers.delimited import decimal_number, folded, mended
from decarb.factors.importers.places import country
from decarb.factors.records import GWP_SETS
from decarb.factors.rows import MAXIMUM_UNCERTAINTY_PERCENT
from decarb.resources import data_file, data_folder, read_rows, read_table
from decarb.units import Unit, is_currency, parse_factor_unit

VOCABULARY = "base-carbone"


@dataclass(frozen=True, slots=True)
class Category:
    """What the elements of a category serve."""

    domain: str
    activities: str
    default_activity: str
    default_operated: str


_OTHER = Category("purchases", "other", "other", "")


@lru_cache(maxsize=10_000)
def category(path: str, name: str) -> tuple[Category, bool]:
    """Terms of the longest known beginning of a category's path, and whether there was one.

    A row of the table may hold for the elements whose name starts with its ``name`` only.
    """
    for beginning in _beginnings(path):
        for start, found in _categories().get(beginning, ()):
            if folded(name).startswith(start):
                return found, True
    return _OTHER, False


@cache
def _categories() -> dict[str, list[tuple[str, Category]]]:
    """Rows by path, those with a name first."""
    found: dict[str, list[tuple[str, Category]]] = {}
    for row in read_rows(data_file("base_carbone_categories.csv")):
        terms = Category(row["domain"], row["activities"], row["default_activity"], row["default_operated"])
        found.setdefault(folded_path(row["category"]), []).append((folded(row["name"]), terms))
    return {path: sorted(rows, key=lambda row: -len(row[0])) for path, rows in found.items()}


@lru_cache(maxsize=10_000)
def folded_path(path: str) -> str:
    """Path of a category with each of its steps folded."""
    return " > ".join(folded(step) for step in path.split(">"))


@lru_cache(maxsize=10_000)
def _beginnings(path: str) -> tuple[str, ...]:
    """The path and what it starts with, the longest first; ``PRG à 100 ans issus du 6e...`` by its first words."""
    steps = folded_path(path).split(" > ")
    steps = [re.sub(r"^(prga100ans).*", r"\1", step) for step in steps]
    return tuple(" > ".join(steps[:length]) for length in range(len(steps), -1, -1))


@lru_cache(maxsize=10_000)
def stage(path: str, kind: str, label: str) -> str:
    """Stage of a post: the most specific of category, type and label; blank if its type is not known."""
    for beginning in (*_beginnings(path), ""):
        for wanted in (folded(label), ""):
            found = _stages().get((beginning, folded(kind), wanted))
            if found:
                return found
    return ""


@lru_cache(maxsize=10_000)
def is_release(path: str) -> bool:
    """Whether a category holds gases released, each published as its GWP."""
    return any("prga100ans" in step for step in folded_path(path).split(" > "))


@cache
def _stages() -> dict[tuple[str, str, str], str]:
    return {
        (folded_path(row["category"]), folded(row["type"]), folded(row["name"])): row["stage"]
        for row in read_rows(data_file("base_carbone_posts.csv"))
    }


@dataclass(frozen=True, slots=True)
class Place:
    """Geography codes, what they leave unsaid (a town, a network), and whether the place was recognised."""

    codes: tuple[str, ...]
    locality: str = ""
    known: bool = True


_OVERSEAS = ("GP", "MQ", "GF", "RE", "YT", "PM", "BL", "MF", "WF", "PF", "NC")


@lru_cache(maxsize=10_000)
def place(location: str, sub_location: str) -> Place:
    """Place of an element; Corsica is filed under ``Outre-mer``, foreign countries under their name."""
    within = folded(location)
    if within == "francecontinentale":
        return _in_mainland(sub_location)
    if within == "outremer":
        return _overseas(sub_location)
    code = {"monde": "WORLD", "europe": "EUROPE"}.get(within, "WORLD")
    if not sub_location:
        return Place((code,), known=within in ("monde", "europe"))
    found = "ASIA" if folded(sub_location) == "asie" else country(sub_location)
    return Place((found,)) if found else Place((code,), sub_location, known=False)


def _in_mainland(sub_location: str) -> Place:
    name = folded(sub_location)
    if name == "france":
        return Place(("FR",))
    if name == "corse":
        return Place(("FR-20R",))
    return Place(("FR-MAINLAND",), sub_location)


def _overseas(sub_location: str) -> Place:
    if not sub_location or folded(sub_location) == "domcom":
        return Place(_OVERSEAS, sub_location)
    codes, unknown = [], []
    # Guadeloupe hors COM is Guadeloupe
    for name in re.split(r"\bhors\b", sub_location)[0].split(","):
        code = _overseas_codes().get(folded(re.sub(r"\bSt\b", "Saint", name)).removeprefix("la"))
        if code:
            codes.append(code)
        else:
            unknown.append(name.strip())
    if codes and not unknown:
        return Place(tuple(codes), sub_location if "hors" in sub_location else "")
    if re.search("tahiti|polynesie", folded(sub_location)):
        return Place(("PF",), sub_location)
    return Place(tuple(codes) or ("FR",), sub_location, known=False)


@cache
def _overseas_codes() -> dict[str, str]:
    rows = read_rows(data_folder("emission_factors") / "geographies.csv")
    return {folded(row["name_fr"]).removeprefix("la"): row["code"] for row in rows if row["parent"] == "FR"}


@lru_cache(maxsize=1_000)
def unit(text: str, domain: str) -> Unit | None:
    """Unit of an element, None if it is not kg CO2e per a known unit.

    A bare kilometre of a transport is one of the vehicle; euros without a tax basis say that they have none;
    waste and bio-CNG, which the factor's name says, are no basis that a line would have to say.
    """
    try:
        found = parse_factor_unit(text, VOCABULARY)
    except UnknownUnitError:
        return None
    name, bases = found.name, tuple(token for token in found.bases if token not in ("waste", "bio-CNG"))
    if name == "km" and domain in ("mobility", "freight"):
        name = "vehicle.km"
    if is_currency(name) and not bases:
        bases = ("tax unstated",)
    return Unit(name, bases, found.price_year)


_STATES = {
    "raw": r"crue?s?",
    "cooked": r"cuite?s?|frite?s?|rôtie?s?|grillée?s?|poêlée?s?|bouillie?s?|braisée?s?|sautée?s?|pochée?s?",
}


def basis(unit: Unit, name: str) -> str:
    """Basis of a unit; net weight is raw or cooked where the food's name says so."""
    state = _state(name) if "net weight" in unit.bases else ""
    return " ".join(filter(None, (*unit.bases, state)))


def _state(name: str) -> str:
    """State that a segment of a food's name starts with: a pizza with raw ham is not raw."""
    segments = re.split(r"\s*[,/]\s*|\s+-\s+", name.lower())
    for state, words in _STATES.items():
        if any(re.match(rf"(?:{words})\b", segment) for segment in segments):
            return state
    return ""


@cache
def _gases() -> tuple[tuple[str, str], ...]:
    return tuple((name, gas) for name, gas in read_table(data_file("base_carbone_gases.csv")).rows)


@lru_cache(maxsize=1_000)
def gas_column(name: str) -> str:
    """Column of a result for a gas by its name; chlorine and bromine are of the Montreal Protocol, not Kyoto."""
    for beginning, gas in _gases():
        if name.startswith(beginning) and (beginning != "R" or re.match(r"R-?\d", name)):
            return gas
    return "outside_kyoto" if re.search(r"chlor|brom", name.lower()) else "other"


@lru_cache(maxsize=1_000)
def published_set(path: str) -> str:
    """GWP set that a category of gases released names (``6eme rapport du GIEC``), blank if none."""
    found = re.search(r"(\d)\s*[eè]me rapport", path)
    return f"AR{found[1]}" if found and f"AR{found[1]}" in GWP_SETS else ""


_MONTHS = {
    "janv": 1, "fevr": 2, "mars": 3, "avr": 4, "mai": 5, "juin": 6,
    "juil": 7, "aout": 8, "sept": 9, "oct": 10, "nov": 11, "dec": 12,
}  # fmt: skip
_EXCEL_EPOCH = date(1899, 12, 30)


@dataclass(frozen=True, slots=True)
class Validity:
    """Last day of validity, blank where none can be read; ``damaged`` is what a spreadsheet made of it."""

    last_day: str
    damaged: bool = False


@lru_cache(maxsize=10_000)
def validity(text: str, created: str) -> Validity:
    """Last day that an element says it is valid, whatever a spreadsheet made of it.

    ``2026-02-24``, ``31/12/2024``, ``2023``, ``Année 2020``, ``déc.-18`` (a month), ``45362`` (a serial number of
    days), ``3 ans`` (from its creation).
    """
    plain = text.strip()
    if not plain:
        return Validity("")
    if match := re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)(?:[ T].*)?", plain):
        return _day(*map(int, match.groups()))
    if match := re.fullmatch(r"(\d\d?)/(\d\d?)/(\d{4})", plain):
        return _day(*map(int, reversed(match.groups())))
    if match := re.fullmatch(r"\D*?((?:19|20)\d\d)", plain):
        return Validity(f"{match[1]}-12-31")
    if match := re.fullmatch(r"([a-z]+)[.\-\s]+(\d\d)", _without_accents(plain)):
        return _end_of_month(_MONTHS.get(match[1]), 2000 + int(match[2]))
    if re.fullmatch(r"\d{5}", plain):
        return Validity((_EXCEL_EPOCH + timedelta(days=int(plain))).isoformat(), damaged=True)
    if match := re.fullmatch(r"(\d+) ans?", plain):
        start = re.match(r"(\d{4})-(\d\d)-(\d\d)", created)
        return _day(int(start[1]) + int(match[1]), int(start[2]), min(int(start[3]), 28)) if start else Validity("")
    return Validity("", damaged=True)


def _day(year: int, month: int, day: int) -> Validity:
    try:
        return Validity(date(year, month, day).isoformat())
    except ValueError:
        return Validity("", damaged=True)


def _end_of_month(month: int | None, year: int) -> Validity:
    if month is None:
        return Validity("", damaged=True)
    following = date(year + month // 12, month % 12 + 1, 1)
    return Validity((following - timedelta(days=1)).isoformat(), damaged=True)


def _without_accents(text: str) -> str:
    return text.lower().translate(str.maketrans("éèûô", "eeuo"))


# a year, and not a distance (2000 - 5000 kms), a power or a bound (>2000)
_YEAR = re.compile(
    r"(?<![\d.,<>=])(?<!\d-)(?<!\d - )(?:19|20)\d\d(?![\d.,]\d|\d)(?!\s*-\s*\d)"
    r"(?!\s*(?:km|kg|kw|m2|m²|m3|tonne|t\b|cm))",
    re.IGNORECASE,
)


@lru_cache(maxsize=50_000)
def data_year(unit: Unit, *texts: str) -> str:
    """Year that the labels of an element name, blank if none or several; the unit of a spend ratio names its own."""
    years = {found for text in texts for found in _YEAR.findall(text)}
    return years.pop() if len(years) == 1 and not unit.price_year else ""


@lru_cache(maxsize=50_000)
def without_year(text: str) -> str:
    """Fold a label to what its vintages have in common; bounds (``<880 kW``) and primes tell models apart."""
    return "".join(folded(piece) or piece for piece in _SIGNS.split(_YEAR.sub("", text)))


_SIGNS = re.compile(r"([<>=+'’])")


@lru_cache(maxsize=100_000)
def label(text: str) -> str:
    """Label without control characters and the layers of quotes that exports wrapped around it, single spaces."""
    while len(text) > 1 and text[0] == text[-1] == '"':
        text = text[1:-1].replace('""', '"')
    if '"' in text:
        text = re.sub(r'"{2,}', '"', text)
        text = text.strip('"') if text.count('"') % 2 else text
    text = " ".join(mended(text).split())
    return text if text.isprintable() else "".join(filter(str.isprintable, text))


@lru_cache(maxsize=100)
def quality_note(text: str) -> str:
    """Quality note from 1 to 5, blank where there is none; 0 says that nobody gave one."""
    found = decimal_number(text)
    return found if found in ("1", "2", "3", "4", "5") else ""


@lru_cache(maxsize=100)
def status(text: str) -> str:
    """Status of a valid element: ``specific`` to one product or programme, else ``generic``."""
    return "specific" if folded(text).endswith("specifique") else "generic"


@lru_cache(maxsize=50_000)
def joined(*texts: str) -> str:
    """Labels that are not blank, each once."""
    return "; ".join(dict.fromkeys(filter(None, map(label, texts))))


@lru_cache(maxsize=50_000)
def keywords(text: str) -> str:
    """Words of a category's path or of tags, as they can be searched."""
    return label(text.replace('"', " "))


def slug(name: str, *unit: str) -> str:
    """Words of a label without years and contrails, and those of its unit, joined by hyphens; bounds are words too."""
    text = _YEAR.sub("", re.sub(r"\b(avec|sans) tra[iî]n[eé]es\b", "", name, flags=re.IGNORECASE))
    text = " ".join((text.replace("<", " moins de ").replace(">", " plus de "), *unit))
    plain = unicodedata.normalize("NFKD", text.replace("œ", "oe").lower())
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    return "-".join(re.findall(r"[a-z0-9]+", plain))


@lru_cache(maxsize=1_000)
def uncertainty(text: str) -> str:
    """Uncertainty [%], blank where it is none that a factor can have."""
    found = decimal_number(text)
    return found if found and 0 <= float(found) <= MAXIMUM_UNCERTAINTY_PERCENT else ""
