"""What the trade says when it says no: one error with a stable code, a sentence and the field it is about."""

from __future__ import annotations


class DomainError(Exception):
    """A rule of the trade was not met.

    `code` is a stable slug that tests, help and the API rely on ("promise.over_balance"). `message` is one sentence
    for the agent; it says what was expected and never repeats what was typed, which may hold card data. `field` names
    the input to return to, or is None when the error is about the act as a whole. `details` are the values that a program
    goes on with (the account that wants a result first), each a text by its name; no program reads the sentence.
    """

    def __init__(self, code: str, message: str, field: str | None = None, **details: str) -> None:
        super().__init__(code, message, field)
        self.details = details
        self.code = code
        self.message = message
        self.field = field

    def __str__(self) -> str:
        return self.message


class Refused(DomainError):
    """A rule says no to an act whose values are well formed."""


class Invalid(DomainError):
    """A value is malformed or out of range."""
