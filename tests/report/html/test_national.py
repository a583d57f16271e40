"""The national report: figures against independent sums, nothing that is withheld on it, words, and a browser."""

import io
import re
from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from pypdf import PdfReader

from decarb.footprint import Footprint, compute_footprint
from decarb.inventory import read_inventory
from decarb.national.base_year import by_year
from decarb.national.frame import Frame, read_frame
from decarb.report.html.national import NationalFigures, NationalRequest, gather_nation, national_page
from decarb.report.html.national.edition import NationalEdition
from tests.report.html.conftest import DESKTOP, PHONE
from tests.report.html.nation import SINCE, YEAR, write_nation
from tests.report.html.test_browser import SERIOUS

REQUEST = NationalRequest(YEAR, today=date(2026, 1, 1))
CORSICA = "94"
GHT = ("ch-bellerive", "ch-montaudin", "ehpad-les-tilleuls")

Nation = tuple[dict[int, Footprint], Frame]


@pytest.fixture(scope="module")
def nation(library: Any, tmp_path_factory: pytest.TempPathFactory) -> Nation:
    documents, path = write_nation(tmp_path_factory.mktemp("nation"))
    return by_year([compute_footprint(read_inventory(*documents), library)]), read_frame(path)


@pytest.fixture(scope="module")
def figures(nation: Nation) -> NationalFigures:
    return gather_nation(nation[0], REQUEST, nation[1])


@pytest.fixture(scope="module")
def page(figures: NationalFigures) -> str:
    return national_page(figures, "fr")


def text_of(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split())


def shown(found: NationalFigures) -> NationalEdition:
    return NationalEdition(found, "en", True)


def amounts(cells: Iterable[str]) -> list[float]:
    return [float(cell.replace(",", "")) for cell in cells]


def test_what_was_reported_by_region_is_what_documents_add_up_to(nation: Nation, figures: NationalFigures) -> None:
    years, frame = nation
    region_of = dict(zip(frame.finess_ej, frame.region, strict=True))
    sums: dict[str, float] = {}
    for establishment, total in zip(years[YEAR].inventory.establishments, years[YEAR].totals(), strict=True):
        region = region_of[establishment.identity["finess_ej"]]
        sums[region] = sums.get(region, 0.0) + float(total)
    assert {part.code: part.reported for part in figures.regions} == pytest.approx(sums)
    assert figures.whole.reported == pytest.approx(sum(sums.values()))
    assert sum(part.total for part in figures.regions) == pytest.approx(figures.whole.total)
    assert sum(part.reported for part in figures.posts) == pytest.approx(figures.whole.reported)


def test_without_a_register_the_figures_are_of_those_who_submitted(nation: Nation) -> None:
    found = gather_nation(nation[0], REQUEST)
    assert found.sector is None
    assert found.whole.total == pytest.approx(nation[0][YEAR].total())
    assert np.isnan(found.whole.estimated)
    text = text_of(national_page(found, "en"))
    assert "Those who submitted" in text
    assert "Give the register of establishments (--frame)." in text
    assert "The whole sector" not in text


def test_rows_say_what_they_stand_for(figures: NationalFigures) -> None:
    rows = {row["name"]: row for row in shown(figures).regions}
    part = next(part for part in figures.regions if part.code == "11")
    own = rows["Île-de-France"]
    assert amounts([own["reported"], own["estimated"], own["total"]]) == pytest.approx(
        [part.reported / 1000, part.estimated / 1000, part.total / 1000], abs=0.5
    )
    assert own["reporting"] == f"{part.reporting} / {part.of}"
    # of the register: all beds of the region
    assert float(own["intensity"]) == pytest.approx(part.total / 1000 / figures.sizes["11"], rel=0.005)
    assert list(rows) == sorted(rows, key=lambda name: name.replace("Î", "I"))


@pytest.mark.parametrize("with_register", [True, False])
def test_what_is_withheld_is_nowhere_on_the_page(nation: Nation, with_register: bool) -> None:
    found = gather_nation(nation[0], REQUEST, nation[1] if with_register else None)
    withheld = [part for part in found.regions if part.is_withheld]
    assert CORSICA in {part.code for part in withheld}
    assert len(withheld) > 1  # the whole is shown: one alone would follow from the others
    assert not found.whole.is_withheld
    for language in ("fr", "en"):
        content = national_page(found, language)
        edition = NationalEdition(found, language, True)
        words, tiles = edition.words, {tile.region: tile for tile in edition.tiles}
        for part in withheld:
            assert (tiles[part.code].shown, tiles[part.code].shade) == (words.say("withheld"), None)
            for amount in (part.reported, part.total, part.low, part.high):
                assert words.tonnes(amount) not in content
    open_to_all = gather_nation(nation[0], replace(REQUEST, secrecy=False), nation[1] if with_register else None)
    corsica = next(part for part in open_to_all.regions if part.code == CORSICA)
    assert NationalEdition(open_to_all, "en", True).words.tonnes(corsica.reported) in national_page(open_to_all, "en")
    assert "not to be published" in text_of(national_page(open_to_all, "en"))


def test_a_withheld_tile_is_blank_and_says_so(figures: NationalFigures) -> None:
    tiles = {tile.region: tile for tile in shown(figures).tiles}
    assert (tiles[CORSICA].shown, tiles[CORSICA].shade) == ("withheld", None)
    assert tiles["11"].shade is not None
    shades = [(figures_of(figures, code), tile.shade) for code, tile in tiles.items() if tile.shade is not None]
    assert [shade for _, shade in sorted(shades)] == sorted(shade for _, shade in shades)


def figures_of(found: NationalFigures, code: str) -> float:
    """Emissions of a region per unit of size."""
    part = next(part for part in found.regions if part.code == code)
    return part.total / found.sizes[code]


def test_a_region_of_unknown_size_is_in_no_class(figures: NationalFigures) -> None:
    sizes = {code: size for code, size in figures.sizes.items() if code != "11"}
    edition = shown(replace(figures, sizes=sizes))
    tiles = {tile.region: tile for tile in edition.tiles}
    part = next(part for part in figures.regions if part.code == "11")
    assert edition.class_words
    # not the lightest class, which is of those that emit least per bed; its amount is shown all the same
    assert tiles["11"].shade is None
    assert float(tiles["11"].shown.split()[0]) == pytest.approx(part.total / 1e6, rel=0.005)


def test_strangers_are_neither_counted_nor_followed(nation: Nation) -> None:
    """The register without the Ile-de-France: with --partial its documents are in no figure, nor in the roadmap."""
    years, frame = nation
    at_home = np.array([region != "11" for region in frame.region])
    kept = _without(frame, at_home)
    found = gather_nation(years, replace(REQUEST, partial=True), kept)
    away = sum(number.startswith("75") for number in _entities(years[YEAR]))
    assert away > 0
    assert found.is_partial
    assert found.documents == len(_entities(years[YEAR])) - away
    assert f"Submissions: {found.documents}." in shown(found).reporting[0]
    assert found.roadmap is not None
    assert len(found.roadmap.changes[0].perimeter.constant) == found.documents
    # they are neither new nor gone
    assert not found.roadmap.changes[0].perimeter.entries
    assert not found.roadmap.changes[0].perimeter.exits


def _entities(footprint: Footprint) -> list[str]:
    return [one.identity["finess_ej"] for one in footprint.inventory.establishments]


def _without(frame: Frame, kept: Any) -> Frame:
    """The sites of a frame that are kept."""
    values: dict[str, Any] = {}
    for field in fields(frame):
        value = getattr(frame, field.name)
        if isinstance(value, tuple) and len(value) == len(frame):
            values[field.name] = tuple(one for one, here in zip(value, kept, strict=True) if here)
    sizes = {name: size[kept] for name, size in frame.denominators.items()}
    return replace(frame, denominators=sizes, **values)


def test_no_withheld_stratum_follows_from_what_is_estimated_in_all(figures: NationalFigures) -> None:
    """One stratum is of one legal entity, which reported: another hides it, and must not be had from the total."""
    sector = figures.sector
    assert sector is not None
    assert sector.withheld is not None
    pairs = list(zip(sector.found.strata, sector.withheld.strata, strict=True))
    assert any(hidden and stratum.respondents == 1 for stratum, hidden in pairs)
    assert sum(bool(hidden) for stratum, hidden in pairs if stratum.size_missing) == 2
    rows = shown(figures).strata
    left = figures.whole.estimated / 1000 - sum(amounts(row["estimated"] for row in rows if row["estimated"]))
    hidden = [stratum.estimated / 1000 for stratum, hidden in pairs if hidden and stratum.size_missing]
    assert left == pytest.approx(sum(hidden), abs=3)
    assert max(hidden) < 0.85 * left


def test_who_emits_nothing_per_bed_is_in_the_table_alone(figures: NationalFigures) -> None:
    found = figures.by_category
    nothing = tuple(replace(group, low=0.0, middle=0.0, high=0.0) for group in found.groups)
    credit = (replace(found.groups[0], low=-5.0), *found.groups[1:])
    for groups, left in ((nothing, 0), (credit, len(credit) - 1)):
        changed = replace(figures, by_category=replace(found, groups=groups))
        spread = shown(changed).differences.groups[0]
        assert len(spread.ranges) == left
        assert len(spread.rows) == len(groups) + 1
        assert "quartile" in national_page(changed, "en")


def test_strata_are_named_in_the_words_of_the_page(figures: NationalFigures) -> None:
    names = [row["name"] for row in NationalEdition(figures, "fr", True).strata]
    assert "355 Centre Hospitalier (C.H.) / public / 150-400" in names
    assert not any("_" in name for name in names)


def test_what_is_gross_is_not_said_to_be_counted_once() -> None:
    documents = [Path("examples/ght") / f"{name}.json" for name in GHT]
    years = by_year([compute_footprint(read_inventory(*documents))])
    request = replace(REQUEST, year=max(years))
    net, gross = (gather_nation(years, replace(request, gross=is_gross)) for is_gross in (False, True))
    assert "counted once" in shown(net).flows
    assert "each is counted by its provider and by its recipient" in shown(gross).flows


def test_what_rises_by_less_than_is_shown_does_not_rise(figures: NationalFigures) -> None:
    # every axis but one is at 0.0 % of its base year or below
    assert figures.roadmap is not None
    text = " ".join(step.why for step in shown(figures).steps)
    assert "No axis that is shown rises: none falls enough." in text
    assert "What rises most" not in text


def test_years_are_shares_of_the_base_year_and_no_amounts(nation: Nation, figures: NationalFigures) -> None:
    section = shown(figures).roadmap
    assert section is not None
    before, after = (nation[0][year].total() for year in (SINCE, YEAR))
    curve = section.curves[0].points
    # the same establishments and sections in both years: the change is that of the totals
    assert [year for year, *_ in curve] == [SINCE, YEAR]
    assert [amount for _, amount, _ in curve] == pytest.approx([100, 100 * after / before])
    assert section.headline.endswith(f"since {SINCE} where the pace asks for −5.0\u00a0%")
    text = national_page(figures, "en")
    assert shown(figures).words.tonnes(before) not in text


def test_one_year_alone_says_that_nothing_can_be_compared(nation: Nation) -> None:
    found = gather_nation({YEAR: nation[0][YEAR]}, REQUEST, nation[1])
    assert found.roadmap is None
    assert "No earlier year was submitted" in text_of(national_page(found, "en"))


def test_hazards_between_what_is_met_and_what_may_be(figures: NationalFigures) -> None:
    found = figures.readiness
    heat = found.hazards.index("heat")
    bar = {each.name: each for each in shown(figures).climate.ranges}["Heat"]
    met, concerned = int(found.met[-1, heat]), int(found.concerned[-1, heat])
    unanswered = concerned - int(found.answered[-1, heat])
    assert (bar.low, bar.high) == pytest.approx((met / concerned, (met + unanswered) / concerned))
    corsica = next(row for row in shown(figures).climate.by_region if row[0] == "Corse")
    assert set(corsica[2:]) == {"withheld"}


def test_both_editions_have_the_same_numbers_of_tables_and_charts(page: str) -> None:
    first, second = page.split('<div class="edition"')[1:]
    for tag in ("<table>", '<svg class="chart', "<section", "<h2"):
        assert first.count(tag) == second.count(tag) > 0
    assert 'lang="fr"' in first[:60]
    ids = re.findall(r' id="([^"]*)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]*)"', page)) <= set(ids)


def test_it_is_the_same_every_time(nation: Nation, page: str) -> None:
    assert national_page(gather_nation(nation[0], REQUEST, nation[1]), "fr") == page


@pytest.mark.parametrize("size", [DESKTOP, PHONE, (320, 568)], ids=["desktop", "phone", "smallest"])
def test_in_a_browser_it_complains_of_nothing_and_nothing_overflows(opened: Any, page: str, size: Any) -> None:
    found = opened(page, size)
    assert found.logged == []
    assert [url for url in found.requested if not url.startswith(("file:", "data:"))] == []
    assert found.page.evaluate("document.documentElement.scrollWidth") <= size[0]
    found.page.locator(".switch:visible").click()
    assert found.page.title() == f"Carbon footprint of health establishments, {YEAR}"
    found.page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    violations = Axe().run(found.page, options={"resultTypes": ["violations"]}).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in violations if each["impact"] in SERIOUS] == []


def test_it_prints(opened: Any, page: str) -> None:
    content = opened(page).page.pdf(prefer_css_page_size=True)
    pages = [each.extract_text() for each in PdfReader(io.BytesIO(content)).pages]
    assert 4 <= len(pages) <= 12
    assert "Empreinte carbone des établissements de santé" in " ".join(pages[0].split())
    assert all(len(text.strip()) > 40 for text in pages)


def test_a_nation_is_told_in_megatonnes(figures: NationalFigures) -> None:
    nation = replace(figures.whole, reported=20.24e9, estimated=28.8e9, low=40e9, high=61e9)
    edition = shown(replace(figures, whole=nation))
    assert (edition.total, edition.unit, edition.bounds) == ("49", "Mt", ("40", "61"))
    assert edition.parts == [("reported", "20.2"), ("estimated", "28.8")]
