"""Every capability's deciders, imported so that they are registered: a new capability adds its module here."""

from __future__ import annotations

from collect_tui.services import contact, order, payment, promise, queue
from collect_tui.services.decide import known

CAPABILITIES = (contact, promise, payment, order, queue)


def registered() -> frozenset[str]:
    """The kinds of command that have a decider."""
    return known()
