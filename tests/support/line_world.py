"""One account as the line sees it, for the tests of the line. Monday 24 November 2025, 09:32 in Chicago."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from collect_tui import defaults
from collect_tui.desk.line.context import LineContext
from collect_tui.desk.line.sending import Sending
from collect_tui.desk.views.account import WaitingMessage
from collect_tui.desk.views.case import AccountCase
from collect_tui.domain.case.definition import About, Field, FieldType, Kind, Move, State
from collect_tui.domain.codes import Action, Codes, FollowUp, Method, Result
from collect_tui.domain.dates import Calendar
from collect_tui.domain.message.template import LANGUAGES, Outline
from collect_tui.domain.rules import HoldKind

TODAY = date(2025, 11, 24)
NOW = datetime(2025, 11, 24, 15, 32, tzinfo=UTC)


def _result(code: str, title: str, *needs: str) -> Result:
    return Result(
        code=code,
        title=title,
        worked=True,
        contact=True,
        right_party=True,
        promise="promise" in needs,
        stops_ladder=False,
        counted=True,
        follow_up=FollowUp(),
        needs=needs,
    )


RESULTS = (
    _result("NA", "No answer"),
    _result("BZ", "Busy"),
    _result("LM", "Left message"),
    _result("WN", "Wrong number"),
    _result("RP", "Right party, no commitment", "reason"),
    _result("CB", "Callback requested", "callback"),
    _result("PP", "Promise to pay", "promise"),
    _result("PA", "Payment arrangement", "plan"),
    _result("BP", "Broken promise, promised again", "promise"),
    _result("DI", "Disputes invoice or part"),
    _result("PM", "Says already paid"),
    _result("IT", "Inconvenient time or place", "note"),
    _result("XO", "A site's own code that a verb shadows"),
)

CODES = Codes(
    actions={
        "TM": Action("TM", "Call mobile", True, True, ("mobile",)),
        "TR": Action("TR", "Call home", True, True, ("home",)),
        "IN": Action("IN", "Inbound call", False, False, ("mobile", "home")),
        "EM": Action("EM", "E-mail", True, False, ("email",), written=True),
        "RV": Action("RV", "Review only", False, False),
    },
    results={result.code: result for result in RESULTS},
    reasons={
        "FORGOT": "Forgot",
        "INCOME": "Lost or late income",
        "INSOLVENT": "Cannot pay any debts",
        "AWAY": "Was away",
        "BILL-NOT-RECEIVED": "Bill not received",
    },
    dispute_reasons={"PRICE": "Wrong price"},
    skip_reasons={"RESEARCH": "Must be looked into first", "WAITING": "Waits for another department", "BREAK": "Break"},
    order_reasons={
        "suspend": {"NONPAY": "Non-payment", "BROKEN": "Broken arrangement"},
        "restore": {"PAID": "Paid", "COURTESY": "Courtesy"},
        "downgrade": {"VOLUNTARY": "At the customer's wish"},
        "terminate": {"NONPAY": "Non-payment", "FRAUD": "Fraud"},
    },
    party_roles={"guarantor": "Guarantor", "accounts-payable": "Accounts payable"},
    next_actions={"call": "Call", "verify": "Check the payment", "letter": "Send or follow up mail"},
    methods={
        each.code: each
        for each in (
            Method("cash", "Cash"),
            Method("card", "Card"),
            Method("ach", "Bank debit (ACH)"),
            Method("check", "Check", ("cheque",)),
            Method("gcash", "GCash"),
            Method("paypal", "PayPal"),
            Method("pdc", "Post-dated cheque", ("postdated",)),
            Method("other", "Other"),
        )
    },
)

HOLDS = {
    code: HoldKind(code, title, ("call",), 5, True)
    for code, title in (("DISPUTE", "Dispute"), ("PAYMENT_CLAIM", "Says it is paid"), ("CEASE", "Cease communication"))
}

ABBREVIATIONS = {
    "lm": "left message",
    "na": "no answer",
    "sp": "spouse",
    "wcb": "will call back",
    "cb": "call back {when}",
}

TEMPLATES = ("bill-copy", "final", "notice-1", "notice-2", "pre-cut", "reminder", "statement")
SENDING = Sending(
    {name: Outline(name.capitalize(), channels=("letter", "email", "sms"), languages=LANGUAGES) for name in TEMPLATES},
    TEMPLATES,
)

VISIT = Kind(
    name="visit",
    title="Visit",
    verb="vi",
    about=About.SERVICE,
    version=1,
    fields={
        each.name: each
        for each in (
            Field("service", FieldType.SERVICE),
            Field("urgency", FieldType.CODE, choices={"LOW": "Can wait", "HIGH": "Today"}, default="LOW"),
            Field("share", FieldType.PERCENT, optional=True),
            Field("count", FieldType.NUMBER, label="How many"),
            Field("on", FieldType.DATE),
            Field("meter", FieldType.YES_NO, default=True),
            Field("paid", FieldType.PAYMENT, optional=True),
            Field("ring", FieldType.POINT),
            Field("who", FieldType.USER, optional=True),
            Field("by", FieldType.CHANNEL, choices={"email": "E-mail", "call": "Call"}, optional=True),
            Field("dept", FieldType.DEPARTMENT, default="route"),
            Field("slip", FieldType.DOCUMENT, optional=True),
            Field("asked", FieldType.MESSAGE, optional=True),
            Field("where", FieldType.TEXT),
            Field("hint", FieldType.TEXT, optional=True),
            Field(
                "parts",
                FieldType.TABLE,
                optional=True,
                columns=(
                    Field("part", FieldType.CODE, choices={"BOX": "Box", "METER": "Meter"}),
                    Field("fee", FieldType.MONEY, optional=True),
                    Field("ours", FieldType.YES_NO, default=True),
                    Field("on", FieldType.DATE, optional=True),
                    Field("serial", FieldType.TEXT, optional=True),
                ),
                sums=("fee",),
            ),
            Field("cost", FieldType.MONEY, since="DONE", optional=True),
            Field("found", FieldType.TEXT, since="DONE"),
        )
    },
    states={"NEW": State("NEW", "new"), "DONE": State("DONE", "done", final=True)},
    moves={
        "done with": Move("done with", "d", "done", ("NEW",), "DONE", ("cost", "found", "where")),
        "back": Move("back", "", "back", ("NEW",), "NEW"),
    },
)
"""A kind of case with a field of every type."""

KINDS = {**defaults.load(None, today=TODAY).cases.kinds, "visit": VISIT}
DEPARTMENTS = {"billing": "Billing", "service": "Service and faults"}
CASES = tuple(
    AccountCase(
        number=number, kind=kind.name, title=kind.title, state=state, label=kind.states[state].label, about="INV-1042",
        amount=6_000, department="billing", owner="", asked=asked, asked_by="ben" if asked else "",
        moves=tuple(move.name for move in kind.moves_from(state)),
    )
    for number, kind, state, asked in (
        ("DI-1A2B", KINDS["dispute"], "IN_REVIEW", "grant"), ("DI-7QX2", KINDS["dispute"], "NEW", ""), ("VI-3C4D", VISIT, "NEW", ""),
    )
)  # fmt: skip

CONTEXT = LineContext(
    codes=CODES,
    abbreviations=ABBREVIATIONS,
    holds=HOLDS,
    today=TODAY,
    now_local=NOW.astimezone(ZoneInfo("America/New_York")),
    currency="USD",
    total=61_000,
    past_due=47_210,
    collectable=41_210,
    items=(
        ("INV-1041", 6_000, 6_000),
        ("INV-1042", 41_210, 0),
        ("4111111111111111", 1_000, 0),
        ("ref", 500, 0),
        ("A B;1", 700, 0),
        ("CR-77", -2_500, 0),
    ),
    points=(
        ("m1", "mobile", "+1 312 555 0101"),
        ("m2", "mobile", "+1 312 555 0142"),
        ("h1", "home", "+1 312 555 0199"),
        ("e1", "email", "rosa@example.com"),
    ),
    services=(
        ("INT", "CPE-88 1", "ACTIVE"),
        ("TV", "TV-100", "SUSPENDED"),
        ("EL", "EL-1", "ACTIVE"),
        ("EL", "EL-2", "ACTIVE"),
    ),
    orders=("S-123", "S-200"),
    customer_zone="America/Chicago",
    calendar=Calendar(holidays=frozenset({date(2025, 11, 27), date(2025, 12, 25)})),
    number="4410-2231",
    pinned=("speak to the daughter only",),
    sending=SENDING,
    waiting=(
        WaitingMessage(name="reminder", channel="email", status="QUEUED", made_on=TODAY),
        WaitingMessage(name="pre-cut", channel="letter", status="DRAFT", made_on=TODAY),
    ),
    late=frozenset(("INV-1041", "INV-1042")),
    kinds=KINDS,
    departments=DEPARTMENTS,
    cases=CASES,
)

NO_ACCOUNT = LineContext(
    codes=CODES,
    abbreviations=ABBREVIATIONS,
    holds=HOLDS,
    today=TODAY,
    now_local=CONTEXT.now_local,
    currency="USD",
    sending=SENDING,
    kinds=KINDS,
    departments=DEPARTMENTS,
)

YEN = replace(CONTEXT, currency="JPY", customer_zone=None)
MONTH_FIRST = replace(CONTEXT, date_order="mdy")
