"""scripts.toml: what is shipped, and what a site may say wrongly."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from collect_tui.defaults import load
from collect_tui.domain.errors import Invalid
from collect_tui.domain.script import in_language
from collect_tui.services.message.lint import library
from collect_tui.services.script import faults

TODAY = date(2026, 11, 23)


def test_every_text_that_is_shipped_can_be_said():
    rules = load(today=TODAY)
    cards = [(f"cards.{c.name}", code, text) for c in rules.scripts.cards for code, text in c.texts.items()]
    answers = [
        (f"objections.{o.name}", code, text) for o in rules.scripts.objections for code, text in o.answers.items()
    ]
    assert (len(cards), len(answers)) == (8, 12)
    assert [*faults(library(None, rules.rules.country, rules.rules.currency), iter((*cards, *answers)))] == []


def test_a_text_that_cannot_be_said_is_named():
    known = library(None, "US", "USD")
    wrong = [
        ("cards.x", "en", "{{ party.nam }}"),
        ("cards.y", "en", "{{ money(payment.amount) }}"),
        ("cards.z", "en", "{% set a = 1 %}"),
    ]
    assert [each.split(":")[1].strip() for each in faults(known, iter(wrong))] == [
        "cards.x.en",
        "cards.y.en",
        "cards.z.en",
    ]


def test_cards_by_state_and_segment():
    cards = {card.name: card for card in load(today=TODAY).scripts.cards}
    assert [cards["recording"].is_for(state, "") for state in ("CA", "TX", "")] == [True, False, True]
    assert [cards["collector"].is_for("TX", segment) for segment in ("cards", "residential")] == [True, False]
    assert in_language({"en": "a", "es": "b"}, "es-MX") == ("es", "b")
    assert in_language({"en": "a"}, "zh") == ("en", "a")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('[objections.money]\nunder = "this-month"', "stands under itself"),
        ('[objections.money]\ntype = "n "', "objections.money.type"),
        ('[objections.later]\ntype = ""', "objections.later.type"),
        ('[objections.later]\nunder = "mony"', "objections.later.under"),
        ('[cards.party]\nstates = ["Ohio"]', "cards.party.states"),
        ('[cards.party.text]\nfr = "x"', "cards.party.text.fr"),
        ('[cards.own]\ntitle = "Own"\n[cards.own.text]\nes = "x"', "cards.own.text.en"),
        ('[cards.party]\ntitle = "two\\nlines"', "cards.party.title"),
    ],
)
def test_what_a_site_says_wrongly_is_named(tmp_path: Path, text: str, key: str):
    (tmp_path / "scripts.toml").write_text(text)
    with pytest.raises(Invalid) as error:
        load(tmp_path, today=TODAY)
    assert key in error.value.message


def test_a_site_changes_a_card_and_adds_one(tmp_path: Path):
    (tmp_path / "scripts.toml").write_text(
        '[cards.party.text]\nen = "Who is there?"\n[cards.own]\ntitle = "Own"\ntext.en = "x"\n'
    )
    cards = {card.name: card for card in load(tmp_path, today=TODAY).scripts.cards}
    assert (cards["party"].texts["en"], cards["party"].must, cards["own"].title) == ("Who is there?", True, "Own")
