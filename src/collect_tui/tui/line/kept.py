"""A line that belongs to an account: what is typed in it is kept as it is typed, and shown again as a draft."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from collect_tui.tui import messages
from collect_tui.tui.drafts import mask_runs
from collect_tui.tui.keys.actions import ACTIONS
from collect_tui.tui.render.roles import Role
from collect_tui.tui.widgets.lineedit import LineEdit

if TYPE_CHECKING:
    from collect_tui.desk.line.context import LineContext
    from collect_tui.desk.views.account import AccountView
    from collect_tui.tui.app import CollectApp
    from collect_tui.tui.page import Page

PROMPT: Final = "> "
DRAFT_PROMPT: Final = "draft> "
PLACE: Final = "line"
#: What keys type into the line by themselves; left as it is, it is not worth keeping.
PREFILLED: Final = frozenset(each.text.strip() for each in ACTIONS if each.text)


class KeptLine(LineEdit):
    """Keeps the draft of the account the screen is about, and changes with it.  A subclass reads what is typed."""

    def __init__(self, *, id: str = "line") -> None:
        super().__init__(prompt=PROMPT, id=id)
        self._account = ""
        self._restored = False

    # -- to be overridden ---------------------------------------------------------------------------------------

    def context(self) -> LineContext | None:
        """What the words of the line may mean here; None while there is no account."""
        return None

    def _read(self, *, anew: bool = False) -> None:
        """Read what stands in the line now; `anew`: because the account, not the text, has changed."""

    def _forget(self) -> None:
        """What was read before means nothing any more."""

    # -- where it stands ----------------------------------------------------------------------------------------

    @property
    def desk_app(self) -> CollectApp:
        """The app, by its own name."""
        return cast("CollectApp", self.app)

    @property
    def desk_screen(self) -> Page:
        """The screen it is on."""
        return cast("Page", self.screen)

    @property
    def seen(self) -> AccountView | None:
        """The account as it is shown; None when there is none, or it has not been fetched yet."""
        return self.desk_screen.line_account if self.desk_screen.line_target() is not None else None

    def on_mount(self) -> None:
        self.history = self.desk_app.line_history
        self.account_changed()

    def account_changed(self) -> None:
        """The screen is about another account, or the account is another version: change what stands in the line."""
        if not self.is_mounted or not self.desk_app.connected:
            return
        target = self.desk_screen.line_target()
        account = target.account if target is not None else ""
        if account != self._account:
            self._account = account
            self._restore(self.desk_app.drafts.load(account, PLACE))
        elif (
            self.text and self.has_focus
        ):  # one that was left says nothing: what it would do must not stand where a result does
            self._read(anew=True)

    def done_elsewhere(self, account: str, text: str) -> None:
        """What stands here as a draft has been done from the line of another screen."""
        if (account, text) == (self._account, self.text):
            self._restore("")

    def _restore(self, draft: str) -> None:
        """Show what was typed for this account and not done."""
        self._restored = bool(draft)
        self.set_prompt(DRAFT_PROMPT if draft else PROMPT)
        super().set_text(draft, quiet=True)
        self.set_ghost("")
        self._forget()

    def save_draft(self) -> None:
        """Keep what stands in the line."""
        if not self.desk_app.connected:
            return
        drafts, text = self.desk_app.drafts, self.text
        kept = text if text.strip() not in PREFILLED else ""
        context = self.context()
        known = context.known_numbers if context is not None else ()
        drafts.save(self._account, PLACE, kept, known)
        self.desk_app.keep_drafts()

    def begin(self, beginning: str) -> None:
        """A line is begun, with `beginning` in it.  Never behind old text: that is selected, and what is typed replaces it."""
        text = self.text
        if self.has_focus and not beginning:
            return
        if not text.strip() or text.strip() in PREFILLED:
            self.set_text(beginning)
            return
        self.select_all(beginning)
        self._forget()
        what = f"; typing begins “{beginning.strip()}”" if beginning else ""
        self.desk_screen.status(f"draft: Right or End keeps it{what}", Role.LABEL)

    def _typed(self, key: str, char: str | None) -> bool:
        if char == "=" and not self.text.strip():  # no act begins so
            if not self._history(1):
                self.desk_screen.status(messages.NOTHING_BEFORE, Role.LABEL)
            return True
        return super()._typed(key, char)

    def selection_kept(self) -> None:
        self._fresh()
        self._read()

    def selection_replaced(self, text: str) -> None:
        """The draft that gives way to another line is not lost: Up brings it back."""
        context = self.context()
        self.desk_app.line_history.add(mask_runs(text, context.known_numbers if context else ()))
        self._fresh()

    def _fresh(self) -> None:
        """What stands here is being worked on: it is no draft from before."""
        if self._restored:
            self._restored = False
            self.set_prompt(PROMPT)
