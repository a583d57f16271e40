"""What verifying a dossier found, in words and as a document."""

from collections.abc import Iterator
from typing import Any

from decarb.dossier.comparing import Difference
from decarb.dossier.verifying import Verification
from decarb.errors import printable
from decarb.language import mark
from decarb.report.words import Words

_SHOWN = 20
_ENGINE = {"nomenclatures": mark("nomenclatures of the code"), "system": mark("system")}


def verification_document(found: Verification) -> dict[str, Any]:
    """Form of ``decarb verify --format json``."""
    signer = found.signer
    return {
        "file": found.file,
        "manifest_sha256": found.manifest_sha256,
        "same_bits": found.is_same,
        "differences": [difference.document() for difference in found.differences],
        "refused": list(found.reasons),
        "engine": {"recorded": dict(found.manifest["engine"]), "replayed": dict(found.engine)},
        "signature": None
        if signer is None
        else {"key": signer.kind, "fingerprint": signer.fingerprint, "identity": signer.identity or None},
        "library": {
            "pinned": dict(found.manifest["library"]["layers"][0]),
            "packaged": dict(zip(("version", "digest"), found.packaged, strict=True)),
        },
        "partial": found.manifest["partial"],
    }


def verification_text(found: Verification, language: str) -> str:
    """Verdict first, then what it rests on, the differences, and what to do next."""
    words = Words(language)
    blocks = [list(_verdict(found, words)), list(_changes(found, words)), list(_next(found, words))]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _verdict(found: Verification, words: Words) -> Iterator[str]:
    manifest = found.manifest
    for one in manifest["establishments"]:
        yield f"{printable(one['name'] or '')} — {one['start']} … {one['end']}"
    if found.is_same:
        yield words.say(mark("The dossier is as it was written, and replays to the bit: {total} t CO2e."),
                        total=words.tonnes(manifest["total_kgco2e"]))  # fmt: skip
    elif found.reasons:
        yield words.say(mark("The dossier is as it was written, but this decarb refuses its inventory."))
    else:
        yield words.say(mark("The dossier is as it was written, but {count} values are replayed otherwise."),
                        count=words.number(len(found.differences)))  # fmt: skip
    if manifest["partial"]:
        yield words.say(mark("Its result is partial: refused lines were left out."))
    yield words.labelled(mark("Members"), words.number(len(manifest["members"])))
    yield words.labelled(mark("sha256 of the manifest"), found.manifest_sha256)
    yield words.labelled(mark("Signature"), _signature(found, words))
    pinned = manifest["library"]["layers"]
    layers = " + ".join(f"{layer['name']} {layer['version']} {layer['digest'][:8]}" for layer in pinned)
    yield words.labelled(mark("Library in it"), printable(layers))
    if not found.other_versions and not found.reasons:
        yield words.say(mark("Replayed with the versions that it was written with."))
    for name, (recorded, now) in found.other_versions.items():
        shown = words.say(_ENGINE[name]) if name in _ENGINE else name
        length = 12 if name == "nomenclatures" else 40
        values = {"name": shown, "recorded": recorded[:length] or "–", "now": now[:length] or "–"}
        yield words.say(mark("Other version: {name} {recorded} then, {now} now"), **values)


def _signature(found: Verification, words: Words) -> str:
    signer = found.signer
    if signer is None:
        return words.say(mark("none"))
    if not signer.fingerprint:
        return words.say(mark("there, not checked: ssh-keygen is not on this machine"))
    key = f"{signer.kind} {signer.fingerprint}".strip()
    if not signer.identity:
        return words.say(mark("good, by key {key}; say who that is with --signed-by"), key=key)
    return words.say(mark("good, by {identity} with key {key}"), identity=printable(signer.identity), key=key)


def _changes(found: Verification, words: Words) -> Iterator[str]:
    yield from (printable(reason) for reason in found.reasons)
    for difference in found.differences[:_SHOWN]:
        yield _change(difference, words)
    if len(found.differences) > _SHOWN:
        yield words.say(mark("… and {count} more: --format json lists all"), count=len(found.differences) - _SHOWN)


def _change(difference: Difference, words: Words) -> str:
    of = f" [{printable(difference.of)}]" if difference.of else ""
    relative = difference.relative
    change = f" ({relative:+.3g})" if relative is not None else ""
    recorded, replayed = (_shown(value) for value in (difference.recorded, difference.replayed))
    return words.say(
        mark("{place}{of}: {recorded} recorded, {replayed} replayed{change}"),
        place=printable(difference.place), of=of, recorded=recorded, replayed=replayed, change=change,
    )  # fmt: skip


def _shown(value: Any) -> str:
    text = printable(repr(value) if not isinstance(value, str) else value)
    return text if len(text) <= 60 else text[:59] + "…"


def _next(found: Verification, words: Words) -> Iterator[str]:
    if found.has_newer_library:
        yield words.say(
            mark("This decarb comes with library {version}, which the result does not use. To preview it: {command}"),
            version=f"{found.packaged[0]} {found.packaged[1][:8]}",
            command="decarb factors diff DOSSIER/library/decarb NEW --inventory DOSSIER/inventories/1-…",
        )
