"""LocalDesk: the Desk over a store of our own. The only place where rules run; the server is this behind HTTP."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from uuid import UUID, uuid4

from collect_tui.common.ids import Ids
from collect_tui.desk.catalogue import Catalogue
from collect_tui.desk.commands import Act
from collect_tui.desk.errors import Invalid, Unavailable
from collect_tui.desk.protocol import Progress
from collect_tui.desk.views.account import AccountView, FindHit, PaneName, PaneView
from collect_tui.desk.views.act import Preview, Receipt
from collect_tui.desk.views.floor import Revealed
from collect_tui.desk.views.message import MessagesRun, MessageView
from collect_tui.desk.views.queue import Claim, QueueBoard, QueuePage, Why
from collect_tui.desk.views.session import DayReport, OrdersReport, Session
from collect_tui.domain.dates import Calendar
from collect_tui.policy.authority import Authority
from collect_tui.services import claiming
from collect_tui.services.access import guarded
from collect_tui.services.case_desk import CaseDesk
from collect_tui.services.coverage import coverage, working
from collect_tui.services.desk_context import Clock
from collect_tui.services.floor_desk import FloorDesk
from collect_tui.services.masking import (
    masked_account,
    masked_hits,
    masked_message,
    masked_pane,
    masked_rows,
    may_find,
    unguessed,
    unowed,
)
from collect_tui.store import agents, claims, facts, find, queues
from collect_tui.store.engine import Store
from collect_tui.store.tables import AppUser

#: The port through which orders leave and answers come back; `bootstrap` plugs in the folders of `channels/folders.py`.
SendOrders = Callable[["LocalDesk", bool, Progress | None], OrdersReport]

#: Writes the seals of the audit down outside the database, after a day run; `bootstrap` plugs in `reports/seals.py`.
KeepSeals = Callable[[Store, int], object]


@guarded
class LocalDesk(FloorDesk, CaseDesk):
    """One user's desk. Every operation asks first whether its user may."""

    outbox: None = None  # nothing lies between this desk and its database

    def __init__(
        self,
        store: Store,
        catalogue: Catalogue,
        *,
        user: str,
        clock: Clock,
        send_orders: SendOrders | None = None,
        keep_seals: KeepSeals | None = None,
        tenant_id: int = 1,
        authority: Authority | None = None,
        ids: Ids | None = None,
        calendar: Calendar | None = None,
        backend: str = "local",
    ) -> None:
        super().__init__(
            store,
            catalogue,
            user=user,
            clock=clock,
            tenant_id=tenant_id,
            authority=authority,
            ids=ids,
            calendar=calendar,
        )
        self._send_orders = send_orders
        self._keep_seals = keep_seals
        self._backend = backend

    def session(self) -> Session:
        with self.store.read() as db:
            tenant = self.tenant(db)
            user = db.get(AppUser, (self.tenant_id, self.user))
        return Session(
            user=self.user,
            role=self.authority.role if self.authority else user.role if user else "collector",
            desk=user.desk if user else "",
            business_date=tenant.business_date,
            now=self.clock(),
            zone=tenant.zone,
            backend=self._backend,
            currency=tenant.currency,
            may=tuple(sorted(self.authority.may)) if self.authority else ("*",),
        )

    # queues ---------------------------------------------------------------------------------
    def queues(self) -> QueueBoard:
        from collect_tui.services import case_lists

        with self.reading() as db:
            board = queues.board(db, self.tenant_id, self._catalogue, self.clock(), self.user)
            theirs = claiming.others(self, db)
            mine = tuple(figure for figure in board.queues if figure.name not in theirs)
            due = sum(figure.count for figure in board.queues if figure.tier)
            found = {
                "queues": claiming.figured(self, db, mine),
                "unworked": claiming.unworked(self, db),
                "coverage": coverage(due, working(self, db, board.business_date), self._catalogue.rules.queue),
            }
            more = {
                "cases": case_lists.board(self, db),
                "agent": agents.view(db, self.tenant_id, self.user, self.clock()),
            }
            return board.model_copy(update={**found, **more})

    def queue(self, name: str, *, words: str = "", cursor: str | None = None, limit: int = 200) -> QueuePage:
        if not 1 <= limit <= 1000:
            raise Invalid("queue.limit", "The limit of a page is 1 to 1,000 rows.", "limit")
        with self.reading() as db:
            queue, words = claiming.listed(self, db, name, words)
            page = queues.page(
                db,
                self.tenant_id,
                self._catalogue,
                queue,
                cursor=cursor,
                limit=limit,
                now=self.clock(),
                user=self.user,
                wanted=claiming.wanted(self, db, words),
            )
            rows = masked_rows(unowed(page.rows, self._catalogue.rules.verification), self.authority)
            return page.model_copy(update={"rows": rows, "figure": claiming.figured(self, db, (page.figure,))[0]})

    def next(self, queue: str | None = None, key: UUID | None = None, words: str = "") -> Claim | None:
        return claiming.next_account(self, queue, str(key) if key else None, words)

    def claim(self, account: str) -> Claim:
        return claiming.hold(self, account, claims.take)

    def heartbeat(self, account: str) -> Claim:
        return claiming.hold(self, account, claims.renew)

    def release(self, account: str) -> None:
        claiming.release(self, account)

    def why(self, account: str) -> Why:
        with self.reading() as db:
            tenant = self.tenant(db)
            account_id = facts.account_id(db, self.tenant_id, account)
            return queues.why(db, self.tenant_id, self._catalogue, account_id, tenant.business_date)

    # accounts -------------------------------------------------------------------------------
    def account(self, number: str) -> AccountView:
        from collect_tui.services.account import account_view

        with self.reading() as db:
            return masked_account(account_view(db, self, number), self.authority)

    def pane(self, number: str, pane: PaneName, *, cursor: str | None = None, limit: int = 200) -> PaneView:
        from collect_tui.services.account import pane_view

        with self.reading() as db:
            return masked_pane(pane_view(db, self, number, pane, cursor, limit), self.authority)

    def message(self, number: str, id: int) -> MessageView:
        from collect_tui.services.account import message_view

        with self.reading() as db:
            return masked_message(message_view(db, self, number, id), self.authority)

    def find(self, text: str, *, limit: int = 50) -> tuple[FindHit, ...]:
        from collect_tui.services.case_views import reader_of

        if not text.strip():
            raise Invalid(
                "find.empty",
                "Type something to find: an account, a name, a phone, an e-mail, a service, an invoice, a payment, an address or a note.",
                "text",
            )
        with self.reading() as db:
            country = self.catalogue().rules.country
            may, reads = partial(may_find, self.authority), reader_of(self, db).text
            hits = find.find(db, self.tenant_id, text[:200], limit, may, country=country, reads=reads)
            if self.authority is not None and self.authority.masked and hits:
                known = find.identifiers(db, self.tenant_id, {hit.account for hit in hits})
                hits = unguessed(hits, text[:200], known, self.authority)
            return unowed(masked_hits(hits, self.authority), self._catalogue.rules.verification)

    def reveal(self, number: str, what: str, reason: str) -> Revealed:
        from collect_tui.services import masking

        return masking.reveal(self, number, what, reason)

    # acts -----------------------------------------------------------------------------------
    def preview(self, act: Act) -> Preview:
        from collect_tui.services.deciders import acts

        return acts.preview(self, act)

    def do(self, act: Act, *, proof: str | None = None) -> Receipt:
        from collect_tui.services import act_log
        from collect_tui.services.deciders import acts
        from collect_tui.services.override import must_prove

        over = act.override
        proved = over is None or not must_prove(self, over.by)
        if not proved and over is not None and acts.preview(self, act).overridden and not act_log.known(self, act):
            from collect_tui.services import signin

            rules = self._catalogue.authority
            signin.proof(self.store, self.tenant_id, over.by, proof, self.clock(), rules, typist=self.user)
            proved = True
        return acts.do(self, act, proved=proved)

    def history(
        self, *, limit: int = 20, words: str = "", by: str = "", act: str = "", sets: bool = False
    ) -> tuple[Receipt, ...]:
        from collect_tui.services import act_log

        return act_log.history(self, limit, words, by, act, sets)

    # the day --------------------------------------------------------------------------------
    def day(
        self,
        business_date: date | None = None,
        *,
        check: bool = False,
        full: bool = False,
        progress: Progress | None = None,
    ) -> DayReport:
        from collect_tui.services import day_run  # its statements are many, and few processes run it

        with self.reading() as db:
            tenant = self.tenant(db)
        to = business_date or local_day(self.clock(), tenant.zone)
        day_run.within_reach(tenant.business_date, to)
        report = day_run.run(self, to, progress=progress, check=check, full=full)
        if self._keep_seals is not None:
            self._keep_seals(self.store, self.tenant_id)
        return report

    def orders(self, *, send: bool = False, progress: Progress | None = None) -> OrdersReport:
        if self._send_orders is None:
            raise Unavailable(
                "orders.no_folder", "This desk has no folder for orders; name one in the settings (orders_folder)."
            )
        return self._send_orders(self, send, progress)

    def messages(
        self, *, release: bool = False, template: str | None = None, progress: Progress | None = None
    ) -> MessagesRun:
        from collect_tui.services.message import run

        return (run.release if release else run.look)(self, template=template, progress=progress)

    def close(self) -> None:
        self.store.close()


def warm() -> None:
    """Loads what the first account and the first act need; the first queue is shown without it."""
    from collect_tui.services import account, deciders  # noqa: F401


def local_day(instant: datetime, zone: str) -> date:
    """The calendar day at a place."""
    from zoneinfo import ZoneInfo

    return instant.astimezone(ZoneInfo(zone)).date()


def new_act(account: str, *commands: object, **rest: object) -> Act:
    """An act with a fresh id, for callers that have commands in hand."""
    return Act.model_validate({"id": uuid4(), "account": account, "commands": commands, **rest})
