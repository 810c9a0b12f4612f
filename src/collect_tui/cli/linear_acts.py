"""Acting without a screen: a line done, what the desk asks for answered below what it would do, the last act taken back."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import uuid4

from collect_tui.cli import plain
from collect_tui.cli.shell import act_of
from collect_tui.desk.errors import DomainError, Refused, Stale, Unavailable, Unconfirmed
from collect_tui.domain.effects import KINDS

if TYPE_CHECKING:
    from collect_tui.desk.commands import Act
    from collect_tui.desk.protocol import Desk
    from collect_tui.desk.views.account import AccountView
    from collect_tui.desk.views.act import Receipt
    from collect_tui.desk.views.queue import Claim

Do = Callable[["Act"], "Receipt"]


class LinearActs:
    """Part of `Linear`, which says what its arguments are."""

    def __init__(self, desk: Desk, do: Do, ask: Callable[[str], str | None], say: Callable[[str], None]) -> None:
        self._desk, self._do, self._ask, self._say = desk, do, ask, say
        self._view: AccountView | None = None
        self._claim: Claim | None = None

    def do_work_next(self) -> None:
        """The next account."""
        raise NotImplementedError

    def _here(self) -> AccountView:
        if self._view is None:
            raise Refused("linear.account", "There is no account here for that; `next` takes one, a number opens it.")
        return self._view

    def _act(self, line: str) -> Act:
        """The line as an act on the account as it was heard; what was typed ahead confirms nothing."""
        view = self._here()
        made = act_of(self._desk, view.number, line)
        commands = tuple(each.unanswered() if each.outside else each for each in made.commands)
        fence = self._claim.fence if self._claim is not None else None
        return made.model_copy(update={"commands": commands, "version": view.version, "fence": fence})

    def _line(self, line: str) -> None:
        act = self._act(line)
        if any(command.kind == "undo" for command in act.commands):
            self._undo(act, "")
        else:
            self._send(act)

    def _send(self, act: Act) -> None:
        """Do an act; what the desk asks for is asked, after what it would do."""
        told = False
        while True:
            try:
                receipt = self._do(act)
                break
            except Unconfirmed as asked:
                self._say(asked.message if told else plain.preview_text(self._desk.preview(act)))
                told = True
                answer = self._ask(f"{asked.confirm.label}> ")
                if not (answer or "").strip():
                    self._say("Nothing was done.")
                    return
                act = self._answered(act, asked, answer or "")
        self._say(plain.receipt_text(receipt))
        self._acted(receipt)

    def _answered(self, act: Act, asked: Unconfirmed, answer: str) -> Act:
        try:
            return act.answered(asked.confirm, answer.strip())
        except DomainError as error:
            self._say(error.message)
            return act

    def _acted(self, receipt: Receipt) -> None:
        """The account as the act left it; one that was put away makes room for the next."""
        view, held = self._view, self._claim
        if view is None or receipt.account != view.number:
            return
        kinds = {effect.kind for effect in receipt.effects}
        if (
            held is not None
            and "ActUndone" not in kinds
            and any(KINDS[each].passes_on for each in kinds & KINDS.keys())
        ):
            self.do_work_next()
            return
        self._view = self._desk.account(view.number)
        if held is not None:
            with contextlib.suppress(Unavailable, Stale):  # the next act is judged by its fence
                self._claim = self._desk.heartbeat(held.account)

    def do_undo_last(self) -> None:
        from collect_tui.tui.undo import find_undo

        act, _, sentence = find_undo(self._desk)
        self._undo(act.model_copy(update={"id": uuid4()}), sentence)

    def _undo(self, act: Act, sentence: str) -> None:
        """An undo is confirmed, for the act that it takes back may be another than one thinks."""
        if sentence:
            self._say(f"Undo on {act.account}: {sentence}")
        self._say(plain.preview_text(self._desk.preview(act)))
        if (self._ask("undo it, y or n> ") or "").strip().casefold() == "y":
            self._send(act)
        else:
            self._say("Nothing was undone.")
