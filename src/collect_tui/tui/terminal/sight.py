"""Whether what must be confirmed has been on the screen of whoever confirms it.

Over a stalled line a program paints for nobody, and keys typed into what was there before arrive all the same.  So after a
question has been painted the terminal is asked for its status, which it answers only when all before it has reached
it.  Until then, and for as long as nobody could have read it, no key confirms.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

ANSWER_WAIT: Final = 3.0
"""Seconds for an answer; then the question is painted and the terminal asked anew."""
READING: Final = 0.3
"""Seconds after the answer that nobody reads faster: a multiplexer answers for itself."""
TRIES: Final = 3
"""So many times a terminal is asked; one that never answers takes the confirming key twice."""
_STALE: Final = 6

SLOW: Final = "Not shown by the terminal yet: painted again; keys until then do not count."
DEAF: Final = "This terminal tells nothing: read this, then press the confirming key twice."
UNSEEN: Final = "That key was pressed before this was to be seen: it does not count."
TWICE: Final = "Once more confirms it."


class Sight:
    """What was painted last and must be seen.  Everything runs on the app's own thread.

    Args:
        ask: paints what is due and asks the terminal behind it; True: paint all of it again.  None: there is no terminal that
            could be slow, and all is seen at once.
        later: calls back after so many seconds; what it returns has a `cancel`.
        clock: seconds, the clock that keys are stamped with.
    """

    def __init__(
        self,
        ask: Callable[[bool], None] | None,
        later: Callable[[float, Callable[[], None]], object],
        clock: Callable[[], float],
    ) -> None:
        self._ask, self._later, self._clock = ask, later, clock
        self._say: Callable[[str], None] = lambda _sentence: None
        self.said = ""
        """What the terminal has to do with the question, as it was said last."""
        self._seen_at: float | None = None
        self._shown = 0  # counts questions: a timer of an earlier one does nothing
        self._open = 0  # answers that are still to come
        self._stale = 0  # of these, those to requests before the question
        self._tries = 0
        self._once = False
        self.deaf = False
        """Does the terminal never answer?"""

    def begin(self) -> None:
        """A question is about to be shown: from now on nothing confirms."""
        self._shown += 1
        self.said = ""
        self._seen_at, self._tries, self._once = None, 0, False
        self._stale = self._open = min(self._open, _STALE)

    def look(self, told: Callable[[str], None]) -> None:
        """It has been put on the screen; `told` says there what the terminal has to do with it."""
        self._say = told
        self._request(anew=False)

    def answered(self) -> None:
        """The terminal has answered one request."""
        self._open = max(0, self._open - 1)
        if self._stale:
            self._stale -= 1
            return
        self.deaf = False
        if self._seen_at is None and self._tries:
            self._seen_at = self._clock() + READING
            if self._tries > 1:
                self._told("")

    def counts(self, moment: float) -> bool:
        """Does a key that confirms count, which came at `moment`?  On a terminal that never answers its second one does."""
        if self._ask is None:
            return True
        if self._seen_at is None or min(moment, self._clock()) < self._seen_at:
            return False
        if self.deaf and not self._once:
            self._once = True
            self._told(TWICE)
            return False
        return True

    def visible(self, moment: float) -> bool:
        """Does a key that only answers, and does not confirm yet, count?"""
        return self._ask is None or (self._seen_at is not None and min(moment, self._clock()) >= self._seen_at)

    def _told(self, sentence: str) -> None:
        self.said = sentence
        self._say(sentence)

    def _request(self, *, anew: bool) -> None:
        if self._ask is None:
            return
        self._tries += 1
        self._open += 1
        self._ask(anew)
        shown = self._shown
        self._later(ANSWER_WAIT, lambda: self._waited(shown))

    def _waited(self, shown: int) -> None:
        """No answer has come in time."""
        if shown != self._shown or self._seen_at is not None:
            return
        if self._tries >= TRIES or self.deaf:
            self.deaf = True
            self._told(DEAF)
            self._seen_at = self._clock() + READING
        else:
            self._told(SLOW)
            self._request(anew=True)
