"""A run of messages: what the night drafted and what waits for a second person is looked at and released, one by one, each as an act
with its verdict. What may not go stays a draft with the reason; what has nothing to say any more is cancelled."""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import partial
from typing import Any, Final
from uuid import uuid4

from sqlmodel import Session as Db

from collect_tui.common.ids import Provisional
from collect_tui.desk.commands import Act, ReleaseMessage
from collect_tui.desk.errors import RefusedByPolicy
from collect_tui.desk.protocol import Progress
from collect_tui.desk.views.message import Excluded, MessagesRun, MessageView, Released
from collect_tui.domain.effects import MessageReleased
from collect_tui.domain.errors import DomainError
from collect_tui.domain.facts import AccountFacts
from collect_tui.domain.message.decide import changed
from collect_tui.domain.states import MessageState
from collect_tui.services.account import message_view
from collect_tui.services.deciders import acts
from collect_tui.services.desk_context import DeskContext
from collect_tui.services.masking import masked_message
from collect_tui.services.message.breaker import channels
from collect_tui.services.message.send import release_message
from collect_tui.services.unit_of_work import unit_of_work
from collect_tui.store import facts
from collect_tui.store import messages as rows

NOTHING: Final = "message.nothing"
SHOWN: Final = 3
"""Samples of each template by each channel."""
_SAMPLES: Final = 5
"""Accounts that are named for each reason."""


def look(desk: DeskContext, *, template: str | None = None, progress: Progress | None = None) -> MessagesRun:
    """What would be released, with samples, and what would not and why; nothing is written."""
    samples = list[MessageView]()
    return _run(desk, partial(_tried, samples), template, progress).model_copy(update={"samples": tuple(samples)})


def release(desk: DeskContext, *, template: str | None = None, progress: Progress | None = None) -> MessagesRun:
    """Releases the drafts, all or those of one template. What is broken off has done what it has done; again, it goes on."""
    return _run(desk, _done, template, progress)


def _run(desk: DeskContext, do: Any, template: str | None, progress: Progress | None) -> MessagesRun:
    with desk.reading() as db:
        drafts = [
            row for row in rows.waiting(db, desk.tenant_id, MessageState.DRAFT) if template in (None, row.template)
        ]
    released: Counter[tuple[str, str]] = Counter()
    excluded: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for place, row in enumerate(drafts, 1):
        channel, why, told = do(desk, row)
        if why:
            excluded[why, told].append(row.account)
        else:
            released[row.template, channel] += 1
        if progress is not None:
            progress("Release messages", place, len(drafts))
    with desk.reading() as db:
        standing = channels(desk, db)
    return MessagesRun(
        drafts=len(drafts),
        channels=standing,
        released=tuple(Released(template=t, channel=c, count=n) for (t, c), n in sorted(released.items())),
        excluded=tuple(
            Excluded(reason=why, told=told, count=len(found), accounts=tuple(found[:_SAMPLES]))
            for (why, told), found in sorted(excluded.items(), key=lambda each: -len(each[1]))
        ),
    )


def _act(row: Any) -> Act:
    return Act(id=uuid4(), account=row.account, commands=(ReleaseMessage(message=str(row.id)),), line=f"free {row.id}")


def _tried(samples: list[MessageView], desk: DeskContext, row: Any) -> tuple[str, str, str]:
    """By which channel a draft would go; or why not, by a code and in words."""
    act = _act(row)
    with desk.reading() as db:
        seen = facts.load(db, desk.tenant_id, row.account)
        context = acts.context_of(desk, db, act, Provisional(), desk.clock())
        try:
            decision = release_message(ReleaseMessage(message=str(row.id)), seen, context)
        except DomainError as error:
            return "", _code(error.code), error.message
        if not decision.verdict.allowed:
            why = decision.verdict.findings[0]
            return "", why.check, why.sentence
        left = next(e for e in decision.effects if isinstance(e, MessageReleased))
        if sum((each.template, each.channel) == (row.template, left.channel) for each in samples) < SHOWN:
            samples.append(_sample(desk, db, row, seen, left))
    return left.channel, "", ""


def _sample(desk: DeskContext, db: Db, row: Any, seen: AccountFacts, left: MessageReleased) -> MessageView:
    """The draft as it would leave."""
    draft, said = message_view(db, desk, row.account, row.id), left.content
    point = next((p.short for p in seen.points if p.id == left.point_id), None)
    way = {"channel": left.channel, "point": point, "address": left.address, "blocked": ""}
    text = {"version": said.version, "language": said.language, "subject": said.subject, "text": said.text}
    return masked_message(draft.model_copy(update={**way, **text}), desk.authority)


def _done(desk: DeskContext, row: Any) -> tuple[str, str, str]:
    try:
        acts.do(desk, _act(row))
    except RefusedByPolicy as refused:
        why = refused.verdict.findings[0]
        _keep(desk, row, why.check)
        return "", why.check, why.sentence
    except DomainError as error:
        _keep(desk, row, _code(error.code), nothing=error.message if error.code == NOTHING else "")
        return "", _code(error.code), error.message
    with desk.reading() as db:
        return rows.find(db, desk.tenant_id, id=row.id).channel, "", ""  # type: ignore[union-attr]


def _code(code: str | None) -> str:
    return (code or "message.unknown").partition(".")[2]


def _keep(desk: DeskContext, row: Any, why: str, *, nothing: str = "") -> None:
    """Writes down why a draft stays one, or that it is cancelled as it has nothing to say."""
    if row.blocked == why and not nothing:
        return
    with unit_of_work(desk, row.account) as work:
        seen = work.load(row.account)
        draft = next((m for m in seen.messages if m.id == row.id and m.status == MessageState.DRAFT), None)
        if draft is not None:
            status = MessageState.CANCELLED if nothing else MessageState.DRAFT
            told = {"detail": nothing} if nothing else {"blocked": why}
            work.change(seen, (changed(draft, status, **told),), line=f"message {row.id} not released: {why}")
