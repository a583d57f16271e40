"""Rung 5: the means of classes, shipped as a table."""

import pytest

from decarb.medicines import load_medicines
from decarb.medicines.class_means import ClassMeans, keys_of
from decarb.medicines.tables import CLASS_MEANS
from tests.medicines.small_database import box, speciality


@pytest.fixture(scope="module")
def product():
    from decarb.medicines.products import Product

    def make(cis, atc="C09AA05", routes=("orale",), unit="comprimé", cip13="3400930000014", units=10.0):
        return Product(
            "CIP13",
            cip13,
            box(cip13, cis, unit=unit, units=units),
            speciality(cis, cip13, atc=atc, routes=routes),
            units,
        )

    return make


def test_the_shipped_means_are_those_of_the_shipped_tables(tmp_path):
    # whoever changes a table of rungs 2 or 4 makes the means anew: the target `medicines` of the Makefile, second line
    load_medicines().computed_class_means().write(tmp_path / "means.csv")
    assert (tmp_path / "means.csv").read_text(encoding="utf-8") == CLASS_MEANS.read_text(encoding="utf-8")


def test_each_speciality_counts_once_however_many_boxes_it_has(product):
    priced = [(product("1"), 1.0), (product("1"), 3.0), (product("2"), 4.0), (product("3"), 6.0)]
    means = ClassMeans.of(priced)
    # (mean of 1 and 3, then 4 and 6): (2 + 4 + 6) / 3
    assert {key: mean.kgco2e_per_unit for key, mean in means.means.items()} == dict.fromkeys(keys_of(product("1")), 4.0)


def test_two_specialities_make_no_mean(product):
    assert ClassMeans.of([(product("1"), 1.0), (product("2"), 4.0)]).means == {}


def test_routes_and_kinds_of_unit_are_kept_apart_and_the_narrower_class_comes_first(product):
    priced = [(product(str(number), atc=f"C09A{'AB'[number % 2]}05"), float(number)) for number in range(6)]
    means = ClassMeans.of(priced)
    other = product("9", atc="C09AA01", units=2.0)
    assert means.price(other).kgco2e_per_box == pytest.approx(2 * (0 + 2 + 4) / 3)
    assert means.price(product("9", atc="C09AX01", units=1.0)).kgco2e_per_box == pytest.approx(15 / 6)
    for stranger in (
        product("9", routes=("intraveineuse",)),
        product("9", unit="flacon"),
        product("9", atc="C09"),
    ):
        assert means.price(stranger).code == "no-priced-in-class"
    assert means.price(product("9", atc="")).code == "no-atc"
    assert means.price(product("9", units=None)).code == "no-units-parsed"
