"""Mass of active substances in a box: dosage, by reference quantity, by content of the box."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Literal

from decarb.medicines.bdpm.label_words import SOLID_DOSES
from decarb.medicines.bdpm.labels import Label

Reason = Literal[
    "",
    "no-composition",
    "no-units",
    "no-dosage",
    "not-a-mass",
    "homeopathic",
    "gas",
    "reference-unit",
    "no-content",
    "content-unit",
    "several-elements",
]
"""Why a mass is not known: no composition or dosage is published; units per box are not known; the dosage is no mass
(UI, MBq, bacteria), a dilution, or of a gas, whose reference quantities are wrong in the base; the reference quantity
is not what the box counts; the label does not say the content, or says it in another unit; a box of several elements
does not say how many of each."""


@dataclass(frozen=True, slots=True)
class Component:
    """A row of ``CIS_COMPO_bdpm.txt``: a substance (``SA``), or what acts of it (``FT``), in an element."""

    element: str
    substance: str
    dosage: str
    reference: str
    nature: str
    link: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Mass:
    """Mass of active substances [mg], None where it is not known, and then why."""

    mass_mg: float | None
    reason: Reason = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """What a dosage is given for: so many of a unit (``mL``, ``g``, ``dose``, ``comprimé``), and their volume."""

    quantity: float
    unit: str
    volume_ml: float | None = None
    mass_g: float | None = None


def box_mass(components: Sequence[Component], label: Label, form: str) -> Mass:
    """Mass of active substances in a whole box [mg].

    A salt and the fraction of it that acts are rows of one link number, and are one substance: the dosage of the salt
    counts where it is given, else that of the fraction. Where the "salt" is a solution of the substance, its mass is
    mostly water: the fraction counts.

    Parameters
    ----------
    components
        Rows of the speciality.
    label
        Reading of the presentation's label.
    form
        Pharmaceutical form of the speciality.
    """
    if label.units is None:
        return Mass(None, "no-units")
    if not components:
        return Mass(None, "no-composition")
    if "gaz" in form.lower():
        return Mass(None, "gas")
    counted = substances_once(components)
    if _counts_of_elements_unsaid(counted):
        return Mass(None, "several-elements")
    total = 0.0
    for component in counted:
        mass = component_mass(component, label)
        if mass.mass_mg is None:
            return mass
        total += mass.mass_mg
    return Mass(total * label.units)


_SOLUTION = re.compile(r"(?<!POUR )\bSOLUTION\b", re.IGNORECASE)
"""``SOLUTION DE DIGLUCONATE DE CHLORHEXIDINE`` is diluted; ``GLUCONATE DE CALCIUM POUR SOLUTION INJECTABLE`` is not."""


def substances_once(components: Iterable[Component]) -> list[Component]:
    """Rows with each substance once: the ``SA`` of a link number, or its ``FT`` where that says more.

    It does where no ``SA`` gives a dosage, and where the ``SA`` is a solution of the substance.
    """

    def key(component: Component) -> tuple[str, str]:
        return component.element, component.link

    once: list[Component] = []
    for _, same in groupby(sorted(components, key=key), key):
        rows = list(same)
        salts = [row for row in rows if row.nature == "SA"]
        fractions = [row for row in rows if row.nature == "FT" and row.dosage]
        said = any(row.dosage for row in salts) and not any(_SOLUTION.search(row.substance) for row in salts)
        once += salts if said or not fractions else fractions
    return once


def _counts_of_elements_unsaid(components: Sequence[Component]) -> bool:
    """Whether elements are counted or measured apart, so that the number of each in the box matters."""
    elements = {component.element for component in components}
    if len(elements) == 1:
        return False
    references = {component.reference for component in components}
    units = {parse_reference(reference).unit for reference in references}
    mixed = len(references) == 1 and "mélang" in next(iter(references))
    return bool(units & {*SOLID_DOSES, "sachet", "stylo"}) or (bool(units & {"mL", "g"}) and not mixed)


def component_mass(component: Component, label: Label) -> Mass:
    """Mass of one substance in one unit [mg]."""
    dosage = parse_dosage(component.dosage)
    if dosage.mass_mg is None:
        return dosage
    reference = parse_reference(component.reference)
    if reference.unit in ("mL", "g"):
        return _by_measure(dosage.mass_mg, reference.quantity, reference.unit, label)
    if reference.unit == "dose":
        return _by_dose(dosage.mass_mg, reference, label)
    if _same_unit(reference.unit, label.unit):
        another = _of_another_size(reference, label)
        return Mass(None, "reference-unit") if another else Mass(dosage.mass_mg / reference.quantity)
    if reference.volume_ml and label.content_unit == "mL":
        return _by_measure(dosage.mass_mg, reference.volume_ml, "mL", label)
    if reference.mass_g and label.content_unit == "g":
        return _by_measure(dosage.mass_mg, reference.mass_g, "g", label)
    return Mass(None, "reference-unit")


_MILLIGRAMS = {"mg": 1.0, "g": 1000.0, "kg": 1e6, "microgramme": 0.001, "microgrammes": 0.001, "µg": 0.001, "μg": 0.001}
_NUMBER = r"\d+(?: \d{3})*(?:[.,] ?\d+)?"
_DOSAGE = re.compile(
    rf"(?P<low>{_NUMBER})(?: ?(?:-|à) ?(?P<high>{_NUMBER}))? ?(?P<unit>mg|g|kg|microgrammes?|µg|μg)(?![\w/])"
)
_HOMEOPATHIC = re.compile(r"\d ?(?:CH|DH|K)\b|\bTM\b")
_MEASURE = re.compile(
    rf"^(?:une? )?(?P<value>{_NUMBER}) ?(?P<unit>ml|millilitres?|litres?|l|microlitres?|g|grammes?|kg|mg)\b",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    rf"^(?:(?:une?|(?P<count>{_NUMBER})) +)?(?P<unit>[^\W\d]+)(?P<rest>.*)$",
)
_INNER_MEASURE = re.compile(rf"(?P<value>{_NUMBER}) ?(?P<unit>ml|l|g|mg)\b", re.IGNORECASE)
_TO_MILLILITRES = {"ml": 1.0, "millilitre": 1.0, "l": 1000.0, "litre": 1000.0, "microlitre": 0.001}
_TO_GRAMS = {"g": 1.0, "gramme": 1.0, "kg": 1000.0, "mg": 0.001}
_SYNONYMS = {
    "récipient": "flacon",
    "ampoule": "flacon",
    "bouteille": "flacon",
    "poche": "flacon",
    "seringue": "stylo",
    "cartouche": "stylo",
    "auto": "stylo",
    "comrpimé": "comprimé",
    "patch": "dispositif",
    "emplâtre": "dispositif",
    "système": "dispositif",
    "anneau": "dispositif",
    "gélule": "comprimé",
    "capsule": "comprimé",
    "lyophilisat": "comprimé",
    "pulvérisation": "dose",
    "bouffée": "dose",
    "inhalation": "dose",
}


@lru_cache(maxsize=4096)
def parse_dosage(text: str) -> Mass:
    """Mass that a dosage says [mg]; the middle of a range.

    >>> parse_dosage("1 000 microgrammes"), parse_dosage("1000 UI").reason, parse_dosage("2CH à 30CH").reason
    (Mass(mass_mg=1.0, reason=''), 'not-a-mass', 'homeopathic')
    """
    plain = " ".join(text.split())
    if not plain:
        return Mass(None, "no-dosage")
    if _HOMEOPATHIC.search(plain):
        return Mass(None, "homeopathic")
    found = _DOSAGE.match(plain)
    if not found:
        return Mass(None, "not-a-mass")
    low = _number(found["low"])
    high = _number(found["high"]) if found["high"] else low
    return Mass((low + high) / 2 * _MILLIGRAMS[found["unit"]])


@lru_cache(maxsize=4096)
def parse_reference(text: str) -> Reference:
    """Quantity that a dosage is given for; a unit of "" where it cannot be read.

    >>> parse_reference("100 ml de sirop")
    Reference(quantity=100.0, unit='mL', volume_ml=None, mass_g=None)
    >>> parse_reference("une ampoule de 2 ml").volume_ml
    2.0
    """
    plain = " ".join(text.split())
    if found := _MEASURE.match(plain):
        quantity, unit = _measured(found)
        return Reference(quantity, unit) if quantity else Reference(1.0, "")
    found = _COUNTED.match(plain)
    if not found:
        return Reference(1.0, "")
    volume = mass = None
    if inner := _INNER_MEASURE.search(found["rest"]):
        quantity, unit = _measured(inner)
        volume, mass = (quantity, None) if unit == "mL" else (None, quantity)
    unit = found["unit"].lower()
    unit = _SYNONYMS[unit] if unit in ("bouffée", "pulvérisation", "inhalation", "comrpimé") else unit
    unit = unit.removesuffix("s")
    return Reference(_number(found["count"]) if found["count"] else 1.0, unit, volume, mass)


def _by_measure(mass_mg: float, quantity: float, unit: str, label: Label) -> Mass:
    """Mass in one unit whose content is measured as the reference quantity is."""
    if label.content is None:
        return Mass(None, "no-content")
    contents = {"mL": 1.0, "L": 1000.0} if unit == "mL" else {"g": 1.0, "mg": 0.001}
    if label.content_unit not in contents:
        return Mass(None, "no-content" if label.content_unit == "dose" else "content-unit")
    return Mass(mass_mg * label.content * contents[label.content_unit] / quantity)


def _by_dose(mass_mg: float, reference: Reference, label: Label) -> Mass:
    if label.unit == "dose":
        return Mass(mass_mg / reference.quantity)
    if label.doses:
        return Mass(mass_mg * label.doses / reference.quantity)
    if reference.volume_ml:
        return _by_measure(mass_mg, reference.volume_ml, "mL", label)
    if reference.mass_g:
        return _by_measure(mass_mg, reference.mass_g, "g", label)
    return Mass(None, "no-content")


def _of_another_size(reference: Reference, label: Label) -> bool:
    """Whether the dosage is for an ampoule of 5 mL while those of the box hold 10."""
    said = {"mL": reference.volume_ml, "g": reference.mass_g}.get(label.content_unit)
    return bool(said and label.content and abs(said - label.content) > 0.1 * label.content)


def _same_unit(one: str, other: str) -> bool:
    return bool(one) and _SYNONYMS.get(one, one) == _SYNONYMS.get(other, other)


def _measured(found: re.Match[str]) -> tuple[float, str]:
    unit = found["unit"].lower()
    unit = unit if len(unit) == 1 else unit.removesuffix("s")
    value = _number(found["value"])
    return (value * _TO_MILLILITRES[unit], "mL") if unit in _TO_MILLILITRES else (value * _TO_GRAMS[unit], "g")


def _number(text: str) -> float:
    return float(text.replace(" ", "").replace(",", "."))
