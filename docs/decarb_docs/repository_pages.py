"""Texts of the repository outside docs/ that are pages of the site too."""

from pathlib import Path

from decarb_docs import links

ROOT = Path(__file__).resolve().parents[2]


def pages() -> dict[str, str]:
    """Pages of these texts; those of the subfolders hang under that of the folder."""
    written = {name: page(name, path) for name, path in links.texts().items()}
    for folder in links.FOLDERS:
        top = f"generated/{folder}"
        below = [name.removeprefix("generated/") for name in written if name.startswith(f"{top}-")]
        if below:
            written[top] += "\n".join(["", "```{toctree}", ":hidden:", "", *below, "```", ""])
    return {f"{name.removeprefix('generated/')}.md": text for name, text in written.items()}


def page(name: str, path: str) -> str:
    """Text of a file of the repository, with the links that it needs as a page."""
    folder = Path(path).parent.as_posix()
    text = (ROOT / path).read_text(encoding="utf-8")
    return links.for_the_site(text, name, "" if folder == "." else folder)
