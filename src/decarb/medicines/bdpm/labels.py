"""What a label of a presentation says: how many units in the box, of what, in what container.

A unit is what is dispensed one by one, as a UCD is: the solid dose itself (a tablet, a suppository, a patch), whatever
holds it; else the container that is handed over whole (a bottle of syrup, an ampoule, a pen, an inhaler, a cylinder).
A box of powder and solvent counts its powders, not its solvents. Doses of a multi-dose container are its content.
"""

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from decarb.medicines.bdpm.label_words import CONTAINERS, MEASURES, SOLID_DOSES, form_unit, materials_of

Reason = Literal["", "no-count", "no-unit", "several-units", "patient-specific"]
"""Why units per box are not known: nothing is counted, what is counted is not known, units of two kinds are together,
or their number depends on the patient."""


@dataclass(frozen=True, slots=True)
class Label:
    """Reading of a label.

    Attributes
    ----------
    units, unit
        Units per box, None where the label does not say; kind of unit, French singular.
    container, material
        What holds the units (the first container named); its materials, in alphabetical order between slashes.
    content, content_unit
        Of one unit, in mL, L, g, mg, UI, dose, MBq…; None where the label does not say.
    doses
        Of one unit, where the label says so.
    reason
        Why `units` is None; "" where it is not.
    """

    units: int | None = None
    unit: str = ""
    container: str = ""
    material: str = ""
    content: float | None = None
    content_unit: str = ""
    doses: float | None = None
    reason: Reason = ""


_WHOLE = {"test", "dispositif"}
"""What is one unit whatever is in it."""
_OUTER = {"boîte", "étui", "kit", "traitement", "conditionnement", "cadre", "sac", "enveloppe"}
"""Containers that hold containers: what they hold is the unit."""
_NEVER_UNITS = {"plaquette", "pilulier", "distributeur", "bande", "film thermosoudé", "conditionnement"}
"""Containers that are never handed over for themselves: without a count of what they hold, nothing is known."""

_ACCESSORIES = (
    r"avec|munie?s?|équipée?s?|accompagnée?s?|ainsi que|incluant|conditionnée?s?|chaque|suremballée?s? par|"
    r"par plaquette|pour injecteur|"
    r"en sachets?|en étuis?|en plaquettes?"
)
_MEASURED_ACCESSORY = re.compile(
    r"seringue|cuillère|gobelet|mesurette|godet|pipette|aiguille|dosette|dispositif|flacon .*flacon|ampoule .*ampoule"
)
"""What has a measure of its own."""
_BARE_CLOSURES = re.compile(
    r" avec (?:fermeture|système de fermeture|bouchon|sécurité|film|filtre|capuchon|opercule|calendrier|"
    r"(?:sachet de )?(?:déshydratant|dess?icc?ant))"
    r"(?: de sécurité| de fermeture| inviolable| enfant| sécurité| UV| dess?icc?ant| polypropylène| polyéthylène"
    r"| PEHD)*"
)

_SOLIDS = {*SOLID_DOSES, "film", "dispositif"}
_HOLDERS = {*_OUTER, *_NEVER_UNITS, "sachet"}
"""Containers that one may find a container in."""
_COUNTED = {"sachet", "ampoule", "récipient", "cartouche"}
"""Containers that come by many: one whose number is not said is not one."""
_ADDED = {*_SOLIDS, "sachet", "stylo"}
_SOLID = "|".join(SOLID_DOSES)
_KINDS = "|".join(sorted((*SOLID_DOSES, *CONTAINERS, "film", "dispositif", "unidose"), key=len, reverse=True))
_COUNT = r"(?P<count>\d+)(?: ?x ?(?P<times>\d+))?"
_LEAD = re.compile(rf"(?:(?:un|une) |{_COUNT} )?(?:grand |petit )?(?P<kind>{_KINDS})\b")
_INNER = re.compile(
    rf"(?:\b(?:de|d'|contenant|contenant chacune?|d'initiation|sous)|:) ?(?:(?:un|une) |{_COUNT} )"
    rf"(?:grand |petit )?(?P<kind>{_KINDS})\b"
)
_MEASURE = re.compile(
    rf"\b(?:de|à|contenant|rempli|soit) ?(?P<value>\d+(?:[.,]\d+)?) ?(?P<unit>{'|'.join(MEASURES)})\b", re.IGNORECASE
)
_RANGE = re.compile(rf"\d(?: ?[^\W\d]+)? à \d+(?:[.,]\d+)? ?(?:{'|'.join(MEASURES)})\b", re.IGNORECASE)
_MILLILITRES = re.compile(r"(\d+(?:[.,]\d+)?) ?ml\b", re.IGNORECASE)
_DOSES = re.compile(r"(?P<value>\d+) ?(?:(?:uni)?doses?|bouffées|pulvérisations?|actionnements)\b", re.IGNORECASE)
_NEXT_ELEMENT = re.compile(
    rf"(?: ?[-+] | [-+] ?| et (?:de )?(?=plaquette|\d+ (?:{_SOLID})\b))"
    rf"(?=(?:\d+ ?(?:x ?\d+ )?)?(?:grand |petit )?(?:{_KINDS})\b)"
)
_ACCESSORY_CLAUSE = re.compile(rf"[ ,](?:{_ACCESSORIES})\b.*")
_IN_DEVICE = re.compile(r" (?:dans|en) ?(?:(?:un|une|(?P<count>\d+)) )?(?P<kind>stylo|seringue|auto-injecteur)\b")
_MEASURE_FIRST = re.compile(
    rf"(?P<value>\d+(?:[.,]\d+)?) ?(?P<unit>{'|'.join(MEASURES)}) en (?P<kind>{_KINDS})\b.*boîte de (?P<count>\d+)",
    re.IGNORECASE,
)
_INHALERS = re.compile(r"(?:(?P<count>\d+) )?(?:inhalateur|distributeur)")
_SUM = re.compile(
    rf"\b(?P<one>\d+) (?P<kind>{_SOLID})\b(?P<words>[^-+,:\d]*)(?:,| et| \+) ?(?:de )?(?P<two>\d+) (?P=kind)\b"
)
_TOTAL_THEN_PARTS = re.compile(rf"(\b\d+ ({_SOLID})\b)(?: de| en .* contenant| sous .* contenant) \d+ \2\b.*")
_NUMBER_AFTER = re.compile(rf"^(({_KINDS})\b.*?)[ ,.-]+boîte de (\d+) \2$")
_EACH_IS_SAID = re.compile(r"^\d+ (plaquette.*), chaque plaquette contient .*")
_SOLID_COUNT = re.compile(rf"{_COUNT} (?P<kind>{_SOLID}|film|dispositif)\b")
_PATIENT_SPECIFIC = re.compile(r"spécifique au patient|ou plusieurs|^\d+ à \d+ ", re.IGNORECASE)


@lru_cache(maxsize=8192)
def parse_label(label: str, form: str = "") -> Label:
    """Read a label of the public medicines database.

    Parameters
    ----------
    label
        As in ``CIS_CIP_bdpm.txt`` ("6 flacon(s) aluminium de 250 ml").
    form
        Pharmaceutical form of the speciality: it says what is counted where the label gives a bare number.
    """
    text, material = normalised(label), materials_of(label)
    if _PATIENT_SPECIFIC.search(text):
        return Label(material=material, reason="patient-specific")
    if found := _MEASURE_FIRST.match(text):
        return Label(int(found["count"]), found["kind"], found["kind"], material, *_measured(found))
    first, *others = (_element(part, form) for part in _NEXT_ELEMENT.split(_summed(text)))
    reading = _by_any_count(first, text) if first.units is None else _whole_box(first, others, text)
    if reading.unit in _SOLIDS:
        reading = replace(reading, content=None, content_unit="", doses=None)
    return replace(reading, material=material)


def _summed(text: str) -> str:
    """Label with the counts of one kind of solid dose in one container added up: 21 comprimés et 7 comprimés."""
    text = _TOTAL_THEN_PARTS.sub(r"\1", _EACH_IS_SAID.sub(r"\1", text))
    while (shorter := _SUM.sub(_sum, text)) != text:
        text = shorter
    return text


def _sum(found: re.Match[str]) -> str:
    return f"{int(found['one']) + int(found['two'])} {found['kind']}"


def normalised(label: str) -> str:
    """Label in single words and single spaces: plural marks, parentheses and withdrawn-on remarks away."""
    text = " ".join(label.replace("’", "'").replace("×", "x").split())
    text = re.sub(r"\((?:s|e|es|aux)\)", "", text)
    text = re.sub(r"(?<=\d) ?\* ?(?=\d)", " x ", text)
    while (shorter := re.sub(r"\s*\((?!\s*\d+ ?doses?\s*\))[^()]*\)", "", text)) != text:
        text = shorter
    text = re.sub(r"\(\s*(\d+ ?doses?)\s*\)", r"\1", text)
    text = re.sub(r"[()\[\]]", " ", text)
    text = re.sub(r"(?<=\d) (?=\d{3}\b(?! ?(?:x|mg|ml)))", "", text)  # 3 000 UI
    text = re.sub(r"(?i)\b(plaquette|sachet|flacon)s?(?=pvc|poly)", r"\1 ", text)
    text = re.sub(r"(?i)(?<=\d) ?(ml)l?(?=\b|contenant|avec)", r" \1 ", text)
    text = re.sub(r"(?i)\b(boite)(s?)\b", r"boîte\2", text)
    text = re.sub(r"(?i)sachets?-doses?", "sachet", text)
    text = re.sub(r"(?i)\bbonbon|\bpatchs\b|\bpatches\b", lambda found: found[0].lower().rstrip("es"), text)
    text = re.sub(rf"(?i)\b({_KINDS}|aiguille)s?\b", lambda found: found[1].lower(), text)
    return _NUMBER_AFTER.sub(r"\3 \1", " ".join(text.split()))


def _element(text: str, form: str) -> Label:
    """Reading of one part of a box, before the next ``-`` or ``+``."""
    bare = _BARE_CLOSURES.sub("", text)
    main = _ACCESSORY_CLAUSE.sub("", bare)
    lead = _LEAD.search(main)
    if not lead:
        return Label(reason="no-unit")
    said = lead["count"] is not None
    if lead["kind"] in SOLID_DOSES or (lead["kind"] == "film" and "thermosoud" not in main):
        return _solid_first(lead, bare)
    units, kind, end = _count(lead), lead["kind"], lead.end()
    container = _container(kind, main)
    while inner := _INNER.search(main, end):
        if inner["kind"] == lead["kind"] or kind in _WHOLE or (kind not in _HOLDERS and inner["kind"] in CONTAINERS):
            break  # "30 récipients … en sachets de 5 récipients" is said twice; a pen is a unit, its cartridge is not
        units, kind, said, end = units * _count(inner), inner["kind"], True, inner.end()
        if kind in _SOLIDS:
            break
    if kind == "lyophilisat" and container in ("flacon", "ampoule"):
        kind = container
    if (held := _IN_DEVICE.search(text)) and kind not in _SOLIDS:
        kind = "stylo" if held["kind"] == "auto-injecteur" else held["kind"]
        units, said = (units, said) if said else (int(held["count"] or 1), held["count"] is not None)
    content, content_unit = _content(main, bare, end)
    doses = content if content_unit == "dose" else _doses(bare)
    kind = container if kind == "film" and container == "film thermosoudé" else kind
    return _checked(Label(units, kind, container, "", content, content_unit, doses), said, text, form)


def _solid_first(lead: re.Match[str], text: str) -> Label:
    """Reading of "56 comprimés sous plaquettes"."""
    found = re.search(rf"\b(?:sous|en)\b.*?\b({'|'.join(CONTAINERS)})\b", text[lead.end() :])
    container = found[1] if found else ""
    if lead["count"] is None:
        return Label(container=container, reason="no-count")
    return Label(_count(lead), lead["kind"], container)


def _checked(reading: Label, said: bool, text: str, form: str) -> Label:
    """Refuse a container that is no unit, or whose number is not said where there may be many."""
    units, kind = reading.units or 0, reading.unit
    inhaler = _INHALERS.search(text)
    if kind == "récipient" and inhaler and (reading.container in _NEVER_UNITS or " dans " in text):
        number = int(inhaler["count"] or 1)
        return replace(reading, units=number, unit="inhalateur", content=units / number, content_unit="dose",
                       doses=units / number)  # fmt: skip
    if kind == "dispositif" and reading.doses:
        return replace(reading, unit="inhalateur")
    if kind in _NEVER_UNITS:
        bare, solid = re.search(r"\bde (\d+)$", text), form_unit(form)
        if bare and solid:
            return replace(reading, units=units * int(bare[1]), unit=solid)
        return replace(reading, units=None, unit="", reason="no-count")
    if kind == "boîte" and reading.content and reading.content_unit == "dose":
        return replace(reading, units=int(reading.content), unit="dose", content=1.0, doses=1.0)
    if (kind in _OUTER and not reading.content) or (not said and kind in _COUNTED):
        return replace(reading, units=None, unit="", reason="no-count")
    return reading


def _whole_box(first: Label, others: list[Label], text: str) -> Label:
    """Box of several elements: doses, sachets and pens of one kind add up; a powder and its solvent do not."""
    counted = [other for other in others if other.units is not None]
    if first.unit in SOLID_DOSES and any(other.unit != first.unit and other.unit in _ADDED for other in counted):
        return replace(first, units=None, unit="", reason="several-units")
    same = [other for other in counted if other.unit == first.unit]
    if first.unit not in _ADDED:
        unlike = any(other.units != first.units for other in same) and "solvant" not in text
        return replace(first, units=None, unit="", reason="several-units") if unlike else first
    if any(other.content != first.content for other in same):
        first = replace(first, content=None, content_unit="")
    return replace(first, units=(first.units or 0) + sum(other.units or 0 for other in same))


def _by_any_count(first: Label, text: str) -> Label:
    """Reading where the first element counts nothing: doses in inhalers, else the first count of solid doses."""
    lead = _LEAD.match(text)
    number = _count(lead) if lead else 1
    inhaler = _INHALERS.search(text)
    doses = _DOSES.search(re.sub(r"(\d+) x (\d+) dose", _product, text))
    if inhaler and doses:
        inhalers = int(inhaler["count"] or number)
        each = number * int(doses["value"]) / inhalers
        return Label(inhalers, "inhalateur", first.container, "", each, "dose", each)
    if found := _SOLID_COUNT.search(_summed(text)):
        return Label(number * _count(found), found["kind"], first.container)
    return first


def _product(found: re.Match[str]) -> str:
    return f"{int(found[1]) * int(found[2])} dose"


def _count(found: re.Match[str]) -> int:
    return int(found["count"] or 1) * int(found["times"] or 1)


def _container(kind: str, main: str) -> str:
    if kind == "film" and "thermosoud" in main:
        return "film thermosoudé"
    if kind == "flacon" and "pressurisé" in main:
        return "flacon pressurisé"
    return kind


def _content(main: str, bare: str, start: int) -> tuple[float | None, str]:
    """First measure after what is counted, or the sum of compartments; after ``avec``, not that of a spoon."""
    if _RANGE.search(main):
        return None, ""
    compartments = _MILLILITRES.findall(main) if "compartiment" in main else []
    if len(compartments) > 1:
        return sum(float(volume.replace(",", ".")) for volume in compartments), "mL"
    if found := re.search(rf"rempli(?:es|e|s)? à (?P<value>\d+) ?(?P<unit>{'|'.join(MEASURES)})\b", main):
        return _measured(found)
    if found := _MEASURE.search(main, start) or _MEASURE.search(main):
        return _measured(found)
    found = _MEASURE.search(bare)
    if found and not _MEASURED_ACCESSORY.search(bare[: found.start()]):
        return _measured(found)
    return None, ""


def _measured(found: re.Match[str]) -> tuple[float, str]:
    unit, factor = MEASURES[found["unit"].lower()]
    return float(found["value"].replace(",", ".")) * factor, unit


def _doses(text: str) -> float | None:
    found = _DOSES.search(text)
    return float(found["value"]) if found else None
