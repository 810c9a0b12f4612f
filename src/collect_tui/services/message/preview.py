"""A template as it would leave for an account: read only, nothing is kept or sent."""

from __future__ import annotations

from typing import Literal

from collect_tui.desk.errors import Invalid
from collect_tui.desk.views.message import MessagePreview
from collect_tui.domain.message.template import TEXTS
from collect_tui.services.desk_context import DeskContext
from collect_tui.services.message.compose import Composer
from collect_tui.services.message.lint import Library
from collect_tui.store import facts

Form = Literal["text", "html"]


def preview(
    desk: DeskContext,
    library: Library,
    number: str,
    name: str,
    *,
    language: str | None = None,
    channel: str | None = None,
    form: Form = "text",
    sampled: bool = False,
) -> MessagePreview:
    """The template `name` filled for an account: in the customer's language unless another is asked for, for the first channel of its
    head unless another is. NotFound for the account; Invalid for a name that there is not; Refused when the account has not what
    the message speaks of, unless examples may stand for it (`sampled`)."""
    with desk.reading() as db:
        composer = Composer(desk, db, library)
        channel = channel or composer.template(name).head.channels[0]
        if form == "html" and channel in TEXTS:
            raise Invalid("message.form", f"A message by {channel} is text only.", "form")
        seen = facts.load(db, desk.tenant_id, number)
        made = composer.write(seen, name, channel, language, sampled=sampled)
    rendered = made.rendered
    return MessagePreview(
        account=seen.number,
        template=name,
        version=made.variant.version,
        language=made.variant.language,
        channel=channel,
        form=form,
        subject=rendered.subject,
        body=(rendered.html or "") if form == "html" else rendered.text,
        encoding=rendered.segments.encoding if rendered.segments else None,
        segments=rendered.segments.count if rendered.segments else None,
        sampled=made.sampled,
    )
