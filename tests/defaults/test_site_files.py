"""Whatever file of a site is wrong, it is said at the start: names of files, keys, names and labels, in every file there is."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from collect_tui.defaults import layers, load
from collect_tui.desk.own_filters import OwnFilters
from collect_tui.domain.errors import DomainError, Invalid
from collect_tui.tui.keys import keymap

TODAY = date(2026, 11, 23)
READ: dict[str, Callable[[Path], object]] = {
    "keys.toml": lambda folder: keymap.load(folder / "keys.toml"),
    "filters.toml": lambda folder: OwnFilters(folder / "filters.toml").names(),
}
UNKNOWN = {
    "codes.toml": ("[results.LM]\ntitel = 'x'", "results.LM.titel", "title"),
    "abbreviations.toml": ("[abreviations]\nx = 'y'", "abreviations", "abbreviations"),
    "queues.toml": ("[queues.new]\ntitel = 'x'", "queues.new.titel", "title"),
    "holds.toml": ("[holds.CEASE]\ntitel = 'x'", "holds.CEASE.titel", "title"),
    "arrangement.toml": ("[arrangement.default]\ngrace_day = 1", "arrangement.default.grace_day", "grace_days"),
    "rules.toml": ("[desk]\nzones = 'x'", "desk.zones", "zone"),
    "authority.toml": ("[roles.lead]\ntitel = 'x'", "roles.lead.titel", "title"),
    "internal.toml": (
        "[contacts.a]\ntitle = 'x'\nemail = 'a@b.example'\ndigests = []\nlanguag = 'en'",
        "contacts.a.languag",
        "language",
    ),
    "scripts.toml": ("[cards.mini]\ntitel = 'x'\ntitle = 'x'\ntext = { en = 'x' }", "cards.mini.titel", "title"),
    "cases.toml": ("[departments.credit]\ndesk = ['x']", "departments.credit.desk", "desks"),
    "cases/dispute.toml": ("titel = 'x'", "titel", "title"),
    "messages.toml": ("[firm]\nadress = 'x'", "firm.adress", "address"),
    "channels.toml": ("[channel.x]\ngateway = 'kannel'", "channel", "channels"),
    "keys.toml": ("[keys]\n'work.skpi' = ['x']", "work.skpi", "work.skip"),
    "filters.toml": ("[filters.a]\nqueue = 'new'\nword = 'dpd>3'", "filters.a.word", "words"),
}
"""By file: a key that nothing reads, where it is said to stand, and what was meant."""


def refused(folder: Path, name: str, text: str) -> str:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    with pytest.raises(DomainError) as error:
        READ.get(name, lambda folder: load(folder, today=TODAY))(folder)
    assert str(path) in error.value.message
    assert error.value.message.isprintable()
    return error.value.message


def test_the_table_has_every_file() -> None:
    assert {name.partition("/")[0].removesuffix(".toml") for name in UNKNOWN} == set(layers.EVERY)


@pytest.mark.parametrize("name", UNKNOWN)
def test_an_unknown_key_is_said_with_file_and_nearest_key(tmp_path: Path, name: str) -> None:
    text, where, near = UNKNOWN[name]
    told = refused(tmp_path, name, text)
    assert where in told
    assert f"did you mean {near}?" in told.replace("'", "")


@pytest.mark.parametrize(
    ("text", "where", "near"),
    [
        ("[gateways.own]\nneds = ['x']", "gateways.own.needs|gateways.own.neds", "needs"),
        (
            "[gateways.own.send]\nmethod = 'GET'\nurl = 'https://x.example'\nheader = {}",
            "gateways.own.send.header",
            "headers",
        ),
        ("[gateways.kannel]\nneds = ['x']", "gateways.kannel.neds", "needs"),
        ("[channels.x]\ngateway = 'kanel'", "channels.x.gateway", "kannel"),
        ("[channels.x]\ngateway = 'kannel'\n[channels.x.values]\nusr = 'x'", "channels.x.values.usr", "user"),
    ],
)
def test_channels_are_looked_at_where_their_secrets_cannot_be_read(
    tmp_path: Path, text: str, where: str, near: str
) -> None:
    told = refused(tmp_path, "channels.toml", text)
    assert any(each in told for each in where.split("|"))
    assert f"did you mean {near}?" in told


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("queue.toml", "did you mean queues.toml?"),
        ("Queues.toml", "did you mean queues.toml?"),
        ("queues.TOML", "did you mean queues.toml?"),
        ("chanels.toml", "did you mean channels.toml?"),
        ("key.toml", "did you mean keys.toml?"),
        ("unknown.toml", "expected one of codes, "),
        ("a\x1b[31mb.toml", "expected one of codes, "),
        ("case/own.toml", "did you mean cases?"),
        ("message/own.md", "did you mean messages?"),
    ],
)
def test_a_file_that_nothing_reads_is_said(tmp_path: Path, name: str, near: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("")
    with pytest.raises(Invalid) as error:
        load(tmp_path, today=TODAY)
    assert error.value.code == "defaults.unknown_file"
    assert error.value.message.startswith(str(tmp_path))
    assert near in error.value.message
    assert error.value.message.isprintable()


@pytest.mark.parametrize("name", [".queue.toml", "queues.toml~", "queues.toml.bak", "README.md", "notes/queue.toml"])
def test_what_is_no_file_of_ours_is_left_alone(tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("")
    load(tmp_path, today=TODAY)


@pytest.mark.parametrize("place", ["cases", "messages", "."])
@pytest.mark.parametrize("instead", ["file", "pipe", "loop", "nowhere"])
def test_what_stands_in_the_place_of_a_folder_is_said(tmp_path: Path, place: str, instead: str) -> None:
    site = tmp_path / "site"
    if place != ".":
        site.mkdir()
    path = site / place
    if instead == "file":
        path.write_text("")
    elif instead == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to(path if instead == "loop" else tmp_path / "gone")
    with pytest.raises(Invalid) as error:
        load(site, today=TODAY)
    assert error.value.code == "defaults.unreadable"
    assert error.value.message.startswith(f"{path}: cannot be read (")


LABELS = {
    "codes.toml": [
        "[results.LM]\ntitle = '{}'",
        "[actions.TM]\ntitle = '{}'",
        "[reasons]\nX = '{}'",
        "[pauses]\nx = '{}'",
    ],
    "queues.toml": ["[queues.new]\ntitle = '{}'", "[queues.new]\nchip = '{}'"],
    "holds.toml": ["[holds.CEASE]\ntitle = '{}'", "[holds.CEASE]\nchip = '{}'"],
    "authority.toml": ["[roles.lead]\ntitle = '{}'"],
    "internal.toml": ["[contacts.a]\ntitle = '{}'\nemail = 'a@b.example'\ndigests = []"],
    "scripts.toml": ["[cards.mini]\ntitle = '{}'\ntext = {{ en = 'x' }}"],
    "cases.toml": ["[departments.credit]\ntitle = '{}'", "[lists.root_causes]\nX = '{}'"],
    "cases/dispute.toml": ["title = '{}'", "[states.VALID]\nlabel = '{}'"],
    "messages.toml": ["[kinds.notice]\ntitle = '{}'"],
}


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in LABELS.items() for text in texts])
def test_what_stands_in_a_line_is_no_longer_than_one(tmp_path: Path, name: str, text: str) -> None:
    assert "a text of at most 4,000" in refused(tmp_path, name, text.format("x" * 5000))
    assert "a line of at most 60 characters" in refused(tmp_path, name, text.format("x" * 61))
    (tmp_path / name).write_text(text.format("y" * 60))
    load(tmp_path, today=TODAY)


NAMED = {
    "queues.toml": "[filters.{}]\nqueue = 'new'\nwords = 'dpd>3'",
    "holds.toml": "[holds.{}]\ntitle = 'x'\nblocks = []\npauses_ladder = false\nhelp = 'x'",
    "arrangement.toml": "[arrangement.{}]\ngrace_days = 3",
    "abbreviations.toml": "[abbreviations]\n{} = 'y'",
    "authority.toml": "[roles.{}]\ntitle = 'x'",
    "cases.toml": "[hours.{}]\nmonday = ['08:00', '18:00']",
    "channels.toml": "[channels.{}]\ngateway = 'kannel'",
    "filters.toml": "[filters.{}]\nqueue = 'new'\nwords = 'dpd>3'",
}


@pytest.mark.parametrize("name", NAMED)
@pytest.mark.parametrize("control", [r"\u001b[31m", r"\u202e", r"\u0000", r"\n"])
def test_a_name_with_a_control_in_it_is_refused_as_it_stands(tmp_path: Path, name: str, control: str) -> None:
    told = refused(tmp_path, name, NAMED[name].format(f'"a{control}b"'))
    assert f'"a{control}b"'.replace(r"\n", r"\u000a") in told
