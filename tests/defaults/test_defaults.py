"""The shipped defaults are whole, and a site's mistakes are named by file, key and nearest valid key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time
from pathlib import Path

import pytest

from collect_tui.defaults import FILES, load
from collect_tui.desk.catalogue import Catalogue
from collect_tui.domain.errors import Invalid
from collect_tui.domain.queue.rules import REASONS
from collect_tui.domain.states import STAGES, Stage

TODAY = date(2025, 11, 24)

FLAGS = {
    "NA": "", "BZ": "", "AM": "W", "LM": "W", "DC": "W", "WN": "W", "TD": "", "FX": "W", "NI": "WC", "TP": "WC",
    "HU": "WC", "HV": "WCR", "RP": "WCR", "CB": "WCR", "PP": "WCRPS", "PA": "WCRPS", "PF": "WCRS", "PT": "WCR",
    "PM": "WCR", "PC": "W", "BP": "WCRP", "BX": "WCR", "RF": "WCR", "CP": "WCR", "JL": "WCR", "DI": "WCR",
    "DB": "WCRS", "BI": "WCR", "SX": "WCR", "RB": "WCR", "ND": "WCR", "SF": "WCR", "SA": "WCRP", "EX": "WCR",
    "AQ": "WCR", "OP": "WCR", "OS": "WCR", "OI": "WCR", "OA": "WCR", "OD": "WCR", "OC": "WCR",
    "RS": "WCR", "SU": "WCR", "EQ": "WCR", "AT": "WCS", "CD": "WS", "DN": "WC", "IT": "WC", "BK": "WS",
    "DE": "WS", "MD": "WCR", "FR": "WS", "LB": "WC", "MR": "W", "NS": "W", "SK": "W", "ES": "W", "AG": "W", "WO": "W",
    "CM": "",
}  # fmt: skip


QUEUE = '[queues.mine]\ntitle = "x"\ntier = {}\nreason = "pre_due"\nchip = "x"\nhelp = "x"'
KIND = 'title = "x"\nblocks = ["fee"]\npauses_ladder = true\nhelp = "x"'
REMIND = '[[reminders]]\nkind = "{}"\ndays = {}\nmessage = "balloon-due"\n'
RUNG = '[[ladder]]\nstage = "{}"\noffset_days = {}\naction = "call"\ntitle = "x"\n'
WEEK = '["mon", "tue", "wed", "thu", "fri", "sat", "sun"]'


@pytest.fixture(scope="module")
def shipped() -> Catalogue:
    return load(today=TODAY)


@pytest.fixture
def site(tmp_path: Path) -> Callable[..., Catalogue]:
    def write(**files: str) -> Catalogue:
        for name, text in files.items():
            (tmp_path / f"{name}.toml").write_text(text, "utf-8")
        return load(tmp_path, today=TODAY)

    return write


# --------------------------------------------------------------------------------------------------------- shipped


def test_all_actions_and_results_of_the_trade_are_there_with_their_flags(shipped: Catalogue) -> None:
    assert list(shipped.codes.actions) == ["TR", "TM", "TE", "TO", "IN", "IW", "SM", "EM", "LT", "CH", "VI", "SV", "RV"]
    flags = {
        code: "".join(
            letter
            for letter, on in zip("WCRPS", (r.worked, r.contact, r.right_party, r.promise, r.stops_ladder), strict=True)
            if on
        )
        for code, r in shipped.codes.results.items()
    }
    assert flags == FLAGS
    assert set(shipped.codes.actions) & set(shipped.codes.results) == set(), "a code on the line means one thing"


def test_two_key_logging_stays_two_keys(shipped: Catalogue) -> None:
    needs = {code: r.needs for code, r in shipped.codes.results.items() if r.needs}
    assert needs == {
        "RP": ("reason",),
        "CB": ("callback",),
        "PP": ("promise",),
        "PA": ("plan",),
        "BP": ("promise",),
    }


def test_every_entry_tells_the_user_what_it_is(shipped: Catalogue) -> None:
    codes = shipped.codes
    entries = [*codes.actions.values(), *codes.results.values(), *shipped.queues, *shipped.holds.values()]
    for entry in entries:
        assert entry.title.strip()
        assert entry.help.endswith("."), entry
        assert "\n" not in entry.help
        assert len(entry.help) <= 120, entry
    for titles in (
        codes.reasons,
        codes.dispute_reasons,
        codes.skip_reasons,
        *codes.order_reasons.values(),
        codes.next_actions,
    ):
        assert titles
        assert all(titles.values())
    assert len(codes.reasons) == len(codes.dispute_reasons) == 12


def test_the_help_on_a_disputed_part_promises_nothing_that_is_not_done(shipped: Catalogue) -> None:
    disputed = shipped.codes.results["DI"]
    assert (disputed.hold, disputed.follow_up.business_days, disputed.follow_up.action) == (None, 5, "dispute")
    assert "next action dispute in 5 business days" in disputed.help
    assert disputed.caveat == "marks no amount as disputed"
    assert "name the item first: di INV-1041 60 price" in disputed.instead
    assert disputed.explained.endswith("Marks no amount as disputed.")


def test_a_code_whose_title_says_more_than_it_does_says_so(shipped: Catalogue) -> None:
    """Titles that speak of money, orders, letters or tickets, which the code itself does not bring."""
    results = shipped.codes.results
    said = {code for code, result in results.items() if result.caveat}
    assert said == {
        *(
            "PF",
            "PT",
            "PC",
            "SA",
            "EX",
            "DI",
            "DB",
            "BI",
            "SX",
            "RB",
            "ND",
            "RS",
            "SU",
            "EQ",
            "IT",
            "NS",
            "OP",
            "OS",
            "OI",
            "OA",
        )
    }
    for result in results.values():
        assert not result.caveat.endswith(".")
        assert not result.instead or (result.caveat and not result.instead.endswith("."))


def test_dates_are_written_as_the_country_does_unless_the_site_says_otherwise(site: Callable[..., Catalogue]) -> None:
    assert site().rules.date_order == "mdy"
    assert site(rules='[desk]\ncountry = "GB"').rules.date_order == "dmy"
    assert site(rules='[desk]\ncountry = "PH"').rules.date_order == "mdy"
    assert site(rules='[desk]\ncountry = "GB"\ndate_order = "mdy"').rules.date_order == "mdy"
    assert site(rules='[desk]\ndate_order = "dmy"').rules.date_order == "dmy"


def test_results_that_stop_the_ladder_bring_what_stops_it(shipped: Catalogue) -> None:
    """A promise, a hold that pauses the ladder, or, for "pays in full now", the wait for the money."""
    for code, result in shipped.codes.results.items():
        if result.stops_ladder and code != "PF":
            assert result.promise or (result.hold and shipped.holds[result.hold].pauses_ladder), code


def test_what_the_law_says_blocks_has_no_override(shipped: Catalogue) -> None:
    no_call = {code for code, kind in shipped.holds.items() if "call" in kind.blocks}
    assert no_call == {"CEASE", "ATTORNEY", "INSOLVENCY", "DECEASED", "PAYMENT_CLAIM", "FRAUD", "PLACED", "LEGAL"}
    assert {code for code in no_call if shipped.holds[code].override_role} == {
        "PAYMENT_CLAIM",
        "FRAUD",
        "PLACED",
        "LEGAL",
    }
    no_cut = {code for code, kind in shipped.holds.items() if "suspend" in kind.blocks}
    assert {"MEDICAL", "MORATORIUM", "ASSISTANCE", "PAYMENT_CLAIM", "INSOLVENCY"} <= no_cut
    assert (shipped.holds["MEDICAL"].default_days, shipped.holds["ASSISTANCE"].default_days) == (30, 21)
    assert shipped.holds["CEASE"].default_days is None


def test_a_kind_of_hold_without_a_chip_shows_its_name(tmp_path: Path, shipped: Catalogue) -> None:
    (tmp_path / "holds.toml").write_text(
        '[holds.BILL_REVIEW]\ntitle = "x"\nblocks = ["fee"]\npauses_ladder = true\nhelp = "x"\n'
        '[holds.CEASE]\nchip = "no contact"\n'
    )
    holds = load(tmp_path, today=TODAY).holds
    assert (holds["BILL_REVIEW"].chip, holds["CEASE"].chip) == ("bill review", "no contact")
    assert (shipped.holds["CEASE"].chip, shipped.holds["PAYMENT_CLAIM"].chip) == ("cease", "says paid")


def test_queues_and_tiers(shipped: Catalogue) -> None:
    assert {q.reason for q in shipped.queues} == set(REASONS)
    assert [q.tier for q in shipped.queues] == sorted(q.tier for q in shipped.queues)
    assert {q.tier for q in shipped.queues} == set(range(1, 9))


def test_rules(shipped: Catalogue) -> None:
    rules = shipped.rules
    contact = rules.contact
    assert (contact.start, contact.end) == (time(8), time(21))
    assert (contact.max_attempts, contact.window_days, contact.cooldown_days) == (7, 7, 0)
    assert rules.suspend.no_cut_weekdays == (4, 5, 6)
    assert date(2025, 11, 27) in rules.holidays, "Thanksgiving"
    assert {d.year for d in rules.holidays} >= {2024, 2025, 2026}
    assert [step.stage for step in rules.ladder_of("default")] == list(STAGES[1:9])
    assert {step.segment for step in rules.ladder} == {"", "business", "real-estate", "cards"}
    assert rules.ladder_of("business")[0].message == "statement"
    assert sum(getattr(rules.weights, name) for name in rules.weights.__slots__) == 1000
    assert rules.queue.lease_minutes == 10


def test_arrangement_policies(shipped: Catalogue) -> None:
    default = shipped.arrangement["default"]
    assert (default.first_within_days, default.first_within_days_lead) == (11, 14)
    assert (default.cooldown_days, default.min_tenure_months, default.max_broken_12m) == (90, 6, 2)
    phone = shipped.arrangement["phone"]
    assert (phone.segment, phone.min_down_percent, phone.max_instalments) == ("phone", 25, default.max_instalments)
    assert phone.sources["min_down"] != default.sources["min_down"]
    assert phone.sources["tenure"] == default.sources["tenure"]
    assert phone.offers == default.offers
    assert default.offers.settlement == {Stage.SUSPENDED: 85, Stage.TERMINATED: 75, Stage.WRITTEN_OFF: 50}
    assert (default.offers.settlement_days, default.offers.prepay_months, default.offers.prepay_percent) == (14, 12, 8)


def test_abbreviations(shipped: Catalogue) -> None:
    assert shipped.abbreviations["lm"] == "left message"
    assert shipped.abbreviations["3p"] == "third party, no disclosure"


def test_the_files_are_those_that_are_read() -> None:
    folder = Path(load.__code__.co_filename).parent
    assert {p.stem for p in folder.glob("*.toml")} == {
        *FILES,
        "messages",
        "cases",
        "channels",
    }  # read with the templates, by the ports


# ------------------------------------------------------------------------------------------------------- overriding


def test_a_site_changes_key_by_key(site: Callable[..., Catalogue], shipped: Catalogue) -> None:
    mine = site(
        codes="[results.LM]\nfollow_up = { business_days = 3 }\n\n"
        '[results.XX]\ntitle = "House code"\nflags = "W"\ncounted = false\nhelp = "Ours."\n',
        rules='[contact]\nmax_attempts = 3\n\n[desk]\nsubdivision = "CA"\n',
        abbreviations='[abbreviations]\nlm = ""\nxx = "house word"\n',
        queues="[queues.predue]\ndrop = true\n",
        arrangement="[arrangement.vip]\ngrace_days = 5\n\n[arrangement.vip.offers]\nprepay_months = 0\n"
        "settlement = { FINAL = 95, SUSPENDED = 0 }\n",
    )
    assert mine.codes.results["LM"].follow_up.business_days == 3
    assert mine.codes.results["LM"].title == shipped.codes.results["LM"].title
    assert mine.codes.results["XX"].worked
    assert len(mine.codes.results) == len(shipped.codes.results) + 1
    assert (mine.rules.contact.max_attempts, mine.rules.contact.window_days) == (3, 7)
    assert date(2025, 3, 31) in mine.rules.holidays, "a holiday of California"
    assert "lm" not in mine.abbreviations
    assert mine.abbreviations["xx"] == "house word"
    assert "predue" not in {q.name for q in mine.queues}
    assert (mine.arrangement["vip"].grace_days, mine.arrangement["vip"].min_percent) == (5, 10)
    assert mine.arrangement["vip"].offers == replace(
        shipped.arrangement["default"].offers,
        settlement={Stage.FINAL: 95, Stage.TERMINATED: 75, Stage.WRITTEN_OFF: 50},
        prepay_months=0,
    )


def test_a_product_has_rules_of_its_own_by_one_line(site: Callable[..., Catalogue], shipped: Catalogue) -> None:
    rules = site(
        rules="[suspend]\nmin_dpd = 40\n[suspend.products.TV]\nmin_past_due = 5000\n[suspend.products.INT]\n"
    ).rules.suspend
    assert (rules.of("TV").min_past_due, rules.of("TV").min_dpd) == (5000, 40)
    assert rules.of("TV").sources == rules.sources
    assert (rules.of("INT").min_past_due, rules.of("MOB")) == (shipped.rules.suspend.min_past_due, rules)


def test_what_is_sent_in_writing_is_a_message_unless_said_otherwise(site: Callable[..., Catalogue]) -> None:
    ours = '[actions.{}]\ntitle = "Ours"\nhelp = "Ours."\noutbound = {}\nkinds = ["email"]\n'
    mine = site(
        codes=ours.format("XS", "true") + ours.format("XI", "false") + ours.format("XV", "true") + "written = false\n"
    )
    assert {code for code, action in mine.codes.actions.items() if action.written} == {"SM", "EM", "LT", "CH", "XS"}
    assert (mine.rules.queue.max_next_action_days, mine.rules.queue.override_role) == (30, "lead")


def test_a_site_has_ways_to_pay_of_its_own(site: Callable[..., Catalogue], shipped: Catalogue) -> None:
    codes = site(codes='[methods]\npdc = { title = "Post-dated cheque", words = ["postdated"] }\ngcash = ""\n').codes
    assert set(codes.methods) == {*shipped.codes.methods, "pdc"} - {"gcash"}
    assert [codes.method(word) for word in ("PDC", "postdated", "cheque", "gcash")] == ["pdc", "pdc", "check", None]
    assert [codes.method_title(code) for code in ("pdc", "paypal", "ach", "undated")] == [
        "post-dated cheque",
        "PayPal",
        "bank debit (ACH)",
        "undated",
    ]


def test_no_folder_and_an_empty_folder_are_the_defaults(tmp_path: Path, shipped: Catalogue) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        assert load(folder, today=TODAY).model_copy(update={"site_folder": None}) == shipped


def test_another_year_has_other_holidays() -> None:
    assert date(2030, 7, 4) in load(today=date(2030, 1, 1)).rules.holidays


@pytest.mark.parametrize(
    ("name", "text", "code", "where", "says"),
    [
        ("codes", '[results.LM]\nfolow_up = { days = 1 }', "unknown_key", "results.LM.folow_up", "did you mean follow_up?"),
        ("codes", '[results.LM]\nhold = "CEESE"', "unknown_value", "results.LM.hold", "did you mean CEASE?"),
        ("codes", '[results.LM]\nfollow_up = { days = 1, action = "cal" }', "unknown_value", "results.LM.follow_up.action", "call"),
        ("codes", "[results.LM]\nfollow_up = { days = 1, minutes = 3 }", "follow_up", "results.LM.follow_up", "one of minutes"),
        ("codes", "[results.LM]\nfollow_up = { days = 999 }", "type", "results.LM.follow_up.days", "from 0 to 366"),
        ("codes", '[results.LM]\nflags = "W X"', "flags", "results.LM.flags", "W C R P S"),
        ("codes", '[results.LM]\nflags = "W R"', "flags", "results.LM.flags", "C beside it"),
        ("codes", '[results.LM]\ncounted = "yes"', "type", "results.LM.counted", "true or false"),
        ("codes", '[results.LM]\nneeds = ["promis"]', "unknown_value", "results.LM.needs", "did you mean promise?"),
        ("codes", "[results.LM]\nneeds = [1]", "type", "results.LM.needs", "a list of texts"),
        ("codes", "[results.LM]\nhold_days = 5", "hold", "results.LM.hold_days", "without a hold"),
        ("codes", '[results.lm]\ntitle = "x"\ncounted = true\nhelp = "x"', "duplicate", "results.lm", "the same name as LM"),
        ("codes", '[results.XX]\ntitle = "x"\nhelp = "x"', "missing", "results.XX", "key counted is missing"),
        ("codes", '[actions.TM]\nkinds = ["moble"]', "unknown_value", "actions.TM.kinds", "did you mean mobile?"),
        ("codes", "[actions.TM]\nwritten = true", "order", "actions.TM.written", "is no call"),
        ("codes", "[actions.IN]\nwritten = true", "order", "actions.IN.written", "leaves from here"),
        ("rules", "[queue]\nmax_next_action_days = 0", "type", "queue.max_next_action_days", "from 1 to 366"),
        ("rules", '[queue]\noverride_role = "boss"', "unknown_value", "queue.override_role", "lead"),
        ("codes", '[actions.TM]\ntitle = ""', "type", "actions.TM.title", "not empty"),
        ("codes", '[next_actions]\ncall = ""', "missing", "next_actions", "call is missing"),
        ("codes", '[results.LM]\nhot = "n"', "duplicate", "results.LM.hot", "the same letter as NA"),
        ("codes", '[results.LM]\nhot = "q"', "unknown_value", "results.LM.hot", "expected one of"),
        ("codes", '[results.PP]\nhot = "e"', "hot", "results.PP.hot", "typed on the line"),
        ("holds", '[holds.CEASE]\ncomes_back = "clam"', "unknown_value", "holds.CEASE.comes_back", "did you mean claim?"),
        ("codes", "[reasons]\nFORGOT = 1", "type", "reasons.FORGOT", "a text"),
        ("codes", "[methods]\ncash = 1", "type", "methods.cash", "a table"),
        ("codes", '[methods]\nother = ""', "missing", "methods.other", "unless another is said"),
        ("codes", '[methods]\npdc = { words = ["postdated"] }', "missing", "methods.pdc", "key title is missing"),
        ("codes", '[methods]\npdc = { title = "x", wrods = ["y"] }', "unknown_key", "methods.pdc.wrods", "did you mean words?"),
        ("codes", '[methods]\npdc = { title = "x", words = ["cash"] }', "duplicate", "methods.pdc.words", "says cash already"),
        ("codes", '[methods]\n"a;b" = "x"', "name", "methods.a;b", "cannot be typed"),
        ("codes", '[methods]\nPDC = "x"', "name", "methods.PDC", "small letters"),
        ("codes", '[methods]\nm1 = "x"', "name", "methods.m1", "cannot be typed"),
        ("codes", '[methods]\nhalf = "x"', "duplicate", "methods.half", "a day or an amount"),
        ("codes", '[methods]\npdc = { title = "x", words = ["friday"] }', "duplicate", "methods.pdc.words", "a day or an amount"),
        ("codes", "results = 3", "type", "results", "a table"),
        ("codes", "[resluts.LM]\na = 1", "unknown_key", "resluts", "did you mean results?"),
        ("abbreviations", "[abreviations]\nlm = 'x'", "unknown_key", "abreviations", "abbreviations"),
        ("queues", QUEUE.format(9), "type", "queues.mine.tier", "1 to 8"),
        ("queues", QUEUE.format(8), "duplicate", "queues.mine.reason", "predue"),
        ("queues", '[queues.new]\nreason = "new_delinquent"', "unknown_value", "queues.new.reason", "did you mean new_delinquency?"),
        ("queues", '[queues.New]\ntitle = "x"', "duplicate", "queues.New", "the same name as new"),
        ("queues", "[queues.new]\ntier = 1\n[queues.new]\ntier = 2", "syntax", "queues.toml", "twice"),
        ("holds", '[holds.CEASE]\nblocks = ["cals"]', "unknown_value", "holds.CEASE.blocks", "did you mean call?"),
        ("holds", "[holds.CEASE]\ndrop = true", "unknown_value", "holds.CEASE.drop", "results.CD.hold in codes.toml still says CEASE"),
        ("codes", '[next_actions]\nletter = ""', "unknown_value", "next_actions.letter", "still says letter"),
        ("holds", '[holds.CEASE]\ndrop = "yes"', "type", "holds.CEASE.drop", "expected true"),
        ("holds", "[holds.CEESE]\ndrop = true", "unknown_entry", "holds.CEESE", "did you mean CEASE?"),
        ("queues", "[queues.borken]\ndrop = true", "unknown_entry", "queues.borken", "did you mean broken?"),
        ("holds", '[holds.MINE]\ntitle = "x"\nblokcs = ["call"]', "missing", "holds.MINE", "Is blokcs meant for it?"),
        ("holds", '[holds."x y"]\n' + KIND, "name", "holds.x y", "cannot be typed"),
        ("holds", '[holds."A=B"]\n' + KIND, "name", "holds.A=B", "cannot be typed"),
        ("queues", QUEUE.format(1).replace("mine", "'a;b'"), "name", "queues.a;b", "cannot be typed"),
        ("codes", '[reasons]\n"`x" = "y"', "name", "reasons.`x", "cannot be typed"),
        ("authority", "[roles.collector]\nmay = ['zzz']", "unknown_value", "roles.collector.may", "expected one of *, account.*, "),
        ("holds", '[holds.CEASE]\noverride_role = "boss"', "unknown_value", "holds.CEASE.override_role", "lead"),
        ("arrangement", "[arrangement.default]\nmin_percent = 101", "type", "arrangement.default.min_percent", "from 0 to 100"),
        ("arrangement", "[arrangement.default]\nfirst_within_days = 20", "order", "arrangement.default.first_within_days_lead", "at least"),
        ("arrangement", "[arrangement.default]\ndrop = true", "missing", "arrangement", "default"),
        ("arrangement", "[arrangement.x.offers]\nsettlement = { FINAL = 100 }", "type", "arrangement.x.offers.settlement.FINAL", "to 99"),
        ("arrangement", "[arrangement.y.offers]\nsettlement = { FINL=9 }", "unknown_key", "arrangement.y.offers.settlement.FINL", "FINAL"),
        ("arrangement", "[arrangement.x.offers]\nprepay_month = 3", "unknown_key", "arrangement.x.offers.prepay_month", "prepay_months"),
        ("arrangement", '[arrangement.x]\nfrequencies = ["dayly"]', "unknown_value", "arrangement.x.frequencies", "no such value"),
        ("rules", '[desk]\nzone = "America/Chikago"', "zone", "desk.zone", "time zone"),
        ("rules", '[desk]\ncurrency = "dollars"', "currency", "desk.currency", "three capital letters"),
        ("rules", '[desk]\ncountry = "XQ"', "country", "desk.country", "country code"),
        ("rules", '[desk]\nsubdivision = "ZZ"', "country", "desk.subdivision", "state or province"),
        ("rules", '[desk]\ndate_order = "dym"', "unknown_value", "desk.date_order", "did you mean mdy?"),
        ("rules", "[contact]\nstart = 22:00:00", "order", "contact.end", "after start"),
        ("rules", '[contact]\nstart = "08:00"', "type", "contact.start", "a time of day such as 08:00:00"),
        ("rules", "[contact]\nmax_attemps = 3", "unknown_key", "contact.max_attemps", "did you mean max_attempts?"),
        ("rules", "[contact]\nmax_attempts = true", "type", "contact.max_attempts", "a whole number"),
        ("rules", '[suspend]\nno_cut_weekdays = ["friday"]', "unknown_value", "suspend.no_cut_weekdays", "did you mean fri?"),
        ("rules", f"[suspend]\nno_cut_weekdays = {WEEK}", "order", "suspend.no_cut_weekdays", "at least one"),
        ("rules", "[suspend.products.TV]\ncut_rank = 0", "type", "suspend.products.TV.cut_rank", "from 1 to"),
        ("codes", '[billing.A.orders]\nsuspent = "X"', "unknown_key", "billing.A.orders.suspent", "did you mean suspend?"),
        ("codes", '[billing.A.reasons]\nNONPAI = "X"', "unknown_key", "billing.A.reasons.NONPAI", "did you mean NONPAY?"),
        ("codes", '[billing.A.answers]\nOK = "complete"', "unknown_value", "billing.A.answers.OK", "did you mean completed?"),
        ("codes", "[order_reasons.suspend]\nNONPAY = \"\"", "missing", "order_reasons.suspend", "NONPAY is missing"),
        ("rules", "[suspend.products.TV]\nmin_dpt = 3", "unknown_key", "suspend.products.TV.min_dpt", "did you mean min_dpd?"),
        ("rules", "[suspend.products.TV]\nmin_dpd = -3", "type", "suspend.products.TV.min_dpd", "from 0 to"),
        ("rules", "[suspend.products.TV]\nstuck_after_days = 3", "unknown_key", "suspend.products.TV.stuck_after_days", "no such key"),
        ("rules", "[suspend.products.tv]\nmin_dpd = 3", "product", "suspend.products.tv", "such as TV"),
        ("rules", "[weights]\nmoney = 301", "sum", "weights", "add up to 1000"),
        ("rules", RUNG.format("FINAL", 3) + RUNG.format("PAST_DUE", 9), "order", "ladder", "go up"),
        ("rules", RUNG.format("FINALE", 3), "unknown_value", "ladder.1.stage", "did you mean FINAL?"),
        ("rules", REMIND.format("ballon", "[9]"), "unknown_value", "reminders.1.kind", "did you mean balloon?"),
        ("rules", REMIND.format("balloon", "[9, 9]"), "order", "reminders.1.days", "go down"),
        ("rules", REMIND.format("balloon", "[-1]"), "type", "reminders.1.days", "whole numbers from 0"),
        ("rules", 2 * REMIND.format("balloon", "[9]"), "duplicate", "reminders", "one entry for items of kind balloon"),
        ("rules", "[contact\n", "syntax", "rules.toml", "line 1"),
    ],
)  # fmt: skip
def test_a_mistake_is_named(
    site: Callable[..., Catalogue], tmp_path: Path, name: str, text: str, code: str, where: str, says: str
) -> None:
    with pytest.raises(Invalid) as error:
        site(**{name: text})
    assert error.value.code == f"defaults.{code}"
    assert (error.value.field or "").endswith(where)
    assert says in error.value.message
    here = error.value.message.split(": ")[0]
    assert here == str(tmp_path / f"{name}.toml")


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "rules.toml").mkdir()
    with pytest.raises(Invalid) as error:
        load(tmp_path, today=TODAY)
    assert error.value.code == "defaults.unreadable"
    (tmp_path / "codes.toml").write_bytes(b"\xff\xfe[results]")
    with pytest.raises(Invalid, match="UTF-8"):
        load(tmp_path, today=TODAY)
