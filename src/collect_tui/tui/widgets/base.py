"""What all line-painting widgets share: spans in roles, painted as strips."""

from __future__ import annotations

from collections.abc import Iterable

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Offset, Region
from textual.strip import Strip
from textual.widget import Widget

from collect_tui.tui.render import text as tui_text
from collect_tui.tui.render import theme
from collect_tui.tui.render.roles import Role


class LineWidget(Widget):
    """A widget that paints its lines itself; subclasses override ``render_line``."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._role_styles: dict[Role, Style] = {}

    def role_style(self, role: Role) -> Style:
        """How a role looks in the present theme."""
        try:
            return self._role_styles[role]
        except KeyError:
            style = self._role_styles[role] = theme.style_of(role, self.app.theme_variables)
            return style

    def notify_style_update(self) -> None:
        self._role_styles.clear()
        super().notify_style_update()

    def strip_of(self, spans: Iterable[tuple[str, Role]], cells: int, only: Role | None = None) -> Strip:
        """Paint spans in exactly ``cells`` cells, all of them in the role ``only`` if given."""
        segments: list[Segment] = []
        room = cells
        for raw, role in spans:
            if room <= 0:
                break
            text = tui_text.clean(raw)
            size = tui_text.width(text)
            if size > room:
                text, size = tui_text.fit(_whole(text, room) if role is Role.MONEY else text, room), room
            room -= size
            if text:
                segments.append(Segment(text, self.role_style(only or role)))
        if room > 0:
            segments.append(Segment(" " * room, self.role_style(only or Role.PLAIN)))
        return Strip(segments, cells)

    def refresh_row(self, y: int, count: int = 1) -> None:
        """Repaint ``count`` lines of the widget from its line ``y`` on."""
        if self.size.width:
            self.refresh(Region(0, y, self.size.width, count))
        else:
            self.refresh()

    @property
    def focused_now(self) -> bool:
        """Has this widget the focus?  Unlike ``has_focus`` true as soon as it has, and false as soon as it has not."""
        return self.is_attached and self.screen.focused is self

    def follow_cursor(self) -> None:
        """Put the terminal's own cursor where this widget has its, if it has the focus; called whenever it may have moved."""

    def place_cursor(self, x: int, y: int) -> None:
        """Put the terminal's own cursor on a cell of this widget; screen readers and braille lines follow it."""
        region = self.content_region
        if region.size and self.is_attached and self.screen.is_active:
            self.app.cursor_position = region.offset + Offset(x, y)


def _whole(text: str, cells: int) -> str:
    """As many whole amounts as there is room for, and that there are more: part of one would be read as another."""
    return " ".join((*text[:cells].split(" ")[:-1], tui_text.ELLIPSIS))
