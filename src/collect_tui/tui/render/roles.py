"""What a piece of text is, rather than how it looks; themes say how each role looks."""

from __future__ import annotations

from collect_tui.desk.columns import Role

__all__ = ["Role"]
