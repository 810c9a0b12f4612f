"""The registry: what keys, help, key bar and docs/keys.md are made from."""

import re

import pytest

from collect_tui.desk.line.verbs import VERBS
from collect_tui.domain.codes import HOT_LETTERS
from collect_tui.tui.keys.actions import (
    ACTIONS,
    ASKING,
    CHORD_OUT,
    CONTEXTS,
    action,
    by_word,
    in_context,
)
from collect_tui.tui.keys.keymap import KeyMap

UNSAFE = re.compile(r"[A-DFHO-S\[]")  # tails of escape sequences a slow line tears apart


def test_ids_are_unique_and_of_one_form() -> None:
    ids = [c.id for c in ACTIONS]
    assert len(set(ids)) == len(ids)
    assert [i for i in ids if not re.fullmatch(r"[a-z]+\.[a-z0-9]+", i)] == []


def test_no_two_commands_want_one_key_in_a_context() -> None:
    KeyMap()


def test_a_key_means_the_same_wherever_it_means_anything() -> None:
    meanings: dict[str, set[str]] = {}
    for each in ACTIONS:
        for key in each.all_keys:
            meanings.setdefault(key, set()).add(each.id)
    assert {key: ids for key, ids in meanings.items() if len(ids) > 1} == {}


def test_no_key_needs_alt_escape_or_a_modified_function_key() -> None:
    for each in ACTIONS:
        for key in each.all_keys:
            assert not key.startswith(("alt+", "escape", "shift+f", "ctrl+f")), each.id
            assert not UNSAFE.fullmatch(key), each.id


def test_ctrl_is_never_the_only_door() -> None:
    for each in ACTIONS:
        if any(key.startswith("ctrl+") for key in each.all_keys):
            assert each.mnemonic, each.id


def test_every_command_has_a_door_and_words_for_the_help() -> None:
    for each in ACTIONS:
        assert each.all_keys or each.mnemonic, each.id
        assert each.title, each.id
        assert each.help.endswith("."), each.id
        assert each.contexts <= set(CONTEXTS), each.id
        assert each.bar <= each.contexts, each.id


def test_only_the_two_reads_that_need_both_share_a_word_with_the_line() -> None:
    """`next` and `undo` alone are the app's; followed by something they are the line's."""
    verbs = {word for verb in VERBS.values() for word in (verb.verb, *verb.aliases)}
    assert {c.mnemonic for c in ACTIONS if c.mnemonic} & verbs == {"next", "undo"}


def test_text_typed_into_the_line_begins_with_one_of_its_verbs() -> None:
    verbs = {word for verb in VERBS.values() for word in (verb.verb, *verb.aliases)}
    assert [c.id for c in ACTIONS if c.text and c.text.split()[0] not in verbs] == []


def test_no_hot_letter_goes_anywhere_on_other_occasions() -> None:
    going = {"nav.back", "nav.exit", "view.refresh", "work.next", "find.open", "line.open", "help.open", "undo.last"}
    moving = {key for each in ACTIONS if each.id in going or each.id.startswith("row.") for key in each.all_keys}
    assert set(HOT_LETTERS) & moving == set()
    assert CHORD_OUT & set(HOT_LETTERS) == set()
    assert {*action("result.hot").keys, "b", "f12"} <= CHORD_OUT


def test_the_line_is_opened_everywhere() -> None:
    assert set(CONTEXTS) - {ASKING} == action("line.open").contexts


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("q", "queue.show"),
        ("a", "account.open"),
        ("quit", "app.quit"),
        ("QUIT", "app.quit"),
        ("the", "theme.choose"),
        ("why", "why.open"),
        ("whyn", "whynot.open"),
        ("re", None),  # refresh or redraw
        ("lm", None),
        ("", None),
        ("zzz", None),
    ],
)
def test_words_of_the_app(word: str, found: str | None) -> None:
    wanted = by_word(word)
    assert (wanted.id if wanted else None) == found


def test_a_word_of_the_line_is_never_read_as_a_prefix() -> None:
    assert by_word("fin") == action("find.open")
    assert by_word("fin", taken={"FIN"}) is None
    assert by_word("fi") is None  # filter begins so too


def test_contexts_list_their_commands_in_the_order_of_the_registry() -> None:
    queue = [c.id for c in in_context("queue")]
    assert queue == [c.id for c in ACTIONS if "queue" in c.contexts]
    assert "pane.1" not in queue
