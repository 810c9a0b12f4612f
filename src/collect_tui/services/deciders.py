"""Every capability's deciders, imported so that they are registered: a new capability adds its module here.

Whoever wants `acts` takes it from here, so that no act is done before they are.
"""

from __future__ import annotations

from collect_tui.services import acts, case, contact, customer, order, payment, promise, queue, script
from collect_tui.services.decide import known
from collect_tui.services.message import answer, send

__all__ = ["CAPABILITIES", "acts", "registered"]

CAPABILITIES = (contact, customer, promise, payment, order, send, answer, case, queue, script)


def registered() -> frozenset[str]:
    """The kinds of command that have a decider."""
    return known()
