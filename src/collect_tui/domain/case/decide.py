"""Opening a case, moving it on, and deciding what waits for a second person. What holds while it stands, and what follows, comes from its
definition. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from collect_tui.common.ids import short_number
from collect_tui.common.words import expected
from collect_tui.domain import steps
from collect_tui.domain.case.case import Asked, Case, Value
from collect_tui.domain.case.consequences import Ground, Opens
from collect_tui.domain.case.definition import (
    ANYBODY,
    OPENER,
    OWN_DEPARTMENT,
    About,
    Approval,
    Field,
    FieldType,
    Kind,
    Move,
)
from collect_tui.domain.case.effects import CaseChanged, CaseOpened
from collect_tui.domain.case.formulas import with_figures
from collect_tui.domain.case.moving import arrive, assigned, done
from collect_tui.domain.case.standing import apart, holding, set_off_before
from collect_tui.domain.case.values import filled, item_of
from collect_tui.domain.effect import Effect, Folded
from collect_tui.domain.effects import InboxChanged
from collect_tui.domain.errors import Invalid, Refused
from collect_tui.domain.facts import AccountFacts
from collect_tui.domain.money import format_minor
from collect_tui.domain.states import InboxState


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. `limit`: the most of an amount that they may decide, by the name of a limit of the authority; None: there is none.
    `is_a`: whether theirs is a role, or reaches as far. `decides`: whether they decide at all; `stands_for`: in whose stead besides."""

    user: str
    departments: Collection[str]
    limit: Callable[[str], int | None]
    is_a: Callable[[str], bool]
    decides: bool = True
    stands_for: tuple[Actor, ...] = ()

    def may_decide(self, asked: Asked, approval: Approval | None) -> bool:
        limit = self.limit(approval.above) if approval is not None and approval.above else None
        enough = limit is None or asked.amount <= limit
        return self.decides and enough and (approval is None or not approval.by or self.is_a(approval.by))


def open_case(
    kind: Kind,
    given: Mapping[str, Value],
    facts: AccountFacts,
    ground: Ground,
    actor: Actor,
    now: datetime,
    owner: str = "",
    number: str = "",
) -> tuple[Effect, ...]:
    """Opens a case with what is asked for. `number`: one that it has already. Refused "case.twice" where one of the kind is open about the
    same; Invalid as `filled`."""
    if kind.about not in (About.PARTY, About.NONE):
        steps.require_open(facts)
    values = filled(kind, kind.asked, given, {}, facts)
    item = item_of(values, facts)
    service = next((s for s in facts.services if values.get("service") in (s.product, s.identifier)), None)
    paid = next((p for p in (*facts.payments, *facts.named) if p.ref == values.get("payment")), None)
    about = tuple(None if one is None else one.id for one in (item, service, paid))
    for other in facts.cases:
        same = (other.item_id, other.service_id, other.payment_id) == about and any(about)
        if other.kind == kind.name and (same or kind.once):
            told = f"{kind.title} {other.number} is open about this already; `case {other.number} MOVE` works it."
            raise Refused("case.twice", told, kind.about.value)
    ident = ground.ids()
    blank = Case(
        id=ident,
        number=number or short_number(kind.verb.upper(), ident),
        kind=kind.name,
        version=kind.version,
        digest=kind.digest,
        state=kind.initial.name,
        since=facts.business_date,
        opened_at=now,
        opened_by=actor.user,
        moved_by=actor.user,
        department=kind.routes.of(values),
        item_id=about[0],
        service_id=about[1],
        payment_id=about[2],
        values=with_figures(kind, values),
    )
    blank = assigned(blank, {"owner": owner, **values})
    fold = Folded(facts)
    case = apart(set_off_before(blank, kind.initial, fold, ground), kind.initial, fold.facts)
    asked = tuple(m for m in facts.inbox if m.number == values.get(kind.of_type(FieldType.MESSAGE)))
    if (move := kind.moves.get(kind.initial.asks_for)) is not None and move.approval is not None:
        amount = case.amount(move.approval.of)
        case = replace(case, asked=Asked(move.name, actor.user, facts.business_date, amount))
    fold.add(CaseOpened(case, kind.title, ground.ids()))
    fold.add(*(InboxChanged(each, InboxState.DONE, f"it is {case.number} now") for each in asked))
    fold.add(*holding(blank, case, None, kind.initial, fold.facts, ground))
    return tuple(fold.effects)


def move_case(
    kind: Kind,
    case: Case,
    name: str,
    given: Mapping[str, Value],
    facts: AccountFacts,
    ground: Ground,
    actor: Actor,
    text: str = "",
) -> tuple[Effect, ...]:
    """Makes a move, or asks for it where somebody else has to agree. Refused "case.move" for one that the case has not now, "case.role",
    "case.waits"; Invalid as `values.filled`."""
    move = _move(kind, case, name)
    _require(case, move, actor)
    if waits(case, move, actor.user):
        raise Refused("case.waits", f"{kind.title} {case.number} waits for a decision; {case.decided_by}.", "case")
    values = _values(kind, case, move, given, facts)
    amount = _to_approve(move, replace(case, values={**case.values, **values}), actor)
    if amount is not None:
        after = replace(case, asked=Asked(move.name, actor.user, facts.business_date, amount, values))
        told = f"waits for somebody to agree to {move.label} {format_minor(amount, facts.currency)}"
        return (CaseChanged(case, after, kind.title, told, ground.ids(), text, "asked"),)
    return done(kind, case, move, values, facts, ground, actor.user, text)


def waits(case: Case, move: Move, user: str) -> bool:
    """Whether a move has to wait for a decision: all but that by which whoever has asked takes it back."""
    return case.asked is not None and not (move.who == OPENER and user == case.asked.by)


def decide_case(
    kind: Kind,
    case: Case,
    agreed: bool,
    reason: str,
    facts: AccountFacts,
    ground: Ground,
    actor: Actor,
    parts: Collection[str] = (),
) -> tuple[Effect, ...]:
    """Agrees to the move that waits, or not. Whoever had a part in the case never decides, be it that they opened, moved, changed or had
    it, or asked (`parts`: who else ever did): Refused "case.maker"; "case.authority", "case.decided". Whoever stands in for another
    decides as that one may, unless that one had a part in it."""
    asked = case.asked
    if asked is None:
        raise Refused("case.decided", f"{kind.title} {case.number} waits for no decision.", "case")
    makers = {asked.by, case.opened_by, case.owner, case.moved_by, *parts}
    if actor.user in makers:
        raise Refused("case.maker", f"{kind.title} {case.number} is decided by somebody who had no part in it.", "case")
    move = next((each for each in kind.moves_from(case.state) if each.name == asked.move), None)
    if move is None and agreed:
        told = f"{kind.title} {case.number} cannot {asked.move} any more, as its kind has changed; reject it."
        raise Refused("case.move", told, "case")
    approval = move.approval if move is not None else None
    free = (each for each in (actor, *actor.stands_for) if each.user not in makers)
    by = next((each for each in free if each.may_decide(asked, approval)), None)
    if by is None:
        told = format_minor(asked.amount, facts.currency)
        raise Refused("case.authority", f"{told} is more than you may agree to.", "case")
    stead = "" if by is actor else f" for {by.user}"
    why = steps.require_reason(reason, "case.reason", "it is decided so")
    if move is None or not agreed:
        told = f"is not agreed to{stead}: {move.label if move else asked.move} is refused"
        if approval is not None and approval.refused:
            return done(kind, case, kind.moves[approval.refused], {}, facts, ground, asked.by, why, "refused")
        return (CaseChanged(case, replace(case, asked=None), kind.title, told, ground.ids(), why, "refused"),)
    return done(kind, case, move, asked.values, facts, ground, asked.by, why, "agreed", stead and f", agreed to{stead}")


def change_case(
    kind: Kind,
    case: Case,
    given: Mapping[str, Value],
    facts: AccountFacts,
    ground: Ground,
    *,
    owner: str | None = None,
    department: str | None = None,
) -> tuple[Effect, ...]:
    """Other values, another owner or department. Refused "case.same" when nothing would change."""
    if given and case.asked is not None:
        told = f"{kind.title} {case.number} waits for a decision, and what it is about stays; {case.decided_by}."
        raise Refused("case.waits", told, "case")
    fields = _open_to(kind, case, given)
    given_now = filled(kind, fields, given, case.values, facts, anew=True, own=case.excluded)
    values = with_figures(kind, {**case.values, **given_now})
    after = assigned(case, given)
    after = replace(
        after,
        values=values,
        owner=after.owner if owner is None else owner,
        department=after.department if department is None else department,
    )
    after = apart(after, kind.states[case.state], facts)
    if after == case:
        raise Refused("case.same", f"{kind.title} {case.number} is like that already.", "case")
    state = kind.states[case.state]
    said = [f"{kind.fields[name].title.lower()} is changed" for name in given]
    said += [f"is {owner}'s"] if owner else []
    said += [f"goes to {department}"] if department else []
    effect = CaseChanged(case, after, kind.title, " and ".join(said), ground.ids(), what="changed")
    return (effect, *holding(case, after, state, state, facts, ground))


def opening(kinds: Mapping[str, Kind], actor: Actor, now: datetime) -> Opens:
    """How a move of somebody opens a case inside its own."""

    def opens(name: str, values: Mapping[str, Value], facts: AccountFacts, ground: Ground) -> tuple[Effect, ...]:
        return open_case(kinds[name], values, facts, ground, actor, now)

    return opens


def reopen(
    kind: Kind, case: Case, facts: AccountFacts, ground: Ground, actor: Actor, text: str = ""
) -> tuple[Effect, ...]:
    """A case that has ended comes back to the state that its own says. Refused "case.final" where it says none."""
    state = kind.states.get(case.state)
    if state is None or not state.reopens:
        raise Refused("case.final", f"{kind.title} {case.number} is over for good; open another.", "case")
    return arrive(kind, case, replace(case, moved_by=actor.user), state.reopens, facts, ground, text=text)


def find(facts: AccountFacts, number: str) -> Case:
    """The open case of a number. Refused "case.none"."""
    found = next((c for c in facts.cases if c.number.casefold() == number.casefold()), None)
    if found is None:
        there = expected(number, [c.number for c in facts.cases])
        raise Refused("case.none", f"No such case is open on this account; {there}", "case")
    return found


def _move(kind: Kind, case: Case, name: str) -> Move:
    possible = {move.name: move for move in kind.moves_from(case.state)}
    if name not in possible:
        told = expected(name, list(possible))
        label = kind.states[case.state].label if case.state in kind.states else case.state
        raise Refused("case.move", f"{kind.title} {case.number} is {label}; {told}", "move")
    return possible[name]


def may(case: Case, move: Move, actor: Actor) -> bool:
    """Whether a move of the case is for somebody: for anybody, for who opened it, for its department and owner, or for a role."""
    if move.who == ANYBODY:
        return True
    if move.who == OPENER:
        return actor.user == case.opened_by
    if move.who == OWN_DEPARTMENT:
        return case.department in actor.departments or actor.user == case.owner
    return actor.is_a(move.who)


def _require(case: Case, move: Move, actor: Actor) -> None:
    if not may(case, move, actor):
        whose = {OPENER: f"{case.opened_by}, who opened it", OWN_DEPARTMENT: f"the department {case.department}"}
        told = whose.get(move.who, f"a {move.who}")
        raise Refused("case.role", f"To {move.label} {case.number} is for {told}.", "move")


def _values(kind: Kind, case: Case, move: Move, given: Mapping[str, Value], facts: AccountFacts) -> dict[str, Value]:
    more = _open_to(kind, case, [name for name in given if name not in (*move.needs, *move.asks)])
    return filled(kind, (*kind.needed(move), *more), given, case.values, facts, own=case.excluded)


def _open_to(kind: Kind, case: Case, names: Iterable[str]) -> list[Field]:
    """The fields of these names, each of which may be given anew in the state of the case. Invalid "case.unknown_field", "case.fixed"."""
    found = [kind.fields[name] for name in names if name in kind.fields]
    for each in found:
        if each.formula or (each.since and each.since not in kind.before(case.state)):
            raise Invalid("case.unknown_field", f"{each.title} is not asked for here.", each.name)
        if kind.fixed(each):
            told = f"{each.title} stays as it was when {case.number} was opened; take that back and open another."
            raise Invalid("case.fixed", told, each.name)
    return found


def _to_approve(move: Move, case: Case, actor: Actor) -> int | None:
    """The amount to which somebody else has to agree; None: nobody has to."""
    if move.approval is None:
        return None
    amount = case.amount(move.approval.of)
    if not move.approval.above:
        return amount
    limit = actor.limit(move.approval.above)
    return amount if limit is not None and amount > limit else None
