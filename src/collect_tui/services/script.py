"""The script of a call: which cards and answers are for an account, filled for its customer by the placeholders of messages."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Final

from sqlmodel import Session as Db

from collect_tui.common.words import expected
from collect_tui.desk.commands import ReadScript
from collect_tui.desk.errors import Invalid, Refused
from collect_tui.desk.views.script import ObjectionView, ScriptCard, ScriptView
from collect_tui.domain.contact.points import state_of
from collect_tui.domain.facts import AccountFacts
from collect_tui.domain.message.context import sample
from collect_tui.domain.message.template import Head
from collect_tui.domain.script import Card, ScriptRead, Texts, in_language
from collect_tui.services.context import Context
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
    seen = load_facts.load(db, desk.tenant_id, number)
    composer, language = Composer(desk, db), _language(desk, db, seen)
    read = rows.last(db, desk.tenant_id, seen.id)
    cards = []
    for card in _cards(desk, seen):
        code, text = _filled(composer, seen, card.texts, language, f"cards.{card.name}")
        at, by = read.get(card.name, (None, ""))
        cards.append(ScriptCard.made_of(card, language=code, text=text, read_at=at, read_by=by))
    objections = tuple(
        ObjectionView.made_of(
            each, answer=_filled(composer, seen, each.answers, language, f"objections.{each.name}")[1]
        )
        for each in desk.catalogue().scripts.objections
    )
    return ScriptView(account=seen.number, cards=tuple(cards), objections=objections)


@decides(ReadScript)
def read_script(command: ReadScript, facts: AccountFacts, context: Context) -> Decision:
    """The card is kept with the digest of its words as they were shown."""
    composer = context.composer
    cards = {card.name: card for card in context.catalogue.scripts.cards if card.is_for(state_of(facts), facts.segment)}
    if command.script not in cards:
        raise Invalid("script.card", f"There is no such card here; {expected(command.script, tuple(cards))}", "script")
    card = cards[command.script]
    code, text = _filled(composer, facts, card.texts, composer.spoken(facts), f"cards.{card.name}")
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


def _cards(desk: DeskContext, seen: AccountFacts) -> tuple[Card, ...]:
    state = state_of(seen)
    return tuple(card for card in desk.catalogue().scripts.cards if card.is_for(state, seen.segment))


def _language(desk: DeskContext, db: Db, seen: AccountFacts) -> str:
    return Composer(desk, db).spoken(seen)


def _filled(composer: Composer, seen: AccountFacts, texts: Texts, language: str, name: str) -> tuple[str, str]:
    code, text = in_language(texts, language)
    found = examine(text)
    if found.faults or found.requires:
        why = found.faults[0][2] if found.faults else f"{', '.join(sorted(found.requires))} may be missing."
        raise Invalid("script.text", f"scripts.toml: {name}.{code}: {why}", "script")
    words, library = composer.library.rules.languages[code], composer.library
    context = composer.context(seen, HEAD, words)
    try:
        made = render(text, "letter", context, words, library.formats(code, "letter", seen.currency), seen.numbers)
    except Refused:
        raise Invalid("script.text", f"scripts.toml: {name}.{code} says what this account has not.", "script") from None
    return code, " ".join(made.text.split())
