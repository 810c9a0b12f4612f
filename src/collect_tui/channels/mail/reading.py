"""What came by e-mail, from its bytes: a report on a message of ours, or a message that somebody wrote.

A report (RFC 3464, or what resembles one) is believed where it holds a sealed key of ours, and says:

| action and status | outcome | final |
| --- | --- | --- |
| delivered | delivered | yes |
| failed, because of the address (`answers.blames_address`) | returned | yes: nothing will arrive there |
| failed otherwise: box full, too large, taken for spam, given up after days of 4.x.x | returned | no: the next may arrive |
| delayed | failed | no: it may arrive yet |

Whoever can write to the mailbox is not trusted. The parser of the standard library is given no more than it takes in seconds: a start
of the message, few parts, short headers.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses, parseaddr
from html import unescape
from typing import Final, Literal

from collect_tui.channels.mail.answers import blames_address, code_in, status_in
from collect_tui.channels.mail.seal import Seal
from collect_tui.common.text import clean
from collect_tui.services.message.port import Incoming, Report

MOST_PARTS: Final = 100
_PART: Final = re.compile(rb"^content-type:", re.IGNORECASE | re.MULTILINE)
_LONGEST_HEADER: Final = 2_000
_LONGEST_HTML: Final = 100_000
_LONGEST_TEXT: Final = 20_000
_BLOCKS: Final = frozenset(
    {"p", "br", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "hr", "td", "th"}
)
_UNSEEN: Final = {"script", "style", "title"}
_CELL: Final = re.compile(r"</?t[dh]>")
_TAG: Final = re.compile(r"</?[a-z0-9]+/?>")
_BLANK: Final = re.compile(r"\n\s*\n\s*\n")
_IDS: Final = re.compile(r"<[!-;=?-~]{1,253}>")
_ARRIVED_FOR: Final = ("To", "Delivered-To", "X-Original-To", "Envelope-To")
_NOBODY: Final = frozenset({"mailer-daemon", "postmaster"})
_RETURNED: Final = re.compile(
    r"undeliver|returned (mail|to sender)|failure notice|delivery (\w+ )?\(?(fail|status|delay)", re.I
)
_LATE: Final = re.compile(r"\b(delayed|warning|will (be|keep|continue) \w*try|not yet been delivered)", re.IGNORECASE)
_ANSWERS_ITSELF: Final = ("X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Mail-Autoreply", "X-Auto-Reply")


class Unreadable(ValueError):
    """What came in cannot be taken for anything; why, without its content."""


def read(raw: bytes, at: datetime, seal: Seal, ours: str) -> Report | Incoming:
    """`raw`: a message or its start; `at`: when it came in; `ours`: the address that we send from. Raises Unreadable."""
    if len(_PART.findall(raw)) > MOST_PARTS:
        raise Unreadable("has too many parts")
    try:
        message = message_from_bytes(raw)
        if (report := _report(message, raw, at, seal)) is not None:
            return report
        return _incoming(message, raw, at, seal, ours)
    except Unreadable:
        raise
    except Exception as error:  # the parser fails on hostile mail in ways of its own; the next one has to be read
        raise Unreadable(f"cannot be read ({type(error).__name__})") from None


# reports ----------------------------------------------------------------------------------------
def _report(message: Message, raw: bytes, at: datetime, seal: Seal) -> Report | None:
    fields = _delivery_fields(message)
    if fields is None and not _resembles_a_bounce(message):
        return None
    where = raw.decode("latin-1") if fields is not None else _arrived_for(message)
    key = next(seal.keys(where), None)
    if key is None:
        raise Unreadable("is a delivery report on no message of ours")
    outcome, final, detail = _outcome(fields) if fields else _guess(_text(message))
    return Report(key=key, outcome=outcome, at=at, final=final, detail=clean(detail)[:1000])


def _delivery_fields(message: Message) -> Message | None:
    """The fields of the first recipient in a delivery report; empty where it has none that can be read, None: it is no such report."""
    for part in _parts(message):
        if part.get_content_type() in ("message/delivery-status", "message/global-delivery-status"):
            blocks = part.get_payload()
            if isinstance(blocks, str):  # encoded, or a block alone
                blocks = [message_from_bytes(block) for block in _bytes(part).split(b"\n\n")]
            return next((b for b in blocks if isinstance(b, Message) and b.get("Action")), Message())
    return Message() if message.get_param("report-type") == "delivery-status" else None


Outcome = tuple[Literal["delivered", "failed", "returned"], bool, str]


def _outcome(fields: Message) -> Outcome:
    action = _field(fields, "Action").lower().split(" ")[0]
    diagnostic = _field(fields, "Diagnostic-Code").partition(";")[2].strip()
    status = status_in(_field(fields, "Status"))
    detail = f"{_field(fields, 'Status')} {diagnostic}".strip()
    if action == "delivered":
        return "delivered", True, detail
    if action == "delayed":
        return "failed", False, detail
    if action != "failed":
        raise Unreadable("is a delivery report that says neither delivered nor failed")
    told = status_in(diagnostic[:20])  # Exim's status is always 5.0.0; what it was told is more
    if status is None or status[1] == 0:
        status = told or status
    lasting = status is None or status[0] == 5
    return "returned", lasting and blames_address(code_in(diagnostic[:4]), status), detail


def _guess(text: str) -> Outcome:
    """What a report in words says: by the first numbers that look like an answer."""
    status, code = status_in(text), code_in(text)
    detail = " ".join(text.split())[:300]
    if (status[0] if status else (code or 0) // 100) != 5 and _LATE.search(text):
        return "failed", False, detail
    return "returned", (status is None or status[0] == 5) and blames_address(code, status), detail


def _resembles_a_bounce(message: Message) -> bool:
    path = message.get("Return-Path")
    if path is not None and str(path).strip() not in ("", "<>"):
        return False
    if _field(message, "Auto-Submitted").lower().startswith("auto-replied") and not message.get("X-Failed-Recipients"):
        return False  # somebody is on holiday, and answers to the return path as RFC 3834 says
    nobody = parseaddr(_field(message, "From"))[1].partition("@")[0].lower() in _NOBODY
    return "X-Failed-Recipients" in message or (nobody and _RETURNED.search(_words(message, "Subject")) is not None)


# messages ---------------------------------------------------------------------------------------
def _incoming(message: Message, raw: bytes, at: datetime, seal: Seal, ours: str) -> Incoming:
    name, sender = _author(message)
    own = _IDS.fullmatch(_field(message, "Message-ID"))
    threads = " ".join([_field(message, "In-Reply-To"), _tail(message, "References"), _arrived_for(message)])
    return Incoming(
        reference=own[0] if own else f"sha256:{hashlib.sha256(raw).hexdigest()}",
        channel="email",
        sender=_line(sender, 320),
        name=_line(_decoded(name), 200),
        answers=tuple(dict.fromkeys(seal.keys(threads)))[:20],
        at=at,
        subject=_line(_words(message, "Subject"), 500),
        text=_text(message),
        automatic=_automatic(message, sender, ours),
    )


def _author(message: Message) -> tuple[str, str]:
    """Name and address of whoever wrote; of several nobody knows which one a server has vouched for, so it is none of them."""
    heads = [" ".join(str(each)[:_LONGEST_HEADER].split()) for each in message.get_all("From", ())]
    several = sum("@" in address for _, address in getaddresses(heads)) > 1
    return ("", "") if several else parseaddr(heads[0] if heads else "")


def _automatic(message: Message, sender: str, ours: str) -> bool:
    """RFC 3834 §2, §5 and what the programs of those before it write; and what we sent ourselves."""
    submitted = _field(message, "Auto-Submitted").lower()
    return (
        submitted.partition(";")[0].strip() not in ("", "no")
        or _field(message, "Precedence").lower().strip() in ("bulk", "junk", "list", "auto_reply")
        or _field(message, "Return-Path").strip() == "<>"
        or any(name in message for name in (*_ANSWERS_ITSELF, "List-Id", "List-Unsubscribe"))
        or message.get_content_type() == "multipart/report"
        or sender.partition("@")[0].lower() in _NOBODY
        or sender.lower() == ours.lower()
    )


def _text(message: Message) -> str:
    """What a person would read: the parts of plain text, else the first one in HTML."""
    parts = [p for p in _parts(message) if p.get_content_disposition() != "attachment"]
    # A multipart among them is one whose boundary never came
    plain = [
        _characters(p) for p in parts if p.get_content_type() == "text/plain" or p.get_content_maintype() == "multipart"
    ]
    text = "\n\n".join(filter(str.strip, plain))
    if not text:
        text = next((_from_html(_characters(p)) for p in parts if p.get_content_type() == "text/html"), "")
    return clean(text[: 2 * _LONGEST_TEXT], keep_newlines=True).strip()[:_LONGEST_TEXT]


def _from_html(html: str) -> str:
    import nh3

    # What it writes has the tags of this set only, without attributes, and is well-formed
    marked = nh3.clean(
        html[:_LONGEST_HTML], tags=set(_BLOCKS), attributes={}, link_rel=None, clean_content_tags=_UNSEEN
    )
    broken = _TAG.sub("\n", _CELL.sub(" ", marked.replace("\n", " ")))
    lines = (" ".join(line.split()) for line in broken.split("\n"))
    return _BLANK.sub("\n\n", unescape("\n".join(lines)).replace("\xa0", " "))


# parts and fields -------------------------------------------------------------------------------
def _parts(message: Message) -> Iterator[Message]:
    """The parts in their order; what is in a message that is enclosed is not among them."""
    waiting = [message]
    while waiting:
        part = waiting.pop()
        within = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(within, list):
            waiting.extend(p for p in reversed(within) if isinstance(p, Message))
        else:
            yield part


def _bytes(part: Message) -> bytes:
    raw = part.get_payload(decode=True)
    return raw.replace(b"\r\n", b"\n") if isinstance(raw, bytes) else b""


def _characters(part: Message) -> str:
    raw = _bytes(part)
    try:
        return raw.decode(part.get_content_charset("utf-8"))
    except (LookupError, ValueError):
        return raw.decode("utf-8", "replace")


def _field(message: Message, name: str) -> str:
    """A header as it is written, on one line; empty without it."""
    return " ".join(str(message.get(name, ""))[:_LONGEST_HEADER].split())


def _tail(message: Message, name: str) -> str:
    """The end of a header, where the newest stands."""
    return str(message.get(name, ""))[-_LONGEST_HEADER:]


def _arrived_for(message: Message) -> str:
    found = (str(value) for name in _ARRIVED_FOR for value in message.get_all(name, ()))
    return " ".join(found)[: 4 * _LONGEST_HEADER]


def _words(message: Message, name: str) -> str:
    return _decoded(_field(message, name))


def _decoded(text: str) -> str:
    try:
        return str(make_header(decode_header(text)))
    except (HeaderParseError, LookupError, ValueError):
        return text


def _line(text: str, longest: int) -> str:
    return " ".join(clean(text).split())[:longest].strip()
