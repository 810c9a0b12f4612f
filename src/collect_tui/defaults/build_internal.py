"""Turns internal.toml into typed values: contacts of the firm's own, and the digests they get."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from collect_tui.common.words import expected
from collect_tui.defaults.reading import Table
from collect_tui.domain.dates import WEEKDAYS
from collect_tui.domain.message.internal import DIGESTS, SUSPENSIONS, Digest, Internal, InternalContact
from collect_tui.domain.message.template import LANGUAGES

DAILY: Final = "daily"
DAYS: Final = tuple(day[:3].lower() for day in WEEKDAYS)
"""As rules.toml names them."""
_ADDRESS: Final = re.compile(r"[A-Za-z0-9#$&'*+/=?^_`{|}~.-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{2,63}")


def internal(root: Table, templates: Collection[str]) -> Internal:
    entries = dict(root.table("digests").entries())
    for name, table in entries.items():
        if name not in DIGESTS:
            raise table.error("name", None, f"no such digest; {expected(name, DIGESTS)}")
    digests = {name: _digest(name, table, templates) for name, table in entries.items()}
    root.table("contacts").names()
    contacts = tuple(_contact(name, table, digests) for name, table in root.table("contacts").entries())
    root.done()
    return Internal(contacts, digests)


def _digest(name: str, table: Table, templates: Collection[str]) -> Digest:
    when = table.choice("when", (DAILY, *DAYS))
    ahead = table.number("ahead", 1, 10) if name == SUSPENSIONS else 0
    found = Digest(name, table.choice("template", templates), ahead, None if when == DAILY else DAYS.index(when))
    table.done()
    return found


def _contact(name: str, table: Table, digests: Collection[str]) -> InternalContact:
    limits = table.table("answers_for", {})
    found = InternalContact(
        name=name,
        title=table.line("title"),
        email=table.text("email").strip(),
        language=table.choice("language", LANGUAGES, LANGUAGES[0]),
        digests=table.choices("digests", digests),
        products=limits.phrases("products"),
        systems=limits.phrases("systems"),
        segments=limits.phrases("segments"),
        accounts=limits.phrases("accounts"),
    )
    limits.done()
    table.done()
    if not _ADDRESS.fullmatch(found.email):
        raise table.error("type", "email", "expected one address, such as south@firm.example.")
    return found
