"""By which words texts are found: notes, what was said in calls and in cases, messages, reasons of holds, promises, and addresses.

SQLite keeps an index of full text beside each table (FTS5, without the texts), which triggers keep in step whoever writes.
PostgreSQL has an index of what the text comes to. Either is without accents; words are cut where letters and digits end. Only
the first `LONGEST` characters of a text are looked at.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, event
from sqlmodel import SQLModel

from collect_tui.common.text import fold

_ONE: Final = {"ł": "l", "Ł": "l", "ø": "o", "Ø": "o", "đ": "d", "Đ": "d", "æ": "ae", "Æ": "ae", "ß": "ss", "ı": "i"}
_BLANK: Final = " || ' ' || "
_SQLITE_JSON: Final = "coalesce((SELECT group_concat(atom, ' ') FROM json_tree({0}) WHERE type = 'text'), '')"
#: Without the names of the values, and with a blank for each line's end: whatever JSON says, no row is refused for it.
_POSTGRES_JSON: Final = """regexp_replace({0}, '"[^"\\\\]+": |\\\\[bfnrt]', ' ', 'g')"""
LONGEST: Final = 10_000
"""PostgreSQL takes no more than a megabyte of words, and refuses the row."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text of a table, as SQL over its columns; `where`: of which rows; `json`: the columns hold values by name, and of these
    the texts count."""

    table: str
    columns: tuple[str, ...]
    where: str = ""
    json: bool = False

    def written(self, row: str = "", json: str = _POSTGRES_JSON) -> str:
        each = json if self.json else "{0}"
        return f"substr({_BLANK.join(each.format(row + name) for name in self.columns)}, 1, {LONGEST})"

    def plain(self, row: str = "") -> str:
        """For SQLite, which takes a letter and its accent apart, but not those that are one."""
        made = self.written(row, _SQLITE_JSON)
        for letter, instead in _ONE.items():
            made = f"replace({made}, '{letter}', '{instead}')"
        return made

    def counts(self, row: str = "") -> str:
        """Whether there is anything to find."""
        some = " || ".join(row + name for name in self.columns) + " <> ''"
        return f"{row}{self.where} AND {some}" if self.where else some


TEXTS: Final = {
    text.table: text
    for text in (
        Text("note", ("text",)),
        Text("contact_event", ("note",)),
        Text("message", ("subject", "text")),
        Text("contact_point", ("value",), "kind = 'address'"),
        Text("hold", ("reason",)),
        Text("promise", ("note",)),
        Text("case_file", ("fields",), json=True),
        Text("case_event", ("text",)),
    )
}


def _plain() -> tuple[str, str]:
    """Latin letters with accents, and what parts words but not for PostgreSQL's parser, with what stands for each (a percent sign
    does for it too, and is one to its driver)."""
    letters = [  # none of them will ever come apart otherwise (Unicode's stability policy)
        chr(code) for code in range(0xC0, 0x250) if len(fold(chr(code))) == 1 and fold(chr(code)).isascii()
    ]
    signs = "".join(chr(code) for code in range(0x21, 0x7F) if not chr(code).isalnum() and chr(code) != "%")
    signs += "".join(chr(code) for code in range(0xA1, 0xC0) if not unicodedata.category(chr(code)).startswith("L"))
    return "".join(letters) + signs, "".join(map(fold, letters)) + " " * len(signs)


def vector(text: Text, row: str = "") -> str:
    """The words of a text on PostgreSQL; word for word that of the index, or the index is not used."""
    there, instead = (part.replace("'", "''") for part in _plain())
    return f"to_tsvector('simple', lower(translate({text.written(row)}, '{there}', '{instead}')))"


def statements(dialect: str, text: Text) -> tuple[str, ...]:
    """What makes the index of a text."""
    name = f"{text.table}_words"
    if dialect == "postgresql":
        kept = text.counts()
        return (f"CREATE INDEX ix_{name} ON {text.table} USING gin (({vector(text)})) WHERE {kept}",)
    add = f"INSERT INTO {name} (rowid, words) SELECT new.id, {text.plain('new.')} WHERE {text.counts('new.')}"
    off = (
        f"INSERT INTO {name} ({name}, rowid, words) SELECT 'delete', old.id, {text.plain('old.')} "
        f"WHERE {text.counts('old.')}"
    )
    changed = ", ".join((*text.columns, *(("kind",) if text.where else ())))
    return (
        f"CREATE VIRTUAL TABLE {name} USING fts5 "
        "(words, content = '', detail = none, columnsize = 0, tokenize = 'unicode61 remove_diacritics 2')",
        f"CREATE TRIGGER {name}_added AFTER INSERT ON {text.table} BEGIN {add}; END",
        f"CREATE TRIGGER {name}_changed AFTER UPDATE OF {changed} ON {text.table} BEGIN {off}; {add}; END",
        f"CREATE TRIGGER {name}_gone AFTER DELETE ON {text.table} BEGIN {off}; END",
    )


def make(connection: Connection, table: str) -> None:
    """Makes the index of a table's texts."""
    for statement in statements(connection.dialect.name, TEXTS[table]):
        connection.exec_driver_sql(statement)


def renew(connection: Connection, tables: Collection[str] = tuple(TEXTS)) -> None:
    """Fills the indexes of SQLite anew, so that nothing of a text that was changed is left in them."""
    if connection.dialect.name != "sqlite":
        return
    for table in tables:
        text = TEXTS[table]
        run, name = connection.exec_driver_sql, f"{table}_words"
        run(f"INSERT INTO {name} ({name}) VALUES ('delete-all')")  # noqa: S608
        run(f"INSERT INTO {name} (rowid, words) SELECT id, {text.plain()} FROM {table} WHERE {text.counts()}")  # noqa: S608


def _made_with(table: str) -> None:
    def made(_table: Any, connection: Connection, **_: Any) -> None:
        make(connection, table)

    event.listen(SQLModel.metadata.tables[table], "after_create", made)


for _name in TEXTS:
    _made_with(_name)
