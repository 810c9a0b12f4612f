"""The terminal over a real server whose line is pulled out: what may wait waits, and what was refused is looked at."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from collect_tui.cli.linear import Linear
from collect_tui.client.desk import ApiDesk
from collect_tui.client.http import Http
from collect_tui.client.signin import with_password
from collect_tui.desk.errors import SignedOut
from collect_tui.services import tokens
from collect_tui.tui.forms.form import FormScreen
from support.book import do_line
from support.desks import api_desks
from support.line import Plug
from tui.account_book import OPEN, ROSA, Desks
from tui.driver import driving, keys_of

OUTBOX = [":", *"outbox", "enter"]


@dataclass
class Remote:
    """mia's desk at a server, its line, and the database behind it."""

    desks: Desks
    desk: ApiDesk
    plug: Plug

    def pull(self) -> None:
        self.plug.within = False

    def plug_in(self) -> None:
        """The line is back, and long enough that the desk tries it again."""
        self.plug.within = True
        self.desks.clock.forward(minutes=2)
        self.desk.sender.pump()


@contextmanager
def remote(folder: Path, password: str | None = None) -> Iterator[Remote]:
    desks, plug = Desks(folder), Plug()
    signs: list[ApiDesk] = []

    def sign_in(password: str) -> tuple[str, str]:
        granted = with_password(Http(signs[0].url), "mia", password)
        return granted.token, granted.warning

    with api_desks(desks.store, desks.clock, folder, password=password, transport=plug, sign_in=sign_in) as made:
        signs.append(made("mia"))
        yield Remote(desks, signs[0], plug)


@pytest.mark.parametrize("fast", [False, True])
async def test_a_note_typed_offline_waits_and_is_done_when_the_line_is_back(tmp_path: Path, fast: bool) -> None:
    with remote(tmp_path) as far:
        async with driving(lambda: far.desk, far.desks.state) as desk:
            await desk.press(*OPEN)
            far.pull()
            await desk.play([":", *keys_of("n asked for a copy of the bill"), "enter"], fast=fast)
            assert "wait" in desk.said.casefold()
            assert "offline" in desk.rows[0]
            assert "1 waiting" in desk.rows[0]
            await desk.press("b", *OUTBOX)
            assert any("waiting" in row and "asked for a copy" in row for row in desk.rows)
            assert any("The account as last seen" in row for row in desk.rows)
            far.plug_in()
            await desk.press("r")
            assert desk.queue.keys == []
            assert "●" in desk.rows[0]
        texts = [entry.text for entry in far.desks.of("lee").pane(ROSA, "timeline").timeline]
        assert sum("asked for a copy of the bill" in text for text in texts) == 1


async def test_the_header_says_how_old_the_data_are(tmp_path: Path) -> None:
    with remote(tmp_path) as far:
        async with driving(lambda: far.desk, far.desks.state) as desk:
            await desk.press(*OPEN, "b")
            far.pull()
            far.desks.clock.forward(minutes=4)
            await desk.press("r")
            assert "offline, data 4 min old" in desk.rows[0]


@pytest.mark.parametrize("fast", [False, True])
async def test_what_cannot_wait_is_refused_and_the_line_is_kept(tmp_path: Path, fast: bool) -> None:
    with remote(tmp_path) as far:
        async with driving(lambda: far.desk, far.desks.state) as desk:
            await desk.press(*OPEN)
            far.pull()
            await desk.play([":", *keys_of("pay 50 cash"), "enter"], fast=fast)
            assert "cannot be reached" in desk.said
            assert any("pay 50 cash" in row for row in desk.rows)
            await desk.press("f12", "w")
            assert "cannot be reached" in desk.said
        assert far.desk.outbox.held() == ()


async def _refused(far: Remote, desk) -> None:  # type: ignore[no-untyped-def]
    """mia types a promise offline; meanwhile lee changes the account, so the server will not take it."""
    await desk.press(*OPEN)
    far.pull()
    await desk.press(":", *keys_of("pp 150 fri"), "enter")
    await desk.press("b")
    lee = far.desks.of("lee")
    number = lee.account(ROSA).version
    far.desks.clock.forward(minutes=30)  # mia's lease has run out
    do_line(lee, ROSA, "n customer wrote in")
    assert lee.account(ROSA).version > number
    far.plug_in()
    await desk.press(*OUTBOX)


async def test_a_rejected_act_stands_beside_the_account_as_it_is(tmp_path: Path) -> None:
    with remote(tmp_path) as far:
        async with driving(lambda: far.desk, far.desks.state) as desk:
            await _refused(far, desk)
            assert "1 to review" in desk.rows[0]
            beside = next(row for row in desk.rows if "What you typed" in row)
            assert "The account now" in beside
            assert any("pp 150 fri" in row and "Alvarez, Rosa" in row for row in desk.rows)
            assert any("lee changed this account" in row for row in desk.rows)


async def test_a_rejected_act_is_sent_again_on_the_account_as_it_is(tmp_path: Path) -> None:
    with remote(tmp_path) as far:
        async with driving(lambda: far.desk, far.desks.state) as desk:
            await _refused(far, desk)
            await desk.press("v")
            assert desk.queue.keys == []
        promise = far.desks.of("lee").account(ROSA).promise
        assert promise is not None
        assert promise.total == 15000


@pytest.mark.parametrize(("answer", "left"), [("y", 0), ("n", 1)])
async def test_a_rejected_act_is_dropped_after_a_question(tmp_path: Path, answer: str, left: int) -> None:
    with remote(tmp_path) as far:
        async with driving(lambda: far.desk, far.desks.state) as desk:
            await _refused(far, desk)
            await desk.press("x", answer)
            assert len(desk.queue.keys) == left
        assert far.desks.of("lee").account(ROSA).promise is None


async def test_a_desk_on_its_own_database_has_no_outbox(tmp_path: Path) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press(*OUTBOX)
        assert desk.context == "board"
        assert "own database" in desk.said


@pytest.mark.parametrize("fast", [False, True])
async def test_the_password_is_asked_for_when_the_session_has_run_out(tmp_path: Path, fast: bool) -> None:
    with remote(tmp_path, password="correct horse") as far:
        async with driving(lambda: far.desk, far.desks.state) as desk:
            await desk.press(*OPEN, "b")
            tokens.revoke(far.desks.store, 1, "mia", far.desks.clock())
            await desk.press("r")
            assert "signed out" in desk.rows[0]
            await desk.press(":", *keys_of("signin"), "enter")
            await desk.play([*keys_of("correct horse")], fast=fast)
            assert any("*************" in row for row in desk.rows)
            assert not any("correct" in row for row in desk.rows)
            await desk.press("enter")
            assert "Signed in" in desk.said
            assert "●" in desk.rows[0]


def test_without_a_screen_the_password_is_asked_for_on_a_line_that_is_not_shown(tmp_path: Path) -> None:
    with remote(tmp_path, password="correct horse") as far:
        lines, asked, said = iter([ROSA, "r", "signin", "r", "quit"]), list[str](), list[str]()

        def ask(_prompt: str) -> str:
            line = next(lines)
            if line == "signin":
                tokens.revoke(far.desks.store, 1, "mia", far.desks.clock())
            return line

        def secret(prompt: str) -> str:
            asked.append(prompt)
            return "correct horse"

        Linear(far.desk, far.desk.do, ask, said.append, secret=secret).run()
        assert asked == ["password, an empty line leaves it> "]
        assert "Signed in; what waited goes out." in said
        assert not any("correct horse" in each for each in said)


async def test_a_server_that_is_away_at_the_start_is_tried_again_and_what_waits_is_kept(tmp_path: Path) -> None:
    with remote(tmp_path) as far:
        async with driving(lambda: far.desk, far.desks.state) as desk:
            await desk.press(*OPEN)
            far.pull()
            await desk.press(":", *keys_of("n asked for a copy"), "enter")
        opened: list[ApiDesk] = []

        def connect() -> ApiDesk:
            opened.append(far.desk)
            return far.desk

        far.desk._seen.clear()  # a program that has just been started has seen nothing
        async with driving(connect, far.desks.state) as desk:
            assert desk.said == "The server cannot be reached; what was typed before is kept. r tries again."
            assert "offline" in desk.rows[0]
            assert "1 waiting" in desk.rows[0]
            await desk.press("w", "enter")
            assert "The desk is not open" in desk.said
            far.plug_in()
            await desk.press("r")
            assert any("Broken promises" in row for row in desk.rows)
            assert "●" in desk.rows[0]
            assert far.desk.outbox.held() == ()
        assert len(opened) == 1, "the desk stays; only the server is asked again"


async def test_a_session_that_ran_out_overnight_asks_for_the_password_at_the_start(tmp_path: Path) -> None:
    with remote(tmp_path, password="correct horse") as far:
        tokens.revoke(far.desks.store, 1, "mia", far.desks.clock())
        async with driving(lambda: far.desk, far.desks.state) as desk:
            assert any(row.startswith("password") for row in desk.rows)
            await desk.press(*keys_of("correct horse"), "enter")
            assert "Signed in" in desk.said
            assert any("Broken promises" in row for row in desk.rows)


async def test_wrong_tries_at_the_login_are_told_to_its_owner(tmp_path: Path) -> None:
    with remote(tmp_path, password="correct horse") as far:
        tokens.revoke(far.desks.store, 1, "mia", far.desks.clock())
        with pytest.raises(SignedOut):
            with_password(Http(far.desk.url), "mia", "a guess")
        async with driving(lambda: far.desk, far.desks.state) as desk:
            await desk.press(*keys_of("correct horse"), "enter")
            assert "1 wrong try at your login" in desk.said
            assert "Signed in" in desk.said


async def test_a_password_that_is_missing_for_an_override_is_asked_for_in_its_own_field(tmp_path: Path) -> None:
    """Not in the field before it, where it would be read by everybody."""
    with remote(tmp_path, password="correct horse") as far:
        async with driving(lambda: far.desk, far.desks.state) as desk:
            await desk.press(*OPEN, "p", *keys_of("150"), "tab", *keys_of("+13"))
            await desk.press("f10", *keys_of("lee"), "tab", *keys_of("hardship"), "f2")
            assert "must give their own password" in desk.said
            form = desk.app.screen
            assert isinstance(form, FormScreen)
            assert form.focused is form.form.edit("override_proof")
