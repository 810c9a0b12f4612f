"""Cases and messages without a screen: lists of them, one with its moves, decisions, the inbox, a run of messages."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from collect_tui.cli import plain
from collect_tui.cli.cases import case_text
from collect_tui.cli.linear_pages import Page
from collect_tui.cli.linear_queues import LinearQueues
from collect_tui.common.words import plural
from collect_tui.desk import case_list
from collect_tui.desk.case_pages import Seen, decided, load_cases, look, look_behind
from collect_tui.desk.errors import NotFound, Refused
from collect_tui.desk.views.case import CASE_COLUMNS, counted
from collect_tui.desk.views.message import INBOX_COLUMNS
from collect_tui.desk.views.message_run import RUN_COLUMNS, channel_words, run_counts, run_rows
from collect_tui.tui import messages
from collect_tui.tui.keys.actions import CASE, CASES, INBOX, RUN

if TYPE_CHECKING:
    from collect_tui.desk.case_list import CaseFilter
    from collect_tui.desk.views.act import Receipt
    from collect_tui.desk.views.case import CaseRow
    from collect_tui.desk.views.message import InboxRow, MessagesRun
    from collect_tui.desk.views.message_run import RunRow


class LinearCases(LinearQueues):
    """Part of `Linear`."""

    _cases: tuple[CaseFilter, tuple[CaseRow, ...]] | None = None
    """The list of cases that was said last, with its rows."""
    _seen: Seen | None = None
    """The case that is shown."""

    # -- lists --------------------------------------------------------------------------------------------------

    def do_cases_show(self, words: str = "") -> None:
        """A list of cases; mine without words."""
        self._list_cases(case_list.read(words or "mine", self._catalogue.cases.kinds))

    def _list_cases(self, wanted: CaseFilter) -> None:
        page = Page(CASES, " ".join(filter(None, ("cases", wanted.which, wanted.said))), partial(self._load, wanted))
        decide = {"case.agree": partial(self._decide_row, "agree"), "case.refuse": partial(self._decide_row, "reject")}
        page.does = decide | {
            "pane.next": lambda _: self._step_list(wanted, 1),
            "pane.previous": lambda _: self._step_list(wanted, -1),
        }
        self._open(page)

    def _step_list(self, wanted: CaseFilter, step: int) -> None:
        lists = list(case_list.LISTS)
        self._list_cases(replace(wanted, which=lists[(lists.index(wanted.which) + step) % len(lists)]))

    def _load(self, wanted: CaseFilter, page: Page, cursor: str | None = None) -> str:
        found, session = load_cases(self._desk, wanted, cursor)
        known = self._cases[1] if cursor and self._cases is not None else ()
        numbers = {row.number for row in known}
        rows = tuple(row for row in found.rows if row.number not in numbers)
        self._cases = wanted, (*known, *rows)
        page.opens = [partial(self._show_case, row.number, wanted=wanted) for row in self._cases[1]]
        page.more = partial(self._load, wanted, page, found.cursor) if found.cursor else None
        left = f" · {wanted.said}" if wanted.said else ""
        title = f"{found.title}{left} · {counted(found.total)}"
        if not found.rows:
            return f"{title}\nThere is no such case."
        more = "\n… more" if found.cursor else ""
        return f"{title}\n{plain.listed(CASE_COLUMNS, rows, session, numbered=True, first=len(known) + 1)}{more}"

    def _decide_row(self, verb: str, words: str) -> None:
        rows = self._cases[1] if self._cases is not None else ()
        at, reason = self._row(words, len(rows))
        if not rows[at].asked:
            raise Refused("case.nothing", messages.NO_DECISION_WAITS)
        self._send(self._act(f"{verb} {rows[at].number} {reason}", rows[at].account))

    # -- one case -----------------------------------------------------------------------------------------------

    def _show_case(self, number: str, *, wanted: CaseFilter | None = None, upon: bool = False) -> None:
        """A case whole; `wanted`: the list that it was opened from; `upon`: from another case, to which one goes back."""
        seen = look(self._desk, number)
        page = Page(CASE, f"case {seen.case.number}, account {seen.case.account}", partial(self._load_case, number))
        page.account, page.reads = seen.case.account, self._reads_move
        page.does = {"case.agree": partial(self._decide, "agree"), "case.refuse": partial(self._decide, "reject")}
        if wanted is not None:
            page.after = partial(self._case_after, wanted)
            page.does |= {
                "pane.next": lambda _: self._beside(wanted, 1),
                "pane.previous": lambda _: self._beside(wanted, -1),
            }
        else:
            page.after = partial(self._case_after, None)
        self._open(page, said=self._tell_case(page, seen), upon=upon)

    def _load_case(self, number: str, page: Page) -> str:
        return self._tell_case(page, look(self._desk, number))

    def _tell_case(self, page: Page, seen: Seen) -> str:
        self._seen, (case, agreed) = seen, seen
        page.opens = [partial(self._show_case, each, upon=True) for each in case.links]
        lines = [case_text(case, self._desk.session(), moves=False)]
        lines += [f"{at} opens {number}" for at, number in enumerate(case.links, 1)]
        if agreed is not None:
            told = [agreed.error] if agreed.error else [each.sentence for each in agreed.effects]
            lines += [f"agreeing: {each}" for each in told]
            lines += [] if agreed.error else ["+ REASON agrees, - REASON refuses"]
        elif case.moves:
            lines.append("Moves, by their words or keys:")
            lines += [
                f"  {move.typed} {f'({move.key})' if move.key else ''} {move.label}".rstrip()
                + (f", asks for {', '.join(move.needs)}" if move.needs else "")
                + (f": {move.barred}" if move.barred else "")
                for move in case.moves
            ]
        return "\n".join(lines)

    def _reads_move(self, word: str, rest: str) -> bool:
        """A move of the case by its word or key, and what it asks for."""
        if self._seen is None or self._seen.case.asked:
            return False
        case = self._seen.case
        named = [each for each in case.moves if each.typed == word] or [each for each in case.moves if each.key == word]
        if not named:
            return False
        if named[0].barred:
            raise Refused("case.barred", f"{named[0].label.capitalize()} is {named[0].barred}.")
        self._send(self._act(f"case {case.number} {named[0].typed} {rest}".rstrip()))
        return True

    def _decide(self, verb: str, reason: str) -> None:
        assert self._seen is not None
        case, agreed = self._seen
        if agreed is None:
            raise Refused("case.nothing", messages.NO_DECISION_WAITS)
        if agreed.error:
            raise Refused("case.decide", agreed.error)
        self._send(self._act(f"{verb} {case.number} {reason}".rstrip()))

    def _case_after(self, wanted: CaseFilter | None, _receipt: Receipt) -> None:
        """The case as it is now; once what waited in one of a list of decisions is decided, the next one of them."""
        assert self._seen is not None
        before, page = self._seen.case, self._top
        now = look(self._desk, before.number)
        said = self._tell_case(page, now)
        if wanted is None or not decided(before, now.case, wanted):
            self._say(said if now.case.state != before.state or now.case.asked != before.asked else now.case.label)
            return
        seen, _ = look_behind(self._desk, wanted, self._cases[1] if self._cases is not None else (), before.number)
        if seen is not None:
            self._show_case(seen.case.number, wanted=wanted)
        else:
            self._close(len(self._pages) - 1)
            self._say("Nothing else waits for your decision.")

    def _beside(self, wanted: CaseFilter, step: int) -> None:
        numbers = [row.number for row in self._cases[1]] if self._cases is not None else []
        here = self._seen.case.number if self._seen is not None else ""
        at = numbers.index(here) + step if here in numbers else -1
        if not 0 <= at < len(numbers):
            raise NotFound("case.beside", messages.NO_OTHER_CASE)
        self._show_case(numbers[at], wanted=wanted)

    # -- messages -----------------------------------------------------------------------------------------------

    def do_inbox_open(self) -> None:
        self._open(Page(INBOX, "inbox", self._load_inbox))

    def _load_inbox(self, page: Page) -> str:
        found = (*self._desk.inbox(unknown=True), *self._desk.inbox())
        rows = tuple(sorted(found, key=lambda row: (row.received_at, row.message)))
        page.opens = [partial(self._open_sender, row) for row in rows]
        page.does = {"inbox.ticket": partial(self._ticket, rows)}
        if not rows:
            return messages.NO_MESSAGE_WAITS
        told = plain.listed(INBOX_COLUMNS, rows, self._desk.session(), numbered=True)
        return f"Inbox · {plural(len(rows), 'message')}; i NUMBER opens a ticket from one\n{told}"

    def _sender(self, row: InboxRow) -> str:
        """The account that the message stands on; one is made for a sender whom nobody knows."""
        return row.account or self._desk.contact_file(row.message)

    def _open_sender(self, row: InboxRow) -> None:
        self.do_account_open(self._sender(row))

    def _ticket(self, rows: tuple[InboxRow, ...], words: str) -> None:
        from collect_tui.desk.line import case_kind
        from collect_tui.desk.line.context import LineContext

        row = rows[self._row(words, len(rows))[0]]
        view = self._desk.account(self._sender(row))
        context = LineContext.of(view, self._catalogue, self._desk.session())
        text = case_kind.of_message(context.kinds, row.number, row.words, context)
        if not text:
            raise Refused("inbox.ticket", messages.NO_KIND_FROM_MESSAGE)
        act = self._act(text, view.number)
        self._say(f"{view.number}: {text}\n{plain.preview_text(self._desk.preview(act))}")
        if self._yes("open it", "Nothing was opened; the account takes the line in other words."):
            self._send(act)

    def do_run_open(self) -> None:
        self._desk.session().require("messages")
        self._open(Page(RUN, "run", lambda page: self._tell_run(page, self._desk.messages())))

    def _tell_run(self, page: Page, found: MessagesRun) -> str:
        rows, session = run_rows(found), self._desk.session()
        page.opens = [partial(self._open_run_row, found, row) for row in rows]
        page.does = {"run.release": lambda _: self._release(page, found)}
        count = sum(each.count for each in found.released)
        lines = [f"Run of messages · {plural(found.drafts, 'draft')}, {count} to release; f releases them"]
        lines += [plain.listed(RUN_COLUMNS, rows, session, numbered=True) if rows else messages.NO_DRAFT_WAITS]
        return "\n".join((*lines, *(channel_words(each, session) for each in found.channels)))

    def _release(self, page: Page, found: MessagesRun) -> None:
        if not found.samples:
            raise Refused("run.nothing", messages.NOTHING_TO_RELEASE)
        count = sum(each.count for each in found.released)
        self._say(f"Release {plural(count, 'message')}: {run_counts(found)}?")
        if self._yes("release", messages.NOTHING_RELEASED):
            done = self._desk.messages(release=True)
            self._tell_run(page, done)
            self._say(f"Released: {run_counts(done) or 'none'}.")

    def _open_run_row(self, found: MessagesRun, row: RunRow) -> None:
        sample = next((each for each in found.samples if each.id == row.message), None)
        if sample is not None:
            self._open_message(sample.account, lambda: sample)
        elif row.account:
            self.do_account_open(row.account)
        else:
            raise Refused("run.released", messages.RELEASED)
