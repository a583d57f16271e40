"""Shared services: by hand, against documents without the lines, from columns and a store, and under attack."""

import random
from collections.abc import Mapping
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from decarb.footprint import Footprint, compute_footprint
from decarb.inventory import ingest, read_inventory
from decarb.national.aggregating import Aggregates, aggregate
from decarb.national.members import years_of
from decarb.national.secrecy import Published, as_it_is, publish
from decarb.national.shared_error import values_by_post
from decarb.national.sharing import Netted, net_shared_services
from decarb.national.store import init_store, open_submissions, submit
from tests.national.frames import finess

EJ = [finess(f"01{number:04d}00") for number in range(30)]
ET = [finess(f"01{number:04d}01") for number in range(30)]
ELECTRICITY, GAS = "electricity-fr-2024", "natural-gas-fr-kwh-pci"
Document = dict[str, Any]


def hospital(make: Any, number: int, lines: Mapping[str, float], *received: Document, **fields: Any) -> Document:
    """A hospital of these lines of electricity [kWh], by id."""
    shared = {"shared_services": {"received": [*received]}} if received else {}
    own = fields.pop("establishment", {})
    return make.document(  # type: ignore[no-any-return]
        *(make.line(ELECTRICITY, quantity, "kWh", id=name) for name, quantity in lines.items()),
        schema_version="1.2",
        establishment={"name": f"CH {number}", "finess_ej": EJ[number], "region": "84", **own},
        **{**shared, **fields},
    )


def bought(provider: int, *lines: str, service: str = "laundry") -> Document:
    return {"service": service, "provider": {"finess_ej": EJ[provider]}, "lines": [*lines]}


def computed(make: Any, documents: list[Document]) -> Footprint:
    return compute_footprint(make.read_all(documents), make.library)


def netted(make: Any, *documents: Document) -> Netted:
    return net_shared_services(computed(make, [*documents]))


def by_hand(make: Any) -> list[Document]:
    """A GHT of three: the first washes the linen of the two others, who report it in their scope 3."""
    return [
        hospital(make, 0, {"own": 100.0}),
        hospital(make, 1, {"own": 32.0, "linen": 8.0}, bought(0, "linen")),
        hospital(make, 2, {"own": 8.0, "linen": 2.0}, bought(0, "linen")),
    ]


def per_kwh(make: Any) -> float:
    return float(make.compute(make.line(ELECTRICITY, 1e6, "kWh")).total() / 1e6)


def table(shared: Netted, by: list[str], **options: Any) -> Aggregates:
    return aggregate(shared.gross, by, shared=shared, **options)


# ---------------------------------------------------------------- by hand


def test_a_ght_of_three_by_hand(make: Any) -> None:
    shared = netted(make, *by_hand(make))
    found = table(shared, ["region"])
    one = per_kwh(make)
    # 100 + 40 + 10 are reported, of which 8 + 2 are linen that the first one reports in its 100
    assert found.gross[-1, 0] == pytest.approx(150 * one, abs=1e-3)
    assert found.netted is not None
    assert found.netted.value[-1, 0] == pytest.approx(10 * one, abs=1e-3)
    assert found.value[-1, 0] == pytest.approx(140 * one, abs=1e-3)
    assert found.entities[-1, 0] == 3
    assert [(flow.recipient, flow.status) for flow in shared.flows] == [(1, "netted"), (2, "netted")]
    assert [flow.kgco2e for flow in shared.flows] == pytest.approx([8 * one, 2 * one])
    assert shared.problems() == ()


def test_each_report_is_whole_and_the_plain_sum_as_it_was(make: Any) -> None:
    footprint = computed(make, by_hand(make))
    before = footprint.cells.copy()
    shared = net_shared_services(footprint)
    assert shared.gross is footprint
    assert footprint.cells.tobytes() == before.tobytes()
    plain = aggregate(footprint, ["region"])
    assert plain.netted is None
    assert plain.value[-1, 0] == pytest.approx(150 * per_kwh(make), abs=1e-3)
    assert (plain.gross == plain.value).all()


def test_in_a_chain_each_line_is_netted_against_its_own_provider(make: Any) -> None:
    # the first buys 30 from the second, which bought 20 of it from the third: what is emitted is 50 + 10 + 20
    documents = [
        hospital(make, 0, {"own": 50.0, "linen": 30.0}, bought(1, "linen")),
        hospital(make, 1, {"own": 10.0, "steam": 20.0}, bought(2, "steam", service="energy_plant")),
        hospital(make, 2, {"own": 20.0}),
    ]
    assert netted(make, *documents).net.total() == pytest.approx(80 * per_kwh(make))
    # without the third the second's purchase is nobody else's: it stays, and the first one's line still goes
    shared = netted(make, *documents[:2])
    assert [flow.status for flow in shared.flows] == ["netted", "provider-absent"]
    assert shared.net.total() == pytest.approx(80 * per_kwh(make))


def test_two_that_serve_each_other_keep_what_is_their_own(make: Any) -> None:
    shared = netted(
        make,
        hospital(make, 0, {"own": 10.0, "meals": 3.0}, bought(1, "meals", service="it")),
        hospital(make, 1, {"own": 20.0, "linen": 4.0}, bought(0, "linen")),
    )
    assert shared.net.total() == pytest.approx(30 * per_kwh(make))
    assert shared.net.totals() == pytest.approx([10 * per_kwh(make), 20 * per_kwh(make)])


def test_what_is_netted_to_nothing_is_zero_and_not_unknown(make: Any) -> None:
    found = table(
        netted(
            make,
            hospital(make, 0, {"own": 100.0}),
            hospital(make, 1, {"linen": 8.0}, bought(0, "linen"), establishment={"region": "11"}),
        ),
        ["region"],
    )
    assert found.value[found.rows.index("11"), 0] == 0.0
    assert found.entities[found.rows.index("11"), 0] == 1


# ---------------------------------------------------------------- what is kept


def status(make: Any, provider: Document | None, recipient: Document) -> tuple[str, str]:
    """What becomes of the one service received, and what is said of it."""
    shared = netted(make, *([provider] if provider else []), recipient)
    (flow,) = shared.flows
    if flow.status != "netted":
        assert shared.net is shared.gross
    return flow.status, " ".join(problem.message() for problem in shared.problems())


def test_a_provider_that_did_not_report(make: Any) -> None:
    recipient = hospital(make, 1, {"own": 1.0, "linen": 2.0}, bought(0, "linen"))
    assert status(make, None, recipient) == (
        "provider-absent",
        f"1 shared service(s) kept in the sum, the provider did not report: Laundry of CH 1 from {EJ[0]}",
    )
    # nor for this year
    earlier = hospital(make, 0, {"own": 1.0}, period={"start": "2023-01-01", "end": "2023-12-31"})
    assert status(make, earlier, recipient)[0] == "provider-absent"
    # an estimate stands for it
    shared = net_shared_services(computed(make, [recipient]), sector=[EJ[0]])
    assert [flow.status for flow in shared.flows] == ["provider-estimated"]
    assert shared.net.total() == pytest.approx(per_kwh(make))
    assert shared.problems() == ()


def test_a_provider_that_reported_part_of_the_period(make: Any) -> None:
    recipient = hospital(make, 1, {"linen": 2.0}, bought(0, "linen"))
    part = hospital(make, 0, {"own": 1.0}, period={"start": "2024-01-01", "end": "2024-12-30"})
    assert status(make, part, recipient) == (
        "period-not-covered",
        "1 shared service(s) kept in the sum, the provider reported only part of the period: "
        f"Laundry of CH 1 from {EJ[0]}",
    )
    halves = [
        hospital(make, 0, {"own": 1.0}, period={"start": start, "end": end})
        for start, end in (("2024-01-01", "2024-06-30"), ("2024-07-01", "2024-12-31"))
    ]
    assert [flow.status for flow in netted(make, *halves, recipient).flows] == ["netted"]
    halves[1]["period"]["start"] = "2024-07-02"  # a day is missing
    assert [flow.status for flow in netted(make, *halves, recipient).flows] == ["period-not-covered"]


def test_a_provider_that_excluded_the_post(make: Any) -> None:
    recipient = hospital(make, 1, {"linen": 2.0}, bought(0, "linen"))

    def excluding(post: str) -> Document:
        declaration = {"excluded_posts": [{"post": post, "justification": "Not known"}]}
        return hospital(make, 0, {"own": 1.0}, declaration=declaration)

    assert status(make, excluding("2.1"), recipient) == (
        "post-excluded",
        "1 shared service(s) kept in the sum, the provider excluded the post that the service is in: "
        f"Laundry of CH 1 from {EJ[0]}",
    )
    assert status(make, excluding("5.2"), recipient) == ("netted", "")


def test_a_provider_without_a_line_where_the_service_would_be(make: Any) -> None:
    recipient = hospital(make, 1, {"meals": 2.0}, bought(0, "meals", service="catering"))
    provider = hospital(make, 0, {"own": 1.0})
    assert status(make, provider, recipient) == (
        "section-empty",
        "1 shared service(s) kept in the sum, the provider has no line in a section that the service is in: "
        f"Catering of CH 1 from {EJ[0]}",
    )
    with_food = {**provider, "food": [{"id": "food", **make.line(ELECTRICITY, 1.0, "kWh")}]}
    assert status(make, with_food, recipient) == ("netted", "")


def test_lines_that_could_not_be_computed(make: Any) -> None:
    recipient = hospital(make, 1, {"own": 1.0}, bought(0, "bad"))
    recipient["waste"] = [{"id": "bad", **make.line(ELECTRICITY, 1.0, "kg")}]
    inventory = make.read_all([hospital(make, 0, {"own": 1.0}), recipient])
    shared = net_shared_services(compute_footprint(inventory, make.library, partial=True))
    assert [(flow.status, flow.kgco2e) for flow in shared.flows] == [("lines-refused", 0.0)]
    assert shared.net.total() == shared.gross.total()


def test_a_warning_names_ten_and_counts_the_others(make: Any) -> None:
    shared = netted(make, *(hospital(make, n, {"linen": 1.0}, bought(29, "linen")) for n in range(12)))
    (problem,) = shared.problems()
    assert problem.parameters["count"] == 12
    assert "CH 9 from" in problem.message()
    assert "CH 10" not in problem.message()
    assert problem.message().endswith("and 2 more")
    assert problem.message("fr").endswith("et 2 autres")
    assert "le prestataire n’a pas déclaré : Blanchisserie de CH 0 par" in problem.message("fr")
    assert shared.problems(2023) == ()


# ---------------------------------------------------------------- who the provider is


@pytest.mark.parametrize(
    ("named", "identity", "expected"),
    [
        ({"finess_ej": EJ[0]}, {"finess_et": ET[0]}, "netted"),  # any report of the legal entity
        ({"finess_et": ET[0]}, {"finess_et": ET[0]}, "netted"),
        ({"finess_et": ET[5]}, {"finess_et": ET[0]}, "provider-absent"),  # another site
        ({"finess_ej": EJ[0], "finess_et": ET[5]}, {"finess_et": ET[0]}, "provider-absent"),
        ({"finess_ej": EJ[0], "finess_et": ET[5]}, {}, "netted"),  # it reports as a whole
        ({"finess_et": ET[5]}, {}, "provider-absent"),  # whose site it is, nobody says
    ],
)
def test_who_reports_for_the_provider(
    make: Any, named: dict[str, str], identity: dict[str, str], expected: str
) -> None:
    provider = hospital(make, 0, {"own": 1.0}, establishment=identity)
    recipient = hospital(make, 1, {"linen": 1.0}, {**bought(0, "linen"), "provider": named})
    assert status(make, provider, recipient)[0] == expected


def test_a_site_may_serve_another_of_the_same_legal_entity(make: Any) -> None:
    named = {"finess_ej": EJ[0], "finess_et": ET[0]}
    provider = hospital(make, 0, {"own": 1.0}, establishment={"finess_et": ET[0]})
    recipient = hospital(
        make, 0, {"linen": 1.0}, {**bought(0, "linen"), "provider": named}, establishment={"finess_et": ET[1]}
    )
    assert status(make, provider, recipient) == ("netted", "")
    assert status(make, None, recipient)[0] == "provider-absent"
    # a report of the whole entity is nobody's but its own
    del recipient["establishment"]["finess_et"]
    assert status(make, None, recipient)[0] == "provider-absent"


def test_what_the_provider_declares_is_held_against_it(make: Any) -> None:
    def provider(service: str, *recipients: int) -> Document:
        provided = [{"service": service, "recipients": [{"finess_ej": EJ[one]} for one in recipients]}]
        return hospital(make, 0, {"own": 1.0}, shared_services={"provided": provided})

    recipients = [
        hospital(make, 1, {"linen": 1.0}, bought(0, "linen")),
        hospital(make, 2, {"own": 1.0}),
    ]
    both = netted(make, provider("laundry", 1), *recipients)
    assert [flow.confirmed for flow in both.flows] == [True]
    assert both.problems() == ()
    crossed = netted(make, provider("laundry", 2, 7), *recipients)  # the eighth did not report: nothing to say
    assert [(flow.status, flow.confirmed) for flow in crossed.flows] == [("netted", False)]
    assert [problem.message() for problem in crossed.problems()] == [
        f"1 shared service(s) netted that the provider, which declares others, does not: Laundry of CH 1 from {EJ[0]}",
        "1 shared service(s) declared by the provider alone, of which nothing is netted: Laundry of CH 2 from CH 0",
    ]
    other = netted(make, provider("it", 1), *recipients)
    assert [problem.code for problem in other.problems()] == ["shared-service-unconfirmed", "shared-service-unclaimed"]
    assert netted(make, hospital(make, 0, {"own": 1.0}), *recipients).flows[0].confirmed is None


# ---------------------------------------------------------------- against documents without the lines


@st.composite
def collections(draw: st.DrawFn) -> list[tuple[int, str, list[tuple[int, float, bool]]]]:
    """Hospitals with their regions; each buys from others: provider, quantity, and whether it is gas."""
    count = draw(st.integers(1, 6))
    quantity = st.floats(0, 1e6).map(lambda value: round(value, 3))
    purchase = st.tuples(st.integers(0, 7), quantity, st.booleans())
    return [
        (number, draw(st.sampled_from(["11", "84"])), draw(st.lists(purchase, max_size=3))) for number in range(count)
    ]


def written(make: Any, said: list[tuple[int, str, list[tuple[int, float, bool]]]], *, declared: bool) -> list[Document]:
    """Documents that declare what they buy or, where the provider is among them, that leave it out."""
    here = {number for number, *_ in said}
    documents = []
    for number, region, purchases in said:
        entries, lines = [], []
        for place, (provider, quantity, is_gas) in enumerate(purchases):
            if provider == number:
                continue
            name = f"bought-{place}"
            factor, unit = (GAS, "kWh PCI") if is_gas else (ELECTRICITY, "kWh")
            if declared or provider not in here:
                lines.append(make.line(factor, quantity, unit, id=name))
            entries.append(bought(provider, name))
        document = hospital(
            make,
            number,
            {"own": 1000.0 * (number + 1)},
            *(entries if declared else ()),
            establishment={"region": region},
        )
        document["purchases"] = lines
        documents.append({name: value for name, value in document.items() if value != []})
    return documents


@given(collections(), st.sampled_from([["region"], ["region", "post"], ["domain", "gas"], ["post"]]), st.randoms())
@settings(max_examples=25)
def test_net_and_netted_are_the_sum_and_net_is_that_of_documents_without(
    make: Any, said: list[Any], by: list[str], chance: random.Random
) -> None:
    shared = netted(make, *written(make, said, declared=True))
    found = table(shared, by)
    plain = aggregate(shared.gross, by)
    away = np.zeros_like(found.value) if found.netted is None else np.nan_to_num(found.netted.value)
    # exactly, in every cell and margin
    assert (np.nan_to_num(found.value) + away == np.nan_to_num(plain.value)).all()
    assert (np.isnan(found.value) == np.isnan(plain.value)).all()
    if len(by) == 2:
        assert (away[:-1, :-1].sum(axis=1) == away[:-1, -1]).all()
    assert away[:-1, -1].sum() == away[-1, -1]
    without = aggregate(computed(make, written(make, said, declared=False)), by)
    labels = list(product((*without.rows, ""), (*without.columns, "")))
    for row, column in labels:
        here = found.rows.index(row) if row else -1, found.columns.index(column) if column else -1
        there = without.rows.index(row) if row else -1, without.columns.index(column) if column else -1
        if not np.isnan(without.value[there]):
            assert found.value[here] == pytest.approx(without.value[there], rel=1e-12, abs=1e-3)
            assert found.low[here] == pytest.approx(without.low[there], rel=1e-9, abs=1e-3)
            assert found.high[here] == pytest.approx(without.high[there], rel=1e-9, abs=1e-3)
    # whatever the order of the documents
    documents = written(make, said, declared=True)
    chance.shuffle(documents)
    again = table(netted(make, *documents), by)
    assert again.value.tobytes() == found.value.tobytes()
    assert [again.low.tobytes(), again.high.tobytes()] == [found.low.tobytes(), found.high.tobytes()]


@pytest.mark.parametrize(
    ("code", "by_spend"),
    [("3400938749984", False), ("3400930001004", True)],  # the second is in no database: the amount counts it
)
def test_the_amount_beside_a_quantity_goes_with_it(make: Any, code: str, by_spend: bool) -> None:
    spend = make.line("spend-pharmaceutical-products", 100.0, "EUR HT")
    medicine = {"code": {"system": "CIP13", "value": code}, "quantity": 10.0, "unit": "boîte", "spend": spend}
    provider = hospital(make, 0, {"own": 1.0}, medicines=[{"id": "stock", **medicine}])
    recipient = hospital(
        make,
        1,
        {"own": 1.0},
        bought(0, "box", service="pharmacy"),
        medicines=[{"id": "box", **medicine}, {"id": "other", **medicine}],
    )
    shared = netted(make, provider, recipient)
    (flow,) = shared.flows
    assert flow.status == "netted"
    assert (shared.gross.binding.given is not shared.gross.binding.inventory) == by_spend
    assert flow.kgco2e > 0
    assert shared.net.totals()[1] == pytest.approx(per_kwh(make) + flow.kgco2e)  # of the two boxes, one is left
    # nor would other tables of medicines, which may prefer the amounts, find one
    given_spends = shared.net.binding.given.spends
    amounts = dict(zip(given_spends.line.tolist(), given_spends.quantity.tolist(), strict=True))
    assert [amounts.pop(row) for row in flow.rows.tolist()] == [0.0]
    assert set(amounts.values()) == {100.0}
    # computed anew from what was given, it is the same
    anew = compute_footprint(shared.net.binding.given, make.library)
    assert anew.totals() == pytest.approx(shared.net.totals())


def test_an_estimate_takes_what_is_netted_for_zero_and_not_for_left_out(make: Any) -> None:
    shared = netted(make, hospital(make, 0, {"own": 100.0}), hospital(make, 1, {"linen": 8.0}, bought(0, "linen")))
    posts, values = values_by_post(shared.net)
    assert posts == values_by_post(shared.gross)[0]
    assert values[1].tolist() == [0.0] * len(posts)
    assert values[0] == pytest.approx(values_by_post(shared.gross)[1][0])


# ---------------------------------------------------------------- from columns and from a store


def test_columns_and_a_store_carry_the_declaration(make: Any, tmp_path: Any) -> None:
    documents = by_hand(make)
    paths = [make.write(document, f"{number}.json") for number, document in enumerate(documents)]
    expected = net_shared_services(compute_footprint(read_inventory(*paths), make.library))
    ingest(paths, tmp_path / "columns")
    store = init_store(tmp_path / "store")
    submit(store, paths)
    for inventory in (read_inventory(tmp_path / "columns"), open_submissions(store, 2024)):
        shared = net_shared_services(compute_footprint(inventory, make.library))
        assert [flow.rows.tolist() for flow in shared.flows] == [flow.rows.tolist() for flow in expected.flows]
        assert [flow.status for flow in shared.flows] == ["netted", "netted"]
        assert shared.net.cells.tobytes() == expected.net.cells.tobytes()


# ---------------------------------------------------------------- secrecy


def random_collection(make: Any, seed: int, year: int = 2024) -> list[Document]:
    """Twenty hospitals in four regions that buy from each other, electricity and gas."""
    chance = random.Random(seed)
    documents = []
    for number in range(20):
        sellers = [one for one in chance.sample(range(20), chance.randint(0, 3)) if one != number]
        document = hospital(
            make,
            number,
            {"own": float(chance.randint(1, 2000)), **{f"b{one}": float(chance.randint(1, 900)) for one in sellers}},
            *(bought(one, f"b{one}") for one in sellers),
            establishment={"region": chance.choice(["11", "84", "75", "94"])},
            period={"start": f"{year}-01-01", "end": f"{year}-12-31"},
        )
        if chance.random() < 0.5:
            document["purchases"] = [{"id": "gas", **make.line(GAS, float(chance.randint(1, 500)), "kWh PCI")}]
        documents.append(document)
    return documents


def determined(published: Published, gross_withheld: NDArray[np.bool_]) -> list[str]:
    """Withheld figures that follow from all that is shown, by linear algebra alone."""
    found = published.aggregates
    assert found.netted is not None
    shape = found.value.shape
    size = found.value.size
    place = np.arange(size).reshape(shape)
    relations: list[dict[int, float]] = []
    for first in (0, size):  # net, then what was netted
        for column in range(shape[1]):
            relations.append({first + int(place[row, column]): 1.0 for row in range(shape[0] - 1)})
            relations[-1][first + int(place[-1, column])] = -1.0
        for row in range(shape[0]):
            relations.append({first + int(place[row, column]): 1.0 for column in range(shape[1] - 1)})
            relations[-1][first + int(place[row, -1])] = -1.0
    for cell in range(size):
        nothing = np.isnan(found.netted.value.flat[cell])
        if not published.withheld.flat[cell]:
            relations.append({cell: 1.0})
        if nothing or not published.netted_withheld.flat[cell]:
            relations.append({size + cell: 1.0})
        if not gross_withheld.flat[cell]:
            relations.append({cell: 1.0, size + cell: 1.0})
    matrix = np.zeros((len(relations), 2 * size))
    for number, relation in enumerate(relations):
        matrix[number, list(relation)] = list(relation.values())
    _, values, vectors = np.linalg.svd(matrix)
    free = np.abs(vectors[int((values > 1e-9).sum()) :]).max(axis=0, initial=0.0)
    masks = {"net": (published.withheld, 0), "netted": (published.netted_withheld, size)}
    return [
        f"{name} {cell}"
        for name, (mask, first) in masks.items()
        for cell in np.flatnonzero(mask.ravel()).tolist()
        if free[first + cell] < 1e-9
    ]


@pytest.mark.parametrize("seed", range(12))
def test_nothing_withheld_follows_from_the_three_tables_together(make: Any, seed: int) -> None:
    shared = netted(make, *random_collection(make, seed))
    (shown,) = publish([table(shared, ["region", "post"])])
    assert shown.withheld.any() or shown.netted_withheld.any()
    assert determined(shown, shown.gross_withheld) == []
    # that the sum is shown wherever the net figure is would tell: the attack finds it
    if (shown.netted_withheld & ~shown.withheld).any():
        assert determined(shown, shown.withheld) != []


def test_one_recipient_alone_is_not_told_by_the_sum(make: Any) -> None:
    # four hospitals: the figure of the region may be told, but one alone has linen that is netted
    documents = [hospital(make, number, {"own": 100.0}) for number in range(3)]
    documents.append(hospital(make, 3, {"own": 90.0, "linen": 10.0}, bought(0, "linen")))
    (shown,) = publish([table(netted(make, *documents), ["region"])])
    assert not shown.withheld.any()
    assert shown.netted_withheld.all()
    assert shown.gross_withheld.all()
    free = as_it_is(shown.aggregates)
    assert not free.netted_withheld.any()


def test_who_has_nothing_left_hides_nobody(make: Any) -> None:
    # in the region of the recipients only two have figures of their own
    documents = [hospital(make, number, {"own": 100.0}, establishment={"region": "11"}) for number in range(4)]
    documents += [hospital(make, number, {"own": 100.0}) for number in (4, 5)]
    documents += [hospital(make, number, {"linen": 100.0}, bought(0, "linen")) for number in (6, 7, 8)]
    found = table(netted(make, *documents), ["region"])
    (shown,) = publish([found])
    assert found.entities[:, 0].tolist() == [4, 5, 9]
    assert shown.withheld[found.rows.index("84"), 0]
    (plain,) = publish([aggregate(computed(make, documents), ["region"])])
    assert not plain.withheld.any()


def test_what_changes_in_what_is_netted_is_a_difference_of_two_years(make: Any) -> None:
    # three and then four recipients: the difference of what is netted is that of the fourth
    def year(number: int, recipients: int) -> list[Document]:
        period = {"start": f"{number}-01-01", "end": f"{number}-12-31"}
        providers = [hospital(make, one, {"own": 100.0}, period=period) for one in range(3)]
        lines = {"own": 50.0, "linen": 10.0}
        return providers + [
            hospital(make, one, lines, *([bought(0, "linen")] if one < 3 + recipients else []), period=period)
            for one in range(3, 9)
        ]

    footprint = computed(make, [*year(2023, 3), *year(2024, 4)])
    shared = net_shared_services(footprint)
    tables = [table(shared, ["region"], year=one) for one in years_of(footprint)]
    before, after = publish(tables)
    assert not before.netted_withheld.any()
    assert after.netted_withheld.all()
    (alone,) = publish(tables[1:])
    assert not alone.netted_withheld.any()
