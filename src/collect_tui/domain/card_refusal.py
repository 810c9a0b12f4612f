"""What is said of a text with card data."""

from __future__ import annotations

from collect_tui.domain.card_text import CardFinding
from collect_tui.domain.errors import Invalid


def card_refusal(found: CardFinding, field: str) -> Invalid:
    """What is said of a text with card data: it names the field and never the text."""
    what = "A card number" if found.kind == "card" else "A card security code"
    return Invalid(
        "text.card", f"{what} stands in the {field}; it may not be written down. Take it out and try again.", field
    )
