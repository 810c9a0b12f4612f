"""The mailbox by IMAP4rev1: unread messages in the order of their numbers, each moved into a folder when somebody has dealt with it."""

from __future__ import annotations

import imaplib
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any, Final

from collect_tui.channels.mail.connection import TIMEOUT, Server, unreached
from collect_tui.common.text import clean
from collect_tui.domain.errors import Invalid
from collect_tui.services.message.port import NotNow
from collect_tui.settings import Mailbox

MOST: Final = 1_000
"""Messages of one run."""
LARGEST: Final = 256 * 1024
"""Bytes of a message that are fetched: its text stands at its start. The whole of it stays in the folder."""
_WINDOW: Final = 20_000  # messages that one search looks at, so that its answer is short
_ANSWERED: Final = re.compile(rb'INTERNALDATE "[^"]*"')
_UID: Final = re.compile(rb"UID ([0-9]+)")
_FOLDER: Final = re.compile(r"[ !#-\[\]-~]{1,200}")


class Box:
    """A connection to the mailbox. Raises NotNow, here and in all it does; Invalid for the name of a folder."""

    def __init__(self, server: Server, of: Mailbox, *, timeout: float = TIMEOUT) -> None:
        for name in (of.folder, of.done, of.refused):
            if not _FOLDER.fullmatch(name):
                raise Invalid("mail.folder", "The name of a folder is written in plain letters.", "mail.mailbox.folder")
        self._server, self._of = server, of
        self._imap = self._open(timeout)
        self._can = frozenset(
            (self._ask(self._imap.capability)[0] or b"").upper().split()
        )  # after a login there may be more
        for name in (of.done, of.refused):
            self._ask(self._imap.create, f'"{name}"', may_fail=True)  # it is there already
        self._exists = int(self._ask(self._imap.select, f'"{of.folder}"')[0])
        validity = self._imap.response("UIDVALIDITY")[1][0] or b"0"
        self.number = int(validity)

    def unread(self) -> list[int]:
        """The numbers (UID) of unread messages, the oldest `MOST` of them."""
        found: list[int] = []
        for start in range(1, self._exists + 1, _WINDOW):
            window = f"{start}:{min(start + _WINDOW - 1, self._exists)}"
            places = (self._ask(self._imap.search, None, window, "UNSEEN")[0] or b"").split()
            if wanted := b",".join(places[: MOST - len(found)]).decode():
                for line in self._ask(self._imap.fetch, wanted, "(UID)"):
                    found += map(int, _UID.findall(line or b""))
            if len(found) >= MOST:
                break
        return sorted(found)

    def fetch(self, uid: int) -> tuple[bytes, datetime] | None:
        """The start of a message and when it came in; None: it is there no longer."""
        answer = self._ask(self._imap.uid, "FETCH", str(uid), f"(INTERNALDATE BODY.PEEK[]<0.{LARGEST}>)")
        raw = next((each[1] for each in answer if isinstance(each, tuple)), None)
        told = _ANSWERED.search(b" ".join(each[0] if isinstance(each, tuple) else each or b"" for each in answer))
        if raw is None or told is None:
            return None
        return raw, _instant(told[0])

    def move(self, uid: int, folder: str) -> None:
        """It is read from now on, whatever becomes of the move: it does not come again."""
        self._ask(self._imap.uid, "STORE", str(uid), "+FLAGS.SILENT", r"(\Seen)")
        if b"MOVE" in self._can:
            self._ask(self._imap.uid, "MOVE", str(uid), f'"{folder}"', may_fail=True)
            return
        if self._ask(self._imap.uid, "COPY", str(uid), f'"{folder}"', may_fail=True) is not None:
            self._ask(self._imap.uid, "STORE", str(uid), "+FLAGS.SILENT", r"(\Deleted)")
            if b"UIDPLUS" in self._can:  # without it an EXPUNGE would be of others' messages, too
                self._ask(self._imap.uid, "EXPUNGE", str(uid))

    def note(self, folder: str, words: str) -> None:
        """Puts a note of ours into a folder."""
        note = EmailMessage()
        note["Subject"], note["Date"], note["Auto-Submitted"] = clean(words), datetime.now(UTC), "auto-generated"
        self._ask(self._imap.append, f'"{folder}"', "", "", note.as_bytes(), may_fail=True)

    def close(self) -> None:
        with suppress(imaplib.IMAP4.error, OSError):
            self._imap.logout()
        with suppress(OSError):
            self._imap.shutdown()

    def _open(self, timeout: float) -> imaplib.IMAP4:
        of = self._server
        password = of.password.read()
        imap: imaplib.IMAP4 | None = None
        try:
            if of.at_once:
                imap = imaplib.IMAP4_SSL(of.host, of.port, ssl_context=of.context, timeout=timeout)
            else:
                imap = imaplib.IMAP4(of.host, of.port, timeout=timeout)
                if of.context is not None:
                    imap.starttls(of.context)
            imap.authenticate("PLAIN", lambda _: f"\0{of.user}\0{password}".encode())
        except (imaplib.IMAP4.error, OSError, ValueError) as error:
            if imap is not None:
                with suppress(OSError):
                    imap.shutdown()
            if isinstance(error, imaplib.IMAP4.abort) or not isinstance(error, imaplib.IMAP4.error):
                raise unreached(of.name, error) from None
            raise NotNow(f"The {of.name} does not take STARTTLS or the login.") from None
        return imap

    def _ask(self, command: Callable[..., tuple[str, list[Any]]], *words: Any, may_fail: bool = False) -> Any:
        """What is answered; None where it may fail and does."""
        try:
            said, answer = command(*words)
        except (imaplib.IMAP4.error, OSError):
            raise NotNow("The line to the mailbox was lost.") from None
        if said == "OK":
            return answer
        if may_fail:
            return None
        raise NotNow("The mailbox does not do what it is asked.")


def _instant(told: bytes) -> datetime:
    import time

    local = imaplib.Internaldate2tuple(told)
    return datetime.fromtimestamp(time.mktime(local), UTC) if local else datetime.now(UTC)
