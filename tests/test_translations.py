"""The French catalogue is complete, compiled, and keeps every placeholder."""

import gettext
import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from decarb.messages import HINTS, MESSAGES
from decarb.resources import PACKAGE, locale_folder

KEYWORDS = {"_": None, "mark": None, "translate": None, "word": None}
PLACEHOLDER = re.compile(r"\{[a-z_!]*\}|%\([a-z]+\)s")


@pytest.fixture(scope="module")
def catalogue():
    path = locale_folder() / "fr" / "LC_MESSAGES" / "decarb.po"
    with path.open("rb") as stream:
        return read_po(stream, locale="fr")


@pytest.fixture(scope="module")
def messages():
    found = extract_from_dir(str(PACKAGE), [("**.py", "python"), ("**.html", "jinja2")], keywords=KEYWORDS)
    return sorted({message[2] for message in found if isinstance(message[2], str) and message[2]})


def test_every_message_has_a_french_translation(catalogue, messages):
    assert len(messages) > 200
    assert [message for message in messages if message not in catalogue or not catalogue[message].string] == []


def test_nothing_is_translated_that_is_not_said(catalogue, messages):
    assert sorted(message.id for message in catalogue if message.id and message.id not in messages) == []


def test_placeholders_survive_translation(catalogue, messages):
    for message in messages:
        assert set(PLACEHOLDER.findall(message)) == set(PLACEHOLDER.findall(catalogue[message].string)), message


def test_every_code_is_extracted(messages):
    assert {*MESSAGES.values(), *HINTS.values()} <= set(messages)


def test_the_compiled_catalogue_is_that_of_the_sources(catalogue, messages):
    compiled = gettext.translation("decarb", locale_folder(), languages=["fr"])
    stale = [message for message in messages if compiled.gettext(message) != catalogue[message].string]
    assert stale == [], "compile it: python hatch_build.py"


@pytest.mark.parametrize(("language", "usage"), [("fr", "Usage :"), ("en", "Usage:")])
def test_the_words_of_click_are_translated_too(language, usage):
    command = [sys.executable, "-m", "decarb", "--lang", language, "--help"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True, encoding="utf-8").stdout
    assert shown.startswith(usage)


def test_the_package_has_no_stray_language():
    assert [path.name for path in Path(locale_folder()).iterdir()] == ["fr"]
