"""Links between the pages, and out of docs/: to a generated page where there is one, else to a copy of the file."""

import functools
import os
import re
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parents[2]
# what people read as a file in the repository and as a page on the site: path in the repository -> document
HOMES = {
    "README.md": "index",
    "docs": "index",
    "emission_factors/factors.csv": "generated/factors/index",
    "emission_factors/gaps.csv": "generated/factors/gaps",
    "emission_factors/sources.csv": "generated/factors/sources",
    "adaptation_catalogue/items.csv": "generated/checklist/index",
    "adaptation_catalogue/sources.csv": "generated/checklist/sources",
    "schemas": "generated/schemas/index",
    "src/decarb/__init__.py": "generated/api/index",
    "src/decarb": "generated/api/index",
}
# texts outside docs/ that are pages of the site: those that lie in these folders, and the changelog
FOLDERS = ("examples", "emission_factors", "adaptation_catalogue")
FENCE = re.compile(r"^(```|~~~).*?^\1", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"(?<!!)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^()\s]+)\)")


@functools.cache
def texts() -> dict[str, str]:
    """Documents of the site made of texts outside docs/, with their paths in the repository."""
    paths = [path.relative_to(ROOT).as_posix() for name in FOLDERS for path in sorted((ROOT / name).glob("**/*.md"))]
    return {document(path): path for path in ["CHANGELOG.md", *paths]}


def document(path: str) -> str:
    """Document made of a text: ``examples/bad/README.md`` is ``generated/examples-bad``."""
    return "generated/" + path.removesuffix(".md").removesuffix("/README").lower().replace("/", "-")


def home(path: str) -> str | None:
    """Document of the site that shows a file or folder of the repository; None if there is none."""
    for text in (path, f"{path}/README.md"):
        if document(text) in texts():
            return document(text)
    schema = re.fullmatch(r"schemas/(\w+)\.schema\.json", path)
    return f"generated/schemas/{schema[1]}" if schema else HOMES.get(path)


def for_the_site(text: str, docname: str, written_in: str | None = None) -> str:
    """Markdown of a document with its links as the site needs them.

    Parameters
    ----------
    text
        Of the document.
    docname
        Of the document on the site (``start/hospital``).
    written_in
        Folder of the repository that links are relative to; that of the document by default.
    """
    folder = PurePosixPath(written_in if written_in is not None else f"docs/{docname}").as_posix()
    base = folder if written_in is not None else str(PurePosixPath(folder).parent)
    here = str(PurePosixPath(docname).parent)

    def led(match: re.Match[str]) -> str:
        words, target = match.groups()
        path, mark, anchor = target.partition("#")
        if not path or ":" in path:
            return match[0]
        file = os.path.normpath(f"{base}/{path}" if base else path)
        document = file.removeprefix("docs/").removesuffix(".md") if re.match(r"docs/.*\.md$", file) else home(file)
        if document is not None:
            return f"[{words}]({os.path.relpath(f'{document}.md', here)}{mark}{anchor})"
        if (ROOT / file).is_dir():
            return words
        return f"[{words}]({os.path.relpath(ROOT / file, ROOT / 'docs' / here)})"

    kept = 0
    parts = []
    for fence in FENCE.finditer(text):
        parts += [LINK.sub(led, text[kept : fence.start()]), fence[0]]
        kept = fence.end()
    return "".join([*parts, LINK.sub(led, text[kept:])])
