"""An agent's own state: pausing and coming back, and acknowledging what a lead has said."""

from __future__ import annotations

from collect_tui.common.text import clean
from collect_tui.desk.errors import Invalid
from collect_tui.desk.views.agent import AgentView
from collect_tui.domain.agent import AgentState
from collect_tui.services.desk_context import DeskContext
from collect_tui.store import agents


def agent(desk: DeskContext, state: str, code: str, heard: int) -> AgentView:
    """What the user does now, after they have paused or come back (`state`), or have acknowledged the words up to one (`heard`).

    Invalid `agent.code`: a pause wants a code of the site, and nothing else has one.
    """
    wanted = AgentState(state.upper()) if state else None
    found = _code(desk, code) if wanted == AgentState.PAUSE else ""
    if code and wanted != AgentState.PAUSE:
        raise Invalid("agent.code", "Only a pause has a code.", "code")
    return desk.store.attempt(lambda: _changed(desk, wanted, found, heard))


def _changed(desk: DeskContext, state: AgentState | None, code: str, heard: int) -> AgentView:
    with desk.store.write(desk.tenant_id) as db:
        where, now = (desk.tenant_id, desk.user), desk.clock()
        if state == AgentState.PAUSE:
            agents.pauses(db, *where, now, code)
        elif state is not None:
            agents.enter(db, *where, now, state)
        if heard:
            agents.hear(db, *where, now, heard)
        found = agents.view(db, *where, now)
    return found or AgentView(state="available", code="", since=now, now=now)


def _code(desk: DeskContext, text: str) -> str:
    codes = desk.catalogue().codes.pauses
    wanted = clean(text).strip().upper()
    found = [each for each in codes if each.upper() == wanted] or [
        each for each in codes if wanted and each.upper().startswith(wanted)
    ]
    if len(found) != 1:
        raise Invalid("agent.code", f"Say why: one of {', '.join(codes)}.", "code")
    return found[0]
