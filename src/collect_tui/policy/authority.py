"""Who may do what: permissions, scopes and limits of a role. Data from `defaults/authority.toml`; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from collect_tui.policy.verdicts import Finding, Severity, Verdict

EVERYTHING = "*"

#: What may be permitted besides the desk's operations and its commands (`act.<kind>`).
MORE_PERMISSIONS: Final = {
    "undo.others": "Take back an act of a colleague",
    "import.write": "Bring in accounts, items and payments of a billing system",
    "order.acknowledge": "Acknowledge, complete or reject orders",
    "event.read": "Read the stream of events",
    "webhook.manage": "Say which systems are told of events",
    "audit.read": "Verify and export the audit; take an account's evidence out",
    "user.manage": "Add, change, lock and remove users; revoke their tokens",
    "token.own": "Make and revoke one's own tokens for scripts",
    "metrics.read": "Read the server's figures",
}

#: Limits and their units. Amounts are minor units.
LIMITS: Final = {
    "payment_amount": ("amount", "One payment recorded by hand"),
    "promise_total": ("amount", "A single promise"),
    "plan_total": ("amount", "The total of an arrangement"),
    "plan_months": ("months", "From today to the last instalment of an arrangement"),
    "hold_days": ("days", "A hold with an end that was typed"),
    "snooze_days": ("days", "Putting an account off"),
    "credit": ("amount", "A credit by a case"),
    "waiver": ("amount", "A fee or interest that is waived"),
    "write_off": ("amount", "A write-off"),
    "refund": ("amount", "A refund"),
}

#: Kinds of identifiers that a role may be shown masked.
IDENTIFIERS: Final = ("phone", "email", "address", "social", "service")


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

    def most(self, permission: str, limit: str) -> int | None:
        """The most of a limit of `limits` by a permission, in its unit: none at all without it; None: as much as there is."""
        return self.limits.get(limit) if self.allows(permission) else 0

    def allows(self, permission: str) -> bool:
        group, _, _ = permission.partition(".")
        return bool({EVERYTHING, permission, f"{group}.*"} & self.may) or (
            permission == "act" and any(p.startswith("act.") for p in self.may)
        )


@dataclass(frozen=True, slots=True)
class RoleRule:
    """A role of the site. `rank`: overrides what roles of lower or the same rank may; 0 overrides nothing."""

    name: str
    title: str
    rank: int
    may: frozenset[str]
    limits: Mapping[str, int] = field(default_factory=dict)
    masked: frozenset[str] = frozenset()
    help: str = ""

    def authority(self, scopes: Iterable[str] = ()) -> Authority:
        """What somebody in this role may do; with scopes no more than they say, and never more than the role."""
        wanted = frozenset(scopes)
        return Authority(self.name, narrowed(self.may, wanted) if wanted else self.may, self.limits, self.masked)


@dataclass(frozen=True, slots=True)
class SignInRules:
    """How one signs in. `tries` wrong passwords in a row lock a login for `lock_minutes`; a session ends after `idle_minutes`
    without a request and `session_hours` in any case; a token for scripts lasts `token_days` at most."""

    tries: int
    lock_minutes: int
    idle_minutes: int
    session_hours: int
    token_days: int
    password_length: int


@dataclass(frozen=True, slots=True)
class Deputy:
    """Who decides cases in the stead of somebody who is away: logins, and business dates, both of which belong to it."""

    of: str
    deputy: str
    since: date
    until: date


@dataclass(frozen=True, slots=True)
class AuthorityRules:
    """`defaults/authority.toml`: the roles by name, how one signs in, and who stands in for whom."""

    roles: Mapping[str, RoleRule]
    sign_in: SignInRules
    deputies: tuple[Deputy, ...] = ()

    def stands_for(self, login: str, on: date) -> tuple[str, ...]:
        """In whose stead a login decides on a business date."""
        return tuple(each.of for each in self.deputies if each.deputy == login and each.since <= on <= each.until)

    def whole(self, authority: Authority) -> bool:
        """Whether it is all that its role may, and not what a token's scopes leave of it."""
        return authority.may == self.of(authority.role).may

    def of(self, role: str, scopes: Iterable[str] = ()) -> Authority:
        """The authority of a role; of one that the site does not know: nothing at all."""
        rule = self.roles.get(role)
        return Authority(role, frozenset()) if rule is None else rule.authority(scopes)

    def outranks(self, role: str | None, wanted: str) -> bool:
        """Whether `role` has at least the rank of `wanted`. A role that is unknown or without rank has none."""
        mine, needed = self.roles.get(role or ""), self.roles.get(wanted)
        return mine is not None and needed is not None and mine.rank >= needed.rank > 0

    def widest(self, roles: Iterable[str]) -> str | None:
        """The one of these roles with the highest rank; None of none."""
        return max(roles, key=lambda name: self.roles[name].rank if name in self.roles else 0, default=None)


def narrowed(may: frozenset[str], scopes: frozenset[str]) -> frozenset[str]:
    """What both say: patterns of two sets of permissions in common."""
    return frozenset(a for a in may if _covered(a, scopes)) | frozenset(b for b in scopes if _covered(b, may))


def covers(may: frozenset[str], permission: str) -> bool:
    """Whether permissions, with their `*` and `group.*`, hold a permission or a whole pattern of them."""
    return _covered(permission, may)


def _covered(pattern: str, by: frozenset[str]) -> bool:
    group, _, _ = pattern.partition(".")
    return EVERYTHING in by or pattern in by or f"{group}.*" in by


def judge_limits(
    measured: Iterable[tuple[str, int, str]], kind: str, authority: Authority, rules: AuthorityRules
) -> Verdict:
    """What the limits of a role say to a command of a kind. `measured`: limit, its value in this command, the value in words.

    Beyond a limit somebody in a role that reaches so far may override; where none does, nobody can.
    """
    findings = []
    for name, value, words in measured:
        most = authority.limits.get(name)
        if most is None or value <= most:
            continue
        reaching = [
            role
            for role in rules.roles.values()
            if role.rank > 0 and covers(role.may, f"act.{kind}") and role.limits.get(name, value) >= value
        ]
        who = min(reaching, key=lambda role: role.rank).name if reaching else None
        sentence = f"{LIMITS[name][1]}: {words} is more than a {authority.role} may."
        severity = Severity.HOLD if who else Severity.BLOCK
        findings.append(Finding(f"authority.{name}", severity, sentence, "authority", "House rule", override_role=who))
    return Verdict.of(findings)


def settled(verdict: Verdict, rules: AuthorityRules) -> Verdict:
    """The verdict with one role for all its refusals: where several are named, only the widest overrides them all."""
    refusals = [f for f in verdict.findings if f.severity > Severity.WARN]
    named = {f.override_role for f in refusals}
    if len(named) < 2 or None in named:
        return verdict
    widest = rules.widest(sorted(name for name in named if name))
    return Verdict(tuple(replace(f, override_role=widest) if f in refusals else f for f in verdict.findings))
