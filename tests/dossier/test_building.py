import hashlib
import json
import os
import zipfile
from pathlib import Path

import jsonschema
import orjson
import pytest

from decarb.dossier import Request, build_dossier
from decarb.dossier.archive import read_archive
from decarb.errors import DecarbError, UsageError
from decarb.footprint import compute_footprint
from decarb.inventory import read_inventory
from decarb.report.result import result_document
from tests.dossier.dossiers import ROOT, small


def test_same_inputs_same_bytes(tmp_path: Path) -> None:
    first, path = small(tmp_path)
    assert build_dossier(Request((str(tmp_path / "small.json"),))).content == first.content
    members = zipfile.ZipFile(path).infolist()
    assert {member.date_time for member in members} == {(1980, 1, 1, 0, 0, 0)}
    assert members[0].filename == "manifest.json"
    names = [member.filename for member in members[1:]]
    assert names == sorted(names)


def test_it_holds_the_document_as_it_came_and_the_result_of_the_engine(tmp_path: Path) -> None:
    dossier, path = small(tmp_path)
    members = read_archive(path)
    source = tmp_path / "small.json"
    assert members["inventories/1-small.json"] == source.read_bytes()
    # the same figures as the engine in this process, but for the path that the document is known by
    result = orjson.loads(members["result.json"])
    here = result_document(compute_footprint(read_inventory(source)))
    assert orjson.dumps(result) == orjson.dumps(here)
    assert hashlib.sha256(members["manifest.json"]).hexdigest() == dossier.manifest_sha256


def test_manifest_agrees_with_its_schema_and_lists_every_member(tmp_path: Path, schemas: Path) -> None:
    _, path = small(tmp_path)
    members = read_archive(path)
    manifest = json.loads(members["manifest.json"])
    schema = json.loads((schemas / "dossier.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(manifest, schema)
    jsonschema.validate(json.loads(members["options.json"]), {**schema["$defs"]["options"], "$defs": schema["$defs"]})
    listed = {member["name"]: member["sha256"] for member in manifest["members"]}
    assert listed == {
        name: hashlib.sha256(content).hexdigest() for name, content in members.items() if name != "manifest.json"
    }


def test_it_pins_the_whole_packaged_library(tmp_path: Path) -> None:
    _, path = small(tmp_path)
    members = read_archive(path)
    for name in ("factors", "parts", "gwp", "sources"):
        assert members[f"library/decarb/{name}.csv"] == (ROOT / f"emission_factors/{name}.csv").read_bytes()
    assert "library/decarb/medicines/presentations.csv" in members


def test_refusals_name_the_file_that_was_given(tmp_path: Path) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text('{"schema_version": "1.0"}', encoding="utf-8")
    with pytest.raises(DecarbError) as refused:
        build_dossier(Request((str(bad),)))
    assert {problem.file for problem in refused.value.problems} == {str(bad)}
    assert "missing-field" in {problem.code for problem in refused.value.problems}


def test_who_has_no_decarb_is_told_what_is_in_it(tmp_path: Path) -> None:
    _, path = small(tmp_path, language="fr")
    said = read_archive(path)["README.txt"].decode()
    assert "Ce dossier contient une empreinte carbone" in said
    assert "ssh-keygen -Y verify" in said
    for member in ("manifest.json", "options.json", "result.json", "lines.csv", "report.txt"):
        assert member in said


@pytest.mark.skipif(os.name == "nt", reason="no such names there")
def test_a_library_whose_name_not_every_system_can_write_is_refused(tmp_path: Path) -> None:
    small(tmp_path)
    own = tmp_path / "prix: 2024.csv"
    own.write_text("id\n", encoding="utf-8")
    with pytest.raises(UsageError) as refused:
        build_dossier(Request((str(tmp_path / "small.json"),), (str(own),)))
    assert refused.value.problems[0].code == "name-not-portable"
