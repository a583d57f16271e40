"""Sphinx: the documentation site, built offline with warnings as errors (``make docs``)."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from decarb import __version__

project = "decarb"
author = "The decarb developers"
project_copyright = "The decarb developers. Code and documentation: Apache-2.0; factors: Licence Ouverte 2.0"
version = release = __version__
language = "en"

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.viewcode", "numpydoc", "decarb_docs.site"]
exclude_patterns = ["decarb_docs", "README.md"]

myst_heading_anchors = 4
myst_enable_extensions = ["attrs_inline", "colon_fence"]

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
python_use_unqualified_type_names = True
numpydoc_show_class_members = False
# a word that looks like a reference in prose (`folder`, `partial`) is a parameter
default_role = "literal"

html_theme = "furo"
html_title = f"decarb {version}"
html_static_path = ["static"]
html_css_files = ["decarb.css"]
html_js_files = [("filter.js", {"defer": "defer"})]
html_copy_source = False
html_show_sourcelink = False
# nothing is fetched: no font, no script, no badge of another host
html_theme_options = {
    "footer_icons": [],
    "top_of_page_buttons": [],
    # a link is known by its line, not by its colour alone
    "light_css_variables": {"color-link-underline": "var(--color-link)"},
    "dark_css_variables": {"color-link-underline": "var(--color-link)"},
}
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"
