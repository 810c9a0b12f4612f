"""Rewrites what is made from the program: `python docs/generate.py`; with `--check` it only says what differs.

    docs/keys.md                       between <!-- keys -->: every action and its keys
    docs/line.md                       between <!-- verbs -->: the verbs of the line
    docs/commands.md                   between <!-- commands -->: the program's commands and their options
    docs/collect-tui.1                 the manual page (docs/manual.py)
    docs/codes.md                      between <!-- codes -->: result codes and actions
    docs/shift.svg                     the README's picture (docs/picture.py)
    docs/openapi.json                  the server's API
    docs/access.md                     between <!-- access -->: who may do what
    docs/site.md                       between <!-- blocks -->: what a hold may forbid
    docs/messages.md                   between its marks: placeholders, functions and templates of messages
    docs/trainer.md                    between <!-- portfolios -->: which accounts of the fixtures show what
    src/collect_tui/defaults/holidays.txt   public holidays, so that no start has to work them out

Tests compare; nobody edits these parts by hand.
"""

from __future__ import annotations

import argparse
import json
import sys
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
HOLIDAYS = ROOT / "src/collect_tui/defaults/holidays.txt"
CODES = ROOT / "src/collect_tui/defaults/codes.toml"
COUNTRIES = ("US", "PH")
YEARS = range(2010, 2041)


def section(text: str, name: str, body: str) -> str:
    """`text` with everything between the marks of `name` replaced. ValueError when a mark is missing."""
    start, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    before, found, rest = text.partition(start)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"the marks {start} and {end} are missing")
    return f"{before}{start}\n{body.strip()}\n{end}{after}"


def keys() -> str:
    from collect_tui import defaults
    from collect_tui.tui.keys.actions import ACTIONS, ASKING, CONTEXTS, FORM, Action

    desk = set(CONTEXTS) - {FORM, ASKING}

    def row(each: Action) -> Iterable[str]:
        word = each.mnemonic or each.text.strip()
        return (
            " ".join(f"`{key}`" for key in each.keys),
            f"`{each.fkey.upper()}`" if each.fkey else "",
            f"`:{word}`" if word else "",
            f"**{each.title}.** {each.help}",
            "everywhere" if each.contexts >= desk else ", ".join(c for c in CONTEXTS if c in each.contexts),
            f"`{each.id}`",
        )

    hot = " ".join(f"`{key}` {code}" for key, code in defaults.load(None, today=date(2026, 1, 1)).codes.hot.items())
    return (
        markdown(("Key", "F-key", "On the line", "What it does", "Where", "Id"), map(row, ACTIONS))
        + f"\nAfter `,` or the space bar on an account: {hot}. Any other key leaves with nothing logged.\n\n"
        "On a case the letters of its moves come first; what they do on other screens, function keys do there.\n\n"
        "In a field (the line, the text to find, a form) letters, digits and signs are typed; function keys, Tab, Enter "
        "and the arrows act there."
    )


def verbs() -> str:
    from collect_tui import defaults
    from collect_tui.desk.line.verbs import table

    kinds = defaults.load(None, today=date(2026, 1, 1)).cases.kinds.values()
    rows = ((f"`{v.verb}`", f"`{v.usage}`", v.summary, f"`{v.example}`") for v in table(kinds))
    return markdown(("Verb", "Usage", "What it does", "Example"), rows)


def commands() -> str:
    """Every command of the program, what it takes and what its options mean."""
    from collect_tui.cli import build_parser

    parser = build_parser()
    general = tuple(told_options(parser))
    book = "`--tenant BOOK`"  # stands before or after

    def own(each: argparse.ArgumentParser) -> str:
        return "; ".join(f"{name} {meaning}".strip() for name, meaning in told_options(each) if name != book)

    rows = ((f"`{usage(each)}`", each.description or help, own(each)) for each, help in leaves(parser))
    return (
        f"{markdown(('Before a command', 'Meaning'), general)}\n"
        f"{markdown(('Command', 'What it does', 'Options'), rows)}"
    )


def leaves(parser: argparse.ArgumentParser, help: str = "") -> Iterable[tuple[argparse.ArgumentParser, str]]:
    """The commands that do something, with what is said of them in the list of their family."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            said = {choice.dest: choice.help or "" for choice in action._choices_actions}
            for name, each in action.choices.items():
                yield from leaves(each, said.get(name, ""))
            if action.required or not help:
                return
    yield parser, sentence(help)


def usage(parser: argparse.ArgumentParser) -> str:
    """The command with what it must have."""
    words = [
        metavar(each) if not each.option_strings else f"{each.option_strings[-1]} {metavar(each)}"
        for each in parser._actions
        if each.required or (not each.option_strings and each.metavar is not argparse.SUPPRESS)
    ]
    return " ".join((parser.prog.removeprefix("collect-tui "), *words))


def metavar(action: argparse.Action) -> str:
    choices = "|".join(map(str, action.choices)) if action.choices else action.dest.upper()
    name = action.metavar if isinstance(action.metavar, str) else choices
    return f"[{name}]" if action.nargs in ("?", "*") else name


def told_options(parser: argparse.ArgumentParser) -> Iterable[tuple[str, str]]:
    for each in parser._actions:
        if each.option_strings and not each.required and each.dest != "help":
            value = "" if each.nargs == 0 else f" {metavar(each)}"
            meaning = each.help if each.help and each.help is not argparse.SUPPRESS else ""
            yield f"`{each.option_strings[-1]}{value}`", meaning


def sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def codes() -> str:
    data = tomllib.loads(CODES.read_text("utf-8"))
    made = []
    orders = {f"Reasons to {kind}": entries for kind, entries in data.pop("order_reasons").items()}
    for name, entries in {**data, **orders}.items():
        rows = [
            (f"`{code}`", entry["title"], flags(entry), told(entry))
            if isinstance(entry, dict)
            else (f"`{code}`", str(entry), "", "")
            for code, entry in entries.items()
        ]
        full = any(row[2] or row[3] for row in rows)
        head = ("Code", "Title", "Flags", "Meaning")
        table = markdown(head, rows) if full else markdown(head[:2], (row[:2] for row in rows))
        made.append(f"### {name.replace('_', ' ').capitalize()}\n\n{table}")
    return "\n".join(made)


def told(entry: Mapping[str, Any]) -> str:
    """What an entry means, and what it does not do."""
    caveat = str(entry.get("caveat", ""))
    return f"{entry.get('help', '')} {caveat[:1].upper()}{caveat[1:]}{'.' if caveat else ''}".strip()


def flags(entry: Mapping[str, Any]) -> str:
    """All of an entry but its words, as `codes.toml` writes them; what is off or empty is left out."""

    def said(value: Any) -> str:
        if isinstance(value, Mapping):
            return " ".join(f"{name} {said(each)}" for name, each in value.items())
        return " ".join(map(str, value)) if isinstance(value, list) else str(value)

    return ", ".join(
        name if value is True else f"{name}: {said(value)}"
        for name, value in entry.items()
        if name not in {"title", "help", "caveat", "instead"} and value not in (False, "", [])
    )


def markdown(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    titles = tuple(head)
    lines = [titles, ("---",) * len(titles), *(tuple(cell.replace("|", "\\|") for cell in row) for row in rows)]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def holidays_table() -> str:
    import holidays

    lines = []
    for country in COUNTRIES:
        years: dict[int, list[date]] = defaultdict(list)
        for day in holidays.country_holidays(country, years=YEARS):
            years[day.year].append(day)
        lines += [f"{country} {' '.join(map(str, sorted(years[year])))}" for year in sorted(years)]
    return "\n".join(lines) + "\n"


def portfolios() -> str:
    """What to open to show a feature; then by trade: what is told of which accounts, and which show what."""
    sys.path[:0] = [path for path in (str(ROOT / "fixtures"),) if path not in sys.path]  # no part of the program
    from collect_tui.demo import portfolio, trades
    from invented import trade
    from invented.features import ENOUGH, by_feature, wanted
    from invented.portfolio import situations, stories, to_show

    def some(numbers: list[str]) -> str:
        return " ".join(numbers[:6])

    made, found = [], {}
    for name in trades():
        of = trade.load(name)
        accounts = json.loads(portfolio(name).read_text("utf-8"))["accounts"]
        told, found[name] = stories(of, len(accounts)), to_show(of, accounts)
        says = {scenario.__name__: (scenario.__doc__ or "").strip() for scenario in situations(of)}
        happened = ((says[each], str(len(those)), some(those)) for each, those in told.items())
        features = ((f"`{each}`", str(len(those)), some(those)) for each, those in by_feature(accounts).items())
        made.append(
            f"## {of.title}: `{name}`\n\n{of.tenant['name']}, {of.tenant['currency']}, {of.tenant['zone']}.\n\n"
            f"{markdown(('What happened', 'Accounts', 'Some of them'), happened)}\n"
            f"{markdown(('What is shown', 'Accounts', 'Some of them'), features)}"
        )
    rows: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for group, feature, words, belongs in wanted():
        best = belongs or next(each for each in trades() if len(found[each].get(feature, ())) >= ENOUGH)
        rows[group].append((words, f"`{best}`", some(found[best][feature])))
    head = ("To show", "Portfolio", "Open one of")
    lists = (f"### {group}\n\n{markdown(head, listed)}" for group, listed in rows.items())
    return "\n".join(("## What to open\n", *lists, *made))


def api() -> str:
    from collect_tui.server.app import create_app

    return json.dumps(create_app().openapi(), ensure_ascii=False, indent=1) + "\n"


def access() -> str:
    """Routes, commands and limits by role."""
    from collect_tui import defaults
    from collect_tui.desk.commands import COMMANDS
    from collect_tui.policy.authority import LIMITS
    from collect_tui.server.access import permissions
    from collect_tui.server.app import create_app

    rules = defaults.load(None, today=date(2026, 1, 1)).authority
    roles = list(rules.roles.values())

    def matrix(rows: Iterable[tuple[tuple[str, ...], str | None]]) -> Iterable[tuple[str, ...]]:
        for told, permission in rows:
            marks = (
                "all" if permission is None else "yes" if rules.of(r.name).allows(permission) else "" for r in roles
            )
            yield (*told, *marks)

    def limit(name: str, value: int | None) -> str:
        if value is None:
            return ""
        return f"{value / 100:,.2f}" if LIMITS[name][0] == "amount" else f"{value} {LIMITS[name][0]}"

    names = [role.name for role in roles]
    routes = (
        ((f"`{d.verb} {d.path}`", f"`{d.permission}`" if d.permission else ""), d.permission)
        for d in permissions(create_app())
    )
    commands = (((f"`{kind}`", command.noun), f"act.{kind}") for kind, command in COMMANDS.items())
    limits = ((f"`{n}`", said, *(limit(n, r.limits.get(n)) for r in roles)) for n, (_, said) in LIMITS.items())
    people = ((f"`{r.name}`", r.title, str(r.rank), ", ".join(sorted(r.masked)), r.help) for r in roles)
    signing = rules.sign_in
    return "\n".join(
        (
            "## Roles\n\nA role of some rank overrides what asks for its rank or a lower one.\n",
            markdown(("Role", "Title", "Rank", "Seen in part", "What it is for"), people),
            "## Routes by role\n\n`all`: takes no token; `/metrics` looks at its caller itself. "
            "An act needs the permission of every command in it.\n",
            markdown(("Route", "Permission", *names), matrix(routes)),
            "## Commands by role\n",
            markdown(("Command", "Resource", *names), matrix(commands)),
            "## Limits\n\nWithout an override; empty: none. Amounts in a currency with two decimals.\n",
            markdown(("Limit", "Of what", *names), limits),
            f"## Signing in\n\n{signing.tries} wrong passwords lock a login for {signing.lock_minutes} minutes. A session rests "
            f"{signing.idle_minutes} minutes and lasts {signing.session_hours} hours; a token for scripts lasts "
            f"{signing.token_days} days at most. A password has at least {signing.password_length} characters.",
        )
    )


def blocks() -> str:
    """What a kind of hold may say that it forbids, and whether anything is forbidden by it."""
    from collect_tui.domain.hold.decide import BLOCKS, ENFORCED

    rows = ((f"`{each}`", ENFORCED.get(each, "nothing yet: it is kept for what will do it")) for each in BLOCKS)
    return markdown(("Word", "What is forbidden"), rows)


def messages(text: str) -> str:
    """What templates may print, and the program's own."""
    from collect_tui.domain.message.template import ABOUT
    from collect_tui.services.message.lint import load
    from collect_tui.services.message.placeholders import FUNCTIONS

    library = load(None, "US", "USD")
    formats = library.formats("en", "letter")

    def example(slot: Any) -> str:
        written = {"amount": formats.money, "day": formats.day, "words": lambda _: "", "list": lambda _: ""}
        return str(written.get(slot.kind, str)(slot.example))

    def placeholders(record: Any = None, before: str = "") -> Iterable[tuple[str, ...]]:
        from collect_tui.domain.message.context import slots

        for slot in slots(record).values() if record else slots().values():
            name = before + slot.name
            missing = " (may be missing)" if slot.optional else ""
            kind = {"record": "", "text": "text", "words": "text of the site"}.get(slot.kind, slot.kind)
            if slot.kind != "record" or slot.optional:
                yield f"`{name}`", kind, f"{slot.meaning}{missing}", "" if slot.record else example(slot)
            if slot.record and slot.name not in ("bill", "coming"):  # items, as those of the list
                yield from placeholders(slot.record, f"{name}: " if slot.kind == "list" else f"{name}.")

    rows = (
        (f"`{each.name}`", each.head.title, each.head.about, ", ".join(each.head.channels), ", ".join(each.head.packs))
        for each in library.every.values()
    )
    made = {
        "about": "\n".join(f"- {each}" for each in ABOUT),
        "functions": markdown(
            ("Function", "What it writes"), ((f"`{name}`", said) for name, said in FUNCTIONS.items())
        ),
        "placeholders": markdown(("Placeholder", "Kind", "Meaning", "Example"), placeholders()),
        "templates": markdown(("Template", "Title", "About", "Channels", "Packs"), rows),
    }
    for name, body in made.items():
        text = section(text, name, body)
    return text


def _beside() -> None:
    """What lies beside this file can be imported."""
    sys.path[:0] = [path for path in (str(ROOT / "docs"),) if path not in sys.path]


def picture() -> str:
    _beside()
    from picture import drawn_shift

    return drawn_shift()


def manual_page() -> str:
    _beside()
    from manual import manual

    from collect_tui.cli import build_parser

    parser = build_parser()

    def plain(each: argparse.ArgumentParser) -> Iterable[tuple[str, str]]:
        return ((name.strip("`"), meaning) for name, meaning in told_options(each))

    return manual(parser, [one for one in leaves(parser) if one[0] is not parser], usage, plain)


def parts() -> Mapping[Path, Callable[[str], str]]:
    """Every file that is made, wholly or in parts, and how its text comes from the text it has."""

    return {
        ROOT / "docs/keys.md": lambda text: section(text, "keys", keys()),
        ROOT / "docs/line.md": lambda text: section(text, "verbs", verbs()),
        ROOT / "docs/commands.md": lambda text: section(text, "commands", commands()),
        ROOT / "docs/collect-tui.1": lambda _: manual_page(),
        ROOT / "docs/shift.svg": lambda _: picture(),
        ROOT / "docs/codes.md": lambda text: section(text, "codes", codes()),
        ROOT / "docs/openapi.json": lambda _: api(),
        ROOT / "docs/access.md": lambda text: section(text, "access", access()),
        ROOT / "docs/site.md": lambda text: section(text, "blocks", blocks()),
        ROOT / "docs/messages.md": messages,
        ROOT / "docs/trainer.md": lambda text: section(text, "portfolios", portfolios()),
        HOLIDAYS: lambda _: holidays_table(),
    }


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--check", action="store_true", help="write nothing; exit 1 when something differs")
    check = options.parse_args().check
    stale = []
    for path, made in parts().items():
        old = path.read_text("utf-8") if path.exists() else ""
        new = made(old)
        if new != old:
            stale.append(path.relative_to(ROOT))
            if not check:
                path.write_text(new, "utf-8")
    for path in stale:
        sys.stdout.write(f"{'differs' if check else 'written'}: {path}\n")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
