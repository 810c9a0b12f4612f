"""What can be said about an act while the server cannot be asked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from collect_tui.client.queue_row import Queued
from collect_tui.client.words import UNREACHED
from collect_tui.desk.catalogue import Catalogue
from collect_tui.desk.commands import Act
from collect_tui.desk.line.context import LineContext
from collect_tui.desk.line.render import meaning
from collect_tui.desk.views.account import AccountView
from collect_tui.desk.views.act import FindingView, Preview, Receipt, Said, VerdictView
from collect_tui.desk.views.said import said
from collect_tui.desk.views.session import Session
from collect_tui.domain.card_text import forbidden, mask_card

_UNCHECKED: Final = FindingView(
    rule="offline.unchecked",
    severity="warn",
    sentence="The server cannot be reached, so this could not be checked; it is kept and judged when the server answers.",
)


def may_wait(act: Act) -> bool:
    """May the act wait for the server? Not when it is overridden: that is judged there and then."""
    return act.override is None and all(command.offline for command in act.commands)


def without_cards(act: Act, known: tuple[str, ...]) -> Act | None:
    """The act as it may be written down here, or None when card data stands in what it says (PCI DSS 3.3.1).

    `known`: numbers of the account, which are none. The line, which says the same as typed, is masked.
    """
    texts = _texts(act.model_dump(mode="json", exclude={"line", "id"}))
    if any(forbidden(text, known) is not None for text in texts):
        return None
    masked = mask_card(act.line, known)
    return act if masked == act.line else act.model_copy(update={"line": masked})


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts(each)


def context(account: AccountView, catalogue: Catalogue | None, session: Session | None) -> LineContext | None:
    """What reading a line needs, when all of it was seen."""
    return None if catalogue is None or session is None else LineContext.of(account, catalogue, session)


def told(act: Act, seen: LineContext | None) -> tuple[str, ...]:
    """What each command means, in words."""
    if seen is None:
        return (act.line,) if act.line else tuple(command.kind for command in act.commands)
    return tuple(meaning(command, seen) for command in act.commands)


def queued(act: Act, waits: Queued, now: datetime, seen: LineContext | None) -> Receipt:
    """The receipt of an act that is kept here."""
    why = "waits for the server's answer" if waits.unanswered else "waits for the server"
    sentence = f"{'; '.join(told(act, seen))}: kept here, {why}"
    return Receipt(
        id=act.id,
        account=act.account,
        version=act.version or 0,
        sentence=sentence,
        said=(Said(kind="done", text=sentence),),
        effects=(),
        verdict=VerdictView(severity="warn", allowed=True, overridable_by=None, findings=(_UNCHECKED,)),
        next_action=None,
        undoable=False,
        at=now,
        queued=True,
    )


def preview(act: Act, account: AccountView, seen: LineContext | None) -> Preview:
    """What an act means, unchecked; one that cannot wait for the server is refused."""
    allowed = may_wait(act)
    refused = FindingView(rule="offline.refused", severity="block", sentence=UNREACHED)
    means = told(act, seen)
    verdict = VerdictView(
        severity="warn" if allowed else "block",
        allowed=allowed,
        overridable_by=None,
        findings=(_UNCHECKED if allowed else refused,),
    )
    return Preview(
        account=account.number,
        currency=account.currency,
        version=account.version,
        meaning=means,
        effects=(),
        schedule=(),
        verdict=verdict,
        said=said(verdict, (Said(kind="done", text=each) for each in means), done=True),
        error=None if allowed else UNREACHED,
        error_code=None if allowed else "offline.refused",
        outside=any(command.outside for command in act.commands),
    )
