"""What is said in a call with the customer of an account."""

from __future__ import annotations

from datetime import datetime

from collect_tui.desk.views.base import View


class ScriptCard(View):
    """`text`: as it is read to this customer, in `language`; `must`: in every call; `read_at`, `read_by`: when it was read to them last."""

    name: str
    title: str
    language: str
    text: str
    must: bool
    source: str
    read_at: datetime | None = None
    read_by: str = ""


class ObjectionView(View):
    """What the customer says, after `under` was answered; what to answer, and what to type then."""

    name: str
    says: str
    answer: str
    under: str = ""
    line: str = ""


class ScriptView(View):
    """The cards in the order in which they are read, and the objections."""

    account: str
    cards: tuple[ScriptCard, ...]
    objections: tuple[ObjectionView, ...]
