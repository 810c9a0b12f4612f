"""Turns scripts.toml into typed values. An objection stands under one that there is, and none under itself."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from collect_tui.common.words import expected
from collect_tui.defaults.reading import Table
from collect_tui.domain.message.template import LANGUAGES
from collect_tui.domain.script import Card, Objection, Scripts, Texts

_LONGEST: Final = 600
_PLACE: Final = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")


def scripts(root: Table) -> Scripts:
    root.table("cards").names()
    root.table("objections").names()
    cards = tuple(_card(name, table) for name, table in root.table("cards").entries())
    entries = tuple(root.table("objections").entries())
    names = [name for name, _ in entries]
    objections = tuple(_objection(name, table, names) for name, table in entries)
    facts = {code: _known(table) for code, table in root.table("facts", {}).entries()}
    root.done()
    tables, above = dict(entries), {each.name: each.under for each in objections}
    for each in objections:
        seen, under = {each.name}, each.under
        while under:
            if under in seen:
                raise tables[each.name].error("loop", "under", "it stands under itself.")
            seen.add(under)
            under = above[under]
        if bool(each.line) == any(other.under == each.name for other in objections):
            told = "expected what to type, or an objection under it; not both."
            raise tables[each.name].error("leaf", "type", told)
    return Scripts(cards, objections, facts)


def _card(name: str, table: Table) -> Card:
    places, cited = table.phrases("places"), table.table("sources", {})
    sources = cited.texts()
    for key, within, named in (("places", table, places), ("", cited, tuple(sources))):
        if wrong := next((each for each in named if not _PLACE.fullmatch(each)), None):
            raise within.error("type", key or wrong, f"{wrong!r} is no country or state, such as PH or US-CA.")
    found = Card(
        name=name,
        title=table.line("title"),
        texts=_texts(table, "text"),
        places=places,
        segments=table.phrases("segments"),
        must=table.flag("must", False),
        source=table.text("source", ""),
        sources=sources,
    )
    table.done()
    return found


def _objection(name: str, table: Table, names: Collection[str]) -> Objection:
    under = table.text("under", "")
    if under and under not in names:
        raise table.error("unknown", "under", f"no such objection; {expected(under, names)}")
    found = Objection(name, table.line("says"), _texts(table, "answer"), under, table.text("type", ""))
    table.done()
    return found


def _texts(table: Table, key: str) -> Texts:
    within = table.table(key)
    found = _known(within)
    if "en" not in found:
        raise within.error("missing", "en", "expected an English text.")
    return found


def _known(within: Table) -> Texts:
    """Texts by language."""
    found = within.texts()
    for code, text in found.items():
        if code not in LANGUAGES:
            raise within.error("unknown", code, f"no such language; {expected(code, LANGUAGES)}")
        if len(text) > _LONGEST:
            raise within.error("type", code, f"expected at most {_LONGEST} characters.")
    return found
