"""Digests for the firm's own people, as they were written or would be."""

from __future__ import annotations

from collect_tui.desk.views.base import View


class DigestView(View):
    """One e-mail to one contact. `lines`: of what it tells; `message`: its number, None where nothing was written."""

    digest: str
    contact: str
    email: str
    lines: int
    message: int | None
    subject: str
    text: str
