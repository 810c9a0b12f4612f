"""What the terminal sends, read as keys and pastes: a paste is one text, whatever is in it and however it arrives."""

import pytest
from textual import events

from collect_tui.tui import driver
from collect_tui.tui.driver import PASTE_LIMIT, KeyParser

START, END = "\x1b[200~", "\x1b[201~"
WILD = "n abc \x1b[31mred \x01three\rfour\r\n\x1b]0;title\x07\x1b[200~ five\x1b\n"
TAME = "n abc red three four five"


class Time:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        monkeypatch.setattr(driver, "get_time", lambda: self.now)


def read(parser: KeyParser, *pieces: str) -> list[str]:
    """Keys by their names, pastes in quotes."""
    found = []
    for piece in pieces:
        for event in parser.feed(piece):
            assert isinstance(event, events.Key | events.Paste)
            found.append(event.key if isinstance(event, events.Key) else repr(event.text))
    return found


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 11, 1000])
def test_a_paste_is_one_text_however_it_is_torn(size: int) -> None:
    sent = f"a{START}{WILD}{END}b{START}two{END}\r"
    pieces = [sent[at : at + size] for at in range(0, len(sent), size)]
    assert read(KeyParser(), *pieces) == ["a", repr(TAME), "b", "'two'", "enter"]


def test_an_empty_paste_is_none_and_keys_go_on() -> None:
    assert read(KeyParser(), f"{START}\x01\r{END}x{START}{END}\x1b[A") == ["x", "up"]


def test_keys_outside_pastes_are_read_as_ever() -> None:
    assert read(KeyParser(), "\x1b[24~", "\x1b[", "B", "\x1b1") == ["f12", "down", "alt+1"]


def test_a_paste_whose_end_never_comes_is_text_after_a_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    time, parser = Time(monkeypatch), KeyParser()
    assert read(parser, START + "abc\rdef\x1b[20") == []
    assert parser.due == time.now + driver.PASTE_WAIT
    assert list(parser.tick()) == []
    time.now += driver.PASTE_WAIT
    (paste,) = parser.tick()
    assert isinstance(paste, events.Paste)
    assert paste.text.startswith("abc def")
    assert parser.due is None
    assert read(parser, "x\r") == ["x", "enter"]
    assert read(parser, f"{START}y{END}") == ["'y'"]


def test_a_paste_start_torn_by_a_silence_is_a_paste_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    parser = KeyParser()
    read(parser, "\x1b[20")
    parser._timeout_time = 0.0
    list(parser.tick())
    assert read(parser, f"0~one\rtwo{END}x")[-2:] == ["'one two'", "x"]


def test_an_endless_paste_is_cut_and_takes_no_more_room() -> None:
    parser = KeyParser()
    assert read(parser, START, *["x" * 4096 + "\r"] * 64) == []
    assert len(parser._paste or "") < PASTE_LIMIT + 16
    (paste, key) = read(parser, "\x1b[2", "01~q")
    assert 0.9 * PASTE_LIMIT < len(paste) <= PASTE_LIMIT + 2
    assert key == "q"
