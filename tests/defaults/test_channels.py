"""A site's channels over HTTP: our gateways load, and what is wrong with a file is said with file, key and the nearest name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from channels.far_gateway import ENVIRON, SITES, site
from collect_tui.defaults.channels import gateways
from collect_tui.domain.errors import Invalid


def test_a_site_without_a_file_has_none(tmp_path):
    assert gateways(None, {}) == gateways(tmp_path, {}) == {}


@pytest.mark.parametrize("name", sorted(SITES))
def test_ours_load(tmp_path, name):
    made = site(tmp_path, name)
    assert (made.name, made.gateway) == ("x", name)
    assert made.send
    assert made.answer
    assert made.hook


KANNEL = SITES["kannel"].replace("{url}", "http://127.0.0.1:1")


def test_a_secret_in_a_file(tmp_path):
    (tmp_path / "word").write_text("from a file\n")
    text = KANNEL.replace('{ environment = "PASSWORD" }', f'{{ file = "{tmp_path / "word"}" }}')
    (tmp_path / "channels.toml").write_text(f'[channels.x]\ngateway = "kannel"\n{text}')
    assert gateways(tmp_path, ENVIRON)["x"].secrets["password"] == "from a file"


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ('[channels.x]\ngateway = "kanel"', r"channels\.x\.gateway: .*did you mean kannel\?"),
        (f'[channels.x]\ngatway = "kannel"\n{KANNEL}', r"key gateway is missing.*Is gatway meant"),
        (f'[channels.x]\ngateway = "kannel"\nchannel = "email"\n{KANNEL}', r"channels\.x\.channel: .*chat, sms, social"),
        (f'[channels.x]\ngateway = "kannel"\ntimeout = 5\n{KANNEL}', r"channels\.x\.timeout: no such key"),
        (f'[channels.x]\ngateway = "kannel"\nseconds = 0\n{KANNEL}', r"channels\.x\.seconds: .*1 to 300"),
        (f'[channels.x]\ngateway = "kannel"\n{KANNEL.replace("user =", "usr =")}', r"values\.usr: .*did you mean user\?"),
        (f'[channels.x]\ngateway = "kannel"\n{KANNEL.replace(chr(34) + "desk" + chr(34), chr(34) * 2)}', r"channels\.x\.values"),
        (f'[channels.x]\ngateway = "kannel"\n{KANNEL.replace("127.0.0.1", "10.0.0.1")}', r"url: http would send.*insecure = true"),
        (f'[channels.x]\ngateway = "kannel"\n{KANNEL.replace("http://127", "ftp://127")}', r"url: expected a URL"),
        (f'[channels.x]\ngateway = "kannel"\n{KANNEL.replace("PASSWORD", "NONE")}', r"secrets\.password: the variable NONE"),
        (f'[channels.x]\ngateway = "kannel"\n{KANNEL.replace("HOOK", "PASSWORD")}', r"hook stands in a URL; expected 16"),
        (f'[channels.x]\ngateway = "kannel"\n{KANNEL.replace("hook =", "hok =")}', r"the key hook is missing.*Is hok meant"),
        (f'[channels.x]\ngateway = "kannel"\n{KANNEL}\n[gateways.kannel.send.query]\ntext = "{{txt}}"', r"did you mean text\?"),
        (f'[channels.x]\ngateway = "kannel"\n{KANNEL}\n[gateways.kannel.send.headers]\nX = "{{text}}"', r"no such word as text"),
        (f'[channels.x]\ngateway = "kannel"\n{KANNEL}\n[gateways.kannel.answer]\naccepted = ["ok"]', r"accepted: expected 200"),
        (f'[channels.x]\ngateway = "kannel"\n{KANNEL}\n[gateways.kannel.answer]\npattern = "("', r"no regular expression"),
        (f'[channels.x]\ngateway = "kannel"\n{KANNEL}\n[gateways.kannel.hook]\nproof = {{ kind = "none" }}', r"proof\.kind: "),
        (f'[channels.x]\ngateway = "kannel"\n{KANNEL}\n[gateways.kannel.hook.reports]\noutcom = "x"', r"did you mean outcome\?"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(tmp_path, text, wrong):
    (tmp_path / "channels.toml").write_text(text)
    with pytest.raises(Invalid, match=wrong) as raised:
        gateways(tmp_path, ENVIRON)
    assert "channels.toml: " in raised.value.message
    assert ENVIRON["PASSWORD"] not in raised.value.message


def test_http_within_a_protected_network_is_said(tmp_path):
    text = KANNEL.replace("127.0.0.1", "10.0.0.1")
    (tmp_path / "channels.toml").write_text(f'[channels.x]\ngateway = "kannel"\ninsecure = true\n{text}')
    assert gateways(tmp_path, ENVIRON)["x"].values["url"] == "http://10.0.0.1:1/cgi-bin/sendsms"


def test_a_gateway_of_the_sites_own(tmp_path):
    (tmp_path / "channels.toml").write_text(
        """
        [channels.ours]
        gateway = "mine"
        channel = "sms"
        secrets = { token = { environment = "TOKEN" } }
        [gateways.mine]
        secrets = ["token"]
        [gateways.mine.send]
        method = "PUT"
        url = "https://sms.example.com/{key}"
        json = { messages = [{ to = "{digits}", parts = ["{text}"] }] }
        repeatable = true
        [gateways.mine.answer]
        accepted = ["204"]
        own_key = true
        """
    )
    made = gateways(tmp_path, ENVIRON)["ours"]
    assert (made.channel, made.hook) == ("sms", None)
    assert made.send
    assert made.send.repeatable


def test_the_example_of_the_documents(tmp_path):
    page = (Path(__file__).parents[2] / "docs/messages.md").read_text("utf-8")
    (example,) = [text for text in re.findall(r"```toml\n(.*?)```", page, re.DOTALL) if "[channels." in text]
    for name in ("token", "app", "verify"):
        (tmp_path / name).write_text("word")
        example = example.replace(f"/run/secrets/meta-{name}", str(tmp_path / name))
    (tmp_path / "channels.toml").write_text(example)
    assert {name: made.channel for name, made in gateways(tmp_path, {"TWILIO_TOKEN": "x"}).items()} == {
        "sms": "sms",
        "facebook": "social",
    }
