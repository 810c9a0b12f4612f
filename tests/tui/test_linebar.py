"""The line on a real desk: live parse and preview, Enter, refusals, drafts, history."""

from pathlib import Path

import pytest

from collect_tui.desk.errors import Unavailable
from collect_tui.desk.protocol import Desk
from collect_tui.domain.dates import local_time
from collect_tui.tui.dialogs.choosing import ChoosingScreen
from collect_tui.tui.drafts import Drafts
from collect_tui.tui.line.bar import LineBar
from collect_tui.tui.line.kept import DRAFT_PROMPT, PROMPT
from tui.account_book import BOOK, IVAN, OPEN, ROSA, Desks
from tui.driver import DeskDriver, driving, keys_of

both = pytest.mark.parametrize("fast", [False, True])


def line_of(desk: DeskDriver) -> LineBar:
    return desk.app.screen.query_one("#line", LineBar)


@both
async def test_what_it_would_do_stands_below_while_it_is_typed(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play([*OPEN, ":", *keys_of("pp 150 fri")], fast=fast)
        logged = "logs promise to pay · call mobile · mobile …0142"
        assert desk.said == f"promise 150.00 by Fri 27 Nov · {logged} · next check the promise Mon 30 Nov · allowed"
        assert desks.of("mia").account(ROSA).promise is None


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("pp 150", "Expected a date such as fri"),
        ("pp 15x fri", "Expected an amount such as 150"),
        ("pp 9999 fri", "more than the USD 522.10 that is owed"),
        ("sus int fri", "no: No service is cut on a Friday"),
        ("zz", "Expected a result code or a verb"),
        ("n lm", '"left message"'),
        ("n waits; also husband pays", 'notes "waits; also husband pays"'),
        ("lm x9", "No such contact point"),
        ("pp 50 fri + 77.60 12/3", "plan 127.60 in 2 parts: 50.00 Fri 27 Nov, 77.60 Thu 3 Dec"),
        ('di "charged twice"', "marks no amount as disputed"),
        ("4410-0087", "account 4410-0087 · Opens an account"),
        ("q new", "queue new · "),
        ("n card 4111 1111 1111 1111", "A card number may not be written down"),
    ],
)
async def test_every_line_says_what_it_means_or_what_was_expected(tmp_path: Path, typed: str, said: str) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press(*OPEN, ":")
        await desk.type(typed)
        assert said in desk.said


@both
async def test_enter_does_it_and_says_what_happened(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play(
            [*OPEN, ":", *keys_of("pp 150 fri"), "enter", ":", *keys_of("n sp will pay"), "enter"], fast=fast
        )
        view = desks.of("mia").account(ROSA)
        assert view.promise is not None
        assert view.promise.total == 15000
        assert any("150.00 by Fri 27 Nov" in row for row in desk.rows)
        assert line_of(desk).text == ""
        assert "spouse will pay" in "".join(e.text for e in desks.of("mia").pane(ROSA, "timeline").timeline)
        assert list(desk.app.line_history)[-2:] == ["pp 150 fri", "n sp will pay"]


@both
async def test_a_refusal_keeps_the_text_points_and_drops_what_was_typed_ahead(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play(OPEN, fast=fast)
        await desk.press(":")
        await desk.burst(*keys_of("pp 9999 fri"), "enter", "w", "n", "x")
        line = line_of(desk)
        assert line.text == "pp 9999 fri"
        assert desk.said == "The amount is more than the USD 522.10 that is owed. · 3 keys dropped"
        assert line._error == (3, 7)
        assert line.has_focus
        assert desk.context == "account"
        assert desks.of("mia").account(ROSA).version == 1


async def test_a_malformed_line_points_at_its_word(tmp_path: Path) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press(*OPEN, ":")
        await desk.type("lm m7")
        await desk.press("enter")
        assert line_of(desk)._error == (3, 5)
        assert line_of(desk).text == "lm m7"
        assert "No such contact point" in desk.said


@both
async def test_several_acts_on_one_line_are_all_or_nothing(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play([*OPEN, ":", *keys_of('n "first"; pp 9999 fri'), "enter"], fast=fast)
        assert desks.of("mia").account(ROSA).version == 1
        assert line_of(desk).text == 'n "first"; pp 9999 fri'


async def test_somebody_else_changed_it_keeps_the_text_and_shows_the_account_as_it_is(tmp_path: Path) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press(*OPEN, ":")
        await desk.type("n seen")
        desks.of("mia").release(ROSA)
        lee = desks.of("lee")
        from contract.conftest import do

        do(lee, ROSA, "n lee was here")
        await desk.press("enter")
        assert "lee changed this account" in desk.said
        assert line_of(desk).text == "n seen"
        await desk.press("enter")
        assert line_of(desk).text == ""
        assert desks.of("mia").account(ROSA).version == 3


class Flaky:
    """A real desk whose answer to one act is lost on the way."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.lost = 0

    def __getattr__(self, name: str) -> object:
        return getattr(self._desk, name)

    def do(self, act: object) -> object:
        receipt = self._desk.do(act)  # type: ignore[arg-type]
        if not self.lost:
            self.lost = 1
            raise Unavailable("desk.unreachable", "The desk cannot be reached.")
        return receipt


async def test_an_act_whose_answer_was_lost_is_done_once(tmp_path: Path) -> None:
    desks = Desks(tmp_path)
    async with driving(lambda: Flaky(desks.of("mia")), desks.state) as desk:  # type: ignore[arg-type, return-value]
        await desk.press(*OPEN, ":")
        await desk.type("n once")
        await desk.press("enter")
        assert line_of(desk).text == "n once"
        await desk.press("enter")
        assert line_of(desk).text == ""
        assert "done before" in desk.said
        notes = [e for e in desks.of("mia").pane(ROSA, "timeline").timeline if e.text == "once"]
        assert len(notes) == 1


class Counting:
    """A real desk that counts what it is asked."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.previews = 0

    def __getattr__(self, name: str) -> object:
        return getattr(self._desk, name)

    def preview(self, act: object) -> object:
        self.previews += 1
        return self._desk.preview(act)  # type: ignore[arg-type]


async def test_the_words_of_a_note_are_not_asked_about_key_by_key(tmp_path: Path) -> None:
    desks = Desks(tmp_path)
    desk_asked = Counting(desks.of("mia"))
    async with driving(lambda: desk_asked, desks.state) as desk:  # type: ignore[arg-type, return-value]
        await desk.press(*OPEN, ":")
        await desk.type("n a long note about nothing")
        assert desk_asked.previews == 1
        assert "a long note about nothing" in desk.said
        await desk.press("ctrl+u")
        await desk.type("pp 150 fri")
        assert "150.00 by Fri 27 Nov" in desk.said
        assert desk_asked.previews > 1


@both
async def test_a_draft_comes_back_with_its_account_and_with_no_other(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play([*OPEN, ":", *keys_of("n half a th"), "f12", "b", ":", *IVAN, "enter"], fast=fast)
        assert line_of(desk).text == ""
        await desk.play(["b", *OPEN], fast=fast)
        assert line_of(desk).text == "n half a th"
        assert line_of(desk)._prompt == DRAFT_PROMPT
    # A killed program has written it all the same: another one finds it.
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play([*OPEN, ":", "end", *keys_of("ought"), "enter"], fast=fast)
        assert "half a thought" in desks.of("mia").pane(ROSA, "timeline").timeline[0].text
        assert Drafts(desks.state).load(ROSA, "line") == ""


@both
@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ([":", *keys_of("pp 20 fri")], "pp 20 fri"),
        (["f9", *keys_of("pp 20 fri")], "pp 20 fri"),
        (["n", *keys_of("new")], "n new"),
        (["t", *keys_of("+3")], "t +3"),
        ([":", "n", "f12", "n", *keys_of("new")], "n new"),
        ([":", "right", *keys_of("ary")], "n waits for salary"),
        (["n", "end", *keys_of("ary")], "n waits for salary"),
        ([":", "backspace"], "n waits for sa"),
        ([":", "f12", ":", "enter", *keys_of("ary")], "n waits for salary"),
    ],
    ids=lambda value: "".join(value) if isinstance(value, list) else "",
)
async def test_a_new_line_is_never_glued_to_an_old_one(tmp_path: Path, fast: bool, keys: list[str], text: str) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play([*OPEN, ":", *keys_of("n waits for sal"), "f12", *keys], fast=fast)
        assert line_of(desk).text == text
        assert line_of(desk)._prompt == PROMPT
        assert Drafts(desks.state).load(ROSA, "line") == text


@both
async def test_what_a_new_line_replaces_comes_back_with_up(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        keys = [*OPEN, ":", *keys_of("n waits for sal"), "f12", ":", *keys_of("pp 150 fri"), "enter"]
        await desk.play(keys, fast=fast)
        view = desks.of("mia").account(ROSA)
        assert view.promise is not None
        assert view.promise.total == 15000
        await desk.play([":", "up", "up"], fast=fast)
        assert line_of(desk).text == "n waits for sal"


async def test_a_draft_that_stands_there_is_shown_as_one(tmp_path: Path) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press(*OPEN, ":")
        await desk.type("n waits")
        await desk.press(":")
        assert line_of(desk).text == "n waits:"  # in the line it is a character like any other
        await desk.press("backspace", "f12", ":")
        assert line_of(desk).selected
        assert desk.app.cursor_position.y == line_of(desk).region.y
        assert desk.said == "draft: Right or End keeps it"
        await desk.press("f12", "n")
        assert desk.said == "draft: Right or End keeps it; typing begins “n”"
        await desk.press("end")
        assert desk.said.startswith('notes "waits"')


@both
@pytest.mark.parametrize("key", ["f12", "escape"])
async def test_a_line_that_was_left_looks_left(tmp_path: Path, fast: bool, key: str) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play([*OPEN, ":", *keys_of("n waits"), key], fast=fast)
        line = line_of(desk)
        assert not line.has_focus
        assert line._prompt == DRAFT_PROMPT
        assert any(row == "draft> n waits" for row in desk.rows)
        assert desk.app.cursor_position.y != line.region.y
        assert desk.said == ""
        await desk.play([":", "ctrl+u", key], fast=fast)
        assert line._prompt == PROMPT
        assert desk.app.cursor_position.y != line.region.y


@both
async def test_leaving_a_line_on_a_queue_puts_the_cursor_back_on_the_row(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play(["1", "0", "enter", "down"], fast=fast)
        before = desk.app.cursor_position
        await desk.play(["n", *keys_of("x"), "f12"], fast=fast)
        assert desk.app.cursor_position == before


@both
@pytest.mark.parametrize("word", ["theme nosuch", "4410-9999", "q nosuch", "a"])
async def test_a_refused_word_of_the_app_stays_in_the_line(tmp_path: Path, fast: bool, word: str) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play([*OPEN, ":", *keys_of(word), "enter"], fast=fast)
        line = line_of(desk)
        assert line.text == word
        assert line.has_focus
        assert desk.context == "account"
        assert desk.screen.refused
        assert list(desk.app.line_history) == [ROSA]
        await desk.play(["ctrl+u", *IVAN, "enter"], fast=fast)
        assert IVAN in desk.header
        assert line_of(desk).text == ""


async def test_drafts_and_history_are_their_users_and_their_databases(tmp_path: Path) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state, scope="one") as desk:
        await desk.press(*OPEN, ":")
        await desk.type("n mine")
    for user, scope, text in (("lee", "one", ""), ("mia", "two", ""), ("mia", "one", "n mine")):
        async with driving(desks.connect(user), desks.state, scope=scope) as desk:
            assert list(desk.app.line_history) == ([ROSA] if text else [])
            await desk.press(*OPEN)
            assert line_of(desk).text == text


def test_a_database_is_told_from_another_without_naming_it(tmp_path: Path) -> None:
    from collect_tui.bootstrap import scope_of

    one, two = scope_of(tmp_path / "one.db"), scope_of(tmp_path / "two.db")
    assert one == scope_of(tmp_path / "one.db")
    assert one != two
    assert len(one) == 16
    assert "one" not in one


@both
async def test_who_else_holds_the_account_is_said_before_enter(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    claim = desks.of("ben").claim(ROSA)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play([*OPEN, ":", *keys_of("pp 150 fri")], fast=fast)
        zone = desks.of("mia").account(ROSA).desk_zone
        until = local_time(claim.lease_until, zone)
        assert desk.said.startswith(
            f"ben is working this account until {until:%H:%M} Chicago UTC-06:00. · promise 150.00"
        )
        assert "allowed" not in desk.said
        await desk.press("enter")
        assert desks.of("mia").account(ROSA).promise is None


async def test_every_key_is_on_disk_before_the_next(tmp_path: Path) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press(*OPEN, ":")
        await desk.type("n a")
        other = Drafts(desks.state)
        assert other.load(ROSA, "line") == "n a"
        await desk.type("b")
        assert other.load(ROSA, "line") == "n ab"
        other.close()


async def test_a_card_number_is_never_kept(tmp_path: Path) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press(*OPEN, ":")
        await desk.type("n card 4111 1111 1111 1111")
        assert desk.app.drafts.load(ROSA, "line") == ""
        await desk.press("enter")
        assert "card number" in desk.said
        assert list(desk.app.line_history) == [ROSA]
    for file in desks.state.iterdir():
        assert b"4111 1111 1" not in file.read_bytes()


async def test_no_beginning_of_a_card_number_is_kept_key_by_key(tmp_path: Path) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press(*OPEN, ":")
        await desk.type("n card 411111111111111 rang 3125550142")
        kept = Drafts(desks.state).load(ROSA, "line")
        assert kept == "n card ############### rang 3125550142"
        found = b"".join(file.read_bytes() for file in desks.state.iterdir())
        assert b"4111" in found  # the write-ahead log still has the first few
        assert b"411111111" not in found
        await desk.press("f12", ":")
        await desk.type("lm")
        await desk.press("up")
        assert line_of(desk).text == kept


@both
async def test_up_recalls_what_was_done(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        keys = [*OPEN, ":", *keys_of("n one"), "enter", ":", *keys_of("n two"), "enter", ":", "up", "up"]
        await desk.play(keys, fast=fast)
        assert line_of(desk).text == "n one"
        await desk.play(["down", "down"], fast=fast)
        assert line_of(desk).text == ""


@both
async def test_equals_repeats_the_last_line(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play([*OPEN, ":", *keys_of("n a=b"), "enter", ":", "="], fast=fast)
        assert line_of(desk).text == "n a=b", "behind a word it is a character like any other"


@both
async def test_tab_takes_the_ghost_and_f4_lists_what_may_stand_there(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play([*OPEN, ":", *keys_of("pp 50 f"), "tab"], fast=fast)
        assert line_of(desk).text == "pp 50 fri"
        await desk.play(["space", "f4"], fast=fast)
        assert isinstance(desk.app.screen, ChoosingScreen)
        assert ("gcash", "GCash") in desk.app.screen.words
        await desk.play(["down", "enter"], fast=fast)
        chosen = line_of(desk).text
        assert chosen.startswith("pp 50 fri ")
        assert len(chosen) > len("pp 50 fri ")
        assert line_of(desk).has_focus


@both
async def test_typing_narrows_the_list_and_taking_away_widens_it(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play([*OPEN, ":", *keys_of("fix zone "), "f4", *keys_of("manib")], fast=fast)
        screen = desk.app.screen
        assert isinstance(screen, ChoosingScreen)
        assert screen.found == ()
        assert "Nothing here begins so." in desk.text
        await desk.play(["enter"], fast=fast)
        assert desk.app.screen is screen, "nothing is taken where nothing is listed"
        await desk.play(["backspace", *keys_of("l")], fast=fast)
        assert [word for word, _ in screen.found] == ["Asia/Manila"]
        await desk.play(["enter"], fast=fast)
        assert line_of(desk).text == "fix zone Asia/Manila "


@both
async def test_a_word_that_is_none_of_them_is_replaced_by_what_is_taken(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play([*OPEN, ":", *keys_of("hold dispuet "), "f4"], fast=fast)
        assert "What is typed is none of these; all are listed." in desk.text
        await desk.play([*keys_of("disp"), "enter"], fast=fast)
        assert line_of(desk).text == "hold dispute "


@both
async def test_an_empty_list_says_why_and_words_of_the_app_say_it_too(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play([*OPEN, ":", *keys_of("revorder "), "f4"], fast=fast)
        assert "None here: no cut has left that could be reversed." in desk.said
        await desk.play(["f12", "b", ":", *keys_of("pause zzz"), "f4"], fast=fast)
        assert "What is typed is none of these; all are listed." in desk.text
        await desk.play([*keys_of("lun"), "enter"], fast=fast)
        assert line_of(desk).text.startswith("pause lunch")


@both
async def test_the_line_of_a_queue_acts_on_the_account_under_the_cursor(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play(["1", "0", "enter", "down", "n", *keys_of("from the list"), "enter"], fast=fast)
        assert desk.context == "queue"
        row = desk.queue.keys[1]
        assert "from the list" in [e.text for e in desks.of("mia").pane(row, "timeline").timeline]


@both
async def test_a_line_left_on_one_row_is_not_the_line_of_the_next(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play(["1", "0", "enter", "n", *keys_of("for the first"), "f12", "down"], fast=fast)
        assert line_of(desk).text == ""
        await desk.play(["up"], fast=fast)
        assert line_of(desk).text == "n for the first"


def test_the_book_is_whole() -> None:
    assert len(BOOK.data["accounts"]) == 5


@both
async def test_where_the_first_word_is_none_that_there_is_all_are_listed_those_of_the_program_too(
    tmp_path: Path, fast: bool
) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play([*OPEN, ":", *keys_of("skipq::"), "tab"], fast=fast)
        assert "What is typed is none of these; all are listed." in desk.text
        assert isinstance(desk.app.screen, ChoosingScreen)
        assert {"skip", "why", "find", "undo", "lm", "pp", "ptp"} <= {word for word, _ in desk.app.screen.found}
        await desk.play([*keys_of("whyn"), "enter"], fast=fast)
        assert line_of(desk).text == "whynot "


@both
async def test_a_form_of_what_is_typed_where_no_account_is_open_says_so(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play([":", *keys_of("pay 100 card"), "f10"], fast=fast)
        assert "There is no account here for that; open one by its number." in desk.said
        assert line_of(desk).text == "pay 100 card"
