"""Turns the merged tables of codes, queues, holds and arrangements into typed values. What an entry refers to must exist."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Final

from collect_tui.common.words import expected
from collect_tui.defaults import build_lists
from collect_tui.defaults.reading import Table
from collect_tui.desk import own_filters, queue_filter
from collect_tui.domain.codes import ANSWERS, HOT_LETTERS, OFFERS, WAYS, Action, Codes, FollowUp, Result
from collect_tui.domain.errors import Invalid
from collect_tui.domain.hold.decide import BLOCKS
from collect_tui.domain.money import LIMIT
from collect_tui.domain.order.kinds import KINDS
from collect_tui.domain.queue.rules import REASONS
from collect_tui.domain.rules import COMES_BACK, ArrangementPolicy, HoldKind, OfferRules, QueueRule, SavedFilter
from collect_tui.domain.states import Stage

POINT_KINDS: Final = ("mobile", "home", "work", "other", "email", "address", "social")
POINT_MARKS: Final = ("bad", "wrong", "out")
NEEDS: Final = ("reason", "note", "promise", "plan", "callback")
FREQUENCIES: Final = ("weekly", "fortnightly", "monthly")
FLAGS: Final = ("W", "C", "R", "P", "S")
YEAR: Final = 366


def codes(root: Table, holds: Collection[str]) -> Codes:
    next_actions = root.table("next_actions").lines()
    if "call" not in next_actions:
        raise root.error(
            "missing", "next_actions", "the next action call is missing; follow-ups are calls unless said."
        )
    found = Codes(
        actions={code: _action(code, table) for code, table in root.table("actions").entries()},
        results={code: _result(code, table, holds, next_actions) for code, table in root.table("results").entries()},
        reasons=root.table("reasons").lines(),
        dispute_reasons=root.table("dispute_reasons").lines(),
        skip_reasons=root.table("skip_reasons").lines(),
        order_reasons=build_lists.order_reasons(root.table("order_reasons")),
        next_actions=next_actions,
        pauses=root.table("pauses").lines(),
        party_roles=root.table("party_roles", {}).lines(),
        methods=build_lists.methods(root.table("methods")),
    )
    found = replace(
        found,
        billing={name: build_lists.billing(table, found) for name, table in root.table("billing", {}).entries()},
    )
    root.done()
    seen: dict[str, str] = {}
    for code, result in found.results.items():
        if result.hot and seen.setdefault(result.hot, code) != code:
            raise root.table("results").table(code).error("duplicate", "hot", f"the same letter as {seen[result.hot]}.")
    for name in ("actions", "results", "reasons", "dispute_reasons", "skip_reasons", "next_actions", "pauses"):
        root.table(name).names()
    for kind in KINDS:
        root.table("order_reasons").table(kind).names()
    return found


def _action(code: str, table: Table) -> Action:
    outbound, call = table.flag("outbound"), table.flag("call", False)
    action = Action(
        code=code,
        title=table.line("title"),
        outbound=outbound,
        call=call,
        kinds=table.choices("kinds", POINT_KINDS, []),
        help=table.text("help"),
        written=table.flag("written", outbound and not call),
    )
    table.done()
    if action.written and (call or not outbound):
        raise table.error("order", "written", "a letter or message leaves from here and is no call.")
    return action


def _result(code: str, table: Table, holds: Collection[str], next_actions: Collection[str]) -> Result:
    flags = table.text("flags", "").split()
    for flag in flags:
        if flag not in FLAGS:
            raise table.error("flags", "flags", "expected letters of W C R P S with blanks between them.")
    result = Result(
        code=code,
        title=table.line("title"),
        worked="W" in flags,
        contact="C" in flags,
        right_party="R" in flags,
        promise="P" in flags,
        stops_ladder="S" in flags,
        counted=table.flag("counted"),
        follow_up=_follow_up(table.table("follow_up", {}), next_actions),
        point=table.maybe_choice("point", POINT_MARKS),
        hold=table.maybe_choice("hold", holds),
        hold_days=table.maybe_number("hold_days", 0, YEAR),
        needs=table.choices("needs", NEEDS, []),
        help=table.text("help"),
        caveat=table.text("caveat", ""),
        instead=table.text("instead", ""),
        hot=table.maybe_choice("hot", HOT_LETTERS) or "",
        comment=table.flag("comment", False),
        ways=table.choices("ways", tuple(WAYS), []),
        offer=table.maybe_choice("offer", OFFERS) or "",
        answer=table.maybe_choice("answer", ANSWERS) or "",
    )
    table.done()
    if result.hot and result.needs:
        told = "what needs more than a letter is typed on the line; expected no needs beside it."
        raise table.error("hot", "hot", told)
    if result.hold_days is not None and result.hold is None:
        raise table.error("hold", "hold_days", "days without a hold; expected the key hold beside it.")
    if result.right_party and not result.contact:
        raise table.error("flags", "flags", "a right party (R) is a contact too; expected C beside it.")
    return result


def _follow_up(table: Table, next_actions: Collection[str]) -> FollowUp:
    found = FollowUp(
        minutes=table.maybe_number("minutes", 0, 24 * 60),
        days=table.maybe_number("days", 0, YEAR),
        business_days=table.maybe_number("business_days", 0, YEAR),
        action=table.choice("action", next_actions, "call"),
    )
    table.done()
    if sum(x is not None for x in (found.minutes, found.days, found.business_days)) > 1:
        raise table.error("follow_up", None, "expected one of minutes, days and business_days.")
    return found


def filters(
    root: Table, queues: Collection[str], holds: Mapping[str, HoldKind], currency: str
) -> dict[str, SavedFilter]:
    """What the site has saved of queues."""
    found = {}
    for name, table in root.entries():
        if not own_filters.NAME.fullmatch(name) or name in queues:
            raise table.error("name", None, "a filter's name has small letters, digits and dashes, and is no queue's.")
        queue, words = table.choice("queue", queues), table.text("words")
        columns = table.choices("columns", own_filters.COLUMNS, ())
        table.done()
        try:
            queue_filter.read(words, currency, holds)
            found[name] = SavedFilter(name, queue, words, columns)
        except Invalid as error:
            raise table.error("filter", "words", error.message) from None
    return found


def queues(root: Table) -> tuple[QueueRule, ...]:
    entries = list(root.table("queues").entries())
    root.done()
    root.table("queues").names()
    found: list[QueueRule] = []
    for name, table in entries:
        rule = QueueRule(
            name=name,
            title=table.line("title"),
            tier=table.number("tier", 1, 8),
            reason=table.choice("reason", REASONS),
            chip=table.line("chip"),
            help=table.text("help"),
            department=table.maybe_text("department") or "",
        )
        table.done()
        twin = next((q.name for q in found if q.reason == rule.reason), None)
        if twin is not None:
            raise table.error("duplicate", "reason", f"queue {twin} has this reason already.")
        found.append(rule)
    if not found:
        raise root.error("missing", "queues", "expected at least one queue.")
    return tuple(found)


def known_departments(root: Table, queues: Iterable[QueueRule], departments: Collection[str]) -> None:
    """Sees that the departments of queues are there."""
    for queue in queues:
        if queue.department and queue.department not in departments:
            told = expected(queue.department, departments)
            raise root.error("department", "queues", f"queue {queue.name} is of no known department; {told}")


def holds(root: Table, roles: Collection[str], party_roles: Collection[str]) -> Mapping[str, HoldKind]:
    entries = list(root.table("holds").entries())
    root.done()
    root.table("holds").names()
    found = {}
    for code, table in entries:
        found[code] = HoldKind(
            code=code,
            title=table.line("title"),
            blocks=table.choices("blocks", BLOCKS),
            speaks_to=table.choices("speaks_to", party_roles, []),
            chip=table.line("chip", code.lower().replace("_", " ")),
            comes_back=table.maybe_choice("comes_back", COMES_BACK) or "",
            default_days=table.maybe_number("days", 0, 10 * YEAR),
            pauses_ladder=table.flag("pauses_ladder"),
            source=table.text("source", ""),
            override_role=table.maybe_choice("override_role", roles),
            help=table.text("help"),
            objects=table.flag("objects", False),
            freezes=table.flag("freezes", False),
        )
        table.done()
        if found[code].objects and "suspend" not in found[code].blocks:
            raise table.error("order", "objects", "an objection forbids to suspend; expected suspend in blocks.")
    return found


def arrangement(root: Table, roles: Collection[str]) -> Mapping[str, ArrangementPolicy]:
    """Policies by segment; a segment takes from `default` what it does not say, `sources` included."""
    entries = dict(root.table("arrangement").entries())
    root.done()
    if "default" not in entries:
        raise root.error("missing", "arrangement", "the segment default is missing.")
    found = {"default": _policy("default", entries["default"], ArrangementPolicy(), roles)}
    for segment, table in entries.items():
        if segment != "default":
            found[segment] = _policy(segment, table, found["default"], roles)
    return found


def _policy(segment: str, table: Table, base: ArrangementPolicy, roles: Collection[str]) -> ArrangementPolicy:
    policy = ArrangementPolicy(
        segment=segment,
        grace_days=table.number("grace_days", 0, 60, base.grace_days),
        grace_unit=table.choice("grace_unit", ("days", "business"), base.grace_unit),
        min_amount=table.number("min_amount", 0, LIMIT, base.min_amount),
        min_percent=table.number("min_percent", 0, 100, base.min_percent),
        first_within_days=table.number("first_within_days", 0, YEAR, base.first_within_days),
        first_within_days_lead=table.number("first_within_days_lead", 0, YEAR, base.first_within_days_lead),
        min_down_percent=table.number("min_down_percent", 0, 100, base.min_down_percent),
        min_instalment=table.number("min_instalment", 1, LIMIT, base.min_instalment),
        max_instalments=table.number("max_instalments", 1, 250, base.max_instalments),
        max_span_days=table.number("max_span_days", 1, 10 * YEAR, base.max_span_days),
        frequencies=table.choices("frequencies", FREQUENCIES, list(base.frequencies)),
        max_broken_12m=table.number("max_broken_12m", 0, 100, base.max_broken_12m),
        cooldown_days=table.number("cooldown_days", 0, 10 * YEAR, base.cooldown_days),
        min_tenure_months=table.number("min_tenure_months", 0, 1200, base.min_tenure_months),
        override_role=table.choice("override_role", roles, base.override_role),
        extension_days=table.number("extension_days", 0, YEAR, base.extension_days),
        extension_days_lead=table.number("extension_days_lead", 0, YEAR, base.extension_days_lead),
        re_age_days=table.number("re_age_days", 0, 10 * YEAR, base.re_age_days),
        max_rescues_12m=table.number("max_rescues_12m", 0, 100, base.max_rescues_12m),
        confirm_within_days=table.number("confirm_within_days", 0, 60, base.confirm_within_days),
        confirm_unit=table.choice("confirm_unit", ("days", "business"), base.confirm_unit),
        confirm=table.choices("confirm", ("plan", "single"), list(base.confirm)),
        offers=_offers(table.table("offers", {}), base.offers),
        sources={**base.sources, **table.table("sources", {}).texts()},
    )
    table.done()
    if policy.first_within_days_lead < policy.first_within_days:
        raise table.error("order", "first_within_days_lead", "expected at least first_within_days.")
    return policy


def _offers(table: Table, base: OfferRules) -> OfferRules:
    stages = table.table("settlement", {})
    percents = {stage: stages.number(stage.name, 0, 99, base.settlement.get(stage, 0)) for stage in Stage}
    stages.done()
    found = OfferRules(
        settlement={stage: percent for stage, percent in percents.items() if percent},
        settlement_days=table.number("settlement_days", 1, YEAR, base.settlement_days),
        prepay_months=table.number("prepay_months", 0, 36, base.prepay_months),
        prepay_percent=table.number("prepay_percent", 0, 50, base.prepay_percent),
        prepay_days=table.number("prepay_days", 1, YEAR, base.prepay_days),
    )
    table.done()
    return found
