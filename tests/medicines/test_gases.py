"""Amounts of medical gas: what is read, what is refused, masses and emissions worked out by hand."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decarb.errors import InvalidInventoryError, RefusedLinesError, UsageError
from decarb.factors import load_factors
from decarb.medicines.database import load_database
from decarb.medicines.gas_indicators import gas_indicators
from decarb.medicines.gas_tables import mixture_mass_fraction, products
from decarb.medicines.gases import GasConversion, convert_gas, read_captured, total_values

LIBRARY = load_factors()


def convert(text: str, captured_kg: float = 0.0) -> GasConversion:
    return convert_gas(text, LIBRARY, captured_kg)


def refusal(text: str) -> Any:
    with pytest.raises(UsageError) as raised:
        convert(text)
    (problem,) = raised.value.problems
    return problem


# --- what is read -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "substance", "mass_kg", "ar6"),
    [
        # 351.6 g a bottle, printed; x 2590
        ("1 bottle Suprane 240 mL", "desflurane", 0.3516, 910.644),
        ("12 bottles desflurane 240 mL", "desflurane", 4.2192, 10927.728),
        ("12 flacons de desflurane 240 mL", "desflurane", 4.2192, 10927.728),
        ("12 x 240 ml desflurane", "desflurane", 4.2192, 10927.728),
        # 250 mL x 1.52 kg/L = 0.380 kg x 195 = 74.1
        ("1 flacon de Sevorane 250 ml", "sevoflurane", 0.38, 74.1),
        ("sévoflurane 250 mL", "sevoflurane", 0.38, 74.1),
        # 250 mL x 1.496 = 0.374 kg x 539
        ("2 flacons d'isoflurane 250 mL", "isoflurane", 0.748, 403.172),
        ("1,4 kg isoflurane", "isoflurane", 1.4, 754.6),
        ("1400 g isoflurane", "isoflurane", 1.4, 754.6),
        # 3.75, 11.25 and 35 kg printed; x 273
        ("1 cylinder nitrous oxide 5 L", "n2o", 3.75, 1023.75),
        ("1 bouteille de protoxyde d'azote 15 L", "n2o", 11.25, 3071.25),
        ("1 bouteille protoxyde 47 L", "n2o", 35, 9555),
        ("2 cadres protoxyde 9x47 L", "n2o", 630, 171990),
        ("9 × 47 L N2O", "n2o", 315, 85995),
        ("1 cylinder N2O 50 L", "n2o", 37.5, 10237.5),
        # 1.875 kg/m3 (3.75 kg in 2.0 m3)
        ("300 m³ N2O", "n2o", 562.5, 153562.5),
        ("2000 L gaz protoxyde", "n2o", 3.75, 1023.75),
        # the printed m3 of a cylinder x 0.91854 kg of N2O
        ("3 bouteilles Antasol 135 5 L 1,2 m3", "n2o", 3.30674, 902.741),
        # CHU Montpellier: 161 L x 1.465 = 235.865 kg
        ("161 L desflurane", "desflurane", 235.865, 610890.35),
        # a box of six bottles by its code
        ("2 boîtes 3400957562632", "desflurane", 4.2192, 10927.728),
    ],
)
def test_amounts(text: str, substance: str, mass_kg: float, ar6: float) -> None:
    found = convert(text)
    assert found.substance == substance
    assert found.mass.mass_kg == pytest.approx(mass_kg, rel=1e-5)
    assert found.emissions_kgco2e("AR6") == pytest.approx(ar6, rel=1e-5)
    assert found.mass.low_kg <= found.mass.mass_kg <= found.mass.high_kg


@pytest.mark.parametrize("brand", ["MEOPA", "Entonox", "Kalinox", "Actynox", "Placynox"])
@pytest.mark.parametrize(("size", "kilograms"), [(2, 0.542), (5, 1.350), (15, 4.042)])
def test_mixtures_by_cylinder(brand: str, size: int, kilograms: float) -> None:
    assert convert(f"1 bouteille {brand} {size} L").mass.mass_kg == pytest.approx(kilograms, abs=5e-4)


def test_meopa_5_l_is_369_kg_under_ar6() -> None:
    # 1.47 m3 x 0.91854 kg/m3 x 273 = 368.6
    assert convert("1 bouteille MEOPA 5 L").emissions_kgco2e("AR6") == pytest.approx(369, abs=0.5)


def test_a_mixture_is_never_pure_nitrous_oxide() -> None:
    # half of the molecules, 44.013 / (44.013 + 31.998) = 57.9 % of the mass
    assert mixture_mass_fraction() == pytest.approx(0.579, abs=5e-4)
    for product in products().values():
        if product.state == "mixture":
            name = product.spellings[0]
            assert convert(f"10 kg {name}").mass.mass_kg == pytest.approx(5.79, abs=0.005)
            assert convert(f"1 m3 {name}").mass.mass_kg < 0.51 * convert("1 m3 N2O").mass.mass_kg


def test_antasol_180_is_at_least_what_170_bar_holds() -> None:
    mass = convert("1 bouteille Antasol 180 5 L").mass
    assert mass.high_kg > 1.02 * convert("1 bouteille MEOPA 5 L").mass.mass_kg


def test_montpellier_under_the_set_of_its_page() -> None:
    # 161 L x 1.465 kg/L x 2540 = 599 t; the page forgot the density and says 409 t
    found = convert("161 L desflurane")
    assert found.emissions_kgco2e("SFAR") == pytest.approx(599_097, abs=1)
    assert found.emissions_kgco2e("AR6") == pytest.approx(610_890, abs=1)


def test_a_volume_in_an_inventory_never_forgets_the_density(make: Any) -> None:
    # the trap of Montpellier: litres x a factor per kg would be 417 t under AR6
    footprint = make.compute(make.line("desflurane", 161, "L"))
    assert footprint.total() == pytest.approx(convert("161 L desflurane").emissions_kgco2e("AR6"))
    with pytest.raises(RefusedLinesError, match="no density is known"):
        make.compute(make.line("isoflurane", 161, "L"))


def test_sets_of_gwps_and_their_gaps() -> None:
    values = {value.gwp_set: value for value in convert("1 kg desflurane").values}
    assert list(values) == ["AR4", "AR5", "AR6", "SFAR", "RCoA"]
    assert [value.emissions_kgco2e for value in values.values()] == [None, 1790, 2590, 2540, 2720]
    assert [name for name, value in values.items() if value.usable] == ["AR4", "AR5", "AR6"]
    # SFAR has no nitrous oxide: no value, never zero
    assert convert("1 kg N2O").emissions_kgco2e("SFAR") is None
    assert all(value.gwp100 not in (349, 1401, 3714) for value in values.values())  # GWP20


def test_a_sum_is_known_where_every_part_is() -> None:
    total = total_values([convert("1 kg N2O"), convert("1 kg desflurane")])
    assert total == {"AR4": None, "AR5": 2055, "AR6": 2863, "SFAR": None, "RCoA": 2985}


def test_each_step_has_a_source_of_the_library() -> None:
    for text in ("1 bottle desflurane 240 mL", "1 cylinder MEOPA 5 L", "3 m3 MEOPA", "1 L isoflurane", "9x47 L N2O"):
        bases = [step.basis for step in convert(text).mass.steps if step.basis and step.basis.source]
        assert bases
        assert all(basis.source in LIBRARY.sources for basis in bases)


# --- captured -----------------------------------------------------------------------------------------


def test_a_weighed_mass_is_taken_off() -> None:
    found = convert("12 bottles desflurane 240 mL", read_captured("1.2 kg"))
    assert found.released_kg == pytest.approx(3.0192)
    assert found.emissions_kgco2e("AR6") == pytest.approx(3.0192 * 2590)
    assert read_captured("850 g") == pytest.approx(0.85)


@pytest.mark.parametrize(
    ("text", "words"), [("25%", "capture is credited on weighed mass"), ("2 L", "not a weighed mass")]
)
def test_a_share_captured_is_refused(text: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        read_captured(text)


def test_more_captured_than_bought_is_refused() -> None:
    with pytest.raises(UsageError, match=r"5 kg captured of 0.3516 kg bought"):
        convert("1 bottle desflurane 240 mL", 5)


# --- what is refused ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("3 kg neon", "gas-not-named", "no gas is named"),
        ("3 kg N2O and sevoflurane", "gas-two-named", "two gases"),
        ("Antasol 5 L", "gas-ambiguous", "Antasol 135, Antasol 180"),
        ("1 bouteille Antasol 180 170 bar 5 L", "gas-pressure", "170 bar"),
        ("1 bouteille MEOPA 200 bar 5 L", "gas-pressure", "135 bar"),
        ("12 pieces desflurane 240 mL", "gas-words-unread", "pieces"),
        ("12 desflurane 240 mL", "gas-words-unread", "12"),
        ("1,400 kg N2O", "gas-number-ambiguous", "1,400"),
        ("desflurane", "gas-amount-missing", "no amount"),
        ("3 kg 2 kg N2O", "gas-amount-twice", "twice"),
        ("-3 kg N2O", "gas-amount-not-positive", "above zero"),
        ("0 kg N2O", "gas-amount-not-positive", "above zero"),
        ("0 bottles desflurane 240 mL", "gas-amount-not-positive", "above zero"),
        ("47 L protoxyde", "gas-volume-ambiguous", "water volume of a cylinder or a volume of gas"),
        ("5 L MEOPA", "gas-volume-ambiguous", "5 L of meopa"),
        ("1 m3 desflurane", "gas-liquid-by-volume-of-gas", "as a liquid"),
        ("2 cylinders desflurane 5 L", "gas-not-in-such", "cylinder"),
        ("3 bottles desflurane", "gas-size-missing", "240 mL, 250 mL"),
        ("1 bottle desflurane 5 L", "gas-container-unknown", "240 mL, 250 mL"),
        ("1 cylinder N2O 7 L", "gas-container-unknown", "2 L, 5 L, 15 L, 20 L, 40 L, 47 L, 50 L"),
        ("1 cadre N2O 7x47 L", "gas-container-unknown", "8 x 47 L, 9 x 47 L, 9 x 50 L"),
        ("3 bouteilles Antasol 135 5 L", "gas-container-without-mass", "no volume is published"),
        ("3 bouteilles Oxynox 15 L", "gas-container-without-mass", "no volume is published"),
        ("2 boxes sevoflurane", "gas-box-without-code", "Its CIP13"),
        ("2 cylinders 3400957562632", "gas-code-counts-boxes", "counts boxes"),
        ("2 3400935658432", "gas-code-releases-nothing", "not among the presentations"),
        ("1 box 3400956255610", "gas-code-without-mass", "evaporator"),
    ],
)
def test_refusals(text: str, code: str, words: str) -> None:
    problem = refusal(text)
    assert problem.code == code
    assert words in problem.message()


def test_a_misspelled_gas_has_its_nearest() -> None:
    assert "desflurane" in refusal("3 kg desfluran").hint()


def said(text: str) -> list[str]:
    """Why an amount is refused, in both languages; nothing if it is converted to a mass."""
    try:
        assert convert(text).mass.mass_kg > 0
    except UsageError as error:
        refused = error.problems
    else:
        return []
    return [problem.message(language) for problem in refused for language in ("en", "fr")]


@given(st.text(max_size=60))
def test_no_text_is_a_crash(text: str) -> None:
    assert all(said(text))


WORDS = (
    *("1", "12", "0", "2,5", "9x47 L", "240 mL", "5 L", "1.2 m3", "3 kg", "170 bar", "50 %/50 %", "gas", "of", "d'"),
    *(
        "bottles",
        "bouteilles",
        "cadre",
        "boxes",
        "N2O",
        "protoxyde d'azote",
        "MEOPA",
        "Antasol",
        "Suprane",
        "isoflurane",
    ),
    *("3400957562632", "3400930219300", "3400956255610", "-"),
)


@given(st.lists(st.sampled_from(WORDS), max_size=6))
def test_words_in_any_order_are_converted_or_refused(words: list[str]) -> None:
    assert all(said(" ".join(words)))


@given(st.integers(1, 500), st.sampled_from(["bottles desflurane 240 mL", "cylinders MEOPA 5 L", "cylinders N2O 47 L"]))
def test_containers_add_up(count: int, words: str) -> None:
    one, many = convert(f"1 {words}"), convert(f"{count} {words}")
    assert many.mass.mass_kg == pytest.approx(count * one.mass.mass_kg)


@given(st.floats(0.001, 1e6).map(lambda value: round(value, 4)), st.sampled_from(list(products())))
def test_a_mass_is_never_more_than_was_given(mass_kg: float, product: str) -> None:
    found = convert(f"{mass_kg:f} kg {products()[product].spellings[0]}")
    assert 0 < found.released_kg <= mass_kg * (1 + 1e-12)


# --- indicators ---------------------------------------------------------------------------------------


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
    (found,) = gas_indicators(inventory, LIBRARY)
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
    (found,) = gas_indicators(make.read(make.line("nitrous-oxide", 100, "kg")), LIBRARY)
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
        (found,) = gas_indicators(make.read(make.line("desflurane", 1, "kg"), year=year), LIBRARY)
        assert [rule.id for rule in found.rules] == expected


def test_a_set_without_the_gas_gives_no_total(make: Any) -> None:
    inventory = make.read(make.line("desflurane", 1, "kg"), make.line("nitrous-oxide", 1, "kg"))
    (found,) = gas_indicators(inventory, LIBRARY, "AR4")
    assert found.total_kgco2e is None
    assert [use.emissions_kgco2e for use in found.gases] == [298, None]


def test_what_a_beges_reports_beside_its_total_is_beside_this_one(make: Any) -> None:
    assert convert("1 kg isoflurane").is_beside_total
    assert not convert("1 kg desflurane").is_beside_total
    inventory = make.read(make.line("isoflurane", 1, "kg"), make.line("sevoflurane", 1, "kg"))
    (found,) = gas_indicators(inventory, LIBRARY)
    # 195; the 539 of isoflurane are beside, as in the footprint
    assert found.total_kgco2e == 195
    assert [(use.emissions_kgco2e, use.is_beside_total) for use in found.gases] == [(195, False), (539, True)]
    lines = (make.line("isoflurane", 1, "kg"), make.line("sevoflurane", 1, "kg"))
    assert make.compute(*lines).total() == pytest.approx(195)


def test_more_used_than_bought_is_said(make: Any) -> None:
    used = [{"gas": "nitrous-oxide", "quantity": 2, "unit": "kg"}]
    inventory = make.read(make.line("nitrous-oxide", 1, "kg"), establishment={"measured_gas_use": used})
    (found,) = gas_indicators(inventory, LIBRARY)
    assert [notice.code for notice in found.notices] == ["gas-used-above-bought"]
    assert found.network is not None
    assert found.network.lost_kg is None


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ({"factor": "isoflurane", "quantity": 1, "unit": "L"}, "L cannot become kg of isoflurane"),
        ({"factor": "nitrous-oxide", "quantity": 1, "unit": "kWh"}, "kWh cannot become kg of n2o"),
        (code("3400957562632", 6, "item"), "item is not a number of boxes"),
        (code("3400956255610", 1), "evaporator"),
        ({"factor": "electricity-fr-2024", "quantity": 1, "unit": "kWh"}, "buys no anaesthetic gas"),
    ],
)
def test_lines_refused(make: Any, line: Any, words: str) -> None:
    with pytest.raises(InvalidInventoryError, match=words):
        gas_indicators(make.read(line), LIBRARY)


def test_lines_by_ucd_are_said_not_to_be_looked_at(make: Any) -> None:
    ucd = {"code": {"system": "UCD13", "value": "3400892571720"}, "quantity": 1, "unit": "item"}
    (found,) = gas_indicators(make.read(make.line("nitrous-oxide", 1, "kg"), ucd), LIBRARY)
    assert [notice.message() for notice in found.notices] == [
        "1 line(s) by CIS, or by a UCD without a table, are not looked at: which box is unknown"
    ]


# --- the fields of the inventory ----------------------------------------------------------------------


def test_the_fast_reader_accepts_the_new_fields(make: Any) -> None:
    from decarb.inventory.accepting import Acceptor
    from decarb.inventory.lines import Vocabulary

    identity = {
        "activity": {"anaesthesias": 30_000},
        "measured_gas_use": [{"gas": "nitrous-oxide", "quantity": 1.5, "unit": "kg", "evidence": "ventilators"}],
    }
    document = make.document(make.line("nitrous-oxide", 1, "kg"), establishment=identity)
    accepted = Acceptor(Vocabulary()).accept(json.dumps(document).encode(), "inventory.json", "")
    assert accepted is not None
    columns, problems = accepted
    assert problems == []
    assert columns.establishment.identity["measured_gas_use"][0]["quantity"] == 1.5


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


def test_a_ucd_is_the_bottle_that_its_table_says(make: Any, tmp_path: Path) -> None:
    # 12 bottles of a box of 6: 12 x 351.6 g of desflurane
    table = tmp_path / "ucd.csv"
    table.write_text("ucd13,cip13\n3400892571720,3400957562632\n", encoding="utf-8")
    ucd = {"code": {"system": "UCD13", "value": "3400892571720"}, "quantity": 12, "unit": "item"}
    (found,) = gas_indicators(make.read(ucd), LIBRARY, None, load_database(table))
    assert [(gas.substance, round(gas.mass_kg, 4)) for gas in found.gases] == [("desflurane", 4.2192)]
    assert found.notices == ()
    with pytest.raises(InvalidInventoryError, match="boîte is not a number of units"):
        gas_indicators(make.read({**ucd, "unit": "boîte"}), LIBRARY, None, load_database(table))
