import pytest

from decarb.factors import load_factors, search

LIBRARY = load_factors()


def ids(text, limit=20):
    return [factor.id for factor in search(LIBRARY, text, limit)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("gaz naturel", "natural-gas-fr-2022-kwh-pci"),
        ("natural gas", "natural-gas-fr-2022-kwh-pcs"),
        ("hôpital", "heat-network-aurillac-hospital"),
        ("électricité 2024", "electricity-fr-2024"),
        ("electricity 2024", "electricity-fr-2024"),
        ("desflurane", "desflurane"),
        ("R-410A", "r410a"),
        ("r410a", "r410a"),
        ("ordinateur portable", "laptop"),
        ("laptop", "laptop"),
        ("produits pharmaceutiques 2023", "spend-pharmaceutical-products-2023"),
        ("pharmaceutical 2023", "spend-pharmaceutical-products-2023"),
        ("DAS incinération", "waste-clinical-infectious-incineration"),
        ("healthcare waste", "waste-clinical-infectious-incineration"),
        ("granulés", "wood-pellets-kwh-pci"),
        ("beef raw", "food-beef-steak-raw"),
        ("43642", "electricity-fr-2024"),
        ("Réunion", "electricity-reunion"),
        ("tahiti", "electricity-tahiti-2020"),
    ],
)
def test_words_find_their_factor(text, expected):
    assert expected in ids(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hôpital", "hopital"),
        ("HÔPITAL", "hôpital"),
        ("électricité", "ELECTRICITE"),
        ("e\u0301lectricite\u0301", "électricité"),  # a decomposed é
        ("gaz naturel", "naturel gaz"),
        ("gaz naturel", "  gaz,  naturel "),
        ("lit", "lits"),
        ("ordinateur portable", "ordinateurs portables"),
        ("hospitals", "hospital"),
        ("bœuf", "boeuf"),
        ("œufs", "oeufs"),
    ],
)
def test_accents_case_order_and_plural_do_not_matter(one, other):
    assert ids(one) == ids(other) != []


@pytest.mark.parametrize("text", ["", "   ", "-", "xyzzy", "gaz xyzzy", "naturel gas xyzzy", "électricité 2099"])
def test_nothing_is_found_for_nonsense(text):
    assert ids(text) == []


def test_every_word_must_match():
    assert ids("gaz naturel europe") == [name for name in ids("gaz naturel", 1000) if "europe" in name]
    assert set(ids("gaz naturel", 1000)) <= set(ids("gaz", 1000)) & set(ids("naturel", 1000))


def test_whole_words_come_before_their_beginnings():
    # "gaz" is a word of natural gas, and only the beginning of "gazole" and "gazeux"
    found = ids("gaz", 1000)
    whole = next(place for place, name in enumerate(found) if name.startswith("natural-gas"))
    beginning = next(place for place, name in enumerate(found) if name.startswith("diesel"))
    assert whole < beginning


def test_recent_data_come_first():
    found = [name for name in ids("electricity mainland average mix", 1000) if "-fr-20" in name]
    assert found == [f"electricity-fr-{year}" for year in range(2024, 2017, -1)]


def test_limit():
    assert len(ids("a", 5)) == 5
    assert ids("electricity", 3) == ids("electricity", 1000)[:3]


@pytest.mark.parametrize("name", sorted(LIBRARY.by_id))
def test_every_factor_is_found_by_its_own_names(name):
    factor = LIBRARY.by_id[name]
    for language in ("fr", "en"):
        assert name in ids(factor.name(language), 1000)
