"""A small base in the form of the real one: tabs, no header, CRLF, one file in UTF-8, the others in Windows-1252."""

from pathlib import Path

SPECIALITIES = (
    "60000011\tPARACÉTAMOL EXEMPLE 500 mg, comprimé\tcomprimé\torale\tAutorisation active\tProcédure nationale"
    "\tCommercialisée\t12/03/1998\t\t\t EXEMPLE PHARMA\tNon",
    "60000022\tDOLEX 500 mg, comprimé pelliculé\tcomprimé pelliculé\torale\tAutorisation active\tProcédure nationale"
    "\tCommercialisée\t12/03/1999\t\t\t DOLEX;AUTRE\tNon",
    "60000033\tSIROPEX L’enfant, sirop\tsirop\torale;rectale\tAutorisation active\tProcédure nationale"
    "\tCommercialisée\t12/03/2001\tAlerte\tEU/1/00/000\t SIROPEX\tOui",
    "60000044\tOXYGÈNE EXEMPLE, gaz pour inhalation\tgaz pour inhalation\tinhalée\tAutorisation active"
    "\tProcédure nationale\tCommercialisée\t12/03/2001\t\t\t GAZEX\tNon",
    "60000055\tSANS BOÎTE, gélule\tgélule\torale\tAutorisation active\tProcédure nationale\tNon commercialisée"
    "\t12/03/2001\t\t\t EXEMPLE\tNon",
)
PRESENTATIONS = (
    "60000011\t3000018\tplaquette(s) PVC-Aluminium de 16 comprimé(s)\tPrésentation active"
    "\tDéclaration de commercialisation\t19/09/2011\t3400930000182\toui\t65 %\t1,16\t2,18\t1,02"
    "\tDouleur :<br>-&nbsp;fièvre",
    "60000011\t3000020\t4 plaquette(s) aluminium de 25 comprimé(s)\tPrésentation active"
    "\tDéclaration d'arrêt de commercialisation\t29/11/2924\t3400930000205\tnon\t65%\t1,466,29\t1,467,31\t1,02\t",
    "60000033\t3000031\t1 flacon(s) en verre brun de 150 ml\tPrésentation active\tDéclaration de commercialisation"
    "\t24/06/2026\t3400930000311\toui\t\t\t\t\t",
    "60000044\t3000042\t1 bouteille acier de 5 l munie d'un robinet en laiton\tPrésentation active"
    "\tDéclaration de commercialisation\t01/01/2020\t3400930000427\toui\t\t\t\t\t",
    "60000066\t3000053\t1 ou plusieurs poches EVA - Spécifique au patient\tPrésentation active"
    "\tDéclaration de commercialisation\t01/01/2020\t3400930000533\toui\t\t\t\t\t",
)
COMPOSITIONS = (
    "60000011\tcomprimé\t00001\tPARACÉTAMOL\t500 mg\tun comprimé\tSA\t1",
    "60000022\tcomprimé\t00001\tPARACÉTAMOL\t500 mg\tun comprimé\tSA\t1",
    "60000033\tsirop\t00002\tCHLORHYDRATE D’EXEMPLINE\t\t\tSA\t1",
    "60000033\tsirop\t00003\tEXEMPLINE\t20 mg\t100 ml de sirop\tFT\t1",
    "60000044\tgaz\t00004\tOXYGÈNE\tqs (sous une pression de 200 bar)\tun comprimé\tSA\t1",
    "60000077\tcomprimé\t00009\tORPHELINE\t1 mg\tun comprimé\tSA\t1",
)
GENERICS = (
    "1\tPARACETAMOL 500 mg - DOLEX 500 mg, comprimé pelliculé\t60000022\t0\t1",
    "1\tPARACETAMOL 500 mg - DOLEX 500 mg, comprimé pelliculé\t60000011\t1\t2",
    "2\tDISPARU 1 mg\t60000088\t1\t1",
)
MAJOR_INTEREST = ("60000022\tN02BE01\tDOLEX 500 mg\thttp://example.org",)
FILES = {
    "CIS_bdpm.txt": (SPECIALITIES, "cp1252"),
    "CIS_CIP_bdpm.txt": (PRESENTATIONS, "utf-8"),
    "CIS_COMPO_bdpm.txt": (COMPOSITIONS, "cp1252"),
    "CIS_GENER_bdpm.txt": (GENERICS, "cp1252"),
    "CIS_MITM.txt": (MAJOR_INTEREST, "cp1252"),
}


def write_small_base(folder: Path, **changed: tuple[str, ...] | bytes | None) -> Path:
    """Write the base; `changed` replaces rows or bytes of a file by its stem, or leaves it out (None)."""
    folder.mkdir(exist_ok=True)
    for name, (rows, encoding) in FILES.items():
        content = changed.get(name.removesuffix(".txt"), rows)
        if content is not None:
            written = (
                content if isinstance(content, bytes) else "".join(f"{row}\r\n" for row in content).encode(encoding)
            )
            (folder / name).write_bytes(written)
    return folder
