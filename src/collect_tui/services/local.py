"""LocalDesk: the Desk over a store of our own. The only place where rules run; the server is this behind HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from sqlmodel import Session as Db

from collect_tui.common.ids import Ids
from collect_tui.desk.catalogue import Catalogue
from collect_tui.desk.commands import Act
from collect_tui.desk.errors import Invalid, NotFound, Refused, Unavailable
from collect_tui.desk.protocol import Progress
from collect_tui.desk.views.account import AccountView, FindHit, PaneName, PaneView
from collect_tui.desk.views.act import Preview, Receipt
from collect_tui.desk.views.floor import FloorView, Revealed
from collect_tui.desk.views.queue import Claim, QueueBoard, QueueFigure, QueuePage, Why
from collect_tui.desk.views.session import DayReport, OrdersReport, Session
from collect_tui.domain.dates import Calendar, day_start
from collect_tui.domain.queue.rules import DESK_WORK, is_desk_work
from collect_tui.policy.authority import Authority
from collect_tui.policy.contact import may_call
from collect_tui.policy.verdicts import Severity
from collect_tui.services.access import guarded
from collect_tui.services.desk_context import Clock, DeskContext
from collect_tui.services.masking import masked_account, masked_hits, masked_pane, may_find
from collect_tui.store import claims, facts, find, locks, queues
from collect_tui.store.engine import Store
from collect_tui.store.tables import AppUser

#: How many accounts in a row `next` passes over because of the hour before it says that nothing is left for now.
MOST_PASSED = 1000


#: How many are looked at together: mostly one of the first may be called, but at the edges of the day hundreds may not.
FIRST_LOOK, NEXT_LOOKS = 8, 50

#: The port through which orders leave and answers come back; `bootstrap` plugs in the folders of `channels/folders.py`.
SendOrders = Callable[["LocalDesk", bool, Progress | None], OrdersReport]

#: Writes the seals of the audit down outside the database, after a day run; `bootstrap` plugs in `reports/seals.py`.
KeepSeals = Callable[[Store, int], object]


@guarded
class LocalDesk(DeskContext):
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
        with self.reading() as db:
            return queues.board(db, self.tenant_id, self._catalogue, self.clock(), self.user)

    def queue(self, name: str, *, cursor: str | None = None, limit: int = 200) -> QueuePage:
        if not 1 <= limit <= 1000:
            raise Invalid("queue.limit", "The limit of a page is 1 to 1,000 rows.", "limit")
        with self.reading() as db:
            page = queues.page(
                db,
                self.tenant_id,
                self._catalogue,
                self.queue_name(name),
                cursor=cursor,
                limit=limit,
                now=self.clock(),
                user=self.user,
            )
            return page.model_copy(update={"figure": self._figure(db, page.figure)})

    def _figure(self, db: Db, figure: QueueFigure) -> QueueFigure:
        """A figure that knows who may not be called now, where the queue is short enough to look at all of it."""
        if not 0 < figure.left <= NEXT_LOOKS:
            return figure
        free = claims.best(
            db, self.tenant_id, figure.name, self.user, self.clock(), limit=NEXT_LOOKS, since=self._morning(db)
        )
        return figure.model_copy(update={"closed": len(free) - sum(1 for _ in self._reachable(db, free))})

    def _counted(self, claim: Claim) -> Claim:
        """With what is left of its queue: counted when it is taken already, so that nobody waits for it."""
        if not claim.queue:
            return claim
        with self.reading() as db:
            figure = queues.figure(db, self.tenant_id, self._catalogue, claim.queue, self.clock(), self.user)
            return claim.model_copy(update={"left": self._figure(db, figure).left})

    def queue_name(self, text: str) -> str:
        """A queue by its name or by a prefix that only one has. NotFound names the queues there are."""
        names = [q.name for q in self._catalogue.queues]
        wanted = text.strip().casefold()
        found = [n for n in names if n == wanted] or [n for n in names if n.startswith(wanted)]
        if len(found) != 1:
            raise NotFound(
                "queue.not_found", f"There is no queue {text!r}; the queues are {', '.join(names)}.", "queue"
            )
        return found[0]

    def next(self, queue: str | None = None, key: UUID | None = None) -> Claim | None:
        """Takes the best free account; those whose customer may not be called at this hour are passed over, not lost.

        They are looked for before the write lock is taken: at eight in the morning there are many, and colleagues wait.
        """
        name = self.queue_name(queue) if queue else None
        with self.reading() as db:
            passed, first = self._out_of_hours(db, name)
        claim = self.store.attempt(lambda: self._take_next(name, [*passed], first, str(key) if key else None))
        return None if claim is None else self._counted(claim)

    def _take_next(self, name: str | None, passed: list[int], first: int | None, key: str | None) -> Claim | None:
        """`passed`: who may not be called now; `first`: who comes next and may, as was just found."""
        with self.store.write(self.tenant_id) as db:
            locks.agent(db, self.tenant_id, self.user)
            if (given := self._unworked(db, key)) is not None:
                return given
            since = self._morning(db)  # once: each try makes the session forget what it has read
            while True:
                taken = claims.take_next(
                    db,
                    self.tenant_id,
                    name,
                    self.user,
                    self.clock(),
                    self._catalogue.rules.queue.lease_minutes,
                    exclude=tuple(passed),
                    key=key,
                    since=since,
                )
                if taken is None:
                    return None
                account_id, in_queue, fence, until = taken
                if account_id == first or any(self._reachable(db, [(account_id, in_queue)])):
                    break
                passed.append(account_id)
                if len(passed) >= MOST_PASSED:
                    claims.give_back(db, self.tenant_id, account_id, self.user)
                    return None
            number = facts.number(db, self.tenant_id, account_id)
            again = claims.worked(db, self.tenant_id, account_id, self.user, since)
        return Claim(account=number, queue=in_queue, lease_until=until, fence=fence, left=0, again=again)

    def _out_of_hours(self, db: Db, queue: str | None) -> tuple[list[int], int | None]:
        """The accounts that come before the first one whose customer may be called now, and that one; None: there is none."""
        passed: list[int] = []
        since = self._morning(db)
        while len(passed) < MOST_PASSED:
            limit = FIRST_LOOK if not passed else NEXT_LOOKS
            found = claims.best(
                db, self.tenant_id, queue, self.user, self.clock(), exclude=passed, limit=limit, since=since
            )
            first = next(self._reachable(db, found), None)
            ids = [account_id for account_id, _ in found]
            if first is not None:
                return passed + ids[: ids.index(first)], first
            passed += ids
            if len(found) < limit:
                break
        return passed, None

    def _reachable(self, db: Db, found: Sequence[tuple[int, str]]) -> Iterator[int]:
        """Those of these accounts, each with its queue, that may be worked at this hour; judged as they are asked for."""
        reasons = {q.name: q.reason for q in self._catalogue.queues}
        by_call = [account_id for account_id, queue in found if reasons.get(queue, "") not in {*DESK_WORK, ""}]
        seen = facts.for_calls(db, self.tenant_id, by_call) if by_call else {}
        rules, holds, now = self._catalogue.rules.contact, self._catalogue.holds, self.clock()
        for account_id, queue in found:
            each = seen.get(account_id)
            followed = each is not None and reasons.get(queue) == "follow_up_due" and is_desk_work(each)
            if each is None or followed or may_call(each, now, rules, holds).severity < Severity.SCHEDULE:
                yield account_id

    def _morning(self, db: Db) -> datetime:
        """The instant at which the business date began at the desk."""
        return day_start(self.tenant(db).business_date, self._catalogue.rules.zone)

    def _unworked(self, db: Db, key: str | None) -> Claim | None:
        """Nobody moves on without a result or a skip reason (the account held stays held); who asks again gets it again."""
        held = claims.unworked(db, self.tenant_id, self.user, self.clock())
        if held is None:
            return None
        number = facts.number(db, self.tenant_id, held)
        given = claims.asked_with(db, self.tenant_id, held, key) if key else None
        if given is None:
            sentence = f"{number} has no result yet: log one, or skip it with a reason."
            raise Refused("queue.unworked", sentence, "account", account=number)
        queue, fence, until = given
        return Claim(account=number, queue=queue, lease_until=until, fence=fence, left=0)

    def claim(self, account: str) -> Claim:
        return self._counted(self.store.attempt(lambda: self._hold(account, claims.take)))

    def heartbeat(self, account: str) -> Claim:
        return self._counted(self.store.attempt(lambda: self._hold(account, claims.renew)))

    def release(self, account: str) -> None:
        def released() -> None:
            with self.store.write(self.tenant_id) as db:
                claims.give_back(db, self.tenant_id, facts.account_id(db, self.tenant_id, account), self.user)

        self.store.attempt(released)

    def _hold(self, account: str, how: Callable[..., tuple[str, int, datetime]]) -> Claim:
        with self.store.write(self.tenant_id) as db:
            account_id = facts.account_id(db, self.tenant_id, account)
            minutes = self._catalogue.rules.queue.lease_minutes
            in_queue, fence, until = how(db, self.tenant_id, account_id, self.user, self.clock(), minutes)
            number = facts.number(db, self.tenant_id, account_id)
        return Claim(account=number, queue=in_queue, lease_until=until, fence=fence, left=0)

    def reassign(self, account: str, to: str, reason: str) -> Claim:
        from collect_tui.services import floor

        return floor.reassign(self, account, to, reason)

    def floor(self) -> FloorView:
        from collect_tui.services import floor

        return floor.floor(self)

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

    def find(self, text: str, *, limit: int = 50) -> tuple[FindHit, ...]:
        if not text.strip():
            raise Invalid(
                "find.empty",
                "Type something to find: an account, a name, a phone, an e-mail, an invoice or a payment reference.",
                "text",
            )
        with self.reading() as db:
            keep = may_find(self.authority, text[:200])
            return masked_hits(find.find(db, self.tenant_id, text[:200], limit, keep), self.authority)

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

        over = act.override
        proved = self.authority is None or over is None or over.by == self.user
        if not proved and over is not None and acts.preview(self, act).overridden and not act_log.known(self, act):
            from collect_tui.services import signin

            rules = self._catalogue.authority
            signin.proof(self.store, self.tenant_id, over.by, proof, self.clock(), rules, typist=self.user)
            proved = True
        return acts.do(self, act, proved=proved)

    def history(self, *, limit: int = 20) -> tuple[Receipt, ...]:
        from collect_tui.services import act_log

        return act_log.history(self, limit)

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
        if to > tenant.business_date + timedelta(days=31):
            raise Invalid(
                "day.too_far",
                f"The business date is {tenant.business_date}; a day run may go 31 days ahead at most.",
                "business_date",
            )
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
