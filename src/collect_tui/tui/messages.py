"""Sentences the terminal says itself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from collect_tui.common.words import plural
from collect_tui.desk.views.act import STAYS
from collect_tui.domain.dates import format_day
from collect_tui.domain.errors import DomainError

if TYPE_CHECKING:
    from collect_tui.desk.views.act import Receipt
    from collect_tui.desk.views.queue import QueueFigure
    from collect_tui.domain.rules import SavedFilter

LOG: Final = "faults.log"
PASTE_WAITS: Final = (
    "A paste has not ended; what is typed is taken for part of it. Ctrl-C drops it, and so does silence."
)


def goes_to_marked(count: int) -> str:
    """Where what is typed goes while rows are marked."""
    return f"The line goes to the {count:,} marked, whatever row the cursor is on."


def not_here(title: str) -> str:
    """A command is not for the screen that is shown."""
    return f"{title} is not for this screen."


def kept(*, throwaway: bool, fault: bool) -> str:
    """What leaving is asked with: what becomes of what is typed."""
    if throwaway:
        return "Leave the demo?  Nothing of it is kept."
    return f"Leave the program?  What is typed {'cannot be kept' if fault else 'is kept'}."


TYPED_ON: Final = "what you type on is dropped until you pause"
"""Behind a refusal, when its reader has not seen it yet and goes on typing."""


def dropped(keys: int) -> str:
    """What is said of keys that were typed ahead and dropped; empty for none."""
    return f"{plural(keys, 'key')} dropped" if keys else ""


def with_dropped(sentence: str, keys: int) -> str:
    """A refusal and, if there were any, the keys it cost."""
    return f"{sentence} · {dropped(keys)}" if keys else sentence


NOTHING_BEFORE: Final = "= repeats what was done here last; there is nothing yet."
NO_ACCOUNT: Final = "There is no account here for that; open one by its number."
#: Said with a screen and without one.
NOTHING_HANDED_ON: Final = "Nothing was handed on."
NOTHING_KEPT: Final = "Nothing was kept; `save NAME` with another name keeps both."
NO_QUEUE_SHOWN: Final = "That is about a queue that is shown; q NAME opens one."
NOTHING_UNDONE: Final = "Nothing was undone."
WHICH_ACCOUNT: Final = "Say which account: `a NUMBER`."
NO_ACCOUNT_BEFORE: Final = "There is no account before this one."
NO_DECISION_WAITS: Final = "Nothing waits for a decision in this case."
NO_OTHER_CASE: Final = "There is no other case of the list there."
NO_MESSAGE_WAITS: Final = "No message waits for an answer."
NOT_ANSWERED: Final = "This message waits for no answer that could be typed here."
NO_MESSAGE_CHOSEN: Final = "An answer is begun on a message: pane 9 lists them."
NO_KIND_FROM_MESSAGE: Final = "No kind of case of this site is opened from a message."
NO_DRAFT_WAITS: Final = "No draft of a message waits."
NOTHING_TO_RELEASE: Final = "There is nothing here to release."
RELEASED: Final = "These have been released; each stands on its account."
NOTHING_RELEASED: Final = "Nothing was released."
NOTHING_TO_REASSIGN: Final = "This agent holds no account to reassign."
HOLDS_NO_ACCOUNT: Final = "This agent holds no account."
NOTHING_WAITS: Final = "Nothing waits: all that was typed is done."

NO_PASTE: Final = "Nothing here takes a paste."


def no_key(name: str, leave: str = "q") -> str:
    """What is said of a key that does nothing where it was pressed. `leave`: what leaves the program, on the board."""
    if name == "ctrl+c":  # by habit, to end the program
        return f"Ctrl-C does not leave the program: {leave} on the board does, or the word quit on the line"
    return f"{name if len(name) == 1 else name.upper()} does nothing here"


def paste_lost(size: int) -> str:
    """What is said of a paste that was given up."""
    return f"A paste of {plural(size, 'character')} was dropped, as its end never came. Nothing of it was taken."


def paste_kept(size: str) -> str:
    """What is said of a paste that had not ended when the program did."""
    return f"A paste had not ended when the program did: the {size} characters that came of it are kept, as a draft or behind Up."


def too_long(size: int, limit: int) -> str:
    """What is said of a text that is longer than its field takes."""
    return (
        f"{size:,} characters, and this takes {limit:,}: nothing is cut off, and nothing is done until it is shorter."
    )


def sentence(error: DomainError) -> str:
    """An error of the desk as the status line says it."""
    return error.message.strip() or f"Refused ({error.code})."


def typed(text: str) -> str:
    """What was typed, as a sentence quotes it: card data is masked."""
    from collect_tui.domain.card_text import mask_card  # its expressions take a while to compile

    return repr(mask_card(text))


LOADING: Final = "Loading …"
"""What stands where something is still to come: not what is said of nothing."""


def not_loaded(sentence: str, key: str) -> str:
    """What stands where something should, and why it does not; `key` tries again."""
    return f"Not loaded: {sentence} {key} tries again."


def unexpected(error: Exception, state_folder: Path | None) -> str:
    """Log an error nobody expected, without any value it held, and say what the user can read out."""
    from collect_tui.common.faults import record

    fault = record(error, state_folder / LOG if state_folder is not None else None)
    return f"Something went wrong that should not have: fault {fault} in {LOG}. What is typed is kept."


NO_SIGNIN: Final = "This desk works on its own database; nobody has to sign in."
NO_OUTBOX: Final = "This desk works on its own database: nothing has to wait for a server."
SIGNED_IN: Final = "Signed in; what waited goes out."
NOT_LINKED: Final = "Marks are for the customer's other accounts; `linked` shows them."
NO_WORD: Final = "Nobody has left you a word."
NOT_REJECTED: Final = "Only an act that was rejected can be sent again or dropped; the others go out by themselves."


def not_undoable(act: Receipt | None) -> str:
    """Why an act of the history is not taken back."""
    return STAYS if act is not None and act.only_written else "This act cannot be taken back, or was already."


def heard(by: str) -> str:
    """A lead's word has been acknowledged."""
    return f"{by} sees that you have read it."


def word_left(login: str) -> str:
    """A word has been left for an agent."""
    return f"{login} sees it with the next answer of the desk."


def away(login: str, until: date, today: date) -> str:
    """An agent is away until a business date; `today`: that of the desk."""
    return f"{login} is away until {format_day(until, today)}; their callbacks are anybody's."


def back(login: str) -> str:
    """An agent is there again."""
    return f"{login} is back."


def locked(queue: str) -> str:
    """The order of a queue is locked."""
    return f"{queue} is worked in its order."


def unlocked(queue: str) -> str:
    """The order of a queue is free again."""
    return f"The order of {queue} is free."


def saved(kept: SavedFilter) -> str:
    """What is shown of a queue is kept under a name."""
    return f"Kept: q {kept.name} shows {kept.words} of {kept.queue}."


AGAIN: Final = "You have worked this account today already."
"""Said of an account that `next` hands out once more."""


def nothing_left(why: str) -> str:
    """What is said at the end of a queue; `why`: what stands in it all the same."""
    return f"Nothing is left to work now{f': {why}' if why else ''}."


def not_handed(figures: Iterable[QueueFigure]) -> str:
    """Why `next` hands out nothing of what stands in queues: what is due and of no colleague may not be called now."""
    found = list(figures)
    others, done, due = (sum(getattr(f, name) for f in found) for name in ("others", "done", "due_now"))
    later = sum(f.count for f in found) - due
    told = (
        (others, "of others"),
        (done, "worked today"),
        (max(0, due - others - done), "not to be called now"),
        (later, "for later"),
    )
    return ", ".join(f"{count:,} {words}" for count, words in told if count)
