"""Identifiers in part and in full. Masking is the last step over a view, and pure; showing one whole leaves its mark first."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final, TypeVar

from collect_tui.common.text import fold
from collect_tui.desk.errors import Invalid
from collect_tui.desk.views.account import AccountView, FindHit, PaneView, PointView, ServiceView
from collect_tui.desk.views.floor import Revealed, identifier, reveal_reason
from collect_tui.desk.views.message import MessageRow
from collect_tui.desk.views.queue import QueueRow
from collect_tui.domain.card_text import mask_card
from collect_tui.domain.rules import VerificationRules
from collect_tui.policy.authority import Authority

if TYPE_CHECKING:
    from collect_tui.services.desk_context import DeskContext

_M = TypeVar("_M", bound=MessageRow)
_R = TypeVar("_R", QueueRow, FindHit)

DOT: Final = "•"
#: Kinds of points by the kind of identifier that `authority.toml` masks.
_POINTS: Final = dict.fromkeys(("mobile", "home", "work", "other"), "phone")
#: What an address is, by the channel of a message.
_CHANNELS: Final = {"letter": "address", "sms": "phone", "chat": "social", "internal": "email"}
_MARK: Final = re.compile(r" \((?:bad|wrong)\)$")
#: What somebody wrote; an identifier in it is none of the words by which it is found.
_TEXTS: Final = frozenset(("note", "contact", "message", "hold", "promise", "case"))
_IDENTIFIER: Final = re.compile(r"[^\s@]+@\S+|\S*[0-9](?:[ ().\-/]{0,3}[0-9]){3,}\S*")
_SHORT: Final = re.compile(r"[a-zA-Z][0-9]{0,2}")
_DIALLED: Final = re.compile(r"[0-9+() .\-/]+")
#: Digits of a masked telephone by which it may be looked for: its last four, which are shown, or a whole number without its
#: country's code. Whoever may try five digits, then six, learns the number and leaves no mark.
MOST_SHOWN: Final = 4
LEAST_WHOLE: Final = 10


def masked_account(view: AccountView, authority: Authority | None) -> AccountView:
    if authority is None or not authority.masked:
        return view
    return view.model_copy(
        update={"points": _points(view.points, authority), "services": _services(view.services, authority)}
    )


def unverified(view: AccountView) -> AccountView:
    """An account before its customer is verified: who, how to reach them and whether they may be called, and nothing of what is owed.
    Sentences are `mask_money.py`'s."""
    nothing = dict.fromkeys(("total", "past_due", "collectable", "disputed", "promised", "unapplied", "dpd"), 0)
    ageing = dict.fromkeys(type(view.ageing).model_fields, 0)
    shown: dict[str, object] = {
        **nothing,
        "ageing": view.ageing.model_copy(update=ageing),
        **dict.fromkeys(
            (
                "items",
                "services",
                "orders",
                "holds",
                "waiting",
                "cases",
                "chips",
                "pinned",
                "unapplied_payments",
                "latest_payments",
            ),
            (),
        ),
        **dict.fromkeys(("promise", "paused_since", "last_payment", "last_word", "credit_limit", "next_action"), None),
        "bucket": "",
        "notices": {},
        "call_label": f"{view.call_label} · verify first: ver",
        "hidden": True,
    }
    return view.model_copy(update=shown)


def unowed(rows: tuple[_R, ...], rules: VerificationRules) -> tuple[_R, ...]:
    """Rows of many customers, of whom nobody is verified: where the site hides what is owed before, it is hidden."""
    if rules.mode != "hide":
        return rows
    return tuple(row.model_copy(update={"collectable": 0, "dpd": 0}) for row in rows)


def masked_rows(rows: tuple[QueueRow, ...], authority: Authority | None) -> tuple[QueueRow, ...]:
    """Rows of a queue with as much of a telephone as may be seen."""
    if authority is None or "phone" not in authority.masked:
        return rows
    return tuple(row.model_copy(update={"phone": row.phone and mask("phone", row.phone)}) for row in rows)


def masked_pane(view: PaneView, authority: Authority | None) -> PaneView:
    if authority is None or not authority.masked:
        return view
    shown = {"points": _points(view.points, authority), "services": _services(view.services, authority)}
    return view.model_copy(update={**shown, "messages": tuple(masked_message(m, authority) for m in view.messages)})


def masked_message(message: _M, authority: Authority | None) -> _M:
    """A message with as much of its address as may be seen; its text is `mask_text.py`'s."""
    kind = _CHANNELS.get(message.channel, message.channel)
    if authority is None or kind not in authority.masked or not message.address:
        return message
    return message.model_copy(update={"address": mask(kind, message.address)})


def may_find(authority: Authority | None, typed: str) -> Callable[[str], bool]:
    """By what somebody may be found (`phone +1 312 555 0142`): what is masked only whole, or by what is shown of it. A longer
    part, or another one, would be a guess, and the next one a better one."""
    if authority is None or not authority.masked:
        return lambda _: True
    masked = authority.masked

    def keep(matched: str) -> bool:
        name, _, rest = matched.partition(" ")
        kind = kind_of(name)
        if kind in _TEXTS:
            return _words(typed) <= _words(_IDENTIFIER.sub(" ", rest))
        if kind not in masked:
            return True
        value = _MARK.sub("", rest)
        if kind == "phone":
            number = _digits(typed)
            return len(number) in (MOST_SHOWN, *range(LEAST_WHOLE, 16)) and _digits(value).endswith(
                number.lstrip("0") or number
            )
        bare = _bare(typed)
        shown = _bare(mask(kind, value)) if kind == "service" else ""
        return bare == _bare(value) or (bool(shown) and bare == shown)

    return keep


def unguessed(
    hits: tuple[FindHit, ...], typed: str, known: Mapping[str, Sequence[tuple[str, str]]], authority: Authority
) -> tuple[FindHit, ...]:
    """Without those found by words of a text of which one stands in an identifier of the account that is masked: it would be a guess."""
    words = _words(typed)

    def told(hit: FindHit) -> bool:
        if hit.matched.partition(" ")[0] not in _TEXTS:
            return True
        masked = (value for kind, value in known.get(hit.account, ()) if kind_of(kind) in authority.masked)
        return not any(word in _bare(value) for value in masked for word in words)

    return tuple(filter(told, hits))


def _bare(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _words(text: str) -> set[str]:
    return set(re.findall(r"[^\W_]+", fold(text)))


def masked_hits(hits: tuple[FindHit, ...], authority: Authority | None) -> tuple[FindHit, ...]:
    """What was found by, as it may be said: `phone •••••••0142`."""
    if authority is None or not authority.masked:
        return hits
    return tuple(hit.model_copy(update={"matched": _matched(hit.matched, authority)}) for hit in hits)


def refuse_guess(point: str | None, authority: Authority | None) -> None:
    """Raises Invalid when a point is named by anything but its short name, or what is shown of it: whether it fits is not said."""
    if authority is None or not authority.masked or point is None or _SHORT.fullmatch(named := point.strip()):
        return
    count = len(_digits(named))
    whole = "phone" not in authority.masked or count == MOST_SHOWN or count >= LEAST_WHOLE
    if not whole or not _DIALLED.fullmatch(named):
        raise Invalid(
            "point.guess", "Name the point by its short name, such as m1, or by its last four digits.", "point"
        )


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit())


def mask(kind: str, value: str) -> str:
    """An identifier with so much of it as tells it from its neighbours: the last four digits, a mailbox's first letter."""
    if kind == "email" and "@" in value:
        box, _, host = value.rpartition("@")
        return f"{box[:1]}{DOT * 5}@{host}"
    if kind in {"address", "social"}:
        return DOT * 8
    total = sum(c.isalnum() for c in value)
    shown = min(4, total * 2 // 5)  # of a short one less, or nothing would be hidden
    made, seen = [], 0
    for c in value:
        seen += c.isalnum()
        made.append(DOT if c.isalnum() and seen <= total - shown else c)
    return "".join(made)


def kind_of(point_kind: str) -> str:
    """The kind of identifier that a contact point is."""
    return _POINTS.get(point_kind, point_kind)


def _points(points: tuple[PointView, ...], authority: Authority) -> tuple[PointView, ...]:
    return tuple(
        p.model_copy(update={"value": mask(kind_of(p.kind), p.value)}) if kind_of(p.kind) in authority.masked else p
        for p in points
    )


def _services(services: tuple[ServiceView, ...], authority: Authority) -> tuple[ServiceView, ...]:
    if "service" not in authority.masked:
        return services
    return tuple(s.model_copy(update={"identifier": mask("service", s.identifier)}) for s in services)


def _matched(matched: str, authority: Authority) -> str:
    name, _, rest = matched.partition(" ")
    if kind_of(name) not in authority.masked:
        return matched
    value, mark = (rest[: found.start()], found[0]) if (found := _MARK.search(rest)) else (rest, "")
    return f"{name} {mask(kind_of(name), value)}{mark}"


def reveal(desk: DeskContext, number: str, what: str, reason: str) -> Revealed:
    """An identifier in full: a point by its short name, or a service by its product. Invalid without a reason.

    The audit has it, with the reason, before the value leaves; where it cannot be written, nothing is shown.
    """
    from collect_tui.services.unit_of_work import unit_of_work

    why = reveal_reason(reason)

    def revealed() -> Revealed:
        with unit_of_work(desk, number) as work:
            seen = work.load(number)
            name, value = identifier(what, seen.points, seen.services)
            told = mask_card(why, seen.numbers)
            commands = [{"kind": "reveal", "what": name, "reason": told}]
            work.record(seen.id, line=f"reveal {name}: {told}", commands=commands, outcome="revealed")
        return Revealed(account=seen.number, what=name, value=value)

    return desk.store.attempt(revealed)
