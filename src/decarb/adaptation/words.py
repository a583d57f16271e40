"""Words of levels, statuses and hazards as forms and reports write them, in both languages."""

from decarb.language import LANGUAGES, mark, translate

STATUS_WORDS = {
    "met": mark("met"),
    "partly": mark("partly met"),
    "not_met": mark("not met"),
    "not_applicable": mark("not applicable"),
    "unanswered": mark("unanswered"),
}
LEVEL_WORDS = {
    "none": mark("None"),
    "very_low": mark("Very low"),
    "low": mark("Low"),
    "moderate": mark("Moderate"),
    "high": mark("High"),
    "very_high": mark("Very high"),
}
ORIGIN_WORDS = {
    "none": mark("nothing"),
    "claim": mark("claim"),
    "document": mark("document"),
    "dated_document": mark("dated document"),
    "unproven_data": mark("data without evidence"),
    "data": mark("data"),
}
YES, NO = mark("yes"), mark("no")


def code_of(text: str, words: dict[str, str]) -> str | None:
    """Code that a word stands for, in either language, or the code itself; None if it is none of them.

    >>> code_of("Non satisfait", STATUS_WORDS), code_of("not_met", STATUS_WORDS), code_of("perhaps", STATUS_WORDS)
    ('not_met', 'not_met', None)
    """
    known = {code.casefold(): code for code in words}
    for code, word in words.items():
        for language in LANGUAGES:
            known[translate(word, language).casefold()] = code
    return known.get(" ".join(text.split()).casefold())


def is_yes(text: str) -> bool | None:
    """Whether a text says yes, in either language; None if it says neither yes nor no."""
    folded = text.strip().casefold()
    for answer, word, others in ((True, YES, ("true", "vrai", "1")), (False, NO, ("false", "faux", "0"))):
        if folded in (*others, *(translate(word, language).casefold() for language in LANGUAGES)):
            return answer
    return None
