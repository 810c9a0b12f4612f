"""What the registry says of an action is what its dispatch finds: a method, a form, a text for the line, or one of the app's commands."""

from __future__ import annotations

import inspect
from importlib import import_module
from typing import Any

import pytest
from textual.binding import Binding

from collect_tui.tui.commands import Commands
from collect_tui.tui.forms.form import FormScreen
from collect_tui.tui.keys.actions import ACTIONS, ASKING, BOARD, FORM, FORMS, Action
from collect_tui.tui.screens.base import DeskScreen
from collect_tui.tui.widgets.rowmover import RowMover


def screens_of(context: str) -> list[type[DeskScreen]]:
    """The screens whose keys stand in a context."""
    if context == FORM:
        return [import_module(f"collect_tui.tui.forms.{name}").SCREEN for name in sorted(FORMS)]
    return [import_module(f"collect_tui.tui.screens.{'queues' if context == BOARD else context}").SCREEN]


def params(method: Any) -> list[inspect.Parameter]:
    return list(inspect.signature(method).parameters.values())[1:]


WHERE = [
    (each, context, screen)
    for each in ACTIONS
    for context in sorted(each.contexts - {ASKING})
    for screen in screens_of(context)
]


@pytest.mark.parametrize(
    ("wanted", "screen"), [(a, s) for a, _, s in WHERE], ids=[f"{a.id} in {c} ({s.__name__})" for a, c, s in WHERE]
)
def test_an_action_is_done_somewhere_on_every_screen_that_has_it(wanted: Action, screen: type[DeskScreen]) -> None:
    assert (
        hasattr(screen, wanted.method)
        or wanted.opens_form
        or wanted.text
        or hasattr(Commands, wanted.method)
        or wanted.id in {each.id for each in RowMover.BINDINGS if isinstance(each, Binding)}
        or (wanted.id.startswith("pane.") and hasattr(screen, "pane_name"))
    )


def test_a_screen_has_the_keys_of_its_context() -> None:
    assert {(context, screen.context) for _, context, screen in WHERE} == {(c, c) for _, c, _ in WHERE}


@pytest.mark.parametrize("wanted", [each for each in ACTIONS if each.takes_words], ids=lambda each: each.id)
def test_a_word_that_takes_something_gives_it_to_its_command(wanted: Action) -> None:
    assert wanted.mnemonic
    taken = params(getattr(Commands, wanted.method))
    assert [p.default for p in taken] == [""], "it may stand alone, too: a key of the user's own says nothing more"


@pytest.mark.parametrize("name", [name for name in dir(Commands) if name[:3] in ("do_", "may")])
def test_a_command_of_the_app_is_an_action_and_is_given_what_that_takes(name: str) -> None:
    (wanted,) = (each for each in ACTIONS if name in (each.method, each.looks))
    if name == wanted.looks:
        assert hasattr(Commands, wanted.method)
        assert len(params(getattr(Commands, name))) == int(wanted.takes_words)
    else:
        assert wanted.takes_words or not params(getattr(Commands, name))


@pytest.mark.parametrize("wanted", [each for each in ACTIONS if each.opens_form], ids=lambda each: each.id)
def test_a_form_is_found_by_the_name_in_the_registry(wanted: Action) -> None:
    form = import_module(f"collect_tui.tui.forms.{wanted.opens_form}").SCREEN
    assert issubclass(form, FormScreen)
    assert wanted.needs_account


def test_what_works_an_account_needs_it_and_its_lease() -> None:
    acts = [each for each in ACTIONS if each.text or each.opens_form]
    assert [each.id for each in acts if not (each.needs_account and each.needs_lease and each.needs_desk)] == []


def test_what_leaves_the_building_is_asked_for_in_a_form() -> None:
    assert [each.id for each in ACTIONS if each.dangerous and not each.opens_form] == []
