"""What the client says when the server is away: whole sentences, what is wrong and what to do."""

from __future__ import annotations

from typing import Final

UNANSWERED: Final = (
    "The server has not answered, so nobody knows yet whether this was done. It is asked again by itself until it answers;"
    " until then the account takes no order."
)
BLOCKED: Final = "The server has not answered yet for what was typed before on this account; this cannot wait behind it. Try again then."
BUSY: Final = "The server has too much to do just now, and did not take this; try again in a moment."
UNREACHED: Final = "The server cannot be reached, and this cannot wait for it: its limits can only be checked there."
SIGNED_OUT: Final = "The server does not know you any more; sign in again (collect-tui login)."
UNKNOWN: Final = "The server has not answered, so nobody knows yet whether this was done."
DROPPED: Final = "It was dropped from the outbox; look at the account before it is typed again."
FAILED_TEXT: Final = "The server fails on this act; tell who runs it, then send it again."
BEHIND_TEXT: Final = (
    "What was typed before on this account was refused and waits to be looked at; look at it, then do this again."
)

#: Why an operation is not done without the server.
REFUSED: Final = {
    "session": "The server cannot be reached; what was typed before is kept.",
    "next": "No account can be taken while the server cannot be reached: nobody can say who else has it, or whether it may be called.",
    "claim": "No account can be taken while the server cannot be reached: nobody can say who else has it.",
    "heartbeat": "The hold on this account cannot be renewed while the server cannot be reached.",
    "reassign": "Accounts cannot be handed over while the server cannot be reached: nobody can say who has them.",
    "find": "Nothing can be looked up while the server cannot be reached; accounts opened before can still be seen.",
    "reveal": "Nothing is shown in full while the server cannot be reached: that is written down there.",
    "day": "The day cannot be run while the server cannot be reached.",
    "orders": "Orders cannot be listed or sent while the server cannot be reached.",
    "messages": "Drafts of messages cannot be listed or released while the server cannot be reached.",
    "agent": "What you do cannot be kept while the server cannot be reached.",
    "me": "What your work has come to is known to the server alone, which cannot be reached.",
    "script": "The script is filled by the server, which cannot be reached.",
    "word": "Nobody can be left a word while the server cannot be reached.",
    "absent": "Who is away is known to the server alone, which cannot be reached.",
    "lock_order": "The order of a queue cannot be locked or released while the server cannot be reached.",
    "hand_on": "Nothing can be handed on while the server cannot be reached.",
    "forecast": "Tomorrow's queues are made where the book is, and the server cannot be reached.",
    "floor": "Who works what is known to the server alone, which cannot be reached.",
}
UNSEEN: Final = "The server cannot be reached, and this has not been looked at before, so there is nothing to show."
