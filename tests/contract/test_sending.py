"""Messages from the line: what is shown of them, what stands in their way, and how they are taken back before they leave."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from collect_tui.desk.commands import SendMessage
from collect_tui.desk.errors import Forbidden, Invalid, Refused, RefusedByPolicy
from collect_tui.desk.line.complete import complete
from collect_tui.desk.line.context import LineContext
from collect_tui.desk.protocol import Desk
from collect_tui.desk.views.act import Preview
from collect_tui.store.engine import Store
from contract.conftest import act, do
from support.book import SERVICES, Book, account

ROSA, IVAN, ADA, SAM = "4410-2231", "4410-0087", "4410-0099", "4410-0101"
EMAIL = {"kind": "email", "value": "rosa@example.com"}
LATE = [("INV-2", -33, 11210, {"service": "TV"}), ("INV-1", -63, 30000, {"service": "INT"}), ("INV-3", 7, 11000)]
BOOK = Book(
    account(
        ROSA,
        "Alvarez, Rosa",
        items=LATE,
        services=SERVICES,
        points=[
            {"kind": "mobile", "value": "+1 312 555 0142"},
            EMAIL,
            {"kind": "address", "value": "12 Elm Street\nChicago, IL 60614"},
        ],
    ),
    account(IVAN, "Petrov, Ivan", items=[("INV-10", -41, 22000)], points=[{**EMAIL, "consent": "out"}]),
    account(ADA, "Okafor, Ada", items=[("INV-20", -10, 5000)], points=[{"kind": "home", "value": "+1 312 555 0160"}]),
    account(SAM, "Sung, Sam", items=[("INV-30", -10, 5000)], points=[{**EMAIL, "value": "sam@example.com"}]),
)


@pytest.fixture
def store(combination: str, tmp_path: Path) -> Iterator[Store]:
    with BOOK.store(tmp_path) if combination.endswith("sqlite") else BOOK.pg_store() as opened:
        yield opened


def waiting(desk: Desk, number: str = ROSA) -> list[tuple[str, str, str]]:
    return [(one.name, one.channel, one.status) for one in desk.account(number).waiting]


def shown(desk: Desk, line: str, number: str = ROSA) -> Preview:
    return desk.preview(act(desk, number, line))


def blocks(preview: Preview) -> list[tuple[str, str]]:
    found = [(f.check, f.severity) for f in preview.verdict.findings if f.severity not in ("allow", "info")]
    assert bool(found) is not preview.ok
    return found


def test_a_message_is_shown_whole_before_it_is_written_and_waits_afterwards(desk):
    preview = shown(desk, "notice 2 sms")
    assert preview.ok
    text = " ".join(effect.sentence for effect in preview.effects)
    assert "second notice by sms to m1" in text
    assert "412.10" in text, "what it says itself"
    assert {f.check for f in preview.verdict.findings} >= {"point", "notice"}
    assert waiting(desk) == []
    receipt = do(desk, ROSA, "notice 2 sms")
    assert [effect.sentence for effect in receipt.effects] == [effect.sentence for effect in preview.effects]
    assert waiting(desk) == [("2", "sms", "QUEUED")]


@pytest.mark.parametrize(
    ("line", "one"),
    [
        ("stmt", ("statement", "email", "QUEUED")),
        ("bill letter", ("bill-copy", "letter", "QUEUED")),
        ("send reminder m1", ("reminder", "sms", "QUEUED")),
        ("em notice-1", ("1", "email", "QUEUED")),
        ("lt notice-2", ("2", "letter", "QUEUED")),
        ("notice final es", ("final", "letter", "QUEUED")),
        ("notice pre-cut", ("pre-cut", "letter", "DRAFT")),
    ],
)
def test_each_way_to_send(desk, line, one):
    do(desk, ROSA, line)
    assert waiting(desk) == [one]


def test_it_is_written_in_the_language_that_is_asked_for(desk):
    english, spanish = (shown(desk, f"notice 2 sms{more}").effects[0].sentence for more in ("", " es"))
    assert english != spanish
    assert "412.10" in spanish
    assert "su cuenta terminada en 231" in spanish


def test_what_waits_is_undone_and_the_same_may_be_written_again(desk):
    do(desk, ROSA, "notice 2")
    assert blocks(shown(desk, "notice 2")) == [("notice", "block")]
    do(desk, ROSA, "undo")
    assert waiting(desk) == []
    do(desk, ROSA, "em notice-2")
    assert waiting(desk) == [("2", "email", "QUEUED")]


def test_what_waits_is_cancelled_and_that_is_undone(desk):
    do(desk, ROSA, "stmt e1; send reminder sms")
    do(desk, ROSA, "xm stat changed their mind")
    assert waiting(desk) == [("reminder", "sms", "QUEUED")]
    do(desk, ROSA, "undo")
    assert sorted(waiting(desk)) == [("reminder", "sms", "QUEUED"), ("statement", "email", "QUEUED")]


def test_what_is_past_the_final_notice_is_released_by_another(desk, lead, combination):
    do(desk, ROSA, "notice pre-cut")
    own = act(desk, ROSA, "free pre-cut")
    with pytest.raises(Forbidden if combination.startswith("api") else Refused) as error:
        desk.do(own)
    assert error.value.code == ("authority.permission" if combination.startswith("api") else "message.same_person")
    assert waiting(desk) == [("pre-cut", "letter", "DRAFT")]
    do(lead, ROSA, "free pre-cut")
    assert waiting(desk) == [("pre-cut", "letter", "QUEUED")]
    do(lead, ROSA, "undo")
    assert waiting(desk) == [("pre-cut", "letter", "DRAFT")]


def test_a_draft_goes_the_way_that_was_chosen_for_it_while_that_is_open(desk, lead):
    do(desk, ROSA, "notice pre-cut sms es")
    preview = shown(lead, "free pre-cut")
    assert "goes by sms" in preview.effects[0].sentence
    assert "su cuenta terminada en 231" in preview.effects[0].sentence
    do(lead, ROSA, "out m1")
    do(lead, ROSA, "free pre-cut")
    assert waiting(desk) == [("pre-cut", "letter", "QUEUED")]


def test_nobody_releases_their_own_not_even_a_lead(lead):
    do(lead, ROSA, "notice pre-cut")
    with pytest.raises(Refused) as error:
        do(lead, ROSA, "free pre-cut")
    assert (error.value.code, error.value.field) == ("message.same_person", "message")


@pytest.mark.parametrize(
    ("written", "was"), [("notice pre-cut", ("pre-cut", "letter", "DRAFT")), ("notice 2", ("2", "letter", "QUEUED"))]
)
def test_what_waits_is_taken_back_by_the_payment_and_waits_again_without_it(desk, lead, written, was):
    do(desk, ROSA, written)
    assert waiting(desk) == [was]
    do(desk, ROSA, "pay 412.10 card R1")
    assert waiting(desk) == []
    do(lead, ROSA, "revpay R1 mistake")
    assert waiting(desk) == [was]
    do(desk, ROSA, "pay 412.10 card R2")
    assert waiting(desk) == []


@pytest.mark.parametrize("hold", ["dispute", "cease", "attorney"])
def test_a_hold_that_forbids_letters_stops_it(desk, hold):
    do(desk, ROSA, f"hold {hold}")
    for line in ("stmt e1", "notice 1", "send reminder sms"):
        assert blocks(shown(desk, line)) == [("hold", "block")]
    with pytest.raises(RefusedByPolicy):
        do(desk, ROSA, "stmt e1")
    assert waiting(desk) == []


def test_a_hold_stops_the_release_of_what_was_drafted_before(desk, lead):
    do(desk, ROSA, "notice pre-cut")
    do(desk, ROSA, "hold dispute")
    with pytest.raises(RefusedByPolicy):
        do(lead, ROSA, "free pre-cut")
    assert waiting(desk) == [("pre-cut", "letter", "DRAFT")]


@pytest.mark.parametrize(
    ("number", "line", "says"),
    [
        (IVAN, "stmt", "opted out"),
        (IVAN, "em notice-1 e1", "opted out"),
        (ADA, "notice 1", "no way to send it"),
        (ADA, "stmt", "no way to send it"),
    ],
)
def test_without_a_point_that_may_be_used_nothing_goes(desk, number, line, says):
    preview = shown(desk, line, number)
    assert blocks(preview) == [("point", "block")]
    assert says in " ".join(f.sentence for f in preview.verdict.findings)
    with pytest.raises(RefusedByPolicy):
        do(desk, number, line)
    assert waiting(desk, number) == []


@pytest.mark.parametrize(
    ("line", "field", "says"),
    [
        ("stmt sms", "channel", "Statement of account is not sent by sms"),
        ("stmt m1", "point", "does not go by email or letter to m1"),
        ("notice 1 letter e1", "point", "does not go by letter to e1"),
        ("sm statement", "channel", "is not sent by sms"),
    ],
)
def test_a_wrong_channel_or_point_names_its_field(desk, line, field, says):
    preview = shown(desk, line)
    assert (preview.field, says in preview.error) == (field, True), preview.error
    with pytest.raises(Invalid) as error:
        do(desk, ROSA, line)
    assert error.value.field == field


def test_an_unknown_template_names_the_nearest(desk):
    given = act(desk, ROSA, "stmt e1")
    wrong = given.model_copy(update={"commands": (SendMessage(template="statment"),)})
    assert desk.preview(wrong).field == "template"
    with pytest.raises(Invalid) as error:
        desk.do(wrong)
    assert (error.value.code, error.value.field) == ("message.unknown", "template")
    assert "did you mean statement?" in str(error.value)


def test_what_does_not_wait_is_neither_released_nor_cancelled(desk, lead):
    do(desk, ROSA, "stmt e1")
    later = act(lead, ROSA, "xm statement paid")
    do(desk, ROSA, "undo")
    gone = later.model_copy(update={"version": lead.account(ROSA).version})
    with pytest.raises(Refused) as error:
        lead.do(gone)
    assert (error.value.code, error.value.field) == ("message.none", "message")


def test_nothing_is_written_while_another_act_of_the_line_is_refused(desk):
    with pytest.raises(RefusedByPolicy):
        do(desk, SAM, "stmt; notice 1; notice 1")
    assert waiting(desk, SAM) == []


# a text that is changed before it leaves ---------------------------------------------------------------------------
CHANGED = "Dear Rosa, as we said today: 110.00 by Friday is enough."


def texts(desk: Desk, number: str = ROSA) -> list[tuple[str, str]]:
    return [
        (m.version.partition(" ")[2], m.text)
        for m in (desk.message(number, w.id) for w in desk.pane(number, "messages").messages)
    ]


def test_what_somebody_changed_is_what_leaves_and_it_says_so(desk):
    plain = shown(desk, "send reminder sms")
    assert "110.00" in plain.text
    preview = shown(desk, f'send reminder sms "{CHANGED}"')
    assert preview.ok
    assert preview.text.startswith(CHANGED)
    assert preview.text != CHANGED, "how to have no more of it stands behind it"
    assert do(desk, ROSA, f'send reminder sms "{CHANGED}"')
    ((marked, text),) = texts(desk)
    assert (marked, text) == ("edited", preview.text)
    do(desk, ROSA, "xm reminder again")
    do(desk, ROSA, f'send reminder sms "{plain.text}"')
    assert texts(desk)[0][0] == "", "nothing of it was changed"


def test_paragraphs_are_kept_in_what_somebody_changed(desk):
    before = shown(desk, "send reminder email").text.split(" ¶ ")
    changed = [before[0], CHANGED, *before[2:]]
    do(desk, ROSA, f'send reminder email "{" ¶ ".join(changed)}"')
    ((marked, text),) = texts(desk)
    assert marked == "edited"
    assert [" ".join(each.split("\n")[0].split()) for each in text.strip().split("\n\n")] == changed


@pytest.mark.parametrize(
    ("line", "code", "says"),
    [
        ('notice 2 sms "pay"', "message.edit", "Second notice: its text leaves as it is written"),
        ('stmt "pay"', "message.edit", "Statement of account"),
        ('send validation', "message.customers", "is for cards; this customer is default"),
        ("send stop-confirmation sms", "message.kind", "is sent by itself"),
        (f'send reminder sms "{"pay now " * 80}"', "message.segments", "segments of GSM; Reminder before the due date may take"),
        (f'send reminder sms "{"请付款 " * 60}"', "message.segments", "UCS-2"),
        ('send reminder sms " ¶ "', "message.text", "Expected some text"),
    ],
)  # fmt: skip
def test_what_may_not_be_changed_is_refused_with_a_sentence(desk, line, code, says):
    preview = shown(desk, line)
    assert (preview.ok, preview.error_code) == (False, code)
    assert says in (preview.error or "")
    with pytest.raises((Invalid, Refused)):
        do(desk, ROSA, line)
    assert waiting(desk) == []


def test_a_card_number_does_not_leave_in_what_somebody_changed(desk):
    given = act(desk, ROSA, "send reminder sms")
    command = SendMessage(template="reminder", channel="sms", text="We charge 4111 1111 1111 1111")
    given = given.model_copy(update={"commands": (command,), "line": ""})
    assert "4111 1111 1111 1111" not in desk.preview(given).model_dump_json()
    with contextlib.suppress(Invalid, Refused):
        desk.do(given)
    assert all("4111 1111 1111 1111" not in text for _, text in texts(desk))


# copies of bills ---------------------------------------------------------------------------------------------------
def test_a_copy_is_of_the_bill_that_was_named_paid_or_not(desk):
    do(desk, ROSA, "pay 300 card R1")
    assert "INV-1" not in [item.doc_no for item in desk.account(ROSA).items], "it is paid"
    for number, amount in (("INV-1", "300.00"), ("inv-2", "112.10"), ("INV-3", "110.00")):
        said = shown(desk, f"bill {number} email").text
        assert number.upper() in said
        assert amount in said
    assert shown(desk, "bill email").text == shown(desk, "bill INV-3 email").text, "the newest"
    do(desk, ROSA, "bill INV-1 email")
    assert waiting(desk) == [("bill-copy", "email", "QUEUED")]
    preview = shown(desk, "bill INV-777")
    assert (preview.error_code, preview.field) == ("message.item", "item")
    assert "INV-3" in (preview.error or "")


def test_a_notice_does_not_overtake_one_that_waits(desk, lead):
    do(desk, ROSA, "notice 1")
    assert blocks(shown(desk, "notice 2")) == [("gap", "hold")]
    with pytest.raises(RefusedByPolicy, match="has not left yet"):
        do(desk, ROSA, "notice 2")
    assert [name for name, _, _ in waiting(desk)] == ["1"]


def test_a_list_of_levels_says_of_each_what_the_command_would_say(desk, lead):
    def listed(line):
        context = LineContext.of(desk.account(ROSA), desk.catalogue(), desk.session())
        return {one.text: one.title for one in complete(line, len(line), context)}

    do(desk, ROSA, "notice 1")
    for line, names in (("notice ", {"1": "1", "2": "2", "3": "3"}), ("send ", {"notice-1": "1", "notice-2": "2"})):
        for name, level in names.items():
            findings = shown(desk, f"notice {level}").verdict.findings
            told = [f.sentence for f in findings if f.check in ("notice", "gap", "level") and f.severity != "allow"]
            assert told[:1] == listed(line)[name].split(" · ")[1:], name
    assert "has been written for this debt" in listed("notice ")["1"]
    assert "has not left yet" in listed("notice ")["2"]
    do(desk, ROSA, "undo")
    assert "written" not in listed("notice ")["1"]


def test_of_several_by_one_name_the_channel_says_which(desk):
    do(desk, ROSA, "send reminder email")
    do(desk, ROSA, "send reminder sms")
    with pytest.raises(AssertionError, match="Several wait"):
        act(desk, ROSA, "xm reminder he called")
    do(desk, ROSA, "xm reminder sms he called")
    assert waiting(desk) == [("reminder", "email", "QUEUED")]


def test_what_the_customer_wrote_is_the_last_word_until_it_is_answered(desk, store):
    from support.messages import add_message

    before = desk.account(ROSA).last_word
    add_message(store, ROSA, inbound=True, status="RECEIVED", channel="sms", text="i paid on thursday")
    assert "wrote by sms" in (desk.account(ROSA).last_word or "")
    assert "i paid on thursday" in (desk.account(ROSA).last_word or "")
    do(desk, ROSA, "read thanks")
    assert desk.account(ROSA).last_word == before


def test_a_notice_whose_forerunners_nobody_served_says_so_and_may_go(desk):
    preview = shown(desk, "notice 3")
    warned = [f.sentence for f in preview.verdict.findings if f.check == "level"]
    assert (preview.ok, warned) == (True, ["It goes before notice 1, 2, which nobody has served for this debt."])


def asked(desk: Desk, level: str = "pre-cut") -> dict[str, int]:
    """What the message of a level asks for on each item, as it is stored."""
    (found,) = [row.id for row in desk.pane(ROSA, "messages").messages if row.level == level]
    return {item.doc_no: item.amount for item in desk.message(ROSA, found).items}


def test_what_is_stored_of_a_release_is_what_its_text_says(desk, lead):
    """As the ledger is at the release, whatever it was when the message was drafted; taken back, it is the draft's again."""
    do(desk, ROSA, "notice pre-cut")
    drafted = asked(desk)
    assert drafted == {"INV-1": 30000, "INV-2": 11210}
    do(desk, ROSA, "pay 350 card R1")
    assert asked(desk) == drafted
    do(lead, ROSA, "free pre-cut")
    (text,) = [desk.message(ROSA, row.id).text for row in desk.pane(ROSA, "messages").messages if row.level]
    assert asked(desk) == {"INV-2": 6210}
    assert "62.10" in text
    assert "300.00" not in text
    do(lead, ROSA, "undo")
    assert asked(desk) == drafted
    do(lead, ROSA, "revpay R1 mistake")
    do(lead, ROSA, "free pre-cut")
    assert asked(desk) == drafted
    do(desk, ROSA, "xm pre-cut changed")
    do(desk, ROSA, "undo")
    assert asked(desk) == drafted
