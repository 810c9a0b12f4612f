"""The bytes that turn what a terminal shows into what it should show; as few as a VT100 allows.

Only CUP, CUF, CUB, CUU, CUD, CR, LF, EL, ED, SGR, DECSTBM and RI are used: any terminal, however old, has them.
The terminal must not wrap at the right margin (DECAWM reset), as Textual's driver arranges.
"""

from __future__ import annotations

from functools import lru_cache

from collect_tui.tui.render.cells import BLANK, Row, split_sgr

Position = tuple[int, int] | None
"""Column and line of the terminal's cursor, or None when it cannot be known."""

_GAP = 4  # so many unchanged cells are no dearer than the shortest jump


@lru_cache(maxsize=4096)
def sgr_change(old: str, new: str) -> str:
    """Shortest sequence from one set of SGR parameters to another."""
    if not new:
        return "\x1b[m"
    if not old:
        return f"\x1b[{new}m"
    full = f"\x1b[;{new}m"
    (a, a_front, a_back), (b, b_front, b_back) = split_sgr(old), split_sgr(new)
    if not a <= b or (a_front and not b_front) or (a_back and not b_back):
        return full
    codes = sorted(b - a, key=int) + [b for a, b in ((a_front, b_front), (a_back, b_back)) if a != b]
    return min(full, f"\x1b[{';'.join(codes)}m", key=len)


def move(at: Position, x: int, y: int) -> str:
    """Shortest sequence that brings the cursor to column ``x`` of line ``y``."""
    if at == (x, y):
        return ""
    best = f"\x1b[{y + 1};{x + 1}H" if x else f"\x1b[{y + 1}H" if y else "\x1b[H"
    if at is None:
        return best
    from_x, from_y = at
    if y == from_y:
        if x == 0:
            return "\r"
        step = x - from_x
        near = ("\b" * -step if step > -4 else f"\x1b[{-step}D") if step < 0 else f"\x1b[{step if step > 1 else ''}C"
    elif x == 0 and y == from_y + 1:
        return "\r\n"
    elif x == from_x:
        step = y - from_y
        near = f"\x1b[{step if step > 1 else ''}B" if step > 0 else f"\x1b[{-step if step < -1 else ''}A"
    else:
        return best
    return near if len(near) <= len(best) else best


class Differ:
    """The terminal as last written: its cells, its pen and its cursor."""

    def __init__(self, width: int, height: int) -> None:
        self.width = width
        self.height = height
        self.rows: list[Row] = [[BLANK] * width for _ in range(height)]
        self._pen = ""
        self._at: Position = None
        self._fresh = True

    def update(self, want: list[Row], cursor: tuple[int, int]) -> str:
        """Return what to write so that the terminal shows ``want`` with its cursor at ``cursor`` (column, line)."""
        out: list[str] = []
        if self._fresh:
            # Sends nothing for what is blank; also clears what was there before a resize.
            self._fresh = False
            out.append("\x1b[m\x1b[r\x1b[H\x1b[2J")
            self._pen, self._at = "", (0, 0)
        changed = [y for y in range(self.height) if want[y] is not self.rows[y] and want[y] != self.rows[y]]
        if len(changed) > 3 and self._scroll(want, changed, out):
            changed = [y for y in changed if want[y] != self.rows[y]]
        for y in changed:
            self._row(want[y], self.rows[y], y, out)
            self.rows[y] = want[y]
        out.append(move(self._at, *cursor))
        self._at = cursor
        return "".join(out)

    def _scroll(self, want: list[Row], changed: list[int], out: list[str]) -> bool:
        """When most changed lines only moved by a line, let the terminal move them."""
        top, bottom = changed[0], changed[-1]
        rows = self.rows
        height = bottom - top
        up = sum(want[y] == rows[y + 1] for y in range(top, bottom))
        down = sum(want[y] == rows[y - 1] for y in range(top + 1, bottom + 1))
        still = sum(want[y] == rows[y] for y in range(top, bottom + 1))
        if max(up, down) - still < height * 0.6:
            return False
        if self._pen:
            out.append("\x1b[m")  # some terminals fill the new line with the pen's background
        self._pen = ""
        region = f"\x1b[{top + 1};{bottom + 1}r"
        blank = [BLANK] * self.width
        if up >= down:
            out.append(f"{region}\x1b[{bottom + 1}H\n\x1b[r")
            rows[top : bottom + 1] = [*rows[top + 1 : bottom + 1], blank]
        else:
            out.append(f"{region}\x1b[{top + 1}H\x1bM\x1b[r")
            rows[top : bottom + 1] = [blank, *rows[top:bottom]]
        self._at = None  # setting the region homes the cursor, but not on every terminal
        changed[:] = range(top, bottom + 1)
        return True

    def _row(self, new: Row, old: Row, y: int, out: list[str]) -> None:
        """Write one line the shorter way: patch it, or erase it from the first change on and write the rest."""
        first = next(x for x in range(self.width) if new[x] != old[x])
        if not new[first][0] and first:
            first -= 1
        patched = self._patch(new, old, first, y, wipe=False)
        if len(patched[0]) > 24:  # a shorter patch cannot be beaten by much
            wiped = self._patch(new, [*old[:first], *[BLANK] * (self.width - first)], first, y, wipe=True)
            if len(wiped[0]) < len(patched[0]):
                patched = wiped
        text, self._pen, self._at = patched
        out.append(text)

    def _patch(self, new: Row, old: Row, first: int, y: int, wipe: bool) -> tuple[str, str, Position]:
        """Text, pen and cursor after writing the cells of ``new`` that differ from ``old``, from ``first`` on."""
        width, pen, at = self.width, self._pen, self._at
        out: list[str] = []
        if wipe:
            out.append(move(at, first, y) + ("\x1b[m" if pen else "") + "\x1b[K")
            pen, at = "", (first, y)
        end = width
        while end and new[end - 1] == BLANK:
            end -= 1
        stop = end if end < width - 3 and new[end:] != old[end:] else width
        x = first
        while x < stop:
            if new[x] == old[x]:
                x += 1
                continue
            if not new[x][0] and x:
                x -= 1  # the right half of a wide character is written with its left half
            out.append(move(at, x, y))
            last = self._run_end(new, old, x, stop)
            glyphs: list[str] = []
            for text, sgr in new[x:last]:
                if sgr != pen:
                    glyphs.append(sgr_change(pen, sgr))
                    pen = sgr
                glyphs.append(text)
            out.extend(glyphs)
            # At the margin, and after a character whose width terminals disagree about, the cursor may be anywhere.
            sure = last < width and not (not new[last - 1][0] or len(new[last - 1][0]) > 1)
            at = (last, y) if sure else None
            x = last
        if stop < width:
            out.append(move(at, stop, y) + ("\x1b[m" if pen else "") + "\x1b[K")
            pen, at = "", (stop, y)
        return "".join(out), pen, at

    @staticmethod
    def _run_end(new: Row, old: Row, x: int, stop: int) -> int:
        """End of the cells to write in one go: over short gaps in the same pen, but not past a doubtful width."""
        last = x  # last changed cell
        i = x
        while i < stop and i - last <= _GAP:
            text, sgr = new[i]
            if not text or len(text) > 1:
                while i + 1 < len(new) and not new[i + 1][0]:
                    i += 1
                return i + 1
            if new[i] != old[i]:
                last = i
            elif sgr != new[last][1]:
                break
            i += 1
        return last + 1
