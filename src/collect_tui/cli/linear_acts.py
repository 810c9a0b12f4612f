"""Acting without a screen: a line done, what the desk asks for answered below what it would do, the last act taken back."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import uuid4

from collect_tui.cli import plain
from collect_tui.cli.linear_pages import LinearPages
from collect_tui.cli.shell import act_of
from collect_tui.desk.bulk import do_each, left_out, plan
from collect_tui.desk.errors import DomainError, Stale, Unavailable, Unconfirmed
from collect_tui.desk.undoing import Undoing, find_undo
from collect_tui.domain.effects import KINDS
from collect_tui.tui import messages
from collect_tui.tui.keys.actions import ACCOUNT

if TYPE_CHECKING:
    from collect_tui.desk.commands import Act
    from collect_tui.desk.views.act import Receipt


class LinearActs(LinearPages):
    """Part of `Linear`."""

    def do_work_next(self) -> None:
        """The next account."""
        raise NotImplementedError

    def _act(self, line: str, account: str = "") -> Act:
        """The line as an act on the account as it was heard, or on another; what was typed ahead confirms nothing."""
        number, version, fence = (account, None, None) if account else self._target()
        made = act_of(self._desk, number, line)
        commands = tuple(each.unanswered() if each.outside else each for each in made.commands)
        return made.model_copy(update={"commands": commands, "version": version, "fence": fence})

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
                answer = self._question(asked.confirm.label)
                if not answer.strip():
                    self._say("Nothing was done.")
                    return
                act = self._answered(act, asked, answer)
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
        view, held, top = self._view, self._claim, self._top
        if top.after is not None:
            top.after(receipt)
        if view is None or receipt.account != view.number:
            return
        kinds = {effect.kind for effect in receipt.effects}
        passes_on = "ActUndone" not in kinds and any(KINDS[each].passes_on for each in kinds & KINDS.keys())
        if held is not None and passes_on and top.context == ACCOUNT:
            self.do_work_next()
            return
        self._view = self._desk.account(view.number)
        if held is not None:
            with contextlib.suppress(Unavailable, Stale):  # the next act is judged by its fence
                self._claim = self._desk.heartbeat(held.account)

    def do_undo_last(self) -> None:
        found = find_undo(self._desk)
        if found.planned is not None:
            self._undo_set(found)
        else:
            self._undo(found.acts[0].model_copy(update={"id": uuid4()}), found.sentence)

    def _undo_set(self, found: Undoing) -> None:
        """Take back the acts of a set, after a question that says of each account what gives way."""
        planned = found.planned
        assert planned is not None, "it is a set"
        self._say("\n".join((f"Undo: {planned.may()}", found.sentence, *planned.each())))
        if self._yes("undo them", messages.NOTHING_UNDONE):
            self._say(do_each(self._do, found.acts, planned).came_to())
            self._looked()

    def _undo(self, act: Act, sentence: str) -> None:
        """An undo is confirmed, for the act that it takes back may be another than one thinks."""
        if sentence:
            self._say(f"Undo on {act.account}: {sentence}")
        preview = self._desk.preview(act)
        self._say(plain.preview_text(preview))
        if preview.ok and self._yes("undo it", messages.NOTHING_UNDONE):
            self._send(act)

    def _on_each(self, line: str, accounts: Sequence[str]) -> None:
        """Do a line on accounts, after a question that counts them."""
        acts, planned = plan(self._desk, accounts, line, uuid4())
        if not acts:
            self._say(planned.none())
            return
        self._say(f"On {len(acts)} of {len(accounts)} accounts: {planned.common}")
        if planned.refused:
            self._say(left_out(planned.refused))
        if not self._yes("do it", "Nothing was done."):
            return
        self._say(do_each(self._do, acts, planned).came_to())
        self._looked()

    def _looked(self) -> None:
        """The account that one is on as it is now."""
        if self._view is not None:
            self._view = self._desk.account(self._view.number)
