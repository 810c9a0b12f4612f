"""One account on one screen: who, how much, how late, what was promised, what holds, may I call, last word, next action.

Pure: a view and a size make lines. At 80 columns everything stands in one column; from 120 on, items and contact points
stand beside it, and a tall screen shows the latest events below.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Final

from collect_tui.desk.figures import amount, clock, dated_chips, full_day
from collect_tui.domain.dates import clock as clock_label
from collect_tui.domain.states import OPEN_INSTALMENT, AccountState, OrderState, PaymentState
from collect_tui.tui.render import panes
from collect_tui.tui.render import text as tui_text
from collect_tui.tui.render.ranked import LABEL, Ranked, fitted, row, spread, stepped
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.spans import live, number_beside, order_spans, point_spans, service_spans
from collect_tui.tui.render.styled import Line, Span

if TYPE_CHECKING:
    from collect_tui.desk.views.account import AccountView, PromiseView, TimelineEntry
    from collect_tui.desk.views.queue import Claim
    from collect_tui.domain.codes import Codes

LEFT: Final = 80  # cells of the left column on a wide screen
WIDE: Final = 120

_TONE: Final = {
    "allow": Role.GOOD,
    "info": Role.GOOD,
    "warn": Role.WARN,
    "schedule": Role.BAD,
    "hold": Role.BAD,
    "block": Role.BAD,
}


def header(view: AccountView, claim: Claim | None, user: str, room: int = 1000, title: str = "") -> Line:
    """Who it is, and from which queue, by its `title`, it was taken; it stays on top of every pane.

    In less room than that takes, the queue's title goes first, then the end of the customer's name; how many are left stays, and so
    does that the customer was verified for this call.
    """
    name, proved = tui_text.clean(view.name), " · verified" if view.verified else ""
    parts: list[str | tuple[str, Role]] = [(view.number, Role.HEAD), " ", (name, Role.HEAD)]
    tail = ""
    if claim is not None and claim.queue:
        tail = f" · {title or claim.queue}, {claim.left:,} left"
        before = tui_text.width(view.number) + 1
        if before + tui_text.width(name + proved + tail) > room:
            tail = f" · {claim.left:,} left"
            free = room - before - tui_text.width(proved + tail)
            if tui_text.width(name) > free > 3:
                parts[-1] = (tui_text.fit(name, free).rstrip(), Role.HEAD)
    if proved:
        parts.append((proved, Role.GOOD))
    if tail:
        parts.append((tail, Role.LABEL))
    elif view.claimed_by and view.claimed_by != user:
        parts.append((f" · {view.claimed_by} has it", Role.WARN))
    return Line.of(*parts)


def summary(
    view: AccountView,
    width: int,
    height: int,
    timeline: Sequence[TimelineEntry] = (),
    codes: Codes | None = None,
) -> list[Line]:
    """The first screen of an account: what matters most, in `height` lines; what is left out is in the panes."""
    ranked = _ranked(view)
    if len(ranked) > height:
        ranked = _ranked(view, crowded=True)
    ranked = spread(ranked, height, width if width < WIDE else LEFT)
    if width < WIDE:
        return fitted(ranked, height)
    left = fitted(ranked, height)
    right = _beside(view, width - LEFT - 2)[:height]
    rows = max(len(left), len(right))
    lines = [_join(left[i] if i < len(left) else Line(), right[i] if i < len(right) else Line()) for i in range(rows)]
    if height - rows > 3 and timeline:
        lines += [
            Line(),
            Line.of(("Latest", Role.HEAD)),
            *panes.timeline(timeline, view, width, codes)[: height - rows - 2],
        ]
    return lines[:height]


def _ranked(view: AccountView, *, crowded: bool = False) -> list[Ranked]:
    """All lines there could be.  `crowded`: the first telephone stands beside the answer whether one may call it."""
    return [
        *_who(view),
        *((0, line) for line in _money(view)),
        *((0, line) for line in _promise(view)),
        *stepped(_terms(view), 1),
        *stepped(_holds(view), 1),
        *stepped(_cases(view), 1),
        *_call(view, crowded=crowded),
        *_words(view),
        *_services(view),
    ]


def _who(view: AccountView) -> list[Ranked]:
    stage = view.stage.lower().replace("_", " ")
    where = f"{view.segment} · {stage}" + ("" if view.status == AccountState.OPEN else f" · {view.status.lower()}")
    chips = " · ".join(dated_chips(view.chips, view.callback_at, view.desk_zone, view.business_date, view.now))
    told = chips if view.queue else " · ".join(filter(None, ("in no queue", chips)))
    lines = [(0, row("Why now", (told, Role.WARN if chips else Role.DIM), (f" · {where}", Role.LABEL)))]
    pinned = [Line.of(("! ", Role.MARK), (text, Role.MARK)) for text in view.pinned]
    return lines + stepped(pinned, 1)


def _money(view: AccountView) -> list[Line]:
    def money(minor: int) -> str:
        return amount(minor, view.currency)

    ages = view.ageing
    rest = [
        ("past due", view.past_due),
        ("disputed", view.disputed),
        ("unapplied", view.unapplied),
        ("total", view.total),
    ]
    buckets = [
        ("now", ages.current),
        ("1-30", ages.b1_30),
        ("31-60", ages.b31_60),
        ("61-90", ages.b61_90),
        ("91+", ages.b91_plus),
        ("credits", ages.credits),
    ]
    return [
        row("Collect", (f"{money(view.collectable)} {view.currency}", Role.MONEY), *_pairs(rest, money)),
        row("Late", (view.late, Role.BAD if view.dpd > 30 else Role.PLAIN), *_pairs(buckets, money)),
    ]


def _pairs(values: Iterable[tuple[str, int]], money: Callable[[int], str]) -> list[Span]:
    """Figures that are not nothing, with their names."""
    spans = []
    for name, minor in values:
        if minor:
            spans += [Span(f" · {name} ", Role.LABEL), Span(money(minor), Role.VALUE)]
    return spans


def _promise(view: AccountView) -> list[Line]:
    record = f"{view.kept_12m} kept, {view.broken_12m} broken in 12 months"
    if view.promise is None:
        return [row("Promise", ("none open", Role.DIM), (f" · {record}", Role.LABEL))]
    return [row("Promise", (promise_words(view.promise, view), Role.GOOD), (f" · {record}", Role.LABEL))]


def promise_words(promise: PromiseView, view: AccountView) -> str:
    """`150.00 by Fri 27 Nov`, or a plan with what is paid and due next."""
    due = next((i for i in promise.instalments if i.status in OPEN_INSTALMENT), None)
    money = amount(promise.total, view.currency)
    when = f"{due.due:%a} {full_day(due.due, view.business_date)}" if due else ""
    if promise.kind == "single":
        paid = f", {amount(promise.paid, view.currency)} paid" if promise.paid else ""
        return f"{money} by {when}{paid}" if when else f"{money}{paid}"
    count = len(promise.instalments)
    nxt = f", next {amount(due.amount - due.paid, view.currency)} by {when}" if due else ""
    return f"plan {money} in {count}, {amount(promise.paid, view.currency)} paid{nxt}"


def _holds(view: AccountView) -> list[Line]:
    lines = []
    for number, hold in enumerate(view.holds):
        until = f"until {full_day(hold.until, view.business_date)}" if hold.until else "until released"
        scope = "" if hold.scope == "account" else f" ({hold.scope})"
        blocks = f" · no {', '.join(hold.blocks)}" if hold.blocks else ""
        held = (f"{hold.kind}{scope} {until}", Role.BAD)
        why = f" · reason: {hold.reason}" if hold.reason else ""
        lines.append(row("" if number else "Holds", held, (blocks, Role.LABEL), why))
    return lines


def _terms(view: AccountView) -> list[Line]:
    """What was set of the account and its customer."""
    limit = f"credit limit {amount(view.credit_limit, view.currency)}" if view.credit_limit is not None else ""
    said = (
        limit,
        "cash only" if view.cash_only else "",
        f"needs {view.support}" if view.support else "",
        f"owner {view.owner}" if view.owner else "",
    )
    return [row("Terms", (" · ".join(filter(None, said)), Role.WARN))] if any(said) else []


def _cases(view: AccountView) -> list[Line]:
    """What somebody else has to answer; its pane has all of it."""
    return [
        row(
            "Cases" if not number else "",
            (f"{case.title} {case.number} {case.label}", Role.WARN),
            (
                f" · {case.about} {amount(case.amount, view.currency)}" if case.amount else f" {case.about}".rstrip(),
                Role.LABEL,
            ),
            f" · {case.asked} waits for a decision" if case.asked else "",
        )
        for number, case in enumerate(view.cases)
    ]


def _call(view: AccountView, *, crowded: bool) -> list[Ranked]:
    ordered = sorted(view.points, key=lambda point: not live(point))  # numbers that may be called come first
    proved = [Span(" · verified for this call", Role.GOOD)] if view.verified else []
    room = LEFT - LABEL - sum(tui_text.width(span.text) for span in proved)
    phone, beside = number_beside(ordered, view, room) if crowded else (None, [])
    lines = [(0, row("May I call", (view.call_label, _TONE[view.may_call.severity]), *proved, *beside))]
    first, asked = view.may_call.first, [(1, row("", (view.times, Role.PLAIN)))] if view.times else []
    if first is not None and first.severity not in {"allow", "info"}:
        lines.append((2, row("", (first.sentence, Role.DIM))))
    others = (point for point in ordered if point is not phone)
    points = [row("Points" if not n else "", *point_spans(point)) for n, point in enumerate(others)]
    return lines + asked + stepped(points, 2)


def _words(view: AccountView) -> list[Ranked]:
    lines = [(0, row("Last word", (view.last_word or "never contacted", Role.PLAIN if view.last_word else Role.DIM)))]
    if view.last_payment is not None:
        paid = view.last_payment
        state = (
            ""
            if paid.status in {PaymentState.APPLIED, PaymentState.PARTLY_APPLIED}
            else f" {paid.status.lower().replace('_', ' ')}"
        )
        words = f"{amount(paid.amount, view.currency)} {full_day(paid.received_on, view.business_date)} {paid.method}"
        lines.append((1, row("Paid", (words, Role.PLAIN), (state, Role.BAD))))
    said = f" {view.next_action or ''} "
    # What comes next may be another call.
    called = view.callback_at if view.zone and said.startswith(" callback ") else None
    hour = clock(called, view.zone) if called and view.zone else ""
    told = f" {hour} " in said  # not twice
    at = f" at {clock_label(called, view.zone)}" if called and view.zone and not told else ""
    lines.append((0, row("Next", (f"{view.next_action or 'nothing'}{at}", Role.HEAD))))
    return lines


def _services(view: AccountView) -> list[Ranked]:
    lines = [row("Services" if not n else "", *service_spans(s, view)) for n, s in enumerate(view.services)]
    shown = [o for o in view.orders if o.status not in {OrderState.COMPLETED, OrderState.CANCELLED}]
    orders = [row("Orders" if not n else "", *order_spans(o, view)) for n, o in enumerate(shown)]
    return stepped(lines, 1) + stepped(orders, 1)


def _beside(view: AccountView, width: int) -> list[Line]:
    return [Line.of(("Items", Role.HEAD)), *panes.items(view.items, view, width)]


def _join(left: Line, right: Line) -> Line:
    """Two lines side by side: the left one cut or filled to its column."""
    spans: list[Span] = []
    room = LEFT
    for span in left.spans:
        text = tui_text.clean(span.text)
        size = tui_text.width(text)
        if size > room:
            spans.append(Span(tui_text.fit(text, room), span.role))
            room = 0
            break
        spans.append(Span(text, span.role))
        room -= size
    return Line((*spans, Span(" " * (room + 2)), *right.spans))
