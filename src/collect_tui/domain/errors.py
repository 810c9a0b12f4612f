"""What the trade says when it says no: one error with a stable code, a sentence and the field it is about."""

from __future__ import annotations


class DomainError(Exception):
    """A rule of the trade was not met.

    `code` is a stable slug that tests, help and the API rely on ("promise.over_balance"). `message` is one sentence
    for the agent; it says what was expected and may quote a word that was typed. Card data in it is masked here, for all
    the ways by which an error leaves: screen, standard error, answer and log. `field` names the input to return to, or is
    None when the error is about the act as a whole; it is masked too, for somebody may have sent it. `details` are the values
    that a program goes on with (the account that wants a result first), each a text by its name; no program reads the sentence.
    """

    def __init__(self, code: str, message: str, field: str | None = None, **details: str) -> None:
        from collect_tui.domain.card_text import mask_card  # its expressions take a while to compile

        self.details = details
        self.code = code
        self.message = mask_card(message)
        self.field = field if field is None else mask_card(field)
        super().__init__(self.code, self.message, self.field)

    def __str__(self) -> str:
        return self.message


class Refused(DomainError):
    """A rule says no to an act whose values are well formed."""


class Invalid(DomainError):
    """A value is malformed or out of range."""
