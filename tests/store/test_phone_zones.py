"""Candidate zones of a number, held against a table written from what is known of the states, not from the program's data.

A zone that is missing is a call outside the hours; one too many costs an hour. So the clocks of every area code in use in the
United States and Canada are compared, in winter and in summer, and must be the same.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from collect_tui.store.phone_zones import candidate_zones, known_zones, our_codes, reach, region, zones_of
from support.book import Book, account, local_desk

CLOCKS = {
    "N": "America/St_Johns",
    "X": "America/Halifax",
    "E": "America/New_York",
    "C": "America/Chicago",
    "M": "America/Denver",
    "P": "America/Los_Angeles",
    "A": "America/Anchorage",
    "U": "America/Adak",
    "H": "Pacific/Honolulu",
    "z": "America/Phoenix",  # Mountain all year: Arizona, Yukon, the Peace River
    "c": "America/Regina",  # Central all year: Saskatchewan
    "e": "America/Atikokan",  # Eastern all year
    "x": "America/Puerto_Rico",  # Atlantic all year
}

#: State or province, its clocks, its area codes; a state with codes on both sides of a boundary has several lines.
STATES = """
AL C    205 251 256 659 938
AL CE   334 483
AK AU   907
AZ z    480 520 602 623
AZ zM   928
AR C    327 479 501 870
CA P    209 213 279 310 323 341 350 357 369 408 415 424 442 510 530 559 562 619 626 628 650 657 661 669 707 714 738
CA P    747 760 805 818 820 831 837 840 858 909 916 925 949 951
CO M    303 719 720 748 970 983
CT E    203 475 860 959
DC E    202 771
DE E    302
FL E    239 305 321 324 352 386 407 561 645 656 689 727 728 754 772 786 813 863 904 941 954
FL EC   448 850
GA E    229 404 470 478 678 706 762 770 912 943
HI H    808
IA C    319 515 563 641 712
ID MP   208 986
IL C    217 224 309 312 331 447 464 618 630 708 730 773 779 815 847 861 872
IN E    260 317 463 765
IN EC   219 574 812 930
KS C    316 913
KS CM   620 785
KY E    502 859
KY EC   270 364 606
LA C    225 318 337 457 504 985
MA E    339 351 413 508 617 774 781 857 978
MD E    227 240 301 410 443 667
ME E    207
MI E    231 248 269 313 517 586 616 679 734 810 947 989
MI EC   906
MN C    218 320 507 612 651 763 924 952
MO C    235 314 417 557 573 636 660 816 975
MS C    228 471 601 662 769
MT M    406
NC E    252 336 472 704 743 828 910 919 980 984
ND CM   701
NE CM   308 402 531
NH E    603
NJ E    201 551 609 640 732 848 856 862 908 973
NM M    505 575
NV P    702 725
NV PM   775
NY E    212 315 329 332 347 363 516 518 585 607 624 631 646 680 716 718 838 845 914 917 929 934
OH E    216 220 234 283 326 330 380 419 436 440 513 567 614 740 937
OK C    405 539 572 580 918
OR P    503 971
OR PM   458 541
PA E    215 223 267 272 412 445 484 570 582 610 717 724 814 835 878
PR x    787 939
RI E    401
SC E    803 821 839 843 854 864
SD CM   605
TN C    615 629 731 901
TN E    865
TN EC   423 729 931
TX C    210 214 254 281 325 346 361 409 430 469 512 621 682 713 726 737 806 817 830 832 903 936 940 945 956 972 979
TX CM   432 915
UT M    385 435 801
VA E    276 434 540 571 686 703 757 804 826 948
VI x    340
VT E    802
WA P    206 253 360 425 509 564
WI C    262 274 353 414 534 608 715 920
WV E    304 681
WY M    307
AB M    368 403 568 587 780 825
BC P    604
BC PMz  236 250 257 672 778
MB C    204 431 584
NB X    428 506
NL NX   709 879
NS X    782 851 902
ON E    226 249 289 343 365 382 416 437 519 548 613 647 683 705 742 753 905 942
ON ECe  807
QC E    263 354 438 450 468 514 579 819 873
QC EXx  273 367 418 581
SK cMC  306 474 639
YT zMCEe 867
"""
AREAS = [
    (code, clocks) for line in STATES.split("\n") if line for _, clocks, *codes in [line.split()] for code in codes
]


def offsets(zones: object, at: datetime) -> set[timedelta | None]:
    return {at.astimezone(ZoneInfo(zone)).utcoffset() for zone in zones}  # type: ignore[attr-defined]


@pytest.mark.parametrize(("code", "clocks"), AREAS)
def test_an_area_code_has_the_clocks_of_its_area(code: str, clocks: str) -> None:
    found = zones_of(f"1{code}5550142")
    for at in (datetime(2026, 1, 15, tzinfo=UTC), datetime(2026, 7, 15, tzinfo=UTC)):
        assert offsets(found, at) == offsets((CLOCKS[c] for c in clocks), at), (code, found, at)


def test_the_table_names_no_code_twice_and_knows_every_one_of_ours() -> None:
    codes = [code for code, _ in AREAS]
    assert len(codes) == len(set(codes))
    assert {prefix[1:] for prefix in our_codes() if prefix[0] == "1"} <= set(codes)
    assert all(zone in known_zones() for zones in our_codes().values() for zone in zones)


@pytest.mark.parametrize(
    "codes",
    [
        *("448 850", "270 364", "423 729", "208 986", "458 541", "812 930", "402 531", "334 483"),
        *("236 250 257 672 778", "709 879", "273 367 418 581", "306 474 639", "204 431 584", "819 873 468"),
    ],
)
def test_the_codes_of_an_overlay_know_the_same(codes: str) -> None:
    assert len({zones_of(f"1{code}5550142") for code in codes.split()}) == 1


@pytest.mark.parametrize("code", ["800", "833", "888", "900", "500", "521", "600", "622", "710", "299", "199"])
def test_what_has_no_place_tells_nothing(code: str) -> None:
    """Freephone, premium, personal and satellite numbers, and codes that are not in use. From Guam to Newfoundland is one of two
    and a half hours a day: to be kept to them was to call none of these numbers, so address and book decide."""
    assert zones_of(f"1{code}5550142") == ()
    assert reach(f"1{code}5550142", ()) == ((), ())


def test_what_an_older_release_kept_with_a_number_without_a_place_is_not_believed() -> None:
    from phonenumbers.tzdata import TIMEZONE_DATA

    assert reach("18005550142", tuple(TIMEZONE_DATA["1"])) == ((), ())
    assert reach("18005550142", ("America/Denver",)) == (("America/Denver",), ())


@pytest.mark.parametrize(
    ("number", "alone"),
    [
        ("61 412 345 678", False),  # seven clocks
        ("7 916 123 4567", False),  # eleven
        ("62 812 3456 789", True),  # three
        ("34 612 345 678", True),
    ],
)
def test_a_mobile_tells_its_country_where_that_has_few_clocks(number: str, alone: bool) -> None:
    digits = number.replace(" ", "")
    zones, country = reach(digits, ())
    assert country == zones_of(digits)
    assert zones == (country if alone else ())


def test_a_zone_stated_with_a_mobile_narrows_its_country_and_adds_to_an_area() -> None:
    assert candidate_zones("61412345678", ["Australia/Perth"]) == ("Australia/Perth",)
    assert reach("61412345678", ("Australia/Perth",))[0] == ("Australia/Perth",)
    assert reach("14155550142", ("America/Denver",)) == (("America/Los_Angeles", "America/Denver"), ())


@pytest.mark.parametrize(
    ("stated", "home", "region_"),
    [
        ((), "America/Chicago", "US"),
        ((), "Europe/London", "GB"),
        (("Asia/Manila",), "Europe/London", "PH"),
        ((), "UTC", "MX"),
        (("UTC", "Australia/Perth"), "UTC", "AU"),
    ],
)
def test_numbers_are_written_as_in_the_country_of_the_address_the_book_or_the_site(
    stated: tuple[str, ...], home: str, region_: str
) -> None:
    assert region(stated, home, "MX") == region_


@pytest.mark.parametrize("exchange", ["200", "243", "234", "555"])
def test_the_exchange_does_not_narrow_it(exchange: str) -> None:
    """A number goes with its owner; 850 243 was once a landline in Fort Walton Beach."""
    assert set(zones_of(f"1850{exchange}0142")) == {"America/New_York", "America/Chicago"}


@pytest.mark.parametrize(
    ("number", "zones"),
    [
        # mobile numbers say no more than their country
        ("61 412 345 678", "Australia/Perth Australia/Sydney Australia/Brisbane Australia/Adelaide Australia/Darwin"),
        ("7 916 123 4567", "Europe/Kaliningrad Europe/Moscow Asia/Yekaterinburg Asia/Novosibirsk Asia/Kamchatka"),
        ("62 812 3456 789", "Asia/Jakarta Asia/Makassar Asia/Jayapura"),
        ("34 612 345 678", "Europe/Madrid Atlantic/Canary"),
        ("351 912 345 678", "Europe/Lisbon Atlantic/Azores"),
        ("56 9 1234 5678", "America/Santiago Pacific/Easter"),
        ("593 99 123 4567", "America/Guayaquil Pacific/Galapagos"),
        ("64 21 123 4567", "Pacific/Auckland Pacific/Chatham"),
        ("243 812 345 678", "Africa/Kinshasa Africa/Lubumbashi"),
        # landlines, and mobile numbers with an area code, in every zone of their area
        ("61 8 8981 2345", "Australia/Darwin Australia/Adelaide Australia/Perth"),
        ("61 2 8765 4321", "Australia/Sydney Australia/Lord_Howe"),
        ("61 7 3300 1234", "Australia/Brisbane"),
        ("55 11 98765 4321", "America/Sao_Paulo"),
        ("55 92 98765 4321", "America/Manaus"),
        ("55 97 98765 4321", "America/Manaus America/Eirunepe"),
        ("55 81 98765 4321", "America/Recife America/Noronha"),
        ("55 68 98765 4321", "America/Rio_Branco"),
        ("52 664 123 4567", "America/Tijuana"),
        ("52 998 123 4567", "America/Cancun"),
        ("52 614 123 4567", "America/Hermosillo"),
        ("7 495 123 4567", "Europe/Moscow"),
        ("7 401 212 3456", "Europe/Kaliningrad"),
        ("7 845 212 3456", "Europe/Saratov"),
        ("62 361 123456", "Asia/Makassar"),
        ("34 922 123 456", "Atlantic/Canary"),
        ("56 32 210 0123", "Pacific/Easter"),
        # countries with one time have that one, under their own name
        ("63 917 123 4567", "Asia/Manila"),
        ("212 612 345 678", "Africa/Casablanca"),
        ("86 138 0013 8000", "Asia/Shanghai"),
        ("44 7700 900123", "Europe/London"),
        ("383 44 123 456", "Europe/Belgrade"),
    ],
)
def test_elsewhere_no_zone_is_missing(number: str, zones: str) -> None:
    assert set(zones.split()) <= set(zones_of(number.replace(" ", "")))


@pytest.mark.parametrize(
    ("number", "zones"),
    [
        ("63 917 123 4567", "Asia/Manila"),
        ("212 612 345 678", "Africa/Casablanca"),
        ("86 138 0013 8000", "Asia/Shanghai"),
        ("55 97 98765 4321", "America/Manaus America/Eirunepe"),
        ("62 21 555 1234", "Asia/Jakarta Asia/Pontianak"),
        ("34 922 123 456", "Atlantic/Canary"),
    ],
)
def test_nor_is_there_one_too_many_where_the_number_tells(number: str, zones: str) -> None:
    assert set(zones.split()) == set(zones_of(number.replace(" ", "")))


@pytest.mark.parametrize("digits", ["", "5550142", "1850", "18505550", "870773123456", "999123456", "x", "٣١٢", "0"])
def test_of_some_nothing_is_known(digits: str) -> None:
    assert zones_of(digits) == ()


@given(st.text("0123456789", max_size=16))
def test_any_digits_have_known_zones_or_none(digits: str) -> None:
    found = zones_of(digits)
    assert set(found) <= known_zones()
    assert len(found) == len(set(found))


def test_the_main_zone_comes_first_and_stated_ones_are_added() -> None:
    assert candidate_zones("14235550142", ["America/Denver"])[0] == "America/New_York"
    assert candidate_zones("61412345678", [])[0] == "Australia/Sydney"
    assert candidate_zones("", ["America/Denver"]) == ("America/Denver",)
    assert candidate_zones("13125550142", ["America/Chicago"]) == ("America/Chicago",)


def test_a_database_written_with_an_older_table_is_judged_by_todays(tmp_path) -> None:
    """What was stored with a number is what was known then; a zone that the customer stated replaces all of it."""
    book = Book(
        account("1-1", "A", items=[("I-1", -40, 5000)], phone="+1 448 555 0142"),
        account("1-2", "B", items=[("I-2", -40, 5000)], phone="+1 448 555 0143", party={"zone": "America/New_York"}),
    )
    with book.store(tmp_path) as store:
        with store.write() as db:
            db.execute(text("UPDATE contact_point SET zones = 'America/New_York'"))
        desk = local_desk(store, "mia", lambda: datetime(2026, 11, 23, 13, 5, tzinfo=UTC))  # 08:05 in New York
        first, second = desk.account("1-1"), desk.account("1-2")
        assert first.zones == ("America/New_York", "America/Chicago")
        assert first.call_label == "no until 08:00 Chicago UTC-06:00"
        assert (second.zones, second.call_label) == (("America/New_York",), "yes 0/7")
