"""What every command is: a frozen model with a `kind`. Amounts are minor units of the account's currency."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from collect_tui.domain.calendars import YEARS_EITHER_WAY
from collect_tui.domain.confirm import digits
from collect_tui.domain.money import LIMIT

if TYPE_CHECKING:
    from collect_tui.domain.confirm import Question
    from collect_tui.domain.facts import AccountFacts

Minor = Annotated[int, Field(gt=0, le=LIMIT, description="Amount in minor units of the account's currency")]
Text = Annotated[str, Field(max_length=4000)]
#: Blanks around it mean nothing.
Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]


class CommandBase(BaseModel):
    """One act of a collector.

    `outside`: it takes effect outside the building and stands alone; only an `OutsideCommand` may. `noun` is its resource
    in the API, below an account; the permission is `act.` and its kind. `offline`: it may wait for the server, because no
    limit that only the server knows stands in its way. `asks`: its field for what must be typed before it is done; a
    command that has one says in `question` what that is, and every door asks for it. `bulk`: it may be done on many
    accounts at once. `leased`: whoever else holds the account
    keeps it from being done. `months_ahead`: no date of it lies
    further from the business date than that. `dates`: it says when the account is worked on next, and what to know of it
    where something else goes before that day; None: it does not. `chooses`: it says itself what comes next, also in place of what
    waits for somebody else.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    outside: ClassVar[bool] = False
    noun: ClassVar[str]
    offline: ClassVar[bool] = False
    bulk: ClassVar[bool] = False
    leased: ClassVar[bool] = True
    asks: ClassVar[str | None] = None
    months_ahead: ClassVar[int] = 12 * YEARS_EITHER_WAY
    dates: ClassVar[str | None] = None
    chooses: ClassVar[bool] = False

    @classmethod
    def __pydantic_init_subclass__(cls, **more: Any) -> None:
        if cls.outside and cls.question is CommandBase.question:
            raise TypeError(f"{cls.__name__} takes effect outside the building: derive it from OutsideCommand")

    def question(self, facts: AccountFacts) -> Question | None:
        """What must still be typed before it is done on these facts; None: nothing."""
        return None

    def answered(self, typed: str, currency: str) -> Self:
        """The same command with what was typed to confirm it. Invalid: that cannot be what is asked for."""
        return self

    def unanswered(self) -> Self:
        """The same command, nothing confirmed yet."""
        return self.model_copy(update={self.asks: None}) if self.asks else self


class OutsideCommand(CommandBase):
    """A command that takes effect outside the building: it asks for the account's last four digits."""

    outside: ClassVar[bool] = True
    asks: ClassVar[str | None] = "confirm"
    confirm: Annotated[Short | None, Field(description="The account's last four digits")] = None

    def question(self, facts: AccountFacts) -> Question | None:
        return digits(facts, self.confirm)

    def answered(self, typed: str, currency: str) -> Self:
        return self.model_copy(update={"confirm": typed.strip()})
