"""Where documents are: files, folders, patterns, archives; what is broken, and what expands too much."""

import gzip
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from decarb.errors import InvalidInventoryError, Problem
from decarb.inventory.collection.sources import find, sources
from decarb.inventory.limits import DEFAULT_LIMITS, Limits

SMALL = Limits(document_bytes=100)
SPARSE = Limits(compression_ratio=20)
DOCUMENT = b'{"schema_version": "1.0"}'
BOMB = b"0" * (2 << 20)


def read(path: Path, limits: Limits = DEFAULT_LIMITS) -> list[tuple[str, bytes | str]]:
    """Name of each document below the folder, and its bytes, or the code of its problem."""
    found: list[tuple[str, bytes | str]] = []
    for source in sources(path, limits):
        try:
            data: bytes | str = source.read(limits)
        except InvalidInventoryError as error:
            data = error.problems[0].code
        found.append((source.name.removeprefix(f"{path.parent}/"), data))
    return found


def archive(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as written:
        for name, content in members.items():
            written.writestr(name.replace("__", "/").replace("_", "."), content)
    return path


def encrypted(path: Path) -> Path:
    """Mark the members of an archive as encrypted: the bit that every reader looks at first."""
    data = bytearray(path.read_bytes())
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = -1
        while (at := data.find(signature, at + 1)) >= 0:
            struct.pack_into("<H", data, at + flags, 1)
    path.write_bytes(data)
    return path


def problems(*paths: str | Path) -> list[Problem]:
    with pytest.raises(InvalidInventoryError) as raised:
        find(paths)
    return list(raised.value.problems)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("b.json", "a.json", "deep/er/c.ndjson", "deep/d.json.gz", "notes.txt", ".hidden.json", ".git/e.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(DOCUMENT)
    return tmp_path


def test_a_folder_gives_its_documents_at_any_depth(folder: Path) -> None:
    assert [str(file.relative_to(folder)) for file in find([folder])] == [
        "a.json",
        "b.json",
        "deep/d.json.gz",
        "deep/er/c.ndjson",
    ]


def test_what_an_ingestion_wrote_is_no_document(folder: Path) -> None:
    (folder / "deep/datapackage.json").write_text('{"decarb": {"kind": "columns"}}')
    assert [file.name for file in find([folder])] == ["a.json", "b.json"]


def test_a_file_given_twice_is_found_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    (folder / "link.json").symlink_to(folder / "a.json")
    ways = ["a.json", folder / "a.json", "./a.json", "deep/../a.json", "link.json", "[a].json"]
    assert len(find(ways)) == 1
    assert find(ways) == find(reversed(ways))


def test_patterns_and_any_file_that_is_named(folder: Path) -> None:
    assert [file.name for file in find([folder / "*.json"])] == ["a.json", "b.json"]
    assert [file.name for file in find([folder / "**" / "*.ndjson"])] == ["c.ndjson"]
    assert [file.name for file in find([folder / "notes.txt"])] == ["notes.txt"]
    (folder / "[x].json").write_bytes(DOCUMENT)
    assert [file.name for file in find([folder / "[x].json"])] == ["[x].json"]


def test_every_path_that_leads_to_nothing_is_named(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    found = problems(tmp_path / "nobody.json", tmp_path / "empty", tmp_path / "*.json")
    assert [problem.code for problem in found] == [
        "file-missing",
        "folder-without-documents",
        "pattern-without-files",
    ]
    assert [Path(problem.file).name for problem in found] == ["nobody.json", "empty", "*.json"]
    assert [problem.code for problem in problems()] == ["no-files"]


def test_documents_of_every_form_are_read(tmp_path: Path) -> None:
    lines = b"{}\n\n[]\r\n1"
    (tmp_path / "a.json").write_bytes(DOCUMENT)
    (tmp_path / "a.json.gz").write_bytes(gzip.compress(DOCUMENT))
    (tmp_path / "a.ndjson").write_bytes(lines)
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(lines))
    archive(tmp_path / "a.zip", x_json=DOCUMENT, y__z_ndjson=lines, readme_txt=b"no")
    assert read(tmp_path / "a.json") == [("a.json", DOCUMENT)]
    assert read(tmp_path / "a.json.gz") == [("a.json.gz", DOCUMENT)]
    assert read(tmp_path / "a.ndjson") == [("a.ndjson:1", b"{}\n"), ("a.ndjson:3", b"[]\r\n"), ("a.ndjson:4", b"1")]
    assert [name for name, _ in read(tmp_path / "a.jsonl.gz")] == [f"a.jsonl.gz:{number}" for number in (1, 3, 4)]
    assert read(tmp_path / "a.zip") == [
        ("a.zip/x.json", DOCUMENT),
        *((f"a.zip/y/z.ndjson:{number}", line) for number, line in ((1, b"{}\n"), (3, b"[]\r\n"), (4, b"1"))),
    ]


def test_what_waits_in_memory_is_counted(tmp_path: Path) -> None:
    (tmp_path / "a.ndjson.gz").write_bytes(gzip.compress(b"1" * 1000 + b"\n"))
    (tmp_path / "a.json").write_bytes(DOCUMENT)
    (source,), (file,) = sources(tmp_path / "a.ndjson.gz", DEFAULT_LIMITS), sources(tmp_path / "a.json", DEFAULT_LIMITS)
    assert (source.size, source.held) == (0, 1001)
    assert (file.size, file.held) == (len(DOCUMENT), 0)


def _broken_gz(path: Path) -> None:
    path.write_bytes(gzip.compress(DOCUMENT)[:-9])


def _no_gz(path: Path) -> None:
    path.write_bytes(DOCUMENT)


def _damaged_gz(path: Path) -> None:
    data = bytearray(gzip.compress(bytes(range(256)) * 10))
    data[30] ^= 0xFF
    path.write_bytes(data)


@pytest.mark.parametrize("name", ["a.json.gz", "a.ndjson.gz"])
@pytest.mark.parametrize("damage", [_broken_gz, _no_gz, _damaged_gz])
def test_broken_gzip(tmp_path: Path, name: str, damage: Callable[[Path], None]) -> None:
    damage(tmp_path / name)
    assert read(tmp_path / name)[-1] == (name, "archive-broken")


def test_broken_archives(tmp_path: Path) -> None:
    (tmp_path / "no.zip").write_bytes(DOCUMENT)
    assert read(tmp_path / "no.zip") == [("no.zip", "archive-broken")]
    whole = archive(tmp_path / "a.zip", x_json=DOCUMENT * 9).read_bytes()
    (tmp_path / "a.zip").write_bytes(whole[:-30])
    assert read(tmp_path / "a.zip") == [("a.zip", "archive-broken")]
    (tmp_path / "a.zip").write_bytes(whole.replace(whole[40:44], b"\xff\0\xff\0", 1))
    assert read(tmp_path / "a.zip") == [("a.zip/x.json", "archive-broken")]


def test_encrypted_archives(tmp_path: Path) -> None:
    documents = encrypted(archive(tmp_path / "a.zip", x_json=DOCUMENT, y_json=DOCUMENT))
    assert read(documents) == [("a.zip/x.json", "archive-broken"), ("a.zip/y.json", "archive-broken")]
    assert read(encrypted(archive(tmp_path / "b.zip", x_ndjson=DOCUMENT))) == [("b.zip", "archive-broken")]


def test_what_expands_too_much_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.json.gz").write_bytes(gzip.compress(BOMB))
    (tmp_path / "a.ndjson.gz").write_bytes(gzip.compress(DOCUMENT + b"\n" + BOMB))
    archive(tmp_path / "a.zip", x_json=BOMB, y_json=DOCUMENT, z_ndjson=BOMB)
    assert read(tmp_path / "a.json.gz", SPARSE) == [("a.json.gz", "compression-ratio")]
    assert read(tmp_path / "a.ndjson.gz", SPARSE) == [
        ("a.ndjson.gz:1", DOCUMENT + b"\n"),
        ("a.ndjson.gz:2", "compression-ratio"),
    ]
    assert read(tmp_path / "a.zip", SPARSE) == [
        ("a.zip/x.json", "compression-ratio"),
        ("a.zip/y.json", DOCUMENT),
        ("a.zip/z.ndjson:1", "compression-ratio"),
    ]


def test_what_is_too_large_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b"0" * 101)
    (tmp_path / "b.json").write_bytes(b"0" * 100)
    (tmp_path / "a.json.gz").write_bytes(gzip.compress(b"0" * 101))
    (tmp_path / "a.ndjson").write_bytes(b"0" * 99 + b"\n" + b"1" * 101 + b"\n2")
    archive(tmp_path / "a.zip", x_json=b"0" * 101)
    assert read(tmp_path / "a.json", SMALL) == [("a.json", "document-too-large")]
    assert read(tmp_path / "b.json", SMALL) == [("b.json", b"0" * 100)]
    assert read(tmp_path / "a.json.gz", SMALL) == [("a.json.gz", "document-too-large")]
    assert read(tmp_path / "a.ndjson", SMALL) == [
        ("a.ndjson:1", b"0" * 99 + b"\n"),
        ("a.ndjson:2", "document-too-large"),
    ]
    assert read(tmp_path / "a.zip", SMALL) == [("a.zip/x.json", "document-too-large")]


def test_a_file_that_went_away_is_a_document_that_cannot_be_read(tmp_path: Path) -> None:
    assert read(tmp_path / "a.json") == [("a.json", "file-missing")]


def test_capital_letters_of_windows_name_documents_too(tmp_path: Path) -> None:
    (tmp_path / "EHPAD.JSON").write_bytes(b"{}")
    archive(tmp_path / "ALL.ZIP", **{"A.JSON": b"{}"})
    names = [name for file in find([tmp_path]) for name, _ in read(file)]
    assert sorted(Path(name).name for name in names) == ["A.JSON", "EHPAD.JSON"]


def test_patterns_leave_out_what_an_ingestion_wrote(tmp_path: Path) -> None:
    columns = tmp_path / "columns"
    columns.mkdir()
    (columns / "datapackage.json").write_bytes(b'{"decarb": {"kind": "columns"}}')
    (columns / "collection.json").write_bytes(b"{}")
    (tmp_path / "a.json").write_bytes(b"{}")
    assert find([tmp_path / "**" / "*.json"]) == [tmp_path / "a.json"]


def test_many_archives_are_not_all_kept_open(tmp_path: Path) -> None:
    files = [archive(tmp_path / f"{number}.zip", **{"a.json": b"{}"}) for number in range(40)]
    waiting = [source for file in files for source in sources(file, DEFAULT_LIMITS)]
    here = Path("/proc/self/fd")
    if here.is_dir():
        assert sum(str(link.readlink()).startswith(str(tmp_path)) for link in here.iterdir() if link.is_symlink()) <= 16
    assert [source.read(DEFAULT_LIMITS) for source in waiting] == [b"{}"] * 40
