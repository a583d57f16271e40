"""The generated pages of the documentation site say everything that they are made of, and links lead to the pages."""

import csv
import json
import re
from pathlib import Path

import pytest
from decarb_docs import api_pages, check_site, checklist_pages, factor_pages, links, markdown, navigation, schema_pages
from decarb_docs.repository_pages import pages as repository_pages

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"


@pytest.fixture(scope="module")
def factors() -> dict[str, str]:
    return factor_pages.pages()


def test_every_factor_has_one_row_that_can_be_linked_to(factors):
    with (ROOT / "emission_factors" / "factors.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for row in rows:
        page = factors[f"factors/{row['domain']}.md"]
        assert page.count(f"[`{row['id']}`]{{#{markdown.anchor(row['id'])}}}") == 1, row["id"]
    anchors = [markdown.anchor(row["id"]) for row in rows]
    assert len(set(anchors)) == len(anchors)
    assert f"The {len(rows)} factors" in factors["factors/index.md"]


def test_a_row_says_value_unit_source_and_uncertainty(factors):
    line = next(r for r in factors["factors/energy.md"].splitlines() if "{#natural-gas-fr-2022-kwh-pci}" in r)
    cells = [cell.strip() for cell in line.strip("|").split(" | ")]
    assert cells[2:4] == ["0.2392", "kWh PCI"]
    assert cells[5] == "[base-carbone-23.6](sources.md#base-carbone-23-6) 37132"
    assert cells[6] == "± 5 %"


def test_every_source_and_gap_is_on_its_page(factors):
    for name in ("sources", "gaps"):
        with (ROOT / "emission_factors" / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
            count = sum(1 for _ in csv.DictReader(stream))
        rows = [line for line in factors[f"factors/{name}.md"].splitlines() if line.startswith("| ")]
        assert len(rows) == count + 1


def test_every_item_of_the_checklist_is_on_a_page_with_its_words_in_both_languages():
    pages = checklist_pages.pages()
    text = "\n".join(pages.values())
    for item in checklist_pages.load_catalogue().items.values():
        assert text.count(f"## {item.id}\n") == 1
        assert markdown.cell(item.text.french) in pages[f"checklist/{item.hazard}.md"]
        assert markdown.cell(item.text.english) in pages[f"checklist/{item.hazard}.md"]


def properties(node: object) -> set[str]:
    """Names of all fields of a schema, wherever they stand."""
    if isinstance(node, list):
        return set().union(*map(properties, node)) if node else set()
    if not isinstance(node, dict):
        return set()
    named = set(node["properties"]) if isinstance(node.get("properties"), dict) else set()
    return named.union(*(properties(value) for key, value in node.items() if key not in {"if", "then", "else"}))


@pytest.mark.parametrize("path", sorted((ROOT / "schemas").glob("*.json")), ids=lambda path: path.name)
def test_every_field_of_every_schema_is_on_its_page(path):
    page = schema_pages.pages()[f"schemas/{schema_pages.name(path)}.md"]
    schema = json.loads(path.read_text(encoding="utf-8"))
    assert [name for name in sorted(properties(schema)) if f"| `{name}`" not in page] == []
    anchors = {schema_pages.slug(heading) for heading in re.findall(r"^## `?(.*?)`?$", page, re.MULTILINE)}
    assert set(re.findall(r"\]\(#([^)]+)\)", page)) <= anchors


@pytest.mark.parametrize(
    ("node", "said"),
    [
        ({"type": "number", "minimum": 0, "maximum": 100}, "number, ≥ 0 and ≤ 100"),
        ({"type": "number", "exclusiveMinimum": 0}, "number, > 0"),
        ({"enum": ["AR5", "AR6", None]}, "`AR5`, `AR6`, `null`"),
        ({"const": "1.0"}, '`"1.0"`'),
        ({"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}, "list of number, 2 entries"),
        ({"type": ["array", "null"], "items": {"type": "string"}}, "list of string, or null"),
        ({"$ref": "#/$defs/line"}, "[line](#line)"),
        ({"type": "string", "pattern": "^[0-9]{9}$"}, "string, `^[0-9]{9}$`"),
        ({"type": "object", "properties": {"a": {}}}, "[object](#ab)"),
    ],
)
def test_a_type_is_said_with_its_limits(node, said):
    assert schema_pages.kind(node, "a.b") == said


def test_every_public_name_is_in_the_reference():
    pages = api_pages.pages()
    assert ".. autofunction:: decarb.compute_footprint" in pages["api/decarb.rst"]
    assert ":class:`decarb.Footprint`" in pages["api/decarb.footprint.rst"]
    for name in api_pages.MODULES:
        module = api_pages.importlib.import_module(name)
        assert [public for public in api_pages.names(module) if public not in pages[f"api/{name}.rst"]] == []


@pytest.mark.parametrize(
    ("docname", "link", "led"),
    [
        ("care", "../schemas/care_recipe.schema.json", "generated/schemas/care_recipe.md"),
        ("start/hospital", "../../emission_factors/gaps.csv", "../generated/factors/gaps.md"),
        ("fr/index", "../../examples/README.md#ehpadjson", "../generated/examples.md#ehpadjson"),
        ("method", "medical-gases.md", "medical-gases.md"),
        ("verify", "../emission_factors/parts.csv", "../emission_factors/parts.csv"),
        ("method", "https://example.org/a.md", "https://example.org/a.md"),
        ("method", "#medicines", "#medicines"),
    ],
)
def test_a_link_out_of_the_folder_leads_to_its_page(docname, link, led):
    assert links.for_the_site(f"see [this]({link}).", docname) == f"see [this]({led})."


def test_links_in_code_are_left_alone_and_folders_without_a_page_are_words():
    assert links.for_the_site("```\n[a](../schemas)\n```\n", "method") == "```\n[a](../schemas)\n```\n"
    assert links.for_the_site("[benches](../benchmarks)", "method") == "benches"


def test_texts_beside_the_data_are_pages_whose_links_lead_back():
    pages = repository_pages()
    assert set(pages) >= {"changelog.md", "examples.md", "examples-bad.md", "emission_factors.md"}
    assert "](../factor-library.md#columns)" in pages["emission_factors.md"]


def test_every_page_is_in_the_menu_once():
    written = {path.relative_to(DOCS).with_suffix("").as_posix() for path in DOCS.glob("**/*.md")}
    written = {name for name in written if not name.startswith("generated/")} - {"index", "README"}
    listed = [navigation.document(line) for line in navigation.toctrees().splitlines() if line and line[0] not in "`:"]
    assert sorted(set(listed)) == sorted(listed)
    assert written <= set(listed)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a | b", r"a \| b"),
        ("*x* <b>", r"\*x\* \<b\>"),
        ("see https://example.org/a_b.", "see <https://example.org/a_b>."),
    ],
)
def test_nothing_in_a_cell_is_markup(text, shown):
    assert markdown.cell(text) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0000148, "0.0000148"),
        (1199.0, "1,199"),
        (0.2392, "0.2392"),
        (23500.0, "23,500"),
        (10**9, "1,000,000,000"),
        (0, "0"),
    ],
)
def test_a_number_is_short_and_never_in_powers_of_ten(value, shown):
    assert markdown.figure(value) == shown


@pytest.mark.parametrize(
    ("page", "problem"),
    [
        (
            '<html lang="en"><h1>a</h1><script src="https://example.org/a.js"></script></html>',
            "fetches https://example.org/a.js",
        ),
        (
            '<html lang="en"><h1>a</h1><link rel="stylesheet" href="//example.org/a.css"></html>',
            "fetches //example.org/a.css",
        ),
        ("<html><h1>a</h1></html>", "does not name its language"),
        ('<html lang="en"><h1>a</h1><img src="a.png"></html>', "an image without words: a.png"),
        ('<html lang="en"><p>a</p></html>', "0 headings of the first level"),
        ('<html lang="en"><h1>a</h1><a href="https://example.org">b</a></html>', None),
    ],
)
def test_a_page_that_fetches_or_cannot_be_read_aloud_is_found(tmp_path, page, problem):
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    assert list(check_site.problems(tmp_path)) == ([f"page.html: {problem}"] if problem else [])


def test_a_style_that_fetches_a_font_is_found(tmp_path):
    (tmp_path / "a.css").write_text('@import "https://example.org/font.css";', encoding="utf-8")
    assert list(check_site.problems(tmp_path)) == ["a.css: fetches https://example.org/font.css"]


def test_pages_are_written_only_where_they_changed_and_old_ones_go(tmp_path):
    markdown.write_pages(tmp_path, {"a.md": "a", "b/c.md": "c"})
    date = (tmp_path / "a.md").stat().st_mtime_ns
    markdown.write_pages(tmp_path, {"a.md": "a", "d.md": "d"})
    assert (tmp_path / "a.md").stat().st_mtime_ns == date
    assert sorted(path.name for path in tmp_path.rglob("*.md")) == ["a.md", "d.md"]
