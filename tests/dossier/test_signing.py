"""Signatures are those of a tool that people have, and only those of signers that the reader allows count."""

import shutil
import subprocess
from pathlib import Path

import orjson
import pytest

from decarb.dossier import verify_dossier
from decarb.dossier.archive import read_archive
from decarb.errors import UsageError
from tests.dossier.dossiers import forged, refused, rewritten, small

pytestmark = pytest.mark.skipif(not shutil.which("ssh-keygen"), reason="needs ssh-keygen")


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    for name in ("author", "stranger"):
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(folder / name)]
        subprocess.run(command, check=True)
    public = (folder / "author.pub").read_text(encoding="utf-8")
    (folder / "allowed").write_text(f"author@chu.example {public}", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def signed(keys: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small(tmp_path_factory.mktemp("signed"), key=keys / "author")[1]


def test_the_signer_is_known_from_the_file_of_allowed_signers(signed: Path, keys: Path) -> None:
    found = verify_dossier(signed, keys / "allowed")
    assert found.is_same
    assert found.signer is not None
    assert (found.signer.kind, found.signer.identity) == ("ED25519", "author@chu.example")
    anonymous = verify_dossier(signed).signer
    assert anonymous is not None
    assert (anonymous.fingerprint, anonymous.identity) == (found.signer.fingerprint, "")


def test_the_same_key_signs_the_same_bytes(signed: Path, keys: Path, tmp_path: Path) -> None:
    assert small(tmp_path, key=keys / "author")[0].content == signed.read_bytes()


def test_a_stranger_is_refused(keys: Path, tmp_path: Path) -> None:
    _, path = small(tmp_path, key=keys / "stranger")
    message = refused(path, signed_by=keys / "allowed")["signer-not-allowed"]
    assert "SHA256:" in message


def test_a_signature_of_another_manifest_is_refused(signed: Path, tmp_path: Path) -> None:
    result = orjson.loads(read_archive(signed)["result.json"])
    result["total_kgco2e"] += 1
    path = forged(signed, tmp_path / "forged.zip", {"result.json": orjson.dumps(result)})
    assert "signature-wrong" in refused(path)


def test_a_signature_that_was_taken_out_is_missed(signed: Path, keys: Path, tmp_path: Path) -> None:
    path = rewritten(signed, tmp_path / "unsigned.zip", {"manifest.json.sig": None})
    assert "dossier-unsigned" in refused(path, signed_by=keys / "allowed")


def test_ssh_keygen_alone_can_check_it(signed: Path, keys: Path, tmp_path: Path) -> None:
    members = read_archive(signed)
    (tmp_path / "sig").write_bytes(members["manifest.json.sig"])
    command = ["ssh-keygen", "-Y", "verify", "-f", str(keys / "allowed"), "-I", "author@chu.example"]
    command += ["-n", "decarb-dossier", "-s", str(tmp_path / "sig")]
    done = subprocess.run(command, input=members["manifest.json"], check=False, capture_output=True)
    assert done.returncode == 0


def test_what_cannot_sign_is_refused_by_name(keys: Path, tmp_path: Path) -> None:
    for key, code in ((tmp_path / "none", "file-missing"), (keys / "allowed", "signing-failed")):
        with pytest.raises(UsageError) as found:
            small(tmp_path, key=key)
        assert [problem.code for problem in found.value.problems] == [code]


def test_without_ssh_keygen_it_says_so(signed: Path, keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    found = verify_dossier(signed).signer
    assert found is not None
    assert found.fingerprint == ""
    with pytest.raises(UsageError) as missing:
        verify_dossier(signed, keys / "allowed")
    assert missing.value.problems[0].code == "ssh-keygen-missing"
