"""What a piece of text is, rather than how it looks; themes say how each role looks."""

from __future__ import annotations

from collect_tui.desk.columns import Role

__all__ = ["COMPONENTS", "Role"]

COMPONENTS = frozenset(f"role--{role}" for role in Role)
"""Component classes, for ``COMPONENT_CLASSES`` of every widget that paints roles."""
