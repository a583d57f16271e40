"""The page as a text: what it holds, what it never holds, and that its figures are those of the footprint."""

import re
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest

import decarb
from decarb.errors import UsageError
from decarb.footprint import compute_footprint
from decarb.inventory import ingest, open_columns
from decarb.report.html import html_report, write_report
from decarb.report.html.edition import Edition
from decarb.report.html.figures import gather
from decarb.report.html.next_steps import next_steps
from decarb.report.html.page import isolated
from decarb.report.html.wording import PageWords
from decarb.uncertainty import Interval

MEGABYTE = 1_000_000


def steps(footprint: Any, language: str = "en") -> list[tuple[str, str]]:
    """Each step with the section that has the rest."""
    found = next_steps(gather(footprint, None, None), PageWords(language, 1))
    return [(re.sub("[\u2068\u2069]", "", step.what), step.anchor) for step in found]


def words_of(page: str) -> str:
    """Text of a page, spaces made plain."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split())


def test_one_file_of_both_editions_asks_for_nothing(chu_page: str, chu: Any) -> None:
    assert len(chu.inventory) > 150
    assert len(chu_page.encode()) < 1.5 * MEGABYTE
    # no address but the names of formats, nothing to fetch
    assert set(re.findall(r"https?://[\w./-]+", chu_page)) <= {
        "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink",
    }  # fmt: skip
    assert re.findall(r'<(?:img|link|script|iframe|object)[^>]*(?:src|href)="(?!data:,")', chu_page) == []
    assert re.findall(r'\sstyle="|\son\w+="|url\(|@import', chu_page) == []
    assert re.findall(r'<div class="edition" id="(\w+)"[^>]*?( hidden)?>', chu_page) == [("fr", ""), ("en", " hidden")]


def test_every_name_on_the_page_is_unique(chu_page: str) -> None:
    names = re.findall(r'\sid="([^"]+)"', chu_page)
    assert len(names) == len(set(names)) > 800
    wanted = set(
        re.findall(r'(?:href="#|aria-controls="|aria-labelledby="|aria-describedby="|for=")([^"]+)"', chu_page)
    )
    assert {name for each in wanted for name in each.split()} - set(names) == set()


def test_the_first_screen_says_how_much_how_sure_and_what_dominates(chu_page: str, chu: Any) -> None:
    english = words_of(chu_page[chu_page.index('id="en"') :])
    opening = english[: english.index("Contents")]
    # 70,641 t with its interval, per bed (44,151 kg) and per stay: figures of the README's table
    for said in ("70,641 t CO₂e", "from 62,308 to 93,671 t", "per bed 44.2 t CO₂e", "per stay 942 kg CO₂e"):
        assert said in opening
    # 62,308 / 70,641 = 0.882 and 93,671 / 70,641 = 1.326
    assert "between 12 % below and 33 % above" in opening
    found = [opening.index(post) for post in ("4.1 Purchases of goods", "3.3 Commuting", "3.4 Visitors' travel")]
    assert found == sorted(found)
    assert "58 % · 40,863 t" in opening


def test_a_total_outside_of_its_interval_is_not_said_to_be_within(chu: Any) -> None:
    figures = gather(chu, None, None)
    assert Edition(figures, "en", True).spread == ("12\u00a0%", "33\u00a0%")
    outside = replace(figures, interval=Interval(figures.total * 1.01, figures.total * 2))
    assert Edition(outside, "en", True).spread == ("", "")


def test_charts_have_words_and_a_table(chu_page: str) -> None:
    french = chu_page[: chu_page.index('id="en"')]
    charts = re.findall(r'<svg class="chart[^>]*>.*?</svg>', french, re.DOTALL)
    assert len(charts) == 2 * 6 + 2  # flows, posts, tiles, sources, money, rungs; hazards
    for chart in charts:
        assert re.search(r'role="img" aria-labelledby="[\w-]+" aria-describedby="[\w-]+"', chart)
        assert re.search(r"<title [^>]*>.{10,}</title><desc [^>]*>.{20,}</desc>", chart)
        assert "<text" in chart  # letters, not outlines
    figures = re.split(r"<figure ", french)[1:]
    assert all("<table>" in figure for figure in figures)
    # each chart is drawn twice, and told once
    assert len(figures) == len(charts) / 2


def test_names_are_escaped_everywhere(hostile: Any) -> None:
    for language in ("fr", "en"):
        page = html_report(hostile, language)
        assert "<script>alert" not in page
        assert "<img" not in page
        assert "onload=alert(3)>" not in page
        assert "&lt;svg onload=alert(3)&gt;{x}" in page
        assert "\u202e" not in page
        assert page.count("<script>") == page.count("</script>") == 1


def test_a_partial_result_says_so_first(incomplete: Any) -> None:
    page = html_report(incomplete, "en")
    opening = words_of(page[page.index('id="en"') : page.index('id="en-domains"')])
    assert "Partial result. Refused lines are not in the total: 7. Which ones, and why" in opening
    assert steps(incomplete)[:2] == [
        ("Correct the refused lines: 7.", "refusals"),
        ("Enter what no line says: refrigerants, freight, food, capital goods.", "domains"),
    ]
    text = words_of(page[page.index('id="en-refusals"') :])
    for refusal in incomplete.binding.refusals:
        assert refusal.problems[0].message("en").replace("CO2", "CO₂") in text
    assert "At stake: about 427.4 t CO₂e, from the spend." in text
    assert "At stake: not estimable." in text


def test_steps_of_a_whole_inventory(chu: Any) -> None:
    found = [anchor for _, anchor in steps(chu)]
    assert found == ["uncertainty", "quality", "quality", "posts", "adaptation", "adaptation"]
    said = [what for what, _ in steps(chu)]
    assert said[1] == "Give for medicines: a number of boxes."
    # the largest lines by money that are no medicine
    values = {name: float(value) for name, value in zip(chu.inventory.ids, chu.line_totals(), strict=True)}
    sections = {name: int(code) for name, code in zip(chu.inventory.ids, chu.inventory.section, strict=True)}
    medicines = sections["med-anticancereux"]
    monetary = [
        name
        for line, name in enumerate(chu.inventory.ids)
        if chu.binding.of_line(line).is_monetary and sections[name] != medicines
    ]
    largest = sorted(monetary, key=lambda name: -values[name])[:3]
    assert re.findall(r"([\w-]+) \(", said[2]) == largest


def test_without_beds_nor_stays_there_is_no_intensity_and_a_step(hostile: Any) -> None:
    assert hostile.intensities == {}
    assert "intensities" not in html_report(hostile, "en").split("</style>")[1]
    assert ("Give the number of beds, stays in the inventory.", "notes") in steps(hostile)


def test_nothing_emitted_makes_a_page_too(make: Any) -> None:
    footprint = make.compute(make.line("electricity-fr-2024", 0, "kWh"))
    text = words_of(html_report(footprint, "en"))
    assert "0.0 t CO₂e" in text
    assert "No figure of it has an error" in text


@pytest.mark.parametrize("kilowatt_hours", [5e-324, 1e-300, 1e12])
def test_extreme_amounts_make_a_page_too(make: Any, kilowatt_hours: float) -> None:
    page = html_report(make.compute(make.line("electricity-fr-2024", kilowatt_hours, "kWh")), "en")
    assert not re.search(r"\b(?:nan|NaN|inf|Infinity)\b", page.split("</script>")[0].split("</style>")[1])


def test_credits_alone_make_a_page_too(make: Any) -> None:
    footprint = make.compute(make.line("electricity-fr-2024", -5, "MWh", credit=True))
    assert footprint.total() < 0
    assert "-0.3 t CO₂e" in words_of(html_report(footprint, "en"))


def test_flows_and_domains_add_up_to_the_total(chu: Any) -> None:
    found = gather(chu, None, None)
    assert sum(found.flows.values()) == pytest.approx(chu.total(), rel=1e-12)
    assert sum(domain.emissions for domain in found.domains) == pytest.approx(chu.total(), rel=1e-12)
    of_post = {post: sum(v for (_, code), v in found.flows.items() if code == post) for _, post in found.flows}
    shown = {row["code"]: row["total"] for row in found.rows["beges"] if row["status"] == "computed"}
    assert of_post == pytest.approx(shown, rel=1e-9)
    whole = sum(abs(value) for value in chu.line_totals().tolist())
    assert sum(domain.monetary for domain in found.domains) / whole == pytest.approx(chu.monetary_share, rel=1e-3)


def test_several_establishments_are_told_apart(make: Any) -> None:
    documents = [
        make.document(make.line("electricity-fr-2024", 1, "GWh"), establishment={"name": name}) for name in "AB"
    ]
    text = words_of(html_report(compute_footprint(make.read_all(documents), make.library), "en"))
    assert "2 establishments" in text
    # 1 GWh x 0.0519 kg/kWh each
    assert "A 2024-01-01 – 2024-12-31 51.9" in text
    assert "103.8 t CO₂e" in text


def test_a_collection_is_refused_by_name(make: Any, tmp_path: Path) -> None:
    path = make.write(make.document(make.line("electricity-fr-2024", 1, "GWh")))
    ingest([path], tmp_path / "columns")
    footprint = compute_footprint(open_columns(tmp_path / "columns"), make.library)
    with pytest.raises(UsageError, match=r"columns of 1 establishment\(s\): a report shows the documents"):
        html_report(footprint)


def test_an_unknown_language_is_refused(chu: Any) -> None:
    with pytest.raises(ValueError, match="language is 'de'; expected one of fr, en"):
        html_report(chu, "de")


def test_it_is_the_same_every_time(incomplete: Any) -> None:
    assert html_report(incomplete, "fr") == html_report(incomplete, "fr")


def test_writing_is_public_and_replaces_nothing_by_itself(make: Any, tmp_path: Path) -> None:
    footprint = make.compute(make.line("electricity-fr-2024", 1, "GWh"))
    path = decarb.write_report(footprint, tmp_path / "report.html", "en")
    assert path.read_text(encoding="utf-8") == html_report(footprint, "en")
    with pytest.raises(UsageError, match="exists already"):
        write_report(footprint, path)
    assert '<html lang="fr">' in write_report(footprint, path, replace=True).read_text(encoding="utf-8")


def test_a_page_of_thousands_of_lines_explains_the_largest(make: Any) -> None:
    lines = [make.line("electricity-fr-2024", 1000 + number, "kWh") for number in range(510)]
    page = html_report(make.compute(*lines), "en")
    english = page[page.index('id="en"') : page.index('id="fr"')]
    assert english.count('<tr class="explanation"') == 500
    assert "The 10 smaller lines are explained by: decarb explain." in english
    # the largest is first
    assert re.search(r'id="en-line-(\d+)"', english)[1] == "509"  # type: ignore[index]


def test_isolated_names_are_escaped_once() -> None:
    assert str(isolated("first: \u2068<b>\u2069.")) == "first: <bdi>&lt;b&gt;</bdi>."
