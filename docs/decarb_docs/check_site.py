"""Check that the pages of a built site fetch nothing, name their language and describe their images.

``python docs/decarb_docs/check_site.py build/site`` lists what is wrong, and then ends with 1.
"""

import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

FETCHING = {"script": "src", "img": "src", "iframe": "src", "source": "src", "video": "src", "audio": "src"}
STYLE_ADDRESS = re.compile(r"""(?:@import\s+|url\()\s*["']?((?:https?:)?//[^"')\s]+)""")


class Page(HTMLParser):
    """What is wrong with one page."""

    def __init__(self) -> None:
        super().__init__()
        self.problems: list[str] = []
        self.headings = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at one element."""
        held = dict(attrs)
        address = held.get(FETCHING.get(tag, ""), "") or ""
        if tag == "link" and held.get("rel") not in {"canonical", "license"}:
            address = held.get("href") or ""
        if re.match(r"(https?:)?//", address):
            self.problems.append(f"fetches {address}")
        if tag == "html" and not held.get("lang"):
            self.problems.append("does not name its language")
        if tag == "img" and "alt" not in held:
            self.problems.append(f"an image without words: {held.get('src')}")
        self.headings += tag == "h1"


def problems(site: Path) -> Iterator[str]:
    """Every problem of every page and style sheet."""
    for path in sorted(site.rglob("*.html")):
        page = Page()
        page.feed(path.read_text(encoding="utf-8"))
        # a script writes that of the search
        if page.headings != 1 and path.name != "search.html":
            page.problems.append(f"{page.headings} headings of the first level")
        yield from (f"{path.relative_to(site)}: {problem}" for problem in page.problems)
    for path in sorted(site.rglob("*.css")):
        text = path.read_text(encoding="utf-8")
        yield from (f"{path.relative_to(site)}: fetches {address}" for address in STYLE_ADDRESS.findall(text))


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    found = list(problems(folder))
    sys.stdout.write("".join(f"{problem}\n" for problem in found))
    sys.stdout.write(f"{len(list(folder.rglob('*.html')))} pages; problems: {len(found)}\n")
    sys.exit(bool(found))
