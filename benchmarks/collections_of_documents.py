"""Inventories for the benchmarks, one or a nation's: seeded, varied, valid, every line bound.

The terms of the lines (factor, unit, basis, activity, control) are tried on the library first; those that it
refuses are left out, and those that it warns of are rare. The lines are then written as text, a few microseconds
each, to what ``json.dumps`` would give.

    python benchmarks/collections_of_documents.py national/ --documents 2700 --lines 2000 --exact
"""

import argparse
import gzip
import json
import math
import random
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from decarb.binding import bind
from decarb.factors import Factor, FactorLibrary, load_factors
from decarb.inventory import SECTIONS, check_inventory
from decarb.inventory.identifiers import luhn
from decarb.reporting import activities
from decarb.resources import data_file, read_rows
from decarb.units import conversion_factor, is_currency, parse_unit

Form = Literal["files", "ndjson", "zip", "gz"]

YEAR = 2023
"""The last year that the packaged spend ratios have euros of: a later one would warn of each ratio."""

MOST_DOCUMENTS = 30_000
"""Beyond, the FINESS numbers of six free digits would no longer be unique."""

FEWEST_LINES = 12


# ---------------------------------------------------------------- kinds of establishments


class Kind(NamedTuple):
    """A kind of establishment: its share of a collection, its FINESS codes, its size and what its lines are about."""

    share: float
    categories: tuple[str, ...]
    legal_statuses: tuple[str, ...]
    title: str
    beds: tuple[int, int]
    sections: tuple[float, ...]  # in the order of SECTIONS
    scale: float  # of the quantities


KINDS: dict[str, Kind] = {
    "chu": Kind(0.012, ("101",), ("13", "10"), "CHU", (900, 2800),
                (5, 38, 17, 1.5, 2, 8, 3, 9, 5, 1, 7, 3.5), 5),
    "ch": Kind(0.13, ("355",), ("13", "14"), "CH", (120, 900),
               (6, 35, 14, 1.2, 2, 8, 3, 13, 6, 1.5, 7, 3.3), 2),
    "clinique": Kind(0.16, ("365", "128"), ("73", "72", "75"), "Clinique", (60, 350),
                     (5, 40, 12, 2, 2, 7, 3, 11, 6, 1.5, 7, 3.5), 1),
    "clcc": Kind(0.008, ("131",), ("63", "61"), "Centre de lutte contre le cancer", (120, 400),
                 (5, 36, 24, 1, 2, 7, 3, 7, 5, 1, 6, 3), 2),
    "smr": Kind(0.13, ("109",), ("60", "61", "73"), "Centre de réadaptation", (40, 220),
                (7, 30, 8, 0.1, 1, 10, 3, 24, 6, 2, 6, 2.9), 0.7),
    "psy": Kind(0.05, ("292",), ("13", "60"), "Établissement public de santé mentale", (90, 600),
                (8, 28, 8, 0.1, 1, 12, 3, 23, 6, 2, 6, 2.9), 1),
    "ehpad": Kind(0.51, ("500",), ("21", "17", "60", "73", "22"), "EHPAD", (40, 140),
                  (8, 24, 4, 0, 1, 9, 2, 38, 6, 2, 4, 2), 0.4),
}  # fmt: skip


# ---------------------------------------------------------------- text

_HOUSES = ("Les Tilleuls", "Saint-Aubert", "La Roselière", "L’Âge d’or", "Notre-Dame-des-Prés", "Les Érables",
           "François-Rabelais", "Sœur-Rosalie", "Le Clos fleuri", "Ambroise-Paré", "Les Hauts de l’Aître",
           "Bel-Air", "Jeanne-d’Arc", "Les Genêts", "Simone-Veil", "La Forêt", "Hôtel-Dieu",
           "Les Coquelicots")  # fmt: skip
_TOWNS = ("Valmont", "Brémoncourt", "Saint-Évroult", "Châtelneuf", "Bourg-l’Évêque", "Mézières-le-Vieux", "Aiguebelle",
          "Noirlieu", "Fontaine-aux-Bœufs", "La Ferté-Ségur", "Hautecombe", "Grand-Île",
          "Montréal-sur-Ource")  # fmt: skip
_SUPPLIERS = (
    "Centrale d’achat régionale", "Groupement d’achat hospitalier (GIE)", "Laboratoires Ségur SAS",
    "Établissements Lefèvre & Fils", "Société Générale d’Hygiène", "Médical Équipements de l’Ouest",
    "Fournisseur de gaz médicaux (marché national)", "Boulangerie-pâtisserie Aubépine", "Grossiste répartiteur n° 3",
    "Négoce alimentaire du Val d’Oréa", "Papeterie Œillet", "Frigoriste Froid&Clim’", "Transports Béarn-Gascogne",
    "Blanchisserie interhospitalière", "Éco-collecte Déchets SARL", "Régie des eaux", "Télécoms Santé",
    "Biomédical Services", "Coopérative laitière", "Maraîcher bio \"Les Quatre Saisons\"",
    "Dispositifs stériles Européens", "Pharma Dépôt", "Assistance informatique Hexagone", "Électricité du réseau local",
)  # fmt: skip
# the number of the invoice goes where the # is
_EVIDENCE = (
    "Facture FA-2023-#, export de la comptabilité", "Bon de livraison n° #",
    "Extraction du logiciel de pharmacie, lot #",
    "Relevé de compteur #, télérelève", "Mandat #, exercice 2023", "Facture n° # du fournisseur, réceptionnée",
    "Export GEF ligne #, contrôlé par le service des achats", "Bordereau de suivi BSD-#",
    "Statistiques du magasin, fiche #",
    "Enquête de mobilité, réponse #", "Fiche d’intervention #", "Commande # (marché à bons de commande)",
    "Tableur \"suivi énergie\", ligne #", "Inventaire physique, étiquette #",
)  # fmt: skip
_OPENINGS = (
    "Estimé au prorata des surfaces.", "Quantité relevée au magasin central.", "Hors marché national.",
    "Donnée fournie par le titulaire du marché, non vérifiée.", "Moyenne de trois exercices.",
    "Saisie unique pour l’année.",
    "Compté à l’achat et non à l’usage.", "Voir la note « périmètre » du rapport.", "Reprise de l’année précédente.",
    "Livraison décalée de décembre à janvier.", "Libellé d’origine : \"divers, à ventiler\".",
    "Réf. fournisseur \"A/B\\C\".",
    "Unité du fournisseur : le colis.", "Vérifié par l’équipe œuvrant au développement durable.",
)  # fmt: skip
_CLOSINGS = (
    "", "", "", " À confirmer à la clôture.", " Pôle logistique.", " Écart de 3 % avec la comptabilité.",
    "\nRelance envoyée le 12 février.", " Service concerné : réanimation.", " (bâtiment B, 2ᵉ étage)",
    "\n\tSource : contrôle de gestion",
    " Répartition : 60 % hôpital, 40 % EHPAD.", " Arrêt du contrat en juin.",
)  # fmt: skip
_QUALITY = ("reliability", "technical", "geographic", "temporal", "completeness")
_HASH = "000000"


class Style(NamedTuple):
    """A way to call ``json.dumps``."""

    ascii_only: bool
    comma: str
    colon: str
    indent: int | None

    def dumps(self, value: Any) -> str:
        return json.dumps(
            value, ensure_ascii=self.ascii_only, separators=(self.comma.rstrip("\n"), self.colon), indent=self.indent
        )

    def member(self, name: str, value: Any, depth: int = 3) -> str:
        """Text of one member, as it stands in an object at `depth`."""
        text = self.dumps(value)
        return f'"{name}"{self.colon}' + (text.replace("\n", "\n" + " " * depth) if self.indent else text)

    def members(self, values: Mapping[str, Any]) -> str:
        return self.between(3).join(self.member(name, value) for name, value in values.items())

    def between(self, depth: int) -> str:
        """Text between two members or items at `depth`."""
        return self.comma + self.newline(depth)

    def newline(self, depth: int) -> str:
        return "\n" + " " * depth if self.indent else ""


_COMPACT = Style(False, ",", ":", None)
_PLAIN = Style(False, ", ", ": ", None)
_INDENTED = Style(False, ",", ": ", 1)
_ASCII = Style(True, ", ", ": ", None)
_STYLES = ((_COMPACT, 0.40), (_PLAIN, 0.27), (_ASCII, 0.26), (_INDENTED, 0.07))


# ---------------------------------------------------------------- terms of lines


@dataclass(frozen=True)
class Template:
    """What lines of one kind share: a factor said in one way, in one unit, under one control."""

    section: int
    group: str  # id of the factor: what Zipf ranks
    reference: dict[str, Any]
    rest: dict[str, Any]
    weight: float
    location: float  # mean of the logarithm of the quantity
    money: bool
    asset: bool
    account: str
    kwh: float = 0.0


_SECTION_OF_DOMAIN = {
    "energy": "energy", "medicines": "medicines", "anaesthetic_gases": "anaesthetic_gases", "mobility": "mobility",
    "refrigerants": "refrigerants", "freight": "freight", "food": "food", "waste": "waste", "water": "water",
    "digital": "digital",
}  # fmt: skip
_LEFT_OUT = {"land_use", "use_of_sold_products", "products_leased_out", "end_of_life_of_sold_products", "investments",
             "freight_outbound", "inhaler_propellant_at_home"}  # fmt: skip
"""Activities of the posts that the documents declare excluded."""

_ENERGY = ("stationary_fuel", "stationary_biofuel", "heat_network", "cooling_network", "electricity")
_SPELLINGS = {
    "item": ("unités", "item", "pièces"), "meal": ("repas",), "night": ("nuits",), "vehicle.km": ("véhicule.km", "vkm"),
    "passenger.km": ("passager.km", "pkm"), "t": ("t", "tonnes"), "kg": ("kg",), "EUR": ("EUR", "€", "euros"),
    "L": ("L", "litres"),
}  # fmt: skip
_LOCATIONS = {"EUR": 7.5, "kEUR": 1.5, "kWh": 9.5, "MWh": 2.8, "GJ": 4.0, "kg": 4.5, "t": 0.5, "L": 5.0, "m3": 4.0,
              "passenger.km": 7.5, "vehicle.km": 7.5, "km": 7.5, "t.km": 7.0, "item": 2.5, "meal": 6.0}  # fmt: skip
_FAVOURITES = ("electricity-fr-2023", "natural-gas-fr-2022-kwh-pcs", "spend-pharmaceutical-products-2023",
               "spend-other-manufactured-products-2023", "spend-rubber-plastic-products-2023", "water-supply-m3",
               "spend-chemical-products-2023", "nitrous-oxide", "sevoflurane", "car-average-km", "meal-average",
               "waste-clinical-infectious-incineration", "wastewater-treatment-m3", "r410a", "hfc-134a")  # fmt: skip
"""What every establishment has: the first ranks of their sections."""

_MONEY_ACCOUNTS = {"medicines": "6021", "food": "6063", "digital": "6261", "capital_goods": "2154", "mobility": "6251",
                   "freight": "6241", "energy": "60618", "waste": "6288"}  # fmt: skip
_PHYSICAL_ACCOUNTS = {"energy": "60612", "purchases": "60265", "medicines": "60212", "anaesthetic_gases": "60216",
                      "refrigerants": "61558", "mobility": "62512", "freight": "62412", "food": "60232",
                      "waste": "62882", "water": "60611", "capital_goods": "21542", "digital": "21832"}  # fmt: skip


def _references(factor: Factor, library: FactorLibrary, choose: random.Random) -> dict[str, Any]:
    """One of the ways to name a factor: id, series, alias or code."""
    chance = choose.random()
    cas = library.substances[factor.substance].cas if factor.model == "gwp" else ""
    if cas and len(library.by_cas.get(cas, ())) == 1 and chance < 0.4:
        return {"code": {"system": "CAS", "value": cas}}
    if library.find(factor.source_reference) is factor and chance < 0.2:
        if chance < 0.12:
            return {"code": {"system": "base-carbone", "value": factor.source_id}}
        return {"factor": factor.source_reference}
    if factor.series and len(library.series[factor.series]) > 1 and chance < 0.75:
        return {"factor": factor.series}
    return {"factor": factor.id}


def _wordings(factor: Factor, library: FactorLibrary) -> list[dict[str, Any]]:
    """Ways to word a quantity of the factor: its own unit first, then those that convert to it."""
    unit, tokens = factor.unit.name, [token for token in factor.unit.bases if token != "tax unstated"]
    basis = {"basis": " ".join(tokens)} if tokens else {}
    priced = {"price_year": factor.unit.price_year} if factor.unit.price_year not in (None, YEAR) else {}
    ways = [{"unit": spelling, **basis, **priced} for spelling in _SPELLINGS.get(unit, (unit,))]
    if tokens:
        ways.append({"unit": " ".join((unit, *tokens)), **priced})
    if unit == "EUR" and tokens == ["HT"]:
        rates = (2.1, 5.5) if "medic" in factor.default_activity + factor.id or "pharma" in factor.id else (20, 10, 5.5)
        ways += [{"unit": "EUR TTC", **priced, "vat_percent": rate} for rate in rates]
        ways += [{"unit": "EUR", "basis": "TTC", **priced, "vat_percent": rates[0]}, {"unit": "k€ HT", **priced}]
        ways.append({"unit": "EUR HT", "price_year": factor.unit.price_year})
    others = {"kWh": ("MWh", "GJ"), "kg": ("t", "g"), "t": ("kg",), "L": ("m3",), "m3": ("L",), "vehicle.km": ("km",)}
    ways += [{"unit": other, **basis} for other in others.get(unit, ())]
    if (factor.substance, "pcs_pci_ratio") in library.properties and unit == "kWh":
        ways += [{"unit": "MWh PCS"}, {"unit": "kWh PCS"}, {"unit": "kWh", "basis": "PCI"}]
    if (factor.substance, "density") in library.properties:
        ways.append({"unit": "kg" if unit == "L" else "L"})
    if unit in ("passenger.km", "vehicle.km"):
        other = "véhicule.km" if unit == "passenger.km" else "passager.km"
        ways += [{"unit": other, "occupancy": number} for number in (1.3, 2, 2.2)]
    return ways


def _controls(factor: Factor, activity: str, choose: random.Random) -> dict[str, Any]:
    """What a line may say of who runs, pays and owns; and of the years of an asset."""
    said: dict[str, Any] = {}
    if activity != factor.default_activity or choose.random() < 0.4:
        said["activity"] = activity
    if activities()[activity].asset:
        years = choose.choice((3, 5, 5, 7, 8, 10, 15, 20, 30))
        said["amortisation_years"] = years
        if choose.random() < 0.75:
            said["acquisition_year"] = YEAR - choose.randrange(min(years, 12))
        if choose.random() < 0.2:
            said["tenure"] = choose.choice(("leased", "leased", "owned"))
    elif activity in ("business_travel", "freight_internal"):
        said["operated"] = choose.random() < 0.4
    elif choose.random() < 0.15:
        usual = activities()[activity]
        said |= choose.choice(
            ({"operated": usual.operated}, {"paid": usual.paid}, {"tenure": "leased"}, {"paid": True})
        )
    if "electricity" in (activity, factor.default_activity) and choose.random() < 0.5:
        said["market_based_kgco2e_per_kwh"] = choose.choice((0, 0.0, 0.0119, 0.0569, 0.041))
    return said


def _candidates(library: FactorLibrary) -> Iterator[Template]:
    for factor in library.by_id.values():
        choose = random.Random(factor.id)
        served = [name for name in factor.activities if name not in _LEFT_OUT]
        wordings = _wordings(factor, library)
        seen = set()
        for number in range(12 if factor.is_monetary or len(served) > 2 else 6):
            if not served:
                break
            usual = number == 0 and factor.default_activity in served
            activity = factor.default_activity if usual else choose.choice(served)
            words = wordings[0] if number == 0 else choose.choice(wordings)
            reference = _references(factor, library, choose) if number else {"factor": factor.id}
            rest = words | _controls(factor, activity, choose)
            key = repr((reference, rest))
            if key in seen:
                continue
            seen.add(key)
            asset = activities()[activity].asset
            section = "capital_goods" if asset else _SECTION_OF_DOMAIN.get(factor.domain, "purchases")
            if activity == "it_equipment":
                section = "digital" if choose.random() < 0.5 else "capital_goods"
            unit = parse_unit(words["unit"]).name
            money = is_currency(unit)
            accounts = _MONEY_ACCOUNTS if money else _PHYSICAL_ACCOUNTS
            yield Template(
                section=SECTIONS.index(section),
                group=factor.id,
                reference=reference,
                rest=rest,
                weight=1 / (1 + number) ** 0.7,
                location=_LOCATIONS.get(unit, 3.0),
                money=money,
                asset=asset,
                account=accounts.get(section, "6022" if factor.domain == "medical_devices" else "6068"),
                kwh=(conversion_factor(unit, "kWh") or 0.0) if activity in _ENERGY else 0.0,
            )


_RARE = {"factor-expired": 0.003, "price-year-assumed": 0.003, "factor-elsewhere": 0.003, "tax-unstated": 0.003,
         "factor-elsewhere-in-series": 0.003, "contrails-differ": 0.003, "proxy-place": 0.003, "proxy-year": 0.05,
         "factor-later": 0.003, "proxy-price-year": 0.003}  # fmt: skip
"""Share that is left of the terms that the library warns of: a few lines a document; other warnings: none."""


def _usable(
    candidates: Sequence[Template], library: FactorLibrary, place: tuple[str, str], contrails: str
) -> list[Template]:
    """Candidates that bind in that place, those that the library warns of with what weight is left to them."""
    lines = [
        {"id": str(number), **template.reference, "quantity": 1, **template.rest}
        for number, template in enumerate(candidates)
    ]
    document = {
        "schema_version": "1.0",
        "establishment": {"name": "Essai", "region": place[0], "department": place[1]},
        "period": {"start": f"{YEAR}-01-01", "end": f"{YEAR}-12-31"},
        "method": {"contrails": contrails},
        "purchases": lines,
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "candidates.json")
        path.write_text(json.dumps(document), encoding="utf-8")
        inventory, _ = check_inventory(path)
    if inventory is None:
        raise RuntimeError("the candidates cannot be read")
    bound = bind(inventory, library).bound
    kept = []
    for number, name in enumerate(inventory.ids):
        found = bound[inventory.term[number]]
        warned = [note.code for note in found.notes if note.severity == "warning"] if found else ["refused"]
        left = math.prod(_RARE.get(code, 0.0) for code in sorted(set(warned)))
        if left:
            template = candidates[int(name)]
            kept.append(Template(**{**vars(template), "weight": template.weight * left}))
    return kept


@dataclass(frozen=True, eq=False)
class Stock:
    """Templates of a place with their frequencies by kind of establishment."""

    templates: list[Template]

    @cached_property
    def locations(self) -> NDArray[np.float64]:
        return np.array([template.location for template in self.templates])

    @cached_property
    def kwh(self) -> NDArray[np.float64]:
        return np.array([template.kwh for template in self.templates])

    @cache  # noqa: B019
    def frequencies(self, name: str) -> NDArray[np.float64]:
        """Cumulative probability of each template: section of the kind, Zipf rank of the factor, wording."""
        weights = np.zeros(len(self.templates))
        wanted = KINDS[name].sections
        for section in range(len(SECTIONS)):
            groups: dict[str, list[int]] = {}
            for number, template in enumerate(self.templates):
                if template.section == section:
                    groups.setdefault(template.group, []).append(number)
            order = list(groups)
            random.Random(f"{name} {section}").shuffle(order)
            order.sort(key=lambda group: group not in _FAVOURITES)
            for rank, group in enumerate(order):
                shares = np.array([self.templates[number].weight for number in groups[group]])
                # a factor whose every wording is warned of stays rare
                weights[groups[group]] = shares / max(1.0, shares.sum()) / (1 + rank) ** 0.9
            mine = [number for numbers in groups.values() for number in numbers]
            if mine:
                weights[mine] *= wanted[section] / weights[mine].sum()
        return np.cumsum(weights) / weights.sum()

    @cache  # noqa: B019
    def texts(self, style: Style) -> tuple[list[str], list[str], list[str]]:
        """Text of the reference, of the other terms and of the account of each template."""
        return (
            [style.members(template.reference) for template in self.templates],
            [style.members(template.rest) for template in self.templates],
            [style.between(3) + style.member("account", template.account) for template in self.templates],
        )


# ---------------------------------------------------------------- heads of documents


def _with_key(digits: str) -> str:
    """Digits with their Luhn key; the letter of a Corsican FINESS counts as zero."""
    plain = digits.replace("A", "0").replace("B", "0")
    return next(digits + key for key in "0123456789" if luhn(plain + key))


def _finess(department: str, number: int) -> str:
    return _with_key(f"{department[:2]}{number:06d}")


def _siret(number: int) -> str:
    return _with_key(_with_key(f"{26_000_000 + number:08d}") + "0001")


def _commune(department: str, choose: random.Random) -> str:
    return f"{department}{choose.randrange(1, 10 ** (5 - len(department)) - 1):0{5 - len(department)}d}"


@cache
def _departments() -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """Departments of the mainland, and the others."""
    rows = [dict(row) for row in read_rows(data_file("departments.csv"))]
    away = [row for row in rows if row["region"] in ("01", "02", "03", "04", "06", "94")]
    return [row for row in rows if row not in away], away


@dataclass(frozen=True)
class _Head:
    kind: str
    region: str
    department: str
    contrails: str
    sites: list[str]
    members: dict[str, Any] = field(repr=False)


def _head(number: int, name: str, choose: random.Random) -> _Head:
    kind = KINDS[name]
    mainland, away = _departments()
    place = choose.choice(away if choose.random() < 0.015 else mainland)
    department, region = place["department"], place["region"]
    beds = choose.randint(*kind.beds)
    fte = round(beds * (0.7 if name == "ehpad" else 2.9) * choose.uniform(0.8, 1.3), choose.choice((0, 1, 2)))
    town = choose.choice(_TOWNS)
    establishment: dict[str, Any] = {"name": f"{kind.title} {choose.choice(_HOUSES)}, {town} (fictif, n° {number + 1})"}
    identified = choose.random()
    if identified < 0.97:
        establishment["finess_ej"] = _finess(department, number)
    if identified < 0.85 or identified > 0.98:
        establishment["finess_et"] = _finess(department, 500_000 + number)
    if choose.random() < 0.8:
        establishment["siret"] = _siret(number)
    establishment |= {"category": choose.choice(kind.categories), "legal_status": choose.choice(kind.legal_statuses)}
    commune, said = _commune(department, choose), choose.random()
    if said < 0.75 or said > 0.95:
        establishment["commune"] = commune
    if said < 0.95:
        establishment |= {"department": department, "region": region}
    if name in ("chu", "ch", "psy"):
        establishment["ght"] = f"GHT {place['name']} {choose.choice(('Nord', 'Sud', 'Cœur de pays', 'Littoral'))}"
    establishment |= {"headcount": round(fte * 1.08), "fte": fte, "beds": beds}
    if choose.random() < 0.7:
        establishment["places"] = choose.randint(0, beds // 4)
    days = round(beds * 365 * choose.uniform(0.75, 0.99))
    establishment["activity"] = {"days": days}
    if name != "ehpad":
        visits = {"stays": days // choose.randint(4, 30) + 1, "outpatient_visits": beds * choose.randint(20, 300)}
        establishment["activity"] |= visits
    start, end = (
        (f"{YEAR}-01-01", f"{YEAR}-12-31") if choose.random() < 0.96 else (f"{YEAR - 1}-10-01", f"{YEAR}-09-30")
    )
    # a period astride two years is of the year that its middle falls in
    head: dict[str, Any] = {
        "schema_version": "1.0",
        "establishment": establishment,
        "period": {"start": start, "end": end},
    }
    if choose.random() < 0.3:
        head = {"$schema": "https://decarb-health.github.io/schemas/inventory/1.0", **head}
    contrails = "excluded" if choose.random() < 0.1 else "included"
    method = {
        "gwp_set": "AR6",
        "contrails": contrails,
        "gas_releases": choose.choice(("fugitive", "fugitive", "process")),
    }
    dropped = [option for option in method if choose.random() < 0.2 and method[option] != "excluded"]
    for option in dropped:
        del method[option]
    if method:
        head["method"] = method
    sites = (
        list(_sites(number, name, establishment, place, choose))
        if choose.random() < (1.0 if name == "chu" else 0.35)
        else []
    )
    if sites:
        head["sites"] = sites
    if choose.random() < 0.6:
        head["declaration"] = _declaration(choose)
    return _Head(name, region, department, contrails, [site["id"] for site in sites], head)


def _sites(
    number: int, name: str, establishment: dict[str, Any], place: dict[str, str], choose: random.Random
) -> Iterator[dict[str, Any]]:
    """Sites of an establishment; some elsewhere on the mainland, so that their lines have a place of their own."""
    count = choose.randint(3, 12) if name == "chu" else choose.randint(1, 5)
    mainland, away = _departments()
    for index in range(count):
        there = place if place in away or choose.random() < 0.9 else choose.choice(mainland)
        department = there["department"]
        site: dict[str, Any] = {"id": choose.choice((f"site-{index + 1}", f"S{index + 1:02d}", f"bât. {index + 1}"))}
        site["id"] = f"{site['id']}" if choose.random() < 0.9 else f"{site['id']} « {choose.choice(_HOUSES)} »"
        if choose.random() < 0.9:
            site["name"] = f"{choose.choice(_HOUSES)} — {choose.choice(_TOWNS)}"
        if choose.random() < 0.8:
            site["finess_et"] = _finess(department, 100_000 + number * 12 + index)
        said = choose.random()
        if there is not place or said < 0.5:
            site |= {"department": department, "region": there["region"]}
            if choose.random() < 0.6:
                site["commune"] = _commune(department, choose)
        if choose.random() < 0.7:
            site["beds"] = establishment["beds"] // count
        if choose.random() < 0.7:
            site["floor_area_m2"] = round(choose.uniform(800, 60000), choose.choice((0, 1)))
        yield site


def _declaration(choose: random.Random) -> dict[str, Any]:
    criteria = ("magnitude", "influence", "risk", "sector_guidance", "outsourcing", "employee_engagement")
    significance: list[dict[str, Any]] = []
    for post in ("3.1", "3.3", "3.4", "3.5", "4.1", "4.2", "4.3", "4.4", "4.5", "6.1"):
        if choose.random() < 0.8:
            entry = {"post": post, "significant": choose.random() < 0.7, "criterion": choose.choice(criteria)}
            if choose.random() < 0.4:
                entry["comment"] = choose.choice(_OPENINGS) + choose.choice(_CLOSINGS)
            significance.append(entry)
    reasons = ("Espaces verts sans changement d’usage des sols.", "L’établissement ne vend ni ne loue de biens.",
               "Aucune participation financière.\nVérifié avec le comptable public.")  # fmt: skip
    excluded = [{"post": post, "justification": choose.choice(reasons)} for post in ("1.5", "5.2", "5.4")]
    declaration = {"consolidation": "operational_control", "significance": significance, "excluded_posts": excluded}
    return {key: value for key, value in declaration.items() if choose.random() < 0.9}


# ---------------------------------------------------------------- lines


@dataclass(frozen=True)
class _Remarks:
    """Text of the fields that do not bear on binding, in one style."""

    suppliers: list[str]
    evidence: list[tuple[str, str]]
    comments: list[str]
    qualities: list[str]
    uncertainties: list[str]
    spends: list[tuple[str, str]]

    def text(self, flags: list[bool], pick: list[int], chance: float, money: bool) -> str:
        """Text of the remarks of a line; the flags say which."""
        text = self.suppliers[pick[1] % len(self.suppliers)] if flags[0] else ""
        if flags[1]:
            before, after = self.evidence[pick[2] % len(self.evidence)]
            text += f"{before}{pick[3] % 1_000_000:06d}{after}"
        if flags[2]:
            text += self.comments[pick[3] % len(self.comments)]
        if flags[4]:
            text += self.uncertainties[pick[1] % len(self.uncertainties)]
        elif flags[3]:
            text += self.qualities[pick[0] % len(self.qualities)]
        if chance < 0.02 and not money:
            before, after = self.spends[pick[2] % len(self.spends)]
            text += f"{before}{pick[0] % 1_000_000 / 100}{after}"
        return text


@cache
def _remarks(style: Style) -> _Remarks:
    comma = style.between(3)
    choose = random.Random("remarks")
    notes = [{name: choose.choice((2, 3, 3, 4, 4, 5, 1)) for name in _QUALITY} for _ in range(240)]
    partial = [{name: choose.randint(1, 5) for name in _QUALITY if choose.random() < 0.6} for _ in range(40)]
    spends = (
        {"factor": "spend-other-manufactured-products", "quantity": _HASH, "unit": "EUR HT"},
        {"factor": "spend-food-beverages-tobacco", "quantity": _HASH, "unit": "EUR TTC", "vat_percent": 5.5},
        {"factor": "spend-pharmaceutical-products", "quantity": _HASH, "unit": "EUR", "basis": "HT"},
        {"factor": "spend-chemical-products", "quantity": _HASH, "unit": "EUR", "basis": "TTC", "vat_percent": 20},
    )
    cut = [comma + style.member("evidence", text.replace("#", _HASH)) for text in _EVIDENCE]
    spent = [comma + style.member("spend", spend) for spend in spends]
    return _Remarks(
        suppliers=[comma + style.member("supplier", name) for name in _SUPPLIERS],
        evidence=[(text.partition(_HASH)[0], text.partition(_HASH)[2]) for text in cut],
        comments=[comma + style.member("comment", one + two) for one in _OPENINGS for two in _CLOSINGS],
        qualities=[comma + style.member("quality", note) for note in (*notes, *partial)],
        uncertainties=[
            comma + style.member("uncertainty", u) for u in (1, 2, 2.5, 3, 5, 5, 10, 10, 15, 20, 30, 50, 100)
        ],
        spends=[(text.partition(f'"{_HASH}"')[0], text.partition(f'"{_HASH}"')[2]) for text in spent],
    )


_PREFIXES = ("", "L", "2023-", "achat-", "ligne ", "é-", "FA/", "mouvement-")


def _quantities(values: NDArray[np.float64], forms: NDArray[np.float64]) -> list[str]:
    """Text of quantities: most with two or three decimals, some whole, a few with an exponent."""
    texts = []
    for value, form in zip(values.tolist(), forms.tolist(), strict=True):
        if form < 0.58:
            texts.append(repr(round(value, 2)))
        elif form < 0.76:
            texts.append(repr(round(value, 3)))
        elif form < 0.98:
            texts.append(str(math.ceil(value)) if value > 0 else str(math.floor(value)))
        else:
            texts.append(f"{value:.3e}")
    return texts


def _lines(
    head: _Head, count: int, stock: Stock, style: Style, draw: np.random.Generator
) -> tuple[dict[str, list[str]], float]:
    """Text of the lines of a document by section; and the energy that they come to [kWh]."""
    kind = KINDS[head.kind]
    chosen = np.searchsorted(stock.frequencies(head.kind), draw.random(count))
    spread = draw.normal(0.0, 1.6, count)
    values = np.exp(stock.locations[chosen] + spread) * kind.scale
    templates = stock.templates
    credit = (draw.random(count) < 0.015) & ~np.array([template.asset for template in templates])[chosen]
    values[credit] *= -0.1
    quantities = _quantities(values, draw.random(count))
    energy = float(np.sum(values * stock.kwh[chosen]))

    remarks, (references, rests, accounts) = _remarks(style), stock.texts(style)
    comma, colon, opening, closing = style.between(3), style.colon, "{" + style.newline(3), style.newline(2) + "}"
    site_texts = [comma + style.member("site", name) for name in head.sites]
    habit = draw.random(6)  # what the people of this establishment fill in
    # shares of: supplier, evidence, comment, quality, uncertainty, account
    shares = np.array([0.08, 0.25, 0.02, 0.03, 0.08, 0.10]) + habit * np.array([0.3, 0.45, 0.10, 0.25, 0.20, 0.5])
    given = draw.random((count, 6)) < shares
    picks = draw.integers(0, 2**31, (count, 4)).tolist()
    chances = draw.random((count, 4)).tolist()
    prefix = style.dumps(_PREFIXES[int(draw.integers(len(_PREFIXES)))])[1:-1]
    start = f'{opening}"id"{colon}"{prefix}'
    amount = f'{comma}"quantity"{colon}'
    site_texts = site_texts or [""]
    noted = _noted(style)

    texts: list[list[str]] = [[] for _ in SECTIONS]
    rows = zip(chosen.tolist(), quantities, credit.tolist(), given.tolist(), picks, chances, strict=True)
    for number, (which, quantity, credited, flags, pick, chance) in enumerate(rows, 1):
        template = templates[which]
        terms = f'{start}{number:05d}"{comma}{references[which]}{amount}{quantity}{comma}{rests[which]}'
        site = site_texts[pick[0] % len(site_texts)] if chance[0] > 0.2 else ""
        account = accounts[which] if flags[5] else ""
        marks = noted(template, credited, chance)
        texts[template.section].append(
            f"{terms}{marks}{site}{account}{remarks.text(flags, pick, chance[3], template.money)}{closing}"
        )
    return dict(zip(SECTIONS, texts, strict=True)), energy


def _noted(style: Style) -> Callable[[Template, bool, list[float]], str]:
    """Function that writes what is true or false of a line: credit and retroceded."""
    comma, medicines = style.between(3), SECTIONS.index("medicines")
    is_credit, retroceded = (comma + style.member(name, True) for name in ("credit", "retroceded"))
    not_credit, not_retroceded = (comma + style.member(name, False) for name in ("credit", "retroceded"))

    def noted(template: Template, credited: bool, chance: list[float]) -> str:
        text = is_credit if credited else not_credit if chance[0] < 0.003 else ""
        if template.section == medicines and chance[1] < 0.15:
            text += retroceded if chance[1] < 0.12 else not_retroceded
        return text

    return noted


def _document(number: int, kind: str, lines: int, stocks: "_Stocks", seed: int, one_line: bool) -> str:
    """Text of one document."""
    choose = random.Random(f"{seed} {number}")
    draw = np.random.default_rng((seed, number))
    head = _head(number, kind, choose)
    styles, weights = zip(*_STYLES[:3] if one_line else _STYLES, strict=True)
    style: Style = choose.choices(styles, weights)[0]
    sections, energy = _lines(head, lines, stocks.of(head), style, draw)
    if energy > 0 and choose.random() < 0.95:
        # the floor area follows the energy, for an intensity that a hospital may have [kWh/m2]
        intensity = min(580.0, max(130.0, choose.lognormvariate(math.log(250), 0.3)))
        head.members["establishment"]["floor_area_m2"] = round(energy / intensity, choose.choice((0, 1, 2)))
    members = [style.member(name, value, 1) for name, value in head.members.items()]
    for name, texts in sections.items():
        if texts:
            inside = style.newline(2) + style.between(2).join(texts) + style.newline(1)
            members.append(f'"{name}"{style.colon}[{inside}]')
        elif choose.random() < 0.5:
            members.append(f'"{name}"{style.colon}[]')
    return "{" + style.newline(1) + style.between(1).join(members) + style.newline(0) + "}"


class _Stocks:
    """Stock of templates of each place and option that changes what binds, built when it is asked for."""

    def __init__(self, library: FactorLibrary) -> None:
        self.library = library
        self.candidates = list(_candidates(library))
        self.known: dict[tuple[str, str], Stock] = {}

    def of(self, head: _Head) -> Stock:
        place = self.library.region_geography(head.region, head.department)
        if (place, head.contrails) not in self.known:
            where = (head.region, head.department)
            self.known[place, head.contrails] = Stock(_usable(self.candidates, self.library, where, head.contrails))
        return self.known[place, head.contrails]


# ---------------------------------------------------------------- collections


def document_sizes(documents: int, lines_per_document: int, skew: bool, draw: np.random.Generator) -> list[int]:
    """Lines of each document: all the same, or lognormal of that mean; their sum is what was asked for."""
    if not skew or documents == 1:
        return [lines_per_document] * documents
    total = documents * lines_per_document
    raw = np.exp(draw.normal(0.0, 1.4, documents))
    free = total - documents * min(FEWEST_LINES, lines_per_document)
    sizes = np.floor(raw / raw.sum() * free).astype(np.int64) + min(FEWEST_LINES, lines_per_document)
    sizes[np.argmax(sizes)] += total - sizes.sum()
    return [int(size) for size in sizes]


def _kinds(sizes: Sequence[int], draw: np.random.Generator) -> list[str]:
    """Kind of each document, in the shares of KINDS; where sizes differ, the larger the kind the longer the list."""
    names = sorted(KINDS, key=lambda name: -KINDS[name].scale)
    shares = np.array([KINDS[name].share for name in names])
    bounds = np.cumsum(shares / shares.sum()) * len(sizes)
    # ranks are blurred: some homes keep longer lists than some hospitals
    blurred = np.array(sizes) * np.exp(draw.normal(0.0, 0.25, len(sizes)))
    order = draw.permutation(len(sizes)) if len(set(sizes)) == 1 else np.argsort(-blurred)
    kinds = [""] * len(sizes)
    for rank, number in enumerate(order.tolist()):
        kinds[number] = names[min(int(np.searchsorted(bounds, rank, side="right")), len(names) - 1)]
    return kinds


def write_collection(
    folder: str | Path,
    documents: int,
    lines_per_document: int = 2000,
    *,
    seed: int = 1,
    library: FactorLibrary | None = None,
    skew: bool = True,
    form: Form = "files",
) -> list[Path]:
    """Write a collection of valid inventories, the same for the same seed and library.

    Parameters
    ----------
    folder
        Made if it does not exist; what it has of the same names is replaced.
    lines_per_document
        Mean of the lines of a document; with `skew`, their sizes are lognormal, their sum is the same.
    library
        What the lines are bound to; the packaged one by default.
    form
        ``files`` or ``gz``, one for each document; ``zip``, one archive; ``ndjson``, one document a line.

    Returns
    -------
    list of Path
        What was written.
    """
    if not 1 <= documents <= MOST_DOCUMENTS:
        raise ValueError(f"documents must be 1 to {MOST_DOCUMENTS}, not {documents}")
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    stocks = _Stocks(library or load_factors())
    draw = np.random.default_rng(seed)
    sizes = document_sizes(documents, lines_per_document, skew, draw)
    kinds = _kinds(sizes, draw)
    texts = (
        (f"{number + 1:05d}-{kind}.json", _document(number, kind, lines, stocks, seed, form == "ndjson").encode())
        for number, (kind, lines) in enumerate(zip(kinds, sizes, strict=True))
    )
    if form == "zip":
        return [_write_archive(folder / "collection.zip", texts)]
    if form == "ndjson":
        path = folder / "collection.ndjson"
        with path.open("wb") as stream:
            stream.writelines(text + b"\n" for _, text in texts)
        return [path]
    paths = []
    for name, text in texts:
        path = folder / (name + ".gz" if form == "gz" else name)
        # no time in the header: the same seed gives the same bytes
        path.write_bytes(gzip.compress(text, 6, mtime=0) if form == "gz" else text)
        paths.append(path)
    return paths


def write_inventory(path: Path, lines: int, kind: str = "chu", seed: int = 1) -> Path:
    """Write one valid inventory of a kind of establishment, the same for the same seed."""
    path.write_text(_document(0, kind, lines, _Stocks(load_factors()), seed, one_line=False), encoding="utf-8")
    return path


def _write_archive(path: Path, texts: Iterator[tuple[str, bytes]]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, text in texts:
            member = zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0))
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, text)
    return path


def main() -> None:
    parser = argparse.ArgumentParser(description="Write a collection of inventories for the benchmarks.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--documents", type=int, default=2700)
    parser.add_argument("--lines", type=int, default=2000, help="mean lines of a document")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--exact", action="store_true", help="as many lines in every document")
    parser.add_argument("--form", choices=("files", "ndjson", "zip", "gz"), default="files")
    asked = parser.parse_args()
    started = time.perf_counter()
    paths = write_collection(
        asked.folder, asked.documents, asked.lines, seed=asked.seed, skew=not asked.exact, form=asked.form
    )
    seconds = time.perf_counter() - started
    lines, size = asked.documents * asked.lines, sum(path.stat().st_size for path in paths)
    sys.stdout.write(
        f"{len(paths)} files, {lines} lines, {size} bytes ({size / lines:.0f} a line) "
        f"in {seconds:.1f} s ({lines / seconds:.0f} lines/s)\n"
    )


if __name__ == "__main__":
    main()
