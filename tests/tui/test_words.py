"""Words on the line that are the app's own: what is said of one before Enter is what Enter does, for everybody, everywhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from collect_tui.desk.commands import Act
from collect_tui.services.local import LocalDesk
from collect_tui.tui.dialogs.asking import AskingScreen
from collect_tui.tui.keys.actions import ACTIONS
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Line
from collect_tui.tui.screens.frame import FrameScreen
from support.book import Clock, catalogue, do_line
from support.thin import EXPLORE
from tui.driver import DeskDriver, book, driving

ROSA = "4410-2231"
#: What may follow a word, right and wrong; each is tried after every word that takes something.
RESTS = ("", ROSA, "3963", "99-99", "new", "zzz", "nope", "m1", "m1 the customer asks", "m9 the customer asks", "ansi")
LINES = [
    f"{each.mnemonic} {rest}".strip()
    for each in ACTIONS
    if each.mnemonic
    for rest in (RESTS if each.takes_words else ("",))
]
ALWAYS = ("3963", f"a {ROSA}", "a 3963", "q new", "keys", "theme", "floor", ROSA)
PLACES, USERS = ("board", "queue", "account"), ("mia", "lee")


def lines_for(user: str, place: str) -> list[str]:
    """A sixth of the lines: each is typed in one of the places by one of the users. With `EXPLORE=1` everybody types all everywhere."""
    turn = PLACES.index(place) + len(PLACES) * USERS.index(user)
    mine = [line for n, line in enumerate(LINES) if EXPLORE or (n + turn) % 6 == 0]
    return [*(line for line in mine if line not in ALWAYS), *ALWAYS]


class Watched:
    """The app as somebody uses it, with what it refused."""

    def __init__(self, desk: DeskDriver, monkeypatch: pytest.MonkeyPatch) -> None:
        self.desk = desk
        self.refused: list[str] = []
        refuse = FrameScreen.refuse

        def noted(screen: FrameScreen, sentence: str) -> int:
            self.refused.append(sentence)
            return refuse(screen, sentence)

        monkeypatch.setattr(FrameScreen, "refuse", noted)

    async def to(self, place: str) -> None:
        """Back to a screen, the line empty."""
        app = self.desk.app
        if isinstance(app.screen, AskingScreen):
            await self.desk.press("f12")
        await app.commands.do_queue_show()
        if place == "queue":
            await app.navigator.show_queue("new")
        elif place == "account":
            await app.navigator.open_account(ROSA)
        await self.desk.settled()

    async def before_and_after(self, line: str) -> tuple[str, str]:
        """What is refused of a line before Enter, and what Enter refuses; empty: nothing."""
        await self.desk.press(":")
        edit = self.desk.screen.line_edit
        assert edit is not None
        edit.set_text(line)
        await self.desk.settled()
        said = self.desk.screen._say[0]
        spans = said.spans if isinstance(said, Line) else ()
        told = " ".join(span.text for span in spans if span.role is Role.BAD)
        self.refused.clear()
        await self.desk.press("enter")
        done = " ".join(self.refused)
        if told or done:  # what is refused stays in the line
            await self.desk.press(":")
            if (left := self.desk.screen.line_edit) is not None:
                left.set_text("")
        return told, done


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("user", USERS, ids=["trainee", "lead"])
async def test_a_word_is_refused_before_enter_if_enter_refuses_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, user: str, place: str
) -> None:
    of = catalogue().authority
    with book(12).store(tmp_path) as store:
        own = LocalDesk(
            store, catalogue(), user=user, clock=Clock(), authority=of.of("lead" if user == "lee" else "trainee")
        )
        async with driving(lambda: own) as desk:
            watched = Watched(desk, monkeypatch)
            found = {}
            refused = False
            for line in lines_for(user, place):
                if not refused:  # what was refused has left everything where it was
                    await watched.to(place)
                found[line] = await watched.before_and_after(line)
                refused = all(found[line])
            assert {line: both for line, both in found.items() if both[0] != both[1]} == {}
            assert found["a 3963"][0] == found["3963"][0] == "There is no account with this number."
            assert [line for line in (f"a {ROSA}", "q new", "keys", "theme") if found[line][0]] == []
            assert bool(found["floor"][0]) is (user == "mia")


async def test_next_is_refused_before_enter_while_an_account_has_no_result_and_at_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with book(1).store(tmp_path) as store:
        own = LocalDesk(store, catalogue(), user="mia", clock=Clock())
        async with driving(lambda: own) as desk:
            watched = Watched(desk, monkeypatch)
            await desk.press("w")
            told, done = await watched.before_and_after("next")
            assert told == done == f"{ROSA} has no result yet: log one, or skip it with a reason."
            do_line(own, ROSA, "na")
            told, done = await watched.before_and_after("next")
            assert told == done
            assert told.startswith("Nothing is left to work now")


def test_what_is_typed_for_the_desk_is_previewed_as_it_is_done(tmp_path: Path) -> None:
    """Every example of the grammar, for a trainee, a collector and a lead: Enter refuses what the preview refuses, no more, no less."""
    from uuid import uuid4

    from collect_tui.desk.errors import DomainError, Unconfirmed
    from collect_tui.desk.line.context import LineContext
    from collect_tui.desk.line.parse import parse
    from collect_tui.desk.line.verbs import VERBS

    wrong = {}
    tried = 0
    with book(2).store(tmp_path) as store:
        for user, role in (("mia", "trainee"), ("ben", "collector"), ("lee", "lead")):
            own = LocalDesk(store, catalogue(), user=user, clock=Clock(), authority=catalogue().authority.of(role))
            for example in sorted({verb.example for verb in VERBS.values()} | {"na", "lm", "wn", "dk paid"}):
                view = own.account(ROSA)
                parsed = parse(example, LineContext.of(view, own.catalogue(), own.session()))
                if parsed.errors or not parsed.commands:
                    continue
                tried += 1
                act = Act(id=uuid4(), account=ROSA, commands=parsed.commands, version=view.version, line=example)
                allowed = own.preview(act).ok
                try:
                    own.do(act)
                    done = True
                except Unconfirmed:
                    done = True  # it asks, as the preview says
                except DomainError:
                    done = False
                if allowed != done:
                    wrong[user, example] = (allowed, done)
    assert tried > 30
    assert wrong == {}
