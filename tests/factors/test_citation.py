"""What a citation says, and that BibTeX can read it."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import decarb
from decarb.errors import UsageError
from decarb.factors import load_factors
from decarb.factors.citation import bibtex, citation, publications
from decarb.factors.records import Source

LIBRARY = load_factors()


def with_source(**fields):
    source = replace(LIBRARY.sources["base-carbone-23.6"], **fields)
    return replace(LIBRARY, sources={source.id: source})


def entries(text):
    """Fields of each entry by key, as a reader of BibTeX takes them: braces counted, backslashes or not."""
    found, position = {}, 0
    while (start := text.find("@misc{", position)) >= 0:
        comma = text.index(",", start)
        key, fields, position = text[start + 6 : comma], {}, comma + 1
        while named := re.compile(r"\s*(\w+) = ").match(text, position):
            depth, begin = 0, named.end()
            for position in range(begin, len(text)):
                depth += {"{": 1, "}": -1}.get(text[position], 0)
                if not depth:
                    break
            fields[named[1]] = text[begin + 1 : position]
            position += 2  # the brace and its comma
        assert text[position : position + 3] == "\n}\n", text[position - 40 : position + 10]
        assert key not in found
        found[key] = fields
    return found


# --- text -----------------------------------------------------------------------------------------------


def test_every_layer_is_cited_with_its_version_day_and_digest():
    lines = citation(LIBRARY).splitlines()
    (layer,) = LIBRARY.layers
    assert lines[0].startswith(f"decarb {decarb.__version__}, ")
    assert lines[1] == (
        f"decarb factor library {layer.version} ({layer.released}): {layer.factors} factors, sha256 {layer.digest}."
    )
    assert LIBRARY.digest in lines[2]


def test_every_publication_is_cited_with_its_licence_and_attribution():
    text = citation(LIBRARY)
    for source in LIBRARY.sources.values():
        (line,) = [line for line in text.splitlines() if line.startswith(f"- {source.title}.")]
        for said in (source.publisher, source.version, source.date, source.url, source.licence, source.attribution):
            assert said in line


def test_the_text_in_french():
    lines = citation(LIBRARY, ["electricity-fr-2024"], "fr").splitlines()
    assert "Base Carbone. ADEME." in lines[-1]
    assert len(lines) == len(citation(LIBRARY, ["electricity-fr-2024"]).splitlines())


@pytest.mark.parametrize("name", ["electricity-fr-2024", "base-carbone:43642", "electricity-fr"])
def test_a_factor_an_alias_or_a_series_keeps_its_publications_only(name):
    assert [source.id for source in publications(LIBRARY, [name])] == ["base-carbone-23.6"]


def test_a_blend_rests_on_its_gwp_and_its_composition_too():
    # 40 CFR 98 gives the AR4 of none of its two components
    found = {source.id for source in publications(LIBRARY, ["r410a"])}
    assert found == {"base-carbone-23.6", "ipcc-gwp-table", "ashrae-34-2019"}


def test_a_released_gas_rests_on_its_gwp_in_every_set():
    found = {source.id for source in publications(LIBRARY, ["desflurane"])}
    figures = {figure.source for (name, _), figure in LIBRARY.gwp.items() if name == "desflurane"}
    assert found == {LIBRARY.by_id["desflurane"].source} | figures


def test_an_unknown_name_is_refused_with_all_the_others():
    with pytest.raises(UsageError) as caught:
        citation(LIBRARY, ["electricity-fr-2024", "electricity-fr-2042", "nothing-like-it"])
    assert [problem.parameters["value"] for problem in caught.value.problems] == [
        "electricity-fr-2042",
        "nothing-like-it",
    ]


def test_a_layer_of_your_own_is_cited_by_its_name_and_digest(tmp_path):
    path = tmp_path / "our-factors.csv"
    path.write_text("id,name,unit,value,activity,source\nours,Ours,kg,1,laundry,Supplier 2025\n", encoding="utf-8")
    library = load_factors(path)
    text = citation(library, ["ours"])
    assert f"our-factors: 1 factors, sha256 {library.layers[1].digest}.\n" in text
    assert text.endswith("- Supplier 2025.\n")  # its own attribution is not said twice


# --- BibTeX ---------------------------------------------------------------------------------------------


def test_bibtex_has_an_entry_for_the_software_each_layer_and_each_publication():
    found = entries(bibtex(LIBRARY))
    (layer,) = LIBRARY.layers
    assert list(found) == [
        f"decarb-{decarb.__version__}",
        f"decarb-factors-{layer.version}",
        *LIBRARY.sources,
    ]
    ours = found[f"decarb-factors-{layer.version}"]
    assert (ours["year"], ours["month"]) == tuple(layer.released.split("-")[:2])
    assert layer.digest in ours["note"]
    base = found["base-carbone-23.6"]
    assert (base["author"], base["title"], base["year"]) == ("{ADEME}", "{Base Carbone}", "2025")
    assert base["url"] == "https://data.ademe.fr/datasets/base-carboner"
    assert all(re.fullmatch(r"\d{4}", fields["year"]) for fields in found.values() if "year" in fields)


def test_special_characters_are_escaped_and_an_address_is_verbatim():
    (fields,) = list(
        entries(
            bibtex(with_source(title="R&D_{50 %} #1 ~ ^ $ \\", url="https://x.org/a%20b_{c}")),
        ).values()
    )[2:]
    assert fields["title"] == (
        r"{R\&D\_\textbraceleft{}50 \%\textbraceright{} \#1 \textasciitilde{} \textasciicircum{} \$ \textbackslash{}}"
    )
    assert fields["url"] == "https://x.org/a%20b_%7Bc%7D"


TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40)


@given(st.builds(Source, *[TEXTS] * 9), st.builds(Source, *[TEXTS] * 9))
def test_any_publication_gives_entries_that_can_be_read(one, two):
    library = replace(LIBRARY, sources={"one": one, "two": two})
    found = entries(bibtex(library))
    assert len(found) == 4
    assert all(re.fullmatch(r"[A-Za-z0-9.:_-]+", key) for key in found)


def test_a_factor_is_cited_with_its_value_and_its_element():
    text = load_factors().citation(["electricity-fr-2024"])
    assert (
        "- electricity-fr-2024: Electricity, France mainland, average mix 2024. 0.0519 kg CO2e/kWh. "
        "base-carbone:43642 2025-04-24.\n"
    ) in text
