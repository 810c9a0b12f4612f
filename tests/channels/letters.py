"""Letters to set, and how a test reads them back."""

from __future__ import annotations

import io
import re
from datetime import date

from pypdf import PdfReader

from collect_tui.services.message.document import Document, Node, Values, read
from collect_tui.services.message.port import Outgoing

DAY = date(2026, 11, 23)


def message(key: str = "1-4821", **more) -> Outgoing:
    given = {
        "key": key,
        "channel": "letter",
        "name": "Rosa Alvarez",
        "to": "2210 W Division St\nChicago, IL 60622",
        "language": "en",
        "dated": DAY,
        "text": f"What letter {key} says.",
    }
    return Outgoing(**given | more)


def document(markdown: str, language: str = "en-US") -> Document:
    return read(markdown, Values(), language)


def saying(*texts: str) -> Document:
    """A document with a paragraph for each text, as values come into one."""
    return Document("en-US", tuple(Node("p", children=(Node("", text),)) for text in texts))


def pages(pdf: bytes) -> list[str]:
    """The text of each page, without the places where a long word may be broken."""
    return [page.extract_text().replace("\u200b", "") for page in PdfReader(io.BytesIO(pdf)).pages]


def squeezed(text: str) -> str:
    """Without spaces: where a line is broken is no part of what it says."""
    return re.sub(r"\s+", "", text)


def placed(pdf: bytes, page: int = 0) -> list[tuple[float, float, str]]:
    """Each piece of text of a page, millimetres from its left and its upper edge to where its base line begins."""
    found: list[tuple[float, float, str]] = []
    sheet = PdfReader(io.BytesIO(pdf)).pages[page]

    def visit(text: str, cm: list[float], tm: list[float], *_: object) -> None:
        if text.strip():
            x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
            y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
            found.append((x * 25.4 / 72, (float(sheet.mediabox.height) - y) * 25.4 / 72, text.strip()))

    sheet.extract_text(visitor_text=visit)
    return found
