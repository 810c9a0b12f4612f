"""People and places of the fixtures: obviously invented, but coherent — the area code, the city and the zone fit each other.

Telephone numbers are 555-0100 to 555-0199, which are set aside for fiction; e-mail addresses end in example.com.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Final


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_GIVEN: Final = _words(
    "Rosa Ivan Mei Amara Lukas Søren Zoë Noor Piotr Aisling Mateus Hana Kwame Leila Björn Chiara Dmitri Esperança Farid Greta "
    "Hyun-woo Inés Jarek Keiko Liam Małgorzata Nils Oksana Priya Quentin Renée Siobhán Tariq Ursula Việt Wanjiru Ximena Yusuf "
    "Žofia Anders Bao Camille Đorđe Élodie Fatou Gwen Hristo Ilse Jomo Kirsi Lev Maëlle Ngozi Óscar Pilar Rafał Sunniva Teodora"
)
_FAMILY: Final = _words(
    "Alderwick Brambleby Čapkova Dunmorrow Eskelund Fernhollow Gráinnesson Hartquist Ibáñez-Vale Jørgenby Kettlewell Łąkowski "
    "Marshfern Nakagawa-Pine Oakenshaw Petrovar Quillfeather Rosenthorpe Ştefanescu-Dell Thistlewood Underbough Vasquez-Moor "
    "Wintergreen Xanthopoulidis Yarrowby Zelenka-Hay Ashgrove Birchmantle Cloudesley Dovermere Elderfield Foxtrottle Grønvang "
    "Hollyhock Ironmarsh Juniperson Kestrelby Lindenwald Moonpenny Nightingate Ottersby Pumpernell Ravensleigh Saltmarsh Tumbledown"
)
#: Names written in other scripts, two cells wide each letter, and one that would be markup if it were ever read as such.
_WHOLE: Final = (
    "Smith [/b], Bo",
    "王 小梅",
    "李 架空",
    "佐藤 架空子",
    "김 가상",
    "陳 虛構",
    "O’Fiction, Éabha",
    "Ионов-Вымышленный, Пётр",
    "Φανταστική, Ελένη",
)
_FIRMS: Final = (
    "Blue Heron Bakery",
    "Nowhere Cycles",
    "Café Imaginaire",
    "Tin Moon Laundry",
    "Paper Harbor Books",
    "Gulliver & Nemo Freight",
)

STREETS: Final = _words(
    "Alder Birch Cedar Dogwood Elm Fir Ginkgo Hazel Ivy Juniper Larch Maple Oak Poplar Rowan Spruce Willow"
)


@dataclass(frozen=True, slots=True)
class Place:
    """A city with its area code, the state, the first digits of its ZIP codes and its zone."""

    city: str
    state: str
    area: str
    zip3: str
    zone: str


#: Chattanooga keeps New York time, and its area code reaches into Chicago's: two candidate zones.
PLACES: Final = (
    Place("New York", "NY", "212", "100", "America/New_York"),
    Place("Boston", "MA", "617", "021", "America/New_York"),
    Place("Philadelphia", "PA", "215", "191", "America/New_York"),
    Place("Miami", "FL", "305", "331", "America/New_York"),
    Place("Chattanooga", "TN", "423", "374", "America/New_York"),
    Place("Chicago", "IL", "312", "606", "America/Chicago"),
    Place("Austin", "TX", "512", "787", "America/Chicago"),
    Place("Minneapolis", "MN", "612", "554", "America/Chicago"),
    Place("Denver", "CO", "303", "802", "America/Denver"),
    Place("Phoenix", "AZ", "602", "850", "America/Phoenix"),
    Place("Los Angeles", "CA", "213", "900", "America/Los_Angeles"),
    Place("Seattle", "WA", "206", "981", "America/Los_Angeles"),
    Place("Honolulu", "HI", "808", "968", "Pacific/Honolulu"),
)

LANGUAGES: Final = ("en", "en", "en", "en", "en", "es", "es", "zh", "pl", "vi")


def person(random: Random, index: int) -> str:
    """A person's name, family name first. Now and then one in another script."""
    if index % 37 == 5:
        return _WHOLE[(index // 37) % len(_WHOLE)]
    return f"{random.choice(_FAMILY)}, {random.choice(_GIVEN)}"


def firm(random: Random) -> str:
    """A small business."""
    return f"{random.choice(_FIRMS)} No. {random.randint(2, 99)}"


def telephone(place: Place, n: int) -> str:
    """One of the hundred fictitious numbers of an area code."""
    return f"+1 {place.area} 555 01{n % 100:02d}"


def address(random: Random, place: Place) -> str:
    return f"{random.randint(1, 999)} {random.choice(STREETS)} St, {place.city}, {place.state} {place.zip3}{random.randint(0, 99):02d}"
