"""Themes load, and a wrong one says file, key and what was probably meant."""

import tomllib
from pathlib import Path

import pytest
from textual.app import App, ComposeResult

from collect_tui.tui.render import theme
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Line
from collect_tui.tui.widgets.lines import LinePane


class Themed(App[None]):
    CSS_PATH = Path(theme.__file__).with_name("app.tcss")

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return theme.fallback_variables()

    def compose(self) -> ComposeResult:
        yield LinePane([Line.of(("412.10", Role.MONEY), ("late", Role.BAD))])


@pytest.mark.parametrize("name", theme.theme_names())
async def test_every_theme_can_be_worn(name: str) -> None:
    spec = theme.load_theme(name)
    assert spec.name == name
    app = Themed()
    app.register_theme(theme.textual_theme(spec))
    app.theme = name
    async with app.run_test(size=(20, 3)) as pilot:
        await pilot.pause()
        app.query_one(LinePane).render_line(0)


async def test_mono_has_no_colour_and_ansi_the_terminals_own() -> None:
    for name in ("mono", "ansi"):
        app = Themed()
        app.register_theme(theme.textual_theme(theme.load_theme(name)))
        app.theme = name
        async with app.run_test(size=(20, 3)) as pilot:
            await pilot.pause()
            money, bad, *_ = app.query_one(LinePane).render_line(0)
            assert money.style is not None
            assert bad.style is not None
            assert money.style.bold
            assert bad.style.color is not None
            assert bad.style.color.number == (1 if name == "ansi" else None)


def test_a_users_theme_comes_first(tmp_path: Path) -> None:
    (tmp_path / "mono.toml").write_text('name = "mono"\n[roles.head]\nunderline = true\n')
    assert theme.load_theme("mono", tmp_path).roles[Role.HEAD].attributes == ("underline",)
    assert {"ansi", "mono"} <= set(theme.theme_names(tmp_path))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('name = "x"\n[roles.mony]\n', "f.toml: roles.mony: unknown key; nearest is 'money'"),
        ('name = "x"\n[roles.bad]\nfg = "rad"\n', "f.toml: roles.bad.fg: unknown colour 'rad'; nearest is 'red'"),
        ('name = "x"\n[roles.bad]\nblod = true\n', "f.toml: roles.bad.blod: unknown key; nearest is 'bold'"),
        ('name = "x"\n[roles.bad]\nbold = 1\n', "f.toml: roles.bad.bold: must be true or false"),
        ("dark = true\n", "f.toml: name: is missing"),
        ('name = "x"\n[roles]\nbad = 1\n', "f.toml: roles.bad: must be a table"),
        ('name = "x"\n[roles.bad]\nfg = "#ff0000"\nbg = "red"\n', "cannot be mixed"),
    ],
)
def test_complaints(text: str, complaint: str) -> None:
    with pytest.raises(theme.ThemeError) as error:
        theme.theme_of(tomllib.loads(text), "f.toml")
    assert complaint in str(error.value)


def test_an_unknown_theme_names_the_nearest() -> None:
    with pytest.raises(theme.ThemeError, match="nearest is 'ansi'"):
        theme.load_theme("anzi")
