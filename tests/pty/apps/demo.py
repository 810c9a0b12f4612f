"""A small app with every widget, for the pty tests and the figures.

    demo.py [--stock] [--plain] [--rows N] [--theme NAME]

``--stock`` paints with Textual's own renderer on the same driver; ``--empty`` shows nothing at all.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from collect_tui.tui.terminal.profile import install_exit_handlers, prepare

PROFILE = prepare(os.environ)

from textual.app import App, ComposeResult  # noqa: E402
from textual.binding import Binding  # noqa: E402
from textual.screen import Screen  # noqa: E402

from collect_tui.desk.columns import Column  # noqa: E402
from collect_tui.tui.keys.gate import KeyGate  # noqa: E402
from collect_tui.tui.render import theme as themes  # noqa: E402
from collect_tui.tui.render.roles import Role  # noqa: E402
from collect_tui.tui.render.styled import Line, Span  # noqa: E402
from collect_tui.tui.terminal.driver import ThinDriver  # noqa: E402
from collect_tui.tui.terminal.painter import ThinPainter  # noqa: E402
from collect_tui.tui.widgets.keybar import KeyBar  # noqa: E402
from collect_tui.tui.widgets.lineedit import LineEdit  # noqa: E402
from collect_tui.tui.widgets.lines import LinePane  # noqa: E402
from collect_tui.tui.widgets.statusline import StatusLine  # noqa: E402
from collect_tui.tui.widgets.worktable import WorkTable  # noqa: E402

NAMES = (
    "Alvarez, Rosa",
    "Petrov, Ivan",
    "Müller, Jörg",
    "王小明",
    "O'Neill, Siobhán",
    "Ng, 美玲",
    "Diallo, Awa",
    "Łukasz",
)
REASONS = ("broken Fri · svc cut 2d", "callback 14:00", "plan missed", "new this week", "dispute answered")

COLUMNS = (
    Column("", "#", 7, align="right", role=Role.DIM),
    Column("", "Account", 9),
    Column("", "Customer", 16, flex=2),
    Column("", "Collect", 9, align="right", role=Role.MONEY),
    Column("", "DPD", 4, align="right"),
    Column("", "Why now", 20, flex=3),
    Column("", "Local", 5),
    Column("", "Phone", 14, rank=1),
)


class Rows:
    """Made-up accounts, as many as one likes."""

    def __init__(self, count: int) -> None:
        self.count = count

    def __len__(self) -> int:
        return self.count

    def key(self, index: int) -> str:
        return f"{4410 + index % 90}-{index % 10000:04d}-{index}"

    def row(self, index: int) -> tuple[str | Span, ...]:
        late = 10 + index * 7 % 90
        return (
            str(index + 1),
            self.key(index)[:9],
            NAMES[index % len(NAMES)],
            f"{37 + index * 131 % 900}.{index * 7 % 100:02d}",
            Span(str(late), Role.BAD if late > 60 else Role.PLAIN),
            REASONS[index % len(REASONS)],
            f"{8 + index % 9}:{index * 13 % 60:02d}",
            f"+1 555 01{index % 100:02d}",
        )

    def find(self, key: str) -> int | None:
        return int(key.rsplit("-", 1)[1])


class Account(Screen[None]):
    """What one account looks like, on a screen of its own."""

    BINDINGS = [Binding("b,f12", "app.pop_screen", "Back")]  # noqa: RUF012

    def __init__(self, key: str) -> None:
        super().__init__()
        self.key = key

    def compose(self) -> ComposeResult:
        yield StatusLine(Line.of(("Account ", Role.LABEL), (self.key, Role.HEAD)), "● local")
        lines = [Line.of((f"{n:>3} ", Role.DIM), f"{NAMES[n % len(NAMES)]} → note {n} · “will pay”") for n in range(40)]
        yield LinePane(lines, cursor=True)
        yield KeyBar([("n", "note", True), ("p", "promise", False), ("b", "back", True)])


class Demo(App[None]):
    CSS_PATH = Path(themes.__file__).with_name("app.tcss")
    CSS = "WorkTable, LinePane { height: 1fr; }"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS = [  # noqa: RUF012
        Binding("colon", "line", "Command"),
        Binding("ctrl+l", "repaint", "Repaint"),
        Binding("q", "quit", "Quit"),
        Binding("b,f12", "list", "Back"),
        Binding("f5", "say('F5')"),
    ]

    def __init__(self, rows: int, theme: str, **kwargs: object) -> None:
        super().__init__(**kwargs)  # type: ignore[arg-type]
        spec = themes.load_theme(theme)
        self.register_theme(themes.textual_theme(spec))
        self.theme = spec.name
        self.rows = rows

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return themes.fallback_variables()

    def compose(self) -> ComposeResult:
        yield StatusLine(f"Broken promises · {self.rows} left", "mia · ● local")
        yield WorkTable(COLUMNS, Rows(self.rows))
        yield StatusLine(id="said")
        yield LineEdit(prompt="> ")
        yield KeyBar([("n", "note", True), ("p", "promise", False), ("/", "find", True), ("?", "help", True)])

    def on_mount(self) -> None:
        install_exit_handlers(self, self.save)

    def save(self) -> None:
        if draft := os.environ.get("DEMO_DRAFT"):
            Path(draft).write_text(self.screen_stack[0].query_one(LineEdit).text)

    def on_work_table_row_chosen(self, message: WorkTable.RowChosen) -> None:
        self.push_screen(Account(message.key))

    def on_line_edit_edited(self, message: LineEdit.Edited) -> None:
        self.query_one("#said", StatusLine).show(f"[{message.text}]")

    def on_line_edit_submitted(self, message: LineEdit.Submitted) -> None:
        self.query_one("#said", StatusLine).show(f"did {message.text}")
        message.edit.set_text("", quiet=True)

    def on_line_edit_left(self) -> None:
        self.query_one(WorkTable).focus()

    def action_say(self, text: str) -> None:
        self.query_one("#said", StatusLine).show(text)

    def action_list(self) -> None:
        self.query_one(WorkTable).focus()

    def action_line(self) -> None:
        self.query_one(LineEdit).focus()

    def action_repaint(self) -> None:
        getattr(self, "redraw", self.refresh)()


class Thin(KeyGate, ThinPainter, Demo):
    terminal = PROFILE


class Stock(KeyGate, Demo):
    real_cursor = False

    def __init__(self, *args: object) -> None:
        super().__init__(*args, driver_class=ThinDriver)


class Empty(App[None]):
    ENABLE_COMMAND_PALETTE = False


def main(arguments: list[str]) -> int:
    if "--empty" in arguments:
        Empty().run(mouse=False)
        return 0
    rows = int(arguments[arguments.index("--rows") + 1]) if "--rows" in arguments else 50
    theme = arguments[arguments.index("--theme") + 1] if "--theme" in arguments else PROFILE.theme
    app = (Stock if "--stock" in arguments else Thin)(rows, theme)
    app.run(mouse=False)
    return app.return_code or 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
