"""The firm's own people, as a site's `internal.toml` names them: who answers for what, and which digests they get and when. Pure.

Until when they may object to a suspension says `policy/objections.py`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

SUSPENSIONS: Final = "suspensions"
CHANNELS: Final = "channels"
REASONS: Final = "reasons"
CASES: Final = "cases"

OBJECTION: Final = "objection"
"""What a message that came in is said to say which placed one: `objection until 2026-11-27`."""

DIGESTS: Final[Mapping[str, str]] = {
    SUSPENSIONS: "services about to be cut",
    CHANNELS: "channels that fail",
    REASONS: "reasons for non-payment",
    CASES: "cases that wait",
}
"""Digest → what its template is about."""


@dataclass(frozen=True, slots=True)
class Digest:
    """`ahead`: business days before a service is cut on which whoever answers for it is told. `weekday`: when it is written, Monday
    is 0; None: every day."""

    name: str
    template: str
    ahead: int = 2
    weekday: int | None = None

    def due(self, today: date) -> date:
        """The last day, today or before, on which it is written."""
        return today if self.weekday is None else today - timedelta(days=(today.weekday() - self.weekday) % 7)


@dataclass(frozen=True, slots=True)
class InternalContact:
    """Somebody of the firm, or a department. `accounts`: how the numbers begin. What is empty limits nothing."""

    name: str
    title: str
    email: str
    language: str
    digests: tuple[str, ...]
    products: tuple[str, ...] = ()
    systems: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()

    def answers_for(self, account: str, segment: str, product: str, system: str) -> bool:
        named = ((self.products, product), (self.systems, system), (self.segments, segment))
        return all(not among or each in among for among, each in named) and (
            not self.accounts or account.startswith(self.accounts)
        )

    def is_at(self, address: str) -> bool:
        return address.strip().casefold() == self.email.casefold()


@dataclass(frozen=True, slots=True)
class Internal:
    """What `internal.toml` says."""

    contacts: tuple[InternalContact, ...] = ()
    digests: Mapping[str, Digest] = field(default_factory=dict)

    def told(self, digest: str) -> tuple[InternalContact, ...]:
        return tuple(c for c in self.contacts if digest in c.digests) if digest in self.digests else ()
