"""What becomes of notes, the next action, the ladder and what is set of an account, and the mark of an act that was undone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final

from collect_tui.domain.codes import Codes
from collect_tui.domain.effect import Effect, Ids
from collect_tui.domain.errors import Refused
from collect_tui.domain.facts import AccountFacts, Holder, Item, NextAction, Parked
from collect_tui.domain.money import format_minor
from collect_tui.domain.states import DUNNED, STAGES, AccountState, Stage
from collect_tui.domain.wording import next_action_words, quoted

_STAGES: Final = {Stage.PRE_DUE: "before due", Stage.PAST_DUE: "past due"}


@dataclass(frozen=True, slots=True)
class NoteWritten(Effect):
    id: int
    text: str
    typed: str
    pinned: bool = False

    @property
    def only_written(self) -> bool:
        return not self.pinned

    def fold(self, facts: AccountFacts) -> AccountFacts:
        return replace(facts, pinned=(*facts.pinned, self.text)) if self.pinned else facts

    def inverse(self, facts: AccountFacts, ids: Ids, reason: str) -> tuple[Effect, ...]:
        return (NoteUnpinned(ids(), self.text),) if self.pinned and self.text in facts.pinned else ()

    def words(self, facts: AccountFacts, codes: Codes, zone: str) -> str:
        return f"{'pins the note' if self.pinned else 'notes'} {quoted(self.text)}"

    def stays(self) -> str:
        return f"the note {'comes off the top but ' if self.pinned else ''}stays in the timeline"


@dataclass(frozen=True, slots=True)
class NoteUnpinned(Effect):
    ends: ClassVar[bool] = True

    id: int
    text: str

    def fold(self, facts: AccountFacts) -> AccountFacts:
        if self.text not in facts.pinned:
            return facts
        at = facts.pinned.index(self.text)
        return replace(facts, pinned=(*facts.pinned[:at], *facts.pinned[at + 1 :]))

    def inverse(self, facts: AccountFacts, ids: Ids, reason: str) -> tuple[Effect, ...]:
        return (NoteWritten(ids(), self.text, self.text, pinned=True),)

    def words(self, facts: AccountFacts, codes: Codes, zone: str) -> str:
        return "a pinned note comes off the top"


@dataclass(frozen=True, slots=True)
class NextActionSet(Effect):
    """`parked`: money brought it about, and this comes back when that money is taken back."""

    work: ClassVar[bool] = True
    follows: ClassVar[bool] = True

    new: NextAction | None
    old: NextAction | None
    parked: Parked | None = None
    old_parked: Parked | None = None

    def fold(self, facts: AccountFacts) -> AccountFacts:
        return replace(facts, next_action=self.new, parked=self.parked)

    def inverse(self, facts: AccountFacts, ids: Ids, reason: str) -> tuple[Effect, ...]:
        if facts.next_action != self.new or (self.old is None and facts.status == AccountState.OPEN):
            return ()
        return (NextActionSet(self.old, self.new, self.old_parked, facts.parked),)

    def words(self, facts: AccountFacts, codes: Codes, zone: str) -> str:
        return f"next action: {next_action_words(self.new, facts, codes, zone)}"


@dataclass(frozen=True, slots=True)
class LadderChanged(Effect):
    """Pauses (`paused_by` names what) or resumes the ladder, or moves the stage."""

    follows: ClassVar[bool] = True

    stage: Stage
    paused_by: Holder | None
    old_stage: Stage
    old_paused_by: Holder | None

    def fold(self, facts: AccountFacts) -> AccountFacts:
        facts = replace(facts, stage=self.stage, ladder_paused_by=self.paused_by)
        if not cures(self):
            return facts

        def dunned(item: Item) -> Item:
            late = item.due < facts.business_date and item.level not in at_least(self.old_stage)
            return replace(item, level=self.old_stage) if late else item

        return replace(
            facts, items=tuple(dunned(i) for i in facts.items), settled=tuple(dunned(i) for i in facts.settled)
        )

    def inverse(self, facts: AccountFacts, ids: Ids, reason: str) -> tuple[Effect, ...]:
        if (facts.stage, facts.ladder_paused_by) != (self.stage, self.paused_by):
            return ()
        return (LadderChanged(self.old_stage, self.old_paused_by, self.stage, self.paused_by),)

    def words(self, facts: AccountFacts, codes: Codes, zone: str) -> str:
        if self.stage != self.old_stage:
            return f"stage {_STAGES.get(self.stage, self.stage.words)}"
        if self.paused_by is None:
            return f"the ladder goes on at {_STAGES.get(self.stage, self.stage.words)}"
        return f"the ladder is held by a {self.paused_by.kind}"


@dataclass(frozen=True, slots=True)
class ActUndone(Effect):
    """Marks an earlier act as undone; the compensating effects stand beside it."""

    follows: ClassVar[bool] = True

    act_id: str

    def fold(self, facts: AccountFacts) -> AccountFacts:
        return facts

    def inverse(self, facts: AccountFacts, ids: Ids, reason: str) -> tuple[Effect, ...]:
        raise Refused("undo.undo", "An undo cannot be undone; do the act again.", None)

    def words(self, facts: AccountFacts, codes: Codes, zone: str) -> str:
        return "the act is undone"


@dataclass(frozen=True, slots=True)
class Attribute:
    """`fact`: its name among the facts; `table`, `column`: where it is kept."""

    title: str
    fact: str
    table: str
    column: str


ATTRIBUTES: Final[Mapping[str, Attribute]] = {
    "account.credit_limit": Attribute("credit limit", "credit_limit", "account", "credit_limit"),
    "account.cash_only": Attribute("cash only", "cash_only", "account", "cash_only"),
    "account.owner": Attribute("owner", "owner", "account", "owner"),
    "party.language": Attribute("language", "language", "party", "lang"),
    "party.name": Attribute("name", "name", "party", "name"),
    "party.times": Attribute("times to call", "times", "party", "times"),
    "party.zone": Attribute("time zone", "zone", "party", "zone"),
    "party.support": Attribute("support needed", "support", "party", "support"),
}
"""By name. The credit limit is in minor units, None where there is none; the owner a login, empty for nobody; the language an ISO 639 code;
support a code of the site; times as `domain/contact/times.py` writes them; the zone an IANA name that the customer stated, None where
they did not."""

SETTABLE: Final = tuple(name for name in ATTRIBUTES if name not in ("party.times", "party.zone"))
"""Those that a case may set: the other two take values that a case does not check."""


@dataclass(frozen=True, slots=True)
class AttributeSet(Effect):
    """One of `ATTRIBUTES` is another."""

    name: str
    before: bool | int | str | None
    after: bool | int | str | None

    @property
    def attribute(self) -> Attribute:
        return ATTRIBUTES[self.name]

    @property
    def shared(self) -> bool:
        return self.attribute.table == "party"

    def fold(self, facts: AccountFacts) -> AccountFacts:
        changed: dict[str, Any] = {self.attribute.fact: self.after}
        return replace(facts, **changed)

    def inverse(self, facts: AccountFacts, ids: Ids, reason: str) -> tuple[Effect, ...]:
        if getattr(facts, self.attribute.fact) != self.after:
            return ()  # it has been set again since
        return (AttributeSet(self.name, self.after, self.before),)

    def words(self, facts: AccountFacts, codes: Codes, zone: str) -> str:
        was, now = (_said(value, facts.currency) for value in (self.before, self.after))
        return f"{self.attribute.title}: {now} (was {was})"


def _said(value: bool | int | str | None, currency: str) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return format_minor(value, currency) if isinstance(value, int) else value or "none"


def cures(effect: LadderChanged) -> bool:
    """Whether an account that was dunned owes nothing more: what was late then remembers how far it had come."""
    return effect.stage == Stage.CURRENT and effect.old_stage in DUNNED


def at_least(stage: Stage) -> tuple[Stage, ...]:
    """The stages from one on."""
    return STAGES[STAGES.index(stage) :]
