"""Registers of a few sites, whose numbers have valid keys."""

from pathlib import Path

HEADER = "finess_et,finess_ej,name,category,legal_status,commune,department,region,ght,beds,places,stays,headcount"
VIRIAT = "010000024,010780054,CH Viriat,355,13,01451,,,Bresse,500,40,30000,2100"
CAYENNE = "970300026,970302022,CH Cayenne,355,13,97302,973,03,,400,20,20000,2000"
PITIE = "750100125,750712184,GHU Pitié,101,10,75113,,,,1275,90,90000,9000"


def finess(start: str) -> str:
    """A FINESS number from its first eight characters."""
    digits = start.replace("A", "0").replace("B", "0")
    for key in "0123456789":
        total = 0
        for position, digit in enumerate(reversed(digits + key)):
            value = int(digit) * (2 if position % 2 else 1)
            total += value - 9 if value > 9 else value
        if total % 10 == 0:
            return start + key
    raise AssertionError


def register(folder: Path, *rows: str, header: str = HEADER, name: str = "frame.csv") -> Path:
    """Path of a CSV."""
    path = folder / name
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


EXTRACT = [
    "finess;etalab;111;2026-05-12",
    "structureet;010000024;010780054;CH DE FLEYRIAT;CENTRE HOSPITALIER DE BOURG-EN-BRESSE FLEYRIAT;;;900;RTE;DE PARIS;"
    ";;451;01;AIN;01440 VIRIAT;0474454647;0474454114;355;Centre Hospitalier (C.H.);1102;Centres Hospitaliers;"
    "26010004500012;8610Z;03;ARS établissements Publics de santé dotation globale;1;Etablissement public de santé;"
    "1979-02-13;1979-02-13;2020-02-04;",
    "structureet;970100400;970100186;C.H. LOUIS CONSTANT FLEMING;CENTRE HOSPITALIER LOUIS CONSTANT FLEMING;"
    "CH LOUIS CONSTANT FLEMING;;;;;;BP 381;127;9A;GUADELOUPE;97150 ST MARTIN;0590522525;0590522630;355;"
    "Centre Hospitalier (C.H.);1102;Centres Hospitaliers;26971036400028;;03;"
    "ARS établissements Publics de santé dotation globale;1;Etablissement public de santé;1951-01-01;1951-01-01;"
    "2024-04-08;",
    "structureet;970300026;970302022;CENTRE HOSPITALIER DE CAYENNE;CENTRE HOSPITALIER  DE CAYENNE;;;;AV;ALEXIS BLAISE;;"
    "BP 6006;302;9C;GUYANE;97306 CAYENNE CEDEX;0594395050;0594305250;355;Centre Hospitalier (C.H.);1102;"
    "Centres Hospitaliers;26973302800022;;03;ARS établissements Publics de santé dotation globale;1;"
    "Etablissement public de santé;1904-04-04;1998-04-29;2024-04-22;",
    'structureet;980501506;980501498;"LIEU DE VIE ""MAVOUNA MEMA 1""";"LIEU DE VIE ET D\'ACCUEIL ""MAVOUNA MEMA 1""";'
    "ASSOCIATION MESSO;;12;R;ANCIEN TERRAIN DE FOOT;;;606;9F;MAYOTTE;97620 CHIRONGUI;0269666815;;462;"
    "Lieux de Vie et d'Accueil;4605;Etablissements et services multi-clientèles;82967998400015;;08;"
    "Président du Conseil Départemental;;;2019-04-01;2019-03-18;2025-05-07;",
    "structureet;980600027;980600019;HOPITAL DE SIA;;;;;;;;BP 4 - MATA'UTU;613;9J;WALLIS ET FUTUNA;98600 UVEA;;;355;"
    "Centre Hospitalier (C.H.);1102;Centres Hospitaliers;13000323900014;;99;Indéterminé;1;"
    "Etablissement public de santé;2024-10-30;2024-10-30;2024-10-30;",
    "geolocalisation;010000024;868817.4;6570114.9;1,ATLASANTE,100,IGN,BD_ADRESSE,V2.2,LAMBERT_93;2026-05-12",
]
"""Lines of etalab-cs1100502-stock-20260512 (FINESS, open licence Etalab), and one of coordinates."""
ENTITIES = [
    "finess;etalab;93;2026-05-12",
    "structureej;010780054;CH BOURG;CENTRE HOSPITALIER DE BOURG;;900;RTE;DE PARIS;;;;451;01440 VIRIAT;01;AIN;"
    "0474454647;13;Etablissement Public Communal d'Hospitalisation;355;Centre Hospitalier (C.H.);"
    "260100045;8610Z;1901-01-01",
]
"""In the form of etalab-cs1100501."""


def extract(folder: Path, lines: list[str], encoding: str = "utf-8", name: str = "etalab.csv") -> Path:
    """Path of an extract."""
    path = folder / name
    path.write_bytes(("\n".join(lines) + "\n").encode(encoding))
    return path
