"""Effects as JSON: exact both ways, and what earlier programs wrote is still read."""

from __future__ import annotations

import json

import pytest

from collect_tui.domain.effects import LadderChanged
from collect_tui.domain.facts import Holder
from collect_tui.domain.states import Stage
from collect_tui.services import codec


@pytest.mark.parametrize("holder", [Holder.read("hold 3"), Holder.read("promise -7"), None])
def test_what_holds_the_ladder_comes_back_as_it_was(holder):
    effect = LadderChanged(Stage.NOTICE_2, holder, Stage.NOTICE_2, Holder.read("promise 9"))
    (back,) = codec.load(json.dumps(codec.dump([effect])))
    assert back == effect
    assert type(back.paused_by) is type(holder)


def test_what_held_the_ladder_was_once_text():
    then = {
        "kind": "LadderChanged",
        "stage": "FINAL",
        "paused_by": "hold 3",
        "old_stage": "FINAL",
        "old_paused_by": None,
    }
    (effect,) = codec.load(json.dumps([then]))
    assert effect == LadderChanged(Stage.FINAL, Holder.read("hold 3"), Stage.FINAL, None)
