"""Points, services and orders of an account in one line each, as the summary and the panes show them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from collect_tui.desk.figures import amount, full_day, whose
from collect_tui.domain.states import ServiceState
from collect_tui.tui.render import text as tui_text
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Span

if TYPE_CHECKING:
    from collect_tui.desk.views.account import AccountView, OrderView, PointView, ServiceView


def live(point: PointView) -> bool:
    """May this number be called, and is it theirs?"""
    allowed = point.may_call is not None and point.may_call.allowed
    return allowed and point.consent != "out" and point.quality not in {"bad", "wrong"}


def number_beside(points: Iterable[PointView], view: AccountView, room: int) -> tuple[PointView | None, list[Span]]:
    """The first number for the row that says whether one may call, and as much of it as there is room for: what matters least stands
    last. None that may not be called stands beside a yes."""
    phones = (each for each in points if each.may_call is not None and (live(each) or not view.may_call.allowed))
    phone = next(phones, None)
    spans = [Span(" · ", Role.LABEL), *point_spans(phone)] if phone is not None else []
    while spans and sum(tui_text.width(span.text) for span in spans) > room - tui_text.width(view.call_label):
        spans = spans[:-1]
    return phone if spans else None, spans


def point_spans(point: PointView) -> list[Span]:
    state = [
        s
        for s in (point.quality if point.quality != "unknown" else "", "opted out" if point.consent == "out" else "")
        if s
    ]
    tried = f" · {point.attempts_7d}× in 7 d" if point.attempts_7d else ""
    return [
        Span(f"{point.short} ", Role.KEY),
        Span(point.value, Role.VALUE),
        Span(
            f" {', '.join(state)}" if state else "",
            Role.BAD if point.quality in {"bad", "wrong"} or point.consent == "out" else Role.GOOD,
        ),
        Span(f" {tui_text.clean(whose(point.party, point.role))}" if point.role else "", Role.HEAD),
        Span(f"  {point.local_time}" if point.local_time else "", Role.LABEL),
        Span(tried, Role.LABEL),
    ]


def service_spans(service: ServiceView, view: AccountView) -> list[Span]:
    state = service.status.lower().replace("_", " ")
    cause = f" ({service.suspend_cause})" if service.suspend_cause else ""
    spans = [
        Span(f"{service.product} ", Role.KEY),
        Span(f"{state}{cause}", Role.GOOD if service.status == ServiceState.ACTIVE else Role.BAD),
        Span(f" · {amount(service.monthly, view.currency)} a month", Role.LABEL),
    ]
    if service.life_support:
        spans.append(Span(" · life support", Role.BAD))
    if service.required_to_restore is not None:
        spans.append(Span(f" · {amount(service.required_to_restore, view.currency)} to restore", Role.WARN))
    elif service.suspend is not None:
        why = service.suspend.first
        check = (why.check or why.rule).replace("_", " ") if why is not None else "it is forbidden"
        told = "may be suspended" if service.suspend.allowed else f"no: {check}"  # the sentence is in the pane
        spans.append(Span(f" · {told}", Role.WARN if service.suspend.allowed else Role.DIM))
    return spans


def order_spans(order: OrderView, view: AccountView) -> list[Span]:
    words = f"{order.number} {order.kind} {order.product} {full_day(order.effective, view.business_date)} {order.status.lower()}"
    return [Span(words, Role.WARN), Span(" · stuck" if order.stuck else "", Role.BAD)]
