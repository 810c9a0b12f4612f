"""Words in sentences: how many of a thing there are, and what a mistyped name was probably meant to be."""

from __future__ import annotations

from collections.abc import Collection, Iterable


def plural(count: int, one: str, many: str = "") -> str:
    """`1 key`, `2 keys`; `many`: where it takes more than an s."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def a(noun: str) -> str:
    """`a lead`, `an admin`."""
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"


def nearest(word: str, among: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The name that is most like a word, None when none is alike enough; `cutoff` from 0 (anything) to 1 (the same)."""
    import difflib  # only for who mistyped

    found = difflib.get_close_matches(word, list(among), 1, cutoff)
    return found[0] if found else None


def expected(word: str, among: Collection[str]) -> str:
    """What a word that is none of these should have been: the end of a sentence. Without one alike all are named, in their order."""
    if near := nearest(word, among, 0.5):
        return f"did you mean {near}?"
    return f"expected one of {', '.join(among)}." if among else "nothing is expected here."
