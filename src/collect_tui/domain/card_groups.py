"""Groups of digits where they stand in a text, and which of them belong together. As fast as a text is long, whoever wrote it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence, Set
from itertools import accumulate, groupby, pairwise

from collect_tui.domain.card_numbers import LONGEST

Span = tuple[int, int]


def around(groups: Sequence[Span]) -> Span:
    """From where the first of the groups begins to where the last one ends."""
    return groups[0][0], groups[-1][1]


def digits_in(plain: str, groups: Iterable[Span]) -> str:
    """The digits of groups, whatever stands between them."""
    return "".join(plain[start:end] for start, end in groups)


def printed(groups: Sequence[Span], shapes: Iterable[tuple[int, ...]]) -> Iterator[Sequence[Span]]:
    """Groups beside each other that are as long as those of a shape."""
    sizes = [end - start for start, end in groups]
    first = frozenset(shape[0] for shape in shapes)
    for at in [at for at, size in enumerate(sizes) if size in first]:
        for shape in shapes:
            if tuple(sizes[at : at + len(shape)]) == shape:
                yield groups[at : at + len(shape)]


def known(plain: str, groups: Sequence[Span], numbers: Set[str]) -> Iterator[Span]:
    """Where numbers of the file stand: whole groups that together are one. Very short ones are parts of anything."""
    for first, (start, _) in enumerate(groups):
        digits = ""
        for group in groups[first : first + LONGEST]:
            if len(digits) + group[1] - group[0] > 2 * LONGEST:
                break
            digits += plain[slice(*group)]
            if len(digits) > 5 and digits in numbers:
                yield start, group[1]


def cut(groups: Iterable[Span], foreign: Iterable[Span]) -> Iterator[Span]:
    """The groups, cut where something else ends in one."""
    stops = sorted({stop for _, stop in foreign})
    at = 0
    for start, end in groups:
        while at < len(stops) and stops[at] < end:
            if start < stops[at]:
                yield start, stops[at]
                start = stops[at]
            at += 1
        yield start, end


def without(groups: Iterable[Span], spans: Iterable[Span]) -> list[list[Span]]:
    """The groups in a row that none of the spans touches."""
    ordered = sorted(spans)
    starts = [start for start, _ in ordered]
    reach = [0, *accumulate((end for _, end in ordered), max)]

    def free(group: Span) -> bool:
        return reach[bisect_left(starts, group[1])] <= group[0]

    return [list(row) for fits, row in groupby(groups, free) if fits]


def regular(plain: str, row: Sequence[Span]) -> Iterator[Span]:
    """Groups with the same between all of them, as many as there are."""
    first = 0
    for _, same in groupby(plain[left[1] : right[0]] for left, right in pairwise(row)):
        last = first + len(list(same))
        yield row[first][0], row[last][1]
        first = last


__all__ = ["Span", "around", "cut", "digits_in", "known", "printed", "regular", "without"]
