"""Work on the queue by line: `skip research`, `snooze fri waiting`, `hold DISPUTE 5d reason`, `rel DISPUTE reason`, `own mia`, `undo`."""

from __future__ import annotations

from dataclasses import replace

from collect_tui.desk.commands import (
    Command,
    HandOver,
    PlaceHold,
    ReleaseHold,
    SetOwner,
    SkipAccount,
    SnoozeAccount,
    Undo,
)
from collect_tui.desk.commands.queue import ACT_NAME, ACT_NAMES
from collect_tui.desk.line import freetext, say, when
from collect_tui.desk.line.case_text import NOBODY, owner_of
from collect_tui.desk.line.context import LineContext
from collect_tui.desk.line.lexer import literal, word
from collect_tui.desk.line.slot import DATE, WHY, Slot
from collect_tui.desk.line.verb import Verb
from collect_tui.desk.line.words import TokenCursor

SHORT = 120


def skip(words: TokenCursor) -> tuple[Command, ...]:
    """`skip REASON`"""
    return (words.build(SkipAccount, reason=_reason(words)),)


def snooze(words: TokenCursor) -> tuple[Command, ...]:
    """`snooze DATE REASON`"""
    until = when.day(words)
    return (words.build(SnoozeAccount, until=until, reason=_reason(words)),)


def _reason(words: TokenCursor) -> str:
    """A code of the site's list (or enough of it to tell), or quoted text as it stands; any text where there is no list."""
    table = words.context.codes.skip_reasons
    if not table:
        return freetext.why(words, slot="skip reason", most=SHORT)
    known = f"a reason: {', '.join(table).lower()}"
    token = words.peek()
    if token is not None and token.quote and token.key is None:
        return freetext.why(words, slot="skip reason", most=SHORT)
    key = words.code("skip reason", table, required=True)
    if key is None:
        if token is None:
            words.missing("skip reason", known)
        words.reject(token, "skip reason", expected=known)
    words.done()
    return key


def hold(words: TokenCursor) -> tuple[Command, ...]:
    """`hold KIND [UNTIL] [REASON]`; UNTIL is a date or how long: 5d, 2w, 1m."""
    kind = _kind(words)
    until = when.maybe_day(words, durations=True, figures=True)
    return (words.build(PlaceHold, hold=kind, until=until, reason=freetext.why(words, required=False)),)


def release(words: TokenCursor) -> tuple[Command, ...]:
    """`rel KIND REASON`; what stands on the account can be named, whatever the site's file says now, in quotes if need be."""
    kind = _kind(words, words.context.standing)
    return (words.build(ReleaseHold, hold=kind, reason=freetext.why(words)),)


def _kind(words: TokenCursor, standing: tuple[str, ...] = ()) -> str:
    titles = {code: code for code in standing} | {code: kind.title for code, kind in words.context.holds.items()}
    words.require("hold")
    token = words.tokens[words.pos]
    quoted = [
        code for code in standing if token.quote and token.key is None and _hold_text(code) == _hold_text(token.text)
    ]
    if quoted:
        words.take("hold")
        return quoted[0]
    kind = words.code("hold", titles, required=True)
    if kind is None:
        words.reject(words.tokens[words.pos], "hold", expected=f"a kind of hold: {_hold_text(', '.join(titles))}")
    return kind


def own(words: TokenCursor) -> tuple[Command, ...]:
    """`own LOGIN`; `own nobody`: no longer anybody's."""
    token = words.require("user")
    words.limit(token, "user", SHORT)
    if token.key is not None or not token.text.strip():
        words.reject(token, "user")
    words.take("user")
    words.done()
    return (words.build(SetOwner, owner=owner_of(token.text) or ""),)


def hand_over(words: TokenCursor) -> tuple[Command, ...]:
    """`handover OF TO [REASON]`"""
    given = {}
    for field in ("of", "to"):
        token = words.require("user")
        words.limit(token, "user", SHORT)
        if token.key is not None or not token.text.strip():
            words.reject(token, "user")
        words.take("user")
        given[field] = token.text
    return (words.build(HandOver, **given, reason=freetext.why(words, required=False)),)


def undo(words: TokenCursor) -> tuple[Command, ...]:
    """`undo [ACT]`: the last act that can be taken back, or the one of that number or whose id begins so."""
    token = words.peek()
    if token is None:
        return (words.build(Undo),)
    if token.key is not None or not ACT_NAME.fullmatch(token.text):
        words.reject(token, "act", expected=ACT_NAMES)
    words.take("act")
    words.done()
    return (words.build(Undo, act=token.text),)


def _reason_text(reason: str, context: LineContext) -> str:
    return reason.lower() if reason in context.codes.skip_reasons else literal(reason)


def _title(reason: str, context: LineContext) -> str:
    return context.codes.skip_reasons.get(reason, reason)


def render_skip(command: SkipAccount, context: LineContext) -> str:
    return say.join("skip", _reason_text(command.reason, context))


def say_skip(command: SkipAccount, context: LineContext) -> str:
    return say.sentence("skip this account", _title(command.reason, context))


def render_snooze(command: SnoozeAccount, context: LineContext) -> str:
    return say.join("snooze", say.day(command.until, context), _reason_text(command.reason, context))


def say_snooze(command: SnoozeAccount, context: LineContext) -> str:
    return say.sentence(f"put off until {say.date_said(command.until, context)}", _title(command.reason, context))


def _hold_text(kind: str) -> str:
    return kind.lower().replace("_", "-")


def render_hold(command: PlaceHold, context: LineContext) -> str:
    until = "" if command.until is None else say.day(command.until, context)
    return say.join("hold", _hold_text(command.hold), until, say.why(command.reason))


def say_hold(command: PlaceHold, context: LineContext) -> str:
    until = "" if command.until is None else f" until {say.date_said(command.until, context)}"
    return say.sentence(f"hold {command.hold}{until}", say.quoted(command.reason))


def render_release(command: ReleaseHold, context: LineContext) -> str:
    return say.join("rel", word(_hold_text(command.hold)), say.why(command.reason))


def say_release(command: ReleaseHold, context: LineContext) -> str:
    return say.sentence(f"release hold {command.hold}", say.quoted(command.reason))


def render_own(command: SetOwner, context: LineContext) -> str:
    return say.join("own", word(command.owner or NOBODY))


def say_own(command: SetOwner, context: LineContext) -> str:
    return f"make it {command.owner}'s account" if command.owner else "make it nobody's account"


def render_hand_over(command: HandOver, context: LineContext) -> str:
    return say.join("handover", word(command.of), word(command.to), say.why(command.reason))


def say_hand_over(command: HandOver, context: LineContext) -> str:
    return say.sentence(f"hand what is {command.of}'s here to {command.to}", say.quoted(command.reason))


def render_undo(command: Undo, context: LineContext) -> str:
    return say.join("undo", word(command.act) if command.act else "")


def say_undo(command: Undo, context: LineContext) -> str:
    return f"undo act {command.act}" if command.act else "undo the last act on this account"


_WHY = Slot(
    "reason",
    "REASON",
    "Reason",
    "a word of the list (F4), or a sentence",
    "skip reason",
    frozenset({"skip reason", "text"}),
    needed=True,
    writing="code",
)
_KIND = Slot("hold", "KIND", "Kind", "F4 lists them", "hold", needed=True)
_UNTIL = replace(
    DATE, name="until", word="UNTIL|5d", label="Until", hint="fri, 15dec, or how long: 5d, 2w", needed=False
)
_OWNER = Slot("owner", "LOGIN", "Owner", "a login; nobody", "user", needed=True, writing="word")
_OF = replace(_OWNER, name="of", label="Whose", hint="a login")
_TO = replace(_OF, name="to", label="To whom")
_ACT = Slot("act", "ACT", "Act", "nothing: the last one; 2: the one before it", "act")

RENDER = {
    SkipAccount: render_skip,
    SnoozeAccount: render_snooze,
    PlaceHold: render_hold,
    ReleaseHold: render_release,
    SetOwner: render_own,
    HandOver: render_hand_over,
    Undo: render_undo,
}
MEANING = {
    SkipAccount: say_skip,
    SnoozeAccount: say_snooze,
    PlaceHold: say_hold,
    ReleaseHold: say_release,
    SetOwner: say_own,
    HandOver: say_hand_over,
    Undo: say_undo,
}

VERBS = (
    Verb("skip", (_WHY,), "leave the account unworked, to the end of its tier", "skip research", skip),
    Verb(
        "snooze",
        (replace(DATE, name="until", label="Until"), _WHY),
        "put the account off until a date",
        "snooze fri waiting",
        snooze,
        ("later",),
    ),
    Verb(
        "hold",
        (_KIND, _UNTIL, WHY),
        "place a hold: stop calls, notices or orders",
        "hold dispute 5d checking the bill",
        hold,
    ),
    Verb("rel", (_KIND, WHY.must), "release a hold", "rel dispute bill was right", release, ("release",)),
    Verb("own", (_OWNER,), "make it somebody's account, in whose own queue it then stands", "own mia", own, ("owner",)),
    Verb(
        "handover",
        (_OF, _TO, WHY),
        "hand what is a colleague's here to another: account, callbacks, cases",
        "handover mia ben on leave",
        hand_over,
    ),
    Verb(
        "undo",
        (_ACT,),
        "take back the last act that can be, or that of a number (1: the newest), while nothing has left the building",
        "undo",
        undo,
    ),
)
