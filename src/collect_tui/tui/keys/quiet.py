"""Has what a key set in motion come to rest?  Textual does not say so: its queues, workers and layout are looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.app import ScreenStackError
from textual.message_pump import MessagePump
from textual.worker import WorkerState

if TYPE_CHECKING:
    from textual.app import App


def is_quiet(app: App[Any]) -> bool:
    """Are all message pumps idle, with no layout outstanding?  What is only waiting for a timer is set going."""
    if not _is_waiting(app):
        return False
    for node in app._registry:
        if node._task is not None and not _is_waiting(node):
            return False
    if any(worker.state is WorkerState.PENDING for worker in app.workers):
        return False
    try:
        screen = app.screen
    except ScreenStackError:
        return True
    if app._resize_timer is not None:  # Textual puts a new size off by some milliseconds
        app.call_next(app._check_resize)
        return False
    if app._batch_count or not (screen._layout_required or screen._callbacks):
        return True
    # The next key may need to know how tall a list is.  Do not wait for the frame timer: lay out now.
    screen.call_next(screen._on_timer_update)
    return False


def _is_waiting(pump: MessagePump) -> bool:
    """Is this pump asleep on an empty queue?  The sleeper waits for the queue's event."""
    queue: Any = pump._message_queue
    return (
        queue.empty()
        and pump._pending_message is None
        and not pump._next_callbacks
        and any(not waiter.done() for waiter in vars(queue.ready_event)["_waiters"])
    )
