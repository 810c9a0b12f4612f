"""What a decider may know besides the account: the site's data, the day, the clock, who asks. Passed in, never looked up."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from collect_tui.common.words import expected, nearest
from collect_tui.desk.catalogue import Catalogue
from collect_tui.desk.commands import Override
from collect_tui.domain.case.case import Case
from collect_tui.domain.codes import Codes
from collect_tui.domain.dates import Calendar
from collect_tui.domain.effect import Effect
from collect_tui.domain.errors import Invalid
from collect_tui.domain.rules import ArrangementPolicy, Rules
from collect_tui.policy.authority import Authority
from collect_tui.policy.house import House
from collect_tui.services.access import require_of

if TYPE_CHECKING:
    from collect_tui.services.message.compose import Composer


@dataclass(frozen=True, slots=True)
class PastAct:
    """An act that was done: what undo takes back. `overtaken`: something came after it that still stands and could be taken
    back. `said`: what it did, in words."""

    act_id: str
    by: str
    at: datetime
    overtaken: bool
    effects: Sequence[Effect]
    undone_by: str | None
    said: str


@dataclass(frozen=True, slots=True)
class Context:
    catalogue: Catalogue
    calendar: Calendar
    business_date: date
    now: datetime
    zone: str
    user: str
    role: str
    ids: Callable[[], int]
    past_acts: Callable[[str | None], Iterable[PastAct]]
    override: Override | None = None
    override_role: str | None = None  # role of `override.by`; None when there is no such user
    departments: Callable[[], tuple[str, ...]] = (
        tuple  # of the user: whose cases they answer; only an act on a case asks
    )
    parts: Callable[[int], Collection[str]] = lambda case_id: ()  # who ever had a part in a case
    taken: Callable[[str], bool] = lambda number: False  # whether the account has an item of a number, settled or not
    ended: Callable[[str], Case | None] = lambda number: None  # a case of the account that has ended, by its number
    is_case: Callable[[str], bool] = lambda number: False  # whether the tenant has a case of a number, open or not
    roles: Callable[[], Mapping[str, str]] = dict  # of those who work here, by login
    locked: Callable[[], str | None] = lambda: None  # who has locked the order of the account's queue, in a sentence
    stands_for: Callable[[], Mapping[str, Authority]] = dict  # in whose stead the user decides cases today
    authority: Authority | None = None  # what the user may do; None: everything, as the owner of the file
    compose: Composer | None = None  # writes messages by the site's templates

    @property
    def rules(self) -> Rules:
        return self.catalogue.rules

    @property
    def house(self) -> House:
        """What settling goes by."""
        return House(self.catalogue.rules, self.catalogue.holds, self.calendar, self.catalogue.cases)

    @property
    def codes(self) -> Codes:
        return self.catalogue.codes

    def may(self, permission: str) -> bool:
        """Whether the user's authority reaches so far; who owns the file has that of their role."""
        return (self.authority or self.catalogue.authority.of(self.role)).allows(permission)

    def login(self, given: str, field: str, permission: str | None = None) -> str:
        """The login of somebody who works here and may do what they are given; nothing for nobody. Invalid "user.unknown";
        Refused "user.role"."""
        if not given:
            return given
        roles, rules = self.roles(), self.catalogue.authority
        if given not in roles:
            near = nearest(
                given, [n for n, role in roles.items() if not permission or rules.of(role).allows(permission)]
            )
            told = f"did you mean {near}?" if near else "expected a login."
            raise Invalid("user.unknown", f"Nobody of this login works here; {told}", field)
        if permission:
            require_of(rules, given, roles[given], permission, field)
        return given

    def method(self, given: str) -> str:
        """The code of a way to pay, by a word that says it. Invalid "payment.method"."""
        if not given.strip():
            raise Invalid(
                "payment.method", "The method is missing; expected a word such as card, cash or ach.", "method"
            )
        if (code := self.codes.method(given)) is None:
            told = expected(given.strip().lower(), self.codes.method_words)
            raise Invalid("payment.method", f"{given} is no method of payment; {told}", "method")
        return code

    @property
    def composer(self) -> Composer:
        assert self.compose is not None
        return self.compose

    def arrangement(self, segment: str) -> ArrangementPolicy:
        policies = self.catalogue.arrangement
        return policies.get(segment) or policies["default"]
