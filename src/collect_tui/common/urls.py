"""URLs as they may be shown."""

from __future__ import annotations


def masked(url: str) -> str:
    """A URL as it may be shown: without its password."""
    from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

    try:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
        user = unquote(parts.username or "")
        hidden = f"{quote(user)}:…@" if parts.password else f"{quote(user)}@" if user else ""
        query = [(k, "…" if k.lower() in ("password", "sslpassword") else v) for k, v in parse_qsl(parts.query)]
    except ValueError:
        return f"{url.partition('://')[0]}://…"
    return urlunsplit((parts.scheme, hidden + host, parts.path, urlencode(query, safe="/…:"), ""))
