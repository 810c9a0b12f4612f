"""E-mail as a `MessagePort`."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from datetime import datetime

from collect_tui.channels.mail.connection import TIMEOUT, Secret, server
from collect_tui.channels.mail.mailbox import Box
from collect_tui.channels.mail.reading import Unreadable, read
from collect_tui.channels.mail.seal import Seal
from collect_tui.channels.mail.sending import SmtpLine
from collect_tui.channels.mail.writing import Writer
from collect_tui.domain.message.template import Channel
from collect_tui.services.message.port import Departure, Incoming, Outgoing, Report
from collect_tui.settings import Mail


class MailPort:
    """Raises Invalid where the settings do not do, and NotNow where a secret cannot be read.

    Not repeatable: a server that hung up after it had the whole message may have sent it, and would send a second one as well.
    """

    channel: Channel = "email"
    repeatable = False

    def __init__(self, mail: Mail, environ: Mapping[str, str] = os.environ, *, timeout: float = TIMEOUT) -> None:
        self._mail, self._timeout = mail, timeout
        self._seal = Seal(Secret(mail.key_file, "COLLECT_TUI_MAIL_KEY", environ).key())
        self._writer = Writer(mail, self._seal)
        self._line = SmtpLine(server(mail, mail, environ), self._writer.domain, timeout=timeout)
        self._inbound = server(mail, mail.mailbox, environ) if mail.mailbox.host else None
        self._box: Box | None = None

    def send(self, message: Outgoing) -> Departure:
        """The reference is the message id. Raises NotNow, Rejected, Unknown."""
        letter = self._writer.write(message)
        self._line.deliver(letter)
        return Departure(reference=letter.reference)

    def flush(self) -> None:
        """Closes the line; what was sent has left already."""
        self._line.close()

    def arrivals(self) -> Iterator[MailArrival]:
        """Each is fetched when it is asked for. Those of a run before can no longer be accepted. Raises NotNow."""
        self._leave_mailbox()
        if self._inbound is None:
            return
        box = self._box = Box(self._inbound, self._mail.mailbox, timeout=self._timeout)
        for uid in box.unread():
            if (found := box.fetch(uid)) is not None:
                yield MailArrival(self._mail, self._seal, box, uid, *found)

    def close(self) -> None:
        """Closes both lines; the port can be used again."""
        self.flush()
        self._leave_mailbox()

    def _leave_mailbox(self) -> None:
        box, self._box = self._box, None
        if box is not None:
            box.close()


class MailArrival:
    """A message of the mailbox; `name` is its number there."""

    content: Report | Incoming | None

    def __init__(self, mail: Mail, seal: Seal, box: Box, uid: int, raw: bytes, at: datetime) -> None:
        self.name = f"{box.number}-{uid}"
        self.content, self.problem = None, ""
        self._box, self._uid, self._of = box, uid, mail.mailbox
        try:
            self.content = read(raw, at, seal, mail.sender)
        except Unreadable as problem:
            self.problem = str(problem)

    def accept(self) -> None:
        """Raises NotNow; what was taken in then comes again."""
        self._box.move(self._uid, self._of.done)

    def refuse(self, reason: str) -> None:
        """A note with the reason is put beside it. Raises NotNow."""
        self._box.move(self._uid, self._of.refused)
        self._box.note(self._of.refused, f"{self.name} {reason}")
