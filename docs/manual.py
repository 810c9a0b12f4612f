"""The manual page collect-tui(1), from the parser of the commands and the first words of each page of the documents."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from pathlib import Path

from collect_tui import __version__

HERE = Path(__file__).parent
#: What a command exits with; docs/commands.md says more.
EXITS = (
    (0, "It is done."),
    (1, "Something unexpected; its id is in the log. Also: a check has found something."),
    (2, "Usage, or a value that is malformed."),
    (3, "Refused by a rule, or nobody is signed in."),
    (4, "Somebody else changed it meanwhile."),
    (5, "Not found."),
)
WRITTEN = "2026-11-30"
"""When the words of this file were last changed; all else comes from the program."""
FILES = "Where settings, database, drafts and the log are is said by \\fBcollect\\-tui locate\\fR."


def escaped(text: str) -> str:
    """A text as roff takes it: no line of it is a request, and a hyphen can be copied."""
    plain = " ".join(text.replace("\\", "\\e").replace("-", "\\-").replace("`", "").split())
    return f"\\&{plain}" if plain[:1] in (".", "'") else plain


def pages() -> Iterable[tuple[str, str]]:
    """Each page of the documents and its title."""
    for path in sorted(HERE.glob("*.md")):
        yield f"docs/{path.name}", path.read_text("utf-8").partition("\n")[0].removeprefix("# ")


def manual(
    parser: argparse.ArgumentParser,
    leaves: Iterable[tuple[argparse.ArgumentParser, str]],
    usage: Callable[[argparse.ArgumentParser], str],
    options: Callable[[argparse.ArgumentParser], Iterable[tuple[str, str]]],
) -> str:
    """The page in roff. `leaves`: the commands with what is said of them; `usage` and `options`: how each is said."""

    def told(each: argparse.ArgumentParser) -> Iterable[str]:
        for name, meaning in options(each):
            yield from (".TP", f"\\fB{escaped(name)}\\fR", escaped(meaning) or "\\&")

    lines = [
        f'.TH COLLECT\\-TUI 1 {WRITTEN} "collect\\-tui {escaped(__version__)}"',
        ".SH NAME",
        "collect\\-tui \\- a collector's workstation for the terminal",
        ".SH SYNOPSIS",
        "\\fBcollect\\-tui\\fR [\\fIOPTIONS\\fR] [\\fICOMMAND\\fR ...]",
        ".SH DESCRIPTION",
        escaped(parser.description or ""),
        ".SH OPTIONS",
        *told(parser),
        ".SH COMMANDS",
    ]
    for each, help in leaves:
        lines += [".SS " + escaped(usage(each)), escaped(each.description or help), *told(each)]
    lines += [".SH EXIT STATUS"]
    lines += [part for code, meaning in EXITS for part in (".TP", f"\\fB{code}\\fR", escaped(meaning))]
    lines += [".SH FILES", FILES, ".SH SEE ALSO"]
    lines += [part for path, title in pages() for part in (".TP", f"\\fI{escaped(path)}\\fR", escaped(title))]
    return "\n".join(lines) + "\n"
