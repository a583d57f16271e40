import copy
import pickle
import unicodedata
from importlib import import_module

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from decarb.errors import DecarbError, UsageError
from decarb.factors import known_gaps, load_factors, search
from decarb.factors.search import Filters, find_factors
from decarb.factors.search.synonyms import packaged_synonyms
from decarb.factors.search.words import GRAMMAR, inflections, split
from decarb.folding import fold
from decarb.resources import data_file, read_rows
from decarb.units import parse_unit
from tests.factors.search_layers import base_carbone_names, full_base, layer
from tests.whole_base_carbone import whole_base_carbone

LIBRARY = load_factors()
NAMES = sorted(LIBRARY.by_id)
SYNONYMS = packaged_synonyms()


def ids(text, limit=20, library=LIBRARY):
    return [factor.id for factor in search(library, text, limit)]


def all_ids(text):
    return set(ids(text, 1000))


def found(text="", limit=1000, library=LIBRARY, **filters):
    return find_factors(library, text, Filters(**filters), limit)


def found_ids(text="", limit=1000, library=LIBRARY, **filters):
    return [item.factor.id for item in found(text, limit, library, **filters).found]


# --- words --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("gaz naturel", "natural-gas-fr-2022-kwh-pci"),
        ("natural gas", "natural-gas-fr-2022-kwh-pcs"),
        ("hôpital", "heat-network-aurillac-hospital"),
        ("hôpital béton m2", "building-health-concrete-m2"),
        ("électricité 2024", "electricity-fr-2024"),
        ("electricity 2024", "electricity-fr-2024"),
        ("desflurane", "desflurane"),
        ("R-410A", "r410a"),
        ("r410a", "r410a"),
        ("R 410A", "r410a"),
        ("essence L", "petrol-e10-litre"),
        ("hfc134a", "hfc-134a"),
        ("ordinateur portable", "laptop"),
        ("laptop", "laptop"),
        ("produits pharmaceutiques 2023", "spend-pharmaceutical-products-2023"),
        ("pharmaceutical 2023", "spend-pharmaceutical-products-2023"),
        ("DAS incinération", "waste-clinical-infectious-incineration"),
        ("healthcare waste", "waste-clinical-infectious-incineration"),
        ("granulés", "wood-pellets-kwh-pci"),
        ("beef raw", "food-beef-steak-raw"),
        ("43642", "electricity-fr-2024"),
        ("base-carbone:43642", "electricity-fr-2024"),
        ("Réunion", "electricity-reunion"),
        ("tahiti", "electricity-tahiti-2020"),
        ("GLEIZE", "heat-network-villefranche-hospital"),
        ("train t.km", "rail-freight-average"),
        ("train tonne.km", "rail-freight-average"),
        ("essence litres", "petrol-e10-litre"),
        ("béton m²", "building-health-concrete-m2"),
        ("granulés kWh PCI", "wood-pellets-kwh-pci"),
        ("l'eau de réseau", "water-supply-m3"),
        ("medical_devices", "spend-other-manufactured-products-2023"),
    ],
)
def test_words_find_their_factor(text, expected):
    assert expected in ids(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hôpital", "hopital"),
        ("HÔPITAL", "hôpital"),
        ("hôpital", "hôpitaux"),
        ("électricité", "ELECTRICITE"),
        ("e\u0301lectricite\u0301", "électricité"),  # a decomposed é
        ("gaz naturel", "naturel gaz"),
        ("gaz naturel", "  gaz,  naturel "),
        ("eau", "eaux"),
        ("ordinateur portable", "ordinateurs portables"),
        ("déchets d'activités de soins", "dechet d’activite de soin"),
        ("eaux usées", "eaux de l'usee"),
        ("hospitals", "hospital"),
        ("bœuf", "boeuf"),
        ("bœufs", "BOEUF"),
        ("Vélo", "velo"),  # an id at a source
        ("R-410A", "R‑410A"),  # a hyphen that does not break
        ("béton m2", "béton m²"),
        ("gaz gaz naturel", "gaz naturel"),
    ],
)
def test_accents_case_order_plural_and_grammar_do_not_matter(one, other):
    assert ids(one, 1000) == ids(other, 1000) != []


@pytest.mark.parametrize("text", ["", "   ", "-", "«»", "xyzzy", "gaz xyzzy", "naturel gas xyzzy", "électricité 2099"])
def test_nothing_is_found_for_nonsense(text):
    assert ids(text) == []


def test_every_word_must_match():
    assert all_ids("gaz naturel europe") == {name for name in all_ids("gaz naturel") if "europe" in name}
    assert all_ids("gaz naturel") <= all_ids("gaz")
    assert all_ids("papier incinération") <= all_ids("incinération")


def test_decomposed_characters_of_a_library_are_found(tmp_path):
    library = layer(tmp_path / "lab", {"name_fr": unicodedata.normalize("NFD", "Zyglotron électrisé à l'œuf, 3 m²")})
    for text in ("électrisé zyglotron", "electrise", "zyglotron oeuf", "zyglotron 3 m2"):
        result = find_factors(library, text)
        assert (result.found[0].factor.id, result.guessed) == ("own-1", {}), text


def test_words_of_grammar_are_left_out_unless_there_are_no_others():
    assert ids("le béton de la", 1000) == ids("béton", 1000)
    assert ids("de la") != []


def test_the_word_itself_comes_before_what_only_has_its_stem():
    # «linge» and «lingue», a fish, have the same French stem
    assert ids("linge")[0] == "washing-machine-7kg"


def test_an_acronym_is_not_the_singular_of_another():
    # «PC» is not a PCS, the higher heating value that coal is classed by
    assert "coal-steam-kwh-pci" not in all_ids("PC")
    assert "laptop" in ids("PC", 3)
    assert "laptop" not in all_ids("PCS")


@pytest.mark.parametrize(
    ("one", "many"),
    [("hopital", "hopitaux"), ("eau", "eaux"), ("lit", "lits"), ("tuyau", "tuyaux"), ("battery", "batteries")],
)
def test_a_word_and_its_plural_have_each_other(one, many):
    assert {one, many} <= inflections(one) & inflections(many)


@pytest.mark.parametrize(("text", "expected"), [("ordin", "laptop"), ("desfl", "desflurane"), ("refrig", "r410a")])
def test_the_beginning_of_a_word_is_enough_where_nothing_holds_it(text, expected):
    assert expected in ids(text)
    assert found(text).guessed == {}


# --- synonyms -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("fioul", "fuel", "mazout", "heating oil"), "heating-oil-litre"),
        (("DASRI", "DAS", "déchets d'activités de soins"), "waste-clinical-infectious-incineration"),
        (("DAS à risques infectieux", "clinical waste"), "waste-clinical-infectious-incineration"),
        (("déchets d'activités de soins à risques infectieux",), "waste-clinical-infectious-incineration"),
        (("gaz", "gaz naturel", "natural gas"), "natural-gas-fr-2022-kwh-pci"),
        (("hôpital", "santé", "établissement de santé", "hospital", "health"), "building-health-concrete-m2"),
        (("essence", "petrol", "SP95"), "petrol-sp95-sp98-litre"),
        (("gazole", "diesel", "GNR"), "diesel-b7-litre"),
        (("médicaments", "pharmacie", "pharmaceutique", "medicine", "drug"), "spend-pharmaceutical-products-2023"),
        (("repas", "restauration", "meal"), "meal-average"),
        (("ordinateur", "PC", "laptop", "computer"), "laptop"),
        (("imprimante", "printer", "photocopieur"), "printer-inkjet"),
        (("papier", "ramette", "paper"), "paper-ream-a4"),
        (("eau potable", "eau du robinet", "tap water"), "water-supply-m3"),
        (("eaux usées", "assainissement", "wastewater"), "wastewater-treatment-m3"),
        (("train", "TGV", "rail"), "tgv-2022-passenger-km"),
        (("voiture", "véhicule particulier", "car"), "car-diesel-km"),
        (("climatisation", "fluide frigorigène", "refrigerant"), "r410a"),
        (("protoxyde d'azote", "N2O", "MEOPA", "kalinox"), "nitrous-oxide"),
        (("desflurane", "suprane"), "desflurane"),
        (("sévoflurane", "sevorane"), "sevoflurane"),
        (("électricité", "EDF", "electricity"), "electricity-fr-2024"),
        (("chauffage urbain", "réseau de chaleur", "district heating"), "heat-network-default"),
        (("carton", "cardboard"), "cardboard-new-t"),
        (("viande", "boeuf", "beef"), "food-beef-steak-raw"),
        (("café", "coffee"), "food-coffee-ground"),
        (("béton", "concrete"), "concrete-t"),
        (("plaquettes", "bois", "wood chips"), "wood-chips-forest-dry-kwh-pci"),
        (("granulés", "pellets", "bois"), "wood-pellets-kwh-pci"),
        (("cargo", "fret", "freight"), "air-freight-cargo-over-100t-long-haul-contrails"),
        (("bâtiment", "building", "construction"), "building-industrial-metal-m2"),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_synonyms_find_the_same_factor(texts, expected):
    for text in texts:
        assert expected in all_ids(text), text


def test_a_synonym_ranks_below_the_word_itself(tmp_path):
    library = layer(
        tmp_path / "lab",
        {"name_fr": "Zorglub au mazout"},
        {"name_fr": "Zorglub au fioul"},
        {"name_fr": "Zorglub, chaudière de très grande puissance pour hôpitaux et cliniques, au fioul lourd"},
        {"name_fr": "Zorglub", "note": "au fioul"},
    )
    assert ids("zorglub fioul", library=library) == ["own-2", "own-3", "own-1", "own-4"]
    assert ids("zorglub mazout", library=library)[0] == "own-1"


def test_a_synonym_in_a_note_counts_only_where_nothing_else_does(tmp_path):
    library = layer(
        tmp_path / "lab", {"name_fr": "Zorglub au mazout"}, {"name_fr": "Zorglub", "note": "avec du fioul domestique"}
    )
    assert ids("zorglub mazout", library=library) == ["own-1"]
    assert ids("gants")[0] == "glove-examination-single-use"


def test_phrases_are_found_by_words_and_find_them(tmp_path):
    library = layer(
        tmp_path / "lab",
        {"name_fr": "Zorglub d'activités de soins : déchets de table"},
        {"name_fr": "Zorglub des DASRI"},
        {"name_fr": "Zorglub de déchets d'activités de soins"},
    )
    phrase, word = ids("zorglub déchet d'activité de soin", library=library), ids("zorglub dasri", library=library)
    assert phrase[-1] == "own-2"
    assert word[0] == "own-2"
    assert {"own-2", "own-3"} <= set(phrase) & set(word)


def test_words_that_are_synonyms_of_each_other_are_both_wanted():
    # who writes both tells them apart
    assert "food-chicken-meat-raw" in all_ids("viande")
    assert "food-beef-steak-raw" not in all_ids("viande de poulet")
    assert find_factors(LIBRARY, "fioul mazout").found[0].missing == ("mazout",)
    assert find_factors(LIBRARY, "mazout").found[0].missing == ()


def test_a_part_of_a_phrase_is_no_synonym_of_it():
    assert "pfc-116" in all_ids("gaz")
    assert "pfc-116" not in all_ids("gaz naturel")


def test_a_narrower_word_does_not_find_the_wider():
    assert "wood-pellets-kwh-pci" in all_ids("bois")
    assert "chair-wood-textile" in all_ids("bois")
    assert "chair-wood-textile" not in all_ids("granulés")


def test_the_table_of_synonyms_is_sound():
    groups = list(read_rows(data_file("search_synonyms.csv")))
    assert len(groups) > 50
    for group in groups:
        texts = [text for cell in group.values() for text in cell.split("|") if text]
        assert len(texts) == len(set(texts)) > 1, group
        assert all(text == text.strip() for text in texts), group
        for text in group["french"].split("|"):
            # each says what the others say, whatever the library holds
            synonyms = SYNONYMS.meanings(split(text))
            assert synonyms, text
            assert all(meaning.span[0] == 0 for meaning in synonyms[:1]), text


# --- order --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["electricity-fr-2022", "ELECTRICITY-FR-2022", "43642", "laptop", "r410a"])
def test_what_the_text_names_comes_first(text):
    first = find_factors(LIBRARY, text).found[0]
    assert text.lower() in (first.factor.id, first.factor.source_id)
    assert first.score > 1
    assert first.missing == ()


def test_an_id_comes_before_the_same_id_at_another_source(tmp_path):
    library = layer(tmp_path / "lab", {"id": "43642", "name_fr": "Zorglub"})
    assert ids("43642", library=library) == ["43642", "electricity-fr-2024"]


def test_a_series_gives_its_members_recent_ones_first():
    listed = [name for name in ids("electricity-fr", 1000) if name.startswith("electricity-fr-20")]
    assert listed == [f"electricity-fr-{year}" for year in range(2024, 2017, -1)]


def test_names_come_before_keywords_and_keywords_before_notes(tmp_path):
    library = layer(
        tmp_path / "lab",
        {"name_fr": "Chose", "note": "pour le zyglotron"},
        {"name_fr": "Chose", "keywords": "Zyglotrons"},
        {"name_fr": "Zyglotron de série, en acier, avec son support et ses accessoires"},
        {"name_fr": "Chose", "name_en": "Zyglotrons"},
        {"name_fr": "Chose", "locality": "Zyglotron"},
    )
    assert ids("zyglotron", library=library) == ["own-4", "own-3", "own-5", "own-2", "own-1"]


def test_equals_come_recent_first_then_generic_before_specific(tmp_path):
    library = layer(
        tmp_path / "lab",
        {"name_fr": "Zyglotron", "status": "specific", "data_year": "2020"},
        {"name_fr": "Zyglotron", "status": "generic", "data_year": "2020"},
        {"name_fr": "Zyglotron", "status": "specific", "data_year": "2023"},
        {"name_fr": "Zyglotron", "status": "proxy", "source_date": "2024-01-01"},
        {"name_fr": "Zyglotron", "status": "generic", "source_date": "2022-01-01"},
        {"name_fr": "Zyglotron", "status": "generic", "source_date": "2023-01-01"},
        {"name_fr": "Zyglotron", "unit": "EUR", "basis": "HT", "price_year": "2023"},
        {"name_fr": "Zyglotron", "unit": "EUR", "basis": "HT", "price_year": "2024"},
    )
    assert ids("zyglotron", library=library) == [f"own-{number}" for number in (3, 2, 1, 6, 5, 8, 7, 4)]


def test_a_packaged_factor_comes_before_the_same_one_imported_raw(tmp_path):
    packaged = LIBRARY.by_id["laptop"]
    same = {"name_fr": packaged.name_fr, "name_en": packaged.name_en, "source_date": "2030-01-01"}
    library = layer(
        tmp_path / "lab",
        {"id": "a-raw", "source_id": packaged.source_id, **same},
        {"id": "a-short", "source_id": packaged.source_id, "name_fr": "Portable"},
        {"id": "another", **same},
    )
    for text in ("portable", packaged.name_en, packaged.source_id):
        found_first = ids(text, library=library)
        assert found_first[0] == "laptop", text
        assert found_first.index("a-raw") < 3, text
    assert set(ids("portable", library=library)[1:4]) == {"a-raw", "a-short", "another"}


def test_a_layer_over_a_packaged_factor_is_what_is_found(tmp_path):
    library = layer(tmp_path / "lab", {"id": "laptop", "name_fr": "Zyglotron"})
    assert ids("zyglotron", library=library) == ["laptop"]
    assert "laptop" not in ids("portable", 1000, library)
    assert "laptop" in ids("portable", 1000)


def test_recent_data_come_first():
    listed = [name for name in ids("electricity mainland average mix", 1000) if "-fr-20" in name]
    assert listed == [f"electricity-fr-{year}" for year in range(2024, 2017, -1)]


def test_limit():
    result = find_factors(LIBRARY, "électricité", limit=3)
    assert [item.factor.id for item in result.found] == ids("électricité", 1000)[:3]
    assert result.count == len(ids("électricité", 1000)) > 3


@pytest.mark.parametrize("name", NAMES)
def test_every_factor_is_found_by_its_own_names(name):
    factor = LIBRARY.by_id[name]
    for language in ("fr", "en"):
        text = factor.name(language)
        alike = sum(other.name(language) == text for other in LIBRARY.by_id.values())
        # names of other territories, units and years may be the same, or hold all its words
        assert name in ids(text, 10 + alike), text


# --- what no factor has -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("fioull", ("fioul",)),  # one more
        ("desfluran", ()),  # the beginning of a word is no mistake
        ("desfurane", ("desflurane",)),  # one less
        ("desfluzane", ("desflurane",)),  # one changed
        ("desflurnae", ("desflurane",)),  # two swapped
        ("electrcité", ("électricité",)),
        ("ELECTRCITES", ("électricité",)),
    ],
)
def test_a_mistyped_letter_is_mended_and_said(text, taken):
    result = find_factors(LIBRARY, f"{text} kg" if "desf" in text else text)
    assert result.found
    assert not result.is_partial
    assert result.guessed == ({text: taken} if taken else {})


def test_words_one_letter_away_are_one_per_stem_the_most_frequent_first(tmp_path):
    names = ["Zyglotronb", "Zyglotronis", "Zyglotronis", "Zyglotron", "Zyglotrons", "Zyglotrons"]
    library = layer(tmp_path / "lab", *({"name_fr": name} for name in names))
    assert find_factors(library, "zyglotroni").guessed == {}
    assert find_factors(library, "zyglotronq").guessed == {"zyglotronq": ("zyglotrons", "zyglotronb")}


@pytest.mark.parametrize(
    "text",
    [
        "fiol",  # too short to tell
        "fiuooll",  # two letters off
        "r419a",  # a code is another thing, not a mistake
        "seringue",  # a known gap, one letter from «meringue»
    ],
)
def test_what_may_be_meant_is_not_mended(text, tmp_path):
    library = layer(tmp_path / "lab", {"name_fr": "Meringue"})
    result = find_factors(library, text)
    assert (result.found, result.guessed) == ((), {})


def test_a_word_that_something_holds_is_never_mended():
    assert find_factors(LIBRARY, "gaz naturels").guessed == {}


def test_the_best_that_have_most_of_the_words_say_which_they_lack():
    result = find_factors(LIBRARY, "ordinateur portable xyzzy", limit=2)
    assert [(item.factor.id, item.missing) for item in result.found] == [("laptop", ("xyzzy",))]
    assert result.is_partial
    assert search(LIBRARY, "ordinateur portable xyzzy") == []


def test_each_factor_lacks_its_own_words(tmp_path):
    library = layer(tmp_path / "lab", {"name_fr": "Zorglub Zyglotron"}, {"name_fr": "Zyglotron Bulgroz"})
    result = find_factors(library, "zorglubs bulgroz zyglotron")
    assert {item.factor.id: item.missing for item in result.found} == {"own-1": ("bulgroz",), "own-2": ("zorglubs",)}


def test_the_rarer_word_counts_more_where_none_has_them_all():
    result = find_factors(LIBRARY, "café kWh", limit=3)
    assert [item.missing for item in result.found][:2] == [("kWh",)] * 2
    assert result.found[0].factor.id == "food-coffee-ground"


def test_fewer_than_half_of_the_words_are_not_enough():
    assert find_factors(LIBRARY, "béton xyzzy plugh").found == ()
    assert find_factors(LIBRARY, "béton xyzzy").is_partial


# --- filters ------------------------------------------------------------------------------------------


def test_filters_alone_list_what_passes():
    result = found(unit="kWh", domain="energy", geography="FR")
    assert result.count == len(result.found) > 20
    for item in result.found:
        assert item.factor.unit.name == "kWh"
        assert item.factor.domain == "energy"
        assert {"FR", "FR-MAINLAND", "EUROPE", "WORLD"} & set(item.factor.geographies)
    assert result.found[0].factor.id == "electricity-fr-2024"


@pytest.mark.parametrize("unit", ["kWh", "kwh", "kilowattheures", "kWh PCI", "EUR HT 2023", "€ HT", "m²", "tonne.km"])
def test_a_unit_is_read_as_people_write_it(unit):
    wanted = parse_unit(unit)
    expected = {
        factor.id
        for factor in LIBRARY.by_id.values()
        if factor.unit.name == wanted.name
        and set(wanted.bases) <= set(factor.unit.bases)
        and wanted.price_year in (None, factor.unit.price_year)
    }
    assert set(found_ids(unit=unit)) == expected != set()


def test_filters_narrow_a_search():
    assert set(found_ids("gaz", unit="kWh PCS")) == {
        name for name in ids("gaz", 1000) if LIBRARY.by_id[name].unit.bases == ("PCS",)
    }
    assert found_ids("gaz", domain="food") == []


def test_an_exact_id_must_pass_the_filters():
    assert found_ids("electricity-fr-2024", unit="kg") == []


@pytest.mark.parametrize(
    ("geography", "places"),
    [
        ("FR", {"FR", "FR-MAINLAND", "EUROPE", "WORLD"}),
        ("FR-MAINLAND", {"FR-MAINLAND", "FR", "EUROPE", "WORLD"}),
        ("RE", {"RE", "FR", "EUROPE", "WORLD"}),
        ("re", {"RE", "FR", "EUROPE", "WORLD"}),
        ("La Réunion", {"RE", "FR", "EUROPE", "WORLD"}),
        ("guadeloupe", {"GP", "FR", "EUROPE", "WORLD"}),
        ("WORLD", {"WORLD"}),
    ],
)
def test_a_place_takes_what_is_valid_there(geography, places):
    listed = found(geography=geography).found
    expected = {factor.id for factor in LIBRARY.by_id.values() if places & set(factor.geographies)}
    assert {item.factor.id for item in listed} == expected


def test_the_nearest_place_comes_first():
    places = [item.factor.geographies for item in found(geography="RE").found]
    nearness = [
        min(("RE", "FR", "EUROPE", "WORLD").index(code) for code in codes if code in ("RE", "FR", "EUROPE", "WORLD"))
        for codes in places
    ]
    assert nearness == sorted(nearness)
    assert set(nearness) == {0, 1, 2, 3}
    assert found_ids("électricité", geography="RE")[0] == "electricity-reunion"


def test_an_activity_takes_what_serves_it():
    expected = {factor.id for factor in LIBRARY.by_id.values() if "laundry" in factor.activities}
    assert set(found_ids(activity="laundry")) == expected != set()
    assert set(found_ids(activity="LAUNDRY")) == expected


@pytest.mark.parametrize(
    ("filters", "message", "hint"),
    [
        ({"domain": "energi"}, "no factor is of the domain «energi»; domains: ", "nearest: energy"),
        ({"domain": "xyzzy"}, "purchases", ""),
        ({"geography": "Réunio"}, "no place of the library is called «Réunio»", "nearest: RE"),
        ({"geography": "xyzzy"}, "«xyzzy»", "one of: WORLD, EUROPE"),
        ({"activity": "laundri"}, "no activity is called «laundri»", "nearest: laundry"),
        ({"activity": "xyzzy"}, "«xyzzy»", "one of: stationary_fuel, "),
        ({"unit": "kWhh"}, "the unit «kWhh» is not known", "nearest: kWh"),
        ({"unit": "MWh"}, "no factor is per MWh", "units of that kind: kWh, GJ"),
        ({"unit": "h"}, "no factor is per h", "units of factors: "),
    ],
    ids=str,
)
def test_what_is_not_known_is_refused_by_name(filters, message, hint):
    with pytest.raises(DecarbError) as refused:
        found("gaz", **filters)
    (problem,) = refused.value.problems
    assert message in problem.message()
    assert problem.hint().startswith(hint)
    assert bool(problem.hint()) == bool(hint)


def test_all_that_is_not_known_is_said_at_once():
    with pytest.raises(UsageError) as refused:
        found(domain="x", geography="x", activity="x", unit="MWh")
    codes = [problem.code for problem in refused.value.problems]
    assert codes == ["unknown-domain", "unknown-geography", "unknown-activity", "no-factor-per-unit"]


def test_nothing_asked_for_is_everything():
    assert found(limit=1).count == len(LIBRARY.by_id)


# --- known gaps ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "need"),
    [
        ("ambulances", "SMUR or ambulance"),
        ("AMBULANCE", "SMUR or ambulance"),
        ("DASRI", "DASRI disinfected"),
        ("déchets d'activités de soins", "DASRI disinfected"),
        ("médicaments", "medicines by molecule"),
        ("seringue", "medical devices by item"),
        ("blanchisserie", "laundry per kg of linen"),
        ("scanners", "hospital beds, MRI"),
        ("IRM", "hospital beds, MRI"),
        ("oxygène médical", "medical oxygen"),
    ],
)
def test_known_gaps_by_the_words_of_a_search(text, need):
    assert any(gap["need"].startswith(need) for gap in known_gaps(text))
    assert all(gap["nearest"] for gap in known_gaps(text))


def test_gaps_that_hold_most_of_the_words():
    assert [gap["need"][:15] for gap in known_gaps("oxygène médical azote")] == ["medical oxygen,"]


@pytest.mark.parametrize("text", ["", "de la", "xyzzy", "2024", "-", "km"])
def test_no_gap_for_nonsense(text):
    assert known_gaps(text) == []


# --- index --------------------------------------------------------------------------------------------


@pytest.fixture
def decoded(monkeypatch):
    """Ids of the factors decoded since the library was loaded."""
    rows = import_module("decarb.factors.rows")
    names = []

    def decode(row, parts, layer):
        names.append(row[0])
        return original(row, parts, layer)

    original = rows.decode_factor
    library = load_factors()
    monkeypatch.setattr(rows, "decode_factor", decode)
    return library, names


def test_only_what_is_returned_is_decoded(decoded):
    library, names = decoded
    result = find_factors(library, "gaz naturel", Filters(unit="kWh"), limit=3)
    assert names == [item.factor.id for item in result.found]
    assert len(names) == 3


def test_refusals_decode_nothing(decoded):
    library, names = decoded
    with pytest.raises(UsageError):
        find_factors(library, "gaz", Filters(domain="x"))
    assert names == []


def test_a_library_is_indexed_once_and_each_for_itself(tmp_path, monkeypatch):
    engine = import_module("decarb.factors.search.engine")
    built = []
    build = engine.TextIndex.__init__
    monkeypatch.setattr(
        engine.TextIndex, "__init__", lambda self, texts: (built.append(len(texts)), build(self, texts))[1]
    )
    library = layer(tmp_path / "lab", {"name_fr": "Zorglub"})
    assert [ids(text, library=library) for text in ("zorglub", "zorglub", "zorglub")] == [["own-1"]] * 3
    assert built == [len(library.by_id)]
    assert ids("zorglub") == []


def test_filters_alone_do_not_build_the_index():
    library = load_factors()
    find_factors(library, "", Filters(unit="kWh"))
    assert "engine" not in vars(library.search_index)


def test_a_searched_library_is_pickled_and_copied():
    expected = ids("gaz naturel")
    for copied in (pickle.loads(pickle.dumps(LIBRARY)), copy.deepcopy(LIBRARY)):
        assert ids("gaz naturel", library=copied) == expected


@pytest.mark.parametrize(
    "cell",
    [
        "a\u0301b\u0301",
        "ﬁoul",
        "½ litre",
        "Ⅻ",
        "日本",
        "🏥",
        "ß",
        "İ",
        "ªº",
        "\u200b",
        "\u0345",
        "\uff9e",
        "x" * 70_000,
    ],
)
def test_any_text_can_be_indexed_and_searched(cell, tmp_path):
    library = layer(
        tmp_path / "lab", {"name_fr": f"Zorglub {cell}".replace("\u200b", " "), "keywords": cell.replace("\u200b", "")}
    )
    assert ids("zorglub", library=library) == ["own-1"]
    find_factors(library, cell)


@given(st.text(st.characters(codec="utf-8"), max_size=40))
@settings(max_examples=300)
def test_no_text_breaks_a_search(text):
    result = find_factors(LIBRARY, text, limit=3)
    assert len(result.found) <= 3
    known_gaps(text)


vocabulary = sorted(
    {
        word
        for factor in LIBRARY.by_id.values()
        for word in factor.name_fr.replace("'", " ").replace("’", " ").split()
        if word.isalpha() and len(word) > 3 and fold(word) not in GRAMMAR
    }
)
typed_words = st.lists(st.sampled_from(vocabulary), min_size=1, max_size=3, unique=True)


def outcome(text):
    result = find_factors(LIBRARY, text, limit=1000)
    return [(item.factor.id, len(item.missing)) for item in result.found]


@given(typed_words, st.sampled_from([str.upper, str.lower, str.title, lambda text: unicodedata.normalize("NFD", text)]))
@settings(max_examples=150)
def test_spelling_does_not_change_what_is_found(typed, change):
    assert outcome(change(" ".join(typed))) == outcome(" ".join(typed))


@given(typed_words)
@settings(max_examples=150)
def test_accents_do_not_change_what_is_found(typed):
    text = " ".join(typed)
    plain = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    plain = plain.replace("œ", "oe").replace("Œ", "OE")
    assert outcome(plain) == outcome(text)


@given(typed_words)
@settings(max_examples=150)
def test_a_plural_finds_what_the_singular_finds(typed):
    assume(not any(word[-1] in "sxz" for word in typed))
    assert set(outcome(" ".join(f"{word}s" for word in typed))) == set(outcome(" ".join(typed)))


@given(typed_words, st.randoms(use_true_random=False))
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
def test_order_does_not_change_which_are_found(typed, random):
    shuffled = random.sample(typed, len(typed))
    if not any(len(meaning.synonyms) for meaning in SYNONYMS.meanings(split(" ".join(typed)))):
        assert set(outcome(" ".join(shuffled))) == set(outcome(" ".join(typed)))


@given(typed_words, st.integers(1, 30))
@settings(max_examples=100)
def test_a_lower_limit_is_a_beginning(typed, limit):
    text = " ".join(typed)
    assert [name for name, _ in outcome(text)][:limit] == [
        f.id for f in find_factors(LIBRARY, text, limit=limit).factors
    ]


@given(st.text("abc", min_size=1, max_size=5), st.text("abc", min_size=1, max_size=5))
@settings(max_examples=500)
def test_one_edit_is_one_letter_more_less_changed_or_swapped(word, other):
    places = range(len(word) + 1)
    more = {word[:i] + c + word[i:] for i in places for c in "abc"}
    less = {word[:i] + word[i + 1 :] for i in places}
    changed = {word[:i] + c + word[i + 1 :] for i in range(len(word)) for c in "abc"}
    swapped = {word[:i] + word[i : i + 2][::-1] + word[i + 2 :] for i in places}
    expected = other in (more | less | changed | swapped) - {word}
    assert import_module("decarb.factors.search.engine").is_one_edit(word, other) == expected


# --- the full base ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    names = base_carbone_names(whole_base_carbone())
    return load_factors(full_base(tmp_path_factory.mktemp("base"), names))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hôpital béton m2", "building-health-concrete-m2"),
        ("DASRI", "waste-clinical-infectious-incineration"),
        ("gaz naturel", "natural-gas-fr-2022-kwh-pci"),
        ("fioull", "heating-oil-litre"),
        ("repas végétariens", "meal-vegetarian"),
        ("ramettes", "paper-ream-a4"),
        ("meopa", "nitrous-oxide"),
    ],
)
def test_the_packaged_factor_leads_the_full_base(base, text, expected):
    assert len(base.by_id) > 6000
    assert expected in ids(text, 10, base)
