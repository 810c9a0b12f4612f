"""A document that was drawn up in a case, as it is kept."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from collect_tui.desk.views.base import View


class CaseDocument(View):
    """`field`: that of the case which has its hash. `template`, `version`, `language`: what it was written by; `on`: the business date
    that it bears; `drawn_at` (UTC), `drawn_by`: when and by whom. `sha256`: of what is kept, in base 32. `data`: what it says, amounts in
    minor units; `document`: its text as headings, words and tables (JSON), from which the PDF is set; `text`: the same without marks."""

    case: str
    field: str
    title: str
    template: str
    version: str
    language: str
    on: date
    drawn_at: datetime
    drawn_by: str
    sha256: str
    data: dict[str, Any]
    document: str
    text: str
