"""A few boxes with the interface of the medicines database."""

from types import SimpleNamespace

from decarb.medicines.classes import substance_class
from decarb.medicines.codes import to_cip7
from decarb.medicines.database import Presentation, Speciality


def box(cip13, cis, label="", **fields):
    given = {
        "units": 30.0,
        "unit": "comprimé",
        "container": "plaquette",
        "material": "PVC",
        "content": None,
        "content_unit": "",
        "active_mass_mg": 15000.0,
        "mass_reason": "",
        "marketed": True,
    }
    return Presentation(cip13=cip13, cis=cis, label=label or f"box {cip13}", **{**given, **fields})


def speciality(cis, *cips, **fields):
    given = {
        "name": f"MEDICINE {cis}",
        "form": "comprimé",
        "routes": ("orale",),
        "atc": "C09AA05",
        "atc_origin": "database",
        "substances": ("RAMIPRIL",),
        "generic_groups": (),
    }
    described = {**given, **fields}
    held = substance_class(described["form"], described["atc"], described["substances"])
    return Speciality(cis=cis, cip7s=tuple(map(to_cip7, cips)), substance_class=held, **described)


class SmallDatabase:
    version = "small"
    digest = "0" * 64
    source = "tests"

    def __init__(self, boxes, specialities, links=()):
        self._boxes = {each.cip13: each for each in boxes}
        self._specialities = {each.cis: each for each in specialities}
        self._links = {ucd: SimpleNamespace(ucd13=ucd, cip13=cip, cis="", units=units) for ucd, cip, units in links}

    def presentation(self, cip13):
        return self._boxes.get(cip13)

    def presentations(self):
        return iter(self._boxes.values())

    def speciality(self, cis):
        return self._specialities.get(cis)

    def near(self, cip13):
        return []

    def ucd(self, ucd13):
        return self._links.get(ucd13)
