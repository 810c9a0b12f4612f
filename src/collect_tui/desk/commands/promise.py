"""Promises to pay and instalment arrangements."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Final, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from collect_tui.desk.commands.base import CommandBase, Minor, Short, Text
from collect_tui.desk.dated import Day
from collect_tui.domain.money import LIMIT

Frequency = Literal["weekly", "fortnightly", "monthly"]
MOST_INSTALMENTS: Final = 250


class MakePromise(CommandBase):
    """A single promise: `amount` by `due`. It supersedes the promise that is open."""

    noun: ClassVar[str] = "promises"
    offline: ClassVar[bool] = True
    dates: ClassVar[str | None] = "the promise stands"
    kind: Literal["promise"] = "promise"
    amount: Minor
    due: Day
    method: Short | None = None
    note: Text = ""


class Part(CommandBase):
    """An instalment as it was agreed: `amount` by `due`."""

    amount: Minor
    due: Day


class MakePlan(CommandBase):
    """An arrangement over `total`: `down` payment on `down_due` (default: the business date), then `count` instalments from `first`.

    Monthly instalments keep the day of the month of `anchor_day` (default: that of `first`), clamped to the month's end.
    The last instalment takes the rounding.

    Or, with none of that, `parts`: at least two unequal instalments in the order they are due, which add up to the total.
    """

    noun: ClassVar[str] = "plans"
    offline: ClassVar[bool] = True
    dates: ClassVar[str | None] = "the plan stands"
    kind: Literal["plan"] = "plan"
    total: Minor
    count: Annotated[int, Field(ge=1, le=MOST_INSTALMENTS)] | None = None
    frequency: Frequency | None = None
    first: Day | None = None
    anchor_day: Annotated[int, Field(ge=1, le=31)] | None = None
    down: Annotated[int, Field(ge=0, le=LIMIT)] = 0
    down_due: Day | None = None
    parts: Annotated[tuple[Part, ...], Field(max_length=MOST_INSTALMENTS)] = ()
    method: Short | None = None
    note: Text = ""

    @property
    def terms(self) -> tuple[int, Frequency, date] | None:
        """Count, frequency and first date; None of a plan in parts."""
        if self.count is None or self.frequency is None or self.first is None:
            return None
        return self.count, self.frequency, self.first

    @model_validator(mode="after")
    def _either(self) -> Self:
        """Instalments worked out from count, frequency and first date, or in parts: never a bit of both."""
        given = (self.count, self.frequency, self.first, self.anchor_day, self.down_due, self.down or None)
        if any(one is not None for one in given) if self.parts else self.terms is None:
            raise PydanticCustomError("plan.form", "Expected either count, frequency and first, or parts.")
        return self


class RescuePlan(CommandBase):
    """Takes the broken plan up again: what was missed is paid `by` a day, or spread over what is still to come."""

    noun: ClassVar[str] = "plan-rescues"
    dates: ClassVar[str | None] = "the plan stands"
    kind: Literal["rescue"] = "rescue"
    by: Day | None = None
    note: Text = ""


class MakeSettlement(CommandBase):
    """A promise of less than all that is owed: when its `parts` are paid, the rest is written off; when not, all is owed."""

    noun: ClassVar[str] = "settlements"
    dates: ClassVar[str | None] = "the settlement stands"
    kind: Literal["settlement"] = "settlement"
    parts: Annotated[tuple[Part, ...], Field(min_length=1, max_length=MOST_INSTALMENTS)]
    method: Short | None = None
    note: Text = ""

    @property
    def total(self) -> int:
        return sum(part.amount for part in self.parts)


class ReAge(CommandBase):
    """Makes what is late due anew on a day: one item, or all that are past due."""

    noun: ClassVar[str] = "re-ages"
    kind: Literal["re-age"] = "re-age"
    due: Day
    item: Short = ""  # its document number; empty: all that are past due
    reason: Text


class CancelPromise(CommandBase):
    """Cancels the open promise, with a reason."""

    noun: ClassVar[str] = "promise-cancellations"
    kind: Literal["cancel-promise"] = "cancel-promise"
    reason: Text
