"""A message as e-mail: its headers, its text and the same as HTML, from whom and to whom.

    Message-ID: <1-4821=SEAL@firm.example>            the same for all tries
    return path bounces+1-4821=SEAL@firm.example      where a return address is set (VERP)

Addresses of the less usual kinds are refused, not repaired: groups, lists, quoted words, routes, and all beyond ASCII, which must
be written with `xn--`. A quoted name has come apart into two addresses in more than one library: names are written without the
signs that mean something there. The headers are put together here, as those of `EmailMessage` decode what looks like an encoded
word in a subject, line breaks and all, and encode a message id that is longer than a line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final

from collect_tui.channels.mail.seal import Seal
from collect_tui.common.text import clean
from collect_tui.domain.errors import Invalid
from collect_tui.services.message.port import Outgoing, Rejected
from collect_tui.settings import Mail

_ATOM: Final = r"[A-Za-z0-9#$&'*+/=?^_`{|}~-]+"  # RFC 5322 §3.2.3, but for % and !, by which mail was once routed
_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS: Final = re.compile(rf"(?=.{{1,254}}\Z)(?=[^@]{{1,64}}@){_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+{_LABEL}")
_MESSAGE_ID: Final = re.compile(r"<[!-;=?-~]{1,250}>")
_MEANS_SOMETHING: Final = re.compile(r'[()<>@,:;.\[\]\\"]+')
_LONGEST_NAME: Final = 100
_LONGEST_WORD: Final = 60
_LINES: Final = SMTP.clone(cte_type="7bit")  # whatever servers lie on the way


@dataclass(frozen=True, slots=True)
class Written:
    """`reference`: the message id; `sender`: the return path; `content`: all lines end with CR LF."""

    reference: str
    sender: str
    to: str
    content: bytes


def is_plain_address(text: str) -> bool:
    """One address of the usual kind, alone."""
    return _ADDRESS.fullmatch(text) is not None


class Writer:
    """Raises Invalid where the sender's or the return address is none."""

    def __init__(self, mail: Mail, seal: Seal) -> None:
        for key, address in (("sender", mail.sender), ("return_address", mail.return_address or mail.sender)):
            if not is_plain_address(address):
                raise Invalid("mail.address", f"mail.{key} is an address such as desk@firm.example.", f"mail.{key}")
        self._sender, self._returns, self._seal = mail.sender, mail.return_address, seal
        self._from = _person(mail.sender_name, mail.sender, "From")
        self.domain = mail.sender.rpartition("@")[2]

    def write(self, message: Outgoing) -> Written:
        """Raises Rejected because of the address."""
        if not is_plain_address(message.to):
            raise Rejected("The address is not one that e-mail is sent to.", point=True)
        sealed = self._seal.sealed(message.key)
        reference, sender = f"<{sealed}@{self.domain}>", self._sender
        headers = {
            "From": self._from,
            "To": _person(message.name, message.to, "To"),
            "Subject": _words(message.subject, "Subject"),
            "Date": format_datetime(datetime.now(UTC)),
            "Message-ID": reference,
            "Auto-Submitted": "auto-generated",  # RFC 3834: nothing that answers by itself answers this
        }
        if _MESSAGE_ID.fullmatch(message.reply_to):
            headers["In-Reply-To"] = headers["References"] = message.reply_to
        if self._returns:
            local, _, domain = self._returns.rpartition("@")
            sender = f"{local}+{sealed}@{domain}"
            # One click (RFC 8058) would want a page on the web
            headers["List-Unsubscribe"] = f"<mailto:{sender}?subject=unsubscribe>"
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return Written(reference, sender, message.to, head.encode("ascii") + _body(message))


def _body(message: Outgoing) -> bytes:
    made = EmailMessage(_LINES)
    made.set_content(clean(message.text, keep_newlines=True))
    if message.document is not None:
        made.add_alternative(message.document.html(), subtype="html")
    return made.as_bytes()


def _person(name: str, address: str, header: str) -> str:
    plain = " ".join(_MEANS_SOMETHING.sub(" ", clean(name)).split())[:_LONGEST_NAME].strip()
    return f"{_words(plain, header)} <{address}>" if plain else address


def _words(text: str, header: str) -> str:
    """Words as a header has them (RFC 2047), folded."""
    plain = " ".join(clean(text).split())
    as_it_is = plain.isascii() and "=?" not in plain and all(len(word) < _LONGEST_WORD for word in plain.split())
    return Header(plain, "us-ascii" if as_it_is else "utf-8", header_name=header).encode(linesep="\r\n")
