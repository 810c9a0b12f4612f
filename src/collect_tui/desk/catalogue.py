"""The site's data as the desk hands it out: codes, abbreviations, queues, holds, arrangement policies and roles.

The files are in `defaults/`; a site overrides them key by key in its own settings folder (`settings.py` says where).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from collect_tui.domain.case.rules import CaseRules
from collect_tui.domain.codes import Codes
from collect_tui.domain.message.internal import Internal
from collect_tui.domain.rules import ArrangementPolicy, HoldKind, QueueRule, Rules, SavedFilter
from collect_tui.domain.script import Scripts
from collect_tui.policy.authority import AuthorityRules


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
    templates: Mapping[str, tuple[str, ...]] = Field(
        default_factory=dict
    )  # of messages: by which channels each is sent
    internal: Internal = Field(default=Internal(), exclude=True)  # the firm's own people; only here
    scripts: Scripts = Field(default=Scripts(), exclude=True)  # of a call; the desk tells them filled in
    site_folder: Path | None = Field(default=None, exclude=True)  # where the site's own files are; only here
