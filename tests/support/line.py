"""A line to a server that can be pulled out and put in again."""

from __future__ import annotations

import httpx


class Plug(httpx.BaseTransport):
    """The network, as long as it is in. `lose`: what acts send arrives `after` all, or not (`before`), and no answer comes back."""

    def __init__(self) -> None:
        self.within = True
        self.lose = ""
        self._real = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if not self.within:
            raise httpx.ConnectError("the line is out", request=request)
        if self.lose and request.url.path.endswith("/acts"):
            if self.lose == "after":
                self._real.handle_request(request).read()
            raise httpx.ReadTimeout("no answer", request=request)
        return self._real.handle_request(request)

    def close(self) -> None:
        self._real.close()
