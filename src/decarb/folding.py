"""Text without case, accents and ligatures: how words are compared, whoever wrote them."""

import unicodedata
from functools import lru_cache


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """Text without case, accents and ligatures.

    >>> fold("Électricité, œufs, m²")
    'electricite, oeufs, m2'
    """
    if text.isascii():
        return text.lower()
    # case last: ™ is TM only once it is spelt out
    spelt = "".join(one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one)).casefold()
    return spelt.replace("œ", "oe").replace("æ", "ae")
