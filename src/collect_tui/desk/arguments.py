"""What stands behind a word that is no act: whom a lead means, until when and why. The terminal and its linear mode read it alike."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from collect_tui.common.words import plural
from collect_tui.desk.errors import Invalid, Refused
from collect_tui.desk.sets import MOST
from collect_tui.desk.views.act import HISTORY_MOST
from collect_tui.desk.views.floor import HandedOn, reveal_reason
from collect_tui.domain.dates import DateOrder
from collect_tui.domain.typed_dates import parse_date

if TYPE_CHECKING:
    from collect_tui.desk.protocol import Desk
    from collect_tui.desk.views.act import Receipt


class Away(NamedTuple):
    """Who is away until which business date, who decides in their stead (empty: nobody), and why."""

    login: str
    until: date
    deputy: str
    reason: str


class Handing(NamedTuple):
    """Whose accounts go to whom, and why."""

    of: str
    to: tuple[str, ...]
    reason: str


class Acts(NamedTuple):
    """The words that acts are told apart by, whose they are (empty: mine), and how the id of each begins, which may be a set's."""

    words: str
    by: str
    act: str


def acts_of(desk: Desk, given: Acts) -> tuple[Receipt, ...]:
    """The last of these acts, each set told as one; or all of one set."""
    most = 2 * MOST if given.act else HISTORY_MOST
    return desk.history(limit=most, words=given.words, by=given.by, act=given.act, sets=not given.act)


def word(words: str) -> tuple[str, str]:
    """To whom, and what is said to them. Invalid "word.usage"."""
    login, text = _two(words, "Say to whom and what: `word mia call the 4410 first`.")
    return login, _bare(text)


def away(words: str, today: date, order: DateOrder) -> Away:
    """`mia 3dec for=lee ill`. Invalid "word.usage", "word.away", and what a wrong date is."""
    usage = "Say who, until when and why: `away mia 3dec ill`, and who decides meanwhile with `for=lee`."
    login, rest = _two(words, usage)
    when, _, rest = rest.partition(" ")
    deputy, reason = "", rest.strip()
    if reason.startswith("for="):
        deputy, _, reason = reason.removeprefix("for=").partition(" ")
    if not reason.strip():
        raise Invalid("word.away", usage)
    return Away(login, parse_date(when, today, order=order), deputy, _bare(reason))


def day(words: str, today: date, order: DateOrder) -> date | None:
    """A business date; None: none is said. Raises what a wrong date is."""
    return parse_date(words, today, order=order) if words.strip() else None


def back(words: str) -> str:
    """Who is back. Invalid "word.back"."""
    if not words:
        raise Invalid("word.back", "Say who is back: `here mia`.")
    return words


def lock(words: str) -> tuple[str, str]:
    """Which queue's order is locked, and why. Invalid "word.usage"."""
    queue, reason = _two(words, "Say which queue and why: `lockqueue broken oldest first`.")
    return queue, _bare(reason)


def unlock(words: str) -> str:
    """Which queue's order is free again. Invalid "word.unlock"."""
    if not words:
        raise Invalid("word.unlock", "Say which queue: `freequeue broken`.")
    return words


def handing(words: str) -> Handing:
    """`mia ben,lee on leave`. Invalid "word.usage", "word.handon"."""
    of, rest = _two(words, "Say whose, to whom and why: `handon mia ben,lee on leave`.")
    to, _, reason = rest.partition(" ")
    if not reason.strip():
        raise Invalid("word.handon", "Say why: `handon mia ben,lee on leave`.")
    return Handing(of, tuple(filter(None, to.split(","))), _bare(reason))


def to_hand(desk: Desk, given: Handing) -> HandedOn:
    """How much there is to hand on. Refused "word.handon": nothing."""
    seen = desk.hand_on(given.of, given.to)
    if not seen.accounts:
        raise Refused("word.handon", f"Nothing is {given.of}'s.")
    return seen


def handing_question(seen: HandedOn, to: Iterable[str]) -> str:
    """What is asked before it is handed on: how much, and of what kinds."""
    parts = (
        plural(seen.owned, "account of their own", "accounts of their own"),
        plural(seen.callbacks, "with callbacks", "with callbacks"),
        plural(seen.cases, "with cases", "with cases"),
        plural(seen.held, "in their hands", "in their hands"),
    )
    return f"Hand {plural(seen.accounts, 'account')} of {seen.of} to {', '.join(to)}: {' · '.join(parts)}?"


def handed(done: HandedOn) -> str:
    """What has become of it, with the first account on which it could not be."""
    failed = f" {len(done.refused)} could not be: {done.refused[0]}" if done.refused else ""
    return f"Handed on: {done.done} of {done.accounts}.{failed}"


def reassigning(words: str) -> tuple[str, str]:
    """To whom an account goes, and why. Invalid "word.usage"."""
    return _two(words, "Type a login and the reason, such as: ben off sick.")


def pause_code(code: str, codes: Iterable[str]) -> str:
    """The code of a pause, or how one begins. Invalid "agent.code" names those there are."""
    known = tuple(codes)
    if not code or not any(each.casefold().startswith(code.casefold()) for each in known):
        raise Invalid("agent.code", f"Say why: one of {', '.join(known)}.", "code")
    return code


def revealing(words: str) -> tuple[str, str]:
    """Which identifier is shown in full, and why. Invalid "word.reveal", "reveal.reason"."""
    what, _, reason = words.partition(" ")
    if not what or not reason.strip():
        raise Invalid("word.reveal", "Say which and why: `reveal m1 REASON`.")
    return what, reveal_reason(reason)


def history(words: str) -> Acts:
    """Of which acts the history is: `by=LOGIN` among the words, `set=1f3a9c02`."""
    given = {"by": "", "set": ""}
    rest: list[str] = []
    for each in words.split():
        key, _, value = each.partition("=")
        if key in given and "=" in each:
            if not value:
                raise Invalid("word.history", "Say whose acts, or of which set: `history by=LOGIN`, `set=ID`.", key)
            given[key] = value
        else:
            rest.append(each)
    return Acts(" ".join(rest), given["by"], given["set"])


def _two(words: str, usage: str) -> tuple[str, str]:
    first, _, rest = words.strip().partition(" ")
    if not rest.strip():
        raise Invalid("word.usage", usage)
    return first, rest.strip()


def _bare(text: str) -> str:
    """Without the quotes that may stand around it."""
    said = text.strip()
    return said[1:-1] if len(said) > 1 and said[0] == said[-1] == '"' else said
