"""What the documents promise is what the code does: commands, fields, examples, figures.

``python tests/test_docs.py`` writes the generated parts again: docs/command-line.md, the demo in the README and the
column dictionary in docs/factor-library.md.
"""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import click
import pytest

from decarb.cli import build
from decarb.factors.columns import Column, column_dictionary

ROOT = Path(__file__).parent.parent
DEMO = re.compile(r"(<!-- demo -->\n).*?(<!-- /demo -->)", re.DOTALL)
COLUMNS = re.compile(r"(<!-- columns -->\n).*?(<!-- /columns -->)", re.DOTALL)
SHOWN_LINES = 30


def command_line_page() -> str:
    """Help of every command, in English."""
    blocks = ["# The command line\n", "Generated from the help texts; `--lang fr` shows them in French.\n"]
    group = build("en")

    def add(command: click.Command, path: str, parent: click.Context | None) -> None:
        info = {"info_name": path.rsplit(maxsplit=1)[-1], "parent": parent, "terminal_width": 100}
        context = click.Context(command, **info, **command.context_settings)
        blocks.append(f"## `{path}`\n\n```\n{command.get_help(context)}\n```\n")
        if isinstance(command, click.Group):
            for name, child in sorted(command.commands.items()):
                add(child, f"{path} {name}", context)

    add(group, "decarb", None)
    return "\n".join(blocks)


def demo_block() -> str:
    """First lines of what ``make demo`` shows, in English."""
    command = [sys.executable, "-m", "decarb", "footprint", "examples/chu.json", "--lang", "en"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT, encoding="utf-8").stdout
    lines = shown.splitlines()[:SHOWN_LINES]
    return "```\n$ decarb footprint examples/chu.json\n" + "\n".join(lines) + "\n…\n```\n"


def columns_block() -> str:
    """Every column of every table of ``library_columns.csv``, in English and in French."""
    blocks = []
    for table, columns in column_dictionary().items():
        rows = [f"| `{c.name}` | {column_type(c)} | {c.description_en} | {c.description_fr} |\n" for c in columns]
        blocks.append(f"### `{table}`\n\n| column | type | what it holds | ce qu’elle contient |\n|---|---|---|---|\n")
        blocks.append("".join(rows) + "\n")
    return "\n" + "".join(blocks)


def column_type(column: Column) -> str:
    """Type, unit, and what the values must be."""
    said = [
        f"{column.type} [{column.unit}]" if column.unit else column.type,
        "required" if column.required else "",
        f"one of {', '.join(column.values)}" if column.values else "",
        f"in `{column.references}`" if column.references else "",
        "" if column.stored else "computed",
    ]
    return "; ".join(filter(None, said))


def test_the_command_line_page_is_that_of_the_commands():
    page = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")
    assert page == command_line_page(), "write it again: python tests/test_docs.py"


def test_the_demo_of_the_readme_is_what_the_demo_shows():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    match = DEMO.search(readme)
    assert match
    assert match[0] == f"<!-- demo -->\n{demo_block()}<!-- /demo -->", "write it again: python tests/test_docs.py"


def test_the_column_dictionary_of_the_docs_is_that_of_the_library():
    page = (ROOT / "docs" / "factor-library.md").read_text(encoding="utf-8")
    match = COLUMNS.search(page)
    assert match
    written = f"<!-- columns -->\n{columns_block()}<!-- /columns -->"
    assert match[0] == written, "write it again: python tests/test_docs.py"


def test_the_inventory_of_the_readme_is_valid(tmp_path):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    document = re.search(r"```json\n(.*?)```", readme, re.DOTALL)
    assert document
    path = tmp_path / "inventory.json"
    path.write_text(document[1], encoding="utf-8")
    command = [sys.executable, "-m", "decarb", "validate", str(path)]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0


def properties(node: object) -> set[str]:
    """Names of all fields of a schema."""
    if isinstance(node, list):
        return set().union(*map(properties, node)) if node else set()
    if not isinstance(node, dict):
        return set()
    named = set(node["properties"]) if isinstance(node.get("properties"), dict) else set()
    return named.union(*(properties(value) for value in node.values()))


def test_every_field_of_an_inventory_is_documented():
    schema = json.loads((ROOT / "schemas" / "inventory.schema.json").read_text(encoding="utf-8"))
    page = (ROOT / "docs" / "schema.md").read_text(encoding="utf-8")
    missing = [
        name for name in sorted(properties(schema)) if not re.search(rf"`([a-z.\[\]]+\.)?{re.escape(name)}`", page)
    ]
    assert missing == []


def test_every_dependency_is_explained():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    names = [re.split(r"[<>=]", requirement)[0] for requirement in project["dependencies"]]
    assert [name for name in names if f"| {name} |" not in page] == []


@pytest.mark.parametrize(
    "page",
    ["README.md", "CHANGELOG.md"]
    + [p.relative_to(ROOT).as_posix() for p in sorted((ROOT / "docs").rglob("*.md")) if "generated" not in p.parts],
)
def test_links_lead_somewhere(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    targets = [link.split("#")[0] for link in re.findall(r"\]\(([^)]+)\)", text) if "://" not in link]
    assert [link for link in targets if link and not ((ROOT / page).parent / link).exists()] == []


def test_pinned_versions_record_no_address():
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if not re.fullmatch(r"#.*|[A-Za-z0-9._-]+==[\w.+!-]+", line)] == []


if __name__ == "__main__":
    (ROOT / "docs" / "command-line.md").write_text(command_line_page(), encoding="utf-8")
    readme_path = ROOT / "README.md"
    written = DEMO.sub(lambda match: match[1] + demo_block() + match[2], readme_path.read_text(encoding="utf-8"))
    readme_path.write_text(written, encoding="utf-8")
    library_path = ROOT / "docs" / "factor-library.md"
    written = COLUMNS.sub(lambda match: match[1] + columns_block() + match[2], library_path.read_text(encoding="utf-8"))
    library_path.write_text(written, encoding="utf-8")
