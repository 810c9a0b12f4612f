"""A template as it would leave for an account: read only, nothing is kept or sent."""

from __future__ import annotations

from typing import Literal

from collect_tui.common.words import expected
from collect_tui.desk.errors import Invalid
from collect_tui.desk.views.message import MessagePreview
from collect_tui.domain.message.template import LANGUAGES, TEXTS
from collect_tui.services.desk_context import DeskContext
from collect_tui.services.message.filling import Addressee, completed, context_of
from collect_tui.services.message.lint import Library
from collect_tui.services.message.placeholders import examine
from collect_tui.services.message.render import render
from collect_tui.store import facts
from collect_tui.store.tables import Account, Party

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
    template = library.template(name)
    channels = template.head.channels
    if channel is not None and channel not in channels:
        raise Invalid("message.channel", f"{name} is not sent by {channel}; {expected(channel, channels)}", "channel")
    channel = channel or channels[0]
    if form == "html" and channel in TEXTS:
        raise Invalid("message.form", f"A message by {channel} is text only.", "form")
    if language is not None and language not in template.variants:
        there = [code for code in LANGUAGES if code in template.variants]
        raise Invalid(
            "message.language", f"{name} is not written in {language}; {expected(language, there)}", "language"
        )
    with desk.reading() as db:
        seen = facts.load(db, desk.tenant_id, number)
        account = db.get_one(Account, (desk.tenant_id, seen.id))
        party = db.get_one(Party, (desk.tenant_id, account.party_id))
        to = Addressee(party.name, party.kind, desk.tenant(db).name)
        variant = template.in_language(language or party.lang)
        ledger = facts.ledger(db, desk.tenant_id, seen.id)
    body = variant.body(channel)
    words = library.rules.languages[variant.language]
    context = context_of(
        seen, to, template.head, library.rules, words, desk.house, desk.catalogue().arrangement, ledger
    )
    context, examples = completed(context, {*examine(body.source).requires, *template.head.needs}, sampled=sampled)
    formats = library.formats(variant.language, channel, seen.currency)
    made = render(body.source, channel, context, words, formats, seen.numbers)
    return MessagePreview(
        account=seen.number,
        template=name,
        version=variant.version,
        language=variant.language,
        channel=channel,
        form=form,
        subject=made.subject,
        body=(made.html or "") if form == "html" else made.text,
        encoding=made.segments.encoding if made.segments else None,
        segments=made.segments.count if made.segments else None,
        sampled=examples,
    )
