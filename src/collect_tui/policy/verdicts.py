"""What a rule says, and the strictest of what all rules say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum


class Severity(IntEnum):
    """From lenient to strict. SCHEDULE names the next instant it is allowed; HOLD wants a second person; BLOCK has no override."""

    ALLOW = 0
    INFO = 1
    WARN = 2
    SCHEDULE = 3
    HOLD = 4
    BLOCK = 5


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule's word. `check` is the short name of what was looked at, shown check by check; `cite` is the source."""

    rule: str
    severity: Severity
    sentence: str
    check: str = ""
    cite: str = ""
    next_ok: datetime | None = None  # UTC
    override_role: str | None = None  # who may override; None: nobody


@dataclass(frozen=True, slots=True)
class Verdict:
    findings: tuple[Finding, ...] = ()

    @classmethod
    def of(cls, findings: Iterable[Finding]) -> Verdict:
        """Strictest first; the order of rules decides among equals. What several acts of a line are told alike is said once."""
        return cls(tuple(sorted(dict.fromkeys(findings), key=lambda f: -f.severity)))

    @property
    def severity(self) -> Severity:
        return max((f.severity for f in self.findings), default=Severity.ALLOW)

    @property
    def allowed(self) -> bool:
        """True up to WARN: the agent may go on."""
        return self.severity <= Severity.WARN

    @property
    def overridable_by(self) -> str | None:
        """The role that may override every refusal in it; None when one of them has no override."""
        refusals = [f for f in self.findings if f.severity > Severity.WARN]
        roles = {f.override_role for f in refusals}
        return None if not refusals or None in roles else max(r for r in roles if r)

    @property
    def next_ok(self) -> datetime | None:
        return max((f.next_ok for f in self.findings if f.next_ok), default=None)

    def __add__(self, other: Verdict) -> Verdict:
        return Verdict.of((*self.findings, *other.findings))
