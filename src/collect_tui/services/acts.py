"""One act, in one unit of work: known id? → facts → decide → apply → audit, events, act log → summary and score → commit."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from typing import Any

from pydantic import ValidationError
from sqlmodel import Session as Db

from collect_tui.common.ids import Provisional
from collect_tui.desk.commands import Act, DecideCase
from collect_tui.desk.errors import Forbidden, Invalid, NotFound, RefusedByPolicy, Stale, Unavailable
from collect_tui.desk.views.act import Overrider, Preview, Receipt, Said, VerdictView
from collect_tui.desk.views.said import said, text
from collect_tui.domain.card_text import mask_card
from collect_tui.domain.dates import clock
from collect_tui.domain.effects import ActUndone
from collect_tui.domain.errors import DomainError
from collect_tui.domain.facts import AccountFacts
from collect_tui.domain.message.effects import WRITING
from collect_tui.domain.undo import only_written
from collect_tui.domain.wording import holder
from collect_tui.policy.verdicts import Verdict
from collect_tui.services import act_log, codec, confirm, events
from collect_tui.services.access import require
from collect_tui.services.context import Context, PastAct
from collect_tui.services.decide import Outcome, decide
from collect_tui.services.desk_context import DeskContext
from collect_tui.services.masking import refuse_guess
from collect_tui.services.message.compose import Composer
from collect_tui.services.message.edited import on_one_line
from collect_tui.services.order_chain import later
from collect_tui.services.override import overridden, overriders
from collect_tui.services.unit_of_work import unit_of_work
from collect_tui.services.verdict_view import (
    changes,
    chosen,
    effect_views,
    next_action,
    passed,
    schedule_rows,
    verdict_view,
)
from collect_tui.store import cases as case_rows
from collect_tui.store import documents, facts, queue_locks


def preview(desk: DeskContext, act: Act) -> Preview:
    """Decides on the facts as they are and says what would happen; a mistake comes back as a sentence."""
    outside, may_override = any(c.outside for c in act.commands), tuple[Overrider, ...]()
    with desk.reading() as db:
        seen = facts.load(db, desk.tenant_id, act.account, _refs(act))
        try:
            act = _normal(act)
            _permitted(desk, act)
            context = context_of(desk, db, act, Provisional(), desk.clock())
            outcome = decide(act, seen, context)
            may_override = overriders(desk, db, outcome.verdict)
            override = overridden(act, outcome.verdict, seen, context) if act.override else None
            asked = confirm.unanswered(act, outcome)
            against = _against(desk, db, act, seen)
        except DomainError as error:
            known: VerdictView | None = getattr(error, "verdict", None)
            return Preview(
                account=seen.number,
                currency=seen.currency,
                version=seen.version,
                meaning=(),
                effects=(),
                schedule=(),
                verdict=known or verdict_view(Verdict(), seen, desk.catalogue().rules),
                said=(Said(kind="refused", text=error.message),),
                error=error.message,
                error_code=error.code,
                field=error.field,
                outside=outside,
                overriders=may_override,
            )
    views = effect_views(seen, outcome.effects, context.codes, context.zone)
    told, verdict = changes(outcome.effects, views), verdict_view(outcome.verdict, outcome.before, context.rules)
    following = next_action(outcome.after, context.codes, context.zone, context.now)
    return Preview(
        account=seen.number,
        currency=seen.currency,
        version=seen.version,
        meaning=tuple(each.text for each in told),
        effects=views,
        schedule=schedule_rows(outcome.schedule),
        verdict=verdict,
        next_action=following,
        outside=outside,
        confirm=asked,
        overridden=override is not None,
        overriders=may_override,
        said=said(
            verdict,
            (*told, *passed(outcome, context.codes, context.zone)),
            refused=(against.message,) if against is not None else (),
            next_action=following,
            later=later(outcome.effects, outcome.after, context),
            confirm=asked,
            overridden=override is not None,
        ),
        text=next((on_one_line(e.content.text) for e in outcome.effects if isinstance(e, WRITING)), ""),
    )


def context_of(desk: DeskContext, db: Db, act: Act, ids: Callable[[], int], now: datetime) -> Context:
    """What the deciders of an act may know."""
    tenant = desk.tenant(db)

    here = partial(facts.account_id, db, desk.tenant_id, act.account)

    def past(which: str | None) -> Iterable[PastAct]:
        return act_log.past_acts(db, desk.tenant_id, here(), desk.user, which)

    return Context(
        catalogue=desk.catalogue(),
        calendar=desk.calendar,
        business_date=tenant.business_date,
        now=now,
        zone=tenant.zone,
        user=desk.user,
        role=desk.role(db),
        ids=ids,
        past_acts=past,
        override=act.override,
        override_role=desk.role_of(db, act.override.by) if act.override else None,
        departments=lambda: desk.departments_of(db, desk.user),
        parts=partial(case_rows.parts, db, desk.tenant_id),
        ended=lambda number: case_rows.ended(db, desk.tenant_id, here(), number),
        taken=lambda number: bool(documents.find(db.connection(), desk.tenant_id, [(here(), number)])),
        is_case=lambda number: bool(case_rows.kinds(db, desk.tenant_id, (number,))),
        roles=lambda: desk.roles(db),
        locked=lambda: queue_locks.told(db, desk.tenant_id, here()),
        stands_for=lambda: desk.stands_for(db, tenant.business_date),
        authority=desk.authority,
        compose=Composer(desk, db),
    )


def do(desk: DeskContext, act: Act, *, proved: bool = True) -> Receipt:
    """Does the act or nothing. Raises any error of the desk but SignedOut; what policy forbids is kept as evidence.

    `proved`: whoever overrides has shown that they are there. Without that no override counts.
    """
    act = _normal(act)
    _permitted(desk, act)
    try:
        return desk.store.attempt(lambda: _done(desk, act, proved))
    except RefusedByPolicy as refusal:
        # The refusal stands, and is what the agent hears, even where the evidence can no longer be written.
        with contextlib.suppress(NotFound, Unavailable):
            desk.store.attempt(partial(_keep_evidence, desk, act, refusal))
        raise


def _done(desk: DeskContext, act: Act, proved: bool) -> Receipt:
    with unit_of_work(desk, act.account) as work:
        made = act_log.fingerprint(work, act)
        if (receipt := act_log.answer(work, act, made)) is not None:
            return receipt
        before = work.load(act.account, _refs(act))
        if (against := _against(desk, work.db, act, before)) is not None:
            raise against
        context = context_of(desk, work.db, act, work.ids, work.now)
        outcome = decide(act, before, context)
        override = overridden(act, outcome.verdict, before, context)
        if override is not None and not proved:  # what has changed since it was looked at takes the override now
            raise Forbidden("override.proof", "Whoever overrides this must give their own password.", "proof")
        confirm.require(act, outcome)
        receipt = _receipt(act, outcome, work.apply(before, outcome.effects), context)
        effects = codec.dump(outcome.effects)
        verdict = {**receipt.verdict.model_dump(mode="json"), **({"override": override} if override else {})}
        work.record(before.id, **_as_given(act, before), verdict=verdict, effects=effects)
        kinds = [c.kind for c in act.commands]
        done = (events.ACT, {"act": str(act.id), "commands": kinds, "version": receipt.version})
        work.tell_all(before.id, [done, *events.of(before, outcome.effects)])
        act_log.add(work, act, made, before.id, effects, receipt)
        return receipt


def _as_given(act: Act, seen: AccountFacts) -> dict[str, Any]:
    """The act as the audit keeps it."""
    commands = [c.model_dump(mode="json") for c in act.commands]
    return {"act_id": str(act.id), "line": mask_card(act.line, seen.numbers), "commands": commands}


def _refs(act: Act) -> set[str]:
    """Payments that the act names: they are looked for however old they are."""
    return {ref for command in act.commands if (ref := getattr(command, "ref", ""))}


def _permitted(desk: DeskContext, act: Act) -> None:
    """Forbidden unless the user may do every command of the act; Invalid where one guesses at what is masked."""
    for command in act.commands:
        if not (isinstance(command, DecideCase) and _may_stand_in(desk)):  # else the decider looks for whom, and today
            require(desk.authority, f"act.{command.kind}")
        refuse_guess(getattr(command, "point", None), desk.authority)


def _may_stand_in(desk: DeskContext) -> bool:
    """Whether the user decides in somebody's stead at some time; a token that is for less never does."""
    rules, authority = desk.catalogue().authority, desk.authority
    return authority is not None and rules.whole(authority) and any(d.deputy == desk.user for d in rules.deputies)


def _normal(act: Act) -> Act:
    """Control characters never get past this point, whoever sent the act."""
    from collect_tui.common.text import clean_deep

    try:
        return Act.model_validate(clean_deep(act.model_dump()))
    except ValidationError as error:
        first = error.errors()[0]
        raise Invalid(
            "act.malformed", f"{'.'.join(map(str, first['loc']))}: {first['msg']}", str(first["loc"][-1])
        ) from None


def _against(desk: DeskContext, db: Db, act: Act, seen: AccountFacts) -> Stale | None:
    """What stands against an act, whatever it does: the version that the agent saw is not the current one, or somebody else holds the
    account. The same for a preview and for the act."""
    if act.version is not None and act.version != seen.version:
        by, at = facts.changed(db, desk.tenant_id, seen.id)
        return Stale(
            "account.changed",
            f"{by} changed this account at {clock(at, desk.catalogue().rules.zone)}; look at it again.",
            by=by,
            at=at,
            version=seen.version,
        )
    return _lease(desk, act, seen)


def _lease(desk: DeskContext, act: Act, seen: AccountFacts) -> Stale | None:
    """Who else holds the account, or who got it after the lease that the act was made under; None: nothing stands against it."""
    if not any(
        command.leased for command in act.commands
    ):  # a department answers while a collector is on the telephone
        return None
    by, until = seen.lease_by, seen.lease_until
    if by and by != desk.user and until and until > desk.clock():
        sentence = holder(by, seen.lease_since, until, desk.catalogue().rules.zone)
        return Stale("account.claimed", sentence, by=by, at=until, version=seen.version)
    if act.fence is not None and act.fence != seen.fence:
        sentence = "Your hold on this account ran out and it was reassigned."
        return Stale("account.lease_lost", sentence, by=seen.lease_by or "", at=None, version=seen.version)
    return None


def _keep_evidence(desk: DeskContext, act: Act, refusal: RefusedByPolicy) -> None:
    """A blocked try is evidence that the rules work; it has its own transaction, as the act's was rolled back."""
    tried = {"override": act.override.model_dump(mode="json")} if act.override else {}
    with unit_of_work(desk, act.account) as work:
        seen = work.load(act.account)
        verdict = {**refusal.verdict.model_dump(mode="json"), **tried}
        work.record(seen.id, **_as_given(act, seen), verdict=verdict, outcome="refused")


def _receipt(act: Act, outcome: Outcome, version: int, context: Context) -> Receipt:
    views = effect_views(outcome.before, outcome.effects, context.codes, context.zone)
    told, verdict = changes(outcome.effects, views), verdict_view(outcome.verdict, outcome.before, context.rules)
    following = next_action(outcome.after, context.codes, context.zone, context.now)
    written = only_written(outcome.effects)
    return Receipt(
        id=act.id,
        account=outcome.before.number,
        version=version,
        sentence=text((*told, *chosen(outcome.steps, views))),
        effects=views,
        verdict=verdict,
        next_action=following,
        said=said(
            verdict,
            (*told, *passed(outcome, context.codes, context.zone)),
            next_action=following,
            overridden=not verdict.allowed,
            done=True,
        ),
        undoable=not written and not any(isinstance(e, ActUndone) for e in outcome.effects),
        only_written=written and bool(outcome.effects),
        at=context.now,
    )
