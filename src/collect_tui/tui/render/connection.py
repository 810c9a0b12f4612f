"""The wire to the server and the queue behind it, as lines."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from collect_tui.desk.figures import money
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Line, Span
from collect_tui.tui.render.text import fit, wrap

if TYPE_CHECKING:
    from collect_tui.desk.outbox import ConnectionView, HeldAct
    from collect_tui.desk.views.account import AccountView
    from collect_tui.desk.views.session import Session
    from collect_tui.tui.render.agent import AgentSeen


def render_connection(connection: ConnectionView) -> Line:
    """The end of the header: the server's name while all is well, else what is wrong and how old the data are."""
    kept = f" · {connection.waiting} waiting" if connection.waiting else ""
    review = Span(f" · {connection.review} to review", Role.WARN)
    if connection.state == "online":
        head = Line.of(("●", Role.GOOD), f" {connection.server}{kept}")
    elif connection.state == "signed-out":
        head = Line.of(("○ signed out", Role.BAD), kept)
    else:
        age = f", data {old(connection.now, connection.as_of)} old" if connection.as_of else ""
        head = Line.of((f"○ offline{age}", Role.WARN), kept)
    aside = (Span(" · queue damaged, :outbox", Role.BAD),) if connection.notice else ()
    return (
        Line((*head.spans, *((review,) if connection.review else ()), *aside)) if connection.review or aside else head
    )


def render_seat(session: Session | None, connection: ConnectionView | None, agent: AgentSeen, *, wide: bool) -> Line:
    """Who sits there, on what day, on which desk, and what they do; where there is room (`wide`), also in what role. `connection` None:
    the desk is here; `session` None: there is none yet."""
    if session is None:
        away = connection is not None and connection.state != "online"
        return render_connection(connection) if connection is not None and away else Line.of(("no desk", Role.DIM))
    on = session.business_date
    who = f"{session.user} · {session.role}" if wide else session.user
    begin = agent.beside(who, f"{on:%a} {on.day} {on:%b}", wide=wide)
    if connection is None:
        return Line.of((f"{begin} · ", Role.LABEL), ("●", Role.GOOD), f" {session.backend}")
    return Line((*Line.of((f"{begin} · ", Role.LABEL)).spans, *render_connection(connection).spans))


def old(now: datetime, then: datetime) -> str:
    """How long ago, in the one unit that matters: `40 s`, `4 min`, `3 h`."""
    seconds = max(0, int((now - then).total_seconds()))
    if seconds < 60:
        return f"{seconds} s"
    return f"{seconds // 60} min" if seconds < 7200 else f"{seconds // 3600} h"


def both_versions(
    held: HeldAct, now: AccountView | None, width: int, *, fresh: bool = True, unknown: str = ""
) -> list[Line]:
    """What was typed, and beside it the account as it is now; where the server is away (not `fresh`), as it was last seen.

    `unknown`: why it could not be looked up.
    """
    from collect_tui.desk.outbox import typed  # with all commands, which no first frame waits for

    half = max(20, width // 2 - 1)
    seen = f"version {held.act.version}" if held.act.version is not None else "any version"
    left = [
        "What you typed",
        typed(held),
        f"on {seen}, tried {held.attempts} times" if held.attempts != 1 else f"on {seen}, tried once",
        *(f"{command.noun}" for command in held.act.commands[:3]),
    ]
    title = "The account now" if fresh else "The account as last seen"
    right = [title, *(wrap(unknown, half)[:5] or ["is being looked up"])]
    if now is not None:
        promise = now.promise
        right = [
            title,
            f"{now.number} {now.name}",
            f"version {now.version} · {now.status.lower()} · {now.stage.lower()}",
            f"collectable {money(now.collectable, now.currency)} · {now.dpd} days past due",
            f"promise {money(promise.total, now.currency)} {promise.status.lower()}" if promise else "no promise",
            f"next {now.next_action}" if now.next_action else "no next action",
            f"held by {now.claimed_by}" if now.claimed_by else "",
        ]
    rows = max(len(left), len(right))
    lines = [
        Line.of(
            (fit(left[i] if i < len(left) else "", half), Role.HEAD if i == 0 else Role.PLAIN),
            "  ",
            (fit(right[i] if i < len(right) else "", half), Role.HEAD if i == 0 else Role.PLAIN),
        )
        for i in range(rows)
    ]
    if held.problem:
        lines.append(Line.of((held.problem, Role.BAD)))
    return lines
