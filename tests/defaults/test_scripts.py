"""scripts.toml: what is shipped, and what a site may say wrongly."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from collect_tui.defaults import load
from collect_tui.domain.errors import Invalid
from collect_tui.domain.script import in_language
from collect_tui.services.message.lint import library
from collect_tui.services.script import faults

FIXTURES = Path(__file__).parents[2] / "fixtures"
TODAY = date(2026, 11, 23)


def test_every_text_that_is_shipped_can_be_said():
    rules = load(today=TODAY)
    cards = [(f"cards.{c.name}", code, text) for c in rules.scripts.cards for code, text in c.texts.items()]
    answers = [
        (f"objections.{o.name}", code, text) for o in rules.scripts.objections for code, text in o.answers.items()
    ]
    assert (len(cards), len(answers)) == (11, 18)
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


def test_cards_by_place_and_segment():
    cards = {card.name: card for card in load(today=TODAY).scripts.cards}
    places = ("US-CA", "US-TX", "US", "PH", "PA", "CA")  # Panama and Canada are not Pennsylvania and California
    assert [cards["recording"].is_for(place, "") for place in places] == [True, False, True, True, False, False]
    assert [cards["collector"].is_for("US-TX", segment) for segment in ("cards", "residential")] == [True, False]
    assert not cards["collector"].is_for("PH", "cards")
    assert in_language({"en": "a", "es": "b"}, "es-MX") == ("es", "b")
    assert in_language({"en": "a"}, "zh") == ("en", "a")


def test_what_demands_a_card_is_of_the_place():
    cards = {card.name: card for card in load(today=TODAY).scripts.cards}
    recording, party = cards["recording"], cards["party"]
    assert (recording.source_in("US-WA"), recording.source_in("US-CA")) == (
        "Wash. Rev. Code 9.73.030",
        "Cal. Penal Code 632",
    )
    assert set(recording.places) == set(recording.sources), "no state is shown the law of another"
    assert recording.source_in("PH").startswith("RA 4200")
    assert "not known" in recording.source_in("US")
    assert party.source_in("US-WA").startswith("12 CFR")
    assert party.source_in("MY").startswith("House rule")


def test_buyers_in_the_philippines_are_shown_no_law_of_the_states():
    rules = load(FIXTURES / "real-estate" / "site", today=TODAY)
    words = [card.source_in("PH") for card in rules.scripts.cards if card.is_for("PH", "real-estate")]
    words += [
        rules.rules.verification.source,
        *rules.rules.contact.sources.values(),
        *rules.rules.suspend.sources.values(),
    ]
    words += [hold.source for hold in rules.holds.values()]
    assert [each for each in words if re.search(r"CFR|USC|Cal\.|states|State|Ontario|Astound", each)] == []
    said = rules.scripts
    every = {
        **{c.name: c.texts for c in said.cards if c.is_for("PH", "")},
        **{o.name: o.answers for o in said.objections},
    }
    assert [name for name, texts in every.items() if "fil" not in texts] == []


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('[objections.money]\nunder = "this-month"', "stands under itself"),
        ('[objections.money]\ntype = "n "', "objections.money.type"),
        ('[objections.later]\ntype = ""', "objections.later.type"),
        ('[objections.later]\nunder = "mony"', "objections.later.under"),
        ('[cards.party]\nplaces = ["Ohio"]', "cards.party.places"),
        ('[cards.party.sources]\nOhio = "x"', "cards.party.sources.Ohio"),
        ('[facts.dob]\nfr = "x"', "facts.dob.fr"),
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
