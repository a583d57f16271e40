"""Pages that show commands and Python: each block is run, in order, in a folder that has the examples.

A line of the output that is ``…`` stands for any lines, ``…`` in a line for any characters. Only the standard output is
shown; a command that does not end with 0 is followed by ``$ echo $?``.
"""

import doctest
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
BLOCK = re.compile(r"^( *)(?:<!-- file: (\S+) -->\n *)?```(console|json|python)\n(.*?)^\1```", re.DOTALL | re.MULTILINE)
FOLDERS = ("start", "fr")
PAGES = ["verify.md", "limits.md", *sorted(f"{name}/{p.name}" for name in FOLDERS for p in (DOCS / name).glob("*.md"))]


def run(command: str, folder: Path, language: str) -> subprocess.CompletedProcess[str]:
    """Run ``decarb …`` as the page shows it."""
    words = shlex.split(command)
    assert words[0] == "decarb", command
    locale = {"LANGUAGE": "", "LC_ALL": "", "LC_MESSAGES": "", "LANG": f"{language}.UTF-8", "PYTHONUTF8": "1"}
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), **locale}
    return subprocess.run(
        [sys.executable, "-m", "decarb", *words[1:]],
        cwd=folder,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def spaced(text: str) -> str:
    """Text with one space where there is any white space; without that around it."""
    return " ".join(text.split())


def agrees(shown: str, said: str) -> bool:
    """Whether an output is what a page shows of it."""
    parts = []
    for line in shown.splitlines():
        words = spaced(line)
        if words == "…":
            parts.append(r"(?:.*\n)*")
        elif words:
            parts.append(r"[^\n]*".join(map(re.escape, words.split("…"))) + r"\n")
    lines = "".join(f"{spaced(line)}\n" for line in said.splitlines() if line.strip())
    return re.fullmatch("".join(parts), lines) is not None


def commands(block: str) -> list[tuple[str, str]]:
    """Commands of a console block, with what is shown of their outputs."""
    pieces = re.split(r"^ *\$ (.*)\n", block, flags=re.MULTILINE)
    assert not pieces[0].strip(), "a console block begins with a command"
    return list(zip(pieces[1::2], pieces[2::2], strict=True))


def check_console(block: str, folder: Path, language: str) -> None:
    """Run the commands of a block and compare."""
    status = 0
    for command, shown in commands(block):
        if command == "echo $?":
            assert shown.split() == [str(status)]
            status = 0
            continue
        assert status == 0, f"{command}: the command before ended with {status}, which the page does not say"
        done = run(command, folder, language)
        assert agrees(shown, done.stdout), f"$ {command}\n{done.stdout}\n{done.stderr}"
        status = done.returncode
    assert status == 0, f"the last command ended with {status}, which the page does not say"


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_shows_is_what_happens(page, tmp_path, monkeypatch):
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for _, file, kind, block in BLOCK.findall((DOCS / page).read_text(encoding="utf-8")):
        if kind == "console":
            check_console(block, tmp_path, "fr_FR" if page.startswith("fr/") else "en_GB")
        elif kind == "json" and file:
            (tmp_path / file).write_text(block, encoding="utf-8")
        elif kind == "python":
            test = doctest.DocTestParser().get_doctest(block, names, page, page, 0)
            said: list[str] = []
            failed = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, out=said.append, clear_globs=False)
            names.update(test.globs)
            assert failed.failed == 0, "".join(said)


@pytest.mark.parametrize("page", [page for page in PAGES if page.startswith("start/")])
def test_the_pages_to_start_with_show_commands(page):
    kinds = [kind for _, _, kind, _ in BLOCK.findall((DOCS / page).read_text(encoding="utf-8"))]
    assert kinds.count("console") >= 2


@pytest.mark.parametrize(
    ("shown", "said", "same"),
    [
        ("a …\n", "a  1\n", True),
        ("a …\n", "b 1\n", False),
        ("…\nTOTAL … 3\n…\n", "x\ny\nTOTAL 2 3\nz\n", True),
        ("…\nTOTAL … 3\n…\n", "x\nTOTAL 2 4\n", False),
        ("a\n", "a\nb\n", False),
        ("", "a\n", False),
        ("3 022,9\n", "3\u202f022,9\n", True),
        ("1.5\n", "125\n", False),
    ],
)
def test_an_output_is_compared_but_for_what_is_left_out(shown, said, same):
    assert agrees(shown, said) is same
