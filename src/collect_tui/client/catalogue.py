"""The site's catalogue at a server."""

from __future__ import annotations

from datetime import datetime

from collect_tui.client import requests
from collect_tui.client.cache import KeptFile, ResponseCache
from collect_tui.client.calls import Calls
from collect_tui.client.http import TransportFailed
from collect_tui.client.retry import RetryLater
from collect_tui.client.words import UNSEEN
from collect_tui.desk.catalogue import Catalogue
from collect_tui.desk.errors import SignedOut, Unavailable
from collect_tui.desk.operations import BY_NAME


def fetched(calls: Calls, file: KeptFile, seen: ResponseCache, now: datetime) -> Catalogue:
    """The site's catalogue, which is kept on the disk and fetched only when it changed there."""
    asked = requests.ask(BY_NAME["catalogue"], {})
    kept = file.read()
    try:
        answer = calls.read("catalogue", asked, {"If-None-Match": kept[0]} if kept else None)
    except (TransportFailed, RetryLater, SignedOut):
        known = seen.get("catalogue")
        if known is not None:
            return known[0]  # type: ignore[no-any-return]
        if kept is None:
            raise Unavailable("offline.unseen", UNSEEN) from None
        return requests.result("catalogue", kept[1])  # type: ignore[no-any-return]
    body = kept[1] if kept and answer.status == 304 else answer.body
    found: Catalogue = requests.result("catalogue", body)
    if answer.status == 200 and (etag := answer.headers.get("etag")):
        file.write(etag, body)
    seen.keep("catalogue", found, now)
    return found
