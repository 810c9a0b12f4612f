"""Views as plain text, for the plain commands, pipes and screen readers: no colour, no cursor, one fact per line where it helps."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, TextIO

from collect_tui.common.text import clean
from collect_tui.common.widths import table
from collect_tui.desk.figures import whose
from collect_tui.desk.views.case import ACCOUNT_CASE_COLUMNS, CaseFigure, counted
from collect_tui.desk.views.linked import LINKED_COLUMNS
from collect_tui.desk.views.message import MESSAGE_COLUMNS, head, without_text
from collect_tui.desk.views.queue import BOARD_COLUMNS, QUEUE_COLUMNS
from collect_tui.desk.views.said import text as said_text
from collect_tui.domain.dates import format_day, named_day, stamp
from collect_tui.domain.errors import DomainError
from collect_tui.domain.money import format_minor
from collect_tui.domain.order.required import in_words
from collect_tui.domain.states import OPEN_INSTALMENT
from collect_tui.domain.wording import numbered

if TYPE_CHECKING:
    from collect_tui.desk.columns import Column
    from collect_tui.desk.views.account import AccountView, FindHit, HoldView, PaneView
    from collect_tui.desk.views.act import Preview, Receipt
    from collect_tui.desk.views.forecast import Forecast
    from collect_tui.desk.views.message import MessageView
    from collect_tui.desk.views.queue import QueueBoard, QueuePage, Why
    from collect_tui.desk.views.session import DayReport, OrdersReport, Session, WaitingOrder


class Bar:
    """Progress of long work on a terminal: one line, rewritten."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._last = ""

    def __call__(self, title: str, done: int, of: int) -> None:
        share = f"{done * 100 // of:3d} %" if of else f"{done:,}"
        line = f"\r{title[:40]:40} {share}"
        if line != self._last:
            self._last = line
            self._out.write(line if not of or done < of else line + "\n")
            self._out.flush()


def problem(error: DomainError, as_json: bool) -> str:
    if not as_json:
        return clean(f"collect-tui: {error.message}", keep_newlines=True)
    extra = {k: getattr(error, k) for k in ("by", "version") if hasattr(error, k)}
    body: dict[str, Any] = {"error": error.code, "message": error.message, "field": error.field, **extra}
    if error.details:
        body["details"] = error.details
    for name in ("verdict", "confirm"):
        if (told := getattr(error, name, None)) is not None:
            body[name] = told.model_dump(mode="json")
    return json.dumps(body)


def listed(
    columns: Sequence[Column], rows: Iterable[object], session: Session, *, numbered: bool = False, first: int = 1
) -> str:
    """The rows of a list under its columns, each with its number if asked for, from `first` on."""
    shown = [column for column in columns if column.above_plain]
    head = [column.above_plain for column in shown]
    cells = [[column.in_plain(row, session) for column in shown] for row in rows]
    right = [i for i, column in enumerate(shown) if column.align == "right"]
    if not numbered:
        return table(head, cells, right)
    return table(["#", *head], [[str(n), *row] for n, row in enumerate(cells, first)], [0, *(i + 1 for i in right)])


def board_text(board: QueueBoard, session: Session) -> str:
    head = f"Business date {board.business_date:%a} {board.business_date}\n"
    covered = (board.coverage.words,) if board.coverage is not None else ()
    return "\n".join((head + listed(BOARD_COLUMNS, board.queues, session), *map(_case_figure, board.cases), *covered))


def board_rows_text(board: QueueBoard, session: Session) -> str:
    """The board as it stands on the screen, each queue and list of cases with its number."""
    columns = [column for column in BOARD_COLUMNS if column.above_plain]
    rows = [
        (str(n), each.name, _case_figure(each), *("" for _ in columns[2:]))
        if isinstance(each, CaseFigure)
        else (str(n), *(column.in_plain(each, session) for column in columns))
        for n, each in enumerate(board.in_order, 1)
    ]
    right = [i for i, column in enumerate(columns, 1) if column.align == "right"]
    told = table(["#", *(column.above_plain for column in columns)], rows, [0, *right])
    return f"{told}\n{board.coverage.words}" if board.coverage is not None else told


def _case_figure(each: CaseFigure) -> str:
    return f"{each.title}: {counted(each.count)}{f', {counted(each.pressing)} pressing' if each.pressing else ''}"


def page_text(page: QueuePage, session: Session, first: int = 1) -> str:
    """`first`: the number of its first row."""
    left = page.figure.count - len(page.rows) - first + 1
    more = "" if not page.cursor else "\n… more" if page.words else f"\n… {left:,} more"
    wanted = f" · {page.words}" if page.words else ""
    return f"{page.title}{wanted}\n{listed(QUEUE_COLUMNS, page.rows, session, numbered=True, first=first)}{more}"


def forecast_text(found: Forecast) -> str:
    lines = [found.head, ""]
    lines.append(f"{'':<16}{'before':>9}{'after':>9}{'come':>9}{'go':>9}")
    lines += [
        f"{q.name:<16}{q.before:>9,}{q.after:>9,}{q.come:>+9,}{-q.go:>+9,}" for q in found.queues if q.before or q.after
    ]
    lines.append("")
    for move in found.moves:
        why = f": {move.why}" if move.why else ""
        some = f"{', '.join(move.samples)}{' …' if move.count > len(move.samples) else ''}"
        lines.append(f"{move.count:>7,}  {move.origin or 'no queue'} → {move.to or 'no queue'}  ({some}){why}")
    lines += ["", found.words]
    return "\n".join(lines)


def hits_json(hits: Sequence[FindHit]) -> str:
    return json.dumps([h.model_dump(mode="json") for h in hits], indent=2, ensure_ascii=False)


def _until(hold: HoldView, account: AccountView) -> str:
    return format_day(hold.until, account.business_date) if hold.until else "released"


def account_text(a: AccountView) -> str:
    def money(minor: int) -> str:
        return format_minor(minor, a.currency)

    ages = a.ageing
    lines = [
        f"{a.name}  {a.number}  {a.segment}  {a.status.lower()}, stage {a.stage.lower().replace('_', ' ')}",
        f"collectable {money(a.collectable)} {a.currency} · past due {money(a.past_due)}"
        f" · disputed {money(a.disputed)} · promised {money(a.promised)}"
        f" · unapplied {money(a.unapplied)} · total {money(a.total)}",
        f"{a.late} · current {money(ages.current)} · 1-30 {money(ages.b1_30)} · 31-60 {money(ages.b31_60)}"
        f" · 61-90 {money(ages.b61_90)} · 91+ {money(ages.b91_plus)} · credits {money(ages.credits)}",
        f"can call: {a.call_label}",
        *(["the customer is verified for this call"] if a.verified else []),
        *([f"asked for: {a.times}"] if a.times else []),
        *(
            "  " + " ".join(filter(None, (p.short, p.value, p.quality, whose(p.party, p.role), p.local_time)))
            for p in a.points
        ),
        *(f"pinned: {text}" for text in a.pinned),
        *([f"credit limit {money(a.credit_limit)}"] if a.credit_limit is not None else []),
        *(["cash only"] if a.cash_only else []),
        *([f"owner {a.owner}"] if a.owner else []),
        *([f"needs {a.support}"] if a.support else []),
        *(f"hold: {h.kind} until {_until(h, a)}: blocks {', '.join(h.blocks) or 'nothing'}" for h in a.holds),
    ]
    if a.promise:
        due = next((i for i in a.promise.instalments if i.status in OPEN_INSTALMENT), None)
        nxt = f", next {money(due.amount - due.paid)} by {format_day(due.due, a.business_date)}" if due else ""
        lines.append(f"{a.promise.kind} promise of {money(a.promise.total)}, paid {money(a.promise.paid)}{nxt}")
    lines.append(f"promises in 12 months: {a.kept_12m} kept, {a.broken_12m} broken")
    lines += [
        f"service {s.product} {s.identifier} {s.status.lower().replace('_', ' ')}{f' ({s.suspend_cause})' if s.suspend_cause else ''}"
        f"{f', to restore {in_words(s.required_parts, s.not_needed, a.currency)}' if s.required_parts else ''}"
        for s in a.services
    ]
    lines += [
        f"order {o.number} {o.kind} {o.product} {format_day(o.effective, a.business_date)} {o.status.lower()}{' STUCK' if o.stuck else ''}"
        for o in a.orders
    ]
    lines += [
        f"case {c.number} {c.title.lower()} {c.about} {money(c.amount)} {c.label}{f', {c.asked} to decide' if c.asked else ''}"
        for c in a.cases
    ]
    lines += [f"last word: {a.last_word}"] if a.last_word else []
    lines += [f"next action: {a.next_action}"] if a.next_action else []
    lines += [f"queue: {a.queue} · {' · '.join(a.chips)}"] if a.queue else []
    lines += [f"held by {a.claimed_by}"] if a.claimed_by else []
    return "\n".join(clean(line) for line in lines)


def pane_text(pane: PaneView, session: Session, *, numbered: bool = False) -> str:
    """A pane's rows; instants by the clock of the desk. `numbered`: those of lists that are opened."""
    lists = (MESSAGE_COLUMNS, pane.messages), (LINKED_COLUMNS, pane.linked), (ACCOUNT_CASE_COLUMNS, pane.cases)
    for columns, rows in lists:
        if rows:
            return listed(columns, rows, session, numbered=numbered)
    entries: Sequence[Any] = next((getattr(pane, f) for f in (pane.pane,) if getattr(pane, f)), ())
    if pane.pane == "services":
        entries = (*pane.services, *pane.orders)
    return (
        "\n".join(clean(_entry(e, pane.currency or session.currency, session.zone)) for e in entries) or "nothing here"
    )


_MONEY = {"amount", "open", "disputed", "unapplied", "total", "paid", "monthly", "required_to_restore"}


def _entry(entry: Any, currency: str, zone: str) -> str:
    """One row of any pane: its fields in order, empty ones left out."""
    parts = []
    for name in type(entry).model_fields:
        value = getattr(entry, name)
        if value in (None, "", (), 0, False) or hasattr(value, "findings"):
            continue
        if name in _MONEY:
            parts.append(f"{name} {format_minor(value, currency)}")
        elif isinstance(value, datetime):
            parts.append(stamp(value, zone))
        elif name == "instalments":
            parts.append("; ".join(f"{i.due} {format_minor(i.amount, currency)} {i.status.lower()}" for i in value))
        elif name in ("required_parts", "not_needed"):
            parts.append(f"{name} {' + '.join(f'{p.what} {format_minor(p.amount, currency)}' for p in value)}")
        elif isinstance(value, tuple):
            parts.append(", ".join(map(str, value)))
        else:
            parts.append(str(value))
    return "  ".join(parts)


def message_text(message: MessageView, session: Session) -> str:
    """What there is to say of a message, then its text."""
    told = [clean(f"{label}: {words}") for label, words in head(message, session)]
    return "\n".join((*told, "", clean(message.text or without_text(message), keep_newlines=True).rstrip()))


def why_text(why: Why) -> str:
    if why.queue is None:
        told = [f"{why.account} is in no queue now:", *(f"  {reason}" for reason in why.absent)]
        return clean("\n".join(told), keep_newlines=True)
    place = f", place {why.position}" if why.position else ""
    lines = [f"{why.account} is in {why.queue} ({why.title}), tier {why.tier}{place}, score {why.score} of 1000"]
    lines += [f"  {t.name:8} {t.points:4d} of {t.most:3d}  {t.explanation}" for t in why.terms]
    lines += [f"reasons: {', '.join(why.reasons)}", f"chips: {' · '.join(why.chips)}"]
    return clean("\n".join(lines), keep_newlines=True)


def preview_text(preview: Preview) -> str:
    """What would happen, sentence by sentence in their order; a plan's instalments; the verdict with its sources."""
    if preview.error:
        return clean(f"cannot be done: {preview.error}")
    lines = [
        *(each.text for each in preview.said),
        *(
            f"  {numbered(r.seq).lstrip()} {r.due:%a} {r.due} {format_minor(r.amount, preview.currency)}"
            for r in preview.schedule
            if len(preview.schedule) > 1
        ),
        f"verdict: {preview.verdict.severity}",
        *(f"  {f.check or f.rule}: [{f.cite}]" for f in preview.verdict.findings if f.cite and f.severity != "allow"),
        *([f"asks first: {preview.confirm.sentence}"] if preview.confirm else ()),
    ]
    return clean("\n".join(lines), keep_newlines=True)


def receipt_text(receipt: Receipt) -> str:
    return clean(f"{receipt.account}: {said_text(receipt.sentences)}")


def day_text(report: DayReport) -> str:
    lines = [f"Business date {report.business_date}"]
    lines += [
        f"  {s.title:40} {'done before' if s.repeated else f'{s.changed:,} changed, {s.seconds:.1f} s'}"
        for s in report.steps
    ]
    lines.append(f"open accounts without a next action: {report.orphans}")
    if report.digests:
        lines.append(f"digests written for our own people: {report.digests}")
    if report.differences is not None:
        lines.append(
            f"differences of a full recompute and of {report.checked:,} accounts by the rules: {report.differences}"
        )
    for each in report.found:
        more = ", …" if each.count > len(each.accounts) else ""
        lines.append(f"  {each.kind:40} {each.count:,} ({', '.join(each.accounts)}{more})")
    return clean("\n".join(lines), keep_newlines=True)


def _order(order: WaitingOrder) -> str:
    words = f"{order.account} order {order.number} {order.kind} {order.product}"
    return f"{words} {order.status.lower()} since {named_day(order.since, 0)}"


def orders_text(report: OrdersReport) -> str:
    told = [("sent", report.sent), ("completed", report.completed), ("rejected", report.rejected)]
    lines = [f"{name}: {', '.join(values)}" for name, values in told if values]
    for name, placed in (("waiting to leave", report.waiting), ("stuck", report.stuck)):
        lines += [f"{name}: {_order(each)}" for each in placed]
    lines += [f"refused {name}: {why}" for name, why in report.refused_files.items()]
    return clean("\n".join(lines), keep_newlines=True) or "no order waits, none is stuck, nothing came back"
