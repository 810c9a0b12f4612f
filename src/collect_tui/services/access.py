"""Who is asking: users, their tokens and what they may do."""

from __future__ import annotations

from dataclasses import dataclass

from collect_tui.policy.authority import Authority


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody the server knows: the bearer of a token that is valid now. The tenant comes from the token and nowhere else."""

    tenant_id: int
    login: str
    authority: Authority
    token_id: int
    kind: str  # session, personal
