"""Contacts on the line: result codes and what comes with them, callbacks, notes, contact points, the next action.

    lm m2 "shop line"      na      tm rp m1 income      pp 150 fri gcash      pa 412.10 dn100 3m 15      cb tue 9:30 m2 any
"""

from __future__ import annotations

from typing import Final, Literal

from collect_tui.desk.commands import (
    Command,
    LogContact,
    MakePromise,
    MarkPoint,
    ScheduleCallback,
    SetNextAction,
    UnpinNote,
    WriteNote,
)
from collect_tui.desk.line import promise, say, slots
from collect_tui.desk.line.context import LineContext
from collect_tui.desk.line.lexer import is_clean, literal
from collect_tui.desk.line.model import Verb
from collect_tui.desk.line.words import Words, match_code
from collect_tui.domain.codes import Codes, Result
from collect_tui.domain.notes import expand

Form = Literal["", "promise", "plan", "callback"]
_FORMS: Final[dict[str, Form]] = {"PP": "promise", "BP": "promise", "PA": "plan", "CB": "callback"}


def form_of(result: Result) -> Form:
    """What a result code carries after it: the arguments of a promise, a plan or a callback, or nothing."""
    for form in ("promise", "plan", "callback"):
        if form in result.needs:
            return form
    return _FORMS.get(result.code, "")


# ------------------------------------------------------------------------------------------------------------ results


def contact(words: Words) -> tuple[Command, ...]:
    """`[ACTION] RESULT [arguments of the result] [POINT] [METHOD] [REASON] [NOTE]`; the first word is either code."""
    action, result = _codes(words, words.verb.low)
    form = form_of(result)
    point = slots.maybe_point(words)
    promised = (slots.amount(words), slots.day(words)) if form == "promise" else None
    planned = promise.plan_terms(words) if form == "plan" else None
    moment = slots.moment(words) if form == "callback" else None
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
    if reason is None and "reason" in result.needs:
        token = words.peek()
        known = f"a reason for non-payment: {', '.join(words.context.codes.reasons).lower()}"
        if token is None:
            words.lack("reason", known)
        words.fail(token, "reason", expected=known)
    note, typed = slots.note(words)
    if "note" in result.needs and not note.strip():
        words.lack("text", "a note")
    log = words.build(LogContact, result=result.code, action=action, point=point, reason=reason, note=note, typed=typed)
    if promised is not None:
        return (log, words.build(MakePromise, amount=promised[0], due=promised[1], method=method))
    if planned is not None:
        return (log, promise.plan_of(words, planned, method, ""))
    if moment is not None:
        return (log, words.build(ScheduleCallback, at=moment, point=point, anyone=anyone, note=note))
    return (log,)


def log(words: Words) -> tuple[Command, ...]:
    """`log [ACTION] RESULT [POINT] [REASON] [NOTE]`: the contact alone, whatever its result asks for."""
    words.ask("result")
    token = words.bare()
    if token is None:
        words.lack("result") if words.peek() is None else words.fail(words.tokens[words.pos], "result")
    words.take("code")
    action, result = _codes(words, token.low)
    point = slots.maybe_point(words)
    reason = _reason(words, result)
    note, typed = slots.note(words)
    return (words.build(LogContact, result=result.code, action=action, point=point, reason=reason, note=note, typed=typed),)


def _codes(words: Words, first: str) -> tuple[str | None, Result]:
    """The action, if `first` is one, and the result, which then is the next word."""
    codes = words.context.codes
    result = codes.results.get(first.upper())
    if result is not None:
        return None, result
    action = codes.actions.get(first.upper())
    if action is None:
        words.fail(words.tokens[max(0, words.pos - 1)], "result", "No such result code at this site.")
    token = words.need("result")
    result = codes.results.get(token.low.upper()) if token.plain else None
    if result is None:
        words.fail(token, "result", f"Expected the result of the {action.title.lower()}: a code such as lm or na.")
    words.take("code")
    return action.code, result


def _reason(words: Words, result: Result) -> str | None:
    """A reason for non-payment. A bare beginning of one counts only where it cannot be the first word of a note."""
    words.ask("reason")
    option = words.option("reason", "reason")
    if option is not None:
        return match_code(option.lower(), words.context.codes.reasons) or option
    token, after = words.bare(), words.peek(1)
    if token is None:
        return None
    key = match_code(token.low, words.context.codes.reasons)
    if key is None:
        return None
    note_follows = after is not None and after.plain and after.low not in words.context.point_names
    if key.lower() != token.low and note_follows and "reason" not in result.needs:
        return None
    words.take("reason")
    return key


def spell(command: LogContact, context: LineContext, arguments: str | None = None, method: str = "", any_: str = "") -> str:
    """The contact as the line writes it; `arguments` are those of its promise, plan or callback, None when it has none."""
    result = context.codes.results.get(command.result)
    lacks = result is None or ("reason" in result.needs and not command.reason) or ("note" in result.needs and not command.note.strip())
    alone = arguments is None and (lacks or (result is not None and form_of(result) != ""))
    codes = say.join((command.action or "").lower(), command.result.lower())
    reason = command.reason.lower() if command.reason in context.codes.reasons else ""
    if command.reason and not reason:
        reason = f"reason={literal(command.reason)}"
    note = say.note(command.note, context, command.typed)
    return say.join("log" if alone else "", codes, arguments, method, command.point, any_, reason, note)


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
    )


def _lower_first(title: str) -> str:
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]


# ------------------------------------------------------------------------------------------------ callbacks, next action


def call(words: Words) -> tuple[Command, ...]:
    """`call MOMENT [POINT] [any] [NOTE]`"""
    point = slots.maybe_point(words)
    at = slots.moment(words)
    point = point or slots.maybe_point(words)
    anyone = slots.flag(words, "any")
    point = point or slots.maybe_point(words)
    note, _ = slots.note(words)
    return (words.build(ScheduleCallback, at=at, point=point, anyone=anyone, note=note),)


def tickle(words: Words) -> tuple[Command, ...]:
    """`t DATE [NEXT-ACTION] [NOTE]`"""
    on = slots.day(words)
    code = words.option("do", "next action") or words.code("next action", words.context.codes.next_actions)
    note, _ = slots.note(words)
    return (words.build(SetNextAction, on=on, code=code or "call", note=note),)


def render_callback(command: ScheduleCallback, context: LineContext) -> str:
    anyone = "any" if command.anyone else ""
    return say.join("call", say.moment(command.at, context), command.point, anyone, say.note(command.note, context))


def say_callback(command: ScheduleCallback, context: LineContext) -> str:
    anyone = "by anyone" if command.anyone else ""
    what = f"call back {say.moment_said(command.at, context)}"
    return say.sentence(what, command.point, anyone, say.quoted(command.note))


def render_tickle(command: SetNextAction, context: LineContext) -> str:
    code = command.code.lower() if command.code in context.codes.next_actions else f"do={literal(command.code)}"
    code = "" if command.code == "call" else code
    return say.join("t", say.day(command.on, context), code, say.note(command.note, context))


def say_tickle(command: SetNextAction, context: LineContext) -> str:
    title = context.codes.next_actions.get(command.code, command.code)
    return say.sentence(f"next action {say.date_said(command.on, context)}: {_lower_first(title)}", say.quoted(command.note))


# -------------------------------------------------------------------------------------------------------------- notes


def note(words: Words) -> tuple[Command, ...]:
    """`n TEXT`"""
    return (_note(words, pinned=False),)


def pin(words: Words) -> tuple[Command, ...]:
    """`n! TEXT`"""
    return (_note(words, pinned=True),)


def _note(words: Words, *, pinned: bool) -> WriteNote:
    words.ask("text")
    if words.peek() is None:
        words.lack("text", "the text of the note")
    first = words.tokens[words.pos]
    text, typed = slots.note(words)
    if not text.strip():
        words.fail(first, "text")
    return words.build(WriteNote, text=text, typed=typed, pinned=pinned)


def unpin(words: Words) -> tuple[Command, ...]:
    """`unpin TEXT`: the beginning of the note is enough."""
    words.ask("pinned")
    return (words.build(UnpinNote, text=slots.why(words, slot="text")),)


def render_note(command: WriteNote, context: LineContext) -> str:
    verb = "n!" if command.pinned else "n"
    typed = command.typed
    bare = typed == typed.strip() and is_clean(typed) and ";" not in typed and not any(mark in typed for mark in '"`')
    if typed and bare and expand(typed, context.abbreviations) == command.text:
        return f"{verb} {typed}"
    return say.join(verb, say.note(command.text, context, typed))


def say_note(command: WriteNote, context: LineContext) -> str:
    return say.sentence("pinned note" if command.pinned else "note", say.quoted(command.text))


def render_unpin(command: UnpinNote, context: LineContext) -> str:
    return say.join("unpin", literal(command.text))


def say_unpin(command: UnpinNote, context: LineContext) -> str:
    return say.sentence("unpin the note", say.quoted(command.text))


# ------------------------------------------------------------------------------------------------------------- points


def mark(words: Words) -> tuple[Command, ...]:
    """`bad POINT`, `wrong`, `good`, `out`, `in`; `in` before a result code is the action of that name."""
    word = words.verb.low
    token = words.bare()
    if word == "in" and "IN" in words.context.codes.actions:
        words.ask("result")
        if token is not None and token.low.upper() in words.context.codes.results:
            return contact(words)
    point = slots.point(words)
    words.done()
    return (words.build(MarkPoint, point=point, **_MARKS[word]),)


_MARKS: Final[dict[str, dict[str, str]]] = {
    **{quality: {"quality": quality} for quality in ("good", "bad", "wrong")},
    **{consent: {"consent": consent} for consent in ("in", "out")},
}


def mark_any(words: Words) -> tuple[Command, ...]:
    """`mark POINT [good|bad|wrong] [in|out]`, or `quality=unknown` and `consent=unknown`"""
    point = slots.point(words)
    values: dict[str, str] = {}
    while (token := words.peek()) is not None:
        words.ask("quality")
        if token.plain and token.low in _MARKS and not set(_MARKS[token.low]) & set(values):
            values |= _MARKS[token.low]
            words.take("word")
            continue
        key = (token.key or "").lower()
        if key not in ("quality", "consent") or key in values or token.low != "unknown":
            words.fail(token, "quality")
        values[key] = "unknown"
        words.take("word")
    if not values:
        words.need("quality")
    return (words.build(MarkPoint, point=point, **values),)


def render_mark(command: MarkPoint, context: LineContext) -> str:
    if command.quality in _MARKS and command.consent is None:
        return f"{command.quality} {command.point}"
    if command.consent in _MARKS and command.quality is None:
        return f"{command.consent} {command.point}"
    quality = "quality=unknown" if command.quality == "unknown" else command.quality
    consent = "consent=unknown" if command.consent == "unknown" else command.consent
    return say.join("mark", command.point, quality, consent)


def say_mark(command: MarkPoint, context: LineContext) -> str:
    consent = {"in": "opted in", "out": "opted out", "unknown": "consent unknown"}.get(command.consent or "", "")
    quality = f"marked {command.quality}" if command.quality else ""
    return say.sentence(say.join(command.point, quality), consent)


RENDER = {
    ScheduleCallback: render_callback,
    SetNextAction: render_tickle,
    WriteNote: render_note,
    UnpinNote: render_unpin,
    MarkPoint: render_mark,
}
MEANING = {
    LogContact: say_contact,
    ScheduleCallback: say_callback,
    SetNextAction: say_tickle,
    WriteNote: say_note,
    UnpinNote: say_unpin,
    MarkPoint: say_mark,
}

VERBS = (
    Verb("pp", "[ACTION] pp AMOUNT DATE [METHOD] [POINT] [REASON] [NOTE]", "promise to pay: the contact and the promise", "pp 150 fri gcash", contact),
    Verb("bp", "[ACTION] bp AMOUNT DATE [METHOD] [POINT] [REASON] [NOTE]", "broken promise, promised again", "bp 150 +3", contact),
    Verb(
        "pa",
        "[ACTION] pa TOTAL [dnAMOUNT[@DATE]] COUNT(w|f|m) FIRST [METHOD] [POINT] [REASON] [NOTE]",
        "instalment plan: the contact and the plan; the last instalment takes the rounding",
        "pa 412.10 dn100 3m 15",
        contact,
    ),
    Verb("cb", "[ACTION] cb DAY-AND-TIME [POINT] [any] [NOTE]", "callback asked for: the contact and the callback", "cb tue 9:30 m2 any", contact),
    Verb("log", "log [ACTION] CODE [POINT] [REASON] [NOTE]", "a contact alone, without what its code asks for", "log pp m1", log),
    Verb("call", "call DAY-AND-TIME [POINT] [any] [NOTE]", "a callback, without logging a contact", "call +2h m1", call, ("callback",)),
    Verb("n", "n TEXT", "a note; abbreviations are written out, \\word keeps one", "n waits for salary", note, ("note",)),
    Verb("n!", "n! TEXT", "a note pinned to the top", "n! speak to the daughter only", pin, ("pin",)),
    Verb("unpin", "unpin TEXT", "take a pinned note off the top; its beginning is enough", "unpin speak to", unpin),
    Verb("t", "t DATE [NEXT-ACTION] [NOTE]", "move the next action to a date", "t +3", tickle, ("tickle", "next")),
    Verb("good", "good POINT", "mark a contact point as good", "good m1", mark),
    Verb("bad", "bad POINT", "mark a contact point as bad", "bad m2", mark),
    Verb("wrong", "wrong POINT", "mark a contact point as somebody else's", "wrong m2", mark),
    Verb("out", "out POINT", "the customer opted out of a contact point", "out m2", mark),
    Verb("in", "in POINT", "the customer opted in to a contact point; before a result code: inbound call", "in m2", mark),
    Verb("mark", "mark POINT [good|bad|wrong] [in|out]", "mark quality and consent of a contact point together", "mark m2 bad out", mark_any),
)
