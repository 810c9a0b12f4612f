"""Commands about the terminal and who sits at it: colours, painting, signing in again, what is masked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from collect_tui.common.text import clean
from collect_tui.desk import arguments
from collect_tui.desk.errors import Invalid, NotFound, Refused
from collect_tui.tui import messages
from collect_tui.tui.dialogs.lock import lock
from collect_tui.tui.dialogs.signin import PasswordScreen
from collect_tui.tui.dialogs.theming import ThemeScreen
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.theme import load_theme
from collect_tui.tui.render.theme_files import ThemeError, theme_names

if TYPE_CHECKING:
    from collect_tui.tui.desk_app import DeskApp

_DOT: Final = "•"
"""Stands for what is masked of an identifier (`services/masking.py`)."""


class OwnCommands:
    """Part of `Commands`."""

    def __init__(self, app: DeskApp) -> None:
        self._app = app

    def do_screen_redraw(self) -> None:
        self._app.redraw()

    def do_screen_lock(self) -> None:
        lock(self._app)

    def may_theme_choose(self, name: str) -> None:
        try:
            if name:
                load_theme(name, self._app.themes_folder)
        except ThemeError as error:
            names = ", ".join(theme_names(self._app.themes_folder))
            raise Invalid("word.theme", f"{error}; there are {names}.") from None

    def offers_theme_choose(self) -> Sequence[tuple[str, str]]:
        """The themes there are, the user's own among them."""
        return [(name, "") for name in theme_names(self._app.themes_folder)]

    async def do_theme_choose(self, name: str = "") -> None:
        """Change the colours for this session; without a name, one is chosen from those there are."""
        self.may_theme_choose(name)
        app, before = self._app, self._app.worn
        if name:
            app.use_theme(name)
            app.top.status(f"Theme {name}; `theme {before}` puts back what was before.", Role.LABEL)
            return

        def wear(one: str) -> str:
            try:
                app.use_theme(one)
            except ThemeError as error:
                return str(error).rpartition("/")[2]
            return ""

        def chosen(one: str | None) -> None:
            app.top.status(f"Theme {one}." if one else "", Role.LABEL)

        names = theme_names(app.themes_folder)
        await app.push_screen(ThemeScreen(names, before, wear), chosen)

    def may_text_copy(self, what: str) -> None:
        self._to_copy(what)

    def _to_copy(self, what: str) -> str:
        """The text that is meant.  Raises Invalid: there is none, it is masked, or it is too long."""
        from collect_tui.desk.views.floor import identifier
        from collect_tui.domain.card_text import mask_card
        from collect_tui.tui.terminal.clipboard import LONGEST

        top = self._app.top
        target, view = top.line_target(), top.line_account
        try:
            point = identifier(what, view.points, view.services)[1] if view is not None and what else ""
        except NotFound:
            point = ""  # a text of its own
        if not what and target is None:
            raise Invalid("word.copy", "There is no account here: say what to copy, `copy TEXT` or `copy row`.")
        text = top.row_text if what == "row" else point or what or (target.account if target is not None else "")
        text = mask_card(clean(text))
        if not text:
            raise Invalid("word.copy", "There is no row here to copy.")
        if point and _DOT in text:
            raise Invalid(
                "word.copy", f"{what} is masked for you, and of no use in part; `reveal {what} REASON` shows it."
            )
        if len(text.encode()) > LONGEST:
            raise Invalid("word.copy", f"That is too long for a clipboard far away: {LONGEST:,} bytes at most.")
        return text

    async def do_text_copy(self, what: str = "") -> None:
        """Copy to the clipboard of the terminal; the text stands in the status line too, for not every terminal takes it."""
        text = self._to_copy(what)
        self._app.to_clipboard(text)
        self._app.top.status(f"For the clipboard, if your terminal takes it: {text}", Role.LABEL)

    def may_desk_signin(self) -> None:
        if self._app.outbox is None:
            raise Refused("word.signin", messages.NO_SIGNIN)

    async def do_desk_signin(self) -> None:
        """Ask for the password and sign in again."""
        app, top = self._app, self._app.top
        self.may_desk_signin()
        outbox = app.outbox
        assert outbox is not None

        async def sign_in(password: str) -> None:
            warned = await app.call(outbox.sign_in, password)
            await top.do_view_refresh()
            top.status(f"{warned} {messages.SIGNED_IN}".lstrip(), Role.WARN if warned else Role.GOOD)

        def answered(password: str | None) -> None:
            if password:
                app.run_held(sign_in(password), top)
            else:
                top.status("Not signed in.")

        dropped = messages.dropped(app.flush_keys())  # what was typed ahead is no password
        await app.push_screen(asked := PasswordScreen(app.user), answered)
        asked.status(dropped)

    def may_identifier_reveal(self, rest: str) -> Callable[[], object]:
        from collect_tui.desk.views.floor import identifier

        what, _ = arguments.revealing(rest)
        target = self._app.top.line_target()
        if target is None:
            raise Invalid("word.reveal", "There is no account here.")
        self._app.session_view.require("reveal")

        def look() -> object:
            seen = self._app.desk.account(target.account)
            return identifier(what, seen.points, seen.services)

        return look

    async def do_identifier_reveal(self, rest: str = "") -> None:
        """Say an identifier in full on the status line, and take it away after its time."""
        self.may_identifier_reveal(rest)
        what, reason = arguments.revealing(rest)
        top, target = self._app.top, self._app.top.line_target()
        assert target is not None
        shown = await top.ask(self._app.desk.reveal, target.account, what, reason)
        if shown is None:
            return
        said = f"{shown.what} {shown.value}"
        top.status(said, Role.WARN)

        def hide() -> None:
            if top.is_mounted and top.said == said:
                top.status("")

        self._app.set_timer(shown.seconds, hide)
