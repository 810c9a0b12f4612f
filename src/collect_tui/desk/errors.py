"""What can go wrong at the desk. One tree, the same on every floor and over every wire.

    DomainError (domain.errors: code, message, field)
    ├── Invalid        a value is malformed or out of range                     exit 2
    ├── Refused        a rule of the trade says no                              exit 3
    │   ├── RefusedByPolicy   the same, with the whole verdict
    │   ├── Unconfirmed       not before something has been typed, and what
    │   └── Forbidden         this user may not                                 exit 3
    ├── SignedOut      the server does not know who is asking                   exit 3
    ├── Stale          somebody else changed or holds it: who and when          exit 4
    ├── NotFound       no such account, queue, item …                           exit 5
    └── Unavailable    the desk cannot be reached or its file cannot be used    exit 1

`code` is a stable slug (`promise.over_balance`), `field` names what to mend.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from collect_tui.common.words import a
from collect_tui.domain.errors import DomainError, Invalid, Refused

if TYPE_CHECKING:
    from datetime import datetime

    from collect_tui.desk.views.act import Confirm, VerdictView


class RefusedByPolicy(Refused):
    """Policy says no; `verdict` holds every finding, `overridable_by` who could still do it."""

    def __init__(self, code: str, message: str, field: str | None, verdict: VerdictView) -> None:
        super().__init__(code, message, field)
        self.verdict = verdict


class Unconfirmed(Refused):
    """The act may be done once `confirm` has been typed: what no key pressed by habit may do is asked for."""

    def __init__(self, confirm: Confirm) -> None:
        super().__init__(confirm.code, confirm.sentence, confirm.field)
        self.confirm = confirm


class Forbidden(Refused):
    """The role or the token of the user does not reach so far. `field` names the permission."""

    @classmethod
    def to(cls, role: str, permission: str) -> Forbidden:
        """A role lacks a permission."""
        return cls("authority.permission", f"As {a(role)} you may not do this ({permission}).", permission)


class SignedOut(DomainError):
    """The server does not know who asks: never signed in, the session has run out, was revoked or locked."""


class Stale(DomainError):
    """Another user changed the account, or holds it. `version` is the current one."""

    def __init__(self, code: str, message: str, *, by: str, at: datetime | None, version: int) -> None:
        super().__init__(code, message, "version")
        self.by = by
        self.at = at
        self.version = version


class NotFound(DomainError):
    pass


class Unavailable(DomainError):
    pass


__all__ = [
    "DomainError",
    "Forbidden",
    "Invalid",
    "NotFound",
    "Refused",
    "RefusedByPolicy",
    "SignedOut",
    "Stale",
    "Unavailable",
    "Unconfirmed",
]
