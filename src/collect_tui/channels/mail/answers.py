"""What the answer of a mail server means: its code (RFC 5321 §4.2) and the status after it or in a report (RFC 3463)."""

from __future__ import annotations

import re
from typing import Final

Status = tuple[int, int, int]
"""Class, subject and detail: 5.1.1."""

_STATUS: Final = re.compile(r"(?<![0-9.])([245])\.([0-9]{1,3})\.([0-9]{1,3})(?![0-9]|\.[0-9])")
_CODE: Final = re.compile(r"(?<![0-9.])([245][0-9]{2})(?=[ -])")
_NO_SUCH: Final = (550, 551, 553)


def status_in(text: str) -> Status | None:
    """The first status in a text."""
    found = _STATUS.search(text)
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


def code_in(text: str) -> int | None:
    """The first code of an answer in a text."""
    found = _CODE.search(text)
    return int(found[1]) if found else None


def numbers(code: int, text: str) -> str:
    """An answer as it may be shown anywhere: its numbers. Its words often repeat the address."""
    status = status_in(text[:20])
    return f"{code} {'.'.join(map(str, status))}" if status else str(code)


def blames_address(code: int | None, status: Status | None) -> bool:
    """Is it because of the address that this is refused for good? Not when a box is full, a message too large or thought to be spam,
    or when it is the sender's address that is not liked: then the next message may arrive."""
    if status is None:
        return code in _NO_SUCH
    _, subject, detail = status
    match subject:
        case 1:
            return detail not in (7, 8)  # the sender's
        case 2:
            return detail == 1  # closed, not full
        case 0 | 4:  # says nothing by itself (Exim's 5.0.0), or that there is no way to it
            return code is None or code in _NO_SUCH
        case _:
            return False
