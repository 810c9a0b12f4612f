"""A command or an effect that was added and not finished is named here."""

from __future__ import annotations

import pytest

from collect_tui.desk.commands import COMMANDS
from collect_tui.domain.effects import KINDS
from collect_tui.services.deciders import registered
from collect_tui.store.apply import write


@pytest.mark.parametrize("kind", COMMANDS)
def test_every_command_has_a_decider(kind: str) -> None:
    assert kind in registered(), f"{COMMANDS[kind].__name__} has no decider: @decides it in services/"


@pytest.mark.parametrize("kind", KINDS)
def test_every_effect_is_written(kind: str) -> None:
    assert write.dispatch(KINDS[kind]) is not write.dispatch(object), f"{kind} has no writer in store/writing*.py"
