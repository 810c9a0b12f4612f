"""One account: the five-second summary, its panes, and the keys that work it."""

from __future__ import annotations

from collections.abc import Coroutine, Iterable
from typing import TYPE_CHECKING, Any, ClassVar, Literal
from uuid import uuid4

from collect_tui.desk.errors import Stale
from collect_tui.domain.effects import KINDS
from collect_tui.domain.errors import DomainError
from collect_tui.tui import messages
from collect_tui.tui.keys.actions import CHORD_OUT, action
from collect_tui.tui.page import LineTarget
from collect_tui.tui.render.account import header
from collect_tui.tui.render.agent import held_by_other
from collect_tui.tui.render.chord import chord_lines, letters
from collect_tui.tui.render.line import receipt_line
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Line, Span
from collect_tui.tui.screens.linked import LinkedScreen
from collect_tui.tui.widgets.keybar import KeyHint
from collect_tui.tui.widgets.lineedit import LineEdit

if TYPE_CHECKING:
    from collect_tui.desk.views.account import AccountView
    from collect_tui.desk.views.act import EffectView, Receipt
    from collect_tui.desk.views.queue import Claim


class AccountScreen(LinkedScreen):
    """One account.  `view` is what is shown, `claim` the lease under which it may be worked."""

    shows_account: ClassVar[bool] = True

    def __init__(self) -> None:
        super().__init__()
        self.claim: Claim | None = None
        self._chord: Literal["", "result", "case"] = ""
        """What the second of two keys is the letter of, once the first has been pressed."""
        self._refused_chord = False
        """Was the first of two keys refused?  Then the second does nothing else."""
        self._place = 0
        self._behind = False
        """Was a result logged since it was opened?  Two keys log no second one: the next needs another account."""

    # -- what it shows ------------------------------------------------------------------------------------------

    def show_account(self, view: AccountView, claim: Claim | None) -> None:
        """Show an account from its summary on; nothing of the one before is left."""
        self.claim = claim
        self._behind, self._chord = False, ""
        self.begin(view)

    def header_line(self) -> Line:
        if self.view is None:
            return Line()
        queues = self.desk_app.catalogue.queues if self.claim is not None else ()
        title = next((rule.title for rule in queues if self.claim is not None and rule.name == self.claim.queue), "")
        claim = self.claim
        if claim is not None and self._behind:  # with its result it is none of those that are left
            claim = claim.model_copy(update={"left": max(0, claim.left - 1)})
        return header(self.view, claim, self.desk_app.session_view.user, self.header_room, title)

    def line_target(self) -> LineTarget | None:
        if self.view is None:
            return None
        fence = self.claim.fence if self.claim is not None and self.claim.account == self.view.number else None
        return LineTarget(self.view.number, self.view.version, fence)

    @property
    def line_account(self) -> AccountView | None:
        """The account, for the line's words."""
        return self.view

    def refusal(self, command_id: str) -> str | None:
        found = super().refusal(command_id)
        if found is not None or self.view is None:
            return found
        if action(command_id).needs_lease and self.claim is None:
            held = held_by_other(self.view, self.desk_app.session_view.user)
            if held:
                return f"{held}; you can look, not act."
        if command_id == "result.hot" and self._behind:
            door = self.desk_app.door
            return f"This account has its result; {door('work.next')} takes the next one, {door('line.open')} logs another result."
        if command_id == "order.open" and not self.view.services:
            return "This account has no services to suspend or restore."
        return None

    def run_command(self, command_id: str) -> None:
        super().run_command(command_id)
        self._refused_chord = command_id in ("result.hot", "case.new") and not self._chord

    # -- after acts ---------------------------------------------------------------------------------------------

    def passes_on(self, effects: Iterable[EffectView]) -> bool:
        kinds = {effect.kind for effect in effects}
        claimed = self.claim is not None and self.view is not None and self.claim.account == self.view.number
        return claimed and any(KINDS[kind].passes_on for kind in kinds & KINDS.keys()) and "ActUndone" not in kinds

    async def after_act(self, receipt: Receipt) -> None:
        """An act was done here: show the account as it is now; one that was skipped makes room for the next."""
        view = self.view
        if view is None or receipt.account != view.number:
            return
        kinds = {effect.kind for effect in receipt.effects}
        self._behind = "ActUndone" not in kinds and (self._behind or "ContactLogged" in kinds)
        if self.passes_on(receipt.effects):
            await self._go_on(receipt, view, by_line=True)
        else:
            await self.do_view_refresh()

    def do_result_log(self) -> None:
        self.open_line()
        if not (self.line_edit and self.line_edit.text):
            self.status("A result code, then a note: lm left message, na no answer, …; F4 lists them.", Role.LABEL)

    # -- two keys: a result, and the next account; a case -------------------------------------------------------

    def do_result_hot(self) -> None:
        """The first key: the key bar shows what the second may be."""
        self._set_chord("result")
        self.status("The letter of a result logs it and takes the next account.", Role.LABEL)

    def do_case_new(self) -> None:
        self._set_chord("case")
        self.status("The letter of a kind of case begins the line that opens one.", Role.LABEL)

    def _second(self) -> list[tuple[str, str, str]]:
        """What the second key may be: letter, word and title of each."""
        if self._chord == "result":
            return self._hot_results()
        titles = {kind.verb: kind.title for kind in self.desk_app.catalogue.cases.kinds.values()}
        return [(key, verb, titles[verb]) for key, verb in letters(titles, CHORD_OUT).items()]

    def _hot_results(self) -> list[tuple[str, str, str]]:
        """Letter, code and words of every result that two keys log."""
        codes = self.desk_app.catalogue.codes
        return [(key, code, codes.results[code].title) for key, code in codes.hot.items()]

    @property
    def has_rows(self) -> bool:
        return super().has_rows and not self._chord

    def _lines(self, view: AccountView) -> list[Line]:
        """The results in place of the body, while the second key is awaited."""
        if not self._chord:
            return super()._lines(view)
        width, height = self.body.size or self.size
        return chord_lines(self._chord, self._second(), width, height)

    def _set_chord(self, on: Literal["", "result", "case"] = "") -> None:
        """Show what the second key may be in place of the body, or the body again where it was."""
        if on:
            self._place = self.body.top
        self._chord = on
        self._fill(keep_place=False)
        if not on:
            self.body.scroll_loaded(self._place)
        self.show_keys()

    def key_hints(self) -> list[KeyHint]:
        if self._chord:
            return [*(KeyHint(key, code) for key, code, _ in self._second()), KeyHint("F12", "none")]
        return super().key_hints()

    def typed(self, name: str) -> bool:
        """A key that may act on the account acts once it is known that it is still mine; what is typed in a field is
        judged with the account at Enter, and said below the line before."""
        if isinstance(self.focused, LineEdit) or not self.desk_app.navigator.hold_in_doubt(self.claim):
            return self._act_on(name)
        self._held(self._once_sure(name))
        return True

    async def _once_sure(self, name: str) -> None:
        lost = await self.desk_app.navigator.hold_lost()
        if lost is None:
            self._act_on(name)
        else:
            self.handed_on(*lost)

    def handed_on(self, view: AccountView, claim: Claim | None, said: str) -> None:
        """The account went to somebody else, or the hold on it ran out: show it as it is, and say so."""
        if self._chord:
            self._set_chord()
        self.claim = claim
        self.changed(view)
        self.refuse(said)

    def changed(self, view: AccountView) -> None:
        """What somebody else holds now is no account of a queue of mine any more."""
        by = view.claimed_by
        if self.claim is not None and by is not None and by != self.desk_app.session_view.user:
            self.claim = self.desk_app.navigator.claim = None
        super().changed(view)

    def _act_on(self, name: str) -> bool:
        if not self._chord:
            refused, self._refused_chord = self._refused_chord, False
            if refused and name in self.desk_app.catalogue.codes.hot:  # it belongs to the comma: `n` would begin a note
                self.refuse(self.refusal("result.hot") or "No result was logged.")
                return True
            return super().typed(name)
        if self._chord == "case":
            return self._begin_case(name)
        self._set_chord()
        hot = self.desk_app.catalogue.codes.hot
        code = hot.get(name)
        if name in CHORD_OUT:
            self.status("No result was logged.")
        elif code is None:
            known = " ".join(hot)
            self.refuse(f"{name} is the letter of no result ({known}); nothing was logged.")
        else:
            self._held(self._log_and_next(code))
        return True

    def _begin_case(self, name: str) -> bool:
        from collect_tui.desk.line.case_kind import begun

        verbs = {key: verb for key, verb, _ in self._second()}
        kinds = {kind.verb: kind for kind in self.desk_app.catalogue.cases.kinds.values()}
        self._set_chord()
        if name in verbs:
            self.open_line(begun(kinds[verbs[name]], self.desk_app.catalogue.codes))
        elif name in CHORD_OUT:
            self.status("No case was begun.")
        else:
            self.refuse(f"{name} is the letter of no kind of case ({' '.join(verbs)}); nothing was begun.")
        return True

    def _held(self, work: Coroutine[Any, Any, None]) -> None:
        self.desk_app.run_held(work, self)

    async def _log_and_next(self, code: str) -> None:
        """Log the result and take the next account; what needs more than two keys goes to the line."""
        from collect_tui.desk.commands import Act
        from collect_tui.desk.line.context import LineContext
        from collect_tui.desk.line.parse import parse

        app, view, target = self.desk_app, self.view, self.line_target()
        if view is None or target is None:
            return
        parsed = parse(code.lower(), LineContext.of(view, app.catalogue, app.session_view))
        if not parsed.complete:
            self.open_line(f"{code.lower()} ")
            self.refuse(parsed.errors[0].message if parsed.errors else f"{code} is no result code of this site.")
            return
        ids = {"id": uuid4(), "version": view.version, "fence": target.fence}
        act = Act(**ids, account=view.number, commands=parsed.commands, line=parsed.text)
        try:
            receipt = await app.acts.do(view.number, act)
        except Stale as error:
            await self.do_view_refresh()
            self.desk_refused(error)
            return
        except DomainError as error:
            self.desk_refused(error)
            return
        await self._go_on(receipt, view)

    async def _go_on(self, receipt: Receipt, view: AccountView, *, by_line: bool = False) -> None:
        """The account is done with: take the next one of its queue, and say what was done to this one.

        The two keys say "and next", and what follows them is for the next account.  A line (`by_line`) was typed on this
        one, and so was all that was typed ahead behind it: that is dropped.
        """
        app = self.desk_app
        shown, said, asked = await app.navigator.next_account(
            app.navigator.next_queue if self.claim is not None else None
        )
        dropped = messages.dropped(app.flush_keys()) if by_line else ""
        top = app.desk_screen(self)
        if shown and self.view is not None and self.view.number != view.number:
            before = f"{said} · " if said else ""
            done = receipt_line(receipt, f"{before}{view.number}: ")
        else:
            self._behind = True
            if asked:
                await self.do_view_refresh()
            self.show_keys()
            said = said or "it comes first again"
            done = receipt_line(receipt)
            done = Line((*done.spans, Span(f" · {said}", Role.WARN)))
        top.status(Line((*done.spans, Span(f" · {dropped}", Role.WARN))) if dropped else done)


SCREEN = AccountScreen
