"""The fast way accepts only what the careful way accepts, with the same columns."""

import json
import random
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decarb.errors import InvalidInventoryError, Problem
from decarb.inventory import SECTIONS, accepting
from decarb.inventory.accepting import Acceptor
from decarb.inventory.limits import Limits
from decarb.inventory.lines import DocumentLines, Vocabulary
from decarb.inventory.reading import read_document
from decarb.inventory.schema import schema

HEAD = (
    '"schema_version":"1.0","establishment":{"name":"Hôpital","region":"11","department":"75","beds":12,"fte":-0.0},'
    '"period":{"start":"2024-01-01","end":"2024-12-31"},"method":{"contrails":"excluded"},'
    '"sites":[{"id":"S1","region":"84"},{"id":"é\\u0031"}]'
)
PLAIN = '{"id":"a","factor":"x","quantity":1,"unit":"kWh"}'
FULL = (
    '{"id":"b","code":{"system":"CIP13","value":"3400936028432"},"quantity":12.5,"unit":"item","basis":"HT",'
    '"price_year":2023,"vat_percent":5.5,"occupancy":1.2,"activity":"electricity","operated":true,"paid":false,'
    '"tenure":"leased","site":"S1","amortisation_years":5,"acquisition_year":2020,"account":"606","retroceded":true,'
    '"market_based_kgco2e_per_kwh":0.1,"spend":{"factor":"s","quantity":10.5,"unit":"EUR","basis":"HT",'
    '"vat_percent":20},"supplier":"Maraîcher \\"bio\\"","evidence":"é","comment":"c\\n\\u0000","uncertainty":12.5,'
    '"quality":{"reliability":1,"technical":5,"geographic":2}}'
)
CREDIT = '{ "id" : "c\\u00e9",\t"factor":"y", "quantity":-3e2,\r\n"unit":"kg","credit":true ,"quality":{}}'
MONEY = '{"id":"😀\\/","factor":"x","quantity":0.1234567890123456789,"unit":"EUR","account":"611","site":"é\\u0031"}'
CODE = '{"id":"a","code":{"system":"CAS","value":"1"},"quantity":1,"unit":"t"}'


def document(*lines: str, head: str = HEAD, section: str = "energy") -> bytes:
    return f'{{{head},"{section}":[{",".join(lines)}]}}'.encode("utf-8", "surrogatepass")


def line(**fields: str) -> str:
    """A line with `fields` as they are to be written."""
    known = {"id": '"a"', "factor": '"x"', "quantity": "1", "unit": '"kWh"', **fields}
    return "{" + ",".join(f'"{name}":{value}' for name, value in known.items()) + "}"


class Ways:
    """Both ways, each with its vocabulary; the fast one remembers the documents before."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self.fast, self.careful = Vocabulary(), Vocabulary()
        self.acceptor = Acceptor(self.fast, self.limits)

    def agree(self, text: bytes) -> bool:
        """Whether the fast way accepts; the careful way must agree then."""
        accepted = self.acceptor.accept(text, "file", "digest")
        if accepted is None:
            return False
        columns, warnings = accepted
        problems, expected = read_document(text, "file", self.careful, self.limits)
        assert expected is not None
        assert problems == warnings
        assert all(problem.severity != "error" for problem in problems)
        assert said(columns, self.fast) == said(expected, self.careful)
        return True

    def carefully(self, text: bytes) -> list[Problem]:
        try:
            problems, _ = read_document(text, "file", self.careful, self.limits)
        except InvalidInventoryError as error:
            return list(error.problems)
        return [problem for problem in problems if problem.severity == "error"]


def said(columns: DocumentLines, vocabulary: Vocabulary) -> dict[str, Any]:
    """Everything that columns say, bit for bit."""
    terms, places = list(map(repr, vocabulary.terms)), list(vocabulary.places)
    nan = np.isnan(columns.activity_gsd2)
    establishment = columns.establishment
    return {
        "head": [repr(getattr(establishment, name)) for name in establishment.__slots__ if name != "digest"],
        "terms": [terms[code] for code in columns.term],
        "places": [places[code] for code in columns.place],
        "where": (columns.section.tolist(), columns.position.tolist()),
        "quantity": columns.quantity.tobytes(),
        "gsd2": (nan.tobytes(), columns.activity_gsd2[~nan].tobytes()),
        "ids": list(columns.ids),
        "spends": [(number, terms[code], repr(amount)) for number, code, amount in columns.spends],
    }


@pytest.fixture(scope="module")
def ways() -> Ways:
    return Ways()


def test_what_every_field_says_is_read_the_fast_way(ways: Ways) -> None:
    assert ways.agree(document(PLAIN, FULL, CREDIT, MONEY))
    assert ways.agree(document(line(id='"z"')))
    assert ways.agree(b" " + document(PLAIN) + b"\n\t\r ")


SHARED = (
    '"schema_version":"1.2","establishment":{"name":"H","region":"11","finess_ej":"690781810"},'
    '"period":{"start":"2024-01-01","end":"2024-12-31"},"shared_services":{"received":[{"service":"laundry",'
    '"provider":{"finess_ej":"750712184"},"lines":%s}],"provided":[{"service":"it","recipients":'
    '[{"finess_et":"750100125"}]}]}'
)


def test_shared_services_are_read_the_fast_way_with_the_places_of_their_lines(ways: Ways) -> None:
    # "b" is the end of another id too, and the start of a third; "é" is written with an escape
    waste = ",".join(line(id=f'"{name}"') for name in ("ab", "blue", "b"))
    energy = line(id='"\\u00e9"')
    text = f'{{{SHARED % json.dumps(["b", "é"])},"waste":[{waste}],"energy":[{energy}]}}'.encode()
    assert ways.agree(text)
    accepted = ways.acceptor.accept(text, "file", "digest")
    assert accepted is not None
    (received,) = accepted[0].establishment.shared_services["received"]
    assert received["places"] == [[SECTIONS.index("waste"), 2], [SECTIONS.index("energy"), 0]]


@pytest.mark.parametrize(
    ("lines", "code"), [(["c"], "shared-line-unknown"), (["a", "a"], "shared-line-twice"), ([], "too-few")]
)
def test_what_is_wrong_with_shared_services_is_left_to_the_careful_way(ways: Ways, lines: Any, code: str) -> None:
    text = document(PLAIN, head=SHARED % json.dumps(lines))
    assert not ways.agree(text)
    assert [problem.code for problem in ways.carefully(text)] == [code]


def test_shared_services_take_two_levels_more() -> None:
    text = document(PLAIN, head=SHARED % '["a"]')
    assert [Ways(Limits(depth=depth)).agree(text) for depth in (5, 6)] == [False, True]


def test_what_an_establishment_says_of_its_gases_is_read_the_fast_way(ways: Ways) -> None:
    said_of_gases = (
        '"activity":{"anaesthesias":30000},'
        '"measured_gas_use":[{"gas":"nitrous-oxide","quantity":1.5,"unit":"kg","evidence":"ventilators"}],'
    )
    assert ways.agree(document(PLAIN, head=HEAD.replace('"beds":12,', said_of_gases + '"beds":12,')))


@pytest.mark.parametrize("size", range(1, 18))
def test_documents_of_any_size_are_read(ways: Ways, size: int) -> None:
    """Words of eight bytes never reach beyond the text."""
    assert ways.agree(document(line(comment=json.dumps("x" * size))))
    assert ways.agree(document(line(factor=json.dumps("é" * size))) + b" " * size)


def test_many_lines_that_say_as_little_as_they_can(ways: Ways) -> None:
    lines = [f'{{"id":"{number}","factor":"x","quantity":1,"unit":"t"}}' for number in range(1000)]
    assert ways.agree(document(*lines))
    assert ways.agree(document(*(line(id=f'"{number}"', factor=f'"{number}"') for number in range(1000))))


def test_long_values_and_long_documents_after_short_ones(ways: Ways) -> None:
    assert ways.agree(document(line(comment=json.dumps("é\n" * 1000), evidence=json.dumps("x" * 500))))
    assert ways.agree(document(line(unit='"kWh"' + " " * 100_000)))
    assert ways.agree(document(line(quantity="0." + "0" * 5000 + "1")))
    assert ways.acceptor.accept(document(line(factor=json.dumps("x" * 100_000))), "", "") is None


def test_sections_in_any_order(ways: Ways) -> None:
    text = f'{{"water":[{MONEY}],"food":[],"energy":[{PLAIN},{CREDIT}],{HEAD}}}'.encode()
    assert ways.agree(text)
    assert ways.acceptor.accept(text.replace(b'"food"', b'"water"'), "", "") is None
    assert ways.acceptor.accept(text.replace(b'"food"', b'"w\\u0061ter"'), "", "") is None


REFUSED = {
    "duplicate id": document(PLAIN, PLAIN),
    "duplicate id, escaped": document(PLAIN, line(id='"\\u0061"')),
    "duplicate key": document(line(id='"a","id":"a"')),
    "duplicate key, escaped": document(line(unit='"kWh","un\\u0069t":"t"')),
    "duplicate key in code": document(CODE.replace('"1"', '"1","v\\u0061lue":"2"')),
    "duplicate key in spend": document(line(spend='{"factor":"s","quantity":1,"quantity":1,"unit":"EUR"}')),
    "duplicate note": document(line(quality='{"technical":1,"technical":1}')),
    "duplicate member of the head": document(PLAIN, head=HEAD + ',"method":{}'),
    "duplicate key in the head": document(PLAIN, head=HEAD.replace('"beds":12', '"beds":12,"beds":13')),
    "account counted twice": document(MONEY, line(account='"611"')),
    "account counted twice, escaped": document(MONEY, line(account='"\\u0036\\u00311"')),
    "unknown site": document(line(site='"S3"')),
    "bought later": document(line(acquisition_year="2025", amortisation_years="5")),
    "no amortisation": document(line(acquisition_year="2020")),
    "positive credit": document(line(credit="true")),
    "negative quantity": document(line(quantity="-1")),
    "factor and code": document(line(code='{"system":"CAS","value":"1"}')),
    "neither factor nor code": document('{"id":"a","quantity":1,"unit":"t"}'),
    "unknown member": document(PLAIN, head=HEAD + ',"more":1'),
    "unknown field": document(line(more="1")),
    "unknown unit": document(line(unit='"kwhh"')),
    "wrong code": document(FULL.replace("28432", "28433")),
    "no lines": document(),
    "list in a list": document("[" + PLAIN + "]"),
    "trailing comma": document(PLAIN + ","),
    "no comma": document(PLAIN + PLAIN),
    "text after": document(PLAIN) + b"x",
    "zero after": document(PLAIN) + b"\0",
    "two marks": b"\xef\xbb\xbf" * 2 + document(PLAIN),
    "comment": document(PLAIN + "/* */"),
    "deep": document(line(code="[" * 2000 + "]" * 2000)),
    "backwards": document(PLAIN, head=HEAD.replace("2024-12-31", "2023-12-31")),
    **{f"quantity {value}": document(line(quantity=value)) for value in (
        "NaN", "Infinity", "1e400", "01", "+1", ".5", "5.", "1e", "1e+", "--1", "-", "0x1", "1_0", "1 1", "true",
        "null", '"1"', "[]", "{}", "1.1e15", "1" + "0" * 40, "1000000000000000.2",
    )},
    **{f"uncertainty {value}": document(line(uncertainty=value)) for value in ("-1", "1e4", "null", "1e400", "-1e-3")},
    **{f"notes {value}": document(line(quality=value)) for value in (
        '{"technical":0}', '{"technical":6}', '{"technical":1.5}', '{"technical":01}', '{"techn":1}', "[]", "null",
        '{"technical":1,}', '{"technical":"1"}', '{"technical":true}', '{"technical":12}', '{,}', '{"technical":1]',
    )},
    **{f"spend {value}": document(line(spend=f'{{"factor":"s",{value}}}')) for value in (
        '"unit":"EUR"', '"quantity":1', '"quantity":-1,"unit":"EUR"', '"quantity":true,"unit":"EUR"',
        '"quantity":1e400,"unit":"EUR"', '"quantity":1.1e15,"unit":"EUR"', '"quantity":1,"unit":"x"',
        '"quantity":1,"unit":"EUR","more":1', '"quantity":1,"unit":"EUR",',
    )},
    **{f"text {value!r}": document(line(factor=f'"{value}"')) for value in (
        "", "x" * 201, "é" * 201, "\\u00e9" * 201, "\n", "\x7f", "\x01", "\0", "\\u0000", "\\u001F", "\\u007f", "\\n",
        "\\x", "\\u12", "\\u123g", "\\U0041", "\ud800", "\\ud800", "\\udc00", "\\",
    )},
    **{f"bytes {value!r}": document(line(factor='"@"')).replace(b"@", value) for value in (
        b"\xff", b"\x80", b"\xc3", b"\xc0\xaf", b"\xc1\xbf", b"\xe2\x82", b"\xe0\x80\xaf", b"\xed\xa0\x80",
        b"\xf0\x9f\x98", b"\xf0\x80\x80\xaf", b"\xf4\x90\x80\x80", b"\xf5\x80\x80\x80", b"\xe9",
    )},
}  # fmt: skip


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_what_the_careful_way_refuses_is_left_to_it(ways: Ways, text: bytes) -> None:
    assert ways.carefully(text)
    assert ways.acceptor.accept(text, "file", "digest") is None
    assert ways.agree(document(PLAIN, FULL))  # and it remembers nothing wrong


ACCEPTED = (
    *(line(quantity=value) for value in (
        "-0", "-0.0", "-0e9", "0.1e1", "1E5", "1e+5", "1e-400", "1e15", "9007199254740993e-2", "1234567890123456789e-9",
        "9007199254740992e-22", "1e-23", "5e-324", "123456789012345678e-5", "0.30000000000000004", "999999999999999.9",
    )),
    *(line(uncertainty=value, quality='{"temporal":1}') for value in ("0", "-0.0", "1e3", "12.3456789012345678901")),
    *(line(price_year=value) for value in ("2020", "2020.0", "2.02e3")),
    *(line(factor=f'"{value}"') for value in ("x" * 200, "é" * 200, "\\u00e9" * 200, "😀" * 200, "\u2028\ufeff\x80")),
    line(comment='"\\u0000\\n\\u007f"'),
    line(spend='{"factor":"s","qu\\u0061ntity":-0.0,"unit":"\\u0045UR"}'),
    line(vat_percent="-0.0", occupancy="1e0", market_based_kgco2e_per_kwh="-0"),
    line(quality='{ "completeness" :\n1 , "reliability":5}'),
    line(site='"\\u00e91"', account='"\\u0036"'),
    line(credit="true", quantity="0"),
    line(operated="true ", paid="\nfalse"),
)  # fmt: skip


@pytest.mark.parametrize("text", ACCEPTED, ids=range(len(ACCEPTED)))
def test_spellings_that_are_valid_are_read_as_the_careful_way_does(ways: Ways, text: str) -> None:
    assert ways.carefully(document(text)) == []
    ways.agree(document(text))
    ways.agree(document(text.replace('"id":"a"', '"id":"b"'), PLAIN))


def test_minus_zero_is_zero_either_way(ways: Ways) -> None:
    for number in ("-0.0", "-0", "-1e-400"):
        columns, _ = ways.acceptor.accept(document(line(quantity=number, vat_percent=number)), "", "")  # type: ignore[misc]
        assert not np.signbit(columns.quantity[0])
        term = list(ways.fast.terms)[columns.term[0]]
        assert not np.signbit(term.vat_percent)


def test_a_document_cut_anywhere_is_left_to_the_careful_way(ways: Ways) -> None:
    text = document(FULL, CREDIT)
    assert ways.agree(text)
    assert not any(ways.acceptor.accept(text[:end], "", "") for end in range(len(text)))


@settings(max_examples=100)
@given(
    st.lists(
        st.one_of(
            st.floats(0, 1e15).map(repr),
            st.integers(0, 10**15).map(str),
            st.tuples(st.integers(0, 10**19), st.integers(5, 40)).map(lambda parts: f"{parts[0]}E-{parts[1]}"),
            st.tuples(st.integers(0, 10**9).map(str), st.text("0123456789", min_size=1, max_size=25)).map(".".join),
        ),
        min_size=1,
        max_size=50,
    )
)
def test_numbers_are_those_of_python(ways: Ways, numbers: list[str]) -> None:
    lines = [line(id=f'"{place}"', quantity=number) for place, number in enumerate(numbers)]
    accepted = ways.acceptor.accept(document(*lines), "", "")
    assert accepted
    assert accepted[0].quantity.tolist() == list(map(float, numbers))


def test_limits_hold_for_both_ways() -> None:
    text = document(FULL, PLAIN)
    assert [Ways(Limits(depth=depth)).agree(text) for depth in (1, 3, 4, 6)] == [False, False, True, True]
    assert [Ways(Limits(lines=lines)).agree(text) for lines in (1, 2)] == [False, True]


def test_a_section_is_no_longer_than_the_schema_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    assert accepting._longest_section() == schema()["properties"]["energy"]["maxItems"]
    monkeypatch.setattr(accepting, "_longest_section", lambda: 2)
    ways = Ways()
    assert ways.agree(document(PLAIN, CREDIT))
    assert ways.acceptor.accept(document(PLAIN, CREDIT, FULL), "", "") is None


def _scan_beyond_guards(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the scanner write to arrays that something stands behind, which must stay as it is."""
    scan = accepting.scanner.scan
    guards: list[Any] = []

    def guarded(value: Any) -> Any:
        if isinstance(value, np.ndarray) and value.flags.writeable:
            room = np.full(value.nbytes + 64, 0xA5, dtype=np.uint8)
            inner = room[: value.nbytes].view(value.dtype).reshape(value.shape)
            inner[:] = value
            guards.append((value, inner, room[value.nbytes :]))
            return inner
        if isinstance(value, tuple):
            inside = [guarded(part) for part in value]
            return type(value)(*inside) if hasattr(value, "_fields") else tuple(inside)
        return value

    def scan_guarded(*arguments: Any) -> Any:
        guards.clear()
        count = scan(*map(guarded, arguments))
        for value, inner, behind in guards:
            assert (behind == 0xA5).all()
            value[:] = inner
        return count

    monkeypatch.setattr(accepting.scanner, "scan", scan_guarded)


def test_the_scanner_writes_to_its_arrays_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    _scan_beyond_guards(monkeypatch)
    ways = Ways()
    for count in (1, 2, 3, 7, 1000):
        texts = [line(id=f'"{n}"', factor=f'"{n}"', site='"S1"', account=f'"{n}"') for n in range(count)]
        assert ways.agree(document(*texts))
    assert ways.agree(document(*(f'{{"id":"{n}","factor":"x","quantity":1,"unit":"t"}}' for n in range(1000))))
    assert ways.agree(document(FULL, CREDIT, MONEY))
    assert ways.agree(document(line(unit='"t"' + " " * 50_000)))
    for text in REFUSED.values():
        assert ways.acceptor.accept(text, "", "") is None


PIECES = (
    b"{", b"}", b"[", b"]", b",", b":", b'"', b"\\", b" ", b"\n", b"\0", b"\x0b", b"\xff", b"\xc3", b"\xef\xbb\xbf",
    b"\x7f", b"null", b"true", b"0", b"-", b".", b"1e400", b"\\u0061", b"\\ud800",
    b'"id":"a",', b'"unit":', "é😀".encode(),
)  # fmt: skip


def mutations(count: int) -> Iterator[bytes]:
    choose = random.Random(20240229)
    named = [text.replace('"id":"a"', f'"id":"{number}"') for number, text in enumerate(ACCEPTED)]
    lines = [PLAIN, FULL, CREDIT, MONEY, *named]
    for _ in range(count):
        text = bytearray(document(*choose.sample(lines, k=choose.randrange(1, 4))))
        for _ in range(choose.choice((1, 1, 2, 3))):
            at = choose.randrange(len(text))
            match choose.randrange(5):
                case 0:
                    text[at:at] = choose.choice(PIECES)
                case 1:
                    del text[at : at + choose.choice((1, 1, 2, 8))]
                case 2:
                    text[at] = choose.randrange(256)
                case 3:
                    begin = choose.randrange(len(text))
                    text[at:at] = text[begin : begin + choose.randrange(40)]
                case _:
                    text[at : at + 1] = choose.choice(PIECES)
        yield bytes(text)


def test_whatever_the_fast_way_accepts_the_careful_way_accepts(ways: Ways) -> None:
    accepted = sum(map(ways.agree, mutations(8000)))
    assert accepted > 100
