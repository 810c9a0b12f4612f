"""The script of a call: which cards and answers are for an account, filled for its customer by the placeholders of messages."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from sqlmodel import Session as Db

from collect_tui.common.words import expected
from collect_tui.desk.catalogue import Catalogue
from collect_tui.desk.commands import ReadScript
from collect_tui.desk.errors import Invalid, Refused
from collect_tui.desk.views.script import ObjectionView, ScriptCard, ScriptView
from collect_tui.domain.contact.points import state_of
from collect_tui.domain.facts import AccountFacts
from collect_tui.domain.message.context import sample
from collect_tui.domain.message.template import Head
from collect_tui.domain.script import Card, ScriptRead, Texts, in_language
from collect_tui.services.context import Context
from collect_tui.services.customer import country_of
from collect_tui.services.decide import Decision, decides
from collect_tui.services.desk_context import DeskContext
from collect_tui.services.message.compose import Composer
from collect_tui.services.message.lint import Library
from collect_tui.services.message.placeholders import examine
from collect_tui.services.message.render import render
from collect_tui.store import facts as load_facts
from collect_tui.store import script as rows

HEAD: Final = Head("answer", "Script", ("letter",), "the account")


def script(desk: DeskContext, db: Db, number: str) -> ScriptView:
    """What is said in a call on an account. NotFound; Invalid "script.text" for a text of the site that is wrong."""
    seen, catalogue = load_facts.load(db, desk.tenant_id, number), desk.catalogue()
    speech = _Speech(Composer(desk, db), seen, catalogue)
    read = rows.last(db, desk.tenant_id, seen.id)
    cards = []
    for card in speech.cards:
        code, text = speech.filled(card.texts, f"cards.{card.name}")
        at, by = read.get(card.name, (None, ""))
        source = card.source_in(speech.place)
        cards.append(ScriptCard.made_of(card, language=code, text=text, source=source, read_at=at, read_by=by))
    objections = tuple(
        ObjectionView.made_of(each, answer=speech.filled(each.answers, f"objections.{each.name}")[1])
        for each in catalogue.scripts.objections
    )
    return ScriptView(account=seen.number, cards=tuple(cards), objections=objections)


@decides(ReadScript)
def read_script(command: ReadScript, facts: AccountFacts, context: Context) -> Decision:
    """The card is kept with the digest of its words as they were shown."""
    speech = _Speech(context.composer, facts, context.catalogue)
    cards = {card.name: card for card in speech.cards}
    if command.script not in cards:
        raise Invalid("script.card", f"There is no such card here; {expected(command.script, tuple(cards))}", "script")
    card = cards[command.script]
    code, text = speech.filled(card.texts, f"cards.{card.name}")
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Decision((ScriptRead(context.ids(), card.name, card.title, code, digest, context.now),))


def faults(library: Library, scripts: Iterator[tuple[str, str, str]]) -> Iterator[str]:
    """What is wrong with texts (name, language, text): a placeholder that there is not, or that an account may not have."""
    for name, code, text in scripts:
        found = examine(text)
        yield from (f"scripts.toml: {name}.{code}: {sentence}" for _, _, sentence in found.faults)
        if found.requires:
            yield f"scripts.toml: {name}.{code}: {', '.join(sorted(found.requires))} may be missing."
        if not found.faults and not found.requires:
            language = library.rules.languages[code]
            render(text, "letter", sample(), language, library.formats(code, "letter"))


class _Speech:
    """What is said to the customer of an account: by where they are, in their language."""

    def __init__(self, composer: Composer, seen: AccountFacts, catalogue: Catalogue) -> None:
        self._composer, self._seen, self._catalogue = composer, seen, catalogue
        country = country_of(seen, catalogue.rules)
        state = state_of(seen) if country == "US" else ""  # of others the post writes none
        self.place = f"{country}-{state}" if state else country

    @property
    def cards(self) -> tuple[Card, ...]:
        return tuple(c for c in self._catalogue.scripts.cards if c.is_for(self.place, self._seen.segment))

    def filled(self, texts: Texts, name: str) -> tuple[str, str]:
        """The language and the text. Raises Invalid "script.text"."""
        composer, seen = self._composer, self._seen
        code, text = in_language(texts, composer.spoken(seen))
        found = examine(text)
        if found.faults or found.requires:
            why = found.faults[0][2] if found.faults else f"{', '.join(sorted(found.requires))} may be missing."
            raise Invalid("script.text", f"scripts.toml: {name}.{code}: {why}", "script")
        words, library = composer.library.rules.languages[code], composer.library
        rules = self._catalogue.rules.verification
        asked = (self._catalogue.scripts.facts.get(fact, {}).get(code, said) for fact, said in rules.facts.items())
        context = composer.context(seen, HEAD, words)
        context = replace(context, verify_needed=rules.needed, verify_facts=", ".join(asked))
        try:
            made = render(text, "letter", context, words, library.formats(code, "letter", seen.currency), seen.numbers)
        except Refused:
            told = f"scripts.toml: {name}.{code} says what this account has not."
            raise Invalid("script.text", told, "script") from None
        return code, " ".join(made.text.split())
