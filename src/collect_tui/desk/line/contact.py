"""Contacts on the line: result codes and what comes with them, callbacks, the next action.

lm m2 "shop line"      na      tm rp m1 income      pp 150 fri gcash      pa 412.10 dn100 3m 15      cb tue 9:30 m2 any
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from collect_tui.desk.commands import Command, LogContact, ScheduleCallback, SetNextAction
from collect_tui.desk.line import freetext, message, parts, promise, say, slots, when
from collect_tui.desk.line.context import LineContext
from collect_tui.desk.line.lexer import literal
from collect_tui.desk.line.look import match_code
from collect_tui.desk.line.slot import ACTION, ANYONE, CARRIES, CODE, DATE, MOMENT, NEXT_ACTION, NOTE, POINT, REASON
from collect_tui.desk.line.verb import Verb
from collect_tui.desk.line.words import TokenCursor
from collect_tui.domain.codes import Codes, Result

Form = Literal["", "promise", "plan", "callback"]


def form_of(result: Result) -> Form:
    """What a result code carries after it: the arguments of a promise, a plan or a callback, or nothing."""
    forms: tuple[Form, ...] = ("plan", "callback", "promise")
    return next((form for form in forms if form in result.needs), "")


def contact(words: TokenCursor) -> tuple[Command, ...]:
    """`[ACTION] RESULT [arguments of the result] [POINT] [METHOD] [REASON] [NOTE]`; the first word is either code."""
    if (sent := message.by_action(words)) is not None:
        return sent
    action, result = _codes(words, words.verb.low)
    form = form_of(result)
    point = slots.maybe_point(words, endings=not form)
    promised = parts.read(words) if form == "promise" else None
    planned = promise.plan_terms(words) if form == "plan" else None
    moment = when.moment(words) if form == "callback" else None
    dated = words.pos
    point, method, reason, anyone = _options(words, result, form, point)
    if reason is None and "reason" in result.needs:
        token = words.peek()
        known = f"a reason for non-payment: {', '.join(words.context.codes.reasons).lower()}"
        if token is None:
            words.missing("reason", known)
        words.reject(token, "reason", expected=known)
    _slips(words, form)
    if form:
        when.no_time(words, after=dated if form == "callback" else 0)
    note, typed = freetext.note(words)
    if "note" in result.needs and not note.strip():
        words.missing("text", "a note")
    log = words.build(LogContact, result=result.code, action=action, point=point, reason=reason, note=note, typed=typed)
    if promised is not None:
        return (log, parts.agreed(words, promised, method, ""))
    if planned is not None:
        return (log, promise.plan_of(words, planned, method, ""))
    if moment is not None:
        return (log, words.build(ScheduleCallback, at=moment, point=point, anyone=anyone, note=note))
    return (log,)


def log(words: TokenCursor) -> tuple[Command, ...]:
    """`log [ACTION] RESULT [POINT] [REASON] [NOTE]`: the contact alone, whatever its result asks for."""
    words.ask("result")
    words.ask("action")
    token = words.bare()
    if token is None:
        words.require("result")
        words.reject(words.tokens[words.pos], "result")
    words.take("code" if token.low.upper() in words.context.codes.results else "action")
    action, result = _codes(words, token.low)
    point, _, reason, _ = _options(words, result, "", slots.maybe_point(words))
    _slips(words, "")
    note, typed = freetext.note(words)
    return (
        words.build(LogContact, result=result.code, action=action, point=point, reason=reason, note=note, typed=typed),
    )


def _options(
    words: TokenCursor, result: Result, form: Form, point: str | None
) -> tuple[str | None, str | None, str | None, bool]:
    """Point, method, reason and `any`, as far as the result takes them, in any order."""
    method = reason = None
    anyone = False
    before = -1
    while before != words.pos:
        before = words.pos
        point = point or slots.maybe_point(words)
        if form in ("promise", "plan") and method is None:
            method = slots.method(words)
        if form == "callback" and not anyone:
            anyone = slots.flag(words, "any")
        if reason is None:
            reason = _reason(words, result)
    return point, method, reason, anyone


def _slips(words: TokenCursor, form: Form) -> None:
    """Refuses a word that stands where a way to pay does and is none, and a lone one that is a slip for a reason."""
    if form in ("promise", "plan"):
        freetext.no_other(words, "method", words.context.codes.method_words, "method of payment", stands_for=False)
    freetext.meant(words, "reason", words.context.codes.reasons, "a reason")


def _codes(words: TokenCursor, first: str) -> tuple[str | None, Result]:
    """The action, if `first` is one, and the result, which then is the next word."""
    codes = words.context.codes
    result = codes.results.get(first.upper())
    if result is not None:
        words.instead = result.instead
        return None, result
    action = codes.actions.get(first.upper())
    if action is None:
        known = [*codes.results, *codes.actions]
        words.unknown(words.tokens[max(0, words.pos - 1)], "result", "action or result of this site", known)
    token = words.require("result", of=action.code)
    result = codes.results.get(token.low.upper()) if token.plain else None
    if result is None:
        known = [each.code for each in codes.results.values() if each.may_come_of(action)]
        words.unknown(token, "result", f"result of the {action.title.lower()}", known)
    words.take("code")
    words.instead = result.instead
    return action.code, result


def _reason(words: TokenCursor, result: Result) -> str | None:
    """A reason for non-payment. A bare beginning of one counts only where it cannot be the first word of a note."""
    option = words.option("reason", "reason")
    if option is not None:
        return match_code(option.lower(), words.context.codes.reasons) or option
    return words.code("reason", words.context.codes.reasons, required="reason" in result.needs)


def spell(
    command: LogContact,
    context: LineContext,
    arguments: str | None = None,
    *,
    method: str = "",
    anyone: bool = False,
    shadowed: bool = False,
) -> str:
    """The contact as the line writes it; `arguments` are those of its promise, plan or callback, None when it has none.

    `shadowed`: a verb has the name of its code, so the code alone would be read as that.
    """
    result = context.codes.results.get(command.result)
    lacks = (
        result is None
        or ("reason" in result.needs and not command.reason)
        or ("note" in result.needs and not command.note.strip())
    )
    alone = arguments is None and (shadowed or lacks or (result is not None and form_of(result) != ""))
    codes = say.join((command.action or "").lower(), command.result.lower())
    reason = command.reason.lower() if command.reason and command.reason in context.codes.reasons else ""
    if command.reason and not reason:
        reason = f"reason={literal(command.reason)}"
    note = say.note(command.note, context, command.typed)
    return say.join(
        "log" if alone else "", codes, arguments, method, command.point, reason, "any" if anyone else "", note
    )


def say_contact(command: LogContact, context: LineContext) -> str:
    """`LM left message · call mobile · m2 · reason: income · "note"`"""
    codes: Codes = context.codes
    result = codes.results.get(command.result)
    action = codes.actions.get(command.action or "")
    reason = codes.reasons.get(command.reason or "", command.reason or "")
    return say.sentence(
        f"{command.result} {_lower_first(result.title) if result else ''}".strip(),
        _lower_first(action.title) if action else command.action,
        command.point,
        f"reason: {_lower_first(reason)}" if reason else "",
        say.quoted(command.note),
        result.caveat if result else "",
    )


def _lower_first(title: str) -> str:
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]


# ------------------------------------------------------------------------------------------------ callbacks, next action


def call(words: TokenCursor) -> tuple[Command, ...]:
    """`call MOMENT [POINT] [any] [NOTE]`"""
    point = slots.maybe_point(words)
    at = when.moment(words)
    dated = words.pos
    point = point or slots.maybe_point(words)
    anyone = slots.flag(words, "any")
    point = point or slots.maybe_point(words)
    when.no_time(words, after=dated)
    note, _ = freetext.note(words)
    return (words.build(ScheduleCallback, at=at, point=point, anyone=anyone, note=note),)


def next_date(words: TokenCursor) -> tuple[Command, ...]:
    """`t DATE [NEXT-ACTION] [NOTE]`"""
    on = when.day(words)
    table = words.context.codes.next_actions
    code = words.option("do", "next action") or words.code("next action", table)
    freetext.no_other(words, "next action", table, "next action")
    when.no_time(words)
    note, _ = freetext.note(words)
    return (words.build(SetNextAction, on=on, code=code or "call", note=note),)


def render_callback(command: ScheduleCallback, context: LineContext) -> str:
    anyone = "any" if command.anyone else ""
    return say.join("call", say.moment(command.at, context), command.point, anyone, say.note(command.note, context))


def say_callback(command: ScheduleCallback, context: LineContext) -> str:
    anyone = "by anyone" if command.anyone else ""
    what = f"call back {say.moment_said(command.at, context)}"
    return say.sentence(what, command.point, anyone, say.quoted(command.note))


def render_next_date(command: SetNextAction, context: LineContext) -> str:
    code = command.code.lower() if command.code in context.codes.next_actions else f"do={literal(command.code)}"
    code = "" if command.code == "call" else code
    return say.join("t", say.day(command.on, context), code, say.note(command.note, context))


def say_next_date(command: SetNextAction, context: LineContext) -> str:
    title = context.codes.next_actions.get(command.code, command.code)
    return say.sentence(
        f"next action {say.date_said(command.on, context)}: {_lower_first(title)}", say.quoted(command.note)
    )


RENDER = {
    ScheduleCallback: render_callback,
    SetNextAction: render_next_date,
}
MEANING = {
    LogContact: say_contact,
    ScheduleCallback: say_callback,
    SetNextAction: say_next_date,
}

VERBS = (
    Verb(
        "pp",
        CARRIES["promise"],
        "promise to pay: the contact and the promise, or a plan of unequal parts (`pp half fri + rest 15dec`)",
        "pp 150 fri gcash",
        contact,
    ),
    Verb(
        "bp",
        CARRIES["promise"],
        "broken promise, promised again",
        "bp 150 +3",
        contact,
    ),
    Verb(
        "pa",
        CARRIES["plan"],
        "instalment plan: the contact and the plan; the last instalment takes the rounding",
        "pa 412.10 dn100 3m 15",
        contact,
    ),
    Verb(
        "cb",
        CARRIES["callback"],
        "callback asked for: the contact and the callback",
        "cb tue 9:30 m2 any",
        contact,
    ),
    Verb(
        "log",
        (replace(ACTION, leads=False), CODE, POINT, REASON, NOTE),
        "a contact alone; what its code asks for follows: log pp m1; ptp 150 fri",
        "log na m1",
        log,
    ),
    Verb(
        "call",
        (MOMENT, POINT, ANYONE, NOTE),
        "a callback, without logging a contact",
        "call +2h m1",
        call,
        ("callback",),
    ),
    Verb(
        "t",
        (replace(DATE, also=frozenset({"on"})), NEXT_ACTION, NOTE),
        "move the next action to a date: postpone, remind",
        "t +3",
        next_date,
        ("tickle", "next"),
    ),
)
