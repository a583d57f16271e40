"""Reference of every document format, from ``schemas/*.json`` alone: fields, types, limits, words in both languages."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from decarb_docs.markdown import cell as plain
from decarb_docs.markdown import code, figure, table

ROOT = Path(__file__).resolve().parents[2]
# what people give decarb, then what decarb gives them; a schema that is not named comes last
ORDER = (
    "inventory",
    "bill_of_materials",
    "care_recipe",
    "device_comparison",
    "factor",
    "result",
    "dossier",
    "aggregate",
    "sector_estimate",
    "medicine_score",
)
EXAMPLES = {
    "inventory": "examples/pharmacie-par-depense.json",
    "bill_of_materials": "examples/medicines/paracetamol-1g-tablets.json",
    "care_recipe": "examples/care/haemodialysis-session.json",
    "device_comparison": "examples/devices/laryngeal-mask.json",
}
HEADERS = ("field", "type and limits", "what it holds", "ce qu’il contient")
MOST_VALUES = 12

Schema = dict[str, Any]


def pages() -> dict[str, str]:
    """Pages of all schemas, with their list."""
    paths = sorted((ROOT / "schemas").glob("*.schema.json"), key=rank)
    texts = {name(path): page(path) for path in paths}
    listed = [row(path) for path in paths]
    listing = [
        "# Formats of documents\n",
        "Every format is a JSON Schema (draft 2020-12), and these pages are made of the schemas: nothing is "
        "said twice. Titles are in English and French; a unit stands in brackets. A field that a schema does not know "
        "is refused where the page says so. [The inventory document](../../schema.md) explains what its fields mean.\n",
        table(("format", "version", "what it is", "ce que c’est"), listed),
        "```{toctree}\n:hidden:\n",
        *(name(path) for path in paths),
        "```\n",
    ]
    return {f"schemas/{key}.md": text for key, text in {**texts, "index": "\n".join(listing)}.items()}


def name(path: Path) -> str:
    """Name of a schema: ``inventory``."""
    return path.name.removesuffix(".schema.json")


def rank(path: Path) -> tuple[int, str]:
    """Place of a schema in the list."""
    return (ORDER.index(name(path)) if name(path) in ORDER else len(ORDER), name(path))


def row(path: Path) -> tuple[str, ...]:
    """Row of a schema in the list."""
    schema = json.loads(path.read_text(encoding="utf-8"))
    version = schema["$id"].rpartition("/")[2]
    french = schema.get("x-fr", {}).get("title", "")
    return (
        f"[{plain(schema['title'])}]({name(path)}.md)",
        plain(version),
        plain(schema.get("description", "")),
        french,
    )


def page(path: Path) -> str:
    """Page of one schema."""
    schema = json.loads(path.read_text(encoding="utf-8"))
    schema = with_plain_values(schema, schema.get("$defs", {}))
    french = schema.get("x-fr", {})
    blocks = [
        f"# {schema['title']}\n",
        f"{schema.get('description', '')}\n",
        f"*{french['title']}. {french.get('description', '')}*\n" if french else "",
        f"`{schema['$id']}` — [the schema itself](../../../schemas/{path.name})\n",
        *(section(title, node) for title, node in objects(schema)),
    ]
    example = ROOT / EXAMPLES.get(name(path), "")
    if example.is_file():
        text = example.read_text(encoding="utf-8")
        link = f"[`{EXAMPLES[name(path)]}`](../../../{EXAMPLES[name(path)]})"
        blocks.append(f"## Example\n\n{link}\n\n```json\n{text.strip()}\n```\n")
    return "\n".join(filter(None, blocks))


def with_plain_values(node: Any, defs: Schema) -> Any:
    """Return a schema with references to plain values (a text, a number) in their place: they have no table."""
    if isinstance(node, list):
        return [with_plain_values(each, defs) for each in node]
    if not isinstance(node, dict):
        return node
    target = defs.get(str(node.get("$ref", "")).rpartition("/")[2])
    if target and not any(True for _ in walk("", target)):
        return {**target, **{key: value for key, value in node.items() if key != "$ref"}}
    return {key: with_plain_values(child, defs) for key, child in node.items()}


def objects(schema: Schema) -> Iterator[tuple[str, Schema]]:
    """Every object of a schema with the words that name it: the document, what it holds, then what is used again."""
    yield from walk("The document", schema)
    for key, node in schema.get("$defs", {}).items():
        if not node.get("properties"):
            yield key, node
        yield from walk(key, node)


def walk(title: str, node: Schema) -> Iterator[tuple[str, Schema]]:
    """Objects in a node, the outer first."""
    if node.get("properties"):
        yield title, node
    for key, child in node.get("properties", {}).items():
        yield from walk(path_below(title, key), child)
    if isinstance(node.get("items"), dict):
        yield from walk(f"{title}[]", node["items"])
    for key in ("additionalProperties", *node.get("patternProperties", {})):
        child = node.get(key) if key == "additionalProperties" else node["patternProperties"][key]
        if isinstance(child, dict):
            yield from walk(path_below(title, "*"), child)
    for choice in node.get("oneOf", []):
        yield from walk(title, choice)


def path_below(title: str, key: str) -> str:
    """Path of a field in the document (``establishment.activity``)."""
    return key if title == "The document" else f"{title}.{key}"


def section(title: str, node: Schema) -> str:
    """Table of the fields of one object; of a value that is used again, its type."""
    heading = title if title == "The document" else f"`{title}`"
    said = " ".join(filter(None, [node.get("title", ""), node.get("description", "")])) if heading != title else ""
    if not node.get("properties"):
        return "\n".join(f"{text}\n" for text in (f"## {heading}", plain(said), kind(node, title)) if text)
    required = set(node.get("required", ()))
    rows = [field(key, child, key in required, title) for key, child in node["properties"].items()]
    extra = node.get("additionalProperties")
    known = "Other fields are refused." if extra is False else ""
    texts = [f"{text}\n" for text in (f"## {heading}", said, known) if text]
    return "\n".join([*texts, table(HEADERS, rows)])


def field(key: str, node: Schema, required: bool, title: str) -> tuple[str, ...]:
    """Row of one field of the object called `title`."""
    french = node.get("x-fr", {})
    return (
        f"{code(key)} **required**" if required else code(key),
        kind(node, path_below(title, key)),
        words(node.get("title"), node.get("description")),
        words(french.get("title"), french.get("description"), " : "),
    )


def words(title: str | None, description: str | None, between: str = ": ") -> str:
    """Title and description in one cell."""
    return plain(between.join(filter(None, [title, description])))


def kind(node: Schema, path: str) -> str:
    """Type of a value and what limits it; an object leads to its own fields."""
    if "$ref" in node:
        target = node["$ref"].rpartition("/")[2]
        return f"[{plain(target)}](#{slug(target)})"
    if "oneOf" in node:
        return " or ".join(kind(choice, path) for choice in node["oneOf"])
    if "const" in node:
        return code(json.dumps(node["const"], ensure_ascii=False))
    if "enum" in node:
        return values(node["enum"])
    types = node.get("type", "any")
    shown = " or ".join(types) if isinstance(types, list) else types
    if node.get("properties"):
        return f"[{plain(shown)}](#{slug(path)})"
    if "array" in shown:
        items = node.get("items")
        count = span(node, "minItems", "maxItems", " entries")
        listed = f"list of {kind(items, f'{path}[]') if isinstance(items, dict) else 'any'}" + count
        return listed if shown == "array" else f"{listed}, or null"
    parts = [shown + span(node, "minimum", "maximum"), span(node, "minLength", "maxLength", " characters").strip(", ")]
    if "pattern" in node and "u0000" not in node["pattern"]:
        parts.append(code(node["pattern"]))
    if "format" in node:
        parts.append(plain(node["format"]))
    return ", ".join(filter(None, parts))


def values(allowed: list[Any]) -> str:
    """Values that a field may have; null is unknown, never zero."""
    shown = [code(value if isinstance(value, str) else json.dumps(value)) for value in allowed]
    return f"one of {len(shown)}: {', '.join(shown)}" if len(shown) > MOST_VALUES else ", ".join(shown)


def span(node: Schema, low: str, high: str, of: str = "") -> str:
    """Limits of a value, a length or a number of entries; the limits that only guard against abuse are left out."""
    exclusive = {"minimum": "exclusiveMinimum", "maximum": "exclusiveMaximum"}
    if low in node and node[low] == node.get(high):
        return f", {figure(node[low])}{of}"
    said = []
    if low in node:
        said.append(f"≥ {figure(node[low])}")
    elif exclusive.get(low) in node:
        said.append(f"> {figure(node[exclusive[low]])}")
    if high in node:
        said.append(f"≤ {figure(node[high])}")
    elif exclusive.get(high) in node:
        said.append(f"< {figure(node[exclusive[high]])}")
    return f", {' and '.join(said)}{of}" if said else ""


def slug(title: str) -> str:
    """Anchor of a section."""
    return "".join(letter for letter in title.lower() if letter.isalnum() or letter in "_-")
