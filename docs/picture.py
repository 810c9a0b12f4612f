"""Draws docs/shift.svg, the README's picture: some seconds of real work, on the fixture portfolio at 80×24.

    python docs/picture.py                  # writes it (docs/generate.py does so as well)
    python docs/picture.py --frame 40       # one frame as it stands, on standard output: to look at with rsvg-convert

The real program is driven key by key; each row that changes is kept with the time in which it stands, as text. Where nothing moves
(a still renderer, a reader who wants no motion) the picture shows the frame `STILL`.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby
from pathlib import Path
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from rich.segment import Segment
    from rich.style import Style

ROOT: Final = Path(__file__).resolve().parents[1]
TARGET: Final = ROOT / "docs/shift.svg"

#: What is typed, how long each of its keys takes, and how long the eye rests afterwards, in milliseconds.
STEPS: Final = (
    ((), 0, 800),
    (("3", "enter"), 250, 800),
    (("w",), 0, 900),
    ((",", "n"), 350, 1000),
    ((*":lm m1; t +3",), 70, 900),
    (("enter",), 0, 800),
    (("w",), 0, 600),
    ((*":pp half fri",), 70, 1200),
    (("enter",), 0, 900),
    (("w",), 0, 900),
)
STILL: Final = -3
COLUMNS, ROWS = 80, 24
WIDTH, HEIGHT, MARGIN = 8.4, 17, 12
PAPER, INK = "#14171c", "#d5d9e0"
COLOURS: Final = {1: "#ef7d7d", 2: "#86c987", 3: "#e2c06c", 5: "#c79be0", 6: "#6cc4d8"}

Look = tuple[str, str]
"""Classes of a piece of text: of its letters, and of what lies behind them."""
Row = tuple[tuple[int, str, Look], ...]
"""Pieces of a row: column, text, look."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A whole screen and how many milliseconds it stands."""

    rows: tuple[Row, ...]
    time: int


async def frames() -> list[Frame]:
    """The work, frame by frame."""
    sys.path[:0] = [path for path in (str(ROOT / "tests"),) if path not in sys.path]
    from collect_tui.tui.terminal.profile import TerminalProfile
    from support.demo import at_the_demo

    taken = []
    with tempfile.TemporaryDirectory() as folder:
        async with at_the_demo(Path(folder), theme="ansi", terminal=TerminalProfile("16")) as desk:
            for keys, each, rest in STEPS:
                for key in keys:
                    await desk.press("space" if key == " " else key)
                    taken.append(Frame(tuple(map(row, desk.styled_rows)), each))
                if not keys:
                    taken.append(Frame(tuple(map(row, desk.styled_rows)), 0))
                taken[-1] = Frame(taken[-1].rows, taken[-1].time + rest)
    return taken


def row(segments: Sequence[Segment]) -> Row:
    """What stands in a row: neighbours of one look together, blank pieces without a look of their own left out."""
    pieces, column = [], 0
    for look, same in groupby(segments, lambda segment: classes(segment.style)):
        text, width = "", 0
        for segment in same:
            text, width = text + segment.text, width + segment.cell_length
        if text.strip() or look[1] or "u" in look[0]:
            pieces.append((column, text if look[1] else text.rstrip(), look))
        column += width
    return tuple(pieces)


def classes(style: Style | None) -> Look:
    if style is None:
        return "", ""
    number = style.color.number if style.color and style.color.number in COLOURS else None
    ink = f"c{number} " if number is not None else ""
    back = "r" if style.reverse else ""
    said = ((style.bold, "b"), (style.dim, "d"), (style.underline, "u"), (style.reverse, "v"))
    return (ink + " ".join(name for on, name in said if on)).strip(), back


def svg(shown: Sequence[Frame], still: int | None = None) -> str:
    """The picture that moves, or one frame of it."""
    if still is not None:
        body = "\n".join(drawn(line, each) for line, each in enumerate(shown[still].rows) if each)
        return page(body, "")
    ends = list(accumulate(frame.time for frame in shown))
    whole = ends[-1]
    starts = [0, *ends[:-1]]
    body: list[str] = []
    moves: dict[str, str] = {}
    for line in range(ROWS):
        states: dict[Row, list[tuple[int, int]]] = {}
        for start, end, frame in zip(starts, ends, shown, strict=True):
            spans = states.setdefault(frame.rows[line], [])
            if spans and spans[-1][1] == start:
                spans[-1] = (spans[-1][0], end)
            else:
                spans.append((start, end))
        for state, spans in states.items():
            if not state:
                continue
            if spans == [(0, whole)]:
                body.append(drawn(line, state))
                continue
            name = moves.setdefault("".join(stops(spans, whole)), f"f{len(moves)}")
            base = "" if state == shown[STILL].rows[line] else " h"
            body.append(drawn(line, state, f"{name}{base}"))
    named = "".join(f"@keyframes {name}{{{when}}}g.{name}{{animation-name:{name}}}" for when, name in moves.items())
    moving = f"g[class]{{animation:{whole}ms step-end infinite}}{named}"
    return page("\n".join(body), f"{moving}@media(prefers-reduced-motion:reduce){{g[class]{{animation:none}}}}")


def stops(spans: Sequence[tuple[int, int]], whole: int) -> Iterator[str]:
    """When a row comes and goes, as key frames."""
    if spans[0][0] > 0:
        yield "0%{visibility:hidden}"
    for start, end in spans:
        yield f"{100 * start / whole:.4g}%{{visibility:visible}}"
        if end < whole:
            yield f"{100 * end / whole:.4g}%{{visibility:hidden}}"


def drawn(line: int, pieces: Row, name: str = "") -> str:
    top = MARGIN + line * HEIGHT
    made = [f'<g class="{name}">' if name else "<g>"]
    texts = []
    for column, text, (ink, back) in pieces:
        left, wide = f"{MARGIN + column * WIDTH:g}", f"{len(text) * WIDTH:g}"
        if back:
            made.append(f'<rect x="{left}" y="{top}" width="{wide}" height="{HEIGHT}"/>')
        if set(text) <= {"─"}:
            made.append(f'<path d="M{left} {top + HEIGHT // 2}h{wide}"/>')
            continue
        for word in re.finditer(r"\S+( \S+)*", text):  # a wide gap is a place, not a row of spaces
            left, wide = f"{MARGIN + (column + word.start()) * WIDTH:g}", f"{len(word[0]) * WIDTH:g}"
            look = f' class="{ink}"' if ink else ""
            texts.append(f'<tspan x="{left}" textLength="{wide}"{look}>{escape(word[0])}</tspan>')
    if texts:
        made.append(f'<text y="{top + 13}">{"".join(texts)}</text>')
    return "".join((*made, "</g>"))


def page(body: str, moves: str) -> str:
    wide, high = f"{2 * MARGIN + COLUMNS * WIDTH:g}", 2 * MARGIN + ROWS * HEIGHT
    inks = "".join(f".c{number}{{fill:{colour}}}" for number, colour in COLOURS.items())
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" width="{wide}" height="{high}">\n'
        "<title>collect-tui: a queue, no answer, a message left, a promise, the next account</title>\n"
        f"<style>text{{font:14px ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace;fill:{INK};white-space:pre}}"
        f"rect{{fill:{INK}}}path{{stroke:{INK};opacity:.4}}{inks}.b{{font-weight:700}}.d{{opacity:.6}}"
        f".u{{text-decoration:underline}}.v{{fill:{PAPER}}}.h{{visibility:hidden}}{moves}</style>\n"
        f'<path d="M0 0h{wide}v{high}H0z" style="fill:{PAPER};opacity:1;stroke:none"/>\n{body}\n</svg>\n'
    )


def drawn_shift() -> str:
    """The picture, as it is now."""
    return svg(asyncio.run(frames()))


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--frame", type=int, metavar="N", help="print this frame as it stands; the first is 0")
    still = options.parse_args().frame
    if still is None:
        TARGET.write_text(drawn_shift(), "utf-8")
    else:
        sys.stdout.write(svg(asyncio.run(frames()), still))
    return 0


if __name__ == "__main__":
    sys.exit(main())
