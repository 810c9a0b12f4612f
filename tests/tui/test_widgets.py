"""The line widgets, driven by raw events."""

from __future__ import annotations

from typing import Any

import pytest
from rich.cells import cell_len
from textual import events
from textual.app import App, ComposeResult
from textual.message import Message

from collect_tui.desk.columns import Column
from collect_tui.tui.keys.gate import KeyGate
from collect_tui.tui.render.fitting import fit_columns, fit_needs, needs_of
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Line, Span
from collect_tui.tui.widgets.base import LineWidget
from collect_tui.tui.widgets.keybar import KeyBar
from collect_tui.tui.widgets.lineedit import LineEdit
from collect_tui.tui.widgets.lines import LinePane
from collect_tui.tui.widgets.statusline import StatusLine
from collect_tui.tui.widgets.worktable import ListSource, WorkTable


class One(KeyGate, App[None]):
    CSS = "WorkTable, LinePane { height: 1fr; }"

    def __init__(self, widget: LineWidget) -> None:
        super().__init__()
        self.widget = widget
        self.got: list[tuple[str, Any]] = []

    def compose(self) -> ComposeResult:
        yield self.widget

    def on_mount(self) -> None:
        self.widget.focus()

    def note(self, message: Message) -> None:
        value = getattr(message, "key", getattr(message, "text", getattr(message, "index", None)))
        self.got.append((type(message).__name__, value))

    on_work_table_row_chosen = on_work_table_row_highlighted = note
    on_line_pane_line_chosen = on_line_pane_line_highlighted = note
    on_line_edit_edited = on_line_edit_submitted = on_line_edit_left = note

    async def type(self, *keys: str) -> None:
        for name in keys:
            self.post_message(events.Key(name, name if len(name) == 1 else None))
        await self.keys_idle()

    def shown(self) -> list[str]:
        return [self.widget.render_line(y).text for y in range(self.widget.size.height)]


class Million:
    def __init__(self) -> None:
        self.asked = 0

    def __len__(self) -> int:
        return 1_000_000

    def key(self, index: int) -> str:
        return f"k{index}"

    def row(self, index: int) -> tuple[str, ...]:
        self.asked += 1
        return (str(index), f"name {index}")


COLUMNS = (Column("n", "#", 7, align="right"), Column("name", "Name", 10, flex=1))


async def test_a_million_rows_ask_for_one_screenful() -> None:
    source = Million()
    app = One(WorkTable(COLUMNS, source))
    async with app.run_test(size=(40, 10)):
        await app.type("G", "up", "j", "pageup", "home", "down", "down")
        assert app.widget.cursor == 2  # type: ignore[attr-defined]
        assert source.asked < 300
        assert app.shown()[3].startswith(">       2 name 2")


async def test_a_cursor_move_repaints_two_lines() -> None:
    table = WorkTable(COLUMNS, Million())
    app = One(table)
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.pause()
        painted: list[int] = []
        original = table.render_line
        table.render_line = lambda y: painted.append(y) or original(y)  # type: ignore
        await app.type("down")
        await pilot.pause()
        assert sorted(painted) == [1, 2]


async def test_messages_name_the_key() -> None:
    app = One(WorkTable(COLUMNS, Million()))
    async with app.run_test(size=(40, 10)):
        await app.type("down", "enter")
        assert app.got == [("RowHighlighted", "k1"), ("RowChosen", "k1")]


async def test_replacing_rows_keeps_the_cursor_on_its_key() -> None:
    rows = [(f"k{n}", (str(n), "x")) for n in range(50)]
    table = WorkTable(COLUMNS, ListSource(rows))
    app = One(table)
    async with app.run_test(size=(40, 10)):
        await app.type(*["down"] * 20)
        table.replace(ListSource(rows[10:]))
        assert (table.cursor, table.cursor_key) == (10, "k20")
        table.replace(ListSource([row for row in rows if row[0] != "k20"]))
        assert table.cursor == 10
        table.replace(ListSource())
        assert table.cursor_key is None
        await app.type("enter", "down", "G")
        assert table.cursor == 0


async def test_hostile_text_is_text() -> None:
    rows = [("a", ("[/x]", "\x1b[2J[b]王\u202e")), ("b", (Span("9", Role.BAD), "ok"))]
    table = WorkTable(COLUMNS, ListSource(rows))
    table.show_gone(["b"])
    app = One(table)
    async with app.run_test(size=(30, 4)):
        lines = app.shown()
        assert lines[1].rstrip() == ">    [/x] [b]王"
        assert lines[2].rstrip() == " *      9 ok"
        assert {table.render_line(y).cell_length for y in range(4)} == {30}


def test_columns_share_the_room() -> None:
    columns = [
        Column("a", "A", 5), Column("b", "B", 10, flex=1), Column("c", "C", 20, rank=2), Column("d", "D", 8, rank=1)
    ]  # fmt: skip
    assert fit_columns(columns, 20) == [(0, 5), (1, 14)]
    assert fit_columns(columns, 30) == [(0, 5), (1, 15), (3, 8)]
    assert fit_columns(columns, 60) == [(0, 5), (1, 24), (2, 20), (3, 8)]


async def test_a_pane_scrolls_and_repaints_what_changed() -> None:
    pane = LinePane([Line.of(f"line {n}") for n in range(30)], cursor=True)
    app = One(pane)
    async with app.run_test(size=(20, 5)) as pilot:
        await app.type("pagedown", "down", "enter")
        assert app.got[-1] == ("LineChosen", 6)
        assert app.shown()[4].startswith("> line 6")
        await pilot.pause()
        painted: list[int] = []
        original = pane.render_line
        pane.render_line = lambda y: painted.append(y) or original(y)  # type: ignore
        pane.set_lines([Line.of("new" if n == 3 else f"line {n}") for n in range(30)])
        await pilot.pause()
        assert sorted(painted) == [1, 4]  # the new line and the cursor's own


async def test_editing() -> None:
    edit = LineEdit("pp 150 fri", prompt="> ")
    app = One(edit)
    async with app.run_test(size=(40, 3)):
        await app.type("home", "delete", "right", "X", "end", "backspace", "ctrl+h")
        assert edit.text == "p X150 f"[0:2].replace(" ", "") + edit.text[1:]
        edit.set_text("hello world", caret=5)
        await app.type("ctrl+k")
        assert edit.text == "hello"
        await app.type("ctrl+a", "right", "ctrl+u")
        assert (edit.text, edit.caret) == ("ello", 0)
        await app.type("enter", "escape")
        assert app.got[-2:] == [("Submitted", "ello"), ("Left", "ello")]


async def test_a_burst_into_the_line_loses_nothing() -> None:
    edit = LineEdit()
    app = One(edit)
    async with app.run_test(size=(20, 3)):
        text = "pp 150 fri; di INV-1041 60 price"
        await app.type(*text)
        assert edit.text == text
        assert app.cursor_position.x < 20


async def test_paste_ghost_error_and_history() -> None:
    edit = LineEdit(history=["one", "two"])
    app = One(edit)
    async with app.run_test(size=(40, 3)):
        app.post_message(events.Paste("a\r\nb\x1b[31m\n\nc"))
        await app.keys_idle()
        assert edit.text == "a b c"
        edit.set_ghost("lose")
        assert edit.render_line(0).text.rstrip() == "a b c[lose]"
        await app.type("tab")
        assert edit.text == "a b close"
        assert edit.ghost == ""
        edit.set_error(2, 3)
        marked = [s.text for s in edit.render_line(0) if s.style and s.style.underline]
        assert marked == ["b"]
        await app.type("x", "up", "up", "up", "down")
        assert edit.text == "two"
        await app.type("down")
        assert edit.text == "a b closex"


@pytest.mark.parametrize(
    ("keys", "text", "selected"),
    [
        ("x", "n x", False),
        ("right", "old", False),
        ("end", "old", False),
        ("enter", "old", False),
        ("backspace", "ol", False),
        ("home", "old", False),
        ("f5", "old", True),
        ("ctrl+u", "", False),
    ],
)
async def test_all_selected_is_replaced_by_a_character_and_kept_by_other_keys(
    keys: str, text: str, selected: bool
) -> None:
    edit = LineEdit("old")
    app = One(edit)
    async with app.run_test(size=(40, 3)):
        edit.select_all("n ")
        reverse = [s.text for s in edit.render_line(0) if s.style and s.style.reverse]
        assert "old" in "".join(reverse)
        await app.type(keys)
        assert (edit.text, edit.selected) == (text, selected)
        assert not any(name == "Submitted" for name, _ in app.got)


async def test_a_paste_replaces_what_is_selected() -> None:
    edit = LineEdit("old", limit=5)
    app = One(edit)
    async with app.run_test(size=(40, 3)):
        edit.select_all()
        app.post_message(events.Paste("old\nnewer"))
        await app.keys_idle()
        assert (edit.text, edit.selected, edit.overfull) == ("old newer", False, True)


async def test_a_status_line_and_a_key_bar() -> None:
    app = One(StatusLine("x" * 50, "right"))
    async with app.run_test(size=(20, 2)):
        assert app.shown()[0].endswith(" right")
    bar = KeyBar([("n", "note", True), ("p", "promise", False), ("?", "help", True)])
    app = One(bar)
    async with app.run_test(size=(40, 2)):
        assert app.shown()[0].rstrip() == "n note  (p promise)  ? help"
    app = One(KeyBar(bar.keys))
    async with app.run_test(size=(16, 2)):
        assert app.shown()[0].rstrip() == "n note  ? help"


async def test_what_stands_in_place_of_rows_is_told_to_its_end():
    table = WorkTable(COLUMNS, ListSource([]))
    async with One(table).run_test(size=(40, 10)):
        sentence = (
            "The desk is not open: Say which book with --tenant: 1 'Harbor Lights Utility & Telecom', 2 'North Agency'."
        )
        table.say(sentence)
        shown = " ".join("".join(part.text for part in table.render_line(y)) for y in range(10))
        assert sentence in " ".join(shown.split())
        table.replace(ListSource([("1", ("a", "b"))]))
        assert "Say which" not in "".join(part.text for y in range(10) for part in table.render_line(y))


def test_columns_have_the_room_that_their_cells_need() -> None:
    """What is empty shrinks to its heading, names are cut last, figures never; room that is left goes to what lacks least."""
    columns = [
        Column("number", "#", 3, align="right"), Column("name", "Name", 12, flex=1, most=30),
        Column("queue", "Queue", 10), Column("why", "Why", 10, flex=1), Column("count", "Count", 4, align="right"),
        Column("last", "Last", 5, rank=1),
    ]  # fmt: skip
    rows = [("1", "Alvarez-Montgomery, Rosa", "", "an invoice with many words", "1,234,567", "10:15")]
    needs = needs_of(columns, rows)
    assert needs == [1, 24, 5, 26, 9, 5]
    assert fit_needs(columns, 80, needs) == list(zip(range(6), needs, strict=True))
    assert fit_needs(columns, 63, needs) == [(0, 1), (1, 24), (2, 5), (3, 14), (4, 9), (5, 5)]
    assert fit_needs(columns, 53, needs) == [(0, 1), (1, 24), (2, 5), (3, 10), (4, 9)]
    assert fit_needs(columns, 46, needs) == [(0, 1), (1, 19), (2, 5), (3, 8), (4, 9)]
    assert sum(width for _, width in fit_needs(columns, 30, needs)) + 4 == 30
    assert fit_needs(columns, 30, needs)[4] == (4, 9)


@pytest.mark.parametrize("width", range(6, 61))
async def test_no_figure_is_cut_in_the_middle_at_any_width(width: int) -> None:
    text = "王 due 10,891.96 · disputed €4,610.43 · 12 days · total $10,891"
    line = StatusLine(text)
    async with One(line).run_test(size=(width, 4)):
        shown = "".join(segment.text for segment in line.render_line(0)).rstrip()
        assert cell_len(shown) <= width
        told = [word for word in shown.split() if any(c.isdigit() for c in word)]
        assert set(told) <= set(text.split()), shown
        assert shown.endswith("…"), "that there is more is said"
        assert text.startswith(shown.removesuffix("…").rstrip())
