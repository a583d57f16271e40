"""Chromium, offline; where there is none, its tests are skipped by name, and fail where CI=true."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from decarb.footprint import Footprint, compute_footprint
from decarb.inventory import check_inventory
from decarb.report.html import html_report

EXAMPLES = Path(__file__).parents[3] / "examples"
DESKTOP, PHONE = (1280, 800), (390, 844)


@dataclass
class Opened:
    """A page with what it logged and what it asked of the network."""

    page: Page
    logged: list[str] = field(default_factory=list)
    requested: list[str] = field(default_factory=list)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        absent = "no Chromium on this machine: make browser, as root"
        pytest.fail(absent) if os.environ.get("CI") == "true" else pytest.skip(absent)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=found)
        yield opened
        opened.close()


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Any]:
    """Open a report, offline, in a window of a size."""
    contexts = []

    def opening(page: str, size: tuple[int, int] = DESKTOP) -> Opened:
        path = tmp_path / "report.html"
        path.write_text(page, encoding="utf-8")
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, offline=True)
        contexts.append(context)
        found = Opened(context.new_page())
        found.page.on("console", lambda message: found.logged.append(message.text))
        found.page.on("pageerror", lambda error: found.logged.append(str(error)))
        found.page.on("request", lambda request: found.requested.append(request.url))
        found.page.goto(path.as_uri())
        return found

    yield opening
    for context in contexts:
        context.close()


def example(name: str, library: Any) -> Footprint:
    """Footprint of an example, without the lines that are refused."""
    inventory, _ = check_inventory(EXAMPLES / f"{name}.json")
    assert inventory is not None
    return compute_footprint(inventory, library, partial=True)


@pytest.fixture(scope="package")
def chu(library: Any) -> Footprint:
    return example("chu", library)


@pytest.fixture(scope="package")
def chu_page(chu: Footprint) -> str:
    return html_report(chu, "fr")


@pytest.fixture(scope="package")
def incomplete(library: Any) -> Footprint:
    return example("incomplete", library)


HOSTILE = "<script>alert(1)</script> \u202emar\u202c مستشفى {{7*7}} \"'><img src=x onerror=alert(2)>"
HOSTILE_LINE = "=cmd|' /C calc'!A0"
HOSTILE_COMMENT = "</style></script><svg onload=alert(3)>{x}"


@pytest.fixture(scope="package")
def hostile(make: Any, library: Any) -> Footprint:
    """Names that would be markup, formulas or directions, were they not shown as text; neither beds nor stays."""
    document = make.document(
        make.line("electricity-fr-2024", 1, "GWh", id=HOSTILE_LINE, comment=HOSTILE_COMMENT),
        make.line("natural-gas-fr-2022-kwh-pci", 1110, "MWh PCS", id="شبكة"),
        make.line("<i>nothing</i>", 1, "kWh", id="<b>&amp;"),
        establishment={"name": HOSTILE},
    )
    inventory, _ = check_inventory(make.write(document))
    assert inventory is not None
    return compute_footprint(inventory, library, partial=True)
