"""The line to the SMTP server: one connection for many messages, and what each answer means for the message.

| stage | 4xx | 5xx | the line is lost |
| --- | --- | --- | --- |
| connection, greeting, TLS, login | not now, channel | not now, channel | not now, channel |
| MAIL | not now, channel | not now, channel; too large: rejected | not now, channel; a kept line is opened anew, once |
| RCPT | not now | rejected; the address, where it is to blame; wants a login: not now, channel | not now, channel |
| DATA | not now | rejected | not now, channel |
| after the message | not now | rejected | **unknown** |

421 at any stage is the server's goodbye, as if the line were lost, but for the last: there it says that it has not taken the message.
"""

from __future__ import annotations

import re
import smtplib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from collect_tui.channels.mail.answers import Status, blames_address, numbers, status_in
from collect_tui.channels.mail.connection import TIMEOUT, Server, unreached
from collect_tui.channels.mail.writing import Written
from collect_tui.services.message.port import NotNow, Rejected, Unknown

LONGEST_END: Final = 600.0
"""Seconds for the answer to a whole message: the server may look at it meanwhile (RFC 5321 §4.5.3.2.6)."""
_WANTS_LOGIN: Final = (530, 534, 535, 538)
_TOO_LARGE: Final = 552
_DOT: Final = re.compile(rb"^\.", re.MULTILINE)


class _HungUp(Exception):
    pass


@dataclass(frozen=True, slots=True)
class _Answer:
    code: int
    text: str

    @property
    def status(self) -> Status | None:
        return status_in(self.text[:20])

    def words(self, stage: str) -> str:
        return f"The mail server does not take {stage}: {numbers(self.code, self.text)}."


class SmtpLine:
    """`hello`: the name that we give ourselves, a domain."""

    def __init__(self, server: Server, hello: str, *, timeout: float = TIMEOUT) -> None:
        self._server, self._hello, self._timeout = server, hello, timeout
        self._kept: smtplib.SMTP | None = None

    def deliver(self, letter: Written) -> None:
        """The server has it when this returns. Raises NotNow, Rejected, Unknown."""
        line, begun = self._announced(letter)
        known = False  # do both sides know where they are?
        try:
            _handed_over(line, letter, begun)
            known = True
        except _HungUp:
            raise _hung_up() from None
        except (NotNow, Rejected):
            with suppress(_HungUp):
                _asked(line.rset)
                known = True
            raise
        finally:
            if known:
                self._kept = line
            else:
                line.close()

    def close(self) -> None:
        line, self._kept = self._kept, None
        if line is not None:
            with suppress(smtplib.SMTPException, OSError):
                line.quit()
            line.close()

    def _announced(self, letter: Written) -> tuple[smtplib.SMTP, _Answer]:
        kept, self._kept = self._kept, None
        if kept is not None:
            try:
                return kept, _begun(kept, letter)
            except _HungUp:  # it lay idle too long, or had carried as many as the server allows
                kept.close()
        line = self._open()
        try:
            return line, _begun(line, letter)
        except _HungUp:
            line.close()
            raise _hung_up() from None

    def _open(self) -> smtplib.SMTP:
        of = self._server
        password = of.password.read() if of.user else ""
        line: smtplib.SMTP | None = None
        try:
            if of.at_once:
                line = smtplib.SMTP_SSL(of.host, of.port, self._hello, timeout=self._timeout, context=of.context)
            else:
                line = smtplib.SMTP(of.host, of.port, self._hello, timeout=self._timeout)
                if of.context is not None:
                    line.starttls(context=of.context)
            line.ehlo_or_helo_if_needed()
            if of.user:
                line.login(of.user, password)
        except (OSError, ValueError) as error:  # smtplib's are OSError; ValueError: no host or login is written so
            if line is not None:
                line.close()
            raise _not_opened(of, error) from None
        return line


def _hung_up() -> NotNow:
    return NotNow("The mail server hung up, or says nothing.")


def _not_opened(of: Server, error: Exception) -> NotNow:
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return NotNow(f"The {of.name} does not take the login: {numbers(error.smtp_code, _text(error.smtp_error))}.")
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return NotNow(
            f"The {of.name} offers no {'login' if of.at_once or of.context is None else 'STARTTLS or login'}."
        )
    if isinstance(error, smtplib.SMTPResponseException):
        return NotNow(f"The {of.name} turns us away: {numbers(error.smtp_code, _text(error.smtp_error))}.")
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return _hung_up()
    return unreached(of.name, error)


def _begun(line: smtplib.SMTP, letter: Written) -> _Answer:
    size = [f"size={len(letter.content)}"] if line.has_extn("size") else []
    return _asked(lambda: line.mail(letter.sender, size))


def _handed_over(line: smtplib.SMTP, letter: Written, begun: _Answer) -> None:
    if begun.code == _TOO_LARGE or (begun.code >= 500 and begun.status == (5, 3, 4)):
        raise Rejected(begun.words("a message of this size"))
    if begun.code >= 300:  # about us, not about the message: with the next it would be the same
        raise NotNow(begun.words("the sender"))
    answer = _asked(lambda: line.rcpt(letter.to))
    if answer.code in _WANTS_LOGIN:
        raise NotNow(answer.words("mail without a login"))
    _judged(answer, "the recipient", 200, point=blames_address(answer.code, answer.status))
    _judged(_asked(lambda: line.docmd("DATA")), "a message", 300)
    try:
        line.send(_DOT.sub(b"..", letter.content) + b".\r\n")
    except OSError:  # without its end, the server has no message
        raise _HungUp from None
    try:
        assert line.sock is not None
        line.sock.settimeout(LONGEST_END)
        code, said = line.getreply()
        line.sock.settimeout(line.timeout)
    except OSError:
        raise Unknown("The mail server hung up without a word on whether it has the message.") from None
    if not 200 <= code < 600:
        raise Unknown("The mail server answered to the message in no way that can be read.")
    answer = _Answer(code, _text(said))
    if code == 421:
        raise NotNow(answer.words("the message"))
    _judged(answer, "the message", 200, point=answer.status is not None and blames_address(code, answer.status))


def _judged(answer: _Answer, what: str, good: int, *, point: bool = False) -> None:
    if answer.code >= 500:
        raise Rejected(answer.words(what), point=point)
    if not good <= answer.code < good + 100:
        raise NotNow(answer.words(what), channel=False)


def _asked(ask: Callable[[], tuple[int, bytes]]) -> _Answer:
    try:
        code, said = ask()
    except OSError:
        raise _HungUp from None
    if code == 421 or not 200 <= code < 600:
        raise _HungUp
    return _Answer(code, _text(said))


def _text(said: bytes | str) -> str:
    return said if isinstance(said, str) else said.decode("ascii", "replace")
