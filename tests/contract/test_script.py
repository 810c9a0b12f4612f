"""The script of a call: which cards are for a customer, in whose language, and that one was read."""

from __future__ import annotations

import pytest

from collect_tui.desk.errors import Invalid, NotFound
from contract.conftest import do
from support.book import NOW

ROSA, IVAN = "4410-2231", "4410-0087"


def test_the_cards_are_filled_for_the_customer(desk):
    seen = desk.script(ROSA)
    cards = {card.name: card for card in seen.cards}
    assert list(cards) == ["recording", "party", "voicemail"], "whose state is not known is told of the recording"
    assert cards["party"].text.startswith("Am I speaking with Rosa Alvarez?")
    asked = "2 of these: date of birth, last four of an id, address, service or meter number"
    assert asked in cards["party"].text, "what the line's `ver` takes, and how many"
    assert cards["party"].source.startswith("12 CFR 1006.6(d)(1)")
    assert (cards["party"].must, cards["party"].read_at, cards["party"].language) == (True, None, "en")
    answers = {each.name: each for each in seen.objections}
    assert (answers["this-month"].under, answers["this-month"].line) == ("money", "pp ")
    assert "$412.10" in answers["this-month"].answer


def test_a_card_that_was_read_is_kept_with_its_words(desks):
    mia = desks("mia")
    assert do(mia, ROSA, "tick party").sentence == "read: right party (en)"
    card = next(card for card in mia.script(ROSA).cards if card.name == "party")
    assert (card.read_at, card.read_by) == (NOW, "mia")
    assert mia.pane(ROSA, "audit").audit[0].effects == ("script read",)
    assert mia.pane(ROSA, "timeline").timeline[0].title == "script read: party (en)"


def test_a_card_that_there_is_not_is_refused(desk):
    for name in ("collector", "nothing"):
        with pytest.raises(Invalid) as error:
            do(desk, IVAN, f"tick {name}")
        assert (error.value.code, error.value.field) == ("script.card", "script")
    with pytest.raises(NotFound):
        desk.script("9999-9999")
