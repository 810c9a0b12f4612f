"""The panes of an account that are lines: timeline, items and ageing, payments, contact points, promises, services and orders, audit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from collect_tui.desk import figures
from collect_tui.desk.figures import amount, full_day
from collect_tui.domain.dates import local_time, named_day
from collect_tui.domain.order.required import in_words
from collect_tui.domain.states import PaymentState, PromiseState
from collect_tui.domain.wording import numbered
from collect_tui.tui.render import text as tui_text
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.spans import order_spans, point_spans, service_spans
from collect_tui.tui.render.styled import Line, Span

if TYPE_CHECKING:
    from collect_tui.desk.views.account import (
        AccountView,
        AuditEntry,
        ItemView,
        OrderView,
        PaneView,
        PaymentView,
        PointView,
        PromiseView,
        ServiceView,
        TimelineEntry,
    )
    from collect_tui.desk.views.act import VerdictView
    from collect_tui.domain.codes import Codes


NOTHING: Final = "nothing here yet"

_INDENT = 5
_CHECK = 13  # cells of a check's name


def pane_lines(pane: PaneView, view: AccountView, width: int, codes: Codes | None = None) -> list[Line]:
    """The lines of any pane; one line says so when there is nothing.  `codes` give result codes their words."""
    match pane.pane:
        case "timeline":
            lines = timeline(pane.timeline, view, width, codes)
        case "items":
            lines = [*ageing(view), Line(), *items(pane.items, view, width)]
        case "payments":
            lines = payments(pane.payments, view, width)
        case "points":
            lines = points(pane.points, width)
        case "promises":
            lines = promises(pane.promises, view)
        case "services":
            lines = [*services(pane.services, view, width), *orders(pane.orders, view)]
        case "audit":
            lines = audit(pane.audit, view, width)
        case "messages" | "cases" | "linked":  # rows of a table
            lines = []
    return lines or [Line.of((NOTHING, Role.DIM))]


def titled(title: str, codes: Codes | None, cells: int) -> str:
    """A contact's codes with the words of its result, when there is room for them: `TM LM left message`."""
    results = codes.results if codes is not None else {}
    words = " ".join(results[code].title.lower() for code in title.split() if code in results)
    longer = f"{title} {tui_text.clean(words)}"
    return longer if words and tui_text.width(longer) <= cells else title


def timeline(entries: Iterable[TimelineEntry], view: AccountView, width: int, codes: Codes | None = None) -> list[Line]:
    """What happened, newest first; long notes wrap under their own column."""
    lines: list[Line] = []
    for e in entries:
        money = f" {amount(e.amount, view.currency)}" if e.amount is not None else ""
        head = f"{moment(e.at, view)}  {tui_text.fit(tui_text.clean(e.by), 8)} "
        text = tui_text.clean(e.text)
        rest = tui_text.wrap(text, max(20, width - 24))
        beside = tui_text.width(rest[0]) + 1 if rest and len(e.title) + len(rest[0]) < width - 26 else 0
        words = titled(e.title, codes, width - 26 - beside) if e.kind == "contact" else e.title
        till = "from" if e.title == "plan" else "by"
        day = f" {till} {e.due:%a} {full_day(e.due, view.business_date)}" if e.due is not None else ""
        title = f"{words}{money}{day}"
        lines.append(
            Line.of(
                (head, Role.LABEL),
                (title, _tone(e.kind)),
                (f"  {rest[0]}" if rest and len(title) + len(rest[0]) < width - 26 else "", Role.PLAIN),
            )
        )
        shown = rest[1:] if rest and len(title) + len(rest[0]) < width - 26 else rest
        lines += [Line.of((" " * 23, Role.PLAIN), (part, Role.PLAIN)) for part in shown]
    return lines


def _tone(kind: str) -> Role:
    return {"payment": Role.GOOD, "promise": Role.WARN, "order": Role.BAD, "hold": Role.BAD, "note": Role.LABEL}.get(
        kind, Role.VALUE
    )


def moment(at: datetime, view: AccountView) -> str:
    """A day and an hour at the desk; of another year the day with its year."""
    return figures.moment(at, view.desk_zone, view.business_date)


def ageing(view: AccountView) -> list[Line]:
    a = view.ageing
    cells = [
        ("current", a.current),
        ("1-30", a.b1_30),
        ("31-60", a.b31_60),
        ("61-90", a.b61_90),
        ("91+", a.b91_plus),
        ("credits", a.credits),
        ("total", a.total),
    ]
    head = "".join(f"{name:>11}" for name, _ in cells)
    figures = "".join(f"{amount(minor, view.currency):>11}" for _, minor in cells)
    return [Line.of((head, Role.LABEL)), Line.of((figures, Role.MONEY))]


def items(rows: Sequence[ItemView], view: AccountView, width: int) -> list[Line]:
    wide, room, at = width >= 72, 16 if width >= 72 else 15 if width >= 56 else 13, 12 if width >= 56 else 7
    head = f"{'document':<{room}}{'due':>{at}}{'dpd':>5}{'open':>13}{'disputed':>11}" + (
        f"{'amount':>13}  service" if wide else ""
    )
    lines = [Line.of((head, Role.LABEL))] if rows else []
    for i in rows:
        late = Role.BAD if i.dpd > 30 else Role.WARN if i.dpd else Role.PLAIN
        disputed = amount(i.disputed, view.currency) if i.disputed else ""
        more = f"{amount(i.amount, view.currency):>13}  {i.service or ''}" if wide else ""
        due = full_day(i.due, view.business_date)
        lines.append(
            Line.of(
                (tui_text.fit(tui_text.clean(i.doc_no), room), Role.VALUE),
                tui_text.fit(due if len(due) <= at else f"{i.due:%b %y}", at, "right"),
                (f"{i.dpd or '':>5}", late),
                (f"{amount(i.open, view.currency):>13}", Role.MONEY),
                (f"{disputed:>11}", Role.WARN),
                more,
            )
        )
    return lines


def payments(rows: Iterable[PaymentView], view: AccountView, width: int) -> list[Line]:
    lines: list[Line] = []
    for p in rows:
        state = p.status.lower().replace("_", " ")
        tone = (
            Role.BAD
            if p.status in {PaymentState.RETURNED, PaymentState.REVERSED}
            else Role.WARN
            if p.unapplied
            else Role.GOOD
        )
        left = f" · {amount(p.unapplied, view.currency)} unapplied" if p.unapplied else ""
        left += f" · {amount(p.returned, view.currency)} returned" if p.returned else ""
        lines.append(
            Line.of(
                f"{full_day(p.received_on, view.business_date):>11}  ",
                (f"{amount(p.amount, view.currency):>12}", Role.MONEY),
                f"  {p.method:<8} ",
                (tui_text.fit(tui_text.clean(p.ref), 18), Role.VALUE),
                (f" {state}{left}", tone),
            )
        )
        lines += [
            Line.of((" " * 27, Role.PLAIN), (part, Role.LABEL))
            for part in tui_text.wrap(", ".join(p.applied_to), max(20, width - 28))
        ]
    return lines


def points(rows: Iterable[PointView], width: int) -> list[Line]:
    lines: list[Line] = []
    for p in rows:
        by = f" by {p.consent_source}" if p.consent_source else ""
        given = f"consent {p.consent}{by} on {named_day(p.consent_on, 0)}" if p.consent_on else ""
        lines.append(Line((*point_spans(p), Span(f"  {p.kind}", Role.DIM))))
        lines += [Line.of((" " * _INDENT + part, Role.DIM)) for part in tui_text.wrap(given, max(20, width - _INDENT))]
        if p.may_call is not None:
            lines += checks(p.may_call, width)
    return lines


def checks(verdict: VerdictView, width: int = 0) -> list[Line]:
    """A verdict check by check: ok, mind or no, then the sentence, which wraps where a width is given."""
    word = {"allow": ("ok", Role.GOOD), "info": ("ok", Role.GOOD), "warn": ("mind", Role.WARN)}
    lines = []
    for f in verdict.findings:
        said, tone = word.get(f.severity, ("no", Role.BAD))
        cite = f"  [{f.cite}]" if f.cite and f.severity != "allow" else ""
        check = tui_text.fit(tui_text.clean(f.check.replace("_", " ")), _CHECK)
        room = width - _INDENT - 5 - _CHECK - 1
        whole = f.sentence + cite
        first, *rest = (tui_text.wrap(whole, room) if width and room > 10 else []) or [whole]
        lines.append(Line.of((f"{'':{_INDENT}}{said:<5}", tone), (f"{check} ", Role.LABEL), first))
        lines += [Line.of(" " * (_INDENT + 6 + _CHECK) + part) for part in rest]
    return lines


def promises(rows: Iterable[PromiseView], view: AccountView) -> list[Line]:
    lines: list[Line] = []
    tones: dict[str, Role] = {
        PromiseState.ACTIVE: Role.GOOD,
        PromiseState.KEPT: Role.GOOD,
        PromiseState.BROKEN: Role.BAD,
        PromiseState.PARTIAL: Role.BAD,
    }
    for p in rows:
        words = f"{p.kind} {amount(p.total, view.currency)}, {amount(p.paid, view.currency)} paid"
        by = f" · made {full_day(p.made_on, view.business_date)} by {p.made_by}"
        lines.append(
            Line.of((f"{p.status.lower():<11}", tones.get(p.status, Role.DIM)), (words, Role.VALUE), (by, Role.LABEL))
        )
        if p.override:
            lines.append(Line.of((f"{'':11}override by {p.override}", Role.WARN)))
        if p.confirm_by is not None:
            done = p.confirmed_on is not None
            told = f"confirmed in writing {full_day(p.confirmed_on, view.business_date)}" if p.confirmed_on else ""
            told = told or f"written confirmation due by {p.confirm_by:%a} {full_day(p.confirm_by, view.business_date)}"
            late = p.status == PromiseState.ACTIVE and p.confirm_by < view.business_date
            lines.append(Line.of((f"{'':11}{told}", Role.DIM if done else Role.BAD if late else Role.WARN)))
        if p.closed_reason:
            lines.append(Line.of((f"{'':11}{p.closed_reason}", Role.DIM)))
        for i in p.instalments:
            due = f"{'':11}{numbered(i.seq)} {i.due:%a} {full_day(i.due, view.business_date):<12}{amount(i.amount, view.currency):>12}"
            paid = f" {amount(i.paid, view.currency):>12} paid" if i.paid else ""
            lines.append(
                Line.of(
                    due, (paid, Role.GOOD), (f"  {i.status.lower().replace('_', ' ')}", tones.get(p.status, Role.DIM))
                )
            )
    return lines


def services(rows: Iterable[ServiceView], view: AccountView, width: int) -> list[Line]:
    lines: list[Line] = []
    for s in rows:
        spans = [
            span for span in service_spans(s, view) if not span.text.startswith((" · no: ", " · may be suspended"))
        ]
        lines.append(Line((*spans, Span(f" · {s.billing_system} {s.identifier}", Role.DIM))))
        if s.required_parts:
            told = in_words(s.required_parts, s.not_needed, view.currency)
            lines += [Line.of(f"   {row}") for row in tui_text.wrap(f"To restore {told}", max(1, width - 3))]
        verdict = s.suspend or s.restore
        if verdict is not None:
            title = "suspend" if s.suspend is not None else "restore"
            lines.append(
                Line.of(
                    (f"   May I {title} it?", Role.LABEL),
                    (" yes" if verdict.allowed else " no", Role.WARN if verdict.allowed else Role.DIM),
                )
            )
            lines += checks(verdict, width)
    return lines


def orders(rows: Sequence[OrderView], view: AccountView) -> list[Line]:
    lines = [Line(), Line.of(("Orders", Role.HEAD))] if rows else []
    for o in rows:
        sent = f" · sent {moment(o.sent_at, view)}" if o.sent_at else ""
        lines.append(
            Line(
                (
                    *order_spans(o, view),
                    Span(
                        f" · {o.reason} · asked {full_day(o.requested_on, view.business_date)}{sent} {o.detail}",
                        Role.LABEL,
                    ),
                )
            )
        )
    return lines


def audit(rows: Iterable[AuditEntry], view: AccountView, width: int) -> list[Line]:
    lines: list[Line] = []
    for e in rows:
        lines.append(
            Line.of(
                (f"{e.seq:>4} {local_time(e.at, view.desk_zone):%Y-%m-%d %H:%M}  ", Role.LABEL),
                (f"{e.by} ", Role.VALUE),
                e.command,
                (f"  {e.verdict}", Role.DIM),
            )
        )
        lines += [
            Line.of((" " * 23, Role.PLAIN), (part, Role.DIM))
            for part in tui_text.wrap("; ".join(e.effects), max(20, width - 24))
        ]
    return lines
