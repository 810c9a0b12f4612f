"""What must be settled before Textual is imported, and how the program leaves when it is told to.

    profile = prepare(os.environ)           # first: Textual reads its environment when imported
    from collect_tui.tui.app import CollectApp
    app = CollectApp(); app.terminal = profile; app.run(mouse=False)

and in the app's ``on_mount``: ``install_exit_handlers(self, self.save_draft)``.  Nothing here is read again later, so
one process may serve many terminals.
"""

from __future__ import annotations

import asyncio
import re
import signal
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from collect_tui.tui.terminal.clipboard import Multiplexer, multiplexer
from collect_tui.tui.terminal.function_keys import sends_sco

if TYPE_CHECKING:
    from rich.color import ColorSystem
    from textual.app import App

Colors = Literal["none", "16", "256", "true"]

_MONOCHROME: Final = re.compile(r"^$|^(vt[1-4]\d\d|dumb|unknown|ansi-m|su|.*-m(ono)?)(-.*)?$")
_ASCII_TERM: Final = re.compile(r"^(vt[12]\d\d|dumb|unknown)(-.*)?$")
_UTF8: Final = re.compile(r"utf-?8", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TerminalProfile:
    """What the terminal can show."""

    colors: Colors = "16"
    ascii_only: bool = False
    sco: bool = False  # its function keys are SCO's
    through: Multiplexer = ""  # what stands between it and the program

    @property
    def theme(self) -> str:
        """Name of the theme to start with when the user chose none."""
        return "mono" if self.colors == "none" else "ansi"

    @property
    def color_system(self) -> ColorSystem | None:
        """The same for ``rich``; None for a terminal without colours."""
        from rich.color import ColorSystem  # rich is not yet wanted when `prepare` runs

        systems = {"16": ColorSystem.STANDARD, "256": ColorSystem.EIGHT_BIT, "true": ColorSystem.TRUECOLOR}
        return systems.get(self.colors)


def prepare(
    environ: MutableMapping[str, str], original: Mapping[str, str] | None = None, *, function_keys: str = "auto"
) -> TerminalProfile:
    """Set what Textual reads when imported, and return what the terminal can show.

    Args:
        environ: the process's environment; changed.
        original: the environment the process was started with; read from the system when not given.
        function_keys: what the terminal sends for them, as the settings say: auto, xterm or sco.
    """
    if environ.get("SSH_TTY"):
        # A slow line tears the arrow keys' sequences apart; as nothing depends on Escape, it may take its time.
        environ.setdefault("ESCDELAY", "250")
    environ["TEXTUAL_ANIMATIONS"] = "none"
    environ["TEXTUAL_SMOOTH_SCROLL"] = "0"
    environ["TEXTUAL_DISABLE_KITTY_KEY"] = "1"
    return profile(_started_with(environ) if original is None else original, function_keys)


def profile(environ: Mapping[str, str], function_keys: str = "auto") -> TerminalProfile:
    """What the terminal described by these environment variables can show, and which keys it sends."""
    term = environ.get("TERM", "")
    return TerminalProfile(
        colors=_colors(environ, term),
        ascii_only=_is_ascii(environ, term),
        sco=sends_sco(term, function_keys),
        through=multiplexer(environ),
    )


def _colors(environ: Mapping[str, str], term: str) -> Colors:
    if _MONOCHROME.match(term) or environ.get("NO_COLOR"):
        return "none"
    if environ.get("COLORTERM", "").lower() in ("truecolor", "24bit") or term.endswith("-direct"):
        return "true"
    return "256" if "256color" in term else "16"


def _is_ascii(environ: Mapping[str, str], term: str) -> bool:
    locale = environ.get("LC_ALL") or environ.get("LC_CTYPE") or environ.get("LANG") or "C"
    return not _UTF8.search(locale) or bool(_ASCII_TERM.match(term))


def _started_with(environ: Mapping[str, str]) -> Mapping[str, str]:
    """The environment as it was before Python turned ``LANG=C`` into ``LC_CTYPE=C.UTF-8`` (PEP 538)."""
    if environ.get("LC_CTYPE") not in ("C.UTF-8", "C.utf8", "UTF-8"):
        return environ
    try:
        pairs = Path("/proc/self/environ").read_bytes().decode(errors="replace").split("\0")
    except OSError:  # no /proc: believe what is there
        return environ
    first = dict(pair.split("=", 1) for pair in pairs if "=" in pair)
    return {**environ, "LC_CTYPE": first.get("LC_CTYPE", "")}


def install_exit_handlers(app: App[Any], save: Callable[[], Awaitable[None] | None]) -> None:
    """On SIGHUP, SIGTERM and the terminal's end: call ``save`` once, then end the app and restore the terminal.

    Call it on the app's event loop.  ``save`` must be quick, may have to be awaited and may fail; the app ends all the same,
    with 128 plus the signal's number as its code.  A second signal kills the process.  An ignored SIGHUP (``nohup``) stays ignored;
    the end of the terminal's input then ends the app, so that no orphan runs on.
    """
    loop = asyncio.get_running_loop()
    leaving: set[asyncio.Task[None]] = set()
    caught = [number for number in (signal.SIGHUP, signal.SIGTERM) if signal.getsignal(number) is not signal.SIG_IGN]

    def leave(number: int) -> None:
        for each in caught:
            signal.signal(each, signal.SIG_DFL)
        leaving.add(loop.create_task(_leave(app, save, 128 + number)))

    # Not `loop.add_signal_handler`: its note goes the way of every key, and is lost where some 280 of them fill that.
    for number in caught:
        signal.signal(number, lambda number, _frame: loop.call_soon_threadsafe(leave, number))
    vars(app)["terminal_gone"] = partial(leave, signal.SIGHUP)


async def _leave(app: App[Any], save: Callable[[], Awaitable[None] | None], code: int) -> None:
    try:
        saved = save()
        if saved is not None:
            await saved
    except Exception as error:
        app.log.error("saving at exit", error)
    app.exit(return_code=code)
