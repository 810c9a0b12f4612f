"""Who sits there, what they have done and what a lead does about the floor, without a screen."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from uuid import uuid4

from collect_tui.cli import plain
from collect_tui.cli.floor import floor_text, me_text
from collect_tui.cli.linear_cases import LinearCases
from collect_tui.cli.linear_pages import Page
from collect_tui.common.words import plural
from collect_tui.desk import arguments
from collect_tui.desk.errors import Refused
from collect_tui.desk.outbox import OUTBOX_COLUMNS, typed
from collect_tui.desk.sets import set_of, short
from collect_tui.desk.undoing import undo_of, undoing
from collect_tui.desk.views.act import HISTORY_COLUMNS, NO_ACT
from collect_tui.desk.views.forecast import FORECAST_COLUMNS, forecast_rows
from collect_tui.desk.views.said import text as said_text
from collect_tui.tui import messages
from collect_tui.tui.keys.actions import FLOOR, FORECAST, HISTORY, OUTBOX, SCRIPT

if TYPE_CHECKING:
    from datetime import date

    from collect_tui.desk.outbox import HeldAct, Outbox
    from collect_tui.desk.views.act import Receipt
    from collect_tui.desk.views.floor import SeatView
    from collect_tui.desk.views.script import ObjectionView, ScriptCard, ScriptView


class LinearFloor(LinearCases):
    """Part of `Linear`."""

    # -- what I do ----------------------------------------------------------------------------------------------

    def do_agent_pause(self, code: str = "") -> None:
        codes = self._catalogue.codes.pauses
        found = self._desk.agent("pause", arguments.pause_code(code, codes))
        self._say(f"Pause: {codes.get(found.code, found.code)}; ready ends it.")
        self._saw(found)

    def do_agent_ready(self) -> None:
        """The end of a pause; an account that is held is talked about anew."""
        found = self._desk.agent("available")
        if self._claim is not None:
            self._desk.claim(self._claim.account)
            found = self._desk.agent()
        self._say("Ready.")
        self._saw(found)

    def do_agent_heard(self) -> None:
        """What a lead has said to me is acknowledged."""
        seen = self._desk.agent()
        self._saw(seen)
        if not seen.words:
            raise Refused("agent.heard", messages.NO_WORD)
        last = seen.words[-1]
        self._desk.agent("", "", last.id)
        self._say(messages.heard(last.by))

    def do_me_open(self, login: str = "") -> None:
        self._say(me_text(self._desk.me(login)))

    def do_desk_signin(self) -> None:
        """Asks for the password again."""
        outbox = self._desk.outbox
        if outbox is None:
            raise Refused("word.signin", messages.NO_SIGNIN)
        password = self._question("password", self._secret)
        if not password:
            self._say("Not signed in.")
            return
        self._say(f"{outbox.sign_in(password)} {messages.SIGNED_IN}".lstrip())

    def do_identifier_reveal(self, words: str = "") -> None:
        """An identifier in full; what has been said stays in the terminal."""
        what, reason = arguments.revealing(words)
        shown = self._desk.reveal(self._target()[0], what, reason)
        self._say(f"{shown.what} {shown.value}")

    # -- the floor ----------------------------------------------------------------------------------------------

    def do_floor_open(self) -> None:
        self._open(Page(FLOOR, "floor", self._load_floor))

    def _load_floor(self, page: Page) -> str:
        found = self._desk.floor()
        page.opens = [partial(self._open_seat, seat) for seat in found.seats]
        page.does = {"floor.reassign": partial(self._reassign, found.seats)}
        return floor_text(found, self._desk.session(), numbered=True)

    def _open_seat(self, seat: SeatView) -> None:
        if seat.account is None:
            raise Refused("floor.nothing", messages.HOLDS_NO_ACCOUNT)
        self.do_account_open(seat.account)

    def _reassign(self, seats: tuple[SeatView, ...], words: str) -> None:
        at, rest = self._row(words, len(seats))
        account = seats[at].account
        if account is None:
            raise Refused("floor.nothing", messages.NOTHING_TO_REASSIGN)
        to, reason = arguments.reassigning(rest)
        self._desk.reassign(account, to, reason)
        self._say(f"{to} has {account} now.")

    def do_team_word(self, words: str = "") -> None:
        login, text = arguments.word(words)
        self._desk.word(login, text)
        self._say(messages.word_left(login))

    def do_team_away(self, words: str = "") -> None:
        today = self._desk.session().business_date
        given = arguments.away(words, today, self._catalogue.rules.date_order)
        self._desk.absent(*given)
        self._say(messages.away(given.login, given.until, today))

    def do_team_back(self, words: str = "") -> None:
        self._desk.absent(arguments.back(words))
        self._say(messages.back(words))

    def do_team_lock(self, words: str = "") -> None:
        queue, reason = arguments.lock(words)
        self._desk.lock_order(queue, True, reason)
        self._say(messages.locked(queue))

    def do_team_unlock(self, words: str = "") -> None:
        self._desk.lock_order(arguments.unlock(words), False)
        self._say(messages.unlocked(words))

    def do_team_handon(self, words: str = "") -> None:
        """All that is an agent's to colleagues, after a question that says how much it is."""
        self._desk.session().require("hand_on")
        given = arguments.handing(words)
        seen = arguments.to_hand(self._desk, given)
        self._say(arguments.handing_question(seen, given.to))
        if self._yes("hand on", messages.NOTHING_HANDED_ON):
            self._say(arguments.handed(self._desk.hand_on(*given, do=True)))

    def do_forecast_open(self, words: str = "") -> None:
        """What a night would make of the queues; it is waited for."""
        on = arguments.day(words, self._desk.session().business_date, self._catalogue.rules.date_order)
        self._say("The night is tried on a copy of the book.")
        self._open(Page(FORECAST, f"forecast {words}".strip(), partial(self._load_forecast, on)))

    def _load_forecast(self, on: date | None, page: Page) -> str:
        found = self._desk.forecast(on)
        rows = forecast_rows(found)
        page.opens = [
            partial(self.do_account_open if row.account else self._show_queue, row.account or row.name) for row in rows
        ]
        told = plain.listed(FORECAST_COLUMNS, rows, self._desk.session(), numbered=True)
        return f"{found.head}\n{told}\n{found.words}"

    # -- what was done, and what is not yet ---------------------------------------------------------------------

    def do_history_open(self, words: str = "") -> None:
        self._open(Page(HISTORY, " ".join(("history", *words.split())), partial(self._load_history, words)))

    def _load_history(self, words: str, page: Page) -> str:
        given = arguments.history(words)
        done = arguments.acts_of(self._desk, given)
        by = f" by={given.by}" if given.by else ""
        page.opens = [
            partial(self.do_account_open, each.account)
            if each.acts == 1
            else partial(self.do_history_open, f"set={short(set_of(each.id))}{by}")
            for each in done
        ]
        page.tells = [partial(_came_to, each) for each in done]
        page.does = {"undo.last": partial(self._undo_row, done, given.by)}
        if not done:
            return NO_ACT
        told = plain.listed(HISTORY_COLUMNS, done, self._desk.session(), numbered=True)
        return f"History · {plural(len(done), 'act')}; u NUMBER takes one or a set back, show NUMBER says what it came to\n{told}"

    def _undo_row(self, done: tuple[Receipt, ...], by: str, words: str) -> None:
        if not words:
            return self.do_undo_last()
        act = done[self._row(words, len(done))[0]]
        if not act.undoable:
            raise Refused("undo.nothing", messages.not_undoable(act))
        if act.acts > 1:
            return self._undo_set(undoing(self._desk, act, uuid4(), by=by))
        return self._undo(undo_of(act), "")

    def do_outbox_open(self) -> None:
        outbox = self._desk.outbox
        if outbox is None:
            raise Refused("word.outbox", messages.NO_OUTBOX)
        self._open(Page(OUTBOX, "outbox", partial(self._load_outbox, outbox)))

    def _load_outbox(self, outbox: Outbox, page: Page) -> str:
        held = outbox.held()
        page.opens = [partial(self.do_account_open, each.act.account) for each in held]
        page.tells = [partial(_both, outbox, each) for each in held]
        page.does = {
            "held.send": partial(self._send_held, outbox, held),
            "held.drop": partial(self._drop_held, outbox, held),
        }
        notice = [outbox.connection().notice] if outbox.connection().notice else []
        if not held:
            return "\n".join((*notice, messages.NOTHING_WAITS))
        told = plain.listed(OUTBOX_COLUMNS, held, self._desk.session(), numbered=True)
        problems = [f"{at}: {each.problem}" for at, each in enumerate(held, 1) if each.problem]
        how = "v NUMBER sends a rejected act again, x NUMBER drops it, show NUMBER says how its account is now"
        return "\n".join((*notice, told, *problems, how))

    def _held(self, held: tuple[HeldAct, ...], words: str) -> HeldAct:
        chosen = held[self._row(words, len(held))[0]]
        if chosen.state != "review":
            raise Refused("outbox.waiting", messages.NOT_REJECTED)
        return chosen

    def _send_held(self, outbox: Outbox, held: tuple[HeldAct, ...], words: str) -> None:
        chosen = self._held(held, words)
        outbox.send_again(chosen.id)
        self._say(f"{chosen.act.account}: what was typed is sent again on the account as it is now.")

    def _drop_held(self, outbox: Outbox, held: tuple[HeldAct, ...], words: str) -> None:
        chosen = self._held(held, words)
        self._say(f"Drop what was typed on {chosen.act.account}: {typed(chosen)}?  It is lost then.")
        if self._yes("drop it", "Not done."):
            outbox.drop(chosen.id)
            self._say(f"{chosen.act.account}: what was typed was dropped.")

    # -- the call -----------------------------------------------------------------------------------------------

    def do_script_open(self) -> None:
        """Cards to read, and what the customer may say, by their numbers; `tick NAME` keeps that a card was read."""
        account = self._target()[0]
        page = Page(SCRIPT, f"script, account {account}", partial(self._load_script, account), account=account)
        self._open(page)

    def _load_script(self, account: str, page: Page) -> str:
        script = self._desk.script(account)
        below = [each for each in script.objections if not each.under]
        cards = [f"{at} card {card.name}: {_card(card)}" for at, card in enumerate(script.cards, 1)]
        page.opens = [
            *(partial(self._read_card, card) for card in script.cards),
            *(partial(self._object, script, each) for each in below),
        ]
        return "\n".join((*cards, *_says(below, len(cards) + 1), "tick NAME keeps that a card was read."))

    def _read_card(self, card: ScriptCard) -> None:
        self._say(f"{card.title}: {card.text}\ntick {card.name} keeps that it was read.")

    def _object(self, script: ScriptView, said: ObjectionView) -> None:
        """What the customer says is answered, and what they may say then is asked for."""
        page = Page(SCRIPT, f"script, account {script.account}", partial(self._load_answer, script, said))
        page.account = script.account
        self._open(page, upon=True)

    def _load_answer(self, script: ScriptView, said: ObjectionView, page: Page) -> str:
        below = [each for each in script.objections if each.under == said.name]
        page.opens = [partial(self._object, script, each) for each in below]
        typed = [f"what is typed then: {said.line}"] if said.line else []
        return "\n".join((f"{said.says}: {said.answer}", *typed, *_says(below, 1)))


def _says(below: list[ObjectionView], first: int) -> list[str]:
    return [f"{at} the customer says: {each.says}" for at, each in enumerate(below, first)]


def _card(card: ScriptCard) -> str:
    read = "read" if card.read_at is not None else "to be read in every call" if card.must else ""
    return f"{card.text}{f' ({read})' if read else ''}"


def _came_to(done: Receipt) -> str:
    """What an act came to, and the rules that spoke."""
    rules = [
        " ".join(filter(None, (each.sentence, each.cite))) for each in done.verdict.findings if each.severity != "allow"
    ]
    return "\n".join((f"{done.whose}: {said_text(done.sentences)}", *rules))


def _both(outbox: Outbox, held: HeldAct) -> str:
    """What was typed, and the account as it is now."""
    return f"typed: {typed(held)}\n{plain.account_text(outbox.current(held.id))}"
