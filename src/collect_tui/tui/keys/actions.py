"""The registry: everything a key, an F-key or a word on the line can start.

Key bindings, the key bar, `?` help, `collect-tui keys`, the table of docs/keys.md and the mnemonics of the `:` line all derive
from :data:`ACTIONS`; nothing else in the program names a key.  The rules of the table (style guide of the keyboard):

* One unmodified letter or function key per action; nothing rests on Esc, Alt, Ctrl, mouse or colour.
* A key means the same thing on every screen that has it, but for the letters of a case's moves, which the site's data gives.  No
  single key commits anything.
* Letters act only while no field has the focus; function keys act everywhere.
* A retired key is never reused: it stays in :data:`RETIRED` and answers where its command has gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

#: Where keys may mean something; the order is that of the help.
CONTEXTS: Final = (
    "board", "queue", "cases", "account", "message", "case", "script", "inbox", "find", "why", "me", "floor", "forecast", "history",
    "outbox", "run", "help", "form", "asking",
)  # fmt: skip
(
    BOARD, QUEUE, CASES, ACCOUNT, MESSAGE, CASE, SCRIPT, INBOX, FIND, WHY, ME, FLOOR, FORECAST, HISTORY,
    OUTBOX, RUN, HELP, FORM, ASKING,
) = CONTEXTS  # fmt: skip

_DESK: Final = frozenset(CONTEXTS) - {FORM, ASKING}
_LISTS: Final = frozenset({BOARD, QUEUE, CASES, INBOX, FIND, FLOOR, FORECAST, HISTORY, OUTBOX, RUN})
_LINES: Final = frozenset({BOARD, QUEUE, ACCOUNT})
_WORK: Final = frozenset({QUEUE, ACCOUNT})
_QUEUE: Final = frozenset({QUEUE})
_CASES: Final = frozenset({CASES, CASE})


@dataclass(frozen=True, slots=True)
class Action:
    """One thing the terminal can do.

    `id` never changes: user key maps and the audit of keys name it.  `title` is what the help and docs/keys.md say,
    `label` the word on the key bar (empty: not on the bar) of its screens, or of those in `on_bar`.  `keys` are as a
    person writes them: `:`, `n`, `enter`, `pgdn`.  `mnemonic` is the word that starts it on the line.  `text` is what
    it types into the line, for commands that are said in the line's language.  `dangerous`: its effect leaves the
    building; it asks for digits.  `needs` names the answers of the desk (`CallingScreen.fetch`) that its meaning depends
    on: while one is under way, the key waits for it in the gate.

    `takes_words`: its word on the line may be followed by something.  `needs_desk`: it does nothing before the desk is
    open.  `needs_account`: it is about the account under the cursor.  `needs_lease`: it works the account, which only
    looking at it while somebody else holds it does not allow.  `opens_form`: the form (a module of `forms/`) that it opens, for
    its `text`, wherever the account is chosen.
    """

    id: str
    title: str
    help: str
    keys: tuple[str, ...] = ()
    fkey: str = ""
    mnemonic: str = ""
    contexts: frozenset[str] = _DESK
    text: str = ""
    dangerous: bool = False
    label: str = ""
    on_bar: frozenset[str] | None = None
    needs: frozenset[str] = frozenset()
    takes_words: bool = False
    needs_desk: bool = True
    needs_account: bool = False
    needs_lease: bool = False
    opens_form: str = ""

    @property
    def bar(self) -> frozenset[str]:
        """On which screens' key bars it stands."""
        if not self.label:
            return frozenset()
        return self.contexts if self.on_bar is None else self.on_bar

    @property
    def all_keys(self) -> tuple[str, ...]:
        """Letters first, then the function key."""
        return (*self.keys, self.fkey) if self.fkey else self.keys

    @property
    def method(self) -> str:
        """Name of the method that does it, on the screen or of the app's commands."""
        return "do_" + self.id.replace(".", "_")

    @property
    def looks(self) -> str:
        """Name of the method of the app's commands that looks at what it needs, where it has one."""
        return "may_" + self.id.replace(".", "_")


_C = Action

#: Answers that bring the rows a cursor moves on.
_ROWS: Final = frozenset({"find", "board", "pane"})
#: With those that may take long, for which nothing but a key on a row waits.
_LATE: Final = _ROWS | {"forecast"}
#: The account under the cursor, and what it stands under.
_CHOSEN: Final = frozenset({"find", "account"})

#: Every command, in the order of the key bar and of the help.
ACTIONS: Final[tuple[Action, ...]] = (
    _C("row.open", "Open", "Opens the row under the cursor; after a number, that row.", ("enter",),
       contexts=_LISTS | {ACCOUNT, CASE, SCRIPT}, label="open", on_bar=_LISTS, needs=_LATE, needs_account=True),
    _C("work.next", "Next account", "Leaves this account and takes the next best one.", ("w",), "f8", "next",
       _DESK - {HELP}, label="next"),
    _C("work.skip", "Skip", "Passes the account over, with a reason.", ("s",), contexts=_WORK, text="skip ",
       label="skip", on_bar=frozenset({QUEUE}), needs_account=True, needs_lease=True),
    _C("work.snooze", "Snooze", "Puts the account off until a day, with a reason.", ("z",), contexts=_WORK,
       text="snooze ", label="snooze", on_bar=frozenset({QUEUE}), needs_account=True, needs_lease=True),
    _C("why.open", "Why", "Why the account stands where it does, term by term.", ("y",), "f11", "why",
       _WORK | {FIND, FLOOR, OUTBOX}, label="why", on_bar=_WORK | {FIND}, needs=_ROWS, takes_words=True,
       needs_account=True),
    _C("result.hot", "Result and next", "With one more letter: logs a result and takes the next account.",
       (",", "space"), contexts=frozenset({ACCOUNT}), label="result+next", needs_lease=True),
    _C("result.log", "Call result", "Opens the line for a result code, a reason and a note.", ("c",), contexts=_WORK,
       label="result", on_bar=frozenset(), needs_account=True, needs_lease=True),
    _C("note.new", "Note", "Opens the line for a note; abbreviations expand.", ("n",), "f6", contexts=_WORK,
       text="n ", label="note", needs_account=True, needs_lease=True),
    _C("promise.make", "Promise", "A promise to pay: amount and day.", ("p",), contexts=_WORK, text="pp ",
       label="promise", needs_account=True, needs_lease=True, opens_form="form"),
    _C("plan.make", "Plan", "An arrangement of several instalments.", ("a",), contexts=_WORK, text="pa ",
       label="plan", on_bar=frozenset({ACCOUNT}), needs_account=True, needs_lease=True, opens_form="form"),
    _C("order.open", "Orders", "Suspends or restores a service, check by check.", ("o",), contexts=_WORK,
       dangerous=True, label="orders", on_bar=frozenset({ACCOUNT}), needs_account=True, needs_lease=True,
       opens_form="order"),
    _C("date.set", "Next date", "Moves the next action to another day.", ("t",), contexts=_WORK, text="t ",
       label="date", on_bar=frozenset({QUEUE, ACCOUNT}), needs_account=True, needs_lease=True),
    _C("hold.place", "Hold", "Places a hold on the account.", ("h",), contexts=_WORK, text="hold ",
       needs_account=True, needs_lease=True),
    _C("callback.make", "Callback", "Sets a callback at a day and hour.", ("l",), contexts=_WORK, text="cb ",
       needs_account=True, needs_lease=True),
    _C("case.new", "New case", "With one more letter: begins the line that opens a case of that kind.", ("d",),
       contexts=frozenset({ACCOUNT}), needs_account=True, needs_lease=True),
    _C("case.agree", "Agree", "Agrees to what waits in the case, with a reason on the line, and shows the next one.", ("+",),
       contexts=_CASES, label="agree", needs=_ROWS),
    _C("case.refuse", "Refuse", "Refuses what waits in the case, with a reason on the line, and shows the next one.", ("-",),
       contexts=_CASES, label="refuse", needs=_ROWS),
    _C("undo.last", "Undo", "Takes back my last act or set, on whichever account, after showing what is undone.", ("u",), mnemonic="undo",
       contexts=_DESK - {HELP, INBOX, FIND, SCRIPT, ME, FLOOR, FORECAST, OUTBOX, RUN},
       label="undo", on_bar=frozenset({ACCOUNT, BOARD, HISTORY}),
       needs_lease=True),
    _C("account.previous", "Previous account", "Goes back to the account before this one.", fkey="f7",
       mnemonic="previous", contexts=frozenset({ACCOUNT})),
    *(
        _C(f"pane.{number}", f"Pane: {name}", f"Shows the account's {name}.", (str(number % 10),),
           contexts=frozenset({ACCOUNT}))
        for number, name in enumerate(
            ("summary", "timeline", "items", "payments", "contact points", "promises", "services and orders", "audit",
             "messages", "cases"),
            start=1,
        )
    ),
    _C("linked.show", "Linked accounts", "The other accounts of the customer; Enter goes to one.", mnemonic="linked",
       contexts=frozenset({ACCOUNT})),
    _C("pane.next", "Next pane", "Goes to the next pane, field, list of cases, or case of the list.", ("tab",),
       contexts=frozenset({ACCOUNT, FORM}) | _CASES, label="next", on_bar=_CASES, needs=_ROWS),
    _C("pane.previous", "Previous pane", "Goes to the previous pane, field, list of cases, or case of the list.", ("shift+tab",),
       contexts=frozenset({ACCOUNT, FORM}) | _CASES, needs=_ROWS),
    _C("form.save", "Save", "Does what the form says, as its preview shows it.", fkey="f2", contexts=frozenset({FORM}), label="save"),
    _C("form.open", "Form", "What stands in the line as a form (`form pay`: an empty one); in a form, who overrides its refusal, and why.",
       fkey="f10", mnemonic="form", contexts=_WORK | {CASE, FORM}, label="form", needs=_CHOSEN | {"preview"},
       takes_words=True, needs_account=True, needs_lease=True),
    _C("field.list", "List", "Lists what may be typed here; typing narrows it. = alone types what was last saved in it.", fkey="f4",
       contexts=_DESK | {FORM}, needs=_CHOSEN),
    _C("row.down", "Down", "One row down.", ("down", "j"), contexts=_DESK, needs=_LATE),
    _C("row.up", "Up", "One row up.", ("up", "k"), contexts=_DESK, needs=_LATE),
    _C("row.pagedown", "Page down", "One page down.", ("pgdn",), contexts=_DESK, needs=_LATE),
    _C("row.pageup", "Page up", "One page up.", ("pgup",), contexts=_DESK, needs=_LATE),
    _C("row.first", "First row", "To the first row.", ("home", "g"), contexts=_DESK, needs=_LATE),
    _C("row.last", "Last row", "To the last row.", ("end", "G"), contexts=_DESK, needs=_LATE),
    _C("mark.row", "Mark", "Marks the account of a queue or a linked one; notes, dates and results are then for all. `marks all|none`.",
       ("*",), mnemonic="marks", contexts=_WORK, needs=_ROWS, takes_words=True, needs_account=True),
    _C("held.send", "Send again", "Sends a rejected act again, on the account as it is now.", ("v",),
       contexts=frozenset({OUTBOX}), label="send again", needs=frozenset({"beside"})),
    _C("held.drop", "Drop", "Takes a rejected act away for good, after a question.", ("x",),
       contexts=frozenset({OUTBOX}), label="drop"),
    _C("floor.reassign", "Reassign", "Gives the account of the agent under the cursor to a colleague, with a reason.", ("m",),
       contexts=frozenset({FLOOR}), label="reassign"),
    _C("run.release", "Release", "Releases the drafts of messages that may go, after a question that names how many.", ("f",),
       contexts=frozenset({RUN}), label="release"),
    _C("identifier.reveal", "Reveal", "Shows a masked identifier in full for half a minute: `reveal m1 REASON`; kept in the audit.",
       mnemonic="reveal", contexts=frozenset({ACCOUNT}), takes_words=True),
    _C("inbox.ticket", "Ticket", "Begins the line that opens a ticket from the message under the cursor.", ("i",),
       contexts=frozenset({INBOX}), label="ticket"),
    _C("message.answer", "Answer", "Opens the line for an answer to the message, by the way it came; what is typed goes word for word.",
       ("W",), contexts=frozenset({MESSAGE, ACCOUNT}), text="answer ", label="answer", on_bar=frozenset({MESSAGE}), needs=_ROWS,
       needs_account=True, needs_lease=True),
    _C("inbox.open", "Inbox", "Messages that wait for an answer, of customers and of senders that nobody knows.", mnemonic="inbox"),
    _C("office.open", "Office", "The office's own account, for cases that belong to no customer.", mnemonic="office"),
    _C("agent.pause", "Pause", "Away from the desk, with a code of the site: `pause break`.", mnemonic="pause", takes_words=True),
    _C("agent.ready", "Ready", "Ends a pause.", mnemonic="ready"),
    _C("agent.heard", "Heard", "Acknowledges what a lead has said to me on the status line.", mnemonic="heard"),
    _C("script.open", "Script", "What is said in the call: cards to read, and objections with their answers.", ("T",), mnemonic="script",
       contexts=frozenset({ACCOUNT}), needs=_CHOSEN, needs_account=True),
    _C("me.open", "My day", "What I have worked, promised and collected, and what is left; a lead may name an agent.", mnemonic="me",
       takes_words=True),
    _C("team.word", "Word", "Leaves an agent a word on their status line: `word mia call the 4410 first`.", mnemonic="word",
       takes_words=True),
    _C("team.away", "Away", "An agent is away until a day: `away mia 3dec for=lee ill`; their callbacks are anybody's meanwhile.",
       mnemonic="away", takes_words=True),
    _C("team.back", "Here", "An agent is back before the day.", mnemonic="here", takes_words=True),
    _C("team.lock", "Lock order", "A queue is worked in its order, and nobody chooses from it: `lockqueue broken oldest first`.",
       mnemonic="lockqueue", takes_words=True),
    _C("team.unlock", "Release order", "The order of a queue is free again.", mnemonic="freequeue", takes_words=True),
    _C("team.handon", "Hand on", "All that is an agent's to one colleague or several, after a question: `handon mia ben,lee on leave`.",
       mnemonic="handon", takes_words=True),
    _C("forecast.open", "Forecast", "What the next night makes of the queues, tried on a copy; or that of a day: `forecast 2dec`.",
       mnemonic="forecast", takes_words=True),
    _C("floor.open", "Floor", "Who works what now.", mnemonic="floor"),
    _C("history.open", "History", "What was done, newest first; with these words, a colleague's, of a set: `history 4410 by=ben set=1f3a`.",
       mnemonic="history", takes_words=True),
    _C("run.open", "Run of messages", "Drafts of messages by template, channel and reason, samples of them, and their release.",
       mnemonic="run"),
    _C("outbox.open", "Outbox", "What was typed and is not done yet, rejected acts too.", mnemonic="outbox"),
    _C("desk.signin", "Sign in", "Asks for the password again, when the session has run out; what is typed is kept.",
       mnemonic="signin"),
    _C("cases.show", "Cases", "A list of cases: whose, and of which kind, reason, channel or age: `cases overdue dispute >7d`.",
       mnemonic="cases", takes_words=True),
    _C("queue.show", "Queue", "Shows a queue or a list of cases by its name on the board, or the board without one.", mnemonic="q",
       takes_words=True),
    _C("queue.filter", "Filter", "Of the queue: `filter dpd>30 zone=open`.", mnemonic="filter", contexts=_QUEUE, takes_words=True),
    _C("queue.sort", "Sort", "Sorts the queue shown: `sort dpd desc`.", mnemonic="sort", contexts=_QUEUE, takes_words=True),
    _C("queue.columns", "Columns", "As `columns account dpd`; alone: the usual.", mnemonic="columns", contexts=_QUEUE, takes_words=True),
    _C("queue.save", "Save", "Keeps what is shown under a name, for `q NAME`.", mnemonic="save", contexts=_QUEUE, takes_words=True),
    _C("account.open", "Account", "Opens an account by its number.", mnemonic="a", takes_words=True),
    _C("whynot.open", "Why not", "Which rules keep an account out of the queues.", mnemonic="whynot", takes_words=True),
    _C("text.copy", "Copy", "Copies the account's number to the clipboard of your terminal; `copy row` the row under the cursor, "
       "`copy m1` a contact point, `copy TEXT` that text.", mnemonic="copy", takes_words=True),
    _C("screen.lock", "Lock", "Covers the screen until your passphrase or password is typed; what is typed is kept.", mnemonic="lock",
       needs_desk=False),
    _C("theme.choose", "Theme", "Changes the colours for this session; without a name, shows each as the cursor moves.",
       mnemonic="theme", takes_words=True, needs_desk=False),
    _C("view.refresh", "Refresh", "Loads again; the cursor stays on the same account.", ("r",), "f5", "refresh",
       _DESK - {HELP}, label="refresh", on_bar=frozenset({BOARD, INBOX, ME, FLOOR, FORECAST, HISTORY, OUTBOX, RUN}),
       needs=frozenset({"find"}), needs_desk=False),
    _C("nav.back", "Back", "One step back; what is typed is kept.", ("b",), "f12", "back", _DESK | {FORM},
       label="back", on_bar=_DESK - _LINES | {FORM}, needs_desk=False),
    _C("nav.exit", "To the board", "Back to the board of queues; there it asks before leaving.", ("q",), "f3", "base",
       _DESK | {FORM}, label="exit", on_bar=frozenset({BOARD}), needs_desk=False),
    _C("screen.redraw", "Redraw", "Paints everything again, after line noise.", ("ctrl+l",), mnemonic="redraw",
       contexts=frozenset(CONTEXTS), needs_desk=False),
    _C("app.quit", "Quit", "Leaves the program, after the same question as on the board.", ("ctrl+q",), mnemonic="quit",
       contexts=frozenset(CONTEXTS), needs_desk=False),
    _C("find.open", "Find", "By account, name, phone, e-mail, invoice or payment.", ("/",), mnemonic="find",
       label="find", takes_words=True),
    _C("line.open", "Line", "Everything one can do, typed; = repeats the last line. In a field, all that is said below it.", (":",), "f9",
       contexts=_DESK | {FORM}, label="line", on_bar=_LINES, needs=_ROWS),
    _C("said.more", "More", "The rest of what is said above the key bar; again: less.", ("e",), mnemonic="more"),
    _C("keys.show", "Keys", "All keys of all screens.", mnemonic="keys", needs_desk=False),
    _C("help.open", "Help", "The keys, codes and words of this screen.", ("?",), "f1", "help",
       _DESK | {FORM}, label="help", takes_words=True, needs_desk=False),
)  # fmt: skip

#: Keys that meant something once: (context, key) → command id it has become.  Never reused within a major version.
RETIRED: Final[Mapping[tuple[str, str], str]] = {}

#: Second keys of the chord that leave it: its own first keys again, and every way back.
CHORD_OUT: Final = frozenset({",", "space", "f12", "b", "escape"})

#: Keys that act while a field has the focus; letters and digits are typed into it.
FIELD_KEYS: Final = frozenset({"enter", "tab", "shift+tab", "up", "down", "pgup", "pgdn"})

#: The forms there are; all other screens stand in `screens/`.
FORMS: Final = frozenset(each.opens_form for each in ACTIONS if each.opens_form)

_BY_ID: Final[Mapping[str, Action]] = {command.id: command for command in ACTIONS}


def action(command_id: str) -> Action:
    """The command with this id.  KeyError when there is none."""
    return _BY_ID[command_id]


def in_context(context: str, commands: Iterable[Action] = ACTIONS) -> tuple[Action, ...]:
    """The commands a screen has, in order."""
    return tuple(c for c in commands if context in c.contexts)


def acts_in_field(key: str) -> bool:
    """Does a key act while a field has the focus, rather than being typed into it?"""
    return key in FIELD_KEYS or key.startswith("ctrl+") or (key[:1] == "f" and key[1:].isdecimal())


def by_word(word: str, taken: Iterable[str] = ()) -> Action | None:
    """The command a word on the line starts: its mnemonic, or a prefix (two letters or more) that only one has.

    `taken` are words of the line's own language (verbs and result codes); they are never read as a prefix.
    """
    wanted = word.casefold()
    named = [c for c in ACTIONS if c.mnemonic]
    if exact := [c for c in named if c.mnemonic == wanted]:
        return exact[0]
    if len(wanted) < 2 or wanted in {t.casefold() for t in taken}:
        return None
    found = [c for c in named if c.mnemonic.startswith(wanted)]
    return found[0] if len(found) == 1 else None
