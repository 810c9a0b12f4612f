"""What the terminal sends, read as keys and pastes: a paste is one text, whatever is in it and however it arrives."""

from codecs import getincrementaldecoder

import pytest
from textual import events

from collect_tui.tui.render.text import TEXT_LIMIT
from collect_tui.tui.terminal import key_parser
from collect_tui.tui.terminal.key_parser import EIGHT_BIT, KeyParser, PasteLost, PasteWaits, TerminalAnswered

START, END = "\x1b[200~", "\x1b[201~"
WILD = "n abc \x1b[31mred \x01three\rfour\r\n\x1b]0;title\x07\x1b[200~ five\x1b\n"
TAME = "n abc red three four five"


class Time:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        monkeypatch.setattr(key_parser, "get_time", lambda: self.now)


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
    assert read(KeyParser(), "\x1b[24~", "\x1b[", "B", "\x1b1") == ["f12", "down", "escape", "1"]


@pytest.mark.parametrize("char", [chr(code) for code in range(32, 127) if chr(code) not in "O[\x7f"] + ["é", "Ж", "中"])
def test_escape_and_a_character_are_two_keys(char: str) -> None:
    """However they came: a slow line brings together what was typed one after the other."""
    alone = read(KeyParser(), char)
    assert read(KeyParser(), f"\x1b{char}") == read(KeyParser(), "\x1b", char) == ["escape", *alone]


def test_a_paste_ends_at_its_end_mark_however_long_the_line_stalls(monkeypatch: pytest.MonkeyPatch) -> None:
    time, parser = Time(monkeypatch), KeyParser()
    for piece in (START + "half a note", "\rx\r,n", "\x1b[20"):
        assert read(parser, piece) == []
        time.now += 60.0
        assert [type(said) for said in parser.tick()] == [PasteWaits], "it is said that it has not ended"
        assert list(parser.tick()) == []
    assert read(parser, "1~q") == ["'half a note x ,n'", "q"]


@pytest.mark.parametrize("out", ["\x03", "\x1b[24~"])
def test_a_paste_whose_end_never_comes_is_dropped_and_never_acted_on(monkeypatch: pytest.MonkeyPatch, out: str) -> None:
    time, parser = Time(monkeypatch), KeyParser()
    assert read(parser, START + "abc\rdef", out, "g") == [], "in the middle of a paste it is text"
    time.now += key_parser.PASTE_QUIET
    list(parser.tick())
    (lost,) = parser.feed(out)
    assert isinstance(lost, PasteLost)
    assert lost.size == 8 + len(out)
    assert read(parser, "x\r") == ["x", "enter"]
    assert read(parser, f"{START}y{END}") == ["'y'"]


def silence(time: Time, parser: KeyParser) -> list[type]:
    """So long that a paste ends by itself."""
    said = []
    for pause in (key_parser.PASTE_QUIET, key_parser.PASTE_ENDS):
        time.now += pause
        said += [type(each) for each in parser.tick()]
    return said


def alone(time: Time, parser: KeyParser, key: str) -> list[str]:
    """A key of somebody who waits a while before and after it."""
    time.now += 1.0
    found = read(parser, key)
    time.now += key_parser.ALONE
    return found + [each.key for each in parser.tick() if isinstance(each, events.Key)]


@pytest.mark.parametrize("key", ["x", "\r", "\x1b[B"])
def test_a_paste_that_does_not_end_is_dropped_by_itself_and_keys_go_on(
    monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    time, parser = Time(monkeypatch), KeyParser()
    read(parser, START + "abc")
    assert silence(time, parser) == [PasteWaits, PasteLost]
    assert parser.unfinished == ""
    assert alone(time, parser, key) == read(KeyParser(), key)
    assert read(parser, "y\r") == ["y", "enter"]


@pytest.mark.parametrize("size", [1, 2, 3, 5, 100])
def test_what_comes_late_of_a_paste_that_was_dropped_is_never_acted_on(
    monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    time, parser, found = Time(monkeypatch), KeyParser(), []
    read(parser, START + "abc")
    silence(time, parser)
    sent = f"def\r:pay 12 card r1\r,n\x1b[0n{END}"
    for at in range(0, len(sent), size):
        found += [type(each) for each in parser.feed(sent[at : at + size])]
        time.now += 0.01  # a slow line
        found += [type(each) for each in parser.tick()]
    assert set(found) <= {PasteLost, TerminalAnswered}
    assert read(parser, "y\r") == ["y", "enter"], "behind its end mark keys go on"


def test_an_end_mark_torn_by_the_silence_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    time, parser = Time(monkeypatch), KeyParser()
    read(parser, f"{START}abc{END[:-1]}")
    silence(time, parser)
    assert read(parser, END[-1] + "x") == ["x"]


@pytest.mark.parametrize("size", [1, 2, 3, 4])
@pytest.mark.parametrize("pause", [0.0, 0.4, 0.9])
def test_a_sequence_torn_by_a_stall_is_one_key(monkeypatch: pytest.MonkeyPatch, size: int, pause: float) -> None:
    time, parser = Time(monkeypatch), KeyParser()
    sent = "\x1b[Bx\x1bOA\x1b[24~\x1b[[E\x1b[15~\x1b[1~"
    found = []
    for at in range(0, len(sent), size):
        found += read(parser, sent[at : at + size])
        time.now += pause
        found += [token.key for token in parser.tick() if isinstance(token, events.Key)]
    assert found == ["down", "x", "up", "f12", "f5", "f5", "home"]


@pytest.mark.parametrize("pause", [0.4, 4.0, 60.0])
def test_a_sequence_is_never_letters_however_long_the_stall(monkeypatch: pytest.MonkeyPatch, pause: float) -> None:
    for split in (1, 2, 3):
        time, parser, found = Time(monkeypatch), KeyParser(), []
        for piece in ("\x1b[3~"[:split], "\x1b[3~"[split:]):
            found += read(parser, piece)
            time.now += pause
            found += [token.key for token in parser.tick() if isinstance(token, events.Key)]
        assert [key for key in found if key != "escape"] == ["delete"]


def test_an_escape_alone_is_a_key_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    time, parser = Time(monkeypatch), KeyParser()
    assert read(parser, "\x1b") == []
    time.now += key_parser.ESCAPE_WAIT
    assert [token.key for token in parser.tick() if isinstance(token, events.Key)] == ["escape"]
    assert read(parser, "Ox") == ["O", "x"]
    assert read(parser, "\x1b\x1b\r", "\x1b") == ["escape", "escape", "enter"]


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_what_the_terminal_answers_is_no_key(size: int) -> None:
    sent = f"a\x1b[0nb\x1b[A\x1b[0n{START}te\x1b[0nxt{END}\x1b[0n\x1b[?0n\x1b[3nc\x1b[?12;2$yd"
    parser, answers, found = KeyParser(), 0, []
    for at in range(0, len(sent), size):
        for token in parser.feed(sent[at : at + size]):
            answers += isinstance(token, TerminalAnswered)
            if isinstance(token, events.Key | events.Paste):
                found.append(token.key if isinstance(token, events.Key) else repr(token.text))
    assert found == ["a", "b", "up", "'text'", "c", "d"], "and a sequence that is no key is none"
    assert answers == 6


def test_a_paste_longer_than_any_field_is_handed_on_as_such() -> None:
    parser = KeyParser()
    assert read(parser, START, *["x" * 4096 + "\r"] * 64) == []
    assert len(parser._paste or "") < TEXT_LIMIT + 16
    paste, key = parser.feed("\x1b[2" + "01~q")
    assert isinstance(paste, events.Paste)
    assert len(paste.text) > TEXT_LIMIT, "which every field refuses whole"
    assert isinstance(key, events.Key)


TWELVE = [f"f{number}" for number in range(1, 13)]


@pytest.mark.parametrize("size", [1, 2, 100])
def test_the_function_keys_of_putty_in_its_vt100_plus_mode_are_read_as_such(size: int) -> None:
    sent = "".join(f"\x1bO{char}" for char in "PQRSTUVWXYZ[") + "x\x1bOA"
    assert read(KeyParser(), *torn(sent, size)) == [*TWELVE, "x", "up"]


@pytest.mark.parametrize("size", [1, 2, 100])
def test_sco_function_keys_are_read_where_the_terminal_sends_them(size: int) -> None:
    sent = "".join(f"\x1b[{char}" for char in "MNOPQRSTUVWX") + "\x1b[I\x1b[G\x1b[H\x1b[F\x1b[L\x1b[A"
    keys = [*TWELVE, "pageup", "pagedown", "home", "end", "insert", "up"]
    assert read(KeyParser(sco=True), *torn(sent, size)) == keys
    assert "f5" not in read(KeyParser(), "\x1b[I\x1b[O\x1b[Q"), "elsewhere these are the focus"


def torn(sent: str, size: int) -> list[str]:
    return [sent[at : at + size] for at in range(0, len(sent), size)]


@pytest.mark.parametrize("size", [1, 2, 100])
def test_a_control_of_eight_bits_begins_a_sequence(size: int) -> None:
    """It was Escape with Shift once, and the letter behind it a command."""
    sent = "a\x9bA\x9b24~\x8fPb\x9b[E\x1b\x9bB\x8fTc"
    decode = getincrementaldecoder("utf-8")(errors=EIGHT_BIT).decode
    raw = sent.encode("latin-1")
    pieces = [decode(raw[at : at + size]) for at in range(0, len(raw), size)]
    found = read(KeyParser(), *pieces)
    assert found == ["a", "up", "f12", "f1", "b", "f5", "escape", "down", "f5", "c"]


def test_bytes_that_are_no_utf8_are_no_command_and_letters_stay_letters() -> None:
    decode = getincrementaldecoder("utf-8")(errors=EIGHT_BIT).decode
    assert decode("ě王é".encode()) == "ě王é", "of which some bytes look like such controls"
    assert decode(b"\xc4") + decode(b"\x9b") == "ě"
    assert read(KeyParser(), decode(b"a\xe9b\x84\x90c")) == ["a", "replacement_character", "b", "c"]


@pytest.mark.parametrize(("start", "end", "other"), [(START, END, "\x9b201~"), ("\x9b200~", "\x9b201~", END)])
def test_a_paste_ends_at_a_mark_written_as_its_beginning(start: str, end: str, other: str) -> None:
    (paste,) = read(KeyParser(), f"{start}one {other}:pay 5 {end}")
    assert "pay 5" in paste, "what is pasted may hold the other one"
