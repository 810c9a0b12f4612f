"""One act, in one transaction: known id? → facts → decide → apply → summary and score → audit → act log → commit."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from pydantic import ValidationError
from sqlmodel import Session as Db
from sqlmodel import col, select

from collect_tui.common.ids import Provisional
from collect_tui.desk.commands import Act
from collect_tui.desk.errors import Forbidden, Invalid, NotFound, RefusedByPolicy, Stale, Unavailable
from collect_tui.desk.views.act import Preview, Receipt, Said, VerdictView
from collect_tui.desk.views.said import refusal, said, text
from collect_tui.domain.card_text import mask_card
from collect_tui.domain.dates import clock
from collect_tui.domain.effects import ActUndone, Effect
from collect_tui.domain.errors import DomainError
from collect_tui.domain.facts import AccountFacts
from collect_tui.domain.undo import only_written
from collect_tui.domain.wording import holder
from collect_tui.policy.verdicts import Verdict
from collect_tui.services import codec, confirm, events
from collect_tui.services.access import need
from collect_tui.services.context import Context, PastAct
from collect_tui.services.decide import Outcome, decide
from collect_tui.services.desk_context import DeskContext
from collect_tui.services.masking import refuse_guess
from collect_tui.services.verdict_view import changes, effect_views, next_action, passed, schedule_rows, verdict_view
from collect_tui.store import apply, audit, facts, locks, scoring, summary
from collect_tui.store.tables import Account, ActLog, gate

#: Who overrode a verdict, in what role and why, as the audit keeps it.
Evidence = dict[str, str]


def preview(desk: DeskContext, act: Act) -> Preview:
    """Decides on the facts as they are and says what would happen; a mistake comes back as a sentence."""
    outside = any(c.outside for c in act.commands)
    with desk.reading() as db:
        seen = facts.load(db, desk.tenant_id, act.account, _refs(act))
        try:
            act = _normal(act)
            _permitted(desk, act)
            context = context_of(desk, db, act, provisional=True)
            outcome = decide(act, seen, context)
            override = _override(act, outcome.verdict, context) if act.override else None
            asked = confirm.unanswered(act, outcome)
        except DomainError as error:
            known: VerdictView | None = getattr(error, "verdict", None)
            return Preview(
                account=seen.number,
                currency=seen.currency,
                version=seen.version,
                meaning=(),
                effects=(),
                schedule=(),
                verdict=known or verdict_view(Verdict()),
                said=(Said(kind="refused", text=error.message),),
                error=error.message,
                error_code=error.code,
                field=error.field,
                outside=outside,
            )
    views = effect_views(seen, outcome.effects, context.codes, context.zone)
    told, verdict = changes(outcome.effects, views), verdict_view(outcome.verdict)
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
        said=said(
            verdict,
            (*told, *passed(outcome, context.codes, context.zone)),
            refused=[lost.message] if (lost := _lease(desk, act, seen)) is not None else (),
            next_action=following,
            confirm=asked,
            overridden=override is not None,
        ),
    )


def context_of(desk: DeskContext, db: Db, act: Act, *, provisional: bool) -> Context:
    """What the deciders of an act may know; `provisional` ids for a preview, which writes nothing."""
    tenant = desk.tenant(db)

    def past(which: str | None) -> Iterable[PastAct]:
        return past_acts(db, desk.tenant_id, facts.account_id(db, desk.tenant_id, act.account), desk.user, which)

    return Context(
        catalogue=desk.catalogue(),
        calendar=desk.calendar,
        business_date=tenant.business_date,
        now=desk.clock(),
        zone=tenant.zone,
        user=desk.user,
        role=desk.authority.role if desk.authority else desk.role_of(db, desk.user) or "collector",
        ids=Provisional() if provisional else desk.ids,
        past_acts=past,
        override=act.override,
        override_role=desk.role_of(db, act.override.by) if act.override else None,
        authority=desk.authority,
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
    with desk.store.write(desk.tenant_id) as db:
        locks.customer(db, desk.tenant_id, act.account)
        return _do(desk, db, act, proved)


def _do(desk: DeskContext, db: Db, act: Act, proved: bool) -> Receipt:
    fingerprint = audit.sign(audit.audit_key(db, desk.tenant_id), "act", act.model_dump_json())
    if known := db.get(ActLog, (desk.tenant_id, str(act.id))):
        if known.fingerprint not in (fingerprint, "") or known.by != desk.user:
            raise Invalid("act.reused", "This act's id was used for another act; make a new one.", "id")
        return Receipt.model_validate_json(known.receipt).model_copy(update={"repeated": True})
    before = facts.load(db, desk.tenant_id, act.account, _refs(act))
    gate.know(before.numbers)
    _fresh(desk, db, act, before)
    context = context_of(desk, db, act, provisional=False)
    outcome = decide(act, before, context)
    override = _override(act, outcome.verdict, context)
    if override is not None and not proved:  # what has changed since it was looked at takes the override now
        raise Forbidden("override.proof", "Whoever overrides this must give their own password.", "proof")
    confirm.require(act, outcome)
    version = apply.apply(db, desk.tenant_id, before, outcome.effects, by=desk.user, at=context.now)
    summary.refresh(db, desk.tenant_id, context.business_date, before.id)
    scoring.rescore(db, desk.tenant_id, desk.catalogue(), context.business_date, context.now, before.id)
    receipt = _receipt(act, outcome, version, context)
    audit.append(
        db,
        desk.tenant_id,
        before.id,
        at=context.now,
        by=desk.user,
        act_id=str(act.id),
        line=mask_card(act.line, before.numbers),
        commands=[c.model_dump(mode="json") for c in act.commands],
        verdict={**receipt.verdict.model_dump(mode="json"), **({"override": override} if override else {})},
        effects=codec.dump(outcome.effects),
        outcome="done",
    )
    events.tell(
        db,
        desk.tenant_id,
        before,
        outcome.effects,
        by=desk.user,
        at=context.now,
        ids=context.ids,
        act={"act": str(act.id), "commands": [c.kind for c in act.commands], "version": version},
    )
    for effect in outcome.effects:
        if isinstance(effect, ActUndone) and (past := db.get(ActLog, (desk.tenant_id, effect.act_id))):
            past.undone_by = str(act.id)
    db.add(
        ActLog(
            tenant_id=desk.tenant_id,
            act_id=str(act.id),
            id=context.ids(),
            account_id=before.id,
            by=desk.user,
            at=context.now,
            fingerprint=fingerprint,
            version=version,
            effects=json.dumps(codec.dump(outcome.effects)),
            receipt=receipt.model_dump_json(),
        )
    )
    return receipt


def _refs(act: Act) -> set[str]:
    """Payments that the act names: they are looked for however old they are."""
    return {ref for command in act.commands if (ref := getattr(command, "ref", ""))}


def known(desk: DeskContext, act: Act) -> bool:
    """Whether the act has been done before: a retry, which is only answered."""
    with desk.store.read() as db:
        return db.get(ActLog, (desk.tenant_id, str(act.id))) is not None


def _permitted(desk: DeskContext, act: Act) -> None:
    """Forbidden unless the user may do every command of the act; Invalid where one guesses at what is masked."""
    for command in act.commands:
        need(desk.authority, f"act.{command.kind}")
        refuse_guess(getattr(command, "point", None), desk.authority)


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


def _fresh(desk: DeskContext, db: Db, act: Act, seen: AccountFacts) -> None:
    """The version the agent saw must be the current one, and nobody else may hold the account."""
    if act.version is not None and act.version != seen.version:
        by, at = facts.changed(db, desk.tenant_id, seen.id)
        raise Stale(
            "account.changed",
            f"{by} changed this account at {clock(at, desk.catalogue().rules.zone)}; look at it again.",
            by=by,
            at=at,
            version=seen.version,
        )
    if (lost := _lease(desk, act, seen)) is not None:
        raise lost


def _lease(desk: DeskContext, act: Act, seen: AccountFacts) -> Stale | None:
    """Who else holds the account, or who got it after the lease that the act was made under; None: nothing stands against it."""
    by, until = seen.lease_by, seen.lease_until
    if by and by != desk.user and until and until > desk.clock():
        sentence = holder(by, seen.lease_since, until, desk.catalogue().rules.zone)
        return Stale("account.claimed", sentence, by=by, at=until, version=seen.version)
    if act.fence is not None and act.fence != seen.fence:
        sentence = "Your hold on this account ran out and it was handed on."
        return Stale("account.lease_lost", sentence, by=seen.lease_by or "", at=None, version=seen.version)
    return None


def _override(act: Act, verdict: Verdict, context: Context) -> Evidence | None:
    """Who overrides the verdict, in what role and why; None when it needs no override.

    Raises RefusedByPolicy when it needs one and has none, or one of somebody whose role does not reach so far.
    """
    if verdict.allowed:
        return None
    first = verdict.findings[0]
    role = verdict.overridable_by
    if act.override is None:
        way = f" A {role} may override it with a reason." if role else ""
        view = verdict_view(verdict)
        raise RefusedByPolicy(first.rule, refusal(view) + way, first.check or None, view)
    if role is None:
        view = verdict_view(verdict)
        raise RefusedByPolicy(first.rule, f"{refusal(view)} There is no override for it.", first.check or None, view)
    if context.override_role is None or not context.catalogue.authority.outranks(context.override_role, role):
        sentence = f"{act.override.by} may not override this; it takes a {role}."
        raise RefusedByPolicy("override.authority", sentence, "override", verdict_view(verdict))
    if not act.override.reason.strip():
        raise Invalid("override.reason", "Say why the rule is overridden.", "override")
    return {"by": act.override.by, "role": context.override_role, "reason": act.override.reason.strip()}


def _keep_evidence(desk: DeskContext, act: Act, refusal: RefusedByPolicy) -> None:
    """A blocked try is evidence that the rules work; it has its own transaction, as the act's was rolled back."""
    tried = {"override": act.override.model_dump(mode="json")} if act.override else {}
    with desk.store.write(desk.tenant_id) as db:
        locks.customer(db, desk.tenant_id, act.account)
        seen = facts.load(db, desk.tenant_id, act.account)
        gate.know(seen.numbers)
        audit.append(
            db,
            desk.tenant_id,
            seen.id,
            at=desk.clock(),
            by=desk.user,
            act_id=str(act.id),
            line=mask_card(act.line, seen.numbers),
            commands=[c.model_dump(mode="json") for c in act.commands],
            verdict={**refusal.verdict.model_dump(mode="json"), **tried},
            effects=[],
            outcome="refused",
        )


def _receipt(act: Act, outcome: Outcome, version: int, context: Context) -> Receipt:
    views = effect_views(outcome.before, outcome.effects, context.codes, context.zone)
    told, verdict = changes(outcome.effects, views), verdict_view(outcome.verdict)
    following = next_action(outcome.after, context.codes, context.zone, context.now)
    return Receipt(
        id=act.id,
        account=outcome.before.number,
        version=version,
        sentence=text(told) or " · ".join(view.sentence for view in views),
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
        undoable=not any(isinstance(e, ActUndone) for e in outcome.effects),
        at=context.now,
    )


def past_acts(db: Db, tenant_id: int, account_id: int, user: str, which: str | None) -> Iterator[PastAct]:
    """The user's acts on the account that are neither undone nor themselves an undo, newest first; or the one that is meant:
    by its number, 1 being the newest of these, or by the beginning of its id, whoever did it and whatever became of it."""
    number = int(which) if which and which.isdecimal() and len(which) < 4 else None
    count = 0
    query = select(ActLog).where(ActLog.tenant_id == tenant_id, ActLog.account_id == account_id)
    version = db.get_one(Account, (tenant_id, account_id)).version
    standing = False
    for row in db.exec(query.order_by(col(ActLog.version).desc(), col(ActLog.id).desc()).limit(200)):
        effects: Sequence[Effect] = codec.load(row.effects)
        undo = any(isinstance(e, ActUndone) for e in effects)
        # What the day run or a billing system changed left no act, only a version that no act accounts for.
        standing = standing or row.version != version
        version = row.version - bool(effects)
        stands = row.undone_by is None and not undo
        mine = row.by == user and stands
        count += mine
        by_id = which is not None and number is None
        if row.act_id.startswith(which or "") if by_id else mine and number in {None, count}:
            said = Receipt.model_validate_json(row.receipt).sentence
            yield PastAct(row.act_id, row.by, row.at, standing, effects, row.undone_by, said)
        standing = standing or (stands and not only_written(effects))


def history(desk: DeskContext, limit: int) -> tuple[Receipt, ...]:
    if not 1 <= limit <= 1000:
        raise Invalid("history.limit", "The history shows 1 to 1,000 acts.", "limit")
    with desk.store.read() as db:
        rows = db.exec(
            select(ActLog)
            .where(ActLog.tenant_id == desk.tenant_id, ActLog.by == desk.user)
            .order_by(col(ActLog.id).desc())
            .limit(limit)
        ).all()
    receipts = ((Receipt.model_validate_json(row.receipt), row.undone_by is None) for row in rows)
    return tuple(r.model_copy(update={"undoable": r.undoable and stands}) for r, stands in receipts)


__all__ = ["NotFound", "do", "history", "next_action", "past_acts", "preview"]
