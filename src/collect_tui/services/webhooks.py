"""Webhooks: other systems that are told of events by HTTP, in order, at least once, signed.

    Collect-Signature: t=<unix seconds>,v1=<hex HMAC-SHA256(secret, "<t>.<body>")>
    Collect-Event-Id:  <position>          the same when it is sent again
    Collect-Event:     <kind>

Whatever answers 2xx within five seconds has taken the event. Anything else is tried again, later and later, for about a day;
then the webhook is given up and says why.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any, Final
from urllib.parse import urlsplit

from collect_tui.desk.errors import Invalid, NotFound, Refused
from collect_tui.desk.views.event import Event, WebhookView, wanted
from collect_tui.store import event_log
from collect_tui.store import webhooks as rows
from collect_tui.store.engine import Store

SIGNATURE: Final = "Collect-Signature"
EVENT_ID: Final = "Collect-Event-Id"
EVENT_KIND: Final = "Collect-Event"

FIRST_RETRY: Final = 5.0
LONGEST_RETRY: Final = 3600.0
GIVE_UP: Final = 24 * 3600.0
"""Seconds: the first wait, doubled after each failure up to the longest; given up when the waits add up to a day."""

ROUND: Final = 50
ROUND_TIME: Final = timedelta(seconds=30)
"""Events of one turn, and how long a turn may go on: other webhooks wait for a place."""

#: Sends a body to a URL with headers; the status of the answer. Raises `Unreached` with the reason in words.
Post = Callable[[str, Mapping[str, str], bytes], int]

_NAT64: Final = ip_network("64:ff9b::/96")


class Unreached(Exception):
    """No answer came: the reason, without anything that the other side said."""


def register(
    store: Store,
    tenant_id: int,
    url: str,
    kinds: Sequence[str],
    *,
    by: str,
    now: datetime,
    ids: Callable[[], int],
    allow_private: bool = False,
) -> WebhookView:
    """A new webhook, told of what happens from now on. Its secret is in this answer and in none after it."""
    checked(url, allow_private)
    named = tuple(dict.fromkeys(kinds))
    if bad := [kind for kind in named if not kind.replace(".", "").replace("_", "").removesuffix("*").isalnum()]:
        raise Invalid("webhook.kinds", f"{bad[0]!r} is no kind of event; they look like order.requested.", "kinds")
    secret, hook_id = f"whsec_{secrets.token_urlsafe(32)}", ids()
    with store.write() as db:
        if len(rows.every(db, tenant_id)) >= rows.MOST:
            raise Refused("webhook.too_many", f"There are {rows.MOST} webhooks already; remove one first.", "url")
        row = {
            "tenant_id": tenant_id,
            "id": hook_id,
            "url": url,
            "secret": secret,
            "kinds": " ".join(named),
            "position": event_log.head(db, tenant_id),
            "failures": 0,
            "last_error": "",
            "active": True,
            "created_by": by,
            "created_at": now,
        }
        rows.put(db, row)
        made = next(view for view in _views(db, tenant_id) if view.id == str(hook_id))
    return made.model_copy(update={"secret": secret})


def listing(store: Store, tenant_id: int) -> tuple[WebhookView, ...]:
    """All webhooks, oldest first."""
    with store.read() as db:
        return tuple(_views(db, tenant_id))


def remove(store: Store, tenant_id: int, hook_id: str) -> None:
    """Ends a webhook; what waits for it is not sent any more. NotFound: there is none with this id."""
    with store.write() as db:
        if not (hook_id.isascii() and hook_id.isdigit() and len(hook_id) < 19):
            raise _unknown()
        if not rows.remove(db, tenant_id, int(hook_id)):
            raise _unknown()


def deliver(
    store: Store,
    tenant_id: int,
    hook_id: int,
    *,
    clock: Callable[[], datetime],
    post: Post,
    allow_private: bool = False,
    stopping: Callable[[], bool] = lambda: False,
) -> int:
    """One turn of one webhook: sends what waits, in order, until one fails; how many were taken. 0 when it is not due."""
    began = clock()
    with store.write() as db:
        hook = rows.take(db, tenant_id, hook_id, began)
        if hook is None:
            return 0
        waiting = event_log.after(db, tenant_id, hook.position, limit=ROUND)
    position, taken, error = hook.position, 0, None
    for event in waiting:
        if wanted(event.kind, hook.kinds.split()):
            error = _sent(hook, event, clock, post, allow_private)
            if error is not None:
                break
            taken += 1
        position = event.position
        if stopping() or clock() - began > ROUND_TIME:
            break
    values: dict[str, Any] = {"position": position, "failures": 0, "next_try_at": None, "last_error": ""}
    if error is not None:
        failures = (0 if taken else hook.failures) + 1
        values |= {"failures": failures, "last_error": error, "next_try_at": clock() + retry_after(failures)}
        if given_up(failures):
            values |= {"active": False, "last_error": f"given up after a day: {error}", "next_try_at": None}
    with store.write() as db:
        rows.leave(db, tenant_id, hook_id, hook.next_try_at, values)
    return taken


def _sent(hook: Any, event: Event, clock: Callable[[], datetime], post: Post, allow_private: bool) -> str | None:
    """Why an event was not taken; None when it was."""
    body = event.model_dump_json().encode()
    stamp = int(clock().timestamp())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "collect-tui",
        SIGNATURE: signature(hook.secret, stamp, body),
        EVENT_ID: str(event.position),
        EVENT_KIND: event.kind,
    }
    try:
        checked(hook.url, allow_private)
        status = post(hook.url, headers, body)
    except Invalid as refused:
        return refused.message
    except Unreached as unreached:
        return str(unreached)[:200]
    return None if 200 <= status < 300 else f"answered with status {status}"


def signature(secret: str, stamp: int, body: bytes) -> str:
    """The value of `Collect-Signature`. Who checks it compares in constant time and refuses old stamps."""
    mac = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={stamp},v1={mac}"


def nominal(failures: int) -> float:
    """Seconds to wait after so many failures in a row, before chance is added."""
    return float(min(LONGEST_RETRY, FIRST_RETRY * 2 ** min(failures - 1, 20)))


def retry_after(failures: int) -> timedelta:
    """The wait after so many failures, up to a quarter shorter or longer, so that many do not come back at once."""
    return timedelta(seconds=nominal(failures) * (0.75 + secrets.randbelow(501) / 1000))


def given_up(failures: int) -> bool:
    """Whether the waits so far add up to a day."""
    return sum(nominal(n) for n in range(1, failures + 1)) >= GIVE_UP


def checked(url: str, allow_private: bool) -> None:
    """Invalid "webhook.url" for an address that must not be called. Where a name leads is checked when it is called."""
    wrong = None
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise Invalid("webhook.url", "The address cannot be read.", "url") from None
    if len(url) > 2000 or not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        wrong = "The address is longer than 2,000 characters or holds characters that belong in none."
    elif parts.scheme != "https" and not (allow_private and parts.scheme == "http"):
        wrong = "The address must begin with https://."
    elif not host or parts.username is not None or parts.password is not None or parts.fragment:
        wrong = "The address must name a host, and hold no user, password or #."
    elif not allow_private and (literal := _literal(host)) is not None and not is_public(literal):
        wrong = PRIVATE
    if wrong:
        raise Invalid("webhook.url", wrong, "url")


PRIVATE: Final = (
    "The address lies in a private network; the server must be started with allow_private_webhooks for that."
)


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is one of the open internet, looking through the ways an IPv4 address is put into an IPv6 one."""
    if isinstance(address, IPv6Address):
        inner = IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else address.ipv4_mapped
        if inner is not None:
            return is_public(inner)
        tunnelled = (address.sixtofour, *(address.teredo or ()))
        if address.is_site_local or address.scope_id or not all(is_public(a) for a in tunnelled if a is not None):
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _views(db: Any, tenant_id: int) -> list[WebhookView]:
    head = event_log.head(db, tenant_id)
    return [
        WebhookView(
            id=str(row.id),
            url=row.url,
            kinds=tuple(row.kinds.split()),
            active=row.active,
            behind=max(0, head - row.position),
            failures=row.failures,
            next_try_at=row.next_try_at,
            last_error=row.last_error,
            created_by=row.created_by,
            created_at=row.created_at,
        )
        for row in rows.every(db, tenant_id)
    ]


def _unknown() -> NotFound:
    return NotFound("webhook.not_found", "There is no webhook with this id.", "id")
