"""What a form says: its fields read as a line, what is wrong in them, and what the desk says of them while they are typed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar, Final
from uuid import uuid4

from textual.app import ComposeResult

from collect_tui.desk.commands import Act, Override
from collect_tui.desk.line import fields
from collect_tui.desk.line.case import most_slots
from collect_tui.desk.line.complete import offered
from collect_tui.desk.line.context import LineContext
from collect_tui.desk.line.offers import why_none
from collect_tui.desk.line.parse import parse
from collect_tui.desk.line.render import render_act
from collect_tui.desk.line.slot import CARRIES, Slot
from collect_tui.desk.line.verbs import VERBS
from collect_tui.tui import messages
from collect_tui.tui.forms.fields import Form
from collect_tui.tui.keys.actions import FORM
from collect_tui.tui.page import LineTarget
from collect_tui.tui.render.line import meaning_line, preview_line
from collect_tui.tui.render.promise import owed_lines, promise_lines
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Line, Span
from collect_tui.tui.screens.base import DeskScreen
from collect_tui.tui.widgets.lines import LinePane

if TYPE_CHECKING:
    from collect_tui.desk.commands import Command
    from collect_tui.desk.line.model import Parsed
    from collect_tui.desk.line.verb import Verb
    from collect_tui.desk.views.account import AccountView
    from collect_tui.desk.views.act import Preview

#: The answer that says what the fields would do.
SAID: Final = frozenset({"preview"})

#: Who overrides a refusal and why: fields that F10 opens, and their password where they have one.
OVERRIDE: Final = (
    Slot("override_by", "", "Overridden by", "login of who may", "login", also=frozenset({"override"})),
    Slot("override_why", "", "because", "the reason, kept as evidence", "why", also=frozenset({"override.reason"})),
    Slot("override_proof", "", "Password", "of whoever overrides", "password", also=frozenset({"proof"})),
)
PROOF: Final = "override_proof"
_MOST: Final = max(len(slots) for slots in (*CARRIES.values(), *(verb.fields for verb in VERBS.values())))


class ReadingScreen(DeskScreen):
    """The fields of one verb on one account, as the line that they amount to."""

    context: ClassVar[str] = FORM
    has_line: ClassVar[bool] = False
    summary_rows: ClassVar[int] = 1
    typing_rows: ClassVar[int] = 2  # what the desk says of most acts; the checks above need the third

    overriding = False
    """Are there fields for who overrides a refusal?"""

    def __init__(self) -> None:
        super().__init__()
        self._verb: Verb = next(iter(VERBS.values()))
        self.view: AccountView | None = None
        self.fence: int | None = None
        self.preview: Preview | None = None
        self.line_context: LineContext | None = None
        self._written = fields.Written("", ())
        self._parsed: Parsed | None = None
        self._previewed: tuple[Command, ...] = ()
        self._touched = False
        self._lead = ""
        """Said before what the desk says, until something is typed."""

    # -- to be overridden ---------------------------------------------------------------------------------------

    @property
    def verb(self) -> Verb:
        """What the form does."""
        return self._verb

    def paint(self, preview: Preview | None, width: int) -> list[Line]:
        """What stands below the fields: what the desk says of them."""
        if self.view is None:
            return []
        return promise_lines(preview, self.view.currency, self.view.business_date, width, self.override_key)

    def owed(self, width: int, rows: int) -> list[Line]:
        """What the account owes, in at most so many rows."""
        return owed_lines(self.view, width, rows) if self.view is not None else []

    def choices(self, slot: Slot) -> Sequence[tuple[str, str]]:
        """What F4 lists in a field; empty when it is free."""
        if slot.name == OVERRIDE[0].name:
            return (
                [(each.login, f"{each.name}, {each.role}") for each in self.preview.overriders] if self.preview else ()
            )
        if self.line_context is None:
            return ()
        return offered(slot, self.line_context, self.verb.verb, self.form.values)

    def why_no_choice(self, slot: Slot) -> str:
        """Why F4 lists nothing in a field for which there is a list; empty when it is free."""
        return why_none((slot.kind,), self.line_context) if self.line_context is not None else ""

    # -- the screen ---------------------------------------------------------------------------------------------

    def compose_line(self) -> ComposeResult:
        yield from ()

    def compose_body(self) -> ComposeResult:
        kinds = self.desk_app.catalogue.cases.kinds.values() if self.desk_app.knows_site else ()
        yield Form(max(_MOST, most_slots(kinds)) + len(OVERRIDE))
        body = LinePane(id="body", focusable=False, more="PgDn")
        body.resized = self._refill
        yield body

    @property
    def form(self) -> Form:
        return self.query_one("#form", Form)

    def header_line(self) -> Line:
        if self.view is None:
            return Line()
        return Line.of((f"{self.view.number} {self.view.name}", Role.HEAD), (f" · {self.verb.title}", Role.LABEL))

    def line_target(self) -> LineTarget | None:
        return LineTarget(self.view.number, self.view.version, self.fence) if self.view is not None else None

    @property
    def override_key(self) -> str:
        """The key that opens the override, as people read it."""
        return self.desk_app.door("form.open").upper()

    # -- reading ------------------------------------------------------------------------------------------------

    def read_again(self) -> None:
        """Read the fields as a line, show it, and ask the desk what it would do."""
        if self.view is None or not self.is_mounted:
            return
        parsed = self.parsed()
        wrong = self.wrong()
        self.show_summary()
        if wrong is not None:
            self.forget("preview")
            self._previewed = ()
            name, sentence = wrong
            edit = self.form.edit(name)
            typed = bool(edit.text.strip())
            self.form.point(name if typed and not edit.has_focus else None)
            if self._touched:
                self.status(sentence, Role.WARN if typed else Role.LABEL, typed=True)
            else:  # nobody has done anything wrong yet
                self.status("Tab and Enter go on, F4 lists, F2 saves.", Role.LABEL, typed=True)
            self.show_preview(None)
            return
        self.form.point(None)
        unsure = self.desk_app.acts.unsure(self.view.number, "F2")
        if unsure:
            self.status(unsure, Role.WARN, typed=True)
        elif parsed.commands != self._previewed or self.preview is None:
            self.status(meaning_line(parsed), typed=True)
        if parsed.commands != self._previewed:
            self._ask(parsed.commands)

    def parsed(self) -> Parsed:
        """The fields as the line reads them."""
        assert self.line_context is not None
        self._written = fields.write(self.verb.verb, self.verb.fields, self.form.values)
        self._parsed = parse(self._written.text, self.line_context)
        return self._parsed

    def wrong(self) -> tuple[str, str] | None:
        """The field that is wrong or missing, and the sentence; None: what was read last may be done."""
        for name, slot in self.form.fields.items():
            if (edit := self.form.edit(name)).overfull:
                return name, f"{slot.label}: {messages.too_long(len(edit.text), edit.limit)}"
        if self._parsed is None:
            return None
        found = fields.wrong(self._parsed, self._written, self.verb.fields, self.form.values)
        return None if found is None else (found[0].name, f"{found[0].label}: {found[1]}")

    def act_of(self, commands: tuple[Command, ...], line: str) -> Act:
        """What is to be done, or previewed, with who overrides it."""
        assert self.view is not None
        by, why = (self.form.values.get(slot.name, "").strip() for slot in OVERRIDE[:2])
        return Act(
            id=uuid4(),
            account=self.view.number,
            commands=commands,
            version=self.view.version,
            fence=self.fence,
            line=line,
            override=Override(by=by, reason=why) if self.overriding and (by or why) else None,
        )

    def _ask(self, commands: tuple[Command, ...]) -> None:
        self._previewed = commands
        desk, view = self.desk_app.desk, self.view
        act = self.act_of(commands, "")

        def answered(preview: Preview) -> None:
            if self.view is view and self._previewed == commands:
                self.show_preview(preview, late=self.refused)

        def lost() -> None:
            self._previewed = ()
            self.show_preview(None)

        self.fetch("preview", lambda: desk.preview(act), answered, lost=lost)

    def show_preview(self, preview: Preview | None, *, late: bool = False) -> None:
        """Show what the desk says of the fields.  `late`: a key has been refused meanwhile, and that stays said."""
        self.preview = preview
        self._fill()
        unsure = self.view is not None and self.desk_app.acts.unsure(self.view.number, "F2")
        if preview is not None and self._parsed is not None and not unsure and not late:
            line = preview_line(self._parsed, preview)
            told = Line((Span(f"{self._lead} · ", Role.LABEL), *line.spans)) if self._lead else line
            self.status(
                told, typed=True
            )  # what stands below fills the room that is left: it must not hang on what was said before
        self.show_keys()

    def say_first(self, lead: str) -> None:
        """Say something before the desk's answer; one that is under way is painted with it when it comes."""
        changed, self._lead = self._lead != lead, lead
        if changed and self.preview is not None and not self.under_way(SAID):
            self.show_preview(self.preview)

    def _fill(self) -> None:
        """What the desk says, and below it what the account owes, as far as there is room."""
        body = self.query_one("#body", LinePane)
        width = self.size.width
        said = self.paint(self.preview, width)
        owed = self.owed(width, body.size.height - len(said))
        blank = body.size.height - len(said) - len(owed)
        body.set_lines([*said, *[Line()] * (blank if owed else 0), *owed])

    def _refill(self) -> None:
        """There is less room below, or more: the fields, what is said or the terminal has another height."""
        if self.view is not None and self.is_mounted:
            self._fill()

    def summary_lines(self) -> Iterable[Line]:
        """The line that the form amounts to, as it could be typed."""
        parsed, context = self._parsed, self.line_context
        if parsed is None or context is None:
            return ()
        complete = parsed.complete and self.wrong() is None
        text = render_act(parsed.commands, context) if complete else parsed.text
        return (Line.of(("as a line  ", Role.LABEL), (text, Role.VALUE if complete else Role.DIM)),)
