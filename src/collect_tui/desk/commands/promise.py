"""Promises to pay and instalment arrangements."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from collect_tui.desk.commands.base import CommandBase, Minor, Short, Text

Frequency = Literal["weekly", "fortnightly", "monthly"]


class MakePromise(CommandBase):
    """A single promise: `amount` by `due`. It supersedes the promise that is open."""

    noun: ClassVar[str] = "promises"
    offline: ClassVar[bool] = True
    kind: Literal["promise"] = "promise"
    amount: Minor
    due: date
    method: Short | None = None
    note: Text = ""


class MakePlan(CommandBase):
    """An arrangement over `total`: `down` payment on `down_due` (default: the business date), then `count` instalments from `first`.

    Monthly instalments keep the day of the month of `anchor_day` (default: that of `first`), clamped to the month's end.
    The last instalment takes the rounding.
    """

    noun: ClassVar[str] = "plans"
    offline: ClassVar[bool] = True
    kind: Literal["plan"] = "plan"
    total: Minor
    count: Annotated[int, Field(ge=1, le=250)]
    frequency: Frequency
    first: date
    anchor_day: Annotated[int, Field(ge=1, le=31)] | None = None
    down: Annotated[int, Field(ge=0, le=10**15)] = 0
    down_due: date | None = None
    method: Short | None = None
    note: Text = ""


class CancelPromise(CommandBase):
    """Cancels the open promise, with a reason."""

    noun: ClassVar[str] = "promise-cancellations"
    kind: Literal["cancel-promise"] = "cancel-promise"
    reason: Text
