"""Lines of two footprints under the same id."""

from decarb.comparison.matching import matched_lines
from decarb.footprint import compute_footprint
from decarb.inventory import ingest, open_columns

POWER = "electricity-fr-2024"


def of(make, **sections_by_name):
    documents = []
    for name, ids in sections_by_name.items():
        lines = [make.line(POWER if known else "no-such-factor", 1, "MWh", id=one) for one, known in ids]
        documents.append(make.document(*lines, establishment={"name": name}))
    return documents


def footprint(make, documents):
    return compute_footprint(make.read_all(documents), make.library, partial=True)


def names(found):
    return [establishment.name for establishment in found.inventory.establishments]


def pairs(before, after):
    old, new = matched_lines(before, names(before), after, names(after))
    return [(before.inventory.ids[a], after.inventory.ids[b]) for a, b in zip(old, new, strict=True)]


def test_ids_in_another_order_with_some_gone_and_some_come(make):
    before = footprint(make, of(make, A=[("a", True), ("b", True), ("c", True)], B=[("a", True)]))
    after = footprint(make, of(make, A=[("c", True), ("d", True), ("a", True)], C=[("a", True)]))
    assert pairs(before, after) == [("a", "a"), ("c", "c")]


def test_a_line_that_one_side_refuses_is_not_of_both(make):
    before = footprint(make, of(make, A=[("a", True), ("b", True)]))
    after = footprint(make, of(make, A=[("a", False), ("b", True)]))
    assert pairs(before, after) == [("b", "b")]


def test_an_id_of_another_section_is_another_line(make):
    before = footprint(make, [make.document(make.line(POWER, 1, "MWh", id="x"), establishment={"name": "A"})])
    meal = make.line("meal-average", 1, "meal", id="x")
    after = footprint(make, [make.document(meal, section="food", establishment={"name": "A"})])
    assert pairs(before, after) == []


def test_ids_are_the_same_from_columns(make, tmp_path):
    documents = of(make, A=[("a", True), ("b", True), ("c", True)], B=[("a", True), ("z", True)])
    read = footprint(make, documents)
    ingest([make.write(document) for document in documents], tmp_path / "columns")
    stored = open_columns(tmp_path / "columns")
    assert stored.ids[1:4] == read.inventory.ids[1:4] == ("b", "c", "a")
    assert stored.ids[::2] == ("a", "c", "z")
    assert stored.ids[3:3] == ()
    opened = compute_footprint(stored, make.library, partial=True)
    assert pairs(read, opened) == [(one, one) for one in read.inventory.ids]
