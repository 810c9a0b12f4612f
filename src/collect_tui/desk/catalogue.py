"""The site's data as the desk hands it out: codes, abbreviations, queues, holds, arrangement policies and roles.

The files are in `defaults/`; a site overrides them key by key in its own settings folder (`settings.py` says where).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from collect_tui.domain.case.rules import CaseRules
from collect_tui.domain.codes import Codes
from collect_tui.domain.message.internal import Internal
from collect_tui.domain.message.template import Outline
from collect_tui.domain.rules import ArrangementPolicy, HoldKind, QueueRule, Rules, SavedFilter
from collect_tui.domain.script import Scripts
from collect_tui.policy.authority import AuthorityRules


def code_lists(codes: Codes) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Heading, and code → title, of every list of codes but actions and results, which say more than a title each."""
    yield "Reasons for non-payment", codes.reasons
    yield "Reasons for a dispute", codes.dispute_reasons
    yield "Reasons to skip or snooze", codes.skip_reasons
    yield "Reasons for a pause", codes.pauses
    yield from ((f"Reasons to {kind}", table) for kind, table in codes.order_reasons.items())
    yield "Ways to pay", {", ".join((code, *each.words)): each.title for code, each in codes.methods.items()}
    yield "Next actions", codes.next_actions
    yield "Roles of other parties", codes.party_roles


class Catalogue(BaseModel):
    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True, defer_build=True)

    codes: Codes
    abbreviations: Mapping[str, str]
    queues: tuple[QueueRule, ...]
    filters: Mapping[str, SavedFilter] = Field(default_factory=dict)
    holds: Mapping[str, HoldKind]
    arrangement: Mapping[str, ArrangementPolicy]  # by segment; "default" always stands
    rules: Rules
    authority: AuthorityRules
    cases: CaseRules = CaseRules()
    outlines: Mapping[str, Outline] = Field(default_factory=dict)  # of the templates of messages, by name
    internal: Internal = Field(default=Internal(), exclude=True)  # the firm's own people; only here
    scripts: Scripts = Field(default=Scripts(), exclude=True)  # of a call; the desk tells them filled in
    site_folder: Path | None = Field(default=None, exclude=True)  # where the site's own files are; only here

    @property
    def templates(self) -> Mapping[str, tuple[str, ...]]:
        """By which channels each template of messages is sent."""
        return {name: each.channels for name, each in self.outlines.items()}
