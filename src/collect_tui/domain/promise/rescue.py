"""A broken plan is taken up again: what was missed is paid at once, or spread over what is still to come. Amounts are minor units."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from collect_tui.domain.calendars import add_months
from collect_tui.domain.errors import Refused
from collect_tui.domain.facts import AccountFacts, Instalment, Promise
from collect_tui.domain.money import split_even
from collect_tui.domain.states import NOT_KEPT, PromiseState


def broken_plan(facts: AccountFacts) -> Promise:
    """The last plan of the account, which must be broken, with nothing that stands promised since. Raises Refused "rescue.none"."""
    made = (p for p in facts.promises if p.status != PromiseState.CANCELLED)
    last = max(made, key=lambda p: (p.made_on, p.id), default=None)
    if (
        facts.open_promise is not None
        or last is None
        or last.kind != "plan"
        or last.status not in NOT_KEPT
        or last.settles
    ):
        raise Refused(
            "rescue.none", "The last thing that was arranged on this account is no plan that was broken.", "by"
        )
    return last


def schedule(facts: AccountFacts, plan: Promise, by: date | None) -> tuple[Instalment, ...]:
    """What is still to be paid of a broken plan: what was missed `by` a day, and the rest when it was due; without a day what was missed
    is spread over the rest. Raises Refused "rescue.over" where nothing of the plan is still to come and no day is said."""
    today = facts.business_date
    owed = [i for i in sorted(plan.instalments, key=lambda i: (i.due, i.seq)) if i.outstanding]
    missed = sum(i.outstanding for i in owed if i.due < today)
    rest = [Instalment(n, i.due, i.outstanding) for n, i in enumerate((i for i in owed if i.due >= today), 1)]
    if by is not None:
        return (*((Instalment(0, by, missed),) if missed else ()), *rest)
    if not rest:
        raise Refused("rescue.over", "Nothing of the plan is still to come; say by when it is paid.", "by")
    more = split_even(missed, len(rest)) if missed >= len(rest) else (*[0] * (len(rest) - 1), missed)
    return tuple(replace(i, amount=i.amount + extra) for i, extra in zip(rest, more, strict=True))


def rescued(facts: AccountFacts) -> int:
    """How many broken plans were taken up again in the last twelve months."""
    broken, since = {p.id for p in facts.promises if p.status in NOT_KEPT}, add_months(facts.business_date, -12)
    made = (p for p in facts.promises if p.status != PromiseState.CANCELLED)
    return sum(p.supersedes in broken and p.made_on >= since for p in made)
