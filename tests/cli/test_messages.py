"""`messages list`, `lint` and `preview`: what they print and what they exit with."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from collect_tui import cli
from collect_tui.services.message.intake import Intake
from collect_tui.services.message.port import Incoming
from collect_tui.store.engine import Store
from support.book import NOW, SERVICES, Book, Clock, account, local_desk
from support.messages import add_message

ROSA = "4410-2231"
BOOK = Book(
    account(ROSA, "Alvarez, \x1b[31mRosa", items=[("INV-1", -63, 30000)], services=SERVICES, party={"lang": "es"})
)
TEMPLATE = """+++
kind = "reminder"
title = "Ours"
channels = ["email"]
about = "items past due"
+++
# {{ firm.name }}: hello

{{ PRINTED }}

{{ opt_out }}
"""


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("CONFIG", "DATA", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    BOOK.store(tmp_path).close()

    def command(*words):
        code = cli.main(["--db", str(tmp_path / "desk.db"), "--at", "2026-11-23T16:00Z", *map(str, words)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return command


@pytest.fixture
def site(tmp_path):
    """Writes a file of a site's folder."""

    def write(text, name="messages/ours.md"):
        path = tmp_path / "site" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return tmp_path / "site"

    return write


def test_the_list_says_what_there_is(run):
    code, out, _ = run("messages", "list")
    assert code == 0
    head, *rows = out.splitlines()
    assert head.split() == ["template", "title", "channels", "languages"]
    assert next(row for row in rows if row.startswith("pre-cut")).split()[-8:] == [
        "letter",
        "email",
        "sms",
        "en",
        "es",
        "fil",
        "ms",
        "zh",
    ]
    _, out, _ = run("--json", "messages", "list")
    first = json.loads(out)[0]
    assert first == {
        "template": "autopay-invitation",
        "title": "Invitation to automatic payment",
        "kind": "invitation",
        "level": None,
        "about": "the account",
        "channels": ["email", "letter"],
        "languages": ["en", "es", "fil", "ms", "zh"],
    }


def test_lint_counts_what_is_right(run, site):
    assert run("messages", "lint") == (0, "33 templates, 226 texts: nothing is wrong\n", "")
    folder = site(TEMPLATE.replace("PRINTED", "party.name"))
    _, out, _ = run("--json", "messages", "lint", folder)
    assert json.loads(out) == {"templates": 34, "texts": 227, "faults": []}


def test_lint_says_each_fault_in_a_sentence(run, site, tmp_path):
    folder = site(TEMPLATE.replace("PRINTED", "account.number"))
    where = folder / "messages/ours.md"
    said = f"{where}:9: there is no part of account number; it is printed masked only: write masked."
    assert run("messages", "lint", folder) == (1, f"{said}\n34 templates, 227 texts: 1 fault\n", "")
    code, out, _ = run("--json", "messages", "lint", folder)
    assert code == 1
    assert json.loads(out)["faults"] == [{"error": "message.placeholder", "message": said, "template": "ours"}]
    site("[firm]\nfax = 1", "messages.toml")
    code, out, _ = run("messages", "lint", folder)
    assert code == 1
    assert out.startswith(f"{folder / 'messages.toml'}: firm.fax: no such key")
    code, _, err = run("messages", "lint", tmp_path / "nowhere")
    assert (code, "is no folder" in err) == (2, True)


def test_lint_says_where_a_digest_names_a_template_of_something_else(run, site):
    folder = site('[digests.channels]\ntemplate = "internal-reasons"\n', "internal.toml")
    code, out, _ = run("messages", "lint", folder)
    assert code == 1
    assert out.startswith(
        "internal.toml: digests.channels.template: internal-reasons is not about channels that fail.\n"
    )
    site('[digests.channels]\ntemplate = "internal-reason"\n', "internal.toml")
    code, out, _ = run("messages", "lint", folder)
    assert (code, "did you mean internal-reasons?" in out) == (1, True)


def test_digests_are_shown_and_written_once(run, site, tmp_path):
    assert run("messages", "digest") == (0, "No digest is due.\n", "")
    contact = '[contacts.south]\ntitle = "South"\nemail = "south@firm.example"\ndigests = ["channels"]\n'
    there = tmp_path / "config" / "collect-tui"
    there.mkdir(parents=True, exist_ok=True)
    site(contact, "internal.toml").rename(there / "site")
    with Store.open(tmp_path / "desk.db", create=False) as store:
        add_message(store, ROSA, status="FAILED", channel="sms", detail="4.4.7 gave up", closed_at=NOW)
    code, out, _ = run("messages", "digest", "--dry-run")
    assert code == 0
    assert "channels  south    south@firm.example" in out
    assert "4.4.7 gave up" in out
    code, out, _ = run("--json", "messages", "digest")
    (made,) = json.loads(out)
    assert (code, made["digest"], made["contact"], made["lines"]) == (0, "channels", "south", 1)
    assert made["message"]
    assert run("messages", "digest") == (0, "No digest is due.\n", "")


def test_a_preview_is_in_the_language_of_the_customer(run):
    code, out, _ = run("messages", "preview", ROSA, "notice-1")
    assert code == 0
    head, subject, *_ = out.splitlines()
    assert head.split()[0] == "notice-1"
    assert head.endswith(", letter, es")
    assert subject == "Subject: Test book: primer aviso"
    assert "Estimado/a Rosa Alvarez:" in out
    assert "\x1b" not in out
    _, out, _ = run("messages", "preview", ROSA, "notice-1", "--language", "en", "--channel", "sms")
    assert out.splitlines()[0].endswith(", sms, en · 1 segment of GSM")
    _, out, _ = run("messages", "preview", ROSA, "notice-1", "--form", "html", "--language", "zh")
    assert '<html lang="zh-Hans">' in out


def test_a_preview_as_json(run):
    code, out, _ = run("--json", "messages", "preview", ROSA, "settlement-offer", "--sample", "--language", "en")
    assert code == 0
    made = json.loads(out)
    assert (made["account"], made["template"], made["language"], made["form"]) == (
        ROSA,
        "settlement-offer",
        "en",
        "text",
    )
    assert made["sampled"] == ["offer"]
    assert ROSA not in made["body"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((ROSA, "settlement-offer"), 3, "offer, a settlement that is offered"),
        ((ROSA, "notice-9"), 2, "did you mean notice-"),
        (("4410-9999", "notice-1"), 5, "no account"),
        ((ROSA, "notice-1", "--language", "de"), 2, "not written in de"),
        ((ROSA, "notice-1", "--channel", "fax"), 2, "not sent by fax"),
    ],
)
def test_what_cannot_be_shown(run, words, code, said):
    got, out, err = run("messages", "preview", *words)
    assert (got, out) == (code, "")
    assert said in err


def test_a_site_has_templates_of_its_own(run, site, tmp_path, monkeypatch):
    monkeypatch.setenv("COLLECT_TUI_SITE_FOLDER", str(site(TEMPLATE.replace("PRINTED", "party.name"))))
    site('[firm]\nname = "Ours & Co <b>"', "messages.toml")
    assert "Subject: Ours & Co <b>: hello" in run("messages", "preview", ROSA, "ours")[1]
    assert "<h1>Ours &amp; Co &lt;b&gt;: hello</h1>" in run("messages", "preview", ROSA, "ours", "--form", "html")[1]


# what came in ------------------------------------------------------------------------------------------------------
def came(tmp_path, text, sender, **more):
    """Takes a message in as a run would."""
    with Store.open(tmp_path / "desk.db", create=False) as store:
        given = {
            "reference": f"<{text}@far.example>",
            "channel": "email",
            "at": NOW - timedelta(days=3),
            "subject": "",
            **more,
        }
        assert Intake(local_desk(store, "mia", Clock())).take(Incoming(sender=sender, text=text, **given))


def test_the_inbox_lists_what_waits_with_its_age(run, tmp_path):
    assert run("messages", "inbox") == (0, "Nothing waits for an answer.\n", "")
    came(tmp_path, "I have paid \x1b[31m", "+1 312 555 0142", channel="sms")
    came(tmp_path, "who are you", "stranger@far.example", at=NOW)
    _, out, _ = run("messages", "inbox")
    rows = [line.split() for line in out.splitlines()]
    assert rows[0] == ["message", "account", "age", "channel", "from", "seems", "words"]
    assert rows[-2][1:] == [ROSA, "3", "days", "sms", "…0142", "PM", "I", "have", "paid"]
    assert rows[-1][1:] == ["unknown", "0", "days", "email", "s…@far.example", "who", "are", "you"]
    assert "stranger" not in out
    ((told,),) = [json.loads(run("--json", "messages", "inbox", "--unknown")[1])]
    assert (told["account"], told["age"], told["sender"]) == (None, 0, "s…@far.example")


def test_a_message_of_nobody_known_is_given_to_an_account_once(run, tmp_path):
    came(tmp_path, "who are you", "stranger@far.example")
    ((told,),) = [json.loads(run("--json", "messages", "inbox", "--unknown")[1])]
    assert run("messages", "assign", told["message"], "no-such")[0] == 5
    assert run("messages", "assign", told["message"], ROSA)[0] == 0
    assert json.loads(run("--json", "messages", "inbox")[1])[0]["account"] == ROSA
    code, _, err = run("messages", "assign", told["message"], ROSA)
    assert (code, "unknown sender" in err) == (3, True)


PAYS = "4410-3001"
OFFERED = Book(
    account(PAYS, "Berg, Anna", points=[{"kind": "email", "value": "a@example.com"}], services=SERVICES),
    account(
        "4410-3002",
        "Chen, Li",
        points=[{"kind": "email", "value": "b@example.com", "consent": "out"}],
        services=SERVICES,
    ),
)


@pytest.fixture
def offered(run, tmp_path):
    (tmp_path / "desk.db").unlink()
    OFFERED.store(tmp_path).close()
    return run


def test_an_offer_is_looked_at_and_drafted(offered):
    code, out, _ = offered("messages", "offer", "prepayment", "--dry-run")
    assert (code, out.splitlines()[0]) == (0, f"2 accounts looked at, 1 would be drafted: {PAYS}")
    assert "1  point" in out
    assert "4410-3002" in out
    _, out, _ = offered("--json", "messages", "offer", "prepayment", "--limit", 5)
    made = json.loads(out)
    assert (made["template"], made["looked"], made["drafted"], made["accounts"]) == ("prepayment-offer", 2, 1, [PAYS])
    assert [(each["reason"], each["count"]) for each in made["excluded"]] == [("point", 1)]
    _, out, _ = offered("messages", "offer", "prepayment")
    assert out.startswith("2 accounts looked at, 0 drafted (messages run --release lets them go)\n")
    assert "not long enough ago" in out
    code, _, err = offered("messages", "offer", "settlment")
    assert (code, "did you mean settlement?" in err) == (2, True)
    for words in (
        ("offer", "autopay", "--limit", "0"),
        ("offer", "autopay", "--limit", "-3"),
        ("uptake", "--since", "yesterday"),
    ):
        with pytest.raises(SystemExit) as ended:
            offered("messages", *words)
        assert ended.value.code == 2


def test_the_uptake_as_a_table_as_csv_and_as_json(offered):
    assert offered("messages", "uptake") == (0, "No offer was made.\n", "")
    for line in ("log in op", "log in oa", "pay 1104 ach R7 over=1104"):
        assert offered("do", PAYS, line)[0] == 0
    code, out, _ = offered("messages", "uptake")
    assert (code, out.splitlines()[1].split()) == (0, ["prepayment", "USD", "0", "1", "1", "0", "0", "1", "1,104.00"])
    _, out, _ = offered("messages", "uptake", "--since", "2026-11-23", "--csv")
    heads = "offer,currency,messages,contacts,accepted,declined,considering,paid,amount"
    assert out.splitlines() == [heads, "prepayment,USD,0,1,1,0,0,1,1104.00"]
    _, out, _ = offered("--json", "messages", "uptake")
    assert json.loads(out)[0]["amount"] == 110400
    assert offered("messages", "uptake", "--since", "2026-11-24") == (0, "No offer was made.\n", "")
