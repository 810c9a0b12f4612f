"""What the queues and the score see of an account: one row, gathered from everything that hangs on it.

The database gathers it in `store/account_signals.py`, for a million accounts at once; `policy/signals.py` makes the same of plain facts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from collect_tui.domain.states import AccountState, Stage

NEVER: Final = date.min
"""The day on which somebody was spoken to who never was."""


@dataclass(frozen=True, slots=True)
class Signals:
    """Amounts are minor units, days of instants the desk's. Counts: of the last 12 months where the name says so, else of all time.

    `spoken_on`, `tried_on`: last contact with the right party, last outbound contact. `callback_at`: the earliest callback of
    the business date or before. `broken_on`, `returned_on`: the last promise broken, payment returned. `hold_call`: holds that
    forbid calls. `dispute_until`, `claim_until`: last day of such holds that have expired (of a claim: which no money has
    answered since); `disputing`, `claiming`: those that stand. `suspendable`, `restorable`: services that may be cut, restored
    today. `order_since`: the day since which the oldest order on its way is unanswered; `reviews`: suspensions held for
    review; `order_failed`: 1 when the last order not undone was rejected or cancelled. `noticed_on`: the last notice served. `coming`:
    what falls due within days and has been due, less what is there to pay it. `ahead`: what is not due yet, less all that is disputed
    and all that is there to pay it. `capped`: 1 when the attempt cap is reached.
    `linked`: other past-due accounts of the customer. `unanswered`: messages that wait for an answer, 50 at most; `received_on`: the
    day on which the first of them came in. `unreached`: notices that wait and go by no contact point that may be used.
    `no_number`: 1 when something is to be collected and none of the customer's telephones may be called; 0 for who never had one.
    `confirm_by`: by when the open promise is to be confirmed in writing, while it is not.
    """

    status: AccountState = AccountState.OPEN
    stage: Stage = Stage.CURRENT
    collectable: int = 0
    oldest_due: date | None = None
    attempts: int = 0
    rpcs: int = 0
    kept_12m: int = 0
    broken_12m: int = 0
    returned_12m: int = 0
    last_attempt_at: datetime | None = None
    spoken_on: date = NEVER
    tried_on: date = NEVER
    next_action_code: str | None = None
    next_action_on: date | None = None
    next_action_at: datetime | None = None
    snooze_until: date | None = None
    callback_at: datetime | None = None
    promise_open: int = 0
    broken_on: date | None = None
    returned_on: date | None = None
    hold_call: int = 0
    disputing: int = 0
    dispute_until: date | None = None
    claiming: int = 0
    claim_until: date | None = None
    suspendable: int = 0
    restorable: int = 0
    order_since: date | None = None
    reviews: int = 0
    order_failed: int = 0
    noticed_on: date | None = None
    coming: int = 0
    ahead: int = 0
    capped: int = 0
    linked: int = 0
    unanswered: int = 0
    unreached: int = 0
    no_number: int = 0
    received_on: date | None = None
    confirm_by: date | None = None
