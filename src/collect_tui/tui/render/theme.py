"""Themes: TOML files that say how each role looks.

    name = "ansi"
    dark = true

    [screen]                  # fg and bg of everything that has none of its own
    fg = "default"
    bg = "default"

    [roles.money]             # any of the names in `Role`
    fg = "bright_white"       # default, the sixteen ANSI names, or "#rrggbb"
    bold = true               # bold, dim, italic, underline, reverse, strike

Colours are either all the terminal's own or all ``#rrggbb``.  A user's folder is searched before the packaged one.

The stylesheet knows no roles: :func:`textual_theme` gives each as three variables, ``role-NAME-fg``, ``-bg`` and ``-style``, and
:func:`style_of` makes of them what a widget paints with. Textual's component classes would cost every widget as many nodes as there
are roles, each matched against the whole stylesheet whenever the focus moves.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

from rich.style import Style
from textual.color import Color
from textual.theme import Theme

from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.theme_files import ThemeError, nearest_of, read_theme

_ANSI: Final = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
COLORS: Final = ("default", *_ANSI, *(f"bright_{name}" for name in _ANSI))
ATTRIBUTES: Final = ("bold", "dim", "italic", "underline", "reverse", "strike")
_HEX: Final = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True, slots=True)
class Look:
    """How one role looks; None is the colour of the screen."""

    fg: str | None = None
    bg: str | None = None
    attributes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ThemeSpec:
    """A theme as read from its file."""

    name: str
    dark: bool = True
    screen: Look = field(default_factory=lambda: Look("default", "default"))
    roles: Mapping[Role, Look] = field(default_factory=dict)

    @property
    def own_colors(self) -> bool:
        """Does it leave all colours to the terminal?"""
        return not any((color or "").startswith("#") for color in _used_colors(self))


def _used_colors(spec: ThemeSpec) -> list[str | None]:
    return [color for look in (spec.screen, *spec.roles.values()) for color in (look.fg, look.bg)]


def load_theme(name: str, user_folder: Path | None = None, *, few_colors: bool = False) -> ThemeSpec:
    """Read the theme called ``name``; for a terminal of few colours, what such a one can show of it.

    Raises:
        ThemeError: there is none, or its file is wrong; the text says what and where.
    """
    table, file = read_theme(name, user_folder)
    spec = theme_of(table, file)
    return in_own_colors(spec) if few_colors and not spec.own_colors else spec


def theme_of(table: dict[str, Any], file: str) -> ThemeSpec:
    """A theme from the tables of its file, which is named in errors."""
    _known(table, ("name", "dark", "screen", "roles"), file, "")
    name, dark = table.get("name"), table.get("dark", True)
    if not isinstance(name, str) or not name:
        raise ThemeError(f"{file}: name: is missing")
    if not isinstance(dark, bool):
        raise ThemeError(f"{file}: dark: must be true or false")
    roles = table.get("roles", {})
    _known(roles, list(Role), file, "roles.")
    screen = _look(table.get("screen", {}), file, "screen")
    spec = ThemeSpec(
        name=name,
        dark=dark,
        screen=Look(screen.fg or "default", screen.bg or "default", screen.attributes),
        roles={Role(role): _look(look, file, f"roles.{role}") for role, look in roles.items()},
    )
    own = [color for color in _used_colors(spec) if color and not color.startswith("#")]
    if not spec.own_colors and own:
        raise ThemeError(f"{file}: the terminal's own colours ({own[0]}) and #rrggbb cannot be mixed")
    return spec


def in_own_colors(spec: ThemeSpec) -> ThemeSpec:
    """The same for a terminal of sixteen colours or none: its attributes alone, and reverse where a role has a ground of its own.
    Sixteen colours are each terminal's own affair: the nearest of them may be what cannot be read there."""
    looks = {
        role: Look(attributes=tuple(dict.fromkeys((*look.attributes, *(("reverse",) if look.bg else ())))))
        for role, look in spec.roles.items()
    }
    return replace(spec, screen=Look("default", "default", spec.screen.attributes), roles=looks)


def _look(table: Any, file: str, where: str) -> Look:
    _known(table, ("fg", "bg", *ATTRIBUTES), file, f"{where}.")
    for key in ("fg", "bg"):
        color = table.get(key)
        if color is not None and color not in COLORS and not (isinstance(color, str) and _HEX.fullmatch(color)):
            raise ThemeError(f"{file}: {where}.{key}: unknown colour {color!r}{nearest_of(str(color), COLORS)}")
    for key in ATTRIBUTES:
        if not isinstance(table.get(key, False), bool):
            raise ThemeError(f"{file}: {where}.{key}: must be true or false")
    return Look(table.get("fg"), table.get("bg"), tuple(key for key in ATTRIBUTES if table.get(key)))


def _known(table: Any, keys: Iterable[str], file: str, where: str) -> None:
    if not isinstance(table, dict):
        raise ThemeError(f"{file}: {where.rstrip('.') or 'file'}: must be a table")
    names = [str(key) for key in keys]
    for key in table:
        if key not in names:
            raise ThemeError(f"{file}: {where}{key}: unknown key{nearest_of(key, names)}")


def _css(color: str) -> str:
    return color if color.startswith("#") else f"ansi_{color}"


def variables(spec: ThemeSpec) -> dict[str, str]:
    """Stylesheet variables of a theme: ``role-NAME-fg``, ``-bg`` and ``-style`` of each role; ``screen-fg/bg``."""
    result = {"screen-fg": _css(spec.screen.fg or "default"), "screen-bg": _css(spec.screen.bg or "default")}
    result |= {"ansi-foreground": result["screen-fg"], "ansi-background": result["screen-bg"]}  # Textual's own sheet
    for role in Role:
        look = spec.roles.get(role, Look())
        result[f"role-{role}-fg"] = _css(look.fg) if look.fg else result["screen-fg"]
        result[f"role-{role}-bg"] = _css(look.bg) if look.bg else result["screen-bg"]
        result[f"role-{role}-style"] = " ".join(look.attributes) or "none"
    return result


@cache
def fallback_variables() -> dict[str, str]:
    """For the app's ``get_theme_variable_defaults``: the stylesheet must parse before any theme is chosen."""
    bold, reverse = Look(attributes=("bold",)), Look(attributes=("reverse",))
    roles = {Role.HEAD: bold, Role.KEY: bold, Role.CURSOR: reverse, Role.ERROR: Look(attributes=("underline",))}
    return variables(ThemeSpec("fallback", roles=roles | {Role.DIM: Look(attributes=("dim",))}))


def style_of(role: Role, css: Mapping[str, str]) -> Style:
    """How a role is painted, by an app's variables: those of `variables`, or none of them in an app without our themes."""
    css = css if f"role-{role}-fg" in css else fallback_variables()
    return _style(*(css[f"role-{role}-{part}"] for part in ("fg", "bg", "style")))


@cache
def _style(front: str, back: str, attributes: str) -> Style:
    return Style.parse(attributes) + Style.from_color(Color.parse(front).rich_color, Color.parse(back).rich_color)


def textual_theme(spec: ThemeSpec) -> Theme:
    """The same theme for Textual: ``app.register_theme(textual_theme(spec)); app.theme = spec.name``."""
    css = variables(spec)
    front, back = css["screen-fg"], css["screen-bg"]
    return Theme(
        name=spec.name,
        primary=css["role-head-fg"],
        secondary=css["role-label-fg"],
        warning=css["role-warn-fg"],
        error=css["role-bad-fg"],
        success=css["role-good-fg"],
        accent=css["role-key-fg"],
        foreground=front,
        background=back,
        surface=back,
        panel=back,
        boost=back,
        dark=spec.dark,
        ansi=spec.own_colors,
        variables=css,
    )
