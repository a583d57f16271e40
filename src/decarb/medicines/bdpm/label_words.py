"""The words of labels: solid doses, containers, materials, measures."""

import re

SOLID_DOSES = (
    "comprimé",
    "gélule",
    "capsule",
    "suppositoire",
    "ovule",
    "gomme",
    "pastille",
    "lyophilisat",
    "emplâtre",
    "anneau",
    "implant",
    "compresse",
    "pansement",
    "patch",
    "éponge",
    "insert",
    "pâte",
    "bonbon",
    "bâton",
    "cône",
    "granule",
    "tampon",
)
"""Doses that are counted one by one, whatever holds them."""

CONTAINERS = (
    "plaquette",
    "flacon",
    "ampoule",
    "seringue",
    "sachet",
    "tube",
    "poche",
    "récipient",
    "bouteille",
    "cartouche",
    "pilulier",
    "stylo",
    "pot",
    "inhalateur",
    "évaporateur",
    "générateur",
    "distributeur",
    "enveloppe",
    "applicateur",
    "fût",
    "étui",
    "crayon",
    "kit",
    "cadre",
    "sac",
    "boîte",
    "bande",
    "traitement",
    "conditionnement",
    "test",
)

_MATERIALS = (
    ("polychlorotrifluoroéthylène", r"aclar|polychlortrifluoro|polychlorotrifluoro|polytrifluorochloro|pctfe"),
    ("PEHD", r"polyéthylène haute densité|\bpehd\b"),
    ("PEBD", r"polyéthylène basse densité|\bpebd\b"),
    ("PET", r"polytéréphtalate|polytéréphthalate|polyéthylène téréphtalate|\bpet\b"),
    ("polyester", r"polyester"),
    ("polyéthylène", r"polyéthylène(?! (?:haute|basse|téréph))|polyethylène"),
    ("PVDC", r"\bpvdc\b"),
    ("PVC", r"\bpvc"),
    ("EVA", r"éthylène vinyl acétate|\beva\b"),
    ("SEBS", r"\bsebs\b|styrène-éthylène-butylène"),
    ("copolymère de cyclooléfines", r"cyclo ?oléfine|\bcoc\b"),
    ("polyoléfine", r"(?<!cyclo)polyoléfine"),
    ("polypropylène", r"polypropylène|propylène-co-éthylène"),
    ("polystyrène", r"polystyrène"),
    ("polyamide", r"poly+amide|\bopa\b"),
    ("polycarbonate", r"polycarbonate"),
    ("ABS", r"acrylonitrile butadiène styrène|\babs\b"),
    ("verre", r"\bverre\b"),
    ("aluminium", r"\baluminium|\balumino|\balu\b"),
    ("acier", r"\bacier\b"),
    ("papier", r"\bpapier\b"),
    ("carton", r"\bcarton\b"),
    ("métal", r"\bmétal\b"),
    ("plastique", r"(?<!alumino-)\bplastique\b"),
)
_MATERIAL_PATTERNS = tuple((name, re.compile(pattern)) for name, pattern in _MATERIALS)

MEASURES = {
    "ml": ("mL", 1.0),
    "millilitres": ("mL", 1.0),
    "microlitres": ("mL", 0.001),
    "l": ("L", 1.0),
    "litre": ("L", 1.0),
    "litres": ("L", 1.0),
    "g": ("g", 1.0),
    "kg": ("g", 1000.0),
    "mg": ("mg", 1.0),
    "microgrammes": ("mg", 0.001),
    "ui": ("UI", 1.0),
    "mui": ("UI", 1e6),
    "unité": ("U", 1.0),
    "unités": ("U", 1.0),
    "mbq": ("MBq", 1.0),
    "gbq": ("MBq", 1000.0),
    "dose": ("dose", 1.0),
    "doses": ("dose", 1.0),
    "bouffées": ("dose", 1.0),
    "pulvérisation": ("dose", 1.0),
    "pulvérisations": ("dose", 1.0),
}
"""Units of content as labels write them: the unit they are given in, and how many of it."""

_FORMS = (
    "comprimé",
    "gélule",
    "capsule",
    "suppositoire",
    "ovule",
    "gomme",
    "pastille",
    "lyophilisat",
    "film",
    "dispositif",
    "patch",
    "emplâtre",
)


def materials_of(label: str) -> str:
    """Materials of the container that a label names, in the order of their codes, between slashes.

    >>> materials_of("plaquette(s) thermoformée(s) PVC-Aluminium de 8 comprimé(s)")
    'PVC/aluminium'
    """
    lower = re.split(r" avec (?!fermeture)| munie?s? | équip| [-+] \d", label.lower())[0]
    return "/".join(sorted(name for name, pattern in _MATERIAL_PATTERNS if pattern.search(lower)))


def form_unit(form: str) -> str:
    """Solid dose that a pharmaceutical form is ("comprimé pelliculé" is a comprimé); "" for any other form."""
    lower = form.lower()
    return next((word for word in _FORMS if lower.startswith(word)), "")
