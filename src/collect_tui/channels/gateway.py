"""Messages out by a gateway over HTTP: SMS, chat and social ones. What a provider's request and answer look like is data
(`defaults/channels.toml`); here is what all have in common, and whether a message that failed may have left.

A request that was not written whole has not left. One that was, and has no answer that says what it means, may have.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from decimal import ROUND_UP, Decimal
from email.utils import parsedate_to_datetime
from time import monotonic
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from collect_tui.channels.places import first, found
from collect_tui.common.text import clean
from collect_tui.defaults.gateway import WORD, Answer, Gateway, Outcome, Send
from collect_tui.domain.errors import Invalid
from collect_tui.domain.message.segments import is_gsm
from collect_tui.domain.money import exponent
from collect_tui.services.message.port import Arrival, Departure, NotNow, Outgoing, Rejected, Unknown

if TYPE_CHECKING:
    import httpx

LARGEST: Final = 64 * 1024
"""Bytes of an answer that are read: a reference and a code."""
LONGEST_WAIT: Final = 86_400
"""Seconds: a far end's Retry-After counts for so long at most."""

_NUMBER: Final = re.compile(r"\+[1-9][0-9]{5,14}")  # E.164
_THREAD: Final = re.compile(r"(?!\.+$)[\w.:@+=~-]{1,255}", re.ASCII)
_PRICE: Final = re.compile(r"-?[0-9]{1,6}(\.[0-9]{1,9})?")
_CODE: Final = re.compile(r"[A-Za-z0-9_.-]{1,10}")

#: What a status means unless the gateway says another thing. Those of 4xx are about our settings and its load, not the message.
_NOT_NOW: Final = frozenset({401, 402, 403, 404, 405, 407, 408, 425, 429, 503})


class GatewayPort:
    """A `MessagePort` over one gateway; its connections are kept open and shared by threads. Reports and messages come by call-back
    (`channels/hooks.py`), so none wait here."""

    def __init__(self, gateway: Gateway) -> None:
        if gateway.send is None or gateway.answer is None:
            raise ValueError(f"the gateway of {gateway.name} sends nothing")
        self._gateway, self._send, self._answer = gateway, gateway.send, gateway.answer
        self.channel = gateway.channel
        self.repeatable = bool(gateway.send.idempotency) or gateway.send.repeatable
        self._client: httpx.Client | None = None
        self._lock = threading.Lock()

    def send(self, message: Outgoing) -> Departure:
        """Raises NotNow, Rejected, Unknown: their words name the channel and the status, nothing of the message."""
        if not (_NUMBER if self.channel == "sms" else _THREAD).fullmatch(message.to):
            raise Rejected("No number in international form." if self.channel == "sms" else "No thread.", point=True)
        words = {**self._gateway.values, **self._gateway.secrets, **_words(message, self._send)}
        with self._answered(_request(self._send, words, message.key)) as answer:
            status, body = answer.status_code, self._body(answer)
            after = _seconds(answer.headers.get("retry-after", ""))
        return self._departed(message, status, body, after)

    def flush(self) -> None:
        """Nothing is held back."""

    def arrivals(self) -> tuple[Arrival, ...]:
        return ()

    def close(self) -> None:
        with self._lock:
            if self._client is not None:
                self._client.close()
                self._client = None

    def _departed(self, message: Outgoing, status: int, body: bytes, after: int | None) -> Departure:
        text = body.decode("utf-8", "replace")
        try:
            tree = json.loads(text)
        except (ValueError, RecursionError):
            tree = None
        codes = {value for place in self._answer.code for value in found(tree, place)}
        meaning = _meaning(self._answer, status, codes)
        known = next((code for code in codes if _CODE.fullmatch(code)), "")
        said = f"The gateway of {self._gateway.name} answers {status}{f' ({known})' if known else ''}."
        if meaning == "not_now":
            raise NotNow(said, after=after)
        if meaning in ("rejected", "bad_number"):
            raise Rejected(said, point=meaning == "bad_number")
        if meaning == "unknown":
            raise Unknown(said)
        cost, currency = self._cost(tree)
        if self._answer.own_key:
            return Departure(reference=message.key, cost=cost, currency=currency)
        if self._answer.pattern is not None:
            match = self._answer.pattern.search(text)
            reference = match[1] or "" if match else ""
        else:
            reference = first(tree, self._answer.reference)
        return Departure(reference=clean(reference)[:255], cost=cost, currency=currency)

    def _cost(self, tree: Any) -> tuple[int | None, str]:
        """What the answer says that it costs, rounded up to minor units, and their currency; nothing where it is no price."""
        named = next((texts for place in self._answer.price if (texts := found(tree, place))), [])
        currency = first(tree, self._answer.currency) or self._gateway.values.get("currency", "")
        if not named or not all(map(_PRICE.fullmatch, named)):
            return None, ""
        try:
            units = sum((abs(Decimal(text)) for text in named), Decimal()).scaleb(exponent(currency))
        except Invalid:
            return None, ""
        return int(units.to_integral_value(ROUND_UP)), currency

    def _body(self, answer: httpx.Response) -> bytes:
        """What is read of an answer; the whole may take no longer than its first byte."""
        body, until = bytearray(), monotonic() + self._gateway.seconds
        for part in answer.iter_raw():
            body += part
            if len(body) > LARGEST or monotonic() > until:
                break
        return bytes(body[:LARGEST])

    @contextmanager
    def _answered(self, request: Mapping[str, Any]) -> Iterator[httpx.Response]:
        httpx, name = _httpx(), self._gateway.name
        try:
            with self._open().stream(**request) as answer:
                yield answer
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError):
            raise NotNow(f"The gateway of {name} cannot be reached.") from None
        except (httpx.WriteError, httpx.WriteTimeout):
            raise NotNow(f"The gateway of {name} did not take the request.") from None
        except (httpx.UnsupportedProtocol, httpx.LocalProtocolError, httpx.InvalidURL):
            raise NotNow(f"The gateway of {name} has an address that cannot be called.") from None
        except (httpx.HTTPError, httpx.StreamError) as error:
            what = "did not answer in time" if isinstance(error, httpx.TimeoutException) else "broke off the connection"
            raise Unknown(f"The gateway of {name} {what}.") from None

    def _open(self) -> httpx.Client:
        with self._lock:
            if self._client is None:
                httpx = _httpx()
                self._client = httpx.Client(
                    timeout=httpx.Timeout(self._gateway.seconds, connect=self._gateway.connect),
                    headers={"User-Agent": "collect-tui", "Accept-Encoding": "identity"},
                    follow_redirects=False,
                    trust_env=False,  # a proxy of the environment would read the messages
                )
            return self._client


def _httpx() -> ModuleType:
    """httpx without its command line; its log lines would hold URLs with numbers and passwords."""
    if "httpx" not in sys.modules:
        sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
    import httpx

    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    return httpx


def _words(message: Outgoing, send: Send) -> dict[str, str]:
    text = clean(message.text, keep_newlines=True)
    return {
        "to": message.to,
        "digits": message.to.removeprefix("+"),
        "text": text,
        "subject": clean(message.subject),
        "name": clean(message.name),
        "key": message.key,
        "reply_to": clean(message.reply_to),
        "unicode": send.unicode[not is_gsm(text)],
    }


def _request(send: Send, words: Mapping[str, str], key: str) -> dict[str, Any]:
    """What httpx is asked for. Words are put in once: one that stands in a text stays as it was written."""
    quoted = {**words, "to": quote(words["to"], safe=""), "digits": quote(words["digits"], safe="")}
    headers = {name: _put(text, words) for name, text in send.headers.items()}
    if send.idempotency:
        headers[send.idempotency] = key
    made: dict[str, Any] = {
        "method": send.method,
        "url": _put(send.url, quoted),
        "headers": {name: text.encode() for name, text in headers.items()},
    }
    for name, template in (("params", send.query), ("data", send.form), ("json", send.json)):
        if template:
            made[name] = _filled(template, words)
    if send.basic:
        user, password = (_put(text, words) for text in send.basic)
        made["auth"] = _httpx().BasicAuth(user, password)
    return made


def _filled(tree: Any, words: Mapping[str, str]) -> Any:
    """A tree of templates with its words; fields of a table that come out empty are left out."""
    if isinstance(tree, str):
        return _put(tree, words)
    if isinstance(tree, Mapping):
        filled = ((key, _filled(value, words)) for key, value in tree.items())
        return {key: value for key, value in filled if value not in ("", {}, [])}
    if isinstance(tree, list):
        return [_filled(each, words) for each in tree]
    return tree


def _put(template: str, words: Mapping[str, str]) -> str:
    return WORD.sub(lambda match: words[match[1]], template)


def _meaning(answer: Answer, status: int, codes: set[str]) -> Outcome:
    """What the gateway says of a status with a code first, then of the status, then what is usual."""
    for with_code in (True, False):
        for meaning, matches in answer.meanings.items():
            for match in matches:
                fits = match.status in (str(status), f"{status // 100}xx")
                if fits and (match.code in codes if with_code else not match.code):
                    return meaning
    if status in _NOT_NOW or 300 <= status < 400:
        return "not_now"
    return "rejected" if 400 <= status < 500 else "unknown"


def _seconds(text: str) -> int | None:
    """A Retry-After (RFC 9110 §10.2.3): seconds, or an instant."""
    seconds: float | None = None
    if text.isascii() and text.isdigit() and len(text) < 10:
        seconds = int(text)
    elif text:
        with suppress(ValueError, TypeError, OverflowError):
            seconds = (parsedate_to_datetime(text).astimezone(UTC) - datetime.now(UTC)).total_seconds()
    return None if seconds is None else max(0, min(round(seconds), LONGEST_WAIT))
