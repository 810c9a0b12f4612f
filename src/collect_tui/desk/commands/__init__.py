"""Everything that changes data is a command; an `Act` is what one Enter sends: one or more commands in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final, get_args
from uuid import UUID, uuid4

from pydantic import BaseModel, ConfigDict, Field

from collect_tui.desk.commands.base import CommandBase, Minor, OutsideCommand, Short, Text
from collect_tui.desk.commands.case import ChangeCase, DecideCase, LinkCase, MoveCase, OpenCase, WriteCaseNote
from collect_tui.desk.commands.contact import (
    LogContact,
    MarkPoint,
    ReadScript,
    ScheduleCallback,
    SetNextAction,
    UnpinNote,
    WriteNote,
)
from collect_tui.desk.commands.customer import AddParty, AddPoint, CorrectCustomer, CorrectPoint, VerifyCustomer
from collect_tui.desk.commands.message import (
    AnswerMessage,
    CancelMessage,
    CloseMessage,
    ReleaseMessage,
    SendMessage,
)
from collect_tui.desk.commands.order import (
    CancelOrder,
    ExtendOrder,
    OrderDowngrade,
    OrderRestore,
    OrderSuspension,
    OrderTermination,
    ReverseOrder,
)
from collect_tui.desk.commands.payment import ApplyCredit, Directed, RecordPayment, ReversePayment
from collect_tui.desk.commands.promise import (
    CancelPromise,
    MakePlan,
    MakePromise,
    MakeSettlement,
    Part,
    ReAge,
    RescuePlan,
)
from collect_tui.desk.commands.queue import HandOver, PlaceHold, ReleaseHold, SetOwner, SkipAccount, SnoozeAccount, Undo

if TYPE_CHECKING:
    from collect_tui.desk.views.act import Confirm

Command = Annotated[
    LogContact
    | WriteNote
    | UnpinNote
    | ScheduleCallback
    | SetNextAction
    | MarkPoint
    | ReadScript
    | AddPoint
    | AddParty
    | CorrectPoint
    | CorrectCustomer
    | VerifyCustomer
    | MakePromise
    | MakePlan
    | CancelPromise
    | MakeSettlement
    | ReAge
    | RescuePlan
    | RecordPayment
    | ReversePayment
    | ApplyCredit
    | OrderSuspension
    | OrderRestore
    | OrderDowngrade
    | OrderTermination
    | ReverseOrder
    | ExtendOrder
    | CancelOrder
    | SendMessage
    | ReleaseMessage
    | CancelMessage
    | AnswerMessage
    | CloseMessage
    | OpenCase
    | MoveCase
    | ChangeCase
    | WriteCaseNote
    | LinkCase
    | DecideCase
    | SkipAccount
    | SnoozeAccount
    | PlaceHold
    | ReleaseHold
    | SetOwner
    | HandOver
    | Undo,
    Field(discriminator="kind"),
]


#: Every command by its kind: what the API, the permissions and their tests are made of.
COMMANDS: Final[dict[str, type[CommandBase]]] = {
    command.model_fields["kind"].default: command for command in get_args(get_args(Command)[0])
}


class Override(BaseModel):
    """Who overrides a refusal that has an override, and why. Logged as evidence."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    by: Short
    reason: Text


class Act(BaseModel):
    """One or more commands against one account, all or nothing.

    `id` is made by the client: sending the same act twice does it once. `version` is the account version the agent saw;
    None does not check (plain commands from a shell). `line` is the text as typed, for the audit.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    id: UUID
    account: Short
    commands: Annotated[tuple[Command, ...], Field(min_length=1, max_length=20)]
    version: int | None = None
    fence: int | None = None
    line: Text = ""
    override: Override | None = None

    def unanswered(self) -> Act:
        """The same act, nothing confirmed yet."""
        return self.model_copy(update={"commands": tuple(c.unanswered() for c in self.commands)})

    def answered(self, asked: Confirm, typed: str) -> Act:
        """The same under a new id, with what was typed for what was asked. Invalid: it cannot be that."""
        told = (c.answered(typed, asked.currency) if n == asked.command else c for n, c in enumerate(self.commands))
        return self.model_copy(update={"id": uuid4(), "commands": tuple(told)})


__all__ = [
    "COMMANDS",
    "Act",
    "AddParty",
    "AddPoint",
    "AnswerMessage",
    "ApplyCredit",
    "CancelMessage",
    "CancelOrder",
    "CancelPromise",
    "ChangeCase",
    "CloseMessage",
    "Command",
    "CommandBase",
    "CorrectCustomer",
    "CorrectPoint",
    "DecideCase",
    "Directed",
    "ExtendOrder",
    "HandOver",
    "LinkCase",
    "LogContact",
    "MakePlan",
    "MakePromise",
    "MakeSettlement",
    "MarkPoint",
    "Minor",
    "MoveCase",
    "OpenCase",
    "OrderDowngrade",
    "OrderRestore",
    "OrderSuspension",
    "OrderTermination",
    "OutsideCommand",
    "Override",
    "Part",
    "PlaceHold",
    "ReAge",
    "ReadScript",
    "RecordPayment",
    "ReleaseHold",
    "ReleaseMessage",
    "RescuePlan",
    "ReverseOrder",
    "ReversePayment",
    "ScheduleCallback",
    "SendMessage",
    "SetNextAction",
    "SetOwner",
    "SkipAccount",
    "SnoozeAccount",
    "Undo",
    "UnpinNote",
    "VerifyCustomer",
    "WriteCaseNote",
    "WriteNote",
]
