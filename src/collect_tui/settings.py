"""Settings: one TOML file and the environment make typed values. An error names file, key and the nearest valid key.

Nothing is read at import. Paths follow the platform's conventions (`collect-tui locate` prints them); every file that may
hold customer data is made readable by its owner only.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path

from collect_tui.domain.errors import Invalid

APP = "collect-tui"


@dataclass(frozen=True, slots=True)
class Settings:
    """What a user may set. Environment variables are `COLLECT_TUI_` plus the key in capitals; the command line beats both."""

    database: Path  # SQLite file
    orders_folder: Path  # outbox/ and inbox/ of the billing systems
    site_folder: Path  # a site's own codes.toml, queues.toml, … laid over the program's
    themes_folder: Path  # a user's own themes
    state_folder: Path  # drafts, history, log
    theme: str = "auto"  # auto, or a theme's name
    user: str = ""  # login at the desk; default: the operating system's
    file: Path | None = None  # where it was read from; None when there is no file


def load(environ: Mapping[str, str]) -> Settings:
    """Reads the settings file (`COLLECT_TUI_CONFIG`, else the platform's place), then the environment. Raises Invalid."""
    import platformdirs

    config = Path(platformdirs.user_config_dir(APP, appauthor=False))
    data = Path(platformdirs.user_data_dir(APP, appauthor=False))
    state = Path(platformdirs.user_state_dir(APP, appauthor=False))
    settings = Settings(data / "desk.db", data / "orders", config / "site", config / "themes", state)
    given = environ.get("COLLECT_TUI_CONFIG")
    path = Path(given) if given else config / "config.toml"
    if given or path.is_file():
        settings = replace(_overlay(settings, _read(path), str(path)), file=path)
    prefix = "COLLECT_TUI_"
    from_env = {
        k.removeprefix(prefix).lower(): v
        for k, v in environ.items()
        if k.startswith(prefix) and k != "COLLECT_TUI_CONFIG"
    }
    return _overlay(settings, from_env, "the environment", lambda key: prefix + key.upper())


def _read(path: Path) -> Mapping[str, object]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise Invalid("settings.unreadable", f"{path}: {error.strerror}.", "config") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Invalid("settings.malformed", f"{path}: {error}.", "config") from None


def _overlay(
    settings: Settings, values: Mapping[str, object], source: str, name: Callable[[str], str] = str
) -> Settings:
    """`name` says how a key is written in the source."""
    known = {f.name: f.type for f in fields(Settings) if f.name != "file"}
    for key, value in values.items():
        if key not in known:
            near = difflib.get_close_matches(key, known, 1)
            hint = f"did you mean {name(near[0])!r}?" if near else f"the keys are {', '.join(map(name, known))}."
            raise Invalid("settings.unknown_key", f"{source}: unknown key {name(key)!r}; {hint}", key)
        if not isinstance(value, str):
            raise Invalid("settings.type", f"{source}: {key} must be a text in quotes.", key)
        settings = replace(settings, **{key: Path(value).expanduser() if known[key] == "Path" else value})  # type: ignore[arg-type]
    return settings


def login() -> str:
    """The operating system's user, as the desk's login; `agent` where it has no name."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "agent"
