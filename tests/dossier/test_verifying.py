"""A dossier replays to the bit wherever it is, and nothing in it can be changed unseen."""

import hashlib
import stat
import zipfile
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decarb.dossier import Request, build_dossier, verify_dossier
from decarb.dossier.archive import ArchiveLimits, read_archive
from decarb.errors import InvalidDossierError
from tests.dossier.dossiers import another_decarb, archive_of, forged, refused, rewritten, run_in, small


@pytest.fixture(scope="module")
def dossier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small(tmp_path_factory.mktemp("dossier"))[1]


def test_it_replays_to_the_bit(dossier: Path) -> None:
    found = verify_dossier(dossier)
    assert found.is_same
    assert not found.differences
    assert not found.other_versions
    assert found.signer is None
    assert not found.has_newer_library


def test_it_replays_on_another_day(tmp_path: Path) -> None:
    # the page of the CHU has its adaptation checklist, in which answers age
    chu = Path(__file__).parents[2] / "examples" / "chu.json"
    written = {day: build_dossier(Request((str(chu),), day=day)).content for day in ("2026-11-22", "2027-06-30")}
    pages = set()
    for day, content in written.items():
        path = tmp_path / f"{day}.zip"
        path.write_bytes(content)
        assert verify_dossier(path).is_same
        page = read_archive(path)["report.html"].decode()
        assert day in page
        pages.add(page)
    assert len(pages) == 2


def test_after_a_library_upgrade_the_pinned_one_gives_the_same_bits(dossier: Path, tmp_path: Path) -> None:
    other = another_decarb(tmp_path)
    parts = other / "emission_factors" / "parts.csv"
    text = parts.read_text(encoding="utf-8")
    row = "electricity-fr-2024,1,combustion_at_plant,,0.035,,,,,,,,,,0.035,,,"
    assert row in text
    parts.write_text(text.replace(row, row.replace("0.035", "0.35")), encoding="utf-8")
    package = other / "emission_factors" / "datapackage.json"
    package.write_text(package.read_text(encoding="utf-8").replace('"digest": "', '"digest": "0'), encoding="utf-8")
    inventory = tmp_path / "inventory.json"
    inventory.write_bytes(read_archive(dossier)["inventories/1-small.json"])
    recorded = orjson.loads(read_archive(dossier)["result.json"])["total_kgco2e"]

    # what is packaged there gives another footprint ...
    there = run_in(other, "footprint", inventory, "--format", "json")
    assert abs(orjson.loads(there.stdout)["total_kgco2e"] / recorded - 1) > 0.1, there.stderr
    # ... and the dossier the same bits, and the way to preview the new library
    verified = run_in(other, "verify", dossier)
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert "replays to the bit" in verified.stdout
    assert "decarb factors diff" in verified.stdout


def test_another_engine_has_each_difference_reported(dossier: Path, tmp_path: Path) -> None:
    other = another_decarb(tmp_path)
    init = other / "src" / "decarb" / "__init__.py"
    init.write_text(init.read_text(encoding="utf-8").replace('"0.1.0"', '"0.2.0"'), encoding="utf-8")
    cells = other / "src" / "decarb" / "quality.py"
    text = cells.read_text(encoding="utf-8")
    changed = text.replace("UNKNOWN_GSD2", "UNKNOWN_GSD2", 1).replace("1 + percent / 100", "1 + percent / 50")
    assert changed != text
    cells.write_text(changed, encoding="utf-8")
    verified = run_in(other, "verify", dossier, "--format", "json")
    found = orjson.loads(verified.stdout)
    assert verified.returncode == 4, verified.stderr
    assert not found["same_bits"]
    assert found["engine"]["replayed"]["decarb"] == "0.2.0"
    places = {difference["place"]: difference for difference in found["differences"]}
    assert "/interval_95_kgco2e/1" in places
    assert places["/interval_95_kgco2e/1"]["relative"] > 0
    assert "/total_kgco2e" not in places
    shown = run_in(other, "verify", dossier)
    assert "Other version: decarb 0.1.0 then, 0.2.0 now" in shown.stdout
    assert "/interval_95_kgco2e/1: " in shown.stdout


def test_a_forged_result_is_found_though_every_digest_agrees(dossier: Path, tmp_path: Path) -> None:
    result = orjson.loads(read_archive(dossier)["result.json"])
    result["lines"][0]["emissions_kgco2e"] /= 2
    path = forged(dossier, tmp_path / "forged.zip", {"result.json": orjson.dumps(result)})
    found = verify_dossier(path)
    assert not found.is_same
    first = found.differences[0]
    assert (first.place, first.of) == ("/lines/0/emissions_kgco2e", "power")
    assert first.relative == pytest.approx(1.0)


def test_a_forged_library_is_found_though_its_stamp_says_nothing_changed(dossier: Path, tmp_path: Path) -> None:
    import hashlib

    members = read_archive(dossier)
    factors = members["library/decarb/sources.csv"].replace(b"ADEME", b"ADEMA", 1)
    package = members["library/decarb/datapackage.json"]
    old = hashlib.sha256(members["library/decarb/sources.csv"]).hexdigest().encode()
    package = package.replace(old, hashlib.sha256(factors).hexdigest().encode())
    changed = {"library/decarb/sources.csv": factors, "library/decarb/datapackage.json": package}
    found = verify_dossier(forged(dossier, tmp_path / "forged.zip", changed))
    assert "/library/layers/0/digest" in {difference.place for difference in found.differences}


def test_members_changed_added_removed_and_renamed_are_each_named(dossier: Path, tmp_path: Path) -> None:
    members = read_archive(dossier)
    changed = rewritten(dossier, tmp_path / "1.zip", {"lines.csv": members["lines.csv"] + b"\n"})
    assert "lines.csv" in refused(changed)["dossier-member-changed"]
    added = rewritten(dossier, tmp_path / "2.zip", {"library/decarb/more.csv": b"id\n"})
    assert "library/decarb/more.csv" in refused(added)["dossier-member-added"]
    removed = rewritten(dossier, tmp_path / "3.zip", {"library/decarb/gwp.csv": None})
    assert "library/decarb/gwp.csv" in refused(removed)["dossier-member-missing"]
    renamed = rewritten(dossier, tmp_path / "4.zip", {"lines.csv": None, "line.csv": members["lines.csv"]})
    found = refused(renamed)
    assert "lines.csv" in found["dossier-member-missing"]
    assert "line.csv" in found["dossier-member-added"]
    without = rewritten(dossier, tmp_path / "5.zip", {"manifest.json": None})
    assert "manifest.json" in refused(without)["dossier-without-manifest"]


@pytest.mark.parametrize(
    "name",
    [
        "../outside.csv",
        "/etc/passwd",
        "a/../../b",
        "C:evil",
        "a\\b",
        "a//b",
        "folder/",
        "dot.",
        "line\nbreak",
        "é" * 200,
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(name: str, tmp_path: Path) -> None:
    member = zipfile.ZipInfo("placeholder")
    member.filename = name
    assert "dossier-member-name" in refused(archive_of(tmp_path / "slip.zip", (member, b"x")))


def test_a_member_that_is_the_folder_of_another_is_refused(tmp_path: Path) -> None:
    path = archive_of(tmp_path / "both.zip", ("a", b"x"), ("a/b", b"y"))
    assert "member a:" in refused(path)["dossier-member-name"]


def test_links_duplicates_encryption_and_odd_compression_are_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    assert "link" in refused(archive_of(tmp_path / "link.zip", (link, b"/etc/passwd")))["dossier-member-kind"]
    with pytest.warns(UserWarning, match="Duplicate name"):
        twice = archive_of(tmp_path / "twice.zip", ("manifest.json", b"1"), ("manifest.json", b"2"))
    assert "dossier-member-twice" in refused(twice)
    cases = archive_of(tmp_path / "cases.zip", ("manifest.json", b"1"), ("Manifest.json", b"2"))
    assert "dossier-member-twice" in refused(cases)
    path = archive_of(tmp_path / "secret.zip", ("secret", b"x"))
    data = bytearray(path.read_bytes())
    data[6] |= 1  # the flag of the local header, then that of the central one
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    assert "secret" in refused(path)["dossier-member-encrypted"]
    with zipfile.ZipFile(tmp_path / "bzip.zip", "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("packed", b"x" * 1000)
    assert "packed" in refused(tmp_path / "bzip.zip")["dossier-member-compression"]


def test_bombs_are_refused_before_they_expand(tmp_path: Path) -> None:
    bomb = archive_of(tmp_path / "bomb.zip", ("zeros", bytes(64 * 2**20)))
    assert "zeros" in refused(bomb)["dossier-member-expands"]
    many = archive_of(tmp_path / "many.zip", *((str(number), b"") for number in range(20)))
    assert "dossier-too-many-members" in refused(many, limits=ArchiveLimits(members=10))
    assert "dossier-too-large" in refused(bomb, limits=ArchiveLimits(total_bytes=2**20))
    assert "dossier-too-large" in refused(bomb, limits=ArchiveLimits(archive_bytes=100))


def test_a_header_that_lies_about_the_size_is_refused(tmp_path: Path) -> None:
    path = archive_of(tmp_path / "lie.zip", ("zeros", bytes(1000)))
    data = bytearray(path.read_bytes())
    central = data.index(b"PK\x01\x02")
    data[central + 24 : central + 28] = (10).to_bytes(4, "little")
    path.write_bytes(data)
    assert refused(path)


@pytest.mark.parametrize("content", [b"", b"PK", b"not a zip file", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_dossier_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "file.zip"
    path.write_bytes(content)
    assert refused(path).keys() & {"dossier-not-zip", "dossier-without-manifest"}


def test_missing_files_and_folders_are_named(tmp_path: Path) -> None:
    assert "file-missing" in refused(tmp_path / "none.zip")
    assert "file-is-folder" in refused(tmp_path)


@given(data=st.data())
@settings(max_examples=150)
def test_no_byte_can_be_flipped_unseen(
    dossier: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Every flip is refused by name, or leaves every member as it was (a time of day, a padding bit)."""
    content = bytearray(dossier.read_bytes())
    regions = st.one_of(
        st.integers(0, len(content) - 1), st.integers(len(content) - 5000, len(content) - 1), st.integers(0, 9000)
    )
    content[data.draw(regions)] ^= 1 << data.draw(st.integers(0, 7))
    path = tmp_path_factory.mktemp("flipped") / "flipped.zip"
    path.write_bytes(content)
    assert unseen_or_same(path, dossier)


@given(cut=st.integers(0, 899_999))
@settings(max_examples=40)
def test_a_dossier_cut_short_is_refused(dossier: Path, tmp_path_factory: pytest.TempPathFactory, cut: int) -> None:
    content = dossier.read_bytes()
    path = tmp_path_factory.mktemp("cut") / "cut.zip"
    path.write_bytes(content[: cut % len(content)])
    assert "dossier-not-zip" in refused(path)


def unseen_or_same(path: Path, original: Path) -> bool:
    """Whether a spoilt dossier is refused by name, without being replayed, or says the same as the original."""
    from decarb.dossier.verifying import check_members

    try:
        return check_members(read_archive(path), str(path)) is not None and read_archive(path) == read_archive(original)
    except InvalidDossierError as error:
        return all(problem.message() and problem.file for problem in error.problems)


def test_nothing_in_a_dossier_is_imported(dossier: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # a module where the user stands, or among the members, must not take the place of ours
    (tmp_path / "orjson.py").write_text("raise SystemExit(7)", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert verify_dossier(dossier).is_same
    members = read_archive(dossier)
    manifest = orjson.loads(members["manifest.json"])
    content = b"raise SystemExit(7)"
    digest = hashlib.sha256(content).hexdigest()
    manifest["members"].append({"name": "orjson.py", "bytes": len(content), "sha256": digest})
    changed = {"orjson.py": content, "manifest.json": orjson.dumps(manifest)}
    assert verify_dossier(rewritten(dossier, tmp_path / "module.zip", changed)).is_same


@pytest.mark.parametrize("place", ["../secret.json", "/etc/passwd", "inventories/9-none.json"])
def test_options_that_name_what_is_not_in_it_are_refused(dossier: Path, tmp_path: Path, place: str) -> None:
    options = orjson.loads(read_archive(dossier)["options.json"])
    options["inventories"] = [place]
    path = forged(dossier, tmp_path / "options.zip", {"options.json": orjson.dumps(options)})
    assert place in refused(path)["dossier-member-missing"]


def test_documents_without_their_form_are_refused(dossier: Path, tmp_path: Path) -> None:
    odd = {"options.json": b"[]", "result.json": b'{"format": 1}'}
    for name, content in odd.items():
        path = forged(dossier, tmp_path / f"{name}.zip", {name: content})
        with pytest.raises(InvalidDossierError) as found:
            verify_dossier(path)
        assert all(problem.file.endswith(name) for problem in found.value.problems)
    for content in (b"", b"{}", b"\xff", b'{"format": "1.0", "format": "1.0"}', b"[" * 5000):
        assert refused(rewritten(dossier, tmp_path / "manifest.zip", {"manifest.json": content}))


def test_an_inventory_that_is_refused_now_is_no_traceback(dossier: Path, tmp_path: Path) -> None:
    inventory = read_archive(dossier)["inventories/1-small.json"].replace(b"MWh", b"mwhh")
    found = verify_dossier(forged(dossier, tmp_path / "unit.zip", {"inventories/1-small.json": inventory}))
    assert not found.is_same
    assert any("mwhh" in reason for reason in found.reasons)


def test_a_replay_that_breaks_down_is_refused_by_name(dossier: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> None:
        raise RuntimeError("Traceback\nMemoryError: too much")

    monkeypatch.setattr("decarb.dossier.verifying.replay", broken)
    assert "MemoryError: too much" in refused(dossier)["dossier-replay-failed"]
