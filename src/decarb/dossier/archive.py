"""The zip file of a dossier: what may be in one, and what is refused before any of it is used."""

import stat
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from decarb.errors import InvalidDossierError, Problem, unreadable

_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError, OverflowError, IndexError)
"""What the standard reader raises for bytes that are no zip file, or one cut short."""
_AT_A_TIME = 1 << 20
_LONGEST_NAME = 255
"""Bytes of a name in most file systems."""


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """What a dossier may be at most.

    Attributes
    ----------
    archive_bytes, total_bytes
        Size of the file, and of its members uncompressed.
    members
        How many.
    ratio
        Uncompressed over compressed bytes of a member above a megabyte; tables and results give 5 to 40.
    """

    archive_bytes: int = 512 * 2**20
    total_bytes: int = 1024 * 2**20
    members: int = 10_000
    ratio: int = 200


DEFAULT_ARCHIVE_LIMITS = ArchiveLimits()


def read_archive(path: Path, limits: ArchiveLimits = DEFAULT_ARCHIVE_LIMITS) -> dict[str, bytes]:
    """Content of each member of a zip file, by name.

    Raises
    ------
    InvalidDossierError
        If it is no zip file, is cut short or damaged, is beyond a limit, or has a member that is encrypted, a link,
        twice there, or under a name that leads out of a folder; every such member is named.
    """
    file = str(path)
    try:
        size = path.stat().st_size
        if path.is_dir():
            raise IsADirectoryError
    except (OSError, ValueError) as error:
        raise InvalidDossierError([unreadable(path, error)]) from None
    if size > limits.archive_bytes:
        raise InvalidDossierError([Problem("dossier-too-large", {"value": size, "limit": limits.archive_bytes}, file)])
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            problems = [problem.at(file=file) for problem in _refusals(members, limits)]
            if problems:
                raise InvalidDossierError(problems)
            return {member.filename: _content(archive, member) for member in members}
    except PermissionError as error:
        raise InvalidDossierError([unreadable(path, error)]) from None
    except (*_BROKEN, MemoryError) as error:
        if isinstance(error, InvalidDossierError):
            raise
        raise InvalidDossierError([Problem("dossier-not-zip", {"reason": str(error)}, file=file)]) from None


def _refusals(members: list[zipfile.ZipInfo], limits: ArchiveLimits) -> Iterator[Problem]:
    """What is wrong with the names, kinds and sizes of members, known before one is read."""
    if len(members) > limits.members:
        yield Problem("dossier-too-many-members", {"value": len(members), "limit": limits.members})
        return
    total = sum(member.file_size for member in members)
    if total > limits.total_bytes:
        yield Problem("dossier-too-large", {"value": total, "limit": limits.total_bytes})
    # two names that differ by case alone are one file on many systems
    counted = Counter(member.filename.casefold() for member in members)
    yield from (Problem("dossier-member-twice", {"value": name}) for name, count in counted.items() if count > 1)
    folders = {str(folder) for member in members for folder in PurePosixPath(member.filename).parents}
    for member in members:
        name = member.orig_filename
        if not is_safe_name(name) or name in folders:
            yield Problem("dossier-member-name", {"value": name})
        if member.flag_bits & 0x1:
            yield Problem("dossier-member-encrypted", {"value": name})
        kind = member.external_attr >> 16
        if stat.S_IFMT(kind) not in (0, stat.S_IFREG):
            yield Problem("dossier-member-kind", {"value": name})
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            yield Problem("dossier-member-compression", {"value": name, "method": member.compress_type})
        if member.file_size > max(member.compress_size, 1) * limits.ratio and member.file_size > _AT_A_TIME:
            what = {"value": name, "ratio": member.file_size // max(member.compress_size, 1), "limit": limits.ratio}
            yield Problem("dossier-member-expands", what)


def is_safe_name(name: str) -> bool:
    """Whether a member stays within the folder that it is unpacked in, on any system, and is a file."""
    parts = name.split("/")
    return (
        bool(name)
        and len(name) <= 500
        and all(part not in ("", ".", "..") and part == part.rstrip(". ") for part in parts)
        and all(len(part.encode("utf-8", "replace")) <= _LONGEST_NAME for part in parts)
        and not any(character in '<>:"\\|?*' or ord(character) < 32 or ord(character) == 127 for character in name)
    )


def _content(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """Content of a member, never more than its header says: a header may lie."""
    pieces, size = [], 0
    with archive.open(member) as stream:
        while piece := stream.read(_AT_A_TIME):
            size += len(piece)
            if size > member.file_size:
                raise zipfile.BadZipFile(member.filename)
            pieces.append(piece)
    if size != member.file_size:
        raise zipfile.BadZipFile(member.filename)
    return b"".join(pieces)
