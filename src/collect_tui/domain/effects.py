"""Every kind of effect there is, and each by its name, as the act log and the audit keep it."""

from __future__ import annotations

from typing import Final

from collect_tui.domain.account.effects import (
    ActUndone,
    AttributeSet,
    LadderChanged,
    NextActionSet,
    NoteUnpinned,
    NoteWritten,
)
from collect_tui.domain.account.moved import DateMoved
from collect_tui.domain.case.effects import CaseChanged, CaseDocumented, CaseNoted, CaseOpened, ItemExcluded
from collect_tui.domain.contact.effects import (
    CallbackChanged,
    CallbackGiven,
    CallbackScheduled,
    ContactLogged,
    ContactVoided,
)
from collect_tui.domain.contact.party_effects import PartyAdded, PartyRemoved
from collect_tui.domain.contact.point_effects import PointAdded, PointChanged, PointEffect, PointMarked, PointRemoved
from collect_tui.domain.contact.verification import Verified
from collect_tui.domain.effect import Effect
from collect_tui.domain.hold.effects import HoldChanged, HoldPlaced
from collect_tui.domain.message.effects import (
    InboxChanged,
    MessageChanged,
    MessageReceived,
    MessageReleased,
    MessageWritten,
)
from collect_tui.domain.order.effects import OrderChanged, OrderRequested, ServiceChanged, ServiceReplaced
from collect_tui.domain.payment.effects import (
    AllocationReleased,
    CreditApplied,
    CreditReleased,
    ItemCharged,
    ItemVoided,
    PaymentAllocated,
    PaymentRecorded,
    PaymentReversed,
)
from collect_tui.domain.promise.effects import InstalmentPaid, PromiseChanged, PromiseConfirmed, PromiseMade
from collect_tui.domain.queue.effects import Skipped, Snoozed
from collect_tui.domain.script import ScriptRead

__all__ = [
    "KINDS",
    "ActUndone",
    "AllocationReleased",
    "AttributeSet",
    "CallbackChanged",
    "CallbackGiven",
    "CallbackScheduled",
    "CaseChanged",
    "CaseDocumented",
    "CaseNoted",
    "CaseOpened",
    "ContactLogged",
    "ContactVoided",
    "CreditApplied",
    "CreditReleased",
    "DateMoved",
    "Effect",
    "HoldChanged",
    "HoldPlaced",
    "InboxChanged",
    "InstalmentPaid",
    "ItemCharged",
    "ItemExcluded",
    "ItemVoided",
    "LadderChanged",
    "MessageChanged",
    "MessageReceived",
    "MessageReleased",
    "MessageWritten",
    "NextActionSet",
    "NoteUnpinned",
    "NoteWritten",
    "OrderChanged",
    "OrderRequested",
    "PartyAdded",
    "PartyRemoved",
    "PaymentAllocated",
    "PaymentRecorded",
    "PaymentReversed",
    "PointAdded",
    "PointChanged",
    "PointMarked",
    "PointRemoved",
    "PromiseChanged",
    "PromiseConfirmed",
    "PromiseMade",
    "ScriptRead",
    "ServiceChanged",
    "ServiceReplaced",
    "Skipped",
    "Snoozed",
    "Verified",
]

KINDS: Final[dict[str, type[Effect]]] = {
    kind.__name__: kind for base in (Effect, PointEffect) for kind in base.__subclasses__() if kind is not PointEffect
}
