"""(context, key) → command, and what a user's keys.toml may change."""

import re
from pathlib import Path

import pytest

from collect_tui.domain.errors import Invalid
from collect_tui.tui.keys.actions import ACTIONS, Action, action
from collect_tui.tui.keys.keymap import Found, KeyMap, key_name, load, overridden


@pytest.mark.parametrize(
    ("key", "character", "name"),
    [
        ("colon", ":", ":"),
        ("question_mark", "?", "?"),
        ("comma", ",", ","),
        ("space", " ", "space"),
        ("G", "G", "G"),
        ("w", "w", "w"),
        ("pagedown", None, "pgdn"),
        ("f8", None, "f8"),
        ("enter", "\r", "enter"),
        ("ctrl+l", "\x0c", "ctrl+l"),
        ("ctrl+h", "\x08", "backspace"),
    ],
)
def test_keys_are_named_as_people_write_them(key: str, character: str | None, name: str) -> None:
    assert key_name(key, character) == name


@pytest.mark.parametrize(
    ("context", "key", "wanted"),
    [
        ("queue", "w", "work.next"),
        ("queue", "f8", "work.next"),
        ("account", "w", "work.next"),
        ("account", ",", "result.hot"),
        ("account", "space", "result.hot"),
        ("queue", ",", None),
        ("account", "1", "pane.1"),
        ("queue", "1", None),
        ("board", "n", None),
        ("help", "ctrl+q", "app.quit"),
    ],
)
def test_a_key_starts_a_command_of_its_context(context: str, key: str, wanted: str | None) -> None:
    found = KeyMap().find(context, key).command
    assert (found.id if found else None) == wanted


def test_a_clash_names_key_and_both_commands() -> None:
    twins = (Action("one.a", "One", "One.", ("x",)), Action("two.b", "Two", "Two.", ("x",)))
    with pytest.raises(Invalid, match=r"'x' is wanted by one\.a and by two\.b on the board, queue"):
        KeyMap(twins)


def test_every_clash_is_told_at_once() -> None:
    with pytest.raises(Invalid) as caught:
        KeyMap(overridden({"work.skip": ["w"], "note.new": ["z", "f6"], "theme.choose": ["?"]}, "keys.toml"))
    for told in (
        "'w' is wanted by work.next and by work.skip on the queue, account screens",
        "'z' is wanted by work.snooze and by note.new",
        "'?' is wanted by theme.choose and by help.open",
    ):
        assert told in caught.value.message


def test_a_retired_key_says_where_it_went_until_it_is_given_to_somebody() -> None:
    retired = {("queue", "X"): "work.skip"}
    assert KeyMap(retired=retired).find("queue", "X") == Found(moved="X has moved to s (skip).")
    given = overridden({"work.skip": ["X"]}, "keys.toml")
    assert KeyMap(given, retired).find("queue", "X").command is not None


def test_overrides_replace_all_keys_of_a_command() -> None:
    keys = KeyMap(overridden({"work.skip": ["x", "f2"]}, "keys.toml"))
    assert keys.find("queue", "s").command is None
    assert keys.find("queue", "x").command == keys.find("queue", "f2").command
    assert keys.keys_of("work.skip") == ("x", "f2")


def test_an_empty_list_takes_the_keys_away() -> None:
    keys = KeyMap(overridden({"work.skip": []}, "keys.toml"))
    assert keys.keys_of("work.skip") == ()


@pytest.mark.parametrize(
    ("table", "code", "words"),
    [
        (
            {"work.skpi": ["x"]},
            "keys.unknown_command",
            r"keys\.toml: there is no command 'work\.skpi'; did you mean 'work\.skip'",
        ),
        ({"zzzzzz": ["x"]}, "keys.unknown_command", "collect-tui keys"),
        ({"work.skip": "x"}, "keys.type", "must be a list"),
        ({"work.skip": [1]}, "keys.type", "must be a list"),
        ({"work.skip": ["escape"]}, "keys.unknown_key", "'escape' is not a key"),
        ({"work.skip": ["alt+x"]}, "keys.unknown_key", "not a key"),
        *(
            ({"work.skip": [key]}, "keys.unknown_key", f"work.skip: '{re.escape(key)}' is not a key")
            for key in (
                "ctrl+i",
                "ctrl+m",
                "ctrl+c",
                "ctrl+h",
                "ctrl+j",
                "ctrl+shift+x",
                "ctrl+X",
                "ctrl+1",
                "ctrl+",
                " ",
                "",
            )
        ),
        ({"work.skip": ["pgdwn"]}, "keys.unknown_key", "did you mean 'pgdn'"),
        ({"work.skip": ["i", "i"]}, "keys.twice", r"keys\.toml: work\.skip: 'i' is named twice"),
        ({"work.skip": ["f2", "f4"]}, "keys.fkeys", "one function key"),
        ([], "keys.type", "must be a table"),
        ({"form.save": ["s"]}, "keys.last", r"form\.save must keep a key that is not typed into a field"),
    ],
)
def test_a_wrong_override_names_file_and_command(table: object, code: str, words: str) -> None:
    with pytest.raises(Invalid, match=words) as caught:
        overridden(table, "keys.toml")
    assert caught.value.code == code


@pytest.mark.parametrize("command", ACTIONS, ids=lambda each: each.id)
def test_what_no_word_does_keeps_a_key(command: Action) -> None:
    if command.mnemonic or command.text:
        assert next(c for c in overridden({command.id: []}, "keys.toml") if c.id == command.id).all_keys == ()
        return
    with pytest.raises(Invalid, match=rf"keys\.toml: {re.escape(command.id)} must keep a key: no word") as caught:
        overridden({command.id: []}, "keys.toml")
    assert (caught.value.code, caught.value.field) == ("keys.last", command.id)


def test_a_users_file_is_read_and_checked_for_clashes(tmp_path: Path) -> None:
    file = tmp_path / "keys.toml"
    file.write_text('[keys]\n"work.skip" = ["w"]\n', "utf-8")
    with pytest.raises(Invalid, match=r"keys\.toml: 'w' is wanted by"):
        load(file)
    file.write_text('[key]\n"work.skip" = ["x"]\n', "utf-8")
    with pytest.raises(Invalid, match=r"keys\.toml: there is no 'key' here; did you mean \[keys\]"):
        load(file)
    file.write_text('[keys]\n"work.skip" = ["x"]\n', "utf-8")
    assert load(file).keys_of("work.skip") == ("x",)
    file.write_text("[keys", "utf-8")
    with pytest.raises(Invalid, match=r"keys\.toml"):
        load(file)
    assert load(tmp_path / "none.toml").commands == ACTIONS


def test_no_file_is_the_programs_own_keys() -> None:
    assert load(None).find("queue", "s").command == action("work.skip")
