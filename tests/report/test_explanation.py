"""One line followed by hand: what is printed multiplies out to the result."""

import math
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decarb.footprint import Footprint
from decarb.report.explanation import explain_line, explanation_text


def explain(make: Any, line: dict[str, Any], **options: Any) -> dict[str, Any]:
    return explain_line(make.compute(line, **options), 0)


def test_a_gas_bill_from_its_kwh_pcs_to_its_posts(make: Any) -> None:
    data = explain(make, make.line("natural-gas-fr-2022-kwh-pci", 1110, "MWh PCS", supplier="A", evidence="F12"))
    # 1,110 MWh PCS / 1.11 = 1,000 MWh PCI = 1e6 kWh PCI
    assert [step["code"] for step in data["steps"]] == ["step-heating-value", "step-unit"]
    assert [step["multiplier"] for step in data["steps"]] == pytest.approx([1 / 1.11, 1000])
    assert data["factor_quantity"] == pytest.approx(1e6)
    assert data["factor"]["value_kgco2e"] == pytest.approx(0.2392)
    assert data["factor"]["published_total_kgco2e"] == 0.239
    assert data["published_gap_kgco2e"] == pytest.approx(-200)
    assert data["factor"]["source"]["source_id"] == "37132"
    assert data["remarks"] == {"supplier": "A", "evidence": "F12"}
    assert [(p["stage"], p["beges_post"], p["ghg_category"], p["iso_category"]) for p in data["parts"]] == [
        ("combustion", "1.1", "1.1", "1"),
        ("upstream", "4.1", "3.3", "4"),
    ]
    assert [part["emissions_kgco2e"] for part in data["parts"]] == pytest.approx([201_000, 38_200])
    assert data["emissions_kgco2e"] == pytest.approx(239_200)


def test_a_blend_shows_its_composition_and_its_gwps(make: Any) -> None:
    data = explain(make, make.line("r410a", 2, "kg"), gwp="AR5")
    assert data["gwp_set"] == "AR5"
    found = {(c["substance"], c["mass_fraction"], c["gwp"]) for c in data["composition"]}
    assert found == {("hfc-32", 0.5, 677.0), ("hfc-125", 0.5, 3170.0)}
    assert sum(c["mass_fraction"] * c["gwp"] for c in data["composition"]) * 2 == data["emissions_kgco2e"] == 3847


def test_an_asset_shows_its_share_of_each_booking(make: Any) -> None:
    line = make.line("building-health-concrete-m2", 100, "m2", acquisition_year=2024, amortisation_years=40)
    data = explain(make, line)
    assert data["parts"][0]["shares"] == {"beges": 1 / 40, "ghg": 1.0}
    assert data["emissions_kgco2e"] == pytest.approx(1_100)
    assert data["ghg_protocol_kgco2e"] == pytest.approx(44_000)


def test_a_refused_line_shows_why_and_what_is_at_stake(make: Any) -> None:
    spend = {"factor": "spend-pharmaceutical-products-2023", "quantity": 1000, "unit": "EUR HT"}
    footprint = make.compute(make.line("isoflurane", 3, "L", spend=spend), partial=True)
    data = explain_line(footprint, 0)
    assert data["status"] == "refused"
    assert data["stake_kgco2e"] == pytest.approx(194)
    assert [problem["code"] for problem in data["problems"]] == ["no-density"]
    text = explanation_text(footprint, 0, "en")
    assert text.startswith("line-1 — ")
    assert "no density is known" in text
    assert "Result" not in text


def numbers_of(text: str) -> list[float]:
    return [float(found.replace(",", "")) for found in re.findall(r"-?[\d,]*\.?\d+(?:[eE][+-]?\d+)?", text)]


def products(text: str) -> list[tuple[list[float], float]]:
    """Factors and result of each printed line « a × b [÷ years] = c kg CO2e »."""
    found = []
    for line in text.splitlines():
        match = re.match(r"  [^:]*: ([\d,.×÷\s-]+) = (-?[\d,.]+) kg CO2e   → ", line)
        if match:
            signs = re.findall(r"[×÷]", f"×{match[1]}")
            numbers = [float(number.replace(",", "")) for number in re.split(" [×÷] ", match[1])]
            factors = [n if sign == "×" else 1 / n for n, sign in zip(numbers, signs, strict=True)]
            found.append((factors, float(match[2].replace(",", ""))))
    return found


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ({"factor": "natural-gas-fr-2022-kwh-pci", "quantity": 1234.5, "unit": "MWh PCS"}, 2),
        ({"factor": "electricity-fr-2024", "quantity": 98765, "unit": "kWh"}, 3),
        ({"factor": "desflurane", "quantity": 161, "unit": "L"}, 1),
        (
            {
                "factor": "car-average-km",
                "quantity": 777,
                "unit": "passenger.km",
                "occupancy": 3,
                "activity": "commuting",
            },
            3,
        ),
        ({"factor": "spend-pharmaceutical-products", "quantity": 1021, "unit": "EUR TTC", "vat_percent": 2.1}, 1),
        (
            {
                "factor": "building-health-concrete-m2",
                "quantity": 100,
                "unit": "m2",
                "amortisation_years": 40,
                "acquisition_year": 2020,
            },
            1,
        ),
        ({"factor": "electricity-fr-2024", "quantity": -3, "unit": "MWh", "credit": True}, 3),
    ],
)
def test_the_printed_numbers_multiply_out(make: Any, line: dict[str, Any], parts: int) -> None:
    footprint = make.compute(line)
    text = explanation_text(footprint, 0, "en")
    found = products(text)
    assert len(found) == parts
    for factors, result in found:
        assert math.prod(factors) == pytest.approx(result, rel=1e-6)
    (result_line,) = [row for row in text.splitlines() if row.startswith("Result: ")]
    printed = numbers_of(result_line.split("kg")[0])[0]
    assert sum(result for _, result in found) == pytest.approx(printed, rel=1e-6)
    assert printed == pytest.approx(footprint.total(), rel=1e-6)


def check_arithmetic(footprint: Footprint) -> None:
    for line in range(len(footprint.inventory)):
        data = explain_line(footprint, line)
        quantity = data["quantity"] * math.prod(step["multiplier"] for step in data["steps"])
        assert data["factor_quantity"] == pytest.approx(quantity, rel=1e-12)
        value = data["factor"]["value_kgco2e"]
        assert sum(part["value_kgco2e"] for part in data["parts"]) == pytest.approx(value, rel=1e-12)
        for booking, key in (("beges", "emissions_kgco2e"), ("ghg", "ghg_protocol_kgco2e")):
            total = sum(
                quantity * part["value_kgco2e"] * share
                for part in data["parts"]
                for timing, share in part["shares"].items()
                if timing in ("both", booking)
            )
            assert data[key] == pytest.approx(total, rel=1e-9, abs=1e-9)
        assert sum(part["emissions_kgco2e"] for part in data["parts"]) == pytest.approx(
            data["emissions_kgco2e"], rel=1e-9, abs=1e-9
        )
        published = data["factor"]["published_total_kgco2e"]
        if published is not None and data["composition"] == []:
            avoided = sum(part["gases_kgco2e"].get("avoided", 0.0) for part in data["parts"])
            gap = quantity * (published - value - avoided)
            assert data["published_gap_kgco2e"] == pytest.approx(gap, rel=1e-9, abs=1e-6)
        assert explanation_text(footprint, line, "en").endswith("\n")


@settings(max_examples=30)
@given(data=st.data())
def test_quantity_times_multipliers_times_value_is_the_result_for_any_factor(make: Any, data: Any) -> None:
    factor = data.draw(st.sampled_from(list(make.library.by_id.values())))
    unit = " ".join([factor.unit.name, *factor.unit.bases, str(factor.unit.price_year or "")]).strip()
    activity = data.draw(st.sampled_from(factor.activities))
    quantity = data.draw(st.floats(1e-3, 1e9))
    check_arithmetic(make.compute(make.line(factor.id, quantity, unit, activity=activity)))


def test_quantity_times_multipliers_times_value_is_the_result_with_conversions(make: Any) -> None:
    check_arithmetic(
        make.compute(
            make.line("natural-gas-fr-2022-kwh-pci", 3, "GJ PCS"),
            make.line("diesel-b7-litre", 3, "t"),
            make.line("desflurane", 250, "mL"),
            make.line("car-average-long-passenger-km", 9, "vehicle.km", occupancy=1.3, activity="commuting"),
            make.line("spend-pharmaceutical-products", 3, "kEUR TTC", vat_percent=10),
            make.line("building-health-concrete-m2", 3, "m2", acquisition_year=2024, amortisation_years=7),
            make.line("waste-residual-household-average-avoided", 3, "kg"),
        )
    )


def test_a_comment_cannot_forge_a_result_or_move_the_cursor(make: Any) -> None:
    line = make.line("electricity-fr-2024", 1, "MWh", comment="a\x1b[2J\nResult: 0 kg CO2e")
    text = explanation_text(make.compute(line), 0, "en")
    assert "\x1b" not in text
    assert [row for row in text.splitlines() if row.startswith("Result: ")] == ["Result: 51.9 kg CO2e = 0.05 t CO2e"]


def test_the_text_names_the_source_the_place_and_the_licence(make: Any) -> None:
    text = explanation_text(make.compute(make.line("electricity-fr-2024", 1, "MWh")), 0, "en")
    for words in ("ADEME", "Base Carbone 23.6", "43642", "Licence Ouverte", "FR-MAINLAND", "10 %"):
        assert words in text
    assert "BEGES 2.1 · GHG 2.1 · ISO 2" in text
