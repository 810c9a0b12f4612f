"""Who the customer is and how they are reached: new and mended contact points, name, language, zone, times."""

from __future__ import annotations

from typing import Annotated, ClassVar, Final, Literal, get_args

from pydantic import Field, StringConstraints

from collect_tui.desk.commands.base import CommandBase, Short

PointKind = Literal["mobile", "home", "work", "other", "email", "address", "social"]
POINT_KINDS: Final[tuple[PointKind, ...]] = get_args(PointKind)
Part = Literal["name", "lang", "zone", "times"]
PARTS: Final[tuple[Part, ...]] = get_args(Part)
Value = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class AddPoint(CommandBase):
    """A telephone in the way of the customer's country or with its code, an e-mail, an address in one line, a social account."""

    noun: ClassVar[str] = "points"
    offline: ClassVar[bool] = True
    kind: Literal["add-point"] = "add-point"
    what: PointKind
    value: Value


class AddParty(CommandBase):
    """Somebody beside the holder who has to do with the account: `role` is a code of the site, such as guarantor; `what` and `value` are a
    contact point of theirs."""

    noun: ClassVar[str] = "parties"
    offline: ClassVar[bool] = True
    kind: Literal["add-party"] = "add-party"
    role: Short
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    what: PointKind
    value: Value


class CorrectPoint(CommandBase):
    """A contact point has another value than was thought: what was known of the old one, but for an opt-out, is not known of the new."""

    noun: ClassVar[str] = "point-corrections"
    offline: ClassVar[bool] = True
    kind: Literal["correct-point"] = "correct-point"
    point: Short
    value: Value


class CorrectCustomer(CommandBase):
    """`lang` is a code such as `es`, `zone` an IANA zone or the city of one, `times` as `not weekdays 15 to 17, best 9 to 11`; `none` takes
    back a zone or times that were stated."""

    noun: ClassVar[str] = "customer-corrections"
    offline: ClassVar[bool] = True
    kind: Literal["correct-customer"] = "correct-customer"
    what: Annotated[Part, Field(description="What of the customer is another")]
    value: Value


class VerifyCustomer(CommandBase):
    """Whoever is spoken to is the customer: which facts they knew (`dob`, `addr`, …: the site's), and in what kind of talk."""

    noun: ClassVar[str] = "verifications"
    kind: Literal["verify"] = "verify"
    facts: Annotated[tuple[Short, ...], Field(min_length=1, max_length=6)]
    method: Literal["call", "inbound", "chat"] = "call"


__all__ = [
    "PARTS",
    "POINT_KINDS",
    "AddParty",
    "AddPoint",
    "CorrectCustomer",
    "CorrectPoint",
    "PointKind",
    "VerifyCustomer",
]
