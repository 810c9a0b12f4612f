"""Messages to the customer: written, released by a second person, cancelled before they leave; and those that came in, answered."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from collect_tui.desk.commands.base import CommandBase, Short, Text
from collect_tui.domain.message.template import LanguageCode


class SendMessage(CommandBase):
    """Writes a message by a template, for its channel to take. `template`: its name, or the level of a notice (`2`, `final`). Without
    `channel` the first of the template's by which the customer can be reached; `point` is the short name (`e1`) of where to;
    without `language` it is the customer's. `item`: the number of the invoice that a copy is sent of; without it, the newest. `text`:
    what it says instead of what the template does, where that may be changed; ¶ begins a new paragraph."""

    noun: ClassVar[str] = "messages"
    kind: Literal["message"] = "message"
    template: Short
    channel: Literal["letter", "email", "sms"] | None = None
    point: Short | None = None
    language: LanguageCode | None = None
    item: Short | None = None
    text: Text = ""


class ReleaseMessage(CommandBase):
    """Releases a draft: one that the night wrote, or that somebody else did. `message`: its template, or the level of the notice.
    `text`: what it says instead, as for a message that is sent."""

    noun: ClassVar[str] = "message-releases"
    kind: Literal["release-message"] = "release-message"
    message: Short
    text: Text = ""


class CancelMessage(CommandBase):
    """Cancels a message that has not left yet: the youngest of its template, or of the level of the notice; by `channel` where several
    wait."""

    noun: ClassVar[str] = "message-cancellations"
    kind: Literal["cancel-message"] = "cancel-message"
    message: Short
    channel: Literal["letter", "email", "sms"] | None = None
    reason: Text


class AnswerMessage(CommandBase):
    """Answers a message that waits for an answer, by its channel and to where it came from; those before it of the same conversation
    are answered with it. `message`: its number, as the inbox has it; None: the newest."""

    noun: ClassVar[str] = "message-answers"
    kind: Literal["answer"] = "answer"
    message: Annotated[Short, StringConstraints(to_upper=True)] | None = None
    text: Annotated[Text, Field(min_length=1)]


class CloseMessage(CommandBase):
    """The messages that wait for an answer have been read and need none."""

    noun: ClassVar[str] = "message-closings"
    kind: Literal["close-message"] = "close-message"
    reason: Text = ""
