"""Turns rules.toml into typed values, and works out the public holidays of its country."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache
from importlib import resources
from itertools import pairwise
from typing import Any, Final, get_args

from collect_tui.defaults.build import YEAR
from collect_tui.defaults.build_contact import contact, verification
from collect_tui.defaults.reading import Table
from collect_tui.domain.codes import OFFERS
from collect_tui.domain.dates import WEEKDAYS, DateOrder, date_order_of, zone_info
from collect_tui.domain.errors import Invalid
from collect_tui.domain.message.template import LEVELS
from collect_tui.domain.money import LIMIT, exponent
from collect_tui.domain.parts import ITEM_KINDS
from collect_tui.domain.rules import (
    PRODUCT,
    LadderStep,
    OfferRun,
    QueuePolicy,
    Reminder,
    Rules,
    SuspendRules,
    Weights,
)
from collect_tui.domain.states import STAGES, Stage

DATE_ORDERS: Final[tuple[DateOrder, ...]] = get_args(DateOrder)


def rules(root: Table, next_actions: Collection[str], roles: Collection[str], today: date) -> Rules:
    desk = root.table("desk")
    zone, currency = desk.text("zone"), desk.text("currency")
    try:
        zone_info(zone)
    except Invalid as error:
        raise desk.error("zone", "zone", error.message) from None
    try:
        exponent(currency)
    except Invalid as error:
        raise desk.error("currency", "currency", error.message) from None
    country, subdivision = desk.text("country"), desk.maybe_text("subdivision")
    tolerance = desk.number("tolerance", 0, LIMIT)
    found = Rules(
        contact=contact(root.table("contact"), roles),
        verification=verification(root.table("verification")),
        suspend=_suspend(root.table("suspend"), tolerance),
        queue=_queue(root.table("queue"), roles),
        weights=_weights(root.table("weights")),
        ladder=tuple(_step(table, next_actions) for table in root.tables("ladder")),
        reminders=tuple(_reminder(table) for table in root.tables("reminders")),
        offers=_offers(root.table("offers")),
        states={state: table.texts() for state, table in root.table("states", {}).entries()},
        tolerance=tolerance,
        check_sample=desk.number("check_sample", 0, LIMIT),
        zone=zone,
        currency=currency,
        country=country,
        subdivision=subdivision,
        date_order=_date_order(desk, country),
        holidays=_holidays(desk, country, subdivision, today.year),
    )
    desk.done()
    root.done()
    _check_ladder(root, found.ladder)
    _check_reminders(root, found.reminders)
    return found


def _suspend(table: Table, tolerance: int) -> SuspendRules:
    found = SuspendRules(
        **_suspending(table),
        stuck_after_days=table.number("stuck_after_days", 0, YEAR),
        sources=table.table("sources", {}).texts(),
        tolerance=tolerance,
    )
    products = {}
    for name, own in table.variants("products", _SUSPENDING):
        if not re.match(PRODUCT, name):
            raise own.error("product", None, "expected a product as services have it, such as TV.")
        products[name] = replace(found, **_suspending(own))
    table.done()
    return replace(found, products=products)


_SUSPENDING: Final = (
    "notice_level",
    "notice_days",
    "no_cut_weekdays",
    "min_past_due",
    "min_dpd",
    "reconnect_fee",
    "terminate_dpd",
    "cut_rank",
)
"""Values that a product may have of its own; how long an order may take is the billing system's."""


def _suspending(table: Table) -> dict[str, Any]:
    names = {name[:3].lower(): at for at, name in enumerate(WEEKDAYS)}
    never = table.choices("no_cut_weekdays", tuple(names))
    if len(set(never)) == len(names):
        raise table.error("order", "no_cut_weekdays", "expected at least one weekday on which services are cut.")
    return {
        "notice_level": table.choice("notice_level", LEVELS),
        "notice_days": table.number("notice_days", 0, YEAR),
        "no_cut_weekdays": tuple(names[name] for name in never),
        "min_past_due": table.number("min_past_due", 0, LIMIT),
        "min_dpd": table.number("min_dpd", 0, 10 * YEAR),
        "reconnect_fee": table.number("reconnect_fee", 0, LIMIT),
        "terminate_dpd": table.number("terminate_dpd", 0, 10 * YEAR),
        "cut_rank": table.number("cut_rank", 1, 100),
    }


def _queue(table: Table, roles: Collection[str]) -> QueuePolicy:
    found = QueuePolicy(
        lease_minutes=table.number("lease_minutes", 1, 24 * 60),
        max_snooze_days=table.number("max_snooze_days", 1, YEAR),
        max_snoozes=table.number("max_snoozes", 0, 1000),
        accounts_a_day=table.number("accounts_a_day", 1, 10_000),
        max_next_action_days=table.number("max_next_action_days", 1, YEAR),
        override_role=table.choice("override_role", roles),
    )
    table.done()
    return found


def _weights(table: Table) -> Weights:
    names = ("money", "roll", "rpc", "kept", "risk", "stale", "linked")
    points = {name: table.number(name, 0, 1000) for name in names}
    table.done()
    if sum(points.values()) != 1000:
        raise table.error("sum", None, "the weights must add up to 1000.")
    return Weights(**points)


def _step(table: Table, next_actions: Collection[str]) -> LadderStep:
    step = LadderStep(
        stage=Stage(table.choice("stage", STAGES)),
        offset_days=table.number("offset_days", -YEAR, 10 * YEAR),
        action=table.choice("action", next_actions),
        title=table.line("title"),
        message=table.text("message", ""),
        level=table.word("notice", LEVELS),
        gap_days=table.number("gap_days", 0, YEAR, 0),
        action_days=table.number("action_days", 0, YEAR, 0),
        segment=table.text("segment", ""),
    )
    table.done()
    if step.level and not step.message:
        raise table.error("order", "notice", "a notice is a message; expected the key message with its template.")
    return step


def _offers(table: Table) -> dict[str, OfferRun]:
    found = {name: _offer(table.table(name)) for name in OFFERS}
    table.done()
    return found


def _offer(table: Table) -> OfferRun:
    found = OfferRun(table.text("message"), table.number("every_days", 1, 10 * YEAR), table.number("nightly", 0, LIMIT))
    table.done()
    return found


def _reminder(table: Table) -> Reminder:
    found = Reminder(
        message=table.text("message"),
        days=table.numbers("days", 0, YEAR),
        kind=table.choice("kind", ITEM_KINDS),
        below=Stage(table.choice("below", STAGES[1:], Stage.FINAL)),
        segment=table.text("segment", ""),
    )
    table.done()
    if any(nearer >= days for days, nearer in pairwise(found.days)):
        raise table.error("order", "days", "expected days before due that go down, such as [60, 30, 7].")
    return found


def _check_reminders(root: Table, reminders: Collection[Reminder]) -> None:
    seen: set[tuple[str, str]] = set()
    for each in reminders:
        if (each.segment, each.kind) in seen:
            whose = f" of segment {each.segment}" if each.segment else ""
            raise root.error("duplicate", "reminders", f"expected one entry for items of kind {each.kind}{whose}.")
        seen.add((each.segment, each.kind))


def _check_ladder(root: Table, steps: Collection[LadderStep]) -> None:
    for segment in {step.segment for step in steps}:
        places = [(STAGES.index(step.stage), step.offset_days) for step in steps if step.segment == segment]
        for (stage, offset), (next_stage, next_offset) in pairwise(places):
            if next_stage <= stage or next_offset <= offset:
                told = f"of segment {segment} " if segment else ""
                said = f"expected stages {told}that go up, each with more days than the one before."
                raise root.error("order", "ladder", said)


def _date_order(desk: Table, country: str) -> DateOrder:
    said = desk.maybe_choice("date_order", DATE_ORDERS)
    return next((order for order in DATE_ORDERS if order == said), date_order_of(country))


def _holidays(desk: Table, country: str, subdivision: str | None, year: int) -> frozenset[date]:
    try:
        return _public_holidays(country, subdivision, year)
    except NotImplementedError:
        key = "country" if subdivision is None else "subdivision"
        expected = (
            "a country code such as US" if subdivision is None else "a state or province of the country, such as CA"
        )
        raise desk.error("country", key, f"no public holidays are known for it; expected {expected}.") from None


@lru_cache(maxsize=16)
def _public_holidays(country: str, subdivision: str | None, year: int) -> frozenset[date]:
    """Public holidays, as observed, of the year, the one before and the one after."""
    years = range(year - 1, year + 2)
    known = worked_out(country) if subdivision is None else {}
    if all(each in known for each in years):
        return frozenset(day for each in years for day in known[each])
    import holidays  # loads every country there is: a quarter of the way to the first screen

    return frozenset(holidays.country_holidays(country, subdiv=subdivision, years=years))


def worked_out(country: str) -> Mapping[int, tuple[date, ...]]:
    """Public holidays of a country by year, from our own table `holidays.txt`; empty for a country that is not in it."""
    found: dict[int, tuple[date, ...]] = {}
    for line in resources.files("collect_tui.defaults").joinpath("holidays.txt").read_text("ascii").splitlines():
        name, *days = line.split()
        if name == country:
            found[int(days[0][:4])] = tuple(date.fromisoformat(day) for day in days)
    return found
