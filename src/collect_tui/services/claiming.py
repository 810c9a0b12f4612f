"""Taking accounts from the queues: the best free one whose customer may be called now, or one by choice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session as Db

from collect_tui.desk import queue_filter
from collect_tui.desk.catalogue import Catalogue
from collect_tui.desk.errors import NotFound, Refused
from collect_tui.desk.queue_filter import NOTHING, QueueFilter, Term
from collect_tui.desk.views.queue import Claim, QueueFigure
from collect_tui.domain.queue.rules import DESK_WORK, is_desk_work
from collect_tui.policy.contact import may_call
from collect_tui.policy.verdicts import Severity
from collect_tui.services.desk_context import DeskContext
from collect_tui.store import agents, claims, facts, linked, locks, own_queues, queue_left, queue_locks, queues, worked
from collect_tui.store.queue_filter import Among

#: How many accounts in a row `next` passes over because of the hour before it says that nothing is left for now.
MOST_PASSED = 1000

#: How many are looked at together: mostly one of the first may be called, but at the edges of the day hundreds may not.
FIRST_LOOK, NEXT_LOOKS = 8, 50


def _queue_name(catalogue: Catalogue, text: str, theirs: Collection[str]) -> str:
    """A queue by its name or by a prefix that only one has. NotFound names the queues there are but for those of others."""
    names = [*(q.name for q in catalogue.queues if q.name not in theirs), *own_queues.TITLES]
    wanted = text.strip().casefold()
    found = [n for n in names if n == wanted] or [n for n in names if n.startswith(wanted)]
    if len(found) != 1:
        known = ", ".join([*names, *catalogue.filters])
        raise NotFound("queue.not_found", f"There is no queue {text[:60]!r}; the queues are {known}.", "queue")
    return found[0]


def others(desk: DeskContext, db: Db) -> frozenset[str]:
    """The queues that are of departments of others; whoever sees the floor sees all."""
    owned = [queue for queue in desk.catalogue().queues if queue.department]
    if not owned or desk.authority is None or desk.authority.allows("floor.read"):
        return frozenset()
    mine = desk.departments_of(db, desk.user)
    return frozenset(queue.name for queue in owned if queue.department not in mine)


def listed(desk: DeskContext, db: Db, name: str, words: str = "") -> tuple[str, str]:
    """A queue by its name, or what the site has saved under a name: the queue, and the words with those that are asked for besides."""
    catalogue, theirs = desk.catalogue(), others(desk, db)
    saved = catalogue.filters.get(name.strip().casefold())
    if saved is None or saved.queue in theirs:
        return _queue_name(catalogue, name, theirs), words
    return saved.queue, f"{saved.words} {words}".strip()


def wanted(desk: DeskContext, db: Db, words: str) -> QueueFilter:
    """What words want of a queue. Invalid "queue.filter"."""
    return queue_filter.read(words, desk.tenant(db).currency, desk.catalogue().holds) if words.strip() else NOTHING


def next_account(desk: DeskContext, queue: str | None, key: str | None, words: str = "") -> Claim | None:
    """Takes the best free account; those whose customer may not be called at this hour are skipped, not lost.

    They are looked for before the write lock is taken: at eight in the morning there are many, and colleagues wait.
    """
    with desk.reading() as db:
        if queue:
            queue, words = listed(desk, db, queue, words)
        among = _among(desk, db, queue, words)
        worked_on = among if queue and words.strip() else None
        own = queue if queue in own_queues.TITLES else None
        queue = None if own else queue
        passed, first = _out_of_hours(desk, db, queue, among)
    claim = desk.store.attempt(lambda: _take_next(desk, queue, [*passed], first, key, among))
    if claim is None:
        return None
    claim = claim.model_copy(update={"queue": own}) if own else claim
    return counted(desk, claim) if worked_on is None else _counted_among(desk, claim, queue, worked_on)


def _counted_among(desk: DeskContext, claim: Claim, queue: str | None, among: Among) -> Claim:
    """With what is left of what is wanted of its queue, as far as it may be called now."""
    with desk.reading() as db:
        now, since = desk.clock(), worked.day_began(db, desk.tenant_id)
        left = queue_left.left(db, desk.tenant_id, queue, desk.user, now, among)
        if left <= NEXT_LOOKS:
            found = claims.best(db, desk.tenant_id, queue, desk.user, now, limit=NEXT_LOOKS, since=since, among=among)
            left -= len(found) - len([*_reachable(desk, db, found)])
    return claim.model_copy(update={"left": max(1, left)})


def _among(desk: DeskContext, db: Db, queue: str | None, words: str) -> Among | None:
    """Among which work items the next account is looked for; None: all. How they are sorted is the queue's."""
    found = wanted(desk, db, words)
    if queue in own_queues.TITLES:
        found = replace(found, terms=(*found.terms, own_queues.owners(db, desk.tenant_id, queue, desk.user)))
    if not queue and (theirs := others(desk, db)):
        found = replace(found, terms=(*found.terms, Term("queue", "!=", tuple(sorted(theirs)))))
    if not found.terms and not found.search:
        return None
    today = desk.tenant(db).business_date
    return found, queues.ground_of(db, desk.tenant_id, desk.catalogue(), today, desk.clock(), desk.user)


def hold(desk: DeskContext, account: str, how: Callable[..., tuple[str, int, datetime]]) -> Claim:
    """Takes or renews the hold on one account; `how`: `claims.take` or `claims.renew`."""
    return counted(desk, desk.store.attempt(lambda: _held(desk, account, how)))


def release(desk: DeskContext, account: str) -> None:
    """Gives an account back; nothing happens when it was not the user's."""

    def released() -> None:
        with desk.store.write(desk.tenant_id) as db:
            account_id = facts.account_id(db, desk.tenant_id, account)
            claims.give_back(db, desk.tenant_id, account_id, desk.user)
            agents.lets_go(db, desk.tenant_id, desk.user, desk.clock(), account_id)

    desk.store.attempt(released)


def figured(
    desk: DeskContext, db: Db, figures: Sequence[QueueFigure], user: str | None = None
) -> tuple[QueueFigure, ...]:
    """The same figures, with who may not be called now where a queue is short enough to look at all of it."""
    now, since = desk.clock(), worked.day_began(db, desk.tenant_id)
    free = [
        each
        for figure in figures
        if 0 < figure.left <= NEXT_LOOKS
        for each in claims.best(db, desk.tenant_id, figure.name, user or desk.user, now, limit=NEXT_LOOKS, since=since)
    ]
    if not free:
        return tuple(figures)
    open_now = set(_reachable(desk, db, free))
    closed = Counter(queue for account_id, queue in free if account_id not in open_now)
    return tuple(f.model_copy(update={"closed": closed[f.name]}) if f.name in closed else f for f in figures)


def counted(desk: DeskContext, claim: Claim, user: str | None = None) -> Claim:
    """With what is left of its queue: counted when it is taken already, so that nobody waits for it."""
    if not claim.queue:
        return claim
    of = user or desk.user
    with desk.reading() as db:
        figure = _figure(desk, db, claim.queue, of)
        return claim.model_copy(update={"left": figured(desk, db, (figure,), of)[0].left})


def _figure(desk: DeskContext, db: Db, name: str, user: str) -> QueueFigure:
    """Of a queue of the site, or of the user's own."""
    if name not in own_queues.TITLES:
        return queues.figure(db, desk.tenant_id, desk.catalogue(), name, desk.clock(), user)
    term = own_queues.owners(db, desk.tenant_id, name, user)
    return own_queues.figure(db, desk.tenant_id, name, term, desk.tenant(db).currency, desk.clock(), user)


def unworked(desk: DeskContext, db: Db) -> str:
    """Why the user gets no next account, in a sentence; empty when one is to be had."""
    held = worked.unworked(db, desk.tenant_id, desk.user, desk.clock())
    return "" if held is None else _no_result(desk, db, held).message


def _take_next(
    desk: DeskContext,
    name: str | None,
    passed: list[int],
    first: int | None,
    key: str | None,
    among: Among | None,
) -> Claim | None:
    """`passed`: who may not be called now; `first`: who comes next and may, as was just found."""
    with desk.store.write(desk.tenant_id) as db:
        locks.agent(db, desk.tenant_id, desk.user)
        if (given := _unworked(desk, db, key)) is not None:
            return given
        since = worked.day_began(db, desk.tenant_id)  # once: each try makes the session forget what it has read
        before = agents.status(db, desk.tenant_id, desk.user)  # their customer was spoken to just now
        beside = linked.ids(db, desk.tenant_id, before.account_id) if before and before.account_id else ()
        while True:
            taken = claims.take_next(
                db,
                desk.tenant_id,
                name,
                desk.user,
                desk.clock(),
                desk.catalogue().rules.queue.lease_minutes,
                exclude=tuple(passed),
                key=key,
                since=since,
                among=among,
                beside=beside,
            )
            if taken is None:
                agents.lets_go(db, desk.tenant_id, desk.user, desk.clock())
                return None
            account_id, in_queue, fence, until = taken
            if account_id == first or any(_reachable(desk, db, [(account_id, in_queue)])):
                break
            passed.append(account_id)
            if len(passed) >= MOST_PASSED:
                claims.give_back(db, desk.tenant_id, account_id, desk.user)
                agents.lets_go(db, desk.tenant_id, desk.user, desk.clock())
                return None
        agents.takes(db, desk.tenant_id, desk.user, desk.clock(), account_id)
        number = facts.number(db, desk.tenant_id, account_id)
        again = worked.worked(db, desk.tenant_id, account_id, desk.user, since)
    return Claim(account=number, queue=in_queue, lease_until=until, fence=fence, left=0, again=again)


def _out_of_hours(desk: DeskContext, db: Db, queue: str | None, among: Among | None) -> tuple[list[int], int | None]:
    """The accounts that come before the first one whose customer may be called now, and that one; None: there is none."""
    passed: list[int] = []
    since = worked.day_began(db, desk.tenant_id)
    while len(passed) < MOST_PASSED:
        limit = FIRST_LOOK if not passed else NEXT_LOOKS
        found = claims.best(
            db, desk.tenant_id, queue, desk.user, desk.clock(), exclude=passed, limit=limit, since=since, among=among
        )
        first = next(_reachable(desk, db, found), None)
        ids = [account_id for account_id, _ in found]
        if first is not None:
            return passed + ids[: ids.index(first)], first
        passed += ids
        if len(found) < limit:
            break
    return passed, None


def _reachable(desk: DeskContext, db: Db, found: Sequence[tuple[int, str]]) -> Iterator[int]:
    """Those of these accounts, each with its queue, that may be worked at this hour; judged as they are asked for."""
    reasons = {q.name: q.reason for q in desk.catalogue().queues}
    by_call = [account_id for account_id, queue in found if reasons.get(queue, "") not in {*DESK_WORK, ""}]
    seen = facts.for_calls(db, desk.tenant_id, by_call) if by_call else {}
    rules, holds, now = desk.catalogue().rules.contact, desk.catalogue().holds, desk.clock()
    for account_id, queue in found:
        each = seen.get(account_id)
        followed = each is not None and reasons.get(queue) == "follow_up_due" and is_desk_work(each)
        if each is None or followed or may_call(each, now, rules, holds).severity < Severity.SCHEDULE:
            yield account_id


def _unworked(desk: DeskContext, db: Db, key: str | None) -> Claim | None:
    """Nobody moves on without a result or a skip reason (the account held stays held); who asks again gets it again."""
    held = worked.unworked(db, desk.tenant_id, desk.user, desk.clock())
    if held is None:
        return None
    given = claims.asked_with(db, desk.tenant_id, held, key) if key else None
    if given is None:
        raise _no_result(desk, db, held)
    queue, fence, until = given
    number = facts.number(db, desk.tenant_id, held)
    return Claim(account=number, queue=queue, lease_until=until, fence=fence, left=0)


def _no_result(desk: DeskContext, db: Db, held: int) -> Refused:
    number = facts.number(db, desk.tenant_id, held)
    sentence = f"{number} has no result yet: log one, or skip it with a reason."
    return Refused("queue.unworked", sentence, "account", account=number)


def _in_order(desk: DeskContext, db: Db, account_id: int) -> None:
    """Refused "queue.locked" for an account of a queue whose order is locked, but for whoever has it or may lock one."""
    locked = queue_locks.told(db, desk.tenant_id, account_id)
    if (
        locked is None
        or desk.rights(db).allows("queue.lock")
        or queue_locks.is_held(db, desk.tenant_id, account_id, desk.user)
    ):
        return
    raise Refused("queue.locked", locked, "account")


def _held(desk: DeskContext, account: str, how: Callable[..., tuple[str, int, datetime]]) -> Claim:
    with desk.store.write(desk.tenant_id) as db:
        account_id = facts.account_id(db, desk.tenant_id, account)
        minutes = desk.catalogue().rules.queue.lease_minutes
        if how is claims.take:
            _in_order(desk, db, account_id)
        in_queue, fence, until = how(db, desk.tenant_id, account_id, desk.user, desk.clock(), minutes)
        if how is claims.take:
            agents.takes(db, desk.tenant_id, desk.user, desk.clock(), account_id)
        number = facts.number(db, desk.tenant_id, account_id)
    return Claim(account=number, queue=in_queue, lease_until=until, fence=fence, left=0)
