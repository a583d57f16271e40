"""Detached signatures of manifests, made and checked by ``ssh-keygen``: the tool of OpenSSH, which is everywhere."""

import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from decarb.errors import InvalidDossierError, Problem, UsageError, unreadable

NAMESPACE = "decarb-dossier"
"""What a signature is for: one made for something else is none of a dossier."""
_CHECK_SECONDS = 60
_SAID = re.compile(r"^Good .* signature with (?P<kind>\S+) key (?P<fingerprint>\S+)")


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signed, as far as it is known.

    Attributes
    ----------
    kind, fingerprint
        Of the key: ``ED25519``, ``SHA256:...``; blank where there is no ssh-keygen to tell.
    identity
        Who the file of allowed signers says it is; blank where none was given.
    """

    kind: str
    fingerprint: str
    identity: str = ""


def sign(manifest: bytes, key: Path) -> bytes:
    """Signature of a manifest with a private key of OpenSSH.

    Raises
    ------
    UsageError
        If there is no ssh-keygen, or it cannot sign with the key.
    """
    tool = _tool()
    if tool is None:
        raise UsageError([Problem("ssh-keygen-missing", {"value": "--sign"})])
    try:
        key.open("rb").close()
    except OSError as error:
        raise UsageError([unreadable(key, error)]) from None
    with tempfile.TemporaryDirectory(prefix="decarb-") as folder:
        path = Path(folder) / "manifest.json"
        path.write_bytes(manifest)
        # no time limit: it may ask for a passphrase, or for a touch of a hardware key
        done = subprocess.run(
            [tool, "-q", "-Y", "sign", "-f", str(key), "-n", NAMESPACE, str(path)],
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            check=False,
        )
        signature = path.with_suffix(".json.sig")
        if done.returncode or not signature.is_file():
            raise UsageError([Problem("signing-failed", {"reason": _words(done.stderr)}, file=str(key))])
        return signature.read_bytes()


def check(manifest: bytes, signature: bytes, allowed: Path | None, file: str) -> Signer:
    """Check a signature against its manifest, and who made it where a file of `allowed` signers is given.

    Raises
    ------
    InvalidDossierError
        If the signature is not one of this manifest, or its key is of no allowed signer.
    UsageError
        If the file of allowed signers cannot be read, or there is no ssh-keygen to check with.
    """
    tool = _tool()
    if tool is None:
        if allowed:
            raise UsageError([Problem("ssh-keygen-missing", {"value": "--signed-by"})])
        return Signer("", "")
    with tempfile.TemporaryDirectory(prefix="decarb-") as folder:
        path = Path(folder) / "signature"
        path.write_bytes(signature)
        if allowed is None:
            return _signer(_run(tool, "check-novalidate", path, None, manifest, file))
        try:
            allowed.open("rb").close()
        except OSError as error:
            raise UsageError([unreadable(allowed, error)]) from None
        key = _signer(_run(tool, "check-novalidate", path, None, manifest, file))
        named = _run(tool, "find-principals", path, allowed, manifest, file, key.fingerprint).split(b"\n")[0].decode()
        identity = named.split(",")[0]
        _run(tool, "verify", path, allowed, manifest, file, key.fingerprint, identity)
        return Signer(key.kind, key.fingerprint, identity)


def _run(
    tool: str,
    verb: str,
    signature: Path,
    allowed: Path | None,
    manifest: bytes,
    file: str,
    fingerprint: str = "",
    identity: str = "",
) -> bytes:
    """What ssh-keygen says; its refusals by name."""
    words = [tool, "-Y", verb, "-n", NAMESPACE, "-s", str(signature)]
    words += ["-f", str(allowed)] if allowed else []
    words += ["-I", identity] if identity else []
    done = subprocess.run(words, input=manifest, capture_output=True, check=False, timeout=_CHECK_SECONDS)
    if done.returncode == 0:
        return done.stdout
    code = "signature-wrong" if allowed is None else "signer-not-allowed"
    what = {"reason": _words(done.stderr or done.stdout), "value": fingerprint, "allowed": str(allowed or "")}
    raise InvalidDossierError([Problem(code, what, file=file)])


def _signer(said: bytes) -> Signer:
    found = _SAID.match(said.decode("utf-8", "replace"))
    return Signer(found["kind"], found["fingerprint"]) if found else Signer("", said.decode("utf-8", "replace").strip())


def _words(said: bytes) -> str:
    return " ".join(said.decode("utf-8", "replace").split()) or "-"


def _tool() -> str | None:
    return shutil.which("ssh-keygen")
