"""What of the work that stands in queues the desk's people can do in a day."""

from __future__ import annotations

from datetime import date

from sqlmodel import Session as Db

from collect_tui.desk.views.queue import Coverage
from collect_tui.domain.rules import QueuePolicy
from collect_tui.policy.authority import RoleRule
from collect_tui.services.desk_context import DeskContext
from collect_tui.store import agents


def working(desk: DeskContext, db: Db, on: date) -> int:
    """How many who work here on a business date work queues and hand nothing to others."""
    roles = [role.name for role in desk.catalogue().authority.roles.values() if _works(role)]
    return agents.working(db, desk.tenant_id, roles, on)


def coverage(due: int, workers: int, rules: QueuePolicy) -> Coverage:
    """Of so many accounts due, what so many agents can do in a day; percent are rounded down."""
    capacity = workers * rules.accounts_a_day
    return Coverage(
        due=due,
        agents=workers,
        capacity=capacity,
        covered=100 if capacity >= due else 100 * capacity // due,
        overflow=max(0, due - capacity),
    )


def _works(role: RoleRule) -> bool:
    may = role.authority()
    return may.allows("queue.work") and may.allows("act") and not may.allows("queue.assign")
