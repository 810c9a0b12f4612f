"""ApiDesk: the Desk at a server. What was typed is kept until the server has answered; what was seen is shown while it is away."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from collect_tui import http_contract as wire
from collect_tui.client import requests
from collect_tui.client.asked import Asked
from collect_tui.client.cache import KEPT, KeptFile, ResponseCache
from collect_tui.client.calls import Calls
from collect_tui.client.catalogue import fetched
from collect_tui.client.connection import Connection
from collect_tui.client.http import Http, TransportFailed
from collect_tui.client.outbox import ApiOutbox
from collect_tui.client.queue import ActOutbox
from collect_tui.client.retry import RetryLater
from collect_tui.client.sender import Sender
from collect_tui.client.words import REFUSED, UNSEEN
from collect_tui.desk.catalogue import Catalogue
from collect_tui.desk.commands import Act
from collect_tui.desk.errors import DomainError, SignedOut, Unavailable
from collect_tui.desk.operations import BY_NAME
from collect_tui.desk.protocol import Progress
from collect_tui.desk.views.account import AccountView
from collect_tui.desk.views.act import Preview, Receipt
from collect_tui.desk.views.floor import HandedOn
from collect_tui.desk.views.forecast import Forecast
from collect_tui.desk.views.message import MessagesRun
from collect_tui.desk.views.queue import Claim
from collect_tui.desk.views.session import DayReport, OrdersReport, Session

if TYPE_CHECKING:
    from collect_tui.desk.line.context import LineContext

CATALOGUE_FOR: Final = timedelta(minutes=5)
"""The site's catalogue changes seldom; it is asked for again after this."""


class ApiDesk(Asked):
    """One user's desk at a server. Safe to call from any thread; errors are those of `desk.errors`.

    Args:
        url: the server's address.
        token: the bearer's token.
        renew: the token to use after the server refused one.
        user: whose acts are in the queue; nobody else's are seen or sent.
        state_folder: where the queue and the catalogue are kept.
        sign_in: a new token for the same user's password, and what its owner is to hear.
        transport: takes the place of the network (tests).
        background: send what waits in a thread of its own.
    """

    def __init__(
        self,
        url: str,
        *,
        token: str,
        user: str,
        state_folder: Path,
        clock: Callable[[], datetime],
        renew: Callable[[], str] | None = None,
        sign_in: Callable[[str], tuple[str, str]] | None = None,
        transport: Any = None,
        background: bool = True,
        chance: random.Random | None = None,
        rest: Callable[[float], object] | None = None,
    ) -> None:
        chance = chance or random.SystemRandom()
        self.url = url
        self.user = user
        self.clock = clock
        self.wire = Connection(clock, chance)
        self._http = Http(url, transport=transport)
        self._sign_in = sign_in
        self._asked: UUID | None = None  # the key of the last `next`, until it is answered
        self._seen = ResponseCache()
        self._kept = KeptFile(state_folder, "catalogue", f"{url} {user}")
        self._queue = ActOutbox(state_folder, f"{url} {user}")
        self._calls = Calls(self._http, token, self.wire, renew=renew, troubled=lambda: self.sender.poke())
        self.sender = Sender(
            self._queue,
            self._calls.post,
            self.wire,
            clock,
            probe=self._probe,
            chance=chance,
            background=background,
            rest=rest,
        )
        self._calls.rest = self.sender.rest
        self.outbox = ApiOutbox(self, self._queue, self.sender, self.wire, urlsplit(url).netloc)
        if any(self._queue.counts()):
            self.sender.poke()

    def session(self) -> Session:
        found: Session = self._call("session")
        kept = self._seen.get(_question("session", {}))
        behind = self.clock() - kept[1] if kept else timedelta()
        return found if behind <= timedelta() else found.model_copy(update={"now": found.now + behind})

    def catalogue(self) -> Catalogue:
        kept = self._seen.get("catalogue")
        if kept is not None and self.clock() - kept[1] < CATALOGUE_FOR:
            return kept[0]  # type: ignore[no-any-return]
        return fetched(self._calls, self._kept, self._seen, self.clock())

    def next(self, queue: str | None = None, key: UUID | None = None, words: str = "") -> Claim | None:
        """Asks with the same key until the server has answered, so that a claim that nobody heard of is not lost."""
        asked = self._asked = key or self._asked or uuid4()
        try:
            found: Claim | None = self._call("next", queue=queue, key=asked, words=words)
        except Unavailable:
            raise
        except DomainError:
            self._asked = None
            raise
        self._asked = None
        return found

    def release(self, account: str) -> None:
        """Without the server nothing is done: the lease ends by itself."""
        self._call("release", account=account)

    def history(
        self, *, limit: int = 20, words: str = "", by: str = "", act: str = "", sets: bool = False
    ) -> tuple[Receipt, ...]:
        found: tuple[Receipt, ...] = self._call("history", limit=limit, words=words, by=by, act=act, sets=sets)
        if self.wire.state == "online":
            return found
        from collect_tui.client import offline

        if words or by or act:
            return found
        waiting = [row for row in reversed(self._queue.rows()) if row.state != "review"]
        mine = tuple(offline.queued(r.act, r.waits, r.typed_at, self._context(r.act.account)) for r in waiting)
        return (*mine, *found)[:limit]

    def preview(self, act: Act) -> Preview:
        """Without the server: what the act means, and that it could not be checked."""
        act = self.sender.onward(act)
        try:
            return self._call("preview", act=act)  # type: ignore[no-any-return]
        except Unavailable:
            seen = self._last("account", number=act.account)
            if seen is None or self.wire.state != "offline":
                raise
            from collect_tui.client import offline

            self.wire.showed(seen[1])
            return offline.preview(act, seen[0], self._context(act.account))

    def do(self, act: Act, *, proof: str | None = None) -> Receipt:
        """Kept on the disk before it leaves. What may wait for the server does, and the receipt is `queued`; the rest is done now,
        refused, or (Unavailable "act.unanswered") asked for until the server says what became of it."""
        from collect_tui.client import offline

        context = self._context(act.account)
        kept = offline.without_cards(act, context.known_numbers if context else (act.account,))
        if kept is None:
            return self.sender.past_the_queue(act, proof)
        said = self.sender.submit(kept, may_wait=offline.may_wait(kept), proof=proof)
        if not isinstance(said, Receipt):
            return offline.queued(kept, said, self.clock(), context)
        self._seen.change(
            _question("account", {"number": act.account}),
            lambda view: view.model_copy(update={"version": said.version}) if view.version == act.version else view,
        )
        return said

    def day(
        self,
        business_date: date | None = None,
        *,
        check: bool = False,
        full: bool = False,
        progress: Progress | None = None,
    ) -> DayReport:
        return self._long("day", progress, business_date=business_date, check=check, full=full)  # type: ignore[no-any-return]

    def orders(self, *, send: bool = False, progress: Progress | None = None) -> OrdersReport:
        return self._long("orders", progress, send=send)  # type: ignore[no-any-return]

    def messages(
        self, *, release: bool = False, template: str | None = None, progress: Progress | None = None
    ) -> MessagesRun:
        return self._long("messages", progress, release=release, template=template)  # type: ignore[no-any-return]

    def hand_on(
        self, of: str, to: tuple[str, ...], reason: str = "", *, do: bool = False, progress: Progress | None = None
    ) -> HandedOn:
        return self._long("hand_on", progress, of=of, to=to, reason=reason, do=do)  # type: ignore[no-any-return]

    def forecast(self, business_date: date | None = None, *, progress: Progress | None = None) -> Forecast:
        return self._long("forecast", progress, business_date=business_date)  # type: ignore[no-any-return]

    @property
    def signs_in(self) -> bool:
        """Is it a password that signs in here, and no access token?"""
        return self._sign_in is not None

    def sign_in(self, password: str) -> str:
        """A new session for the same user; what waits goes out. What its owner is to hear. Raises SignedOut, Unavailable."""
        if self._sign_in is None:
            raise SignedOut("signed_out", "Here one signs in with an access token; put a new one in COLLECT_TUI_TOKEN.")
        self._calls.token, warned = self._sign_in(password)
        self.wire.forget()
        self.sender.poke()
        return warned

    def close(self) -> None:
        """What waits stays in the queue."""
        self.sender.close()
        self._http.close()
        self._queue.close()

    def _call(self, name: str, /, **arguments: Any) -> Any:
        """One operation: the server's answer, or what was seen before when it cannot be reached."""
        key = arguments.pop("key", None)
        asked = requests.ask(BY_NAME[name], arguments)
        question = _question(name, arguments)
        try:
            answer = self._calls.read(name, asked, {wire.KEY: str(key)} if key else None)
        except (TransportFailed, RetryLater):
            return self._remembered(name, question)
        found = requests.result(name, answer.body)
        if name in KEPT:
            self._seen.keep(question, found, self.clock())
        return found

    def _long(self, name: str, progress: Progress | None, /, **arguments: Any) -> Any:
        try:
            return self._calls.stream(name, progress, **arguments)
        except TransportFailed:
            return self._remembered(name, None)

    def fresh(self, number: str) -> AccountView:
        """An account as it is now. Unavailable when the server cannot be reached, whatever was seen before."""
        asked = requests.ask(BY_NAME["account"], {"number": number})
        try:
            return requests.result("account", self._calls.read("account", asked).body)  # type: ignore[no-any-return]
        except (TransportFailed, RetryLater):
            raise Unavailable("offline.refused", "The server cannot be reached; try again when it can.") from None

    def _remembered(self, name: str, question: Any) -> Any:
        kept = self._seen.get(question) if name in KEPT else None
        if kept is not None:
            self.wire.showed(kept[1])
            return kept[0]
        if name == "release":
            return None
        raise Unavailable("offline.unseen" if name in KEPT else "offline.refused", REFUSED.get(name, UNSEEN))

    def _probe(self) -> None:
        """Is the server back?"""
        try:
            self._calls.read("session", requests.ask(BY_NAME["session"], {}))
        except (DomainError, TransportFailed, RetryLater):
            return

    def _last(self, name: str, /, **arguments: Any) -> tuple[Any, datetime] | None:
        return self._seen.get(_question(name, arguments))

    def _context(self, number: str) -> LineContext | None:
        """What was seen of an account and the site, to put an act into words; asks nobody."""
        account, site = self._last("account", number=number), self._seen.get("catalogue")
        session = self._last("session")
        if account is None:
            return None
        from collect_tui.client import offline  # the line comes with it, which the first queue is shown without

        return offline.context(account[0], site[0] if site else None, session[0] if session else None)


def _question(name: str, arguments: Mapping[str, Any]) -> Any:
    return (name, *sorted((k, v) for k, v in arguments.items() if v is not None and not isinstance(v, Act)))
