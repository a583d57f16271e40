"""Indicators of anaesthetic gases: worked out by hand, and what the footprint says of the same lines."""

from pathlib import Path
from typing import Any

import pytest

from decarb.errors import InvalidInventoryError, RefusedLinesError
from decarb.factors import load_factors
from decarb.footprint import Footprint, compute_footprint
from decarb.gases import GasIndicators, gas_indicators, together
from decarb.inventory import Inventory, ingest, read_inventory
from decarb.medicines import Medicines, load_medicines
from decarb.medicines.gases import convert_gas

LIBRARY = load_factors()
DESFLURANE_UCD = "3400892571720"
SUPRANE, SEVORANE_CIS = "3400957562632", "66282739"


def footprint(inventory: Inventory, gwp: str | None = None, medicines: Medicines | None = None) -> Footprint:
    return compute_footprint(inventory, LIBRARY, gwp, partial=True, medicines=medicines)


def indicators(inventory: Inventory, gwp: str | None = None, medicines: Medicines | None = None) -> GasIndicators:
    (found,) = gas_indicators(footprint(inventory, gwp, medicines))
    return found


@pytest.fixture(scope="module")
def ucd_table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ucd") / "ucd.csv"
    path.write_text(f"ucd13,cip13\n{DESFLURANE_UCD},{SUPRANE}\n", encoding="utf-8")
    return path


def code(value: str, quantity: float, unit: str = "box", **others: Any) -> dict[str, Any]:
    return {"code": {"system": "CIP13", "value": value}, "quantity": quantity, "unit": unit, **others}


def test_indicators_by_hand(make: Any) -> None:
    inventory = make.read(
        make.line("nitrous-oxide", 630, "kg"),
        make.line("desflurane", 20, "L"),
        make.line("sevoflurane", 0.4, "t"),
        code("3400957562632", 10),  # Suprane
        code("3400922410968", 10),  # Entonox 5 L
        make.line("electricity-fr-2024", 1, "GWh"),
        year=2025,
        establishment={
            "activity": {"stays": 50_000, "anaesthesias": 30_000},
            "measured_gas_use": [{"gas": "nitrous-oxide", "quantity": 126_000, "unit": "g"}],
        },
    )
    found = indicators(inventory)
    masses = {(use.substance, use.kind): use.mass_kg for use in found.gases}
    # desflurane: 20 L x 1.465 + 10 boxes x 6 x 0.3516 = 29.3 + 21.096
    assert masses == pytest.approx(
        {
            ("n2o", "anaesthetic"): 630,
            ("n2o", "analgesic"): 13.503,
            ("desflurane", "anaesthetic"): 50.396,
            ("sevoflurane", "anaesthetic"): 400,
        }
    )
    # (630 + 13.503) x 273 + 50.396 x 2590 + 400 x 195 = 175676.3 + 130525.6 + 78000
    assert found.total_kgco2e == pytest.approx(384_202, abs=1)
    assert found.per_stay(found.total_kgco2e) == pytest.approx(7.684, abs=1e-3)
    assert found.per_anaesthesia(found.total_kgco2e) == pytest.approx(12.807, abs=1e-3)
    # 630 bought, 126 used: 504 lost, 80 %; 504 x 273 = 137592. Cylinders of mixture are apart
    assert found.network is not None
    assert (found.network.lost_kg, found.network.lost_share) == pytest.approx((504, 0.8))
    assert found.network.avoidable_kgco2e == pytest.approx(137_592)
    assert (found.network.published_share, found.network.published_source) == (0.8, "fhf-n2o-2024")
    # 50.396 / 450.396 of the mass; 130525.6 / 208525.6 of the CO2e
    assert found.desflurane is not None
    assert found.desflurane.by_mass == pytest.approx(0.1119, abs=1e-4)
    assert found.desflurane.by_emissions == pytest.approx(0.6259, abs=1e-4)
    assert (found.not_given, found.rules, found.notices) == ((), (), ())


def test_what_is_not_given_is_named_and_never_zero(make: Any) -> None:
    found = indicators(make.read(make.line("nitrous-oxide", 100, "kg")))
    assert found.per_stay(found.total_kgco2e) is None
    assert found.per_anaesthesia(found.total_kgco2e) is None
    assert found.network is not None
    assert (found.network.used_kg, found.network.lost_kg, found.network.avoidable_kgco2e) == (None, None, None)
    assert found.desflurane is None
    assert found.not_given == (
        "establishment.activity.anaesthesias",
        "establishment.activity.stays",
        "establishment.measured_gas_use",
    )


def test_desflurane_is_prohibited_from_2026(make: Any) -> None:
    for year, expected in ((2025, []), (2026, ["desflurane-prohibited"]), (2027, ["desflurane-prohibited"])):
        found = indicators(make.read(make.line("desflurane", 1, "kg"), year=year))
        assert [rule.id for rule in found.rules] == expected


def test_a_set_without_the_gas_is_refused_as_the_footprint_refuses_it(make: Any) -> None:
    inventory = make.read(make.line("desflurane", 1, "kg"), make.line("nitrous-oxide", 1, "kg"))
    with pytest.raises(RefusedLinesError, match="desflurane has no value in AR4"):
        indicators(inventory, "AR4")
    assert indicators(make.read(make.line("nitrous-oxide", 1, "kg")), "AR4").total_kgco2e == 298


def test_what_a_beges_reports_beside_its_total_is_beside_this_one(make: Any) -> None:
    assert convert_gas("1 kg isoflurane", LIBRARY, 2025).is_beside_total
    assert not convert_gas("1 kg desflurane", LIBRARY, 2025).is_beside_total
    inventory = make.read(make.line("isoflurane", 1, "kg"), make.line("sevoflurane", 1, "kg"))
    found = indicators(inventory)
    # 195; the 539 of isoflurane are beside, as in the footprint
    assert found.total_kgco2e == 195
    assert [(use.emissions_kgco2e, use.is_beside_total) for use in found.gases] == [(195, False), (539, True)]
    lines = (make.line("isoflurane", 1, "kg"), make.line("sevoflurane", 1, "kg"))
    assert make.compute(*lines).total() == pytest.approx(195)


def test_more_used_than_bought_is_said(make: Any) -> None:
    used = [{"gas": "nitrous-oxide", "quantity": 2, "unit": "kg"}]
    inventory = make.read(make.line("nitrous-oxide", 1, "kg"), establishment={"measured_gas_use": used})
    found = indicators(inventory)
    assert [notice.code for notice in found.notices] == ["gas-used-above-bought"]
    assert found.network is not None
    assert found.network.lost_kg is None


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ({"factor": "isoflurane", "quantity": 1, "unit": "L"}, "no density is known"),
        ({"factor": "nitrous-oxide", "quantity": 1, "unit": "kWh"}, "kWh"),
        (code(SUPRANE, 6, "item"), "codes count boxes, not item"),
        (code("3400956255610", 1), "evaporator"),
    ],
)
def test_lines_of_gas_are_refused_as_the_footprint_refuses_them(make: Any, line: Any, words: str) -> None:
    inventory = make.read(line, make.line("nitrous-oxide", 1, "kg"))
    with pytest.raises(RefusedLinesError, match=words) as raised:
        indicators(inventory)
    (refusal,) = footprint(inventory).binding.refusals
    assert raised.value.problems == refusal.problems


def test_an_inventory_without_gas_is_refused(make: Any) -> None:
    with pytest.raises(InvalidInventoryError, match="buys no anaesthetic gas"):
        indicators(make.read(make.line("electricity-fr-2024", 1, "kWh")))


def test_refused_lines_of_another_thing_do_not_matter(make: Any) -> None:
    # boxes that are counted as units, of a medicine without gas; kilograms of electricity
    inventory = make.read(
        make.line("nitrous-oxide", 1, "kg"),
        code("3400935658432", 6, "item"),
        make.line("electricity-fr-2024", 1, "kg"),
    )
    assert indicators(inventory).notices == ()


def test_refused_lines_that_may_be_of_anything_are_said(make: Any) -> None:
    inventory = make.read(
        make.line("nitrous-oxide", 1, "kg"),
        {"code": {"system": "UCD13", "value": DESFLURANE_UCD}, "quantity": 1, "unit": "item"},
        make.line("desfluran", 1, "kg"),
    )
    assert [notice.message() for notice in indicators(inventory).notices] == [
        "2 refused line(s) are not looked at: nothing says what they name"
    ]


def test_a_box_counted_by_its_price_is_said(make: Any) -> None:
    bought = code(SUPRANE, 1000, "EUR", basis="HT", price_year=2023)
    (notice,) = indicators(make.read(make.line("nitrous-oxide", 1, "kg"), bought)).notices
    assert (notice.code, notice.line_id, notice.severity) == ("gas-code-by-spend", "line-2", "warning")
    assert notice.message() == f"{SUPRANE} is counted by an amount of money, which says no boxes: not looked at"


def test_what_is_left_out_is_said_of_establishments_that_have_nothing_else(make: Any) -> None:
    bought = code(SUPRANE, 1000, "EUR", basis="HT", price_year=2023)
    with pytest.raises(InvalidInventoryError, match=r"buys no anaesthetic gas.*\n.*an amount of money"):
        indicators(make.read(bought))
    documents = (
        make.document(make.line("nitrous-oxide", 1, "kg"), establishment={"name": "A"}),
        make.document(bought, establishment={"name": "B"}),
    )
    found = indicators(make.read_all(documents))
    assert (found.establishment, [notice.code for notice in found.notices]) == ("A", ["gas-code-by-spend"])


# --- the same figures as the footprint ----------------------------------------------------------------


def every_way(make: Any) -> list[Any]:
    """Gases by CIP, UCD, CAS, alias of the source and id; a bottle of Suprane is 351.6 g, a box six of them."""
    return [
        code(SUPRANE, 2),
        {"code": {"system": "UCD13", "value": DESFLURANE_UCD}, "quantity": 12, "unit": "item"},
        {"code": {"system": "CIS", "value": SEVORANE_CIS}, "quantity": 3, "unit": "item"},
        {"code": {"system": "CAS", "value": "28523-86-6"}, "quantity": 1, "unit": "kg"},
        {"code": {"system": "base-carbone", "value": "43016"}, "quantity": 100, "unit": "kg"},
        make.line("desflurane", 20, "L"),
        make.line("isoflurane", 1, "kg"),
        code("3400922410968", 10),
        code("3400934438738", 5),  # Ventoline: no anaesthetic
    ]


@pytest.mark.parametrize("gwp", ["AR5", "AR6"])
@pytest.mark.parametrize("ways", [slice(0, 1), slice(1, 2), slice(2, 3), slice(3, 4), slice(4, 5), slice(5, 8)])
def test_the_total_is_post_1_4_of_the_same_lines(make: Any, ucd_table: Path, ways: slice, gwp: str) -> None:
    computed = footprint(make.read(*every_way(make)[ways]), gwp, load_medicines(ucd_table))
    (found,) = gas_indicators(computed)
    assert not computed.is_partial
    assert found.total_kgco2e == pytest.approx(computed.by_post().loc["1.4", "total"], rel=1e-12)
    assert found.total_kgco2e > 0


def test_masses_of_each_way(make: Any, ucd_table: Path) -> None:
    found = indicators(make.read(*every_way(make)), medicines=load_medicines(ucd_table))
    masses = {(use.substance, use.kind): use.mass_kg for use in found.gases}
    assert masses == pytest.approx(
        {
            ("desflurane", "anaesthetic"): 12 * 0.3516 + 12 * 0.3516 + 20 * 1.465,
            ("sevoflurane", "anaesthetic"): 3 * 0.38 + 1,
            ("n2o", "anaesthetic"): 100,
            ("n2o", "analgesic"): 13.503,
            ("isoflurane", "anaesthetic"): 1,
        }
    )


def test_a_folder_of_columns_and_several_establishments(make: Any, tmp_path: Path) -> None:
    documents = [
        make.write(make.document(make.line("nitrous-oxide", kilograms, "kg"), establishment={"name": name}))
        for name, kilograms in (("B", 2), ("A", 1))
    ]
    documents.append(make.write(make.document(make.line("electricity-fr-2024", 1, "kWh"), establishment={"name": "C"})))
    ingest(documents, tmp_path / "columns")
    for inventory in (read_inventory(tmp_path / "columns"), read_inventory(*documents)):
        found = gas_indicators(footprint(inventory))
        assert {(each.establishment, each.total_kgco2e) for each in found} == {("A", 273), ("B", 546)}


# --- measured use -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"gas": "oxygen", "quantity": 1, "unit": "kg"}, "oxygen"),
        ({"gas": "nitrous-oxide", "quantity": -1, "unit": "kg"}, "-1 is negative"),
        ({"gas": "nitrous-oxide", "quantity": 1, "unit": "L"}, "not allowed"),
        ({"gas": "nitrous-oxide", "quantity": 1}, "«unit» is missing"),
    ],
)
def test_a_measured_use_that_is_wrong_is_refused(make: Any, entry: Any, words: str) -> None:
    document = make.document(make.line("nitrous-oxide", 1, "kg"), establishment={"measured_gas_use": [entry]})
    messages = [problem.message() for problem in make.problems(document)]
    assert any(words in message for message in messages)


def test_several_establishments_as_one(make: Any) -> None:
    def buying(name: str, nitrous_oxide_kg: float, desflurane_kg: float, used_g: float, stays: int) -> dict[str, Any]:
        gases = make.line("nitrous-oxide", nitrous_oxide_kg, "kg"), make.line("desflurane", desflurane_kg, "kg")
        used = [{"gas": "nitrous-oxide", "quantity": used_g, "unit": "g"}]
        identity = {"name": name, "activity": {"stays": stays}, "measured_gas_use": used}
        return make.document(*gases, make.line("sevoflurane", 10, "kg"), establishment=identity)

    documents = [buying("A", 100, 10, 20_000, 1000), buying("B", 300, 0, 180_000, 3000)]
    whole = together(gas_indicators(footprint(make.read_all(documents))), "region")
    # nitrous oxide: 400 kg bought, 200 kg used; desflurane: 10 kg of 30 kg of halogenated
    assert {use.substance: use.mass_kg for use in whole.gases} == {"n2o": 400, "desflurane": 10, "sevoflurane": 20}
    assert whole.total_kgco2e == pytest.approx(400 * 273 + 10 * 2590 + 20 * 195)
    assert (whole.network.lost_share, whole.desflurane.by_mass) == (pytest.approx(0.5), pytest.approx(1 / 3))
    assert (whole.stays, whole.anaesthesias) == (4000, None)
