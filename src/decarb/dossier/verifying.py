"""Verify a dossier: nothing changed since it was written, and it still gives the same bits."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from decarb.dossier.archive import DEFAULT_ARCHIVE_LIMITS, ArchiveLimits, read_archive
from decarb.dossier.comparing import Difference, differences
from decarb.dossier.replaying import RESULTS, Replayed, replay
from decarb.dossier.request import MANIFEST, OPTIONS, PACKAGED_LIBRARY, PAGE, READABLE, RESULT, SIGNATURE
from decarb.dossier.signing import Signer, check
from decarb.errors import DecarbError, InvalidDossierError, Problem
from decarb.factors.columns import LIBRARY_TABLES, stored_columns
from decarb.factors.package import read_package
from decarb.factors.tables import digest_of
from decarb.inventory.document import parse_document
from decarb.inventory.documents import schema_of
from decarb.inventory.schema import disagreements
from decarb.resources import Table, data_folder, parse_table


@dataclass(frozen=True, slots=True)
class Verification:
    """What verifying a dossier found; one that was tampered with is refused instead.

    Attributes
    ----------
    manifest
        As in ``schemas/dossier.schema.json``.
    engine
        What replayed it.
    differences
        Values of the result, or members, that the replay gives otherwise.
    reasons
        Why this decarb refuses to compute it at all, where it does.
    signer
        None where it is not signed.
    packaged
        Version and digest of the library that this decarb comes with.
    """

    file: str
    manifest: Mapping[str, Any]
    manifest_sha256: str
    engine: Mapping[str, str]
    differences: tuple[Difference, ...]
    reasons: tuple[str, ...]
    signer: Signer | None
    packaged: tuple[str, str]

    @property
    def other_versions(self) -> dict[str, tuple[str, str]]:
        """What computed it then and what does now, where they are not the same."""
        recorded = self.manifest["engine"]
        names = dict.fromkeys((*recorded, *self.engine))
        return {
            name: (recorded.get(name, ""), self.engine.get(name, ""))
            for name in names
            if self.engine and recorded.get(name) != self.engine.get(name)
        }

    @property
    def is_same(self) -> bool:
        """Whether it replays to the bit."""
        return not (self.differences or self.reasons)

    @property
    def has_newer_library(self) -> bool:
        """Whether this decarb comes with another library than the one pinned."""
        return bool(self.packaged[1] != self.manifest["library"]["layers"][0]["digest"])


def verify_dossier(
    path: str | Path, signed_by: str | Path | None = None, limits: ArchiveLimits = DEFAULT_ARCHIVE_LIMITS
) -> Verification:
    """Check every digest of a dossier, its signature, and compute it again from its own members.

    Parameters
    ----------
    signed_by
        File of allowed signers, as ``ssh-keygen`` has it: the dossier must be signed by one of them.

    Raises
    ------
    InvalidDossierError
        If the file is no dossier or anything in it is not as it was written, each member by name.
    """
    file = str(path)
    members = read_archive(Path(path), limits)
    manifest = check_members(members, file)
    signer = _signer(members, signed_by, file)
    inputs = {name: content for name, content in members.items() if name not in (MANIFEST, SIGNATURE, *RESULTS)}
    try:
        replayed = replay(inputs)
    except RuntimeError as error:
        reason = str(error).splitlines()[-1:] or ["-"]
        raise InvalidDossierError([Problem("dossier-replay-failed", {"reason": reason[0]}, file=file)]) from None
    return Verification(
        file,
        manifest,
        hashlib.sha256(members[MANIFEST]).hexdigest(),
        replayed.engine,
        () if replayed.reasons else tuple(_differences(members, manifest, replayed)),
        replayed.reasons,
        signer,
        _packaged(),
    )


def check_members(members: Mapping[str, bytes], file: str) -> Mapping[str, Any]:
    """Manifest of a dossier whose members are those that it holds the digests of.

    Raises
    ------
    InvalidDossierError
        If one is not, or the manifest, the options or the result do not have their form.
    """
    if MANIFEST not in members:
        raise InvalidDossierError([Problem("dossier-without-manifest", {"value": MANIFEST}, file=file)])
    manifest = _document(members[MANIFEST], "dossier", MANIFEST, file)
    problems = [problem.at(file=file) for problem in _tampering(members, manifest)]
    if problems:
        raise InvalidDossierError(problems)
    _document(members[RESULT], "result", RESULT, file)
    _check_options(members[OPTIONS], members, file)
    return manifest


def _document(content: bytes, kind: str, member: str, file: str) -> Mapping[str, Any]:
    """Document of a member, which agrees with its schema and writes no key twice."""
    described = schema_of("dossier")
    if kind != "dossier":
        described = {"$schema": described["$schema"], "$defs": described["$defs"], **described["$defs"][kind]}
    try:
        document, problems = parse_document(content)
    except DecarbError as error:
        document, problems = None, list(error.problems)
    problems = [*problems, *(disagreements(document, described) if not problems else ())]
    if problems:
        raise InvalidDossierError([problem.at(file=f"{file}/{member}") for problem in problems])
    return document  # type: ignore[no-any-return]


def _tampering(members: Mapping[str, bytes], manifest: Mapping[str, Any]) -> Iterator[Problem]:
    """Members that are not those the manifest holds the digests of."""
    listed = {member["name"]: member for member in manifest["members"]}
    if len(listed) != len(manifest["members"]):
        yield Problem("dossier-member-twice", {"value": MANIFEST})
    for name in (OPTIONS, *RESULTS):
        if name not in listed:
            yield Problem("dossier-member-missing", {"value": name})
    for name, member in listed.items():
        if name not in members:
            yield Problem("dossier-member-missing", {"value": name})
        elif hashlib.sha256(members[name]).hexdigest() != member["sha256"] or len(members[name]) != member["bytes"]:
            yield Problem("dossier-member-changed", {"value": name})
    for name in members:
        if name not in listed and name not in (MANIFEST, SIGNATURE):
            yield Problem("dossier-member-added", {"value": name})


def _signer(members: Mapping[str, bytes], signed_by: str | Path | None, file: str) -> Signer | None:
    if SIGNATURE in members:
        return check(members[MANIFEST], members[SIGNATURE], Path(signed_by) if signed_by else None, file)
    if signed_by:
        raise InvalidDossierError([Problem("dossier-unsigned", {"value": SIGNATURE}, file=file)])
    return None


def _check_options(content: bytes, members: Mapping[str, bytes], file: str) -> None:
    """Refuse options that name anything but members: a replay reads nothing else."""
    options = _document(content, "options", OPTIONS, file)
    named = (*options["inventories"], *options["libraries"], *options["medicines"])
    lost = [name for name in named if name not in members and not any(m.startswith(f"{name}/") for m in members)]
    if lost:
        raise InvalidDossierError([Problem("dossier-member-missing", {"value": name}, file=file) for name in lost])


def _differences(members: Mapping[str, bytes], manifest: Mapping[str, Any], replayed: Replayed) -> Iterator[Difference]:
    """What a replay gives otherwise: values of the result, then members."""
    recorded, again = (orjson.loads(found[RESULT]) for found in (members, replayed.results))
    yield from _library_differences(members, recorded)
    engines = (recorded.pop("engine", None), again.pop("engine", None))
    yield from differences(recorded, again)
    yield from _summary_differences(manifest, recorded)
    same_engine = manifest["engine"] == replayed.engine
    if same_engine:
        yield from differences(*engines, "/engine")
    for name in RESULTS:
        # words may be said otherwise by another version; figures may not
        if (same_engine or name not in (RESULT, READABLE, PAGE)) and members[name] != replayed.results[name]:
            sums = (hashlib.sha256(found[name]).hexdigest() for found in (members, replayed.results))
            yield Difference(name, "", *sums)


def _library_differences(members: Mapping[str, bytes], recorded: Mapping[str, Any]) -> Iterator[Difference]:
    """Pinned libraries whose rows do not have the digest that the result says: a stamp is no proof."""
    folders = [PACKAGED_LIBRARY, *orjson.loads(members[OPTIONS])["libraries"]]
    for number, (folder, layer) in enumerate(zip(folders, recorded["library"]["layers"], strict=False)):
        tables = {
            name: parse_table(members[f"{folder}/{name}.csv"].decode("utf-8-sig"))
            for name in LIBRARY_TABLES
            if f"{folder}/{name}.csv" in members
        }
        # a CSV of one's own has no stamp: its digest was computed by the replay
        if tables and (found := _digest(tables)) != layer["digest"]:
            yield Difference(f"/library/layers/{number}/digest", folder, layer["digest"], found)


def _digest(tables: Mapping[str, Table]) -> str:
    """Digest of the rows; a table that is absent is an empty one."""
    return digest_of({name: tables.get(name, Table(stored_columns(name), [])) for name in LIBRARY_TABLES})


def _summary_differences(manifest: Mapping[str, Any], recorded: Mapping[str, Any]) -> Iterator[Difference]:
    """What the manifest says of the result, where the result says otherwise."""
    yield from differences(manifest["total_kgco2e"], recorded["total_kgco2e"], f"{MANIFEST}/total_kgco2e")
    yield from differences(manifest["partial"], recorded["partial"], f"{MANIFEST}/partial")
    yield from differences(manifest["library"]["digest"], recorded["library"]["digest"], f"{MANIFEST}/library/digest")


def _packaged() -> tuple[str, str]:
    package = read_package(data_folder("emission_factors"))
    return package.version, package.digest
