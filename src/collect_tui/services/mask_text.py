"""Identifiers in whatever a desk says: free text, sentences, errors. The views' own fields are `masking.py`'s.

Somebody types a telephone into a note, a reason or a line, and the timeline, the audit, a receipt and the last word of a queue say
it again. So every text that leaves an operation for a role that sees identifiers in part passes here (`access.guarded`): what is an
identifier of the accounts spoken of, however it is spaced, and what looks like a telephone or an e-mail of anybody's.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel
from sqlalchemy import and_, literal, select
from sqlalchemy.orm import Session
from sqlmodel import SQLModel

from collect_tui.desk.commands import Act
from collect_tui.desk.errors import DomainError, Unavailable
from collect_tui.desk.views.floor import SeatView
from collect_tui.desk.views.session import Difference
from collect_tui.domain.card_text import plain
from collect_tui.domain.other_numbers import figures
from collect_tui.services.masking import kind_of, mask
from collect_tui.store.find import BARE

if TYPE_CHECKING:
    from collect_tui.policy.authority import Authority
    from collect_tui.services.desk_context import DeskContext

_T = SQLModel.metadata.tables

#: Fields of views that name things the reader may see, or that the client sends back as they are.
_KEYS: Final = frozenset(("account", "number", "doc_no", "ref", "cursor"))
_MAIL: Final = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
_RUN: Final = re.compile(r"\+?[0-9](?:[ ().\-/]{0,3}[0-9]){4,}")
_FIVE: Final = re.compile(r"[0-9OoIl](?:[^0-9OoIl]*+[0-9OoIl]){4}+")
_BEGINS: Final = 3
"""Letters and digits by which a pattern is found before it is tried."""
_FEWEST, _LOOKS_LIKE_ONE = 5, 7
"""Digits: so many of a known telephone are a part of it; so many in a row look like anybody's."""


class TextMask:
    """Masks texts for one role. `known`: (kind, value) of the identifiers of the accounts that are spoken of; `numbers` of
    accounts and documents are no telephones."""

    def __init__(self, masked: Collection[str], known: Iterable[tuple[str, str]], numbers: Iterable[str] = ()) -> None:
        self._masked = masked
        hidden = [(kind, value) for kind, value in known if kind in masked]
        self._phones = ["".join(filter(str.isdigit, value)) for kind, value in hidden if kind == "phone"]
        self._numbers = {"".join(filter(str.isdigit, number)) for number in numbers}
        self._named: dict[str, list[tuple[str, str, str]]] = {}
        for kind, value, pattern in _patterns(hidden):
            self._named.setdefault((bare := _bare(value))[:_BEGINS], []).append((kind, bare, pattern))

    def text(self, text: str) -> str:
        """The text with every identifier in it shown in part."""
        if len(text) < 4:
            return text
        for kind, pattern in self._may_hold(text):
            text = re.sub(pattern, partial(_masked, kind), text, flags=re.IGNORECASE)
        if "email" in self._masked and "@" in text:
            text = _MAIL.sub(partial(_masked, "email"), text)
        return self._without_phones(text) if "phone" in self._masked else text

    def _may_hold(self, text: str) -> list[tuple[str, str]]:
        """The patterns that may match: what they look for stands in the text. A page of a queue has many texts and many of them."""
        bare = _bare(text) if self._named else ""
        begins = {bare[at : at + _BEGINS] for at in range(len(bare) - _BEGINS + 1)}
        found = (each for begin in begins & self._named.keys() for each in self._named[begin])
        return [(kind, pattern) for kind, looked_for, pattern in found if looked_for in bare]

    def _without_phones(self, text: str) -> str:
        if text.isascii() and _FIVE.search(text) is None:
            return text
        read = plain(text)
        for run in reversed(list(_RUN.finditer(read))):
            dated = figures(read, *run.span())
            for start, end in reversed(_between(run.span(), dated)):
                digits = "".join(filter(str.isdigit, read[start:end]))
                known = any(digits in phone or phone in digits for phone in self._phones)
                looks = len(digits) >= _LOOKS_LIKE_ONE and digits not in self._numbers
                if (len(digits) >= _FEWEST and known) or looks:
                    text = text[:start] + mask("phone", text[start:end]) + text[end:]
        return text

    def value(self, value: Any) -> Any:
        """A view, or what holds views, with every text in it masked."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, BaseModel):
            old = {
                name: each
                for name, each in value
                if name not in _KEYS and isinstance(each, str | tuple | list | dict | BaseModel)
            }
            new = {name: made for name, each in old.items() if (made := self.value(each)) != each}
            return value.model_copy(update=new) if new else value
        if isinstance(value, tuple | list):
            return type(value)([self.value(each) for each in value])
        if isinstance(value, dict):
            return {key: self.value(each) for key, each in value.items()}
        return value

    def error(self, error: DomainError) -> None:
        """Masks what an error says, in place."""
        error.message = self.text(error.message)
        error.args = (error.code, error.message, error.field)
        for name in ("verdict", "confirm"):
            if (view := getattr(error, name, None)) is not None:
                setattr(error, name, self.value(view))


def _bare(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _patterns(hidden: list[tuple[str, str]]) -> Iterator[tuple[str, str, str]]:
    """What to look for, with what it begins with: the value however it is spaced; of a mailbox or a handle the name alone too.
    Telephones go by digits."""
    for kind, value in hidden:
        if kind == "phone" or len(bare := [c for c in value if c.isalnum()]) < 4:
            continue
        if kind == "email":
            box = value.partition("@")[0]
            yield kind, value, rf"(?<![\w.]){re.escape(value)}"
            if len(_bare(box)) >= _BEGINS and len(box) > 4 and not box.isalpha():
                yield "social", box, rf"(?<!\w){re.escape(box)}(?!\w)"
        elif kind == "social":
            yield kind, value, re.escape(value.lstrip("@"))
        else:
            # Of an address the house and the postcode alone are enough to find it.
            parts = [part for part in value.split(",") if kind == "address" and any(map(str.isdigit, part))]
            for each in dict.fromkeys((value, *parts)):
                if len(bare := [c for c in each if c.isalnum()]) >= 4:
                    yield kind, each, r"(?<![^\W_])" + r"[\W_]{0,3}".join(map(re.escape, bare)) + r"(?![^\W_])"


def _masked(kind: str, match: re.Match[str]) -> str:
    return mask(kind, match[0])


def _between(span: tuple[int, int], cut: list[tuple[int, int]]) -> list[tuple[int, int]]:
    found, at = [], span[0]
    for start, end in [*cut, (span[1], span[1])]:
        if at < start:
            found.append((at, start))
        at = max(at, end)
    return found


def hide(desk: DeskContext, value: Any) -> Any:
    """What an operation answers, as the user of the desk may see it."""
    authority = desk.authority
    if authority is None:
        return value
    if not authority.allows("account.read"):
        value = withheld(value)
    return (
        _mask_for(desk, authority, numbers := set(_numbers(value)), numbers).value(value) if authority.masked else value
    )


def hide_error(desk: DeskContext, error: DomainError, given: Mapping[str, Any]) -> None:
    """The same of an error, in place. `given`: what the operation was asked with, by name; only the number of an account is none
    of somebody's telephone."""
    if desk.authority is not None and desk.authority.masked:
        named = {each.account for each in given.values() if isinstance(each, Act)}
        named |= {str(given[name]) for name in ("account", "number") if name in given}
        with contextlib.suppress(Unavailable):
            _mask_for(desk, desk.authority, named, named).error(error)


def _mask_for(desk: DeskContext, authority: Authority, accounts: set[str], numbers: set[str]) -> TextMask:
    if not accounts:
        return TextMask(authority.masked, ())
    with desk.store.read() as db:
        return TextMask(authority.masked, identifiers(db, desk.tenant_id, accounts), numbers)


def _numbers(value: Any) -> Iterator[str]:
    """Numbers of accounts, documents and payments in a view: in its texts they are no telephones."""
    if isinstance(value, BaseModel):
        for name, each in value:
            if name in _KEYS and name != "cursor" and isinstance(each, str):
                yield each
            elif isinstance(each, BaseModel | tuple):
                yield from _numbers(each)
    elif isinstance(value, tuple | list):
        for each in value:
            yield from _numbers(each)


def identifiers(session: Session, tenant_id: int, numbers: Collection[str]) -> list[tuple[str, str]]:
    """(kind, value) of the contact points and services of these accounts."""
    account, point, service = _T["account"].c, _T["contact_point"].c, _T["service"].c
    party = and_(point.tenant_id == account.tenant_id, point.party_id == account.party_id)
    link = _T["account_party"].c
    beside = and_(link.tenant_id == account.tenant_id, link.account_id == account.id)
    theirs = and_(point.tenant_id == account.tenant_id, point.party_id == link.party_id)
    others = select(point.kind, point.value).select_from(
        _T["account"].join(_T["account_party"], beside).join(_T["contact_point"], theirs)
    )
    own = and_(service.tenant_id == account.tenant_id, service.account_id == account.id)
    points = select(point.kind, point.value).select_from(_T["account"].join(_T["contact_point"], party))
    services = select(literal("service").label("kind"), service.identifier.label("value")).select_from(
        _T["account"].join(_T["service"], own)
    )
    bare = sorted({number.replace("-", "") for number in numbers})
    found: dict[tuple[str, str], None] = {}
    for start in range(0, len(bare), 500):
        mine = and_(account.tenant_id == tenant_id, BARE.in_(bare[start : start + 500]))
        for query in (points, others, services):
            found |= {(kind_of(row.kind), row.value): None for row in session.connection().execute(query.where(mine))}
    return list(found)


def withheld(value: Any) -> Any:
    """A view for whoever sees no account: which one somebody works, or is wrong, is not said."""
    if isinstance(value, BaseModel):
        new = {name: withheld(each) for name, each in value if isinstance(each, BaseModel | tuple)}
        new |= _OF_ACCOUNTS.get(type(value), {})
        return value.model_copy(update=new)
    return tuple(map(withheld, value)) if isinstance(value, tuple) else value


_OF_ACCOUNTS: Final[dict[type[BaseModel], dict[str, Any]]] = {SeatView: {"account": None}, Difference: {"accounts": ()}}

__all__ = ["TextMask", "hide", "hide_error", "identifiers"]
