"""An answer is lost and the act is repeated by hand: it is done once, whoever repeats it, and its author hears what became of it."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from collect_tui.cli.shell import act_of
from collect_tui.desk.commands import Act
from collect_tui.desk.errors import Unavailable
from collect_tui.desk.views.act import Receipt
from collect_tui.services.local import LocalDesk
from collect_tui.tui.drafts import Drafts
from collect_tui.tui.sent import Sent, Unsettled
from support.book import do_line
from tui.account_book import IVAN, OPEN, ROSA, Desks
from tui.driver import DeskDriver, driving, keys_of
from tui.test_outbox_screen import Remote, remote

PAY = [":", *keys_of("pay 12 card r1"), "enter"]


class Losing:
    """A real desk; each loss on its list befalls the next act: `before` it is done, or `after`.  It keeps every act it was given."""

    def __init__(self, desk: LocalDesk, *losses: str, error: Callable[[], Exception] | None = None) -> None:
        self._desk = desk
        self.losses = list(losses)
        self.given: list[Act] = []
        self._error = error or (lambda: Unavailable("act.unanswered", "The server has not answered."))

    def __getattr__(self, name: str) -> object:
        return getattr(self._desk, name)

    def do(self, act: Act, *, proof: str | None = None) -> Receipt:
        self.given.append(act)
        loss = self.losses.pop(0) if self.losses else None
        if loss == "before":
            raise self._error()
        receipt = self._desk.do(act, proof=proof)
        if loss == "after":
            raise self._error()
        return receipt


def paid(desks: Desks, account: str = ROSA) -> list[int]:
    return sorted(p.amount for p in desks.of("lee").pane(account, "payments").payments)


def text_of(desk: DeskDriver) -> str:
    edit = desk.screen.line_edit
    assert edit is not None
    return edit.text


def losing(desks: Desks, *losses: str, error: Callable[[], Exception] | None = None) -> Losing:
    return Losing(desks.of("mia"), *losses, error=error)


async def test_the_key_bar_says_that_enter_asks_for_the_outcome(tmp_path: Path) -> None:
    desks = Desks(tmp_path)
    far = losing(desks, "after", "after")
    async with driving(lambda: far, desks.state) as desk:  # type: ignore[arg-type, return-value]
        await desk.press(*OPEN, *PAY[:-1])
        assert "do it" in desk.hints
        await desk.press("enter")
        assert "ask outcome" in desk.hints
        assert "do it" not in desk.hints
        await desk.press("backspace", "2")
        assert "ask outcome" in desk.hints, "whatever the line says"
        assert "no answer yet" in desk.said
        edit = desk.screen.line_edit
        assert edit is not None
        edit.set_text("keys")
        assert "do it" in desk.hints, "a word of the app's own sends nothing"
        edit.set_text("pay 12 card r2")
        await desk.press("enter")
        assert "is still unsure" in desk.said
        await desk.press("enter")
        assert "“pay 12 card r1” was done" in desk.said
        assert "do it" in desk.hints
        assert "ask outcome" not in desk.hints


async def test_the_key_bar_of_a_form_says_that_f2_asks_for_the_outcome(tmp_path: Path) -> None:
    desks = Desks(tmp_path)
    far = losing(desks, "after")
    async with driving(lambda: far, desks.state) as desk:  # type: ignore[arg-type, return-value]
        await desk.press(*OPEN, "p", *keys_of("60"), "tab", *keys_of("fri"))
        assert "save" in desk.hints
        await desk.press("f2")
        assert "ask outcome" in desk.hints
        assert "save" not in desk.hints


@pytest.mark.parametrize("losses", [["after"], ["before"], ["after", "after", "before"], ["before", "before"]])
@pytest.mark.parametrize(
    "error",
    [
        lambda: Unavailable("act.unanswered", "The server has not answered."),
        lambda: Unavailable("store.unknown", "The database did not say."),
        lambda: sqlite3.OperationalError("disk I/O error"),
    ],
)
async def test_enter_again_asks_for_the_very_same_act(
    tmp_path: Path, losses: list[str], error: Callable[[], Exception]
) -> None:
    desks = Desks(tmp_path)
    far = losing(desks, *losses, error=error)
    async with driving(lambda: far, desks.state) as desk:  # type: ignore[arg-type, return-value]
        await desk.press(*OPEN, *PAY)
        for _ in losses[1:]:
            assert "unsure" in desk.said
            await desk.press("enter")
        assert text_of(desk) == "pay 12 card r1"
        await desk.press("enter")
        assert text_of(desk) == ""
        assert paid(desks) == [1200]
        assert len({act.model_dump_json() for act in far.given}) == 1, "byte for byte the same"
        await desk.press(*PAY[:-4], *keys_of("2"), "enter")
        assert desk.app.acts.sent.first() is None


async def test_another_text_waits_until_the_first_is_known(tmp_path: Path) -> None:
    desks = Desks(tmp_path)
    far = losing(desks, "after")
    async with driving(lambda: far, desks.state) as desk:  # type: ignore[arg-type, return-value]
        await desk.press(*OPEN, *PAY)
        await desk.press("backspace", "2")
        assert "was sent and has no answer yet" in desk.said
        await desk.press("enter")
        assert "“pay 12 card r1” was done" in desk.said
        assert text_of(desk) == "pay 12 card r2"
        assert paid(desks) == [1200]
        await desk.press("enter")
        assert "12.00 received" in desk.said, "what the text does is shown before anything does it"
        assert "was done" not in desk.said
        assert paid(desks) == [1200]
        await desk.press("enter")
        assert paid(desks) == [1200, 1200], "that the second payment is meant has been decided with the first in sight"


async def test_a_refusal_that_was_lost_is_told_and_nothing_is_done(tmp_path: Path) -> None:
    desks = Desks(tmp_path)
    far = losing(desks, "before")
    async with driving(lambda: far, desks.state) as desk:  # type: ignore[arg-type, return-value]
        await desk.press(*OPEN, *PAY)
        desks.of("mia").release(ROSA)
        do_line(desks.of("lee"), ROSA, "n lee was here")
        await desk.press("backspace", "1", "0", "enter")
        assert "was not done: lee changed this account" in desk.said
        assert paid(desks) == []


@pytest.mark.parametrize("how", ["same", "edited", "left", "chord", "form"])
async def test_after_a_restart_the_act_is_still_the_first_to_be_asked_about(tmp_path: Path, how: str) -> None:
    desks = Desks(tmp_path)
    async with driving(lambda: losing(desks, "after"), desks.state) as desk:  # type: ignore[arg-type, return-value]
        await desk.press(*OPEN, *PAY)
    far = losing(desks)
    async with driving(lambda: far, desks.state) as desk:  # type: ignore[arg-type, return-value]
        await desk.press(*OPEN)
        if how == "left":
            await desk.press(":", *IVAN, "enter", *OPEN)
        if how == "chord":
            await desk.press(",", "n")
        elif how == "form":
            await desk.press("p", *keys_of("60"), "tab", *keys_of("fri"), "f2")
        else:
            await desk.press(":", "end", *(["9"] if how == "edited" else []), "enter")
        assert paid(desks) == [1200]
        assert [act.line for act in far.given] == ["pay 12 card r1"], "and nothing else was sent"
        assert "12.00 received" in desk.said
        assert desk.app.acts.sent.first() is None


async def test_undo_asks_before_it_takes_back_what_came_before(tmp_path: Path) -> None:
    desks = Desks(tmp_path)
    do_line(desks.of("mia"), ROSA, "pay 12 card r1")
    do_line(desks.of("mia"), ROSA, "pay 13 card r2")
    far = losing(desks, "after")
    async with driving(lambda: far, desks.state) as desk:  # type: ignore[arg-type, return-value]
        await desk.press(*OPEN, "u", "y")
        before = paid(desks)
        assert len([p for p in desks.of("lee").pane(ROSA, "payments").payments if p.status == "REVERSED"]) == 1
        await desk.press("u")
        assert desk.context == "account", "nothing is asked that could take back another act"
        assert "“undo” was done" in desk.said
        assert paid(desks) == before


async def test_two_keys_again_log_one_result(tmp_path: Path) -> None:
    desks = Desks(tmp_path)
    far = losing(desks, "after")
    async with driving(lambda: far, desks.state) as desk:  # type: ignore[arg-type, return-value]
        await desk.press(*OPEN, ",", "n", ",", "n")
        logged = [e for e in desks.of("lee").pane(ROSA, "timeline").timeline if "no answer" in e.text.casefold()]
        assert len(logged) <= 1
        assert len({act.id for act in far.given if act.account == ROSA}) == 1


@pytest.mark.parametrize("edited", [False, True])
async def test_a_form_saved_again_is_the_same_act(tmp_path: Path, edited: bool) -> None:
    desks = Desks(tmp_path)
    far = losing(desks, "after")
    async with driving(lambda: far, desks.state) as desk:  # type: ignore[arg-type, return-value]
        await desk.press(*OPEN, "p", *keys_of("60"), "tab", *keys_of("fri"), "f2")
        assert "unsure" in desk.said
        if edited:
            await desk.press("up", "backspace", "1")
            assert "F2 asks what became of it" in desk.said
        await desk.press("f2")
        assert len({act.id for act in far.given}) == 1
        assert "promise" in desk.said
        assert ("” was done" in desk.said) == edited


async def test_a_second_window_asks_about_the_act_of_the_first(tmp_path: Path) -> None:
    desks = Desks(tmp_path)
    first, second = losing(desks, "after"), losing(desks)
    async with (
        driving(lambda: first, desks.state) as one,  # type: ignore[arg-type, return-value]
        driving(lambda: second, desks.state) as two,  # type: ignore[arg-type, return-value]
    ):
        await one.press(*OPEN, *PAY)
        await two.press(*OPEN)
        await one.press("enter")
        await two.press(":", "end", "enter", ":", "end", "enter")
        assert paid(desks) == [1200]


def test_what_was_certainly_not_done_is_not_asked_about(tmp_path: Path) -> None:
    sent = Sent(Drafts(tmp_path))
    act = Act.model_validate({"id": "0d0f7c4e-6f1c-4d0b-9a3e-3f0d2f6a1b11", "account": "1", "commands": [NOTE]})
    with pytest.raises(Unavailable), sent.once(act):
        raise Unavailable("store.busy", "Others keep the database busy; try again.")
    assert sent.first() is None
    with pytest.raises(Unavailable), sent.once(act):
        raise Unavailable("act.unanswered", "No answer.")
    with pytest.raises(Unavailable), sent.once(act):
        raise Unavailable("store.busy", "Now the database is busy, but the act may have been done before.")
    assert Sent(Drafts(tmp_path)).of("1") == act
    with pytest.raises(Unsettled), sent.once(act.model_copy(update={"id": "9" * 36})):
        raise AssertionError("another act must not be sent")


def test_card_data_of_an_act_never_reaches_the_disk(tmp_path: Path) -> None:
    sent = Sent(Drafts(tmp_path))
    note = {**NOTE, "text": "card 4111 1111 1111 1111"}
    act = Act.model_validate({"id": "0d0f7c4e-6f1c-4d0b-9a3e-3f0d2f6a1b11", "account": "1", "commands": [note]})
    with pytest.raises(Unavailable), sent.once(act):
        raise Unavailable("act.unanswered", "No answer.")
    assert sent.of("1") == act
    assert not any(b"1111 1111" in path.read_bytes() for path in tmp_path.iterdir())


NOTE = {"kind": "note", "text": "called"}


# at a server ---------------------------------------------------------------------------------


def back(far: Remote) -> None:
    """Answers come again, and what waits is sent."""
    far.plug.lose = ""
    far.plug_in()


@pytest.mark.parametrize("edited", [False, True])
async def test_at_a_server_what_was_asked_by_itself_is_told_and_not_done_again(tmp_path: Path, edited: bool) -> None:
    with remote(tmp_path) as far:
        async with driving(lambda: far.desk, far.desks.state) as desk:
            await desk.press(*OPEN)
            far.plug.lose = "after"
            await desk.press(*PAY)
            assert "unsure" in desk.said
            back(far)
            await desk.settled()
            assert "“pay 12 card r1” was done" in desk.said, "told by itself"
            await desk.press(*(["backspace", "2"] if edited else []), "enter")
            assert text_of(desk) == ("pay 12 card r2" if edited else "")
            assert paid(far.desks) == [1200]


async def test_at_a_server_what_was_dropped_from_the_outbox_is_not_sent_by_the_line(tmp_path: Path) -> None:
    with remote(tmp_path) as far:
        async with driving(lambda: far.desk, far.desks.state) as desk:
            await desk.press(*OPEN)
            far.plug.lose = "before"
            await desk.press(*PAY)
            assert "unsure" in desk.said
            far.desks.of("mia").release(ROSA)
            do_line(far.desks.of("lee"), ROSA, "n lee was here")
            back(far)
            await desk.settled()
            assert "was not done: lee changed" in desk.said
            (held,) = far.desk.outbox.held()
            far.desk.outbox.drop(held.id)
            await desk.press("enter")
            assert "dropped from the outbox" in desk.said
            assert paid(far.desks) == []


@pytest.mark.parametrize("typed_on", [False, True])
async def test_what_was_delivered_while_the_program_was_away_is_settled_at_its_start(
    tmp_path: Path, typed_on: bool
) -> None:
    with remote(tmp_path) as far:
        async with driving(lambda: far.desk, far.desks.state) as desk:
            await desk.press(*OPEN)
            far.plug.lose = "after"
            await desk.press(*PAY, *(["backspace", "x"] if typed_on else []))
            assert "no answer yet" in desk.said if typed_on else "unsure" in desk.said
        far.plug.lose = ""
        far.desks.clock.forward(minutes=2)  # the line is tried again
        async with driving(lambda: far.desk, far.desks.state) as desk:
            assert f"{ROSA}, sent before the program ended, was done" in desk.said
            assert desk.app.acts.sent.first() is None
            assert desk.app.drafts.accounts() == ({ROSA} if typed_on else set())
            await desk.press(*OPEN)
            assert "no answer yet" not in desk.text
        assert paid(far.desks) == [1200]


@pytest.mark.parametrize(
    ("draft", "stays"), [('{"amount": "60", "date": "fri"}', False), ('{"amount": "65", "date": "fri"}', True)]
)
def test_the_draft_of_a_form_goes_with_its_act_unless_it_was_changed_since(
    tmp_path: Path, draft: str, stays: bool
) -> None:
    desks, drafts = Desks(tmp_path), Drafts(tmp_path / "state")
    sent, far = Sent(drafts), losing(desks, "after")
    with pytest.raises(Unavailable):
        sent.do(far, act_of(far, ROSA, "pp 60 fri"))  # type: ignore[arg-type]
    drafts.save(ROSA, "pp", draft)
    assert [each.account for each in Sent(drafts).heard(far.history())] == [ROSA]  # type: ignore[operator]
    assert bool(drafts.load(ROSA, "pp")) is stays
    assert Sent(drafts).first() is None


def test_a_plain_command_repeated_asks_about_the_first_and_another_one_waits(tmp_path: Path) -> None:
    desks = Desks(tmp_path)
    far, sent = losing(desks, "after"), Sent(Drafts(desks.state))
    pay = partial(act_of, far, ROSA)  # type: ignore[arg-type]
    with pytest.raises(Unavailable):
        sent.do(far, pay("pay 12 card r1"))  # type: ignore[arg-type]
    sent = Sent(Drafts(desks.state))
    with pytest.raises(Unsettled, match=r"“pay 12 card r1”.* was done: .*Nothing else was sent"):
        sent.do(far, pay("pay 13 card r2"))  # type: ignore[arg-type]
    far.losses = ["after"]
    with pytest.raises(Unavailable):
        sent.do(far, pay("pay 13 card r2"))  # type: ignore[arg-type]
    assert Sent(Drafts(desks.state)).do(far, pay("pay 13 card r2")).repeated  # type: ignore[arg-type]
    assert paid(desks) == [1200, 1300]


def test_what_another_program_is_sending_is_no_lost_act_until_that_program_is_gone(tmp_path: Path) -> None:
    desks = Desks(tmp_path)
    one, two = Sent(Drafts(desks.state)), Sent(Drafts(desks.state))
    lee = desks.of("lee")
    act = act_of(lee, ROSA, "pay 12 card r1")

    class Sending:
        """A real desk; while it works the other program looks."""

        def do(self, act: Act, *, proof: str | None = None) -> Receipt:
            assert two.of(ROSA) is None
            assert two.first() is None
            assert not two.take_turn(ROSA)
            assert two.take_turn(IVAN), "another account is no business of it"
            two.end_turn(IVAN)
            lee.do(act, proof=proof)
            raise Unavailable("act.unanswered", "The server has not answered.")

    with pytest.raises(Unavailable):
        one.do(Sending(), act)  # type: ignore[arg-type]
    assert two.of(ROSA) == act, "now nobody is sending it"
    assert two.take_turn(ROSA)
    two.end_turn(ROSA)
    assert not list(desks.state.glob(".sending-*"))


@pytest.mark.skipif(sys.platform == "win32", reason="there are no locks that end with a process")
def test_what_a_killed_program_was_sending_is_asked_about(tmp_path: Path) -> None:
    desks = Desks(tmp_path)
    mine, lee = Sent(Drafts(desks.state)), desks.of("lee")
    act = act_of(lee, ROSA, "pay 12 card r1")
    script = (
        "import sys; from pathlib import Path; from collect_tui.desk.commands import Act;"
        "from collect_tui.tui.drafts import Drafts; from collect_tui.tui.sent import Sent;"
        "sent, act = Sent(Drafts(Path(sys.argv[1]))), Act.model_validate_json(sys.argv[2]);"
        "sent.take_turn(act.account);"
        "held = sent.once(act); held.__enter__();"
        "print('sending', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(desks.state), act.model_dump_json()],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "sending\n"
        assert mine.of(ROSA) is None
        assert not mine.take_turn(ROSA)
        process.kill()
        process.wait()
    assert mine.of(ROSA) == act
    assert not mine.do(lee, act).repeated
    assert paid(desks) == [1200]


async def test_a_screen_waits_for_its_turn_at_an_account(tmp_path: Path) -> None:
    desks = Desks(tmp_path)
    other = Sent(Drafts(desks.state))
    async with driving(lambda: desks.of("mia"), desks.state) as desk:
        await desk.press(*OPEN, *PAY[:-1])
        sent = desk.app.acts.sent
        asked: list[bool] = []
        take = sent.take_turn

        def taking(account: str) -> bool:
            asked.append(take(account))
            if len(asked) == 3:
                other.end_turn(account)
            return asked[-1]

        other._drafts.use(sent._drafts._scope)
        assert other.take_turn(ROSA)
        sent.take_turn = taking  # type: ignore[method-assign, assignment]
        await desk.press("enter")
        assert asked == [False, False, False, True]
    assert paid(desks) == [1200]
