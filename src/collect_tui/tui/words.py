"""Words on the line that are the app's own: which command they start, what is said of it before Enter, and Enter."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final

from textual.worker import WorkerError

from collect_tui.desk.errors import Refused
from collect_tui.domain.errors import DomainError
from collect_tui.tui import messages
from collect_tui.tui.dialogs.palette import Choice
from collect_tui.tui.keys.actions import Action, action, by_word
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Line

if TYPE_CHECKING:
    from collect_tui.desk.line.complete import Listing
    from collect_tui.desk.line.context import LineContext
    from collect_tui.tui.commands import Commands
    from collect_tui.tui.desk_app import DeskApp
    from collect_tui.tui.page import Page

_NUMBER: Final = re.compile(r"\d[\d-]*")


class LineWords:
    """The app's own words on the line."""

    def __init__(self, app: DeskApp, commands: Commands) -> None:
        self._app = app
        self._commands = commands
        self._words: frozenset[str] = frozenset()

    def command(self, text: str) -> tuple[Action, str] | None:
        """The app's command that a line starts and what follows the word; None: the line is for the desk."""
        word, _, rest = text.strip().partition(" ")
        if not word:
            return None
        if _NUMBER.fullmatch(text.strip()):
            return action("account.open"), text.strip()
        found = by_word(word, self._taken_words())
        takes = found is not None and (found.takes_words or found.id in self._app.top.row_commands)
        if found is None or (rest.strip() and not takes):
            return None  # `next fri` is the line's own word, `next` alone the app's
        return found, rest.strip()

    def _taken_words(self) -> frozenset[str]:
        """Words of the desk's own language: a prefix of the app's words must not shadow them."""
        if not self._words:
            from collect_tui.desk.line.verbs import VERBS

            words = {word for verb in VERBS.values() for word in (verb.verb, *verb.aliases)}
            site = self._app.catalogue if self._app.connected else None
            codes = {code.casefold() for code in site.codes.results} if site is not None else set()
            kinds = {kind.verb.casefold() for kind in site.cases.kinds.values()} if site is not None else set()
            self._words = frozenset(words | codes | kinds)
        return self._words

    def meaning(self, text: str) -> str | None:
        """What a line that is the app's own is for; None: it is for the desk."""
        found = self.command(text)
        if found is None:
            return None
        wanted, rest = found
        return f"{wanted.title.lower()} {rest}".strip() + f" · {wanted.help}"

    def offers(self, text: str) -> Listing | None:
        """What may be typed at the end of a line that is the app's own; None: it has no such list."""
        found = self.command(text)
        offers: Callable[[], Sequence[tuple[str, str]]] | None = found and getattr(
            self._commands, found[0].method.replace("do_", "offers_", 1), None
        )
        if not offers:
            return None
        from collect_tui.desk.line.complete import NONE_OF_THESE, Listing, narrowed
        from collect_tui.desk.line.model import Candidate

        every = offers()
        if not every:
            return Listing((), f"None here: there is nothing yet that could stand behind {text.split()[0]}.")
        before, space, begun = text.rpartition(" ")
        if not space:  # the word itself, whole: what may follow it
            return Listing(tuple(Candidate(f" {word}", title, len(text)) for word, title in every))
        like, at = narrowed(begun, every), len(before) + 1
        here = tuple(Candidate(word, title, at) for word, title in like or every)
        return Listing(here, "" if like else NONE_OF_THESE)

    def choices(self, context: str, line: LineContext | None) -> list[Choice]:
        """All that can be done on a screen: its keys and words, then the words of the line (None: there is no account)."""
        found = [
            Choice(
                each.mnemonic or each.text.strip(),
                " ".join(key.upper() if len(key) > 1 else key for key in each.all_keys),
                f"{each.title}. {each.help}",
                "" if each.takes_words and not each.all_keys else each.id,
            )
            for each in self._app.keymap.in_context(context)
            if each.id != "line.open" and not each.id.startswith("row.")
        ]
        if line is not None:
            from collect_tui.desk.line.complete import complete

            known = {each.word for each in found}
            found += [Choice(one.text, "", one.title) for one in complete("", 0, line) if one.text not in known]
        return found

    def preview(self, screen: Page, text: str) -> None:
        """Say what a line that is the app's own will do, or why Enter will refuse it."""

        def refused(sentence: str) -> None:
            if sentence and not screen.refused:  # what Enter has just refused stays said
                screen.status(Line.of((sentence, Role.BAD)), typed=True)

        def asked(question: Callable[[], object]) -> str:
            try:
                question()
            except DomainError as error:
                return messages.sentence(error)
            return ""

        try:
            question = self._may(text)
        except DomainError as error:
            screen.status(Line.of((messages.sentence(error), Role.BAD)), typed=True)
            return
        screen.status(self.meaning(text) or "", Role.LABEL, typed=True)
        if question is not None:
            screen.fetch("preview", partial(asked, question), refused)

    def _may(self, text: str) -> Callable[[], object] | None:
        found = self.command(text)
        if found is None:
            return None
        wanted, rest = found
        top = self._app.top
        if rest and not wanted.takes_words:
            return getattr(top, wanted.looks)(rest)  # type: ignore[no-any-return]
        if not wanted.takes_words and (why_not := top.refusal(wanted.id)) is not None:
            raise Refused("word.refused", why_not)
        if not (
            wanted.text or wanted.opens_form or hasattr(top, wanted.method) or hasattr(self._commands, wanted.method)
        ):
            raise Refused("word.refused", messages.not_here(wanted.title))
        may: Callable[..., Callable[[], object] | None] | None = getattr(self._commands, wanted.looks, None)
        if may is None:
            return None
        return may(rest) if wanted.takes_words else may()

    async def do(self, text: str) -> None:
        """Do a line that is the app's own, to its end; one that is for the desk is left alone."""
        found = self.command(text)
        if found is None:
            return
        wanted, rest = found
        top, app = self._app.top, self._app
        if wanted.takes_words or rest:
            try:
                await getattr(self._commands if wanted.takes_words else top, wanted.method)(rest)
            except DomainError as error:
                top.desk_refused(error)
            return
        before = set(app.workers)
        top.run_command(wanted.id)
        for started in set(app.workers) - before:
            with contextlib.suppress(WorkerError):  # what went wrong has been said where it did
                await started.wait()
