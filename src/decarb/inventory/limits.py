"""What a document may be at most: the limits that keep a hostile or a broken file from taking the machine down."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Settings of the readers; a document beyond one of them is refused by name.

    Attributes
    ----------
    document_bytes
        Size of one document, uncompressed; a real inventory of 100,000 lines is about 20 MB.
    lines
        Lines of one document.
    depth
        Levels of objects and lists; the schema needs six, and the decoders bear 200.
    compression_ratio
        Uncompressed over compressed bytes of an archive's member; real inventories give 5 to 40.
    """

    document_bytes: int = 256 * 2**20
    lines: int = 1_000_000
    depth: int = 32
    compression_ratio: int = 200


DEFAULT_LIMITS = Limits()
