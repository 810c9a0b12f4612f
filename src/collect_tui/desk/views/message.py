"""A message as it would leave."""

from __future__ import annotations

from collect_tui.desk.views.base import View


class MessagePreview(View):
    """A template filled for an account. `body` is text or a page of HTML, as `form` says; `segments` of an SMS, in `encoding`.

    `sampled`: what the account does not have and examples stand for.
    """

    account: str
    template: str
    version: str
    language: str
    channel: str
    form: str
    subject: str
    body: str
    encoding: str | None = None
    segments: int | None = None
    sampled: tuple[str, ...] = ()
