"""Lines that an agent may type on an account as it stands: most of them make sense, some do not."""

from __future__ import annotations

from random import Random

from collect_tui.desk.views.account import AccountView

_RESULTS = (
    *("na", "bz", "am", "lm", "dc", "wn", "td", "fx", "ni", "tp", "hu", "lb", "hv", "pf", "pt", "pm", "pc", "bx", "rf"),
    *("cp", "jl", "sf", "sa", "ex", "aq", "di", "db", "bi", "sx", "rb", "nd", "rs", "su", "eq", "at", "cd", "dn", "it"),
    *("bk", "de", "md", "fr", "mr", "ns", "sk", "es", "ag", "wo", "cm"),
)
_HOLDS = ("dispute", "cease", "medical", "moratorium", "payment_claim", "hardship", "insolvency", "fraud", "assistance")
_DAYS = ("today", "tomorrow", "fri", "+1", "+2", "+3", "+5", "+7", "+10", "+12", "+20")
_SKIPS = ("busy", "hours", "research", "linked")


def compose(chance: Random, view: AccountView) -> str:
    """One line, sometimes of several acts."""
    acts = [_act(chance, view)]
    while chance.random() < 0.15:
        acts.append(_act(chance, view))
    return "; ".join(acts)


def _act(chance: Random, view: AccountView) -> str:
    kinds = (
        [_contact] * 5
        + [_promise] * 5
        + [_pay] * 5
        + [_back, _hold, _point, _later, _undo] * 2
        + [_order] * 4
        + [_note, _pass]
    )
    return chance.choice(kinds)(chance, view)


def _contact(chance: Random, view: AccountView) -> str:
    point = chance.choice(("", "", " " + chance.choice([p.short for p in view.points] or ["m1"])))
    if chance.random() < 0.1:
        return f"rp {chance.choice(('forgot', 'income', 'away'))}{point}"
    return f"{chance.choice(('', '', '', 'in '))}{chance.choice(_RESULTS)}{point}"


def _promise(chance: Random, view: AccountView) -> str:
    if view.promise and chance.random() < 0.25:
        return "xp lost the job"
    verb, day = chance.choice(("pp", "ptp", "bp")), chance.choice(_DAYS[:9])
    if chance.random() < 0.15:
        return f"{verb} half +1 + rest {chance.choice(('+2', '+9', '+12'))}"
    if chance.random() < 0.65:
        return f"{verb} {_amount(chance, view)} {day}"
    down = chance.choice(("", "", " dn50", " dn20@tomorrow"))
    every = chance.choice(("2m", "3w", "3f", "6w", "2f", "12w"))
    return f"{chance.choice(('pa', 'arr'))} {_amount(chance, view)}{down} {every} {day}"


def _pay(chance: Random, view: AccountView) -> str:
    ref = f"R{chance.randint(1, 40)}"
    directed = ""
    if view.items and chance.random() < 0.3:
        directed = f" {chance.choice(view.items).doc_no}={_amount(chance, view, small=True)}"
    when = chance.choice(("", "", "", " y", " -3", " today"))
    return f"pay {_amount(chance, view)} card {ref}{when}{directed}"


def _amount(chance: Random, view: AccountView, *, small: bool = False) -> str:
    sizes = [view.collectable, view.past_due, view.total, view.promised, *(i.open for i in view.items)]
    if view.promise:
        sizes += [i.amount - i.paid for i in view.promise.instalments]
    if small or chance.random() < 0.4:
        sizes += [1, 999, 1000, 5000, 10_001, 30_000]
    minor = max(1, chance.choice(sizes) + chance.choice((0, 0, 0, 0, -1, 1, 3000)))
    return f"{minor // 100}.{minor % 100:02}"


def _back(chance: Random, view: AccountView) -> str:
    known = view.last_payment.ref if view.last_payment and chance.random() < 0.7 else f"R{chance.randint(1, 40)}"
    return f"{chance.choice(('revpay', 'retpay'))} {known} bounced"


def _hold(chance: Random, view: AccountView) -> str:
    if view.holds and chance.random() < 0.6:
        return f"rel {chance.choice(view.holds).kind.lower()} no longer"
    return f"hold {chance.choice(_HOLDS)} {chance.choice(('', '5d', '1d because', '+20', 'today'))}"


def _point(chance: Random, view: AccountView) -> str:
    short = chance.choice([p.short for p in view.points] or ["m1"])
    return chance.choice((f"good {short}", f"bad {short}", f"out {short}", f"in {short}", f"mark {short} good in"))


def _later(chance: Random, view: AccountView) -> str:
    when = chance.choice(("+1h", "+5h", "+30h", "tomorrow 9:30", "fri 15:00", "today 15:00"))
    return chance.choice((f"cb {when}", f"call {when} any", f"call {when}", f"t {chance.choice(_DAYS)}"))


def _order(chance: Random, view: AccountView) -> str:
    product = chance.choice([s.product for s in view.services] or ["INT"]).lower()
    if view.orders and chance.random() < 0.3:
        return f"xo {chance.choice((product, view.orders[0].number))} not wanted"
    state = next((s.status for s in view.services if s.product.lower() == product), "")
    verb = "res" if state == "SUSPENDED" else "sus"
    reason = chance.choice(("", "", "", " fraud", " voluntary"))
    return f"{verb} {product} {chance.choice(('tomorrow', 'tue', 'wed', 'mon', '+7', 'today'))}{reason}"


def _note(chance: Random, view: AccountView) -> str:
    if view.pinned and chance.random() < 0.6:
        return f"unpin {view.pinned[0][:6]}"
    return chance.choice(('n "said nothing"', 'n! "ask for Ada"', f'n! "number {chance.randint(1, 9)}"'))


def _pass(chance: Random, view: AccountView) -> str:
    return chance.choice((f"skip {chance.choice(_SKIPS)}", f"snooze {chance.choice(_DAYS)} {chance.choice(_SKIPS)}"))


def _undo(chance: Random, view: AccountView) -> str:
    return "undo"
