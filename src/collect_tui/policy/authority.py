"""Who may do what: permissions, scopes and limits of a role. Data from `defaults/authority.toml`; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

EVERYTHING = "*"


@dataclass(frozen=True, slots=True)
class Authority:
    """What one user may do at this moment: the permissions of the role, narrowed by the scopes of the token.

    `may`: permissions of operations and `act.<kind>` for commands; `*` stands for all, `act.*` for all commands. `limits`: the
    most a role may do of something, in the units that the limit's name says (minor units, days, months). `masked`: kinds of
    identifiers that are not shown in full (phone, email, service).
    """

    role: str
    may: frozenset[str]
    limits: Mapping[str, int] = field(default_factory=dict)
    masked: frozenset[str] = frozenset()

    def allows(self, permission: str) -> bool:
        group, _, _ = permission.partition(".")
        return bool({EVERYTHING, permission, f"{group}.*"} & self.may) or (
            permission == "act" and any(p.startswith("act.") for p in self.may)
        )
