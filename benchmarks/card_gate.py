"""How many realistic numbers the gate takes for cards, and what a look costs: `python benchmarks/card_gate.py`.

100,000 numbers of the kinds that stand in a collector's texts, each alone and in a sentence with an amount and a date, and none
of them known to the file, which would rule it out altogether. One seed, so the figures are the same everywhere; times are not.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from collect_tui.domain.card_numbers import luhn
from collect_tui.domain.card_text import forbidden, suspicious

COUNT: Final = 100_000
R: Final = random.Random(20261124)


def digits(count: int) -> str:
    return "".join(R.choices("0123456789", k=count))


def number(*lengths: int) -> str:
    """A number without a leading zero of one of these lengths."""
    return R.choice("123456789") + digits(R.choice(lengths) - 1)


def checked(number: str) -> str:
    return next(number + last for last in "0123456789" if luhn(number + last))


def phone() -> str:
    code, lengths = R.choice(
        [("1", (10,)), ("44", (10,)), ("49", (10, 11)), ("33", (9,)), ("34", (9,)), ("52", (10,)), ("60", (9, 10)), ("63", (10,)),
         ("91", (10,)), ("55", (11,)), ("39", (9, 10)), ("41", (9,)), ("48", (9,)), ("61", (9,)), ("65", (8,)), ("380", (9,))]
    )  # fmt: skip
    rest = number(*lengths)
    grouped = R.choice(
        [rest, f"{rest[:3]} {rest[3:6]} {rest[6:]}", f"{rest[:2]}-{rest[2:]}", f"(0){rest[:3]} {rest[3:]}"]
    )
    return R.choice(["+", "+", "+", "00"]) + code + R.choice(["", " "]) + grouped


def iban() -> str:
    country, size = R.choice(
        [("DE", 18), ("AT", 16), ("CH", 17), ("ES", 20), ("BE", 12), ("PL", 24), ("LT", 16), ("CZ", 20)]
    )
    bare = digits(size)
    check = 98 - int(f"{bare}{''.join(str(int(c, 36)) for c in country)}00") % 97
    whole = f"{country}{check:02d}{bare}"
    return R.choice([whole, " ".join(whole[at : at + 4] for at in range(0, len(whole), 4))])


def stamp() -> str:
    at = datetime(2020, 1, 1) + timedelta(seconds=R.randrange(8 * 365 * 86_400), microseconds=R.randrange(10**6))  # noqa: DTZ001
    form = R.choice(
        [
            "%Y-%m-%d %H:%M:%S",
            "%Y-%m-%dT%H:%M:%S.%fZ",
            "%d/%m/%Y %H:%M:%S",
            "%d.%m.%Y %H:%M",
            "%Y%m%d%H%M%S",
            "%m/%d/%Y %I:%M:%S %p",
        ]
    )
    return R.choice([at.strftime(form), str(int(at.timestamp() * 1000))])


def amount() -> str:
    value = R.randrange(1, 10**8)
    return R.choice([f"{value / 100:,.2f}", f"${value / 100:.2f}", f"{value // 100},{value % 100:02d} EUR"])


KINDS: Final[dict[str, Callable[[], str]]] = {
    "account numbers": lambda: R.choice([f"{digits(4)}-{digits(4)}", number(8, 9, 10, 12), f"{digits(3)} {digits(3)} {digits(4)}"]),
    "account numbers of 13 to 16 digits": lambda: number(13, 14, 15, 16),
    "telephones with country code": phone,
    "invoice numbers": lambda: R.choice([f"INV-{digits(4)}", f"INV-2026-{digits(6)}", f"RE{digits(10)}", number(8, 10)]),
    "IBANs": iban,
    "tracking numbers": lambda: R.choice([f"1Z{digits(16)}", number(10, 12), f"94{digits(20)}", f"JJD{digits(18)}", f"RR{digits(9)}GB"]),
    "timestamps": stamp,
    "meter numbers": lambda: R.choice([number(8, 10, 11), f"1{digits(12)}", f"DE{digits(31)}", f"54{digits(16)}", f"E{digits(9)}"]),
    "amounts": amount,
    "SIM and device numbers": lambda: checked(R.choice([f"89{digits(16)}", f"35{digits(12)}", f"01{digits(12)}"])),
}  # fmt: skip


def pair() -> str:
    """Two numbers with a word between, as no one line above has them."""
    mark, word = (
        R.choice([" ", "-", ""]),
        R.choice(["and", "or", "replaces", "called from", "since", "paid", "und", "x"]),
    )
    halves = [
        f"{number(4)}{mark}{digits(4)}",
        R.choice([f"{digits(4)}{mark}{digits(4)}", f"{R.randrange(1990, 2030)}"]),
    ]
    return f" {word} ".join(halves)


def main() -> None:
    each = COUNT // len(KINDS)
    print(f"{'':36}{'numbers':>9}{'alone':>8}{'in a sentence':>15}")
    total = [0, 0]
    looked = 0.0
    for kind, make in KINDS.items():
        made = [make() for _ in range(each)]
        said = [
            f"says {n} was paid {amount()} on {R.randrange(1, 29):02d}.{R.randrange(1, 13):02d}.2026, calls back"
            for n in made
        ]
        began = time.perf_counter()
        found = [sum(suspicious(text) and forbidden(text) is not None for text in texts) for texts in (made, said)]
        looked += time.perf_counter() - began
        total = [a + b for a, b in zip(total, found, strict=True)]
        print(f"{kind:36}{each:9,}{found[0]:8,}{found[1]:15,}")
    count = each * len(KINDS)
    print(f"{'all':36}{count:9,}{total[0]:8,}{total[1]:15,}   {total[0] / count:.2%} and {total[1] / count:.2%}")
    pairs = [pair() for _ in range(each)]
    found = [sum(suspicious(text) and forbidden(text) is not None for text in pairs)]
    print(f"{'two numbers with a word between':36}{each:9,}{found[0]:8,}")
    print(f"{looked / (2 * count) * 1e6:.1f} µs a text")


if __name__ == "__main__":
    main()
