"""Reads `messages.toml` and the templates of `messages/`, ours with a site's laid over them file by file.

A template is `NAME.md`, in another language `NAME.LANGUAGE.md`: a head in TOML between lines of `+++`, and a body. Further bodies,
each with a head that names its channels, follow in the same file. What is wrong with a text itself is found where it is compiled
(`services/message/lint.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from importlib import resources
from pathlib import Path
from typing import Any, Final

from collect_tui.common import toml_files
from collect_tui.common.files import read_whole
from collect_tui.common.text import decoded
from collect_tui.defaults.layers import layered
from collect_tui.defaults.reading import Table
from collect_tui.defaults.source import Source
from collect_tui.domain.errors import Invalid
from collect_tui.domain.message.context import names, slots
from collect_tui.domain.message.meaning import Phrases
from collect_tui.domain.message.records import Firm
from collect_tui.domain.message.template import (
    ABOUT,
    CHANNELS,
    LANGUAGES,
    LEVELS,
    PAY_WITHIN,
    TEXTS,
    Body,
    Demand,
    Head,
    KindRule,
    Language,
    MessageRules,
    Served,
    Template,
    Variant,
)

FOLDER: Final = "messages"
WORDS: Final = ("salutation", "ways_to_pay", "dispute_right", "plan_right", "opt_out_email", "opt_out_sms")
_NAME: Final = re.compile(r"(?P<name>[a-z][a-z0-9-]*)(?:\.(?P<language>[a-z]+))?\.md")
_MARK: Final = "+++"
_SERVED: Final = re.compile(
    r"(?:(?P<days>[0-9]{1,2})(?P<unit>bd|d) after )?(?P<on>sent|delivered)(?:, unless bounced in (?P<bounce>[0-9]{1,2})d)?"
)
_DAYS: Final = re.compile(r"([0-9]{1,3})d")


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    language: str
    where: str  # as a fault names it
    path: Path | None  # of a site's
    text: str


def rules(overrides: Path | None) -> MessageRules:
    """The site's `messages.toml` over ours. Raises Invalid, as `defaults.load` does."""
    root = layered("messages.toml", overrides).table()
    firm, languages = root.table("firm"), root.table("languages")
    kinds = {name: _kind(table) for name, table in root.table("kinds").entries()}
    made = MessageRules(
        firm=Firm(**{name: firm.text(name, "") for name in slots(Firm)}),
        kinds=kinds,
        packs={
            name: tuple(_demand(each, table, kinds) for each, table in pack.entries())
            for name, pack in root.table("packs").entries()
        },
        languages={code: _language(languages.table(code)) for code in LANGUAGES},
        heard=Phrases.of({name: _phrases(table) for name, table in root.table("incoming").entries()}),
    )
    for each in (firm, languages, root):
        each.done()
    return made


def templates(overrides: Path | None, known: MessageRules, faults: list[Invalid]) -> dict[str, Template]:
    """Every template that can be read, by name; what is wrong with the others goes to `faults`."""
    files: dict[tuple[str, str], _File] = {}
    for file in (*_ours(), *(_theirs(overrides / FOLDER, faults) if overrides else ())):
        files[file.name, file.language] = file
    found: dict[str, Template] = {}
    for (name, language), file in sorted(files.items(), key=lambda each: (each[0][0], LANGUAGES.index(each[0][1]))):
        try:
            if language == LANGUAGES[0]:
                found[name] = _base(file, known)
            elif name in found:
                base = found[name]
                found[name] = replace(base, variants={**base.variants, language: _variant(file, base)})
            elif (name, LANGUAGES[0]) not in files:
                raise _fault(file, "no_base", f"there is no {name}.md that this could be another language of.")
        except Invalid as error:
            faults.append(Invalid(error.code, error.message, name))
    return found


# files -------------------------------------------------------------------------------------------------------------
def _ours() -> Iterator[_File]:
    for each in resources.files("collect_tui.defaults").joinpath(FOLDER).iterdir():
        if match := _NAME.fullmatch(each.name):
            where = f"defaults/{FOLDER}/{each.name}"
            yield _File(match["name"], match["language"] or LANGUAGES[0], where, None, each.read_text("utf-8"))


def _theirs(folder: Path, faults: list[Invalid]) -> Iterator[_File]:
    for path in sorted(folder.glob("*.md")):
        match = _NAME.fullmatch(path.name)
        file = _File("", LANGUAGES[0], str(path), path, "")
        if match is None:
            faults.append(_fault(file, "name", "a template is named like notice-2.md, in Spanish notice-2.es.md."))
            continue
        language = match["language"] or LANGUAGES[0]
        if language not in LANGUAGES or match["language"] == LANGUAGES[0]:
            others = ", ".join(LANGUAGES[1:])
            faults.append(_fault(file, "language", f"no such language; expected one of {others}, or none for English."))
            continue
        try:
            yield replace(file, name=match["name"], language=language, text=decoded(read_whole(path)))
        except OSError as error:
            faults.append(_fault(file, "unreadable", f"cannot be read ({error.strerror})."))
        except UnicodeDecodeError as error:
            faults.append(_fault(file, "unreadable", f"is no text in UTF-8 (byte {error.start + 1})."))


def _fault(file: _File, code: str, sentence: str, line: int = 0) -> Invalid:
    return Invalid(f"message.{code}", f"{file.where}:{f'{line}:' if line else ''} {sentence}", file.name or None)


def _sections(file: _File) -> Iterator[tuple[Table | None, str]]:
    """Heads, each with its body. Both begin with the empty lines that stand for what is before them in the file."""
    lines = file.text.replace("\r\n", "\n").split("\n")
    marks = [number for number, line in enumerate(lines) if line.rstrip() == _MARK]
    if len(marks) % 2:
        raise _fault(file, "head", f"a head ends with a line of {_MARK}.", marks[-1] + 1)
    if not marks or any(line.strip() for line in lines[: marks[0]]):
        yield None, "\n".join(lines[: marks[0] if marks else None])
    for begin, end, following in zip(marks[::2], marks[1::2], [*marks[2::2], len(lines)], strict=False):
        try:
            data = toml_files.parse(("\n" * (begin + 1) + "\n".join(lines[begin + 1 : end])).encode())
        except ValueError as error:
            raise _fault(file, "head", f"the head: {error}.") from None
        name = file.where.removeprefix("defaults/")
        source = Source(name, *(({}, data) if file.path else (data, {})), file.path)
        yield source.table(), "\n" * (end + 1) + "\n".join(lines[end + 1 : following])


# templates ---------------------------------------------------------------------------------------------------------
def _base(file: _File, known: MessageRules) -> Template:
    sections = list(_sections(file))
    table = sections[0][0]
    if table is None:
        raise _fault(file, "head", f"expected a head: a line of {_MARK}, keys in TOML, and a line of {_MARK}.", 1)
    head = _head(table, known)
    own = [_further(table, head.channels) for table, _ in sections[1:] if table]
    named = [channel for each in own for channel in each]
    main = tuple(channel for channel in head.channels if channel not in named)
    if not main or len(set(named)) != len(named):
        raise _fault(file, "body", "each channel has one body; the first is of those that no other body is for.")
    if (short := [channel for channel in main if channel in TEXTS]) and len(short) != len(main):
        said = f'channels = ["{short[0]}"]'
        raise _fault(file, "body", f"expected a body for {short[0]} after the first, with a head of {said}.")
    return Template(file.name, head, {LANGUAGES[0]: _made(file, [main, *own], sections)})


def _variant(file: _File, base: Template) -> Variant:
    sections = list(_sections(file))
    wanted = [body.channels for body in base.variants[LANGUAGES[0]].bodies]
    if (table := sections[0][0]) is not None:
        if (channels := table.choices("channels", CHANNELS, [])) and channels != wanted[0]:
            raise table.error("order", "channels", "a file in another language begins with the body of the base.")
        table.done()
    if [_further(table, base.head.channels) for table, _ in sections[1:] if table] != wanted[1:]:
        bodies = ", ".join("/".join(each) for each in wanted)
        raise _fault(file, "body", f"expected the bodies of the base in their order: {bodies}.")
    return _made(file, wanted, sections)


def _made(file: _File, channels: Sequence[tuple[str, ...]], sections: Sequence[tuple[Table | None, str]]) -> Variant:
    version = sha256(file.text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    bodies = tuple(Body(each, text) for each, (_, text) in zip(channels, sections, strict=True))
    return Variant(file.language, file.where, version, bodies)


def _further(table: Table, channels: tuple[str, ...]) -> tuple[str, ...]:
    among = tuple(each for each in channels if each in TEXTS)
    found = table.choices("channels", among)
    table.done()
    return found


def _head(table: Table, known: MessageRules) -> Head:
    kind = table.choice("kind", known.kinds)
    level = table.word("level", LEVELS)
    if bool(level) != known.kinds[kind].level:
        expected = (
            f"expected a level, one of {', '.join(LEVELS)}" if known.kinds[kind].level else f"a {kind} has no level"
        )
        raise table.error("order", None, f"{expected}.")
    channels = table.choices("channels", CHANNELS)
    if not channels or len(set(channels)) != len(channels):
        raise table.error("type", "channels", "expected channels, each once.")
    served, packs = table.table("served", {}), table.choices("packs", known.packs, [])
    may = known.kinds[kind].edit and not packs
    head = Head(
        kind=kind,
        level=level,
        title=table.line("title"),
        channels=channels,
        about=table.choice("about", ABOUT),
        served={channel: _served(served, channel) for channel in channels if served.text(channel, "")},
        needs=table.choices("needs", names(), []),
        packs=packs,
        review=table.text("review", ""),
        pay_within=_days(table, "pay_within") or PAY_WITHIN,
        segments=table.number("segments", 1, 6, 1),
        edit=table.flag("edit", may),
        customers=table.phrases("customers"),
    )
    if head.edit and not may:
        why = "of a pack of law" if packs else f"of {known.kinds[kind].title.lower()}"
        raise table.error("type", "edit", f"the text {why} leaves as it is written; expected false.")
    served.done()
    table.done()
    return head


def _served(table: Table, channel: str) -> Served:
    match = _SERVED.fullmatch(table.text(channel))
    if match is None:
        raise table.error("served", channel, 'expected such as "3bd after sent" or "sent, unless bounced in 2d".')
    return Served(match["on"], int(match["days"] or 0), match["unit"] == "bd", int(match["bounce"] or 0))


def _days(table: Table, key: str) -> int:
    if not (text := table.text(key, "")):
        return 0
    if (match := _DAYS.fullmatch(text)) is None:
        raise table.error("type", key, 'expected days, such as "10d".')
    return int(match[1])


# messages.toml -----------------------------------------------------------------------------------------------------
def _kind(table: Table) -> KindRule:
    found = KindRule(
        table.line("title"),
        table.choices("opt_out", CHANNELS, []),
        table.flag("level", False),
        table.flag("edit", False),
    )
    table.done()
    return found


def _demand(name: str, table: Table, kinds: Mapping[str, Any]) -> Demand:
    found = Demand(
        name=name,
        source=table.text("source"),
        kinds=table.choices("kinds", kinds),
        levels=table.choices("levels", LEVELS, []),
        channels=table.choices("channels", CHANNELS, ["letter", "email"]),
        prints=table.choices("prints", names(), []),
        says=_phrases(table.table("says", {})),
        never=_phrases(table.table("never", {})),
    )
    table.done()
    return found


def _phrases(table: Table) -> dict[str, tuple[str, ...]]:
    found = {code: table.phrases(code) for code in LANGUAGES}
    table.done()
    return {code: phrases for code, phrases in found.items() if phrases}


def _language(table: Table) -> Language:
    found = Language(
        words={name: table.text(name, "") for name in WORDS},
        columns=table.table("columns").texts(),
        items=table.table("items").texts(),
        products=table.table("products", {}).texts(),
    )
    table.done()
    return found
