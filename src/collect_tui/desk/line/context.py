"""What the line must know to read a word: the site's codes, and the account in front of the agent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import cached_property
from typing import Self

from collect_tui.desk.catalogue import Catalogue
from collect_tui.desk.line import sending
from collect_tui.desk.line.sending import Sending
from collect_tui.desk.views.account import AccountView, OrderView, PaymentView, WaitingMessage
from collect_tui.desk.views.case import AccountCase
from collect_tui.desk.views.session import Session
from collect_tui.domain.case.definition import Kind
from collect_tui.domain.codes import Codes
from collect_tui.domain.contact.zones import same_day
from collect_tui.domain.dates import Calendar, DateOrder, format_day, offset_label, zone_info
from collect_tui.domain.errors import Invalid
from collect_tui.domain.order.kinds import KINDS
from collect_tui.domain.rules import HoldKind
from collect_tui.domain.states import OrderState


@dataclass(frozen=True)
class LineContext:
    """Amounts are minor units of `currency`; `today` is the business date; `now_local` is aware, in the desk's zone.

    `points` are (short, kind, value); `items` (document number, open, disputed); `services` (product, identifier,
    status); `orders` the numbers of those that can still be cancelled. `number` None: there is no account, so words
    that name a thing of the account are taken as typed, and amounts that stand for a balance are refused.
    """

    codes: Codes
    abbreviations: Mapping[str, str]
    holds: Mapping[str, HoldKind]
    today: date
    now_local: datetime
    currency: str
    total: int = 0
    past_due: int = 0
    collectable: int = 0
    items: tuple[tuple[str, int, int], ...] = ()
    money: tuple[tuple[str, int], ...] = ()
    """Payments with something unapplied: reference, and what of it."""
    payments: tuple[PaymentView, ...] = ()
    """The latest that have not been taken back, newest first."""
    points: tuple[tuple[str, str, str], ...] = ()
    others: frozenset[str] = frozenset()
    """The points of other parties than the holder, by short name."""
    facts: Mapping[str, str] = field(default_factory=dict)
    """By which the site verifies customers."""
    services: tuple[tuple[str, str, str], ...] = ()
    systems: Mapping[str, str] = field(default_factory=dict)
    """The billing systems of the services, by identifier."""
    orders: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    """The numbers of cuts that have left and could be reversed, the latest first."""
    placed: Mapping[str, str] = field(default_factory=dict)
    """What each order is, by number."""
    customer_zone: str | None = None
    zones: tuple[str, ...] = ()
    hours: tuple[time, time] | None = None
    calendar: Calendar | None = None
    date_order: DateOrder = "dmy"
    number: str | None = None
    pinned: tuple[str, ...] = ()
    standing: tuple[str, ...] = ()
    """Kinds of the holds on the account, of which the site may know some no more."""
    sending: Sending = field(default_factory=Sending)
    waiting: tuple[WaitingMessage, ...] = ()
    late: frozenset[str] = frozenset()
    """Document numbers of the items that are past due: only these are in the collectable."""
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    departments: Mapping[str, str] = field(default_factory=dict)
    cases: tuple[AccountCase, ...] = ()

    @classmethod
    def of(cls, account: AccountView, catalogue: Catalogue, session: Session) -> Self:
        """The context of an account on the screen."""
        contact = catalogue.rules.contact.of(account.party_kind)
        return cls(
            codes=catalogue.codes,
            abbreviations=catalogue.abbreviations,
            holds=catalogue.holds,
            today=max(account.business_date, session.business_date),
            now_local=max(account.now, session.now).astimezone(zone_info(session.zone)),
            currency=account.currency,
            total=account.total,
            past_due=account.past_due,
            collectable=account.collectable,
            items=tuple((item.doc_no, item.open, item.disputed) for item in account.items),
            money=tuple((each.ref, each.unapplied) for each in account.unapplied_payments if each.ref),
            payments=tuple(each for each in account.latest_payments if each.ref),
            points=tuple((point.short, point.kind, point.value) for point in account.points),
            others=frozenset(point.short for point in account.points if point.role),
            services=tuple((one.product, one.identifier, one.status) for one in account.services),
            systems={one.identifier: one.billing_system for one in account.services},
            orders=tuple(
                order.number for order in account.orders if order.status in (OrderState.DRAFT, OrderState.REQUESTED)
            ),
            left=tuple(order.number for order in sorted(account.orders, key=_effective) if _may_be_reversed(order)),
            placed={
                order.number: f"{order.kind} {order.product} {format_day(order.effective, account.business_date)}"
                f", {order.status.lower()}"
                for order in account.orders
            },
            customer_zone=_known_zone(account.zone),
            zones=account.zones,
            hours=(contact.start, contact.end),
            calendar=Calendar(holidays=catalogue.rules.holidays),
            date_order=catalogue.rules.date_order,
            number=account.number,
            pinned=account.pinned,
            standing=tuple(hold.kind for hold in account.holds),
            sending=sending.to(account, catalogue),
            waiting=account.waiting,
            late=frozenset(item.doc_no for item in account.items if item.dpd > 0),
            kinds=catalogue.cases.kinds,
            departments=_titles(catalogue),
            facts=catalogue.rules.verification.facts,
            cases=account.cases,
        )

    @classmethod
    def seen(cls, account: AccountView | None, catalogue: Catalogue, session: Session) -> Self:
        """The context of an account, or of none while it is not known."""
        return cls.bare(catalogue, session) if account is None else cls.of(account, catalogue, session)

    @classmethod
    def bare(cls, catalogue: Catalogue, session: Session) -> Self:
        """The context of no account: help, key tables, reading a line before its account is known."""
        return cls(
            codes=catalogue.codes,
            abbreviations=catalogue.abbreviations,
            holds=catalogue.holds,
            today=session.business_date,
            now_local=session.now.astimezone(zone_info(session.zone)),
            currency=session.currency,
            calendar=Calendar(holidays=catalogue.rules.holidays),
            date_order=catalogue.rules.date_order,
            sending=sending.to_anyone(catalogue),
            kinds=catalogue.cases.kinds,
            departments=_titles(catalogue),
            facts=catalogue.rules.verification.facts,
        )

    @cached_property
    def now_there(self) -> datetime:
        """Now, in the zone that times on the line are meant in: the customer's when known, else the desk's."""
        if self.customer_zone is None:
            return self.now_local
        return self.now_local.astimezone(zone_info(self.customer_zone))

    def within_hours(self, at: datetime) -> datetime:
        """A time that the line proposes itself, moved on to where the hours of all zones of the customer are open that day."""
        return at if self.hours is None else same_day(self.zones, *self.hours, at)

    def zone_label(self, instant: datetime) -> str:
        """Whose time it is, with city and offset at that instant: `customer's time, Chicago UTC-06:00`."""
        if self.customer_zone is not None:
            return f"customer's time, {offset_label(self.customer_zone, instant)}"
        name = getattr(self.now_local.tzinfo, "key", None)
        if isinstance(name, str):
            return f"desk time, {offset_label(name, instant)}"
        return f"desk time, UTC{instant.astimezone(self.now_local.tzinfo or UTC):%:z}"

    @property
    def templates(self) -> tuple[str, ...]:
        """The names of the templates that are for customers and not for the firm's own people."""
        return tuple(self.sending.every)

    @cached_property
    def point_names(self) -> Mapping[str, tuple[str, str, str]]:
        return {point[0].lower(): point for point in self.points}

    @cached_property
    def verbs_of_kinds(self) -> Mapping[str, Kind]:
        """The kinds of cases by their verbs, in lower case."""
        return {kind.verb.lower(): kind for kind in self.kinds.values()}

    def kind_of_result(self, low: str) -> Kind | None:
        """The kind of case whose verb is this word, in lower case, where it is the code of a result too."""
        return self.verbs_of_kinds.get(low) if low.upper() in self.codes.results else None

    @cached_property
    def documents(self) -> Mapping[str, tuple[str, int]]:
        """Document number in lower case → as written, and open."""
        return {doc_no.lower(): (doc_no, open_) for doc_no, open_, _ in self.items}

    @cached_property
    def known_numbers(self) -> tuple[str, ...]:
        """Numbers of this account that are never card numbers."""
        numbers = [
            self.number or "",
            *self.orders,
            *(item[0] for item in self.items),
            *(one.number for one in self.cases),
        ]
        numbers += [point[2] for point in self.points] + [service[1] for service in self.services]
        return tuple(number for number in numbers if number)


def _effective(order: OrderView) -> tuple[int, str]:
    return -order.effective.toordinal(), order.number


def _may_be_reversed(order: OrderView) -> bool:
    """Of a service that is gone nothing is reversed, and what has not left is cancelled."""
    kind = KINDS.get(order.kind)
    left = order.status in (OrderState.SENT, OrderState.COMPLETED)
    return left and kind is not None and kind.cuts and order.kind != "terminate"


def _titles(catalogue: Catalogue) -> dict[str, str]:
    return {each.name: each.title for each in catalogue.cases.departments.values()}


def _known_zone(zone: str | None) -> str | None:
    """The zone, or None when the tz database does not have it; times are then read as the desk's, and say so."""
    try:
        return zone if zone and zone_info(zone) else None
    except Invalid:
        return None
