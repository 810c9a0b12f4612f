"""Settings: one TOML file and the environment make typed values. An error names file, key and the nearest valid key.

Nothing is read at import. Paths follow the platform's conventions (`collect-tui locate` prints them); every file that may
hold customer data is made readable by its owner only. What a key may hold follows from the type of its field; a table of the
file is a dataclass of its own.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import Field, dataclass, field, fields, is_dataclass, replace
from pathlib import Path
from typing import Any, get_args, get_type_hints

from collect_tui.common import toml_files
from collect_tui.common.words import nearest
from collect_tui.domain.errors import Invalid

APP = "collect-tui"
PREFIX = "COLLECT_TUI_"
EMBEDDED = "embedded"
"""As a database: the PostgreSQL that comes with the program, in the user's data folder."""

#: Variables of ours that are no settings: where the settings are, and secrets, which have no place in a file of settings.
_NOT_SETTINGS = frozenset(
    PREFIX + each for each in ("CONFIG", "PASSWORD", "TOKEN", "MAIL_PASSWORD", "MAIL_KEY", "MAILBOX_PASSWORD")
)
_TRUE, _FALSE = ("1", "true", "yes", "on"), ("0", "false", "no", "off")


def _range(default: int, low: int, high: int) -> Any:
    return field(default=default, metadata={"low": low, "high": high})


def _one_of(*choices: str) -> Any:
    """A text that is one of these; without it, the first."""
    return field(default=choices[0], metadata={"choices": choices})


@dataclass(frozen=True, slots=True)
class Oidc:
    """The OpenID provider that people may sign in with; none without `issuer`."""

    issuer: str = ""
    client_id: str = ""
    claim: str = "sub"  # of the ID token: who the user is to the provider
    tenant: int = _range(1, 1, 2**62)  # whose users they are


@dataclass(frozen=True, slots=True)
class Serve:
    """How `collect-tui serve` listens, and its limits."""

    host: str = "127.0.0.1"
    port: int = _range(8765, 0, 65535)  # 0: any that is free
    workers: int = _range(1, 1, 64)
    certificate: Path | None = None  # PEM: with it HTTPS is spoken
    key: Path | None = None  # PEM: the certificate's key
    insecure: bool = False  # allow plain HTTP off this machine
    allow_private_webhooks: bool = False  # events may go to addresses of a private network, and without TLS
    metrics_token: str = ""  # lets others than this machine read /metrics
    rate: int = _range(50, 0, 100_000)  # requests a second of one token in the long run; 0: no limit
    connections: int = _range(4000, 10, 100_000)  # open at once in one process
    connections_per_address: int = _range(1500, 1, 100_000)  # of them from one address that is no proxy
    proxies: str = ""  # addresses whose X-Forwarded-For is believed, separated by commas
    body: int = _range(1 << 18, 1 << 10, 1 << 30)  # bytes of the largest request, but for those that stream
    oidc: Oidc = field(default_factory=Oidc)


@dataclass(frozen=True, slots=True)
class PrintHouse:
    """How letters are set, and where their bundles lie for the print house. Bundles are not made without `folder`."""

    folder: Path | None = None  # outbox/, inbox/ and the record of what was printed; on a disk of this machine
    paper: str = _one_of("letter", "a4")  # US Letter for a #10 window, or A4 for a window by DIN 5008, form B
    sender: str = ""  # name and address, a middle dot between its parts: above the address, and at the head
    letterhead: bool = True  # set the sender at the head; false: the paper has it printed
    fold_marks: bool = False  # at the left edge, where the sheet is folded
    font: str = ""  # a family that comes before Libertinus Serif
    font_folder: Path | None = None  # with fonts besides those that come with the program


@dataclass(frozen=True, slots=True)
class Mailbox:
    """The IMAP mailbox that bounces and replies come to; none without `host`. A folder is named as the server names it (`INBOX.done`)."""

    host: str = ""
    port: int = _range(0, 0, 65535)  # 0: the usual one
    security: str = _one_of("tls", "starttls", "plain")
    user: str = ""
    password_file: Path | None = None  # else COLLECT_TUI_MAILBOX_PASSWORD
    folder: str = "INBOX"
    done: str = "done"  # a folder for what was taken in
    refused: str = "refused"  # a folder for what was not


@dataclass(frozen=True, slots=True)
class Mail:
    """The SMTP server that e-mail leaves by, and whom it is from; none without `host`."""

    host: str = ""
    port: int = _range(0, 0, 65535)  # 0: the usual one
    security: str = _one_of("starttls", "tls", "plain")
    user: str = ""  # none: without a login
    password_file: Path | None = None  # else COLLECT_TUI_MAIL_PASSWORD
    sender: str = ""  # the address in From, which replies go to
    sender_name: str = ""
    return_address: str = ""  # bounces+…@ of it is the return path; none: that is the sender
    key_file: Path | None = None  # seals message ids and return paths, else COLLECT_TUI_MAIL_KEY
    certificates: Path | None = None  # PEM: authorities that are believed, instead of the system's
    insecure: bool = False  # allow plain SMTP and IMAP off this machine
    rate: int = _range(10, 0, 1000)  # messages a second that are let leave; 0: no limit
    mailbox: Mailbox = field(default_factory=Mailbox)


@dataclass(frozen=True, slots=True)
class Settings:
    """What a user may set. Environment variables are `COLLECT_TUI_` plus the key in capitals; the command line beats both.

    The key `database` takes a path, a URL of PostgreSQL, or `embedded`; what is no path is in `url`.
    """

    database: Path  # SQLite file
    orders_folder: Path  # outbox/ and inbox/ of the billing systems
    site_folder: Path  # a site's own codes.toml, queues.toml, … laid over the program's
    themes_folder: Path  # a user's own themes
    state_folder: Path  # drafts, history, log
    data_folder: Path  # the embedded PostgreSQL
    theme: str = "auto"  # auto, or a theme's name
    function_keys: str = _one_of("auto", "xterm", "sco")  # what the terminal sends for them; auto: as its TERM says
    user: str = ""  # login at the desk; default: the operating system's
    lock_minutes: int = _range(-1, -1, 1440)  # without a key until it is covered; 0: never; -1: as `lock_after` has it
    server: str = ""  # URL of a shared desk; with it the terminal is a thin client
    serve: Serve = field(default_factory=Serve)
    print_house: PrintHouse = field(default_factory=PrintHouse)
    mail: Mail = field(default_factory=Mail)
    url: str = field(default="", metadata={"derived": True})  # PostgreSQL, or EMBEDDED; "" when the database is a file
    file: Path | None = field(default=None, metadata={"derived": True})  # where it was read from; None without a file

    @property
    def lock_after(self) -> float:
        """Seconds without a key until the screen is covered; 0: never."""
        return 60.0 * (self.lock_minutes if self.lock_minutes >= 0 else 15 if self.server else 0)

    def with_database(self, given: str | Path) -> Settings:
        """The same with another database: a path, a URL of PostgreSQL, or EMBEDDED. Raises Invalid for another kind of URL."""
        text = os.fspath(given)
        if text == EMBEDDED:
            return replace(self, url=EMBEDDED)
        if text.startswith(("postgresql://", "postgres://")):
            return replace(self, url="postgresql" + text[text.index("://") :])
        if "://" in text:
            raise Invalid(
                "settings.database", "The database is a path, a URL such as postgresql://host/name, or embedded.", "db"
            )
        return replace(self, database=Path(text).expanduser(), url="")


def load(environ: Mapping[str, str]) -> Settings:
    """Reads the settings file (`COLLECT_TUI_CONFIG`, else the platform's place), then the environment. Raises Invalid."""
    import platformdirs

    config = Path(platformdirs.user_config_dir(APP, appauthor=False))
    data = Path(platformdirs.user_data_dir(APP, appauthor=False))
    state = Path(platformdirs.user_state_dir(APP, appauthor=False))
    settings = Settings(data / "desk.db", data / "orders", config / "site", config / "themes", state, data)
    given = environ.get("COLLECT_TUI_CONFIG")
    path = Path(given) if given else config / "config.toml"
    if (values := _read(path, named=bool(given))) is not None:
        settings = replace(overlay(settings, values, str(path)), file=path)
    laid: Settings = overlay(settings, _from_environment(environ), "the environment", _variable, texts=True)
    return laid


def login() -> str:
    """The operating system's user, as the desk's login; `agent` where it has no name."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "agent"


# reading ----------------------------------------------------------------------------------------
def _read(path: Path, *, named: bool) -> Mapping[str, object] | None:
    try:
        values = toml_files.load(path)
    except (OSError, ValueError) as error:
        code = "settings.unreadable" if isinstance(error, OSError) else "settings.malformed"
        raise Invalid(code, str(error), "config") from None
    if values is None and named:
        raise Invalid("settings.unreadable", f"{path}: there is no such file; COLLECT_TUI_CONFIG names it.", "config")
    return values


def _variable(key: str) -> str:
    return PREFIX + key.replace(".", "_").upper()


def _from_environment(environ: Mapping[str, str]) -> Mapping[str, object]:
    """The variables of ours as a file would have them: `COLLECT_TUI_SERVE_PORT` is `port` in the table `serve`."""
    names = {_variable(key): key for key in _keys(Settings)}
    values: dict[str, Any] = {}
    for variable, text in environ.items():
        if not variable.startswith(PREFIX) or variable in _NOT_SETTINGS:
            continue
        if variable not in names:
            raise _unknown("the environment", variable, list(names))
        *tables, key = names[variable].split(".")
        place = values
        for table in tables:
            place = place.setdefault(table, {})
        place[key] = text
    return values


def overlay(
    target: Any,
    values: Mapping[str, object],
    source: str,
    name: Callable[[str], str] = str,
    *,
    within: str = "",
    texts: bool = False,
) -> Any:
    """Lays values over a table. `name` says how a key is written in the source; `texts`: every value comes as a text."""
    types = _settable(type(target))
    for key, value in values.items():
        full = within + key
        if key not in types:
            raise _unknown(source, name(full), [name(within + known) for known in types])
        kind, limits = types[key]
        if is_dataclass(kind):
            if not isinstance(value, Mapping):
                raise Invalid("settings.type", f"{source}: {name(full)} is a table, written [{full}].", full)
            inner = overlay(getattr(target, key), value, source, name, within=f"{full}.", texts=texts)
            target = replace(target, **{key: inner})
            continue
        try:
            made = _value(kind, limits, value, texts)
        except ValueError as error:
            raise Invalid("settings.type", f"{source}: {name(full)} {error}.", full) from None
        is_database = isinstance(target, Settings) and key == "database"
        target = target.with_database(str(value)) if is_database else replace(target, **{key: made})
    return target


def _value(kind: Any, limits: Mapping[str, Any], value: object, texts: bool) -> object:
    """The value a key gets. ValueError says what was expected."""
    if kind is bool:
        if texts and isinstance(value, str) and value.casefold() in (*_TRUE, *_FALSE):
            return value.casefold() in _TRUE
        if not isinstance(value, bool):
            raise ValueError("must be true or false")
        return value
    if kind is int:
        if texts and isinstance(value, str) and value.isascii() and value.isdigit():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not limits["low"] <= value <= limits["high"]:
            raise ValueError(f"must be a whole number from {limits['low']:,} to {limits['high']:,}")
        return value
    if not isinstance(value, str):
        raise ValueError("must be a text in quotes")
    if not value and kind is Path:
        raise ValueError("must be a path, not an empty text")
    if any(character < " " or character == "\x7f" for character in value):
        raise ValueError("must be a text without control characters")
    if value not in (choices := limits.get("choices", (value,))):
        raise ValueError(f"must be one of {', '.join(choices)}")
    return Path(value).expanduser() if kind is Path else value


def _unknown(source: str, key: str, known: list[str]) -> Invalid:
    near = nearest(key, known)
    hint = f"did you mean {near!r}?" if near else f"the keys are {', '.join(known)}."
    return Invalid("settings.unknown_key", f"{source}: unknown key {key!r}; {hint}", key)


def _settable(model: Any) -> dict[str, tuple[Any, Mapping[str, Any]]]:
    """The keys of a table: the type of each, without None, and its limits."""
    hints = get_type_hints(model)

    def kind(of: Field[Any]) -> Any:
        parts = [part for part in get_args(hints[of.name]) if part is not type(None)]
        return parts[0] if parts else hints[of.name]

    return {f.name: (kind(f), f.metadata) for f in fields(model) if "derived" not in f.metadata}


def _keys(model: Any, within: str = "") -> Iterator[str]:
    """Every key with its tables before it: `serve.oidc.issuer`."""
    for key, (kind, _) in _settable(model).items():
        yield from _keys(kind, f"{within}{key}.") if is_dataclass(kind) else (within + key,)
