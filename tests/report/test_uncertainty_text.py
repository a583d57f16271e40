"""An uncertainty as its reader meets it: what is said, in which order, cut and aligned how."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from decarb.factors import FactorLibrary, load_factors
from decarb.footprint import compute_footprint
from decarb.report.grid import width_of
from decarb.report.result import csv_text
from decarb.report.uncertainty_text import group_records, uncertainty_document, uncertainty_text
from decarb.uncertainty import contributions, draw, uncertainty


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> FactorLibrary:
    """Factors of GSD2 1.5, 1.02 and 1, one kilogram of which is one of CO2e."""
    path: Path = tmp_path_factory.mktemp("own") / "own.csv"
    rows = ["half,Half,kg,1,other,S,50", "good,Good,kg,1,other,S,2", "sure,Sure,kg,1,food,S,0"]
    path.write_text("\n".join(["id,name,unit,value,activity,source,uncertainty_percent", *rows, ""]), encoding="utf-8")
    return load_factors(path)


@pytest.fixture(scope="module")
def compute(make: Any, own: FactorLibrary) -> Any:
    def of(*lines: Any, partial: bool = False, **fields: Any) -> Any:
        return make.compute(*lines, library=own, partial=partial, **fields)

    return of


@pytest.fixture(scope="module")
def line(make: Any) -> Any:
    def of(factor: str, tonnes: float, uncertainty: float = 0, unit: str = "t", **others: Any) -> Any:
        credit = {"credit": True} if tonnes < 0 else {}
        return make.line(factor, tonnes, unit, uncertainty=uncertainty, **credit, **others)

    return of


def text(
    footprint: Any, by: str = "post", top: int = 5, draws: int = 0, view: str = "beges", language: str = "en"
) -> str:
    drawn = draw(footprint, draws, 1, by, view) if draws else None
    whole = contributions(footprint, top, view)
    return uncertainty_text(footprint, by, uncertainty(footprint, by, view), whole, drawn, view, language)


def cells(shown: str, start: str) -> list[str]:
    """Cells of the one row that starts so."""
    (row,) = [row for row in shown.splitlines() if row.startswith(start)]
    return re.split(r"\s{2,}", row)


def test_the_whole_text(compute: Any, line: Any) -> None:
    # one factor of GSD2 1.5: [90 / 1.5, 90 x 1.5] + 10 sure; measured to 1.05: [85.7, 94.5] + 10
    assert text(compute(line("half", 90), line("sure", 10)), "total") == (
        "Total 100.0 t CO2e, 95 % interval [70.0 ; 145.0] t (analytic, errors of shared factors together).\n"
        "It adds up the median of each figure; errors are ratios, so the mean of all that may be is higher.\n"
        "\n"
        "What it rests on: quantities 0 %, factors 100 %, both together (interaction) 0 %.\n"
        "Share                        What to measure better  t CO2e  GSD2\n"
        "─────────────────────────────────────────────────────────────────\n"
        "100 %  ████████████████████  factor half (1 line)      90.0  1.50\n"
        "If you measured it to ±5 %, the interval [70.0 ; 145.0] t would become [95.7 ; 104.5] t.\n"
    )


def test_posts_in_their_order(compute: Any, line: Any) -> None:
    shown = text(compute(line("half", 90), line("sure", 10)))
    assert cells(shown, "Post") == ["Post", "t CO2e", "95 % interval"]
    assert cells(shown, "4.1") == ["4.1 Purchases of goods", "10.0", "[10.0 ; 10.0]"]
    assert cells(shown, "6.1") == ["6.1 Other indirect emissions", "90.0", "[60.0 ; 135.0]"]
    assert shown.index("\n4.1") < shown.index("\n6.1")


def test_other_groups_by_size(compute: Any, line: Any) -> None:
    lines = [line("half", 1, id="small"), line("half", -30, id="credit"), line("sure", 20, id="middle")]
    shown = text(compute(*lines), "line")
    assert [row.split()[0] for row in shown.splitlines()[5:8]] == ["credit", "middle", "small"]
    assert cells(shown, "credit") == ["credit", "-30.0", "[-45.0 ; -20.0]"]


def test_two_figures_and_figures_that_are_sure_already(compute: Any, line: Any) -> None:
    both = text(compute(line("half", 90, 20)))
    assert "If you measured these 2 to ±5 %, the interval" in both
    # 2 % is surer than a measurement
    mixed = text(compute(line("good", 900), line("half", 90)))
    assert "If you measured the less sure of them (1) to ±5 %, the interval" in mixed
    assert "They are known to ±5 % or better already." in text(compute(line("good", 90)))


def test_nothing_uncertain(compute: Any, line: Any) -> None:
    shown = text(compute(line("sure", 10)), draws=100)
    assert "No figure of it has an error: the interval is the total itself." in shown
    assert "What it rests on" not in shown
    # no histogram of one value
    assert "▁" not in shown
    assert "100 draws (seed 1): 95 % within [10.0 ; 10.0] t, median 10.0 t, mean 10.0 t." in shown


def test_a_partial_result_says_so_first(compute: Any, line: Any) -> None:
    footprint = compute(line("half", 90), line("half", 1, unit="L", id="odd"), partial=True)
    shown = text(footprint, "line")
    assert shown.startswith("PARTIAL: refused lines are left out\n")
    assert cells(shown, "odd") == ["odd", "refused"]
    assert not text(compute(line("half", 90))).startswith("PARTIAL")


def test_draws_have_a_column_and_a_histogram(compute: Any, line: Any) -> None:
    shown = text(compute(line("half", 90), line("sure", 10)), draws=1000)
    assert cells(shown, "Post")[-1] == "95 % of the draws"
    assert cells(shown, "4.1")[-2:] == ["[10.0 ; 10.0]", "[10.0 ; 10.0]"]
    assert "Each line's quantity was drawn." in shown
    last = shown.splitlines()[-1]
    assert re.fullmatch(r"[\d.]+ t [ ▁▂▃▄▅▆▇█]{40} [\d.]+ t", last)
    assert "█" in last


def test_draws_by_group_say_so(compute: Any, line: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("decarb.uncertainty.draws.LINE_DRAWS", 0)
    assert "One error of the quantities of each establishment was drawn" in text(compute(line("half", 9)), draws=100)


def test_many_rows_are_cut(compute: Any, line: Any) -> None:
    shown = text(compute(*(line("half", n + 1, id=f"n{n}") for n in range(43))), "line")
    assert "… and 3 more, smaller: --format csv has them all" in shown
    assert "\nn42 " in shown
    assert "\nn2 " not in shown


def test_long_names_are_cut_and_keep_the_year(compute: Any, line: Any) -> None:
    footprint = compute(line("half", 9, id="x" * 60), establishment={"name": "Hôpital " * 9})
    (name, *_) = cells(text(footprint, "establishment"), "Hôpital")
    assert name.endswith("… 2024")
    assert width_of(name) == 44
    assert cells(text(footprint, "line"), "xxx")[0] == "x" * 43 + "…"


def test_regions_have_names(make: Any, own: FactorLibrary, line: Any) -> None:
    said, unsaid = (make.document(line("half", 9), establishment={"name": name}) for name in ("A", "B"))
    del unsaid["establishment"]["region"]
    shown = text(compute_footprint(make.read_all([said, unsaid]), own), "region")
    assert cells(shown, "11")[:2] == ["11 Île-de-France", "9.0"]
    assert cells(shown, "(region")[:2] == ["(region unsaid)", "9.0"]


def test_a_line_of_several_files_names_its_file(make: Any, own: FactorLibrary, line: Any) -> None:
    documents = [make.document(line("sure", 9, 50), establishment={"name": name}) for name in ("A", "B")]
    shown = text(compute_footprint(make.read_all(documents), own))
    assert len(re.findall(r"quantity \S+inventory\.json \[line-1\] /energy/0", shown)) == 2


@pytest.mark.parametrize("by", ["post", "establishment", "region", "line", "total"])
@pytest.mark.parametrize("view", ["beges", "ghg-protocol", "iso"])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_choice_in_both_languages(compute: Any, line: Any, by: str, view: str, language: str) -> None:
    footprint = compute(line("half", 90_000, 30), line("sure", 10, 5))
    shown = text(footprint, by, view=view, language=language)
    assert ("90 010" if language == "fr" else "90,010") in shown.replace("\u202f", " ")
    assert "{" not in shown
    assert all(row == row.rstrip() for row in shown.splitlines())


# --- as data ------------------------------------------------------------------------------------------


def test_the_document(compute: Any, line: Any) -> None:
    footprint = compute(line("half", 90, 20, id="a"), line("sure", 10))
    groups, whole = uncertainty(footprint, "post"), contributions(footprint)
    drawn = draw(footprint, 100, 3, "post")
    document = json.loads(json.dumps(uncertainty_document(footprint, "post", groups, whole, drawn, "beges")))
    assert document["options"] == {"view": "beges", "by": "post", "gwp_set": "AR6"}
    assert (document["partial"], document["total_kgco2e"]) == (False, 100_000)
    assert document["interval_95_kgco2e"] == [whole.interval.low, whole.interval.high]
    assert sum(document["variance_shares"].values()) == pytest.approx(1)
    first, second = document["sources"]
    assert (first["kind"], first["name"], first["file"], first["lines"]) == ("factor", "half", None, 1)
    assert (second["kind"], second["name"], second["pointer"]) == ("activity", "a", "/energy/0")
    assert second["file"].endswith("inventory.json")
    assert document["measured"]["interval_95_kgco2e"] == [whole.measured.low, whole.measured.high]
    assert [group["name"] for group in document["groups"]] == ["4.1", "6.1"]
    assert document["groups"][0] == {
        "name": "4.1", "kgco2e": 10_000, "low": 10_000, "high": 10_000, "drawn_low": 10_000, "drawn_high": 10_000
    }  # fmt: skip
    assert (document["draws"]["draws"], document["draws"]["seed"]) == (100, 3)
    assert document["draws"]["activity_errors"] == "line"
    assert uncertainty_document(footprint, "post", groups, whole, None, "beges")["draws"] is None


def test_records_of_lines_say_whose_they_are(make: Any, own: FactorLibrary, line: Any) -> None:
    odd = line("half", 1, unit="L", id="odd")
    documents = [make.document(line("half", 9), odd, establishment={"name": name}) for name in ("A", "B")]
    footprint = compute_footprint(make.read_all(documents), own, partial=True)
    records = group_records(footprint, "line", uncertainty(footprint, "line"))
    assert [(record["name"], record["establishment"], record["start"]) for record in records] == [
        (name, place, "2024-01-01") for place in ("A", "B") for name in ("line-1", "odd")
    ]
    assert [record["kgco2e"] for record in records] == [9000, None, 9000, None]
    assert csv_text(records).splitlines()[2] == "odd,A,2024-01-01,,,"
