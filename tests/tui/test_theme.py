"""Themes load, and a wrong one says file, key and what was probably meant."""

import tomllib
from pathlib import Path

import pytest
from rich.color import Color, ColorSystem
from textual.app import App, ComposeResult

from collect_tui.tui.render import theme, theme_files
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Line
from collect_tui.tui.widgets.lines import LinePane


class Themed(App[None]):
    CSS_PATH = Path(theme.__file__).with_name("app.tcss")

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return theme.fallback_variables()

    def compose(self) -> ComposeResult:
        yield LinePane([Line.of(("412.10", Role.MONEY), ("late", Role.BAD))])


@pytest.mark.parametrize("name", theme_files.theme_names())
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
    assert {"ansi", "mono"} <= set(theme_files.theme_names(tmp_path))


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
    with pytest.raises(theme_files.ThemeError) as error:
        theme.theme_of(tomllib.loads(text), "f.toml")
    assert complaint in str(error.value)


def test_an_unknown_theme_names_the_nearest() -> None:
    with pytest.raises(theme_files.ThemeError, match="nearest is 'ansi'"):
        theme.load_theme("anzi")


def luminance(color: Color) -> float:
    """Relative luminance by WCAG 2.2."""
    parts = [value / 255 for value in color.get_truecolor()]
    red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(front: str, back: str, system: ColorSystem) -> float:
    """The contrast ratio by WCAG 2.2 of two colours as a terminal with so many shows them."""
    one, other = (luminance(Color.parse(each).downgrade(system)) for each in (front, back))
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


@pytest.mark.parametrize("system", [ColorSystem.TRUECOLOR, ColorSystem.EIGHT_BIT])
@pytest.mark.parametrize("name", [name for name in theme_files.theme_names() if not theme.load_theme(name).own_colors])
def test_every_role_can_be_read_on_what_it_stands_on(name: str, system: ColorSystem) -> None:
    """WCAG 2.2: 4.5 to 1 for text (1.4.3), 7 to 1 for more contrast (1.4.6)."""
    spec, least = theme.load_theme(name), 7.0 if name == "high-contrast" else 4.5
    for role in Role:
        look = spec.roles.get(role, theme.Look())
        front, back = look.fg or spec.screen.fg, look.bg or spec.screen.bg
        assert front is not None
        assert back is not None
        assert contrast(front, back, system) >= least, role


def test_the_contrast_of_grey_on_white_is_what_the_standard_says() -> None:
    assert contrast("#ffffff", "#000000", ColorSystem.TRUECOLOR) == pytest.approx(21)
    assert contrast("#767676", "#ffffff", ColorSystem.TRUECOLOR) == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("name", ["amber", "green", "high-contrast", "dusk"])
def test_on_a_terminal_of_sixteen_colours_a_theme_keeps_its_attributes_alone(name: str) -> None:
    spec = theme.load_theme(name, few_colors=True)
    assert spec.own_colors
    assert "reverse" in spec.roles[Role.CURSOR].attributes
    assert "bold" in spec.roles[Role.BAD].attributes
