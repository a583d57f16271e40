"""What may be priced by the mass of its active substance: synthetic small molecules; and what may not, and why."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from decarb.folding import fold
from decarb.language import mark
from decarb.medicines.figures import figure
from decarb.medicines.packaged import medicine_table
from decarb.medicines.packs import pack_mass

if TYPE_CHECKING:
    from decarb.medicines.products import Product

CLASSES: dict[str, str] = {
    "homeopathy": mark("a homeopathic dilution"),
    "radiopharmaceutical": mark("a radiopharmaceutical"),
    "contrast": mark("a contrast medium"),
    "gas": mark("a medical or anaesthetic gas"),
    "vaccine": mark("a vaccine"),
    "allergen": mark("an allergen"),
    "blood_product": mark("a blood product"),
    "biologic": mark("a biologic"),
    "peptide": mark("a peptide"),
    "nutrition": mark("nutrition"),
    "commodity": mark("a bulk chemical or excipient used as a medicine"),
    "glucose": mark("a sugar solution"),
    "electrolyte": mark("electrolytes"),
    "mineral_or_water": mark("a mineral or water"),
    "plant": mark("a plant extract"),
    "low_dose_injectable": mark(
        "an injectable of low dose, whose pack and sterilisation weigh more than its substance"
    ),
}
"""Classes that keep a medicine off rung 4, the first that holds being the answer, with their names."""

_INJECTED = re.compile(
    r"\b(?:inject|perfusion|parenteral|intravein|sous-cutan|intramuscul|intratheca|peridural|intravitr)"
)
_RANKS = {name: rank for rank, name in enumerate(CLASSES)}


@dataclass(frozen=True, slots=True)
class _Rule:
    """All patterns of a class over one subject; ``alone`` if one such substance sets the class of a mixture."""

    name: str
    subject: str
    alone: bool
    pattern: re.Pattern[str]


_KINDS = {
    "atc": ("atc", "^{}"),
    "form": ("form", r"\b{}\b"),
    "exact": ("substance", "^{}$"),
    "start": ("substance", r"^{}(?!\w)"),
    "word": ("substance", r"(?<!\w){}(?!\w)"),
    "prefix": ("substance", r"\b{}"),
    "suffix": ("substance", r"\w{{3}}{}\b"),
    "regex": ("substance", "{}"),
}
"""What each kind of pattern looks at, and how."""


@cache
def _rules() -> tuple[_Rule, ...]:
    groups: dict[tuple[str, str, bool], list[str]] = {}
    for row in medicine_table("substance_classes"):
        subject, template = _KINDS[row["kind"]]
        text = row["pattern"] if row["kind"] == "regex" else re.escape(row["pattern"])
        groups.setdefault((row["class"], subject, row["alone"] == "yes"), []).append(template.format(text))
    rules = [_Rule(*key, re.compile("|".join(patterns))) for key, patterns in groups.items()]
    return tuple(sorted(rules, key=lambda rule: _RANKS[rule.name]))


def exclusion(product: "Product") -> str:
    """Return the class that keeps a medicine off rung 4, blank for a synthetic small molecule.

    One of ``CLASSES``. A mixture takes the class of a substance that outweighs the others wherever it is (a salt, a
    biologic), and that of minor ones (an amino acid, a trace element, a plant) only if all its substances have a class.
    """
    return product.substance_class or ("low_dose_injectable" if is_low_dose_injectable(product) else "")


def substance_class(form: str, atc: str, substances: Iterable[str]) -> str:
    """Return the class of ``CLASSES`` by form, ATC code and substances (as BDPM writes them), blank if none holds."""
    rules = [_rule_of("substance", canonical(substance)) for substance in substances]
    found = [_rule_of("form", fold(form).upper()), _rule_of("atc", atc), *rules]
    names = {rule.name for rule in found if rule and rule.alone}
    if not names and rules and all(rules):
        names = {rule.name for rule in rules if rule}
    return min(names, key=_RANKS.__getitem__, default="")


@lru_cache(maxsize=20_000)
def _rule_of(subject: str, text: str) -> _Rule | None:
    return next((rule for rule in _rules() if rule.subject == subject and rule.pattern.search(text)), None)


@lru_cache(maxsize=10_000)
def canonical(substance: str) -> str:
    """Write a substance of BDPM as the rules do: accents folded, upper case, salt first, ``DE`` for ``D'``.

    >>> canonical("SODIUM (CHLORURE DE)"), canonical("CITRIQUE (ACIDE) ANHYDRE"), canonical("PROTOXYDE D'AZOTE")
    ('CHLORURE DE SODIUM', 'ACIDE CITRIQUE ANHYDRE', 'PROTOXYDE DE AZOTE')
    """
    name = re.sub(r"\bD[’'] ?", "DE ", " ".join(fold(substance).upper().split()))
    name = re.sub(r"^([^()]+?) \(([^()]*\bDE) ?\)", r"\2 \1", name)
    return re.sub(r"^([^()]+?) \((ACIDE)\)", r"\2 \1", name)


def is_low_dose_injectable(product: "Product") -> bool:
    """Whether an injectable's pack and sterilisation emit more than its active substance.

    Per unit: mass of substance x mean factor < mass of packaging x mean factor + volume x filling and sterilisation.
    False where the mass is unknown: nothing is priced by it then.

    Notes
    -----
    For 100 mg of morphine in a bag of 100 mL the substance is 9 to 12 % of 204 g CO2e (mcalister-morphine-2016): a
    price by the mass of substance would miss nine tenths.
    """
    box = product.presentation
    if box.active_mass_mg is None or not box.units or not is_injected(product.form, product.routes):
        return False
    pack = pack_mass(box.container, box.material, box.unit, box.units, box.content, box.content_unit, product.form)
    substance_kgco2e = box.active_mass_mg * 1e-6 / box.units * figure("active-substance-mean").value
    pack_kgco2e = pack.mass_kg / box.units * figure("packaging-mean").value
    return substance_kgco2e < pack_kgco2e + sterilisation_kgco2e(product.form, box.content, box.content_unit)


@lru_cache(maxsize=10_000)
def is_injected(form: str, routes: tuple[str, ...]) -> bool:
    """Whether the form or a route is parenteral."""
    return any(_INJECTED.search(fold(text)) for text in (form, *routes))


def sterilisation_kgco2e(form: str, content: float | None, content_unit: str) -> float:
    """Emissions of filling and sterilising one unit [kg CO2e], by its volume: nothing for a powder or without one."""
    millilitres = {"ml": 1.0, "l": 1000.0}.get(content_unit.casefold(), 0.0)
    is_powder = fold(form).startswith(("poudre", "lyophilisat"))
    return 0.0 if is_powder else (content or 0.0) * millilitres * figure("filling-and-sterilisation").value
