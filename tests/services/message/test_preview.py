"""Templates filled from accounts: what becomes of the facts, and that every template can be written for the fixture portfolio."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from collect_tui.demo import fixtures
from collect_tui.desk.errors import Invalid, NotFound
from collect_tui.domain.errors import Refused
from collect_tui.domain.message.template import LANGUAGES
from collect_tui.ingest import pipeline
from collect_tui.services.local import LocalDesk
from collect_tui.services.message.lint import Library, load
from collect_tui.services.message.preview import preview
from collect_tui.store.engine import Store
from support.book import SERVICES, Book, Clock, account, at, context, day, do_line, local_desk
from support.thin import EXPLORE, few

GOLDEN = Path(__file__).with_name("golden")
ROSA = "4410-2231"
OF_CASES = (
    *("dispute-question", "dispute-granted", "dispute-part", "dispute-refused"),
    *("ticket-answer", "internal-suspends", "internal-channels", "internal-reasons", "weekly-unresolved"),
)
"""Templates about what nothing keeps yet, or of no account."""
UNWRITTEN = {
    *("cancellation", "balloon-due", "retention-due"),  # the portfolio has no homes that are paid for by instalments
    "proof-of-debt",  # drawn up in a case
    *OF_CASES,
}
ITEMS = [
    ("INV-1", -63, 20000),
    ("INV-2", -33, 15000, {"disputed": 5000}),
    ("INV-3", -3, 4000),
    ("INV-4", 12, 6000),
    ("CR-1", -10, -1500, {"kind": "credit"}),
]
BOOK = Book(
    account(ROSA, "Alvarez, Rosa", items=ITEMS, services=SERVICES, party={"lang": "en"}),
    account("4410-2232", "Smith, Jones, and Co", items=ITEMS[:1], party={"kind": "org", "lang": "vi"}),
    account("4410-2233", "Paid, Ivan", items=[]),
)


@pytest.fixture(scope="module")
def library() -> Library:
    found = load(None, "US", "USD")
    firm = replace(found.rules.firm, name="Harbor Lights", phone="+1 312 555 0199", website="harborlights.example/pay")
    return replace(found, rules=replace(found.rules, firm=firm))


@pytest.fixture
def desk(tmp_path) -> Iterator[LocalDesk]:
    with BOOK.store(tmp_path) as store:
        yield local_desk(store, "mia", Clock())


@pytest.fixture(scope="module")
def filled(tmp_path_factory) -> Iterator[LocalDesk]:
    """The fixture portfolio."""
    with Store.open(tmp_path_factory.mktemp("messages") / "desk.db", create=True) as store:
        pipeline.run("portfolio", context(store), fixtures() / "portfolio.json")
        yield local_desk(store, "mia", Clock())


def expect(name: str, text: str) -> None:
    """The text must be that of `golden/NAME`; GOLDEN=write writes it, to be read before it is kept."""
    path = GOLDEN / name
    if os.environ.get("GOLDEN") == "write":
        GOLDEN.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    assert text == path.read_text("utf-8")


@pytest.mark.parametrize(
    ("number", "template", "language", "channel", "form"),
    [
        (ROSA, "notice-2", "es", "email", "text"),
        (ROSA, "pre-cut", "en", "email", "html"),
        (ROSA, "final", "fil", "letter", "text"),
        (ROSA, "statement", "zh", "letter", "text"),
        (ROSA, "notice-1", "ms", "sms", "text"),
        (ROSA, "settlement-offer", "en", "letter", "text"),
        (ROSA, "cancellation", "en", "letter", "text"),
        (ROSA, "validation", "en", "email", "html"),
        (ROSA, "b2b-final", "es", "letter", "text"),
        (ROSA, "dispute-part", "ms", "email", "text"),
        (ROSA, "internal-suspends", "zh", "internal", "text"),
    ],
)
def test_some_are_as_they_were_read(filled, library, number, template, language, channel, form):
    made = preview(filled, library, number, template, language=language, channel=channel, form=form, sampled=True)
    expect(f"{template}.{language}.{channel}.{form}", made.body)


def test_every_template_is_written_for_accounts_in_every_language(filled, library):
    """All that are about what is in the portfolio are written for some account without a sample."""
    numbers = [each["number"] for each in json.loads((fixtures() / "portfolio.json").read_text("utf-8"))["accounts"]]
    written: dict[str, int] = {}
    for name, template in library.every.items():
        for number in numbers[:: 5 if name in UNWRITTEN and not EXPLORE else 1]:
            if written.get(name, 0) == few(1, of=3):
                break
            try:
                for language in LANGUAGES:
                    for channel in template.head.channels:
                        made = preview(filled, library, number, name, language=language, channel=channel)
                        assert made.language == language
                        assert number not in made.body
                        assert number.replace("-", "") not in made.body
                        assert made.body.strip()
                        assert made.segments is None or made.segments <= template.head.segments + 1  # a long name
            except Refused:
                continue
            written[name] = written.get(name, 0) + 1
    assert {name for name in library.every if not written.get(name)} == UNWRITTEN


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "name", ["cancellation", "validation", "b2b-reminder", "b2b-final", "balloon-due", "retention-due", *OF_CASES]
)
def test_what_there_is_no_account_for_is_written_with_a_sample(filled, library, name, language):
    for channel in library.every[name].head.channels:
        made = preview(filled, library, ROSA, name, language=language, channel=channel, sampled=True)
        assert (made.language, made.channel) == (language, channel)
        assert made.body.strip()
        assert ROSA not in made.body
        assert "{" not in made.body


def test_a_notice_is_about_what_is_past_due_and_not_in_dispute(desk, library):
    made = preview(desk, library, ROSA, "notice-1", channel="email")
    assert made.subject == "Harbor Lights: first notice"
    text = made.body
    assert "$325.00 on your account is past due since September 21, 2026" in text  # 200 + 100 + 40 - 15
    assert "Please pay by December 3, 2026." in text
    assert [line.split()[0] for line in text.splitlines() if line.startswith(("INV", "CR"))] == [
        "INV-1",
        "INV-2",
        "INV-3",
    ]
    assert "INV-2     October 21, 2026    $100.00" in text
    assert "Credits and payments of $15.00 have been deducted." in text
    assert "Dear Rosa Alvarez," in text
    assert "account ••••-•231" in text
    assert "reply with the word STOP" in text
    assert "STOP" not in preview(desk, library, ROSA, "notice-1", channel="letter").body


def test_a_plan_is_offered_that_would_be_granted(desk, library):
    text = preview(desk, library, ROSA, "notice-1").body
    assert "in 12 monthly instalments of no more than $27.12, the first on December 4, 2026" in text
    do_line(desk, ROSA, "pp 100 fri")
    assert "instalments" not in preview(desk, library, ROSA, "notice-1").body


def test_the_day_of_a_cut_is_one_on_which_services_are_cut(desk, library):
    text = preview(desk, library, ROSA, "pre-cut").body
    assert "Please pay by December 3, 2026." in text  # a Thursday; no cut on Friday, Saturday, Sunday
    assert "may be cut from December 7, 2026 on:\n\n- Internet (•••-••01)\n- Television (••-••01)\n" in text


def test_promises_and_plans(desk, library):
    with pytest.raises(Refused, match="speaks of what the account has not: promise"):
        preview(desk, library, ROSA, "promise-confirmation")
    assert preview(desk, library, ROSA, "promise-confirmation", sampled=True).sampled == ("promise",)
    do_line(desk, ROSA, "pp 100 fri")
    assert (
        "You have promised to pay $100.00 by November 27, 2026."
        in preview(desk, library, ROSA, "promise-confirmation").body
    )
    do_line(desk, ROSA, "pa 325 3m 1dec")
    plan = preview(desk, library, ROSA, "plan-confirmation").body
    assert "you pay $325.00 in these instalments" in plan
    assert [line.split()[-1] for line in plan.splitlines() if line.lstrip()[:1].isdigit()] == [
        "$108.33",
        "$108.33",
        "$108.34",
    ]


def test_who_is_written_to(desk, library):
    made = preview(desk, library, "4410-2232", "statement")
    assert "Dear Smith, Jones, and Co," in made.body  # a firm's name is as it is
    assert made.language == "en"  # there is no Vietnamese


@pytest.mark.parametrize(
    ("number", "template", "more", "error", "said"),
    [
        ("9999-9999", "notice-1", {}, NotFound, "9999-9999|no account|There is no"),
        (ROSA, "notice-4", {}, Invalid, "did you mean notice-"),
        (ROSA, "statement", {"channel": "sms"}, Invalid, "statement is not sent by sms"),
        (ROSA, "notice-1", {"channel": "sms", "form": "html"}, Invalid, "text only"),
        (ROSA, "notice-1", {"language": "de"}, Invalid, "notice-1 is not written in de"),
        ("4410-2233", "notice-1", {}, Refused, "about items past due, and the account has none"),
        ("4410-2232", "pre-cut", {}, Refused, "has not: services"),
        (ROSA, "returned-payment", {}, Refused, "payment, the payment that the message is about"),
    ],
)
def test_what_cannot_be_shown_says_why(desk, library, number, template, more, error, said):
    with pytest.raises(error, match=said):
        preview(desk, library, number, template, **more)


def test_nothing_is_asked_for_that_credits_cover(tmp_path, library):
    credit = ("CR-1", -10, -20000, {"kind": "credit"})
    store = Book(account(ROSA, "Alvarez, Rosa", items=[*ITEMS[:1], credit])).store(tmp_path)
    with store, pytest.raises(Refused, match="about items past due, and the account has none"):
        preview(local_desk(store, "mia", Clock()), library, ROSA, "notice-1")


def test_a_broken_promise_names_what_was_due_and_is_still_owed(tmp_path, library):
    broken = {
        "kind": "single",
        "status": "BROKEN",
        "made_on": day(-12),
        "made_at": at(-12),
        "made_by": "mia",
        "grace_days": 2,
    }
    broken |= {
        "instalments": [{"due": day(-5), "amount": 15000, "paid": 4000, "status": "MISSED"}],
        "closed_on": day(-2),
    }
    book = Book(account(ROSA, "Alvarez, Rosa", items=ITEMS[:1], promises=[broken]))
    with book.store(tmp_path) as store:
        text = preview(local_desk(store, "mia", Clock()), library, ROSA, "broken-promise").body
    assert "On November 11, 2026 you promised to pay $150.00." in text
    assert "due on November 18, 2026 we have not received everything: $110.00 is missing" in text
