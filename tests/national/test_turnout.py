"""Who is expected and who has submitted, by hand, on a register of five legal entities."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from decarb.national.frame import Frame, read_frame
from decarb.national.members import GROUPINGS
from decarb.national.store import Store, init_store, read_ledger, submit
from decarb.national.turnout import Turnout, turnout
from tests.national.frames import CAYENNE, PITIE, VIRIAT, finess, register

LINE = {"factor": "electricity-fr-2024", "quantity": 1, "unit": "MWh"}
TENON = PITIE.replace("750100125", finess("75010001")).replace("1275,90,90000,9000", "300,,,")
"""A second, smaller site of the same legal entity, whose staff nobody says."""
CLINIC = f"{finess('69010001')},{finess('69010000')},Clinique,365,95,69123,,,,,,,40"
"""Private, for profit, of 40 persons; its beds are not said."""
LAST = f"{finess('2A010001')},{finess('2A010000')},CH Ajaccio,355,13,2A004,,,,200,,,900"


@pytest.fixture(scope="module")
def frame(tmp_path_factory: pytest.TempPathFactory) -> Frame:
    return read_frame(register(tmp_path_factory.mktemp("frame"), VIRIAT, CAYENNE, PITIE, TENON, CLINIC, LAST))


@pytest.fixture
def held(tmp_path: Path, make: Any, frame: Frame) -> Callable[..., Turnout]:
    """Turnout of 2024 once some documents are submitted: each given by its identity, its year and its quantity."""
    store = init_store(tmp_path / "national")

    def hold(*documents: tuple[dict[str, Any], int, float], sites: Any = ()) -> Turnout:
        fields = {"sites": list(sites)} if sites else {}
        paths = [
            make.write(make.document({**LINE, "quantity": quantity}, year=year, establishment=identity, **fields))
            for identity, year, quantity in documents
        ]
        if paths:
            submit(store, paths, by="tester", jobs=1)
        return turnout(read_ledger(store), frame, 2024)

    return hold


def states(found: Turnout) -> dict[str, str]:
    return {one.entity: one.state for one in found.entities}


def test_each_legal_entity_is_in_one_state(held: Callable[..., Turnout]) -> None:
    found = held(
        ({"name": "Viriat", "finess_et": "010000024", "finess_ej": "010780054"}, 2024, 1),
        ({"name": "Cayenne", "finess_ej": "970302022"}, 2024, -1),
        ({"name": "Pitié", "finess_et": "750100125", "finess_ej": "750712184"}, 2024, 1),
        ({"name": "Ajaccio", "finess_ej": finess("2A010000")}, 2023, 1),
    )
    assert states(found) == {
        "010780054": "received",
        "970302022": "refused",
        "750712184": "in_part",
        finess("69010000"): "late",
        finess("2A010000"): "late",
    }
    by_entity = {one.entity: one for one in found.entities}
    assert by_entity["970302022"].receipts[0].startswith("00000002-")
    assert by_entity["010780054"].receipts[0].startswith("00000001-")
    assert by_entity[finess("2A010000")].receipts == ()
    assert (found.strangers, found.twice) == ((), ())


def test_rows_by_hand(held: Callable[..., Turnout]) -> None:
    """Beds 500 of Viriat and 1,275 of the Pitié, of 500 + 400 + 1,275 + 300 + 200; the clinic does not say its own."""
    found = held(
        ({"name": "Viriat", "finess_ej": "010780054"}, 2024, 1),
        ({"name": "Pitié", "finess_et": "750100125"}, 2024, 1),
        ({"name": "Cayenne", "finess_ej": "970302022"}, 2024, -1),
    )
    total = found.total
    assert (total.expected, total.received, total.in_part, total.late, total.refused) == (5, 1, 1, 3, 1)
    assert (total.sites, total.sites_reported, total.sites_without_beds) == (6, 2, 1)
    assert (total.beds, total.beds_reported) == (2675.0, 1775.0)
    # of the late: Cayenne (public, 2,000 persons) and Ajaccio (900) are bound, the clinic (40) is not
    assert (total.bound, total.of_unknown_bond) == (2, 0)
    by_region = {row.group: row for row in found.rows("region")}
    assert list(by_region) == ["03", "11", "84", "94"]
    assert (by_region["84"].expected, by_region["84"].received, by_region["84"].late) == (2, 1, 1)
    assert (by_region["11"].in_part, by_region["11"].sites_reported, by_region["11"].beds_reported) == (1, 1, 1275.0)
    by_size = {row.group: row.expected for row in found.rows("size")}
    assert by_size[""] == 1  # the clinic, last
    assert list(by_size)[-1] == ""
    assert {row.group for row in found.rows("legal_status")} == {"public", "private_for_profit"}


def test_a_superseded_or_earlier_document_counts_no_more(held: Callable[..., Turnout]) -> None:
    entity = {"name": "Ajaccio", "finess_ej": finess("2A010000")}
    assert states(held((entity, 2023, 1)))[finess("2A010000")] == "late"
    first = held((entity, 2024, 1))
    again = held((entity, 2024, 2))
    assert states(first) == states(again)
    assert [one.receipts for one in again.entities if one.state == "received"] != [
        one.receipts for one in first.entities if one.state == "received"
    ]
    assert all(len(one.receipts) < 2 for one in again.entities)


def test_sites_of_a_document_count_each(held: Callable[..., Turnout]) -> None:
    sites = [{"id": "a", "finess_et": "750100125"}, {"id": "b", "finess_et": finess("75010001")}]
    found = held(({"name": "AP-HP", "finess_ej": "750712184"}, 2024, 1), sites=sites)
    assert states(found)["750712184"] == "received"


def test_strangers_are_named_with_what_is_near(held: Callable[..., Turnout]) -> None:
    near = "010000032"  # one digit of the site of Viriat, and its key
    found = held(
        ({"name": "Near", "finess_et": near}, 2024, 1),
        ({"name": "Far", "finess_et": finess("33999901")}, 2024, 1),
        ({"name": "Nobody"}, 2024, 1),
        ({"name": "Refused", "finess_et": finess("33999902")}, 2024, -1),
    )
    assert [(one.name, one.numbers) for one in found.strangers] == [
        ("Near", (near,)),
        ("Far", (finess("33999901"),)),
        ("Nobody", ()),
    ]
    assert found.strangers[0].nearest[0] == "010000024"
    assert found.strangers[1].nearest == ()


def test_a_site_that_two_submissions_report_for(held: Callable[..., Turnout]) -> None:
    found = held(
        ({"name": "Viriat", "finess_ej": "010780054"}, 2024, 1),
        ({"name": "Viriat again", "finess_et": "010000024"}, 2024, 1),
    )
    ((site, receipts),) = found.twice
    assert site == "010000024"
    assert [receipt[:8] for receipt in receipts] == ["00000001", "00000002"]
    assert found.total.received == 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(
    documents=st.lists(
        st.tuples(
            st.sampled_from(["010780054", "970302022", "750712184", "750100125", finess("69010001")]),
            st.sampled_from([2023, 2024]),
            st.sampled_from([1, 2, -1]),
        ),
        max_size=6,
    )
)
def test_rows_part_the_register_whatever_is_submitted(
    tmp_path_factory: pytest.TempPathFactory, make: Any, frame: Frame, documents: list[tuple[str, int, float]]
) -> None:
    store: Store = init_store(tmp_path_factory.mktemp("any") / "national")
    paths = []
    for number, year, quantity in documents:
        key = "finess_et" if number in frame.finess_et else "finess_ej"
        identity = {"name": "Any", key: number}
        paths.append(make.write(make.document({**LINE, "quantity": quantity}, year=year, establishment=identity)))
    if paths:
        submit(store, paths, by="tester", jobs=1)
    ledger = read_ledger(store)
    found = turnout(ledger, frame, 2024)
    current = {str(one.establishment.identity.get("finess_ej")) for one in ledger.current(2024) if one.establishment}
    assert {one.entity for one in found.entities if one.state == "received"} >= current - {"None"}
    for by in GROUPINGS:
        rows = found.rows(by)
        for name in ("expected", "received", "in_part", "late", "refused", "bound", "sites", "sites_reported"):
            assert sum(getattr(row, name) for row in rows) == getattr(found.total, name)
        for row in (*rows, found.total):
            assert row.expected == row.received + row.in_part + row.late
            assert row.refused <= row.late
            assert row.sites_reported <= row.sites
