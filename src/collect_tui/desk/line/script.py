"""That a card of the script was read, by line: `tick collector`."""

from __future__ import annotations

from collect_tui.desk.commands import Command, ReadScript
from collect_tui.desk.line import say
from collect_tui.desk.line.context import LineContext
from collect_tui.desk.line.lexer import word
from collect_tui.desk.line.slot import Slot
from collect_tui.desk.line.verb import Verb
from collect_tui.desk.line.words import TokenCursor

SHORT = 120


def tick(words: TokenCursor) -> tuple[Command, ...]:
    """`tick CARD`"""
    token = words.require("card")
    words.limit(token, "card", SHORT)
    if token.key is not None or not token.text.strip():
        words.reject(token, "card")
    words.take("card")
    words.done()
    return (words.build(ReadScript, script=token.text),)


def render_script(command: ReadScript, context: LineContext) -> str:
    return say.join("tick", word(command.script))


def say_script(command: ReadScript, context: LineContext) -> str:
    return f"the card {say.quoted(command.script)} was read"


_CARD = Slot("script", "CARD", "Card", "a card of the script", "card", needed=True, writing="word")

RENDER = {ReadScript: render_script}
MEANING = {ReadScript: say_script}
VERBS = (Verb("tick", (_CARD,), "a card of the script was read to the customer", "tick collector", tick),)
