"""A typed line into commands, with what it means and what is wrong with it. Fast enough for every key; never raises."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from collect_tui.desk.commands import Command, LogContact, MakePlan, MakePromise, ScheduleCallback
from collect_tui.desk.line.context import LineContext
from collect_tui.desk.line.lexer import ActSource, Token, acts, clean
from collect_tui.desk.line.model import MAX_CHARACTERS, MAX_COMMANDS, Fault, LineError, Parsed, Span
from collect_tui.desk.line.render import meaning
from collect_tui.desk.line.verbs import find, glued, nearest, text_begins
from collect_tui.desk.line.words import EXPECTED, LineState, TokenCursor
from collect_tui.domain.card_text import find_cards

_FIGURES: Final = frozenset(("verb", "code", "amount", "date", "moment", "terms", "point"))
"""Words that were understood as something else than free text, so that their digits are not part of a card number.

One of nothing but digits may still be: `pay 4000 1234 …` reads as an amount and a reference.
"""

_SECRET: Final = {
    "card": "A card number may not be written down; take the payment in the payment system.",
    "cvv": "A card's security code may not be written down.",
}
_OF_A_TALK: Final = (MakePromise, MakePlan, ScheduleCallback)
_UNLOGGED: Final = " · no contact is logged"
_SSN: Final = "This looks like a social security number; better leave it out."


def parse(text: str, context: LineContext) -> Parsed:
    """Reads a line. The text is kept as it is; positions in errors and spans are positions in it.

    An act with an error gives no commands, the others do, so that a preview can show them; only a `complete` line may
    be sent. Card data anywhere in free text leaves no commands at all.
    """
    if len(text) > MAX_CHARACTERS:
        over = f"Expected at most {MAX_CHARACTERS:,} characters."
        secret, _ = _secrets(clean(text), (), context)
        return Parsed(text, errors=(*secret, LineError(MAX_CHARACTERS, len(text), over, code="limit")))
    source = clean(text)
    state = LineState()
    commands: list[Command] = []
    errors: list[LineError] = []
    spans: list[Span] = []
    sources = acts(source, lambda low, behind: text_begins(low, behind, context))
    for act in sources:
        found, error, read = read_act(act, source, context, state)
        spans += read
        if error is not None:
            errors.append(error)
            state.wrong = True
        elif any(command.outside for command in found) and len(sources) > 1:
            message = "Orders that leave the building stand alone: type this one on a line of its own."
            errors.append(LineError(act.tokens[0].start, act.tokens[-1].end, message, "a line of its own", "alone"))
        else:
            commands += found
        if not act.tokens[-1].closed:
            mark = act.tokens[-1].quote or act.tokens[-1].key_quote
            errors.append(LineError(act.end, act.end, f"Expected a closing {mark}.", f"a closing {mark}", "quote"))
        if len(commands) > MAX_COMMANDS:
            over = f"Expected at most {MAX_COMMANDS} commands in one act."
            errors.append(LineError(act.tokens[0].start, len(text), over, code="limit"))
            del commands[MAX_COMMANDS:]
            break
    secret, warnings = _secrets(source, spans, context)
    if secret:
        return Parsed(text, errors=(*secret, *errors), spans=tuple(spans), warnings=warnings)
    talked = any(isinstance(command, LogContact) for command in commands)
    said = tuple(
        meaning(command, context) + (_UNLOGGED if isinstance(command, _OF_A_TALK) and not talked else "")
        for command in commands
    )
    complete = bool(commands) and not errors
    return Parsed(text, tuple(commands), said, tuple(errors), complete, tuple(spans), warnings)


def read_act(
    act: ActSource, source: str, context: LineContext, state: LineState
) -> tuple[tuple[Command, ...], LineError | None, list[Span]]:
    """The commands of one act, or its error; and what its words were read as."""
    words = TokenCursor(act, source, context, state)
    first = words.verb
    verb = find(first.low, context, act.tokens[1:]) if first.plain else None
    if verb is None:
        return (), _unknown(first, act, context), []
    words.spans.append(Span(first.start, first.end, "verb"))
    try:
        found = verb.read(words)
        words.done()
    except Fault as fault:
        return (), fault.error, words.spans
    return found, None, words.spans


def _unknown(verb: Token, act: ActSource, context: LineContext) -> LineError:
    # Of `t=fri` the verb is what stands before the sign.
    typed = verb.low if verb.plain else f"{verb.key.lower()}=" if verb.key is not None and not verb.key_quote else ""
    if begun := glued(typed, context):
        told = f"a blank behind {begun}" if verb.plain else f"a blank instead of = behind {begun}"
        return LineError(verb.start, verb.end, f"Expected {told}.", told, "verb")
    near = nearest(verb.low, context) if verb.plain else ()
    hint = f" Did you mean {' or '.join(near)}?" if near else ""
    expected = f"a verb such as {', '.join(near)}" if near else EXPECTED["verb"]
    return LineError(verb.start, verb.end, f"Expected {EXPECTED['verb']}.{hint}", expected, "verb")


def _secrets(source: str, spans: Sequence[Span], context: LineContext) -> tuple[list[LineError], tuple[LineError, ...]]:
    """Card data in what was not understood as figures: errors, and social security numbers as warnings."""
    figures = (
        span
        for span in spans
        if span.role.partition(":")[0] in _FIGURES and not source[span.start : span.end].isdigit()
    )
    hidden = _hide(source, figures)
    if not find_cards(hidden):
        return [], ()
    errors: list[LineError] = []
    warnings: list[LineError] = []
    for found in find_cards(hidden, context.known_numbers):
        if found.kind == "ssn":
            warnings.append(LineError(found.start, found.end, _SSN, code="ssn"))
        else:
            errors.append(LineError(found.start, found.end, _SECRET[found.kind], "text without it", "card"))
    return errors, tuple(warnings)


_WORD: Final = "bdfghjkmpqv"  # what ends a number, and is nowhere the same between two


def _hide(source: str, spans: Iterable[Span]) -> str:
    parts: list[str] = []
    at = 0
    for span in sorted(spans, key=lambda span: span.start):
        if span.start < at:
            continue
        parts += [source[at : span.start], *(_WORD[n % len(_WORD)] for n in range(span.start, span.end))]
        at = span.end
    return "".join([*parts, source[at:]])
