"""What a person who opens a dossier without decarb reads first."""

from decarb import __version__
from decarb.language import mark
from decarb.report.words import Words

README = "README.txt"
_LINES = (
    mark("This dossier holds a carbon footprint, all that it was made from and what it says."),
    mark("manifest.json: the sha256 of every other member, and what computed the result."),
    mark("options.json: what was asked. inventories/: the documents as they came."),
    mark("library/, medicines/: the emission factors and tables that it was computed with."),
    mark("result.json, lines.csv: the result and its lines [kg CO2e], unrounded. report.txt: the same to read."),
    mark("To compute it again from these members alone, to the bit: decarb verify dossier.zip"),
    mark("Without decarb: sha256sum of each member, beside manifest.json. Where there is a manifest.json.sig:"),
)
_CHECK = "ssh-keygen -Y verify -f ALLOWED_SIGNERS -I IDENTITY -n decarb-dossier -s manifest.json.sig < manifest.json"


def readme(language: str) -> bytes:
    """Text of the member ``README.txt`` in `language`."""
    words = Words(language)
    return "\n".join([f"decarb {__version__}", "", *map(words.say, _LINES), f"    {_CHECK}", ""]).encode()
