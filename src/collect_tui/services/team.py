"""What a lead does about the floor: a word to an agent, who is away, the order of a queue, and handing all that is somebody's on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import uuid4

from sqlmodel import Session as Db

from collect_tui.common.text import clean
from collect_tui.desk.commands import Act, HandOver
from collect_tui.desk.errors import DomainError, Invalid, NotFound, Refused
from collect_tui.desk.protocol import Progress
from collect_tui.desk.sets import MOST, member
from collect_tui.desk.views.floor import HandedOn
from collect_tui.domain.agent import AgentState
from collect_tui.domain.card_text import mask_card
from collect_tui.services import claiming, floor
from collect_tui.services.access import ANSWERS, DECIDES, WORKS, require_of
from collect_tui.services.deciders import acts
from collect_tui.services.desk_context import DeskContext
from collect_tui.store import agents, queue_locks
from collect_tui.store import floor as rows

LONGEST_WORD: Final = 200


def word(desk: DeskContext, login: str, text: str) -> None:
    """Leaves an agent a word, which stands on their status line until they acknowledge it. It and that are kept in their log.

    NotFound "user.not_found"; Invalid "word.text": none, or too long.
    """
    said = mask_card(clean(text).strip(), ())
    if not said or len(said) > LONGEST_WORD:
        raise Invalid("word.text", f"A word has 1 to {LONGEST_WORD} characters.", "text")

    def left() -> None:
        with desk.store.write(desk.tenant_id) as db:
            _user(desk, db, login, "login")
            now, before = desk.clock(), agents.status(db, desk.tenant_id, login, lock=True)
            made = agents.add(db, desk.tenant_id, login, now, "word", by=desk.user, text=said)
            if before is None:
                agents.put(db, desk.tenant_id, login, state=AgentState.AVAILABLE, since=now, unheard=made)
            elif before.unheard is None:
                agents.change(db, desk.tenant_id, login, unheard=made)

    desk.store.attempt(left)


def absent(desk: DeskContext, login: str, until: date | None, deputy: str, reason: str) -> None:
    """An agent is away until a business date, on which they are back; None: they are back now. Meanwhile their callbacks are anybody's, and
    `deputy` decides cases in their stead, as `[[deputies]]` of `authority.toml` do.

    NotFound "user.not_found"; Invalid "absent.until": a day that is over; "absent.reason"; Refused "user.role": a deputy
    who may decide nothing.
    """
    why = _why(reason, "absent.reason") if until is not None else clean(reason).strip()

    def away() -> None:
        with desk.store.write(desk.tenant_id) as db:
            today = desk.tenant(db).business_date
            _user(desk, db, login, "login")
            if deputy:
                _user(desk, db, deputy, "deputy")
            if until is not None and until <= today:
                raise Invalid("absent.until", "Expected a day after today, on which they are back.", "until")
            if deputy == login or (deputy and until is None):
                raise Invalid("absent.deputy", "Somebody else decides in their stead, while they are away.", "deputy")
            if deputy:
                _user(desk, db, deputy, "deputy", DECIDES)
            now, values = desk.clock(), {"absent_until": until, "deputy": deputy}
            told = " ".join(filter(None, (str(until or ""), deputy, why)))
            agents.add(db, desk.tenant_id, login, now, "absent" if until else "back", by=desk.user, text=told)
            if agents.status(db, desk.tenant_id, login) is None:
                agents.put(db, desk.tenant_id, login, state=AgentState.AVAILABLE, since=now, **values)
            else:
                agents.change(db, desk.tenant_id, login, **values)

    desk.store.attempt(away)


def lock_order(desk: DeskContext, queue: str, locked: bool, reason: str) -> None:
    """Locks the order of a queue, or releases it: while it is locked only who may lock one takes an account of it by choice or skips one.

    NotFound "queue.not_found"; Invalid "lock.reason".
    """
    with desk.reading() as db:
        name = claiming.listed(desk, db, queue)[0]
    if name not in {rule.name for rule in desk.catalogue().queues}:
        raise NotFound(
            "queue.not_found", f"{name} is everybody's own; only a queue of the site has one order.", "queue"
        )
    why = _why(reason, "lock.reason") if locked else ""

    def changed() -> None:
        with desk.store.write(desk.tenant_id) as db:
            if locked:
                queue_locks.lock(db, desk.tenant_id, name, desk.user, desk.clock(), why)
            else:
                queue_locks.unlock(db, desk.tenant_id, name)

    desk.store.attempt(changed)


def hand_on(
    desk: DeskContext, of: str, to: Sequence[str], reason: str, *, do: bool, progress: Progress | None = None
) -> HandedOn:
    """Counts what is an agent's, and with `do` hands it on: to one colleague, or spread over several, each account an act of its own,
    `MOST` of them a set. What is broken off has done what it has done; again, it goes on.

    NotFound "user.not_found"; Invalid "handover.to", "handover.reason"; Refused "user.inactive", "user.role".
    """
    names = tuple(dict.fromkeys(to))
    if not names or of in names:
        raise Invalid("handover.to", "Say to whom: the logins of colleagues.", "to")
    why = _why(reason, "handover.reason") if do else ""
    with desk.reading() as db:
        found = rows.theirs(db, desk.tenant_id, of, desk.clock())
        for each in names:
            _user(desk, db, each, "to")
            for name in found:
                if found[name]:
                    _user(desk, db, each, "to", ANSWERS if name == "cases" else WORKS)
    numbers = sorted(set().union(*found.values()))
    counts = {name: len(each) for name, each in found.items()}
    seen = HandedOn(of=of, to=names, accounts=len(numbers), **counts)
    if not do:
        return seen
    refused: list[str] = []
    base = uuid4()
    written = set().union(*(each for name, each in found.items() if name != "held"))
    for place, number in enumerate(numbers):
        receiver = names[place % len(names)]
        if place and place % MOST == 0:  # a set is what can be taken back at once
            base = uuid4()
        try:
            if number in written:
                command = HandOver(of=of, to=receiver, reason=why)
                acts.do(desk, Act(id=member(base, number), account=number, commands=(command,)))
            if number in found["held"]:
                floor.reassign(desk, number, receiver, why)
        except DomainError as error:
            refused.append(f"{number}: {error.message}")
        if progress is not None:
            progress("Hand on", place + 1, len(numbers))
    return seen.model_copy(update={"done": len(numbers) - len(refused), "refused": tuple(refused)})


def _user(desk: DeskContext, db: Db, login: str, field: str, permission: str | None = None) -> None:
    user = rows.user(db, desk.tenant_id, login)
    if user is None:
        raise desk.no_user(db, login, field)
    if not user.active:
        raise Refused("user.inactive", f"{login} no longer works at this desk.", field)
    if permission:
        require_of(desk.catalogue().authority, login, user.role, permission, field)


def _why(reason: str, code: str) -> str:
    why = mask_card(clean(reason).strip(), ())
    if not why or len(why) > floor.LONGEST_REASON:
        raise Invalid(code, f"Say why in 1 to {floor.LONGEST_REASON} characters; it is kept.", "reason")
    return why
