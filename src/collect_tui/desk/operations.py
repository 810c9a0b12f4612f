"""What the desk can be asked for over a wire: one entry per method of `Desk`, from which the server's route, the client's call,
the entry in the API's description and the permission follow. A test holds this list and the protocol equal.

Commands need no entry here: `desk/commands` says for each its `noun`, and `do` carries them all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Verb = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of the desk as a resource.

    `path` is below `/v1`; names in braces are parameters of the method. The others travel in the query of a GET and in
    the body of anything else. `permission` is what a role needs (`defaults/authority.toml`). `streams`: it is long work
    and answers with one JSON object per line, progress first and the result last.
    """

    name: str
    verb: Verb
    path: str
    permission: str
    summary: str
    streams: bool = False
    fixed: tuple[tuple[str, object], ...] = ()  # arguments that the resource itself stands for


OPERATIONS: Final = (
    Operation("session", "GET", "/session", "desk.read", "Who I am, the business date, the clock"),
    Operation("catalogue", "GET", "/catalogue", "desk.read", "Codes, queues, policies and holds of the site"),
    Operation("queues", "GET", "/queues", "queue.read", "All queues with their figures, best tier first"),
    Operation("queue", "GET", "/queues/{name}", "account.read", "A slice of one queue in its order"),
    Operation("next", "POST", "/claims", "queue.work", "Take the best account that is free and due"),
    Operation("claim", "PUT", "/accounts/{account}/claim", "queue.work", "Take one account by choice"),
    Operation("heartbeat", "PATCH", "/accounts/{account}/claim", "queue.work", "Renew the lease of a claim"),
    Operation("release", "DELETE", "/accounts/{account}/claim", "queue.work", "Give a claimed account back"),
    Operation("reassign", "PUT", "/accounts/{account}/assignment", "queue.assign", "Hand an account to a colleague"),
    Operation("agent", "PUT", "/agent", "queue.work", "What I do now: pausing, coming back, acknowledging a word"),
    Operation("me", "GET", "/me", "account.read", "What my work has come to, and what is left of it"),
    Operation("word", "POST", "/agents/{login}/words", "floor.word", "Leave an agent a word on their status line"),
    Operation("absent", "PUT", "/agents/{login}/absence", "queue.assign", "An agent is away until a day, or back"),
    Operation("lock_order", "PUT", "/queues/{queue}/lock", "queue.lock", "Lock the order of a queue, or release it"),
    Operation(
        "hand_on", "POST", "/agents/{of}/hand-overs", "queue.assign", "Hand on all that is an agent's", streams=True
    ),
    Operation("floor", "GET", "/floor", "floor.read", "Who works what now"),
    Operation(
        "forecast", "POST", "/forecasts", "queue.forecast", "What a night would make of the queues", streams=True
    ),
    Operation("why", "GET", "/accounts/{account}/why", "account.read", "Why an account stands where it does"),
    Operation("account", "GET", "/accounts/{number}", "account.read", "One account on one screen"),
    Operation("pane", "GET", "/accounts/{number}/panes/{pane}", "account.read", "One pane's rows, newest first"),
    Operation("script", "GET", "/accounts/{number}/script", "account.read", "What is said in a call with the customer"),
    Operation("message", "GET", "/accounts/{number}/messages/{id}", "account.read", "One message with its text"),
    Operation("inbox", "GET", "/inbox", "account.read", "Messages that wait for an answer, the oldest first"),
    Operation(
        "contact_file", "POST", "/contact-files", "act", "The account of a message, or of the office; made if none"
    ),
    Operation("cases", "GET", "/cases", "account.read", "A list of open cases, what presses first"),
    Operation("case_report", "GET", "/case-reports", "floor.read", "What became of cases in the last days"),
    Operation("case", "GET", "/cases/{number}", "account.read", "One case with what happened in it"),
    Operation("case_document", "GET", "/cases/{number}/document", "account.read", "What was drawn up in a case"),
    # A search is a POST: what is looked for is personal, and addresses of requests end up in logs.
    Operation("find", "POST", "/searches", "account.read", "Find accounts by anything that names them"),
    Operation(
        "reveal", "POST", "/accounts/{number}/reveals", "identifier.reveal", "Show an identifier in full, for a reason"
    ),
    Operation("preview", "POST", "/previews", "account.read", "What an act would do; writes nothing"),
    Operation("do", "POST", "/accounts/{account}/acts", "act", "Do all commands of an act, or none"),
    Operation(
        "history",
        "GET",
        "/acts",
        "account.read",
        "Last acts, newest first: mine or a colleague's, or those with all the words",
    ),
    Operation("day", "POST", "/day-runs", "day.run", "Roll to a business date", streams=True),
    Operation(
        "messages",
        "POST",
        "/message-runs",
        "message.release",
        "List the drafts of messages, or release them",
        streams=True,
    ),
    Operation(
        "orders", "POST", "/order-runs", "order.send", "List waiting and stuck orders, or send them", streams=True
    ),
)

BY_NAME: Final = {operation.name: operation for operation in OPERATIONS}

#: Methods of the protocol that are no request: they end the desk itself.
NOT_ON_THE_WIRE: Final = frozenset({"close"})
