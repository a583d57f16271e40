"""A footprint as a workbook: the regulatory tables, the data points of ESRS and VSME, lines, factors, method."""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from decarb import __version__
from decarb.errors import Problem, UsageError
from decarb.footprint import Footprint
from decarb.language import mark
from decarb.report.disclosures import DisclosurePoint, disclosure_points, energy_left_out
from decarb.report.labels import SECTIONS
from decarb.report.line_posts import line_posts
from decarb.report.regulatory_sheet import Columns, SplitRange, TableSheet, gas_columns, table_sheet
from decarb.report.result import result_document
from decarb.report.sheets import PLAIN, ROWS, TONNES, Cell, Formula, Sheet, reference, workbook_of
from decarb.report.words import Words

_VIEWS = {"beges": "BEGES-R v5", "ghg-protocol": "GHG Protocol", "iso": "ISO 14064-1"}
_EXACT = "0.0###############"
_LINES = mark("Lines")
_SPLIT = mark("Lines by post")


def footprint_workbook(footprint: Footprint, language: str) -> bytes:
    """Workbook of a footprint [t CO2e], its totals live; the same bytes for the same result.

    Raises
    ------
    UsageError
        If the lines do not fit in a sheet.
    """
    words = Words(language)
    split, known = _split_sheet(footprint, words)
    lines = _lines_sheet(footprint, words)
    tables = {name: table_sheet(footprint, name, title, known, words) for name, title in _VIEWS.items()}
    tables["beges"] = tables["beges"].with_control(lines.title, _EMISSIONS_COLUMN, words)
    points = list(disclosure_points(footprint))
    document = result_document(footprint, language=language, lines=False)
    sheets = [
        _cover(footprint, tables["beges"], document, words),
        *(table.sheet for table in tables.values()),
        _points_sheet(footprint, "ESRS E1", points, tables["ghg-protocol"], words),
        _points_sheet(footprint, "VSME", points, tables["ghg-protocol"], words),
        *_differences_sheet(footprint, words),
        lines,
        split,
        _factors_sheet(document["factors"], words),
        _sources_sheet(footprint, document["factors"], words),
        *_warnings_sheet(document, words),
        _method_sheet(footprint, words),
    ]
    last = max(establishment.end for establishment in footprint.inventory.establishments)
    return workbook_of(sheets, datetime.date.fromisoformat(last))


def _split_sheet(footprint: Footprint, words: Words) -> tuple[Sheet, SplitRange]:
    """Gases of each line in each row it reports in: what every table sums."""
    columns: Columns = gas_columns(words)
    inventory = footprint.inventory
    names = [establishment.name for establishment in inventory.establishments]
    rows: list[list[Cell]] = []
    _check_rows(len(inventory))  # a nation's are not even looked at
    for found in line_posts(footprint):
        keys = [f"{prefix} {found.rows[name]}" if found.rows[name] else "" for name, prefix in SplitRange.PREFIXES]
        where = [names[inventory.establishment[found.line]], inventory.ids[found.line]]
        rows.append([*where, *keys, *(column.tonnes(found.gases) for column in columns)])
    _check_rows(len(rows))
    header = [words.say(mark("Establishment")), words.say(mark("Line"))]
    header += [_VIEWS[name] for name, _ in SplitRange.PREFIXES] + [column.title for column in columns]
    title = words.say(_SPLIT)
    sheet = Sheet(title, header, rows, TONNES, frozen_columns=2)
    return sheet, SplitRange(title, len(rows))


def _check_rows(count: int) -> None:
    if count >= ROWS:
        raise UsageError([Problem("report-too-many-rows", {"value": count, "limit": ROWS - 1})])


_EMISSIONS_COLUMN = 12


def _lines_sheet(footprint: Footprint, words: Words) -> Sheet:
    """One row per line, refused ones too: they have no emissions, not zero."""
    header = [
        words.say(title)
        for title in (
            mark("Establishment"), mark("Section"), mark("Line"), mark("Quantity"), mark("Unit"), mark("Basis"),
            mark("Factor"), mark("Quantity in the factor's unit"), mark("Factor's unit"), mark("Source"),
            mark("Ratio of the 97.5 % quantile to the median"), mark("Status"), mark("t CO2e"),
            mark("t CO2e, GHG Protocol"), mark("Comment"),
        )
    ]  # fmt: skip
    status = {"computed": words.say(mark("computed")), "refused": words.say(mark("refused"))}
    remarks = footprint.inventory.remarks
    rows: list[list[Cell]] = [
        [
            record["establishment"], words.say(SECTIONS[record["section"]]), record["line"],
            record["quantity"], record["unit"], record["basis"], record["factor"],
            record["factor_quantity"], record["factor_unit"],
            " ".join(filter(None, (record["source"], record["source_id"]))),
            record["gsd2"], status[record["status"]],
            _tonnes(record["emissions_kgco2e"]), _tonnes(record["ghg_protocol_kgco2e"]),
            _remarks(remarks.get(number, {})),
        ]
        for number, record in enumerate(footprint.line_records())
    ]  # fmt: skip
    formats = {3: _EXACT, 7: _EXACT, 10: "0.00"}
    return Sheet(words.say(_LINES), header, rows, TONNES, formats, frozen_columns=3)


def _remarks(said: Mapping[str, Any]) -> str:
    return " — ".join(str(said[name]) for name in ("evidence", "comment") if said.get(name))


def _tonnes(kilograms: float | None) -> float | None:
    return None if kilograms is None else kilograms / 1000


def _cover(footprint: Footprint, table: TableSheet, document: Mapping[str, object], words: Words) -> Sheet:
    establishments = footprint.inventory.establishments
    interval = document["interval_95_kgco2e"]
    assert isinstance(interval, list)
    total = Formula("=" + reference(table.sheet.title, table.total_row, table.total_column), table.total)
    rows: list[list[Cell]] = []
    for one in establishments:
        rows.append([words.say(mark("Establishment")), one.name])
        rows += [
            [name, str(one.identity[name])] for name in ("finess_ej", "finess_et", "siret") if name in one.identity
        ]
        rows.append([words.say(mark("Period")), f"{one.start} … {one.end}"])
        rows.append([words.say(mark("sha256 of the inventory")), one.digest])
    if footprint.is_partial:
        rows.append([words.say(mark("Partial")), words.say(mark("PARTIAL: refused lines are left out"))])
    coverage = footprint.coverage
    missing = [words.say(SECTIONS[name]) for name in coverage["sections_without_lines"]]
    rows += [
        [words.say(mark("Total, BEGES-R v5 [t CO2e]")), total],
        [words.say(mark("95 % interval, low [t CO2e]")), interval[0] / 1000],
        [words.say(mark("95 % interval, high [t CO2e]")), interval[1] / 1000],
        [words.say(mark("Lines computed")), f"{coverage['computed']} / {coverage['lines']}"],
        [words.say(mark("Sections without lines")), ", ".join(missing)],
        [words.say(mark("GWP set")), footprint.binding.gwp_set],
    ]
    for layer in footprint.library.layers:
        rows.append([words.say(mark("Factor library")), f"{layer.name} {layer.version} {layer.digest}"])
    rows.append(["decarb", __version__])
    warnings = document["warnings"]
    assert isinstance(warnings, list)
    rows.append([words.say(mark("Warnings")), str(len(warnings))])
    return Sheet(words.say(mark("Cover")), [words.say(mark("Footprint")), words.say(mark("Value"))], rows, TONNES)


def _points_sheet(
    footprint: Footprint, standard: str, points: Sequence[DisclosurePoint], table: TableSheet, words: Words
) -> Sheet:
    """Data points of a standard; what the inventory does not know is said to be unknown."""
    header = [mark("Data point"), mark("Paragraph"), mark("Name"), mark("Value"), mark("Unit"), mark("Remark")]
    rows: list[list[Cell]] = []
    place: dict[str, int] = {}
    for point in points:
        if point.standard == standard:
            place[point.measure] = len(rows)
            value = _live(point, table, place)
            remark = _remark(footprint, point, words)
            rows.append([point.id, point.paragraph, point.name(words.language), value, point.unit, remark])
    rows.append(["", "", words.say(mark(
        "ESRS: Delegated Regulation (EU) 2023/2772, identifiers of the EFRAG list of data points; VSME: EFRAG, "
        "December 2024."
    ))])  # fmt: skip
    return Sheet(standard, [words.say(title) for title in header], rows, TONNES)


def _live(point: DisclosurePoint, table: TableSheet, place: Mapping[str, int]) -> Cell:
    """Value of a data point: a formula over the table of the GHG Protocol where it is one of emissions."""
    if point.value is None:
        return None
    kind, _, scope = point.measure.partition("_")
    if kind in ("scope", "biogenic") and scope in table.group_rows:
        column = table.total_column if kind == "scope" else table.biogenic_column
        return Formula("=" + reference(table.sheet.title, table.group_rows[scope], column), point.value)
    here = {measure: f"D{row + 2}" for measure, row in place.items()}
    if point.measure == "total":
        return Formula("=SUM(" + ",".join(here[f"scope_{scope}"] for scope in ("1", "2", "3")) + ")", point.value)
    if point.measure == "total_market":
        return Formula(f"={here['total']}-{here['scope_2']}+{here['scope_2_market']}", point.value)
    return point.value


def _remark(footprint: Footprint, point: DisclosurePoint, words: Words) -> str:
    if point.value is None:
        return words.say(mark("not in the inventory: unknown, not zero"))
    if point.measure == "energy":
        return words.say(
            mark("energy of buildings on the lower heating value; {count} lines in litres, tonnes or euros, and the "
                 "fuels of vehicles, are not in it"),
            count=energy_left_out(footprint),
        )  # fmt: skip
    if point.measure in ("total", "total_market"):
        return words.say(mark("travel of patients and visitors has no category of the GHG Protocol: not in it"))
    if point.measure == "scope_2_market":
        return words.say(mark("lines without a contract's factor keep their location-based value"))
    return ""


def _warnings_sheet(document: Mapping[str, Any], words: Words) -> list[Sheet]:
    """What the reader should know of the lines, and the refusals, each with its place; no sheet where there is none."""
    titles = (mark("Line"), mark("Lines concerned"), mark("Kind"), mark("Warning"), mark("To do"))
    refused = [problem for refusal in document["refusals"] for problem in refusal["problems"]]
    rows: list[list[Cell]] = [
        [problem["line"], problem["count"], problem["severity"], problem["message"], problem["hint"]]
        for problem in (*refused, *document["warnings"])
    ]
    return [Sheet(words.say(mark("Warnings")), [words.say(title) for title in titles], rows)] if rows else []


def _differences_sheet(footprint: Footprint, words: Words) -> list[Sheet]:
    """Lines that the GHG Protocol books otherwise than BEGES and ISO, where there is one."""
    titles = (
        mark("Establishment"), mark("Line"), mark("t CO2e, BEGES and ISO"), mark("t CO2e, GHG Protocol"),
        mark("Difference\nt CO2e"), mark("Reason"),
    )  # fmt: skip
    reason = words.say(mark("an asset: whole in its year of purchase, or over its years of amortisation"))
    rows: list[list[Cell]] = []
    for number, one in enumerate(footprint.differences(), start=2):
        beges, ghg = one["beges_kgco2e"] / 1000, one["ghg_protocol_kgco2e"] / 1000
        difference = Formula(f"=D{number}-C{number}", ghg - beges)
        rows.append([one["establishment"], one["line"], beges, ghg, difference, reason])
    header = [words.say(title) for title in titles]
    return [Sheet(words.say(mark("Differences between views")), header, rows, TONNES, frozen_columns=2)] if rows else []


def _factors_sheet(factors: Sequence[Mapping[str, object]], words: Words) -> Sheet:
    name = "name_fr" if words.language == "fr" else "name_en"
    fields = {
        "id": mark("Factor"), name: mark("Name"), "value_kgco2e": mark("kg CO2e per unit"), "unit": mark("Unit"),
        "basis": mark("Basis"), "price_year": mark("Price year"), "geography": mark("Place"),
        "data_year": mark("Year of the data"), "valid_to": mark("Valid until"),
        "gsd2": mark("Ratio of the 97.5 % quantile to the median"),
        "uncertainty_origin": mark("Uncertainty rests on"), "status": mark("Status"), "source": mark("Source"),
        "source_id": mark("Identifier at the source"), "source_date": mark("Date of the source"),
        "layer": mark("Library"),
    }  # fmt: skip
    rows = [[_plain(factor[field]) for field in fields] for factor in factors]
    formats = {2: _EXACT, 9: "0.00"}
    return Sheet(words.say(mark("Factors")), [words.say(title) for title in fields.values()], rows, PLAIN, formats,
                 frozen_columns=1)  # fmt: skip


def _plain(value: object) -> Cell:
    if isinstance(value, list | tuple):
        return " ".join(map(str, value))
    return value if isinstance(value, str | int | float) or value is None else str(value)


def _sources_sheet(footprint: Footprint, factors: Sequence[Mapping[str, object]], words: Words) -> Sheet:
    titles = (
        mark("Source"), mark("Title"), mark("Publisher"), mark("Version"), mark("Date"), mark("Address"),
        mark("Licence"), mark("Attribution"),
    )  # fmt: skip
    sources = footprint.library.sources
    used = sorted({str(factor["source"]) for factor in factors} & sources.keys())
    rows: list[list[Cell]] = [
        [one.id, one.title, one.publisher, one.version, one.date, one.url, one.licence, one.attribution]
        for one in (sources[name] for name in used)
    ]
    return Sheet(words.say(mark("Sources")), [words.say(title) for title in titles], rows)


def _method_sheet(footprint: Footprint, words: Words) -> Sheet:
    notes = "\n".join(_method(footprint, words))
    return Sheet(words.say(mark("Method")), [words.say(mark("Method note"))], [[line] for line in notes.split("\n")])


_METHOD = (
    mark("Emissions of a line = quantity × conversion to the factor's unit × sum of the factor's parts."),
    mark("A part of a factor reports in the post that activity, stage and control decide: a line may be in several."),
    mark("The tables sum the sheet of lines by post with formulas: edit it, and they follow. Intervals are values."),
    mark("Gases are in t CO2e with the 100-year GWPs of the set in use; CO2 b is biogenic CO2, in no total."),
    mark("“Not split” is what a source publishes without telling gases apart. A blank cell is unknown, never zero."),
    mark("Intervals hold 95 % and take the errors that lines share into account."),
    mark("Scope 2 is location-based. Avoided emissions and offsets are never netted."),
    mark("The GHG Protocol books assets whole in their year of purchase; BEGES and ISO over their amortisation."),
    mark("Emission factors are in the sheets of factors and of sources; their digest is on the cover."),
    mark("A dossier holds everything that the result was made from, and replays: decarb report --out dossier.zip."),
)


def _method(footprint: Footprint, words: Words) -> Iterator[str]:
    """What is counted and how, then what to cite."""
    yield from map(words.say, _METHOD)
    yield ""
    # the first paragraph: the library and its digests; factors and publications have sheets of their own
    yield footprint.library.citation([]).split("\n\n")[0]
