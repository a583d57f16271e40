"""The report in a real browser, offline: what a reader sees, hears, types and prints."""

import io
import unicodedata
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from pypdf import PdfReader

from decarb.report.html import html_report
from tests.report.html.conftest import DESKTOP, HOSTILE_LINE, PHONE

SERIOUS = ("serious", "critical")


def focused(page: Any) -> dict[str, Any]:
    """What has the focus: its text, its link, and how its focus shows."""
    found: dict[str, Any] = page.evaluate(
        """() => {
          const e = document.activeElement, s = getComputedStyle(e), b = e.getBoundingClientRect();
          return {tag: e.tagName, text: e.textContent.trim(), href: e.getAttribute("href"), id: e.id,
                  outline: s.outlineStyle === "none" ? 0 : parseFloat(s.outlineWidth),
                  seen: b.width > 0 && b.height > 0 && b.bottom > 0 && b.top < innerHeight};
        }"""
    )
    return found


def test_it_opens_without_network_nor_complaint(opened: Any, chu_page: str) -> None:
    found = opened(chu_page)
    assert found.logged == []
    assert [url for url in found.requested if not url.startswith(("file:", "data:"))] == []
    assert found.page.title() == "CHU de Valmont (établissement fictif) – Bilan carbone"
    assert found.page.locator("h1:visible").inner_text() == "CHU de Valmont (établissement fictif)"
    # the total that decarb footprint shows, with the narrow spaces of French
    assert found.page.locator(".big strong:visible").inner_text() == "70\u202f641"


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_no_serious_finding_of_accessibility(opened: Any, chu_page: str, size: Any, language: str) -> None:
    page = opened(chu_page, size).page
    if language == "en":
        page.locator(".switch:visible").click()
    page.locator("[data-open]:visible").click()
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in found if each["impact"] in SERIOUS] == []


def test_an_audit_would_find_something(opened: Any) -> None:
    """The audit is not blind: a page with an image without words has a serious finding."""
    page = opened("<!DOCTYPE html><title>x</title><img src='data:,'><input>").page
    found = {each["id"] for each in Axe().run(page).response["violations"] if each["impact"] in SERIOUS}
    assert {"html-has-lang", "image-alt", "label"} <= found


@pytest.mark.parametrize("size", [DESKTOP, PHONE, (320, 568)], ids=["desktop", "phone", "smallest"])
def test_nothing_overflows_the_page(opened: Any, chu_page: str, hostile: Any, size: Any) -> None:
    """WCAG 1.4.10: no scrolling in two directions down to 320 px, but within tables."""
    for content in (chu_page, html_report(hostile, "en")):
        page = opened(content, size).page
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


@pytest.mark.parametrize(("size", "shown"), [(DESKTOP, "wide"), (PHONE, "narrow")])
def test_charts_are_drawn_for_the_width_of_the_page(opened: Any, chu_page: str, size: Any, shown: str) -> None:
    page = opened(chu_page, size).page
    assert page.locator(".chart:visible").count() == page.locator(f"#fr .chart.{shown}").count() > 5
    size_of_text = page.evaluate(
        """(kind) => {
          const e = document.querySelector(`#fr .chart.${kind} text`);
          return parseFloat(getComputedStyle(e).fontSize) * e.getScreenCTM().a;
        }""",
        shown,
    )
    assert size_of_text > 11  # px: text is never shrunk with its chart beyond reading


def test_the_keyboard_reaches_everything_and_its_focus_is_seen(opened: Any, chu_page: str) -> None:
    page = opened(chu_page).page
    page.keyboard.press("Tab")
    first = focused(page)
    assert (first["text"], first["href"], first["seen"]) == ("Aller au contenu", "#fr-main", True)
    page.keyboard.press("Enter")
    assert focused(page)["id"] == "fr-main"
    page.keyboard.press("Tab")
    # past the head: the next stop is in the content
    assert page.evaluate("document.activeElement.closest('main') !== null")
    order = []
    for _ in range(60):
        now = focused(page)
        assert now["outline"] >= 2, now
        assert now["seen"], now
        order.append(page.evaluate("document.activeElement.getBoundingClientRect().top + scrollY"))
        page.keyboard.press("Tab")
    # the order of the keyboard is that of the page, but for what stands in columns
    columns_end = page.evaluate("document.querySelector('.contents').getBoundingClientRect().bottom + scrollY")
    below = [top for top in order if top > columns_end]
    assert below == sorted(below)
    assert len(below) > 20


def test_a_line_opens_with_the_keyboard_and_explains_itself(opened: Any, chu_page: str) -> None:
    page = opened(chu_page).page
    opener = page.locator("#fr .opener", has_text="elec-tilleuls")
    explanation = page.locator(f"[id='{opener.get_attribute('aria-controls')}']")
    assert opener.get_attribute("aria-expanded") == "false"
    assert not explanation.is_visible()
    opener.focus()
    page.keyboard.press("Enter")
    assert opener.get_attribute("aria-expanded") == "true"
    text = explanation.inner_text()
    # 14,460 MWh x 0.0519 kg CO2e/kWh = 750,474 kg CO2e; source and posts are said
    expected = (
        "14\u202f460 MWh × 1\u202f000 × 0,0519 kg CO₂e/kWh = 750\u202f474 kg CO₂e", "ADEME, Base Carbone", "BEGES 2.1",
    )  # fmt: skip
    assert [part for part in expected if part not in text] == []


def test_a_link_to_a_line_opens_it(opened: Any, chu_page: str) -> None:
    page = opened(chu_page).page
    page.locator("#fr-search").fill("xyz")
    page.evaluate("location.hash = 'fr-line-0'")
    page.wait_for_function("document.querySelector('#fr-line-0 .opener').getAttribute('aria-expanded') === 'true'")
    assert page.locator("#fr-line-0 .explanation").is_visible()


def test_search_finds_by_any_word_without_accents(opened: Any, chu_page: str, chu: Any) -> None:
    page = opened(chu_page).page
    whole = len(chu.inventory)
    status = page.locator("#fr-count")
    assert status.inner_text() == f"Lignes\u00a0: {whole} sur {whole}"
    page.locator("#fr-search").fill("RESEAU énergies dijon")
    shown = page.locator("#fr-table tbody:visible")
    assert [row.split("\t")[0].strip() for row in shown.all_inner_texts()] == ["reseau-chaleur-tilleuls"]
    assert status.inner_text() == f"Lignes\u00a0: 1 sur {whole}"
    page.locator("#fr-search").fill("nothing has this")
    assert shown.count() == 0
    page.locator("#fr-search").fill("")
    assert shown.count() == whole


def test_the_language_switches_in_place_and_back(opened: Any, chu_page: str) -> None:
    page = opened(chu_page).page
    switch = page.locator(".switch:visible")
    assert (switch.inner_text(), switch.get_attribute("lang")) == ("English version", "en")
    switch.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.title().endswith("Carbon footprint")
    assert page.locator(".big strong:visible").inner_text() == "70,641"
    assert page.locator("main:visible").count() == 1
    # the focus is where one can switch back
    assert focused(page)["text"] == "Version française"
    page.keyboard.press("Enter")
    assert page.evaluate("document.documentElement.lang") == "fr"


def test_it_prints_on_pages_with_all_lines(opened: Any, chu_page: str, chu: Any) -> None:
    page = opened(chu_page).page
    printed = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    assert 5 < len(printed.pages) < 30
    # fonts draw ffi and fl as one sign
    text = " ".join(unicodedata.normalize("NFKC", "".join(each.extract_text() for each in printed.pages)).split())
    assert "CHU de Valmont" in text
    assert "70 641" in text
    # page numbers, and every line; what only a screen needs is left out
    assert f"1 / {len(printed.pages)}" in text
    bare = text.replace(" ", "")
    assert [name for name in chu.inventory.ids if name.replace(" ", "") not in bare] == []
    assert "Chercher dans les lignes" not in text
    assert "English version" not in text


def test_hostile_names_are_shown_as_text(opened: Any, hostile: Any) -> None:
    found = opened(html_report(hostile, "en"))
    page = found.page
    assert found.logged == []
    # marks of direction are shown, everything else is there letter by letter
    name = page.locator("h1:visible").inner_text()
    assert name == "<script>alert(1)</script> \ufffdmar\ufffd مستشفى {{7*7}} \"'><img src=x onerror=alert(2)>"
    assert page.locator("h1:visible bdi").count() == 1
    page.locator("[data-open]:visible").click()
    names = page.locator("#en-table th bdi").all_inner_texts()
    assert names == ["شبكة", HOSTILE_LINE, "<b>&amp;"]
    assert "</style></script><svg onload=alert(3)>{x}" in page.locator("#en-table").inner_text()
    assert page.locator("img, iframe, object, [onload], [onerror]").count() == 0
    assert page.locator("script").count() == 1


def test_the_policy_lets_nothing_else_run(opened: Any, chu_page: str) -> None:
    injected = chu_page.replace("</body>", "<script>document.title = 'run'</script><style>h1{color:red}</style></body>")
    found = opened(injected)
    assert found.page.title() != "run"
    assert any("Content Security Policy" in message for message in found.logged)


def test_without_scripts_everything_is_there(browser: Any, chu_page: str, tmp_path: Any) -> None:
    path = tmp_path / "plain.html"
    path.write_text(chu_page, encoding="utf-8")
    context = browser.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    page.goto(path.as_uri())
    assert page.locator("#fr .explanation").first.is_visible()
    assert not page.locator("#fr-search").is_visible()
    context.close()
