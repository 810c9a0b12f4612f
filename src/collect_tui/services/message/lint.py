"""The site's templates, compiled and checked: what is wrong with any of them is a fault with file, line and the nearest valid name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Final

from collect_tui.common.text import clean
from collect_tui.common.words import expected
from collect_tui.defaults.templates import rules, templates
from collect_tui.domain.card_text import forbidden
from collect_tui.domain.errors import Invalid
from collect_tui.domain.message.context import MessageContext, sample, slots
from collect_tui.domain.message.internal import DIGESTS, Internal
from collect_tui.domain.message.records import Firm
from collect_tui.domain.message.template import TEXTS, Body, MessageRules, Template, Variant
from collect_tui.domain.rules import LadderStep, Reminder
from collect_tui.services.message.document import CLOSE, OPEN, NotMarkup
from collect_tui.services.message.formats import Formats
from collect_tui.services.message.placeholders import Found, examine
from collect_tui.services.message.render import Rendered, render

_FAULT: Final = "message."


@dataclass(frozen=True, slots=True)
class Library:
    """The templates of a site. `unread`: what is wrong with files of which no template came."""

    rules: MessageRules
    every: Mapping[str, Template]
    unread: tuple[Invalid, ...]
    country: str
    currency: str
    sound: set[str] = field(default_factory=set)  # names of those that were checked

    def template(self, name: str) -> Template:
        """A template by its name, checked. Raises Invalid: what is wrong with it, or the nearest name there is."""
        if name not in self.sound:
            for fault in (*_pieces(self.rules), *self.faults_of(name)):
                raise fault
            if name not in self.every:
                raise Invalid(
                    "message.unknown", f"There is no template {name!r}; {expected(name, self.every)}", "template"
                )
            self.sound.add(name)
        return self.every[name]

    def faults(self) -> list[Invalid]:
        """All that is wrong with any of them; texts are looked at when the pieces that they print are right."""
        names = dict.fromkeys((*(each.field or "" for each in self.unread), *self.every))
        return list(_pieces(self.rules)) or [fault for name in names for fault in self.faults_of(name)]

    def faults_of(self, name: str) -> list[Invalid]:
        """What is wrong with one template, in any of its languages."""
        unread = [fault for fault in self.unread if (fault.field or "") == name]
        return [*unread, *(_Check(self, self.every[name]).faults() if name in self.every else ())]

    def formats(self, language: str, channel: str, currency: str | None = None) -> Formats:
        return Formats(language, self.country, currency or self.currency, gsm=channel == "sms")


def load(overrides: Path | None, country: str, currency: str) -> Library:
    """Our templates with those of the folder `messages/` in `overrides` laid over them. Raises Invalid for `messages.toml` alone."""
    known, faults = rules(overrides), list[Invalid]()
    return Library(known, templates(overrides, known, faults), tuple(faults), country, currency)


library = lru_cache(maxsize=8)(load)
"""The same, read once for a folder."""


def ladder_faults(every: Library, ladder: Iterable[LadderStep]) -> Iterator[Invalid]:
    """What does not fit between the steps of the ladder and the templates that they name."""
    for step in ladder:
        where = f"rules.toml: ladder, {f'{step.segment} ' if step.segment else ''}{step.stage}"
        if step.message and step.message not in every.every:
            told = f"{where}: there is no template {step.message!r}; {expected(step.message, every.every)}"
            yield Invalid("message.ladder", told, step.message)
        elif step.message and (level := every.every[step.message].head.level) != step.level:
            told = f"{where}: {step.message} is of level {level or 'none'}, not {step.level or 'none'}."
            yield Invalid("message.ladder", told, step.message)


def digest_faults(every: Library, internal: Internal) -> Iterator[Invalid]:
    """What does not fit between the digests of the firm's own people and the templates that they name."""
    for digest in internal.digests.values():
        where, about = f"internal.toml: digests.{digest.name}.template", DIGESTS[digest.name]
        if (template := every.every.get(digest.template)) is None:
            continue  # what is wrong with its file is said of it
        if template.head.about != about:
            yield Invalid("message.digest", f"{where}: {template.name} is not about {about}.", template.name)
        elif "email" not in template.head.channels:
            yield Invalid("message.digest", f"{where}: {template.name} is not sent by email.", template.name)


def reminder_faults(every: Library, reminders: Iterable[Reminder]) -> Iterator[Invalid]:
    """What does not fit between the reminders before due and the templates that they name."""
    for each in reminders:
        where = f"rules.toml: reminders, {f'{each.segment} ' if each.segment else ''}{each.kind}"
        fitting = ("items coming due", f"the {each.kind} coming due")
        if each.message not in every.every:
            told = f"{where}: there is no template {each.message!r}; {expected(each.message, every.every)}"
            yield Invalid("message.reminder", told, each.message)
        elif (about := every.every[each.message].head.about) not in fitting:
            told = f"{where}: {each.message} is about {about}, not about {' or '.join(fitting)}."
            yield Invalid("message.reminder", told, each.message)


def _pieces(known: MessageRules) -> Iterator[Invalid]:
    for code, language in known.languages.items():
        for name, text in language.words.items():
            found = examine(text, piece=True)
            missing = (f"{each} may be missing; print it within {{% if {each} %}}." for each in sorted(found.requires))
            for sentence in (*(said for _, _, said in found.faults), *missing):
                yield Invalid("message.piece", f"messages.toml: languages.{code}.{name}: {sentence}", name)


class _Check:
    def __init__(self, library: Library, template: Template) -> None:
        self._library, self._template, self._head = library, template, template.head

    def faults(self) -> Iterator[Invalid]:
        for variant in self._template.variants.values():
            for body in variant.bodies:
                for line, code, sentence in dict.fromkeys(self._of(variant, body)):
                    where = f"{variant.file}:{f'{line}:' if line else ''}"
                    yield Invalid(_FAULT + code, f"{where} {sentence}", self._template.name)

    def _of(self, variant: Variant, body: Body) -> Iterator[tuple[int, str, str]]:
        found = examine(body.source)
        yield from found.faults or list(self._written(variant, body, found)) or self._rendered(variant, body, found)

    def _written(self, variant: Variant, body: Body, found: Found) -> Iterator[tuple[int, str, str]]:
        """What can be said of the text as it stands in the file."""
        for number, line in enumerate(body.source.split("\n"), 1):
            if clean(line) != line or OPEN in line or CLOSE in line:
                yield number, "control", "holds a tab, a control character or one that nobody sees; take it out."
            if forbidden(line):
                yield number, "card", "holds what may be a card number; take it out."
        columns = self._library.rules.languages[variant.language].columns
        for column in sorted(found.columns - columns.keys()):
            yield 0, "column", f"messages.toml has no heading languages.{variant.language}.columns.{column}."
        if body.channels[0] not in TEXTS:
            for name in self._head.needs:
                if name not in found.always:
                    yield 0, "needs", f"needs says {name}, and the text does not always print it."
        kind = self._library.rules.kinds[self._head.kind]
        for channel in body.channels:
            if channel in kind.opt_out and "opt_out" not in found.always:
                yield 0, "opt_out", f"{self._head.kind} by {channel} says how to have no more of it: print opt_out."
        for pack in self._head.packs:
            for demand in self._library.rules.packs[pack]:
                if demand.concerns(self._head, body.channels):
                    for name in demand.prints:
                        if name not in found.always:
                            yield 0, "legal", f"{pack}, {demand.name}: always print {name} ({demand.source})."

    def _rendered(self, variant: Variant, body: Body, found: Found) -> Iterator[tuple[int, str, str]]:
        """What can be said of it when it is filled: with as little as it may be, and with the longest values."""
        # All that may be there, the longest, and the least: so each branch is written once.
        least = sample(needed=frozenset(found.requires))
        try:
            for context in (sample(), widest := sample(widest=True), least):
                filled = {channel: self._filled(variant, body, channel, context) for channel in body.channels}
                for channel, made in filled.items():
                    yield from self._shape(channel, made)
                    if context is widest and made.segments and made.segments.count > self._head.segments:
                        said = f"{made.segments.count} segments of {made.segments.encoding} with the longest values"
                        yield 0, "segments", f"the SMS takes {said}; segments allows {self._head.segments}."
        except NotMarkup as what:
            yield 0, "markup", f"{what} is nothing that a message is set in; it has headings, words, lists and tables."
            return
        yield from self._legal(variant, body, " ".join(made.text for made in filled.values()))

    def _filled(self, variant: Variant, body: Body, channel: str, context: MessageContext) -> Rendered:
        language = self._library.rules.languages[variant.language]
        context = _of_firm(context, self._library.rules.firm)
        return render(body.source, channel, context, language, self._library.formats(variant.language, channel))

    def _shape(self, channel: str, made: Rendered) -> Iterator[tuple[int, str, str]]:
        blocks = made.document.blocks
        if channel not in TEXTS and (not blocks or blocks[0].tag != "h1" or not made.subject):
            yield 0, "heading", "begins with a heading (# …): it is the subject."
        if channel in TEXTS and (len(blocks) != 1 or blocks[0].tag != "p" or any(n.tag for n in blocks[0].children)):
            yield 0, "line", f"a text for {channel} is one paragraph without marks."

    def _legal(self, variant: Variant, body: Body, text: str) -> Iterator[tuple[int, str, str]]:
        plain = " ".join(text.casefold().split())
        for pack in self._head.packs:
            for demand in self._library.rules.packs[pack]:
                if not demand.concerns(self._head, body.channels):
                    continue
                one_of = demand.says.get(variant.language, ())
                if demand.says and not one_of:
                    yield 0, "legal", f"{pack}, {demand.name}: messages.toml has no words for it in {variant.language}."
                elif one_of and not any(phrase.casefold() in plain for phrase in one_of):
                    said = " or ".join(f"“{phrase}”" for phrase in one_of)
                    yield 0, "legal", f"{pack}, {demand.name}: say {said} ({demand.source})."
                for phrase in demand.never.get(variant.language, ()):
                    if phrase.casefold() in plain:
                        yield 0, "legal", f"{pack}, {demand.name}: do not say “{phrase}” ({demand.source})."


def _of_firm(context: MessageContext, firm: Firm) -> MessageContext:
    """The context with what is known of the firm."""
    said = {name: value for name in slots(Firm) if (value := getattr(firm, name))}
    return replace(context, firm=replace(context.firm, **said))
