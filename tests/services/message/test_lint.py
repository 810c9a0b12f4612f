"""What is wrong with a template is said with its file, the line where there is one, and the nearest valid name."""

from __future__ import annotations

from pathlib import Path

import pytest

from collect_tui.defaults.templates import rules
from collect_tui.domain.errors import Invalid
from collect_tui.domain.message.template import LANGUAGES, TEXTS, Served
from collect_tui.domain.rules import Reminder
from collect_tui.services.message.lint import library, load, reminder_faults
from collect_tui.services.message.placeholders import examine

HEAD = """+++
kind = "notice"
level = 2
title = "Second notice"
channels = ["letter", "email"]
about = "items past due"
served = { letter = "3bd after sent", email = "sent, unless bounced in 2d" }
needs = ["due_now"]
+++
"""
BODY = """# {{ firm.name }}: second notice

{{ money(due_now) }}, {{ party.name }}.

{{ opt_out }}
"""
SMS = """
+++
channels = ["sms"]
+++
{{ firm.name }}: {{ money(due_now) }}. {{ opt_out }}
"""
SHIPPED = (
    *("reminder", "notice-1", "notice-2", "notice-3", "final", "pre-cut", "promise-confirmation", "plan-confirmation"),
    *("broken-promise", "returned-payment", "restored", "statement", "bill-copy", "settlement-offer"),
    *("prepayment-offer", "autopay-invitation", "stop-confirmation", "cancellation", "validation", "b2b-reminder"),
    *("b2b-final", "balloon-due", "retention-due", "dispute-question", "dispute-granted", "dispute-part"),
    *("dispute-refused", "ticket-answer", "internal-suspends", "internal-channels", "internal-reasons"),
    "weekly-unresolved",
)


@pytest.fixture
def faults(tmp_path: Path):
    """The faults of a site with these files in its folder `messages/`."""
    (tmp_path / "messages").mkdir()

    def found(**files: str) -> list[str]:
        for name, text in files.items():
            (tmp_path / "messages" / f"{name.replace('_', '.')}.md").write_text(text, "utf-8")
        library = load(tmp_path, "US", "USD")
        names = dict.fromkeys((*(fault.field or "" for fault in library.unread), *(n.split("_")[0] for n in files)))
        said = [fault.message for name in names for fault in library.faults_of(name)]
        return [each.replace(str(tmp_path / "messages"), "…") for each in said]

    return found


def test_the_shipped_templates_are_there_in_every_language_and_nothing_is_wrong_with_them():
    library = load(None, "US", "USD")
    assert library.faults() == []
    assert {name: tuple(each.variants) for name, each in library.every.items()} == {
        **dict.fromkeys(SHIPPED, LANGUAGES),
        "proof-of-debt": LANGUAGES[:1],  # what goes to a court or its officer is written in the language of the place
    }


@pytest.mark.parametrize(
    ("country", "currency"), [("MX", "MXN"), ("PH", "PHP"), ("MY", "MYR"), ("CN", "CNY"), ("KW", "KWD")]
)
def test_the_shipped_templates_keep_their_lengths_in_other_countries(country, currency):
    library = load(None, country, currency)
    short = [name for name, each in library.every.items() if set(each.head.channels) & set(TEXTS)]
    assert len(short) > 5
    assert [fault for name in short for fault in library.faults_of(name)] == []


def test_a_template_as_the_reference_has_it_is_right(faults):
    assert faults(mine=HEAD + BODY) == []
    assert faults(mine=HEAD.replace('"email"]', '"email", "sms"]') + BODY + SMS) == []


def test_the_template_of_the_documents_is_right(faults):
    page = (Path(__file__).parents[3] / "docs/messages.md").read_text("utf-8")
    assert faults(mine=page.partition("```markdown\n")[2].partition("```")[0]) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("title =", "titel =", "…/mine.md: the key title is missing; expected a text."),
        ('title = "Second notice"', 'title = "x"\nneds = []', "…/mine.md: neds: no such key; did you mean needs?"),
        ('"notice"', '"notise"', "…/mine.md: kind: no such value; did you mean notice?"),
        ('kind = "notice"', 'kind = "reminder"', "…/mine.md: a reminder has no level."),
        ("level = 2\n", "", "…/mine.md: expected a level, one of 1, 2, 3, final, pre-cut, cancellation."),
        ("level = 2", "level = 9", "…/mine.md: level: no such value; expected one of 1, 2, 3, cancellation, final, pre-cut."),
        ('"letter", "email"]', '"leter", "email"]', "…/mine.md: channels: no such value; did you mean letter?"),
        ('"letter", "email"]', '"email", "email"]', "…/mine.md: channels: expected channels, each once."),
        ("items past due", "items passed due", "…/mine.md: about: no such value; did you mean items past due?"),
        ("3bd after sent", "3 days", '…/mine.md: served.letter: expected such as "3bd after sent"'),
        ("served = { letter", "served = { fax", "…/mine.md: served.fax: no such key; expected one of email, letter."),
        ('needs = ["due_now"]', 'needs = ["due_know"]', "…/mine.md: needs: no such value; did you mean due_now?"),
        ('needs = ["due_now"]', 'packs = ["us-utility"]', "…/mine.md: packs: no such value; did you mean us-utility-telecom?"),
        ('needs = ["due_now"]', 'needs = ["pay_by"]', "…/mine.md: needs says pay_by, and the text does not always print it."),
        ("level = 2", "level = 2 2", "…/mine.md: the head: Expected newline or end of document after a statement (at line 3, column 11)."),
        ('"email"]', '"email", "sms"]', "…/mine.md: expected a body for sms after the first"),
        ("+++\nkind", "++\nkind", "…/mine.md:9: a head ends with a line of +++."),
        ("{{ party.name }}", "{{ party.nam }}", "…/mine.md:12: there is no part of party nam; did you mean name?"),
        ("{{ party.name }}", "{{ partei.name }}", "…/mine.md:12: there is no placeholder partei; did you mean party?"),
        ("{{ party.name }}", "{{ account.number }}", "…/mine.md:12: there is no part of account number; it is printed masked only"),
        ("{{ party.name }}", "{{ party.name | upper }}", "…/mine.md:12: there is no filter upper"),
        ("{{ party.name }}", "{{ due_now + 1 }}", "…/mine.md:12: add is nothing that may stand in braces"),
        ("{{ party.name }}", "{{ due_now }}", "…/mine.md:12: due_now cannot be printed as it is; write money(due_now)."),
        ("{{ party.name }}", "{{ pay_by }}", "…/mine.md:12: pay_by cannot be printed as it is; write date(pay_by)."),
        ("{{ party.name }}", "{{ items }}", "…/mine.md:12: items cannot be printed as it is; write table(items, …)."),
        ("{{ party.name }}", "{{ party }}", "…/mine.md:12: party cannot be printed as it is; write party.…."),
        ("{{ party.name }}", "{{ money(pay_by) }}", "…/mine.md:12: money writes an amount"),
        ("{{ party.name }}", "{{ range(9) }}", "…/mine.md:12: there is no function range"),
        ("{{ party.name }}", "{{ party.name.upper() }}", "…/mine.md:12: there is no function party.name.upper"),
        ("{{ party.name }}", "{{ party.__class__ }}", "…/mine.md:12: there is no part of party __class__"),
        ("{{ party.name }}", "{{ items[0] }}", "…/mine.md:12: getitem is nothing that may stand in braces"),
        ("{{ party.name }}", '{{ table(items, "dew") }}', "…/mine.md:12: there is no column dew; did you mean due?"),
        ("{{ party.name }}", '{{ table(party, "name") }}', "…/mine.md:12: table writes a table of a list"),
        ("{{ party.name }}", "{% set x = 1 %}", "…/mine.md:12: assign is nothing a template does"),
        ("{{ party.name }}", '{% include "x" %}', "…/mine.md:12: include is nothing a template does"),
        ("{{ party.name }}", "{% for x in party %}{% endfor %}", "…/mine.md:12: a loop goes over a list, and party is none."),
        ("{{ party.name }}", "{% for firm in items %}{% endfor %}", "…/mine.md:12: firm is a name of something else"),
        ("{{ party.name }}", "{% if due_now > 5 %}{% endif %}", "…/mine.md:12: compare is nothing that may stand in braces"),
        ("{{ party.name }}", "{% if due_now == 5 %}{% endif %}", "…/mine.md:12: due_now is no count; only counts are compared."),
        ("{{ party.name }}", '{{ "text" }}', "…/mine.md:12: const is nothing that may stand in braces"),
        ("{{ party.name }}", "{{ due_now.minor }}", "…/mine.md:12: due_now has no parts, so no minor."),
        ("{{ party.name }}", "{{ money() }}", "…/mine.md:12: money writes an amount"),
        ("{{ party.name }}", "{{ money(due_now, 2) }}", "…/mine.md:12: money writes an amount"),
        ("{{ party.name }}", "{{ party.name", "…/mine.md:14: expected name or number."),
        ("{{ party.name }}", "4111 1111 1111 1111", "…/mine.md:12: holds what may be a card number; take it out."),
        ("{{ party.name }}", "a\u202eb", "…/mine.md:12: holds a tab, a control character or one that nobody sees; take it out."),
        ("{{ party.name }}", "\ue0001\ue001", "…/mine.md:12: holds a tab, a control character or one that nobody sees; take it out."),
        ("{{ party.name }}", "[pay](https://x.example)", "…/mine.md: link is nothing that a message is set in"),
        ("{{ party.name }}", "`code`", "…/mine.md: code inline is nothing that a message is set in"),
        ("{{ party.name }}", "![x](https://x.example/y.png)", "…/mine.md: image is nothing that a message is set in"),
        ("# {{ firm.name }}: second notice", "Hello", "…/mine.md: begins with a heading (# …): it is the subject."),
        ("{{ opt_out }}", "Bye.", "…/mine.md: notice by email says how to have no more of it: print opt_out."),
        ("{{ opt_out }}", "{% if credits %}{{ opt_out }}{% endif %}", "…/mine.md: notice by email says how to have no more"),
        ('needs = ["due_now"]', 'packs = ["us-utility-telecom"]', "…/mine.md: us-utility-telecom, dispute: always print dispute_right"),
        ('needs = ["due_now"]', 'packs = ["us-regf-thirdparty"]', "…/mine.md: us-regf-thirdparty, collector: say “debt collector” (12 CFR"),
    ],
)  # fmt: skip
def test_a_fault_names_its_file_and_the_way_out(faults, old, new, said):
    text = HEAD + BODY
    assert old in text
    found = faults(mine=text.replace(old, new, 1))
    assert [each for each in found if each.startswith(said)], found
    assert all(each.startswith("…/mine.md:") for each in found)


def test_a_head_is_read_as_it_says(faults, tmp_path):
    faults(mine=HEAD + BODY)
    head = load(tmp_path, "US", "USD").every["mine"].head
    assert (head.level, head.pay_within, head.segments) == ("2", 10, 1)
    assert head.served == {"letter": Served("sent", 3, business=True), "email": Served("sent", bounce_days=2)}


@pytest.mark.parametrize(
    ("text", "requires"),
    [
        ("{{ money(offer.amount) }}", {"offer"}),
        ("{% if offer %}{{ money(offer.amount) }}{% endif %}", set()),
        ("{% if credits and offer %}{{ money(offer.amount) }}{% endif %}", set()),
        ("{% if offer and offer.amount %}x{% endif %}", set()),
        ("{% if credits or offer %}{{ money(offer.amount) }}{% endif %}", {"offer"}),
        ("{% if not offer %}x{% else %}{{ money(offer.amount) }}{% endif %}", {"offer"}),
        ("{% if plan.count == 1 %}one{% endif %}", {"plan"}),
        ("{% for each in plan.instalments %}{{ date(each.due) }}{% endfor %}", {"plan"}),
        ("{% if credits %}{% elif offer %}{{ date(offer.until) }}{% endif %}", set()),
    ],
)
def test_what_may_be_missing_is_required_unless_it_is_asked_for(text, requires):
    found = examine(text)
    assert found.faults == []
    assert found.requires == requires


def test_words_that_a_pack_forbids(faults):
    head = HEAD.replace("needs", 'packs = ["ph-realestate"]\nneeds')
    (said,) = faults(mine=head + BODY + "\nOtherwise you go to JAIL.\n")
    assert "ph-realestate, conduct: do not say “jail”" in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x" * 150, "the SMS takes 2 segments of GSM with the longest values; segments allows 1."),
        ("ы" * 20, "the SMS takes 2 segments of UCS-2 with the longest values; segments allows 1."),
        ("**now**", "a text for sms is one paragraph without marks."),
        ("now\n\nor never", "a text for sms is one paragraph without marks."),
    ],
)
def test_an_sms_is_one_line_of_so_many_segments(faults, text, said):
    head = HEAD.replace('"email"]', '"email", "sms"]')
    assert faults(mine=head + BODY + SMS.rstrip() + f" {text}\n") == [f"…/mine.md: {said}"]


def test_an_sms_alone_has_one_body(faults):
    head = HEAD.replace('["letter", "email"]', '["sms"]').replace("served = { l", "# ")
    assert faults(mine=head + "{{ firm.name }}: {{ money(due_now) }}. {{ opt_out }}\n") == []


def test_texts_for_several_channels_stand_in_one_file(faults):
    head = HEAD.replace('["letter", "email"]', '["sms", "chat"]').replace("served = { l", "# ")
    first = "{{ firm.name }}: {{ money(due_now) }}. {{ opt_out }}\n"
    assert faults(mine=head + first) == []  # one for both
    assert faults(mine=head + first + SMS.replace("sms", "chat")) == []
    (said,) = faults(mine=head + first + SMS.replace('"sms"', '"sms", "chat"'))
    assert said == "…/mine.md: each channel has one body; the first is of those that no other body is for."
    (said,) = faults(mine=head + first + SMS + SMS)
    assert said == "…/mine.md: each channel has one body; the first is of those that no other body is for."


def test_a_variant_goes_by_its_base(faults):
    head = HEAD.replace('"email"]', '"email", "sms"]')
    assert faults(mine=head + BODY + SMS, mine_es=BODY + SMS) == []
    assert faults(mine_es=BODY) == ["…/mine.es.md: expected the bodies of the base in their order: letter/email, sms."]
    assert faults(mine_es="+++\nlevel = 3\n+++\n" + BODY + SMS) == [
        "…/mine.es.md: level: no such key; expected one of channels."
    ]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("other_es", "…/other.es.md: there is no other.md that this could be another language of."),
        ("mine_de", "…/mine.de.md: no such language; expected one of es, fil, ms, zh, or none for English."),
        ("Mine", "…/Mine.md: a template is named like notice-2.md, in Spanish notice-2.es.md."),
    ],
)
def test_a_file_that_is_no_template(faults, name, said):
    assert faults(mine=HEAD + BODY, **{name: BODY}) == [said]


def test_a_site_replaces_a_template_file_by_file(tmp_path):
    (tmp_path / "messages").mkdir()
    (tmp_path / "messages/notice-2.md").write_text(HEAD.replace("Second notice", "Ours") + BODY, "utf-8")
    library = load(tmp_path, "US", "USD")
    ours = load(None, "US", "USD")
    assert library.template("notice-1") == ours.template("notice-1")
    assert library.every["notice-2"].head.title == "Ours"
    # The other languages are those of the program, and their SMS has no channel any more.
    assert [fault.field for fault in library.faults()] == ["notice-2"] * 4
    with pytest.raises(Invalid, match="did you mean notice-2"):
        library.template("notise-2")


def test_a_template_with_a_fault_is_not_used(faults, tmp_path):
    faults(mine=HEAD + BODY.replace("party", "parti"), torn="+++\n")
    for name in ("mine", "torn"):
        with pytest.raises(Invalid, match=rf"{name}\.md"):
            load(tmp_path, "US", "USD").template(name)


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ('[languages.en]\nways_to_pay = "{{ firm.nam }}"', "languages.en.ways_to_pay: there is no part of firm nam; did you mean name?"),
        ('[languages.es]\nplan_right = "{{ opt_out }}"', "languages.es.plan_right: there is no placeholder opt_out"),
        ('[languages.en]\ndispute_right = "{{ date(oldest_due) }}"', "languages.en.dispute_right: oldest_due may be missing"),
    ],
)  # fmt: skip
def test_pieces_are_held_to_the_same(tmp_path, toml, said):
    (tmp_path / "messages.toml").write_text(toml, "utf-8")
    (found,) = load(tmp_path, "US", "USD").faults()
    assert found.message.startswith(f"messages.toml: {said}")


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ('[firm]\nfax = "1"', "firm.fax: no such key"),
        ('[languages.de]\nsalutation = "x"', "languages.de: no such key; did you mean es?"),
        ('[languages.es]\nsalutaton = "x"', "did you mean salutation?"),
        (
            '[packs.mine.a]\nsource = "x"\nkinds = ["notises"]',
            "packs.mine.a.kinds: no such value; did you mean notice?",
        ),
        ('[packs.mine.a]\nsource = "x"\nkinds = ["notice"]\nprints = ["due"]', "packs.mine.a.prints: no such value"),
        ('[packs.mine.a.says]\nen = [""]\n', "packs.mine.a"),
    ],
)
def test_the_rules_of_messages_are_read_as_all_other_files_of_a_site(tmp_path, toml, said):
    (tmp_path / "messages.toml").write_text(toml, "utf-8")
    with pytest.raises(Invalid) as refused:
        rules(tmp_path)
    assert str(tmp_path / "messages.toml") in refused.value.message
    assert said in refused.value.message


@pytest.mark.parametrize(
    ("kind", "message", "said"),
    [
        ("balloon", "balloon-due", None),
        ("balloon", "reminder", None),
        (
            "balloon",
            "retention-due",
            "retention-due is about the retention coming due, not about items coming due or the balloon",
        ),
        ("instalment", "remindr", "there is no template 'remindr'; did you mean reminder?"),
    ],
)
def test_a_reminder_names_a_template_that_speaks_of_such_items(kind, message, said):
    found = [fault.message for fault in reminder_faults(library(None, "US", "USD"), [Reminder(message, (7,), kind)])]
    assert len(found) == (said is not None)
    assert not said or said in found[0]
