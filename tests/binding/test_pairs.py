"""Pairs are as few as they can be, and no fewer: what is left out of them cannot change how a line binds."""

from itertools import product
from typing import Any

import numpy as np
import pytest

from decarb.binding.terms import Binder
from decarb.errors import DecarbError
from decarb.factors import FactorLibrary, depends_on_place, select
from decarb.inventory import LineTerms

FRENCH = ("FR-MAINLAND", "FR-20R", "GP", "RE", "PF", "NC", "FR")


def blank(**said: Any) -> LineTerms:
    nothing = dict.fromkeys(LineTerms._fields)
    texts = dict.fromkeys(("code_system", "code_value", "basis", "activity", "tenure"), "")
    usual = {"year": 2023, "contrails": "included", "gas_releases": "fugitive", "retroceded": False}
    return LineTerms(**{**nothing, **texts, **usual, **said})


def outcome(select_or_bind: Any, *arguments: Any) -> Any:
    try:
        return select_or_bind(*arguments)
    except DecarbError as error:
        return error.problems


@pytest.mark.parametrize("year", [2018, 2023, 2024])
def test_where_place_does_not_matter_every_place_of_france_selects_the_same(library: FactorLibrary, year: int) -> None:
    free = [name for name in (*library.by_id, *library.series) if not depends_on_place(library, name)]
    assert len(free) > 60
    for name in free:
        first, *others = [outcome(select, library, name, year, place) for place in FRENCH]
        assert all(other == first for other in others), name


def test_place_matters_to_electricity_and_to_a_factor_of_one_region(library: FactorLibrary) -> None:
    assert depends_on_place(library, "electricity-fr")
    overseas = next(factor for factor in library.by_id.values() if factor.geographies == ("RE",))
    assert depends_on_place(library, overseas.id)


def test_essential_terms_bind_as_the_terms_themselves(library: FactorLibrary) -> None:
    binder = Binder(library)
    contexts = list(product(("included", "excluded"), ("fugitive", "process"), (True, False)))
    for factor in library.by_id.values():
        unit = " ".join((factor.unit.name, *(token for token in factor.unit.bases if token != "tax unstated")))
        for contrails, releases, retroceded in contexts:
            terms = blank(
                factor=factor.id,
                unit=unit,
                price_year=factor.unit.price_year,
                contrails=contrails,
                gas_releases=releases,
                retroceded=retroceded,
            )
            reduced, _ = binder.essential(terms)
            assert outcome(binder.bind, reduced) == outcome(binder.bind, terms), (factor.id, contrails, releases)


def test_documents_that_differ_in_what_cannot_matter_share_their_pairs(make: Any) -> None:
    line = make.line("natural-gas-fr-2022-kwh-pci", 1, "MWh PCI")
    places = [{"region": "11"}, {"region": "84"}, {"department": "35"}]
    methods = [{}, {"contrails": "excluded"}, {"gas_releases": "process"}]
    documents = [
        make.document(line, establishment={"name": f"H{number}", **place}, method=method)
        for number, (place, method) in enumerate(product(places, methods))
    ]
    inventory = make.read_all(documents)
    footprint = make_footprint(inventory, make.library)
    assert len(inventory.terms) == 3
    assert len(footprint.binding.bound) == 1
    assert footprint.binding.pair.tolist() == [0] * 9
    assert footprint.binding.pairs.counts == [9]


def test_places_that_matter_make_pairs(make: Any) -> None:
    power = make.line("electricity-fr", 1, "MWh")
    places = [{"region": "11"}, {"region": "04"}, {"region": "84"}, {"department": "974"}]
    documents = [
        make.document(power, establishment={"name": f"H{number}", **place}) for number, place in enumerate(places)
    ]
    footprint = make_footprint(make.read_all(documents), make.library)
    # two regions of the mainland are one place of the library, La Réunion by region or by department another
    assert footprint.binding.pair.tolist() == [0, 1, 0, 1]
    assert len({found.factor.id for found in footprint.binding.bound if found}) == 2


def make_footprint(inventory: Any, library: FactorLibrary) -> Any:
    from decarb.footprint import compute_footprint

    return compute_footprint(inventory, library)


def test_refused_lines_with_different_spends_are_estimated_apart(make: Any) -> None:
    spend = {"factor": "spend-pharmaceutical-products", "quantity": 1000, "unit": "EUR HT"}
    coded = make.line("natural-gas-fr-kwh-pcs", 1, "kWh")
    lines = [
        {**coded, "spend": spend},
        coded,
        {**coded, "spend": spend},
        {**coded, "spend": {**spend, "quantity": 2000}},
    ]
    refusals = make.compute(*lines, partial=True).binding.refusals
    assert [refusal.lines for refusal in refusals] == [(0, 2), (1,), (3,)]
    twice, nothing, double = (refusal.stake_kgco2e for refusal in refusals)
    assert nothing is None
    assert twice == double  # 2 x 1000 EUR, 1 x 2000 EUR
    assert np.isfinite(twice)
