"""The key gate: what is typed ahead is never lost and never lands on the wrong screen.

Stock Textual hands a key to whatever has the focus when the key *arrives*, so a burst of keys outruns the screens it
opens: letters vanish, or act on the account before.  The gate keeps every key and paste in one queue, lets one through,
waits until everything that key set in motion has come to rest, and only then lets the next one through.  A key whose
meaning depends on an answer that is under way waits for that as well (:meth:`KeyGate.gate_awaits`).  So every key acts
on what its typist saw or would have seen: a burst and slow typing give the same result.

Assemble it first: ``class CollectApp(KeyGate, ThinPainter, App[None])``.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events

from collect_tui.tui.keys.quiet import is_quiet

if TYPE_CHECKING:
    from textual.app import App

    _Base = App[Any]
else:
    _Base = object

_Typed = events.Key | events.Paste


class KeyGate(_Base):
    """Mixin for :class:`textual.app.App` that lets one key through at a time."""

    KEY_LIMIT: ClassVar[int] = 65536
    """Keys kept typed ahead.  Beyond it keys are refused with a bell until all kept ones have run: no gaps, ever."""

    SETTLE_LIMIT: ClassVar[float] = 2.0
    """Seconds after which a screen that does not come to rest gets the next key all the same."""

    pause: float = 0.0
    """Seconds without a key after which whoever types has seen what dropped their keys.  Until then what they type on was
    meant for something else and is dropped as well; 0 where a key is typed only when all before it has been seen."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._gate_queue: deque[_Typed] = deque()
        self._gate_holds = 0
        self._gate_free = asyncio.Event()
        self._gate_free.set()
        self._gate_task: asyncio.Task[None] | None = None
        self._gate_passing: _Typed | None = None
        self._gate_full = False
        self._gate_frozen = False
        self._gate_resized = False
        self._gate_cutoff = 0.0
        self._gate_unread: float | None = None  # when the last key came that was dropped, or what drops them was said
        super().__init__(*args, **kwargs)

    # -- for the program ----------------------------------------------------------------------------------------

    @property
    def keys_waiting(self) -> int:
        """Keys and pastes kept, not yet let through."""
        return len(self._gate_queue)

    @property
    def keys_held(self) -> bool:
        """Is a request out, and are keys therefore kept?"""
        return self._gate_holds > 0

    @contextmanager
    def hold_keys(self) -> Iterator[None]:
        """Keep keys while a request is out; may be nested.  Enter and leave it on the app's own thread.

        Enter it before the key's handler returns (or in a coroutine worker the handler started), else the next key
        may be let through first.
        """
        self._gate_holds += 1
        self._gate_free.clear()
        self.keys_changed()
        try:
            yield
        finally:
            self._gate_holds -= 1
            if not self._gate_holds and not self._gate_frozen:
                self._gate_free.set()
            self.keys_changed()

    def flush_keys(self) -> int:
        """Drop all that was typed ahead and say how many keys that were.

        Also dropped are keys the terminal has delivered but the program has not yet seen, so that a question asked
        after a flush can be answered only by somebody who has had the chance to read it.
        """
        dropped = len(self._gate_queue) + self._gate_in_transit()
        self._gate_queue.clear()
        self._gate_cutoff = self._gate_unread = asyncio.get_running_loop().time()
        self.keys_changed()
        return dropped

    def freeze_keys(self) -> None:
        """Let no key through any more: the program is to go."""
        self._gate_frozen = True
        self._gate_free.clear()

    async def keys_left(self) -> list[_Typed]:
        """All keys and pastes that no longer get through, once those under way have arrived and the one that was let
        through last has had its effect, or waits for the desk."""
        loop = asyncio.get_running_loop()
        # What the terminal's thread has handed over is handed on before this, which goes the same way.
        await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(asyncio.sleep(0), loop))
        for _ in range(1000):
            await asyncio.sleep(0)
            if not self._gate_in_transit() and (self._gate_holds or is_quiet(self)):
                break
        return list(self._gate_queue)

    async def keys_idle(self) -> None:
        """Wait until every key so far has had its effect.  For tests and workers, not for message handlers."""
        while True:
            if self._gate_task is not None:
                await asyncio.wait({self._gate_task})
            elif self._gate_in_transit():
                await asyncio.sleep(0)
            else:
                return

    # -- to be overridden ---------------------------------------------------------------------------------------

    def keys_changed(self) -> None:
        """Called when keys become held or free, and when the count of kept keys changes while held."""

    def keys_unread(self) -> None:
        """Called for each key that is typed on after some were dropped, and dropped like them."""
        self.bell()

    def keys_refused(self) -> None:
        """Called for each key refused because too many are kept."""
        self.bell()

    def keys_unseen(self) -> None:
        """Called when a key was for what its typist cannot have seen (`gate_unseen`): drops what is behind it and says so."""
        self.flush_keys()
        self.bell()

    def gate_unseen(self, event: events.Key | events.Paste) -> bool:
        """Is this key for something that its typist cannot have seen?  Then it does nothing, and :meth:`keys_unseen` is called."""
        return False

    def gate_exempt(self, event: events.Key | events.Paste) -> bool:
        """May this key pass at once, ahead of kept ones?  For keys that only repaint or cancel a request."""
        return False

    def gate_awaits(self, event: events.Key | events.Paste) -> Awaitable[None] | None:
        """What the next key must wait for before it is let through, as if a request were out; None: nothing."""
        return None

    # -- machinery ----------------------------------------------------------------------------------------------

    async def on_event(self, event: events.Event) -> None:
        """Put typed events that come from the terminal in the queue; let everything else through."""
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded and event is not self._gate_passing:
            if event.time >= self._gate_cutoff:
                if isinstance(event, events.Key) and event.key == "ctrl+j":
                    # Enter typed before the terminal was in raw mode: the line discipline has made a line feed of it.
                    event = events.Key("enter", "\r")
                if self.gate_exempt(event):
                    await super().on_event(event)
                else:
                    self._gate_accept(event)
            return
        self._gate_resized = self._gate_resized or isinstance(event, events.Resize)
        await super().on_event(event)

    def on_unmount(self) -> None:
        """Forget kept keys when the app ends; called by Textual besides any handler of the app's own."""
        self._gate_queue.clear()
        if self._gate_task is not None:
            self._gate_task.cancel()

    def _gate_accept(self, event: _Typed) -> None:
        if self._gate_unread is not None:
            if event.time - self._gate_unread < self.pause:
                self._gate_unread = event.time
                self.keys_unread()
                return
            self._gate_unread = None
        if self._gate_full or len(self._gate_queue) >= self.KEY_LIMIT:
            self._gate_full = True
            self.keys_refused()
            return
        self._gate_queue.append(event)
        if self._gate_holds:
            self.keys_changed()
        if self._gate_task is None:
            self._gate_task = asyncio.create_task(self._gate_run(), name="key gate")

    def _gate_in_transit(self) -> int:
        """Typed events that are in the app's own queue, not yet seen by :meth:`on_event`."""
        queue: deque[Any] = self._message_queue.values
        return sum(
            isinstance(event, events.Key | events.Paste)
            and not event.is_forwarded
            and event is not self._gate_passing
            and event.time >= self._gate_cutoff
            for event in queue
        )

    async def _gate_run(self) -> None:
        """Let the kept keys through, one after another, then end: no task is left behind when nobody types."""
        try:
            while self._gate_queue and not self._exit:  # what is typed behind the last key is for nothing that is left
                await self._gate_free.wait()
                if not self._gate_queue:
                    break
                try:
                    if self._gate_resized:  # how far a key goes is for the size its typist sees
                        self._gate_resized = False
                        await self._gate_settle()
                        continue
                    if (answer := self.gate_awaits(self._gate_queue[0])) is not None:
                        with self.hold_keys():
                            await answer
                    else:
                        event = self._gate_queue.popleft()
                        if self.gate_unseen(event):
                            self.keys_unseen()
                            continue
                        self._gate_passing = event
                        if not self.post_message(event):  # the app is closing
                            self._gate_queue.clear()
                            break
                    await self._gate_settle()
                except Exception as error:  # a gate that stops would lock the keyboard
                    self.log.error("key gate", error)
        finally:
            self._gate_task = None
            self._gate_full = False
            self._gate_passing = None

    async def _gate_settle(self) -> None:
        """Wait until all message pumps are idle, twice in a row, with no layout and no request outstanding."""
        now = asyncio.get_running_loop().time
        deadline = now() + self.SETTLE_LIMIT
        quiet = spins = 0
        while not self._exit:
            if self._gate_holds:
                await self._gate_free.wait()
                deadline = now() + self.SETTLE_LIMIT
                quiet = spins = 0
            # Between two looks every task that was ready has run: what one finished pump set off elsewhere shows up.
            if is_quiet(self):
                quiet += 1
                if quiet == 2:
                    return
            else:
                quiet = 0
                if now() > deadline:
                    self.log.warning("key gate: not settled", self.SETTLE_LIMIT)
                    return
            spins += 1
            await asyncio.sleep(0 if spins < 100 else 0.002)
