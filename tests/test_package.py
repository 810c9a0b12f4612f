"""What is installed is whole, and what is imported is little."""

from __future__ import annotations

import configparser
import importlib.metadata
import os
import pkgutil
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest

import collect_tui.domain

ROOT = Path(__file__).resolve().parents[1]
DATABASE = {"sqlalchemy", "sqlmodel"}
HEAVY = {"textual", "rich", "pydantic", "pendulum", "holidays", "phonenumbers", *DATABASE}


def loaded_by(code: str) -> set[str]:
    """Top-level names of the modules a fresh interpreter has loaded after `code`."""
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys\nprint(*sorted({{m.partition('.')[0] for m in sys.modules}}))"],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.splitlines()[-1].split())


def foreign(names: Iterable[str]) -> set[str]:
    """Without the standard library, ourselves, and what a bare interpreter of this environment loads."""
    known = {"collect_tui", "__main__", *sys.stdlib_module_names, *loaded_by("pass")}
    return {name for name in names if name not in known and not name.startswith("_sysconfigdata")}


def importing(*modules: str) -> str:
    return f"import {', '.join(modules)}"


def test_the_terminal_loads_no_database() -> None:
    assert not loaded_by(importing("collect_tui.tui.app", "collect_tui.tui.screens.queues")) & (
        DATABASE | {"holidays", "phonenumbers"}
    )


def test_the_domain_loads_pendulum_at_most() -> None:
    modules = [f"collect_tui.domain.{m.name}" for m in pkgutil.walk_packages(collect_tui.domain.__path__)]
    assert len(modules) > 10
    assert foreign(loaded_by(importing(*modules))) <= {
        "pendulum",
        "tzdata",
        "dateutil",
        "six",
    }  # pendulum needs the others


def test_the_version_loads_nothing_heavy() -> None:
    code = (
        "import contextlib\nfrom collect_tui.cli import main\nwith contextlib.suppress(SystemExit): main(['--version'])"
    )
    assert not loaded_by(code) & HEAVY


def test_the_desk_opens_without_what_it_does_not_need(tmp_path: Path) -> None:
    """What the first queue waits for: no holidays package, no telephone tables, no deciders of acts."""
    code = (
        "import sys, datetime, pathlib\n"
        "from collect_tui import bootstrap\n"
        f"w = bootstrap.wiring(database=pathlib.Path({str(tmp_path / 'desk.db')!r}), user='mia',"
        " at=datetime.datetime(2026, 11, 23, 15, tzinfo=datetime.UTC))\n"
        "bootstrap.open_desk(w, create=True).close()\n"
        "assert 'collect_tui.services.acts' not in sys.modules\n"
    )
    assert not loaded_by(code) & {"holidays", "phonenumbers", "pendulum", "textual", "rich"}


def test_no_first_frame_waits_for_the_grammar_or_the_commands() -> None:
    """They come while the first queue is asked for: loaded with the app, they were half of what stood before the first frame."""
    loaded_by(
        "import sys\nimport collect_tui.tui.app\n"
        "late = ('collect_tui.desk.commands.', 'collect_tui.desk.line.', 'collect_tui.policy', 'collect_tui.defaults')\n"
        "assert not [m for m in sys.modules if m.startswith(late)], sorted(sys.modules)\n"
    )


def test_the_thin_client_loads_no_database(tmp_path: Path) -> None:
    """The terminal at a server, opened and asked: no database, no server, no use cases, and httpx without its command line."""
    code = (
        "import datetime, os, pathlib\n"
        "from collect_tui import bootstrap, cli\n"
        "from collect_tui.client.credentials import Credential, Credentials\n"
        f"os.environ['COLLECT_TUI_STATE_FOLDER'] = {str(tmp_path)!r}\n"
        "url = 'http://127.0.0.1:9'\n"
        f"Credentials(pathlib.Path({str(tmp_path)!r})).keep(url, Credential('ct_1_x', 'mia'))\n"
        "from collect_tui.tui.app import CollectApp\n"
        "def keep(app, mouse):\n"
        "    desk = app._connect()\n"
        "    try: desk.session()\n"
        "    except Exception as error: print(error.code)\n"
        "    desk.close()\n"
        "CollectApp.run = keep\n"
        "assert cli.main(['--server', url, 'queues']) == 1\n"
        "assert bootstrap.run_terminal(bootstrap.wiring(server=url)) == 0\n"
        "import sys\n"
        "assert 'httpx' in sys.modules\n"
        "ours = {m for m in sys.modules if m.startswith('collect_tui.')}\n"
        "assert not [m for m in ours if m.startswith(('collect_tui.store', 'collect_tui.services', 'collect_tui.server'))]\n"
    )
    assert not loaded_by(code) & (
        DATABASE | {"fastapi", "starlette", "uvicorn", "alembic", "click", "pygments", "holidays"}
    )


@pytest.mark.parametrize("words", [["--server", "http://127.0.0.1:9"], ["--server", "http://127.0.0.1:9/"]])
def test_who_is_not_signed_in_is_told_before_the_screen_opens(tmp_path: Path, words: list[str]) -> None:
    code = (
        f"import os; os.environ['COLLECT_TUI_STATE_FOLDER'] = {str(tmp_path)!r}\n"
        "from collect_tui import bootstrap, cli\n"
        "from collect_tui.cli import handlers\n"
        "handlers._needs_terminal = lambda: None\n"
        f"assert cli.main({words!r}) == 3\n"
        "import sys; assert 'textual' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "`collect-tui login http://127.0.0.1:9`" in done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel, built from a copy of the tree as it is, without a network."""
    pytest.importorskip("hatchling", reason="hatchling is not installed: pip install -e '.[dev]'")
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    for name in ("src", "themes", "fixtures"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    build = "import hatchling.build, sys; print(hatchling.build.build_wheel(sys.argv[1]))"
    done = subprocess.run(
        [sys.executable, "-c", build, str(folder)],
        cwd=source,
        env={**os.environ, "SOURCE_DATE_EPOCH": "1700000000"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return zipfile.ZipFile(folder / done.stdout.splitlines()[-1])


def test_the_wheel_carries_all_data(wheel: zipfile.ZipFile) -> None:
    names = set(wheel.namelist())
    expected = {"collect_tui/py.typed", "collect_tui/tui/render/app.tcss", "collect_tui/fixtures/portfolio.json"}
    expected |= {
        f"collect_tui/fixtures/{path.relative_to(ROOT / 'fixtures')}"
        for trade in ("b2b", "cards", "real-estate")
        for path in (ROOT / "fixtures" / trade).rglob("*")
        if path.is_file()
    }
    expected |= {f"collect_tui/themes/{path.name}" for path in (ROOT / "themes").glob("*.toml")}
    expected |= {
        f"collect_tui/{path.relative_to(ROOT / 'src/collect_tui')}"
        for path in (ROOT / "src/collect_tui").rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    assert len([name for name in expected if name.endswith(".toml")]) >= 8
    assert expected <= names, sorted(expected - names)


def test_the_wheel_carries_nothing_else(wheel: zipfile.ZipFile) -> None:
    places = {name.partition("/")[0] for name in wheel.namelist()}
    assert places == {"collect_tui", f"collect_tui-{importlib.metadata.version('collect-tui')}.dist-info"}
    assert not [name for name in wheel.namelist() if name.endswith((".pyc", ".db"))]


def test_the_wheel_has_one_entry_point_and_its_licence(wheel: zipfile.ZipFile) -> None:
    entries = configparser.ConfigParser()
    at = next(name for name in wheel.namelist() if name.endswith(".dist-info/entry_points.txt"))
    entries.read_string(wheel.read(at).decode())
    assert {section: dict(entries[section]) for section in entries.sections()} == {
        "console_scripts": {"collect-tui": "collect_tui.cli:main"}
    }
    assert any(name.endswith("LICENSE") for name in wheel.namelist())


def test_the_wheel_runs_where_there_is_no_source_tree(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    """Unpacked elsewhere it finds its fixtures, defaults and themes, and makes a demo."""
    wheel.extractall(tmp_path / "site")
    env = {
        **{k: v for k, v in os.environ.items() if not k.startswith("COLLECT_TUI_")},
        "PYTHONPATH": str(tmp_path / "site"),
        "XDG_CONFIG_HOME": str(tmp_path / "c"),
        "XDG_DATA_HOME": str(tmp_path / "d"),
        "XDG_STATE_HOME": str(tmp_path / "s"),
    }
    for name, more in (("demo.db", []), ("cards.db", ["--trade", "cards"])):
        words = ["--at", "2026-11-23T15:00Z", "demo", "--keep", str(tmp_path / name), *more]
        code = (
            "import collect_tui, sys; from pathlib import Path; from collect_tui.cli import main\n"
            f"assert Path(collect_tui.__file__).is_relative_to({str(tmp_path)!r})\n"
            "from collect_tui.tui.render import theme\n"
            "assert theme.load_theme('mono', None).name == 'mono'\n"
            f"sys.exit(main({words!r}))"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=tmp_path, env=env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        assert (tmp_path / name).stat().st_size > 100_000
    assert str(tmp_path / "site/collect_tui/fixtures/cards/site") in done.stdout
