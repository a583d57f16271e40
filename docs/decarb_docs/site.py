"""Sphinx extension: what the site adds to the Markdown of docs/.

The pages are plain Markdown that GitHub shows as well. Generated ones are written to ``docs/generated``, which git
ignores; a link to the file that they are made of (``../schemas/result.schema.json``) leads to the page on the site.
"""

from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from decarb_docs import api_pages, checklist_pages, factor_pages, links, navigation, repository_pages, schema_pages
from decarb_docs.markdown import write_pages

DOCS = Path(__file__).resolve().parent.parent
GENERATED = DOCS / "generated"


def generated_pages() -> dict[str, str]:
    """Text of every generated page, by its path under ``docs/generated``."""
    pages: dict[str, str] = {}
    for module in (schema_pages, factor_pages, checklist_pages, api_pages, repository_pages):
        pages.update(module.pages())
    return pages


def generate(_app: Sphinx, _config: Any) -> None:
    """Write the generated pages before Sphinx looks for its documents."""
    write_pages(GENERATED, generated_pages())


def read_source(app: Sphinx, docname: str, content: list[str]) -> None:
    """Lead links out of the folder to their pages, and add the navigation to the front page."""
    if app.env.doc2path(docname).suffix == ".md":
        content[0] = links.for_the_site(content[0], docname)
    if docname == app.config.root_doc:
        content[0] += navigation.toctrees()


def say_language(_app: Sphinx, pagename: str, _template: str, context: dict[str, Any], _doctree: Any) -> None:
    """Let screen readers and browsers know which pages are French."""
    if pagename.startswith("fr/"):
        context["language"] = "fr"


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("config-inited", generate)
    app.connect("source-read", read_source)
    app.connect("html-page-context", say_language)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
