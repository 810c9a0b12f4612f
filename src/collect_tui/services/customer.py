"""Who the customer is and how they are reached: which rule decides each command."""

from __future__ import annotations

from dataclasses import replace
from email.errors import MessageError
from email.headerregistry import Address

from collect_tui.common.text import clean
from collect_tui.desk.commands import AddParty, AddPoint, CorrectCustomer, CorrectPoint, VerifyCustomer
from collect_tui.domain.contact import decide as contact
from collect_tui.domain.contact import times
from collect_tui.domain.contact.points import label
from collect_tui.domain.contact.verification import verify
from collect_tui.domain.effect import Effect
from collect_tui.domain.effects import AttributeSet, PartyAdded, PointAdded, PointChanged
from collect_tui.domain.errors import Invalid, Refused
from collect_tui.domain.facts import PHONE_KINDS, AccountFacts, Party, Point
from collect_tui.domain.message.template import LANGUAGES
from collect_tui.domain.rules import Rules
from collect_tui.domain.states import AccountState
from collect_tui.services.context import Context
from collect_tui.services.decide import Decision, decides
from collect_tui.store import customers, phone_zones
from collect_tui.store.names import is_telephone

MOST: int = 99
"""Contact points of a kind that a customer may have: their short names have two digits."""


@decides(AddPoint)
def add_point(command: AddPoint, facts: AccountFacts, context: Context) -> Decision:
    """A telephone for an account that waited for one is called today."""
    point = _point(context.ids(), command.what, command.value, _order(command.what, facts), facts, context)
    _no_other(point, facts)
    effects: tuple[Effect, ...] = (PointAdded(point),)
    action = facts.next_action
    waited = action is not None and action.code == contact.TRACE_ACTION and facts.status == AccountState.OPEN
    if waited and point.kind in PHONE_KINDS:
        effects += contact.next_action(facts, facts.business_date, "call", context.calendar)
    return Decision(effects)


@decides(AddParty)
def add_party(command: AddParty, facts: AccountFacts, context: Context) -> Decision:
    roles, role = context.codes.party_roles, command.role.lower()
    if role not in roles:
        raise Invalid("party.role", f"Expected what they are to the account: {', '.join(roles)}.", "role")
    name, order = _neat(command.name), max((party.order for party in facts.parties), default=0) + 1
    if order > MOST:
        raise Refused("party.many", f"The account has {MOST} parties.", "role")
    if any(party.role == role and party.name.casefold() == name.casefold() for party in facts.parties):
        raise Refused("party.known", "The account has that party already.", "name")
    ident = context.ids()
    point = _point(context.ids(), command.what, command.value, _order(command.what, facts), facts, context)
    kind = "org" if role == "accounts-payable" else "person"
    return Decision((PartyAdded(Party(ident, role, name, order, kind, facts.language, points=(point,))),))


@decides(CorrectPoint)
def correct_point(command: CorrectPoint, facts: AccountFacts, context: Context) -> Decision:
    old = contact.find_point(facts, command.point)
    new = _point(old.id, old.kind, command.value, old.order, facts, context)
    if old.consent == "out":  # whoever wanted no calls does not want them on the number that was meant
        new = replace(new, consent="out", consent_source=old.consent_source, consent_on=old.consent_on)
    same = new.normalized == old.normalized
    if same and (old.kind in PHONE_KINDS or new.value == old.value):
        raise Refused("point.same", f"{label(old).capitalize()} is that already.", "value")
    if same:  # written otherwise: all that is known of it still holds
        new = replace(old, value=new.value)
    _no_other(new, facts)
    return Decision((PointChanged(new, old),))


@decides(CorrectCustomer)
def correct_customer(command: CorrectCustomer, facts: AccountFacts, context: Context) -> Decision:
    value = _neat(command.value)
    match command.what:
        case "name":
            return _set("party.name", facts.name, value)
        case "lang":
            if value.lower() not in LANGUAGES:
                raise Invalid("customer.lang", f"Expected a language: {', '.join(LANGUAGES)}.", "value")
            return _set("party.language", facts.language, value.lower())
        case "times":
            said = "" if value.lower() == "none" else times.read(value).text
            return _set("party.times", facts.times, said)
        case "zone":
            return _set("party.zone", facts.zone, None if value.lower() == "none" else _zone(value))


@decides(VerifyCustomer)
def verify_customer(command: VerifyCustomer, facts: AccountFacts, context: Context) -> Decision:
    rules = context.rules.verification
    return Decision((verify(facts, command.facts, command.method, by=context.user, now=context.now, rules=rules),))


def country_of(facts: AccountFacts, rules: Rules) -> str:
    """The customer's country (ISO 3166): of the zone they state, else of their address, else the book's."""
    stated = (*([facts.zone] if facts.zone else []), *(z for p in facts.points if p.kind == "address" for z in p.zones))
    return phone_zones.region(stated, facts.home_zone, rules.country)


def _set(name: str, before: str | None, after: str | None) -> Decision:
    if before == after:
        raise Refused("customer.same", "The customer has that already.", "value")
    return Decision((AttributeSet(name, before, after),))


def _zone(text: str) -> str:
    """A zone by its name, or by its city where only one is called so."""
    wanted = text.replace(" ", "_").casefold()
    found = [zone for zone in phone_zones.known_zones() if zone.casefold() == wanted]
    found = found or [zone for zone in phone_zones.cities() if zone.casefold().rpartition("/")[2] == wanted]
    if len(found) != 1:
        raise Invalid("customer.zone", "Expected an IANA time zone such as America/Chicago, or its city.", "value")
    return found[0]


def _order(kind: str, facts: AccountFacts) -> int:
    """Of the next point of a kind, of whichever party."""
    order = max((p.order for p in facts.every_point if p.kind == kind), default=0) + 1
    if order > MOST:
        raise Refused("point.many", f"The customer has {MOST} contact points of this kind.", "what")
    return order


def _point(ident: int, kind: str, value: str, order: int, facts: AccountFacts, context: Context) -> Point:
    text, country, region = _neat(value), context.rules.country, country_of(facts, context.rules)
    if kind == "email" and not _is_mailbox(text):
        raise Invalid("point.email", "Expected an e-mail address such as rosa@example.com.", "value")
    told = f"Expected a telephone number as in {region}, or with a country's code: +1 213 555 0142."
    if kind in PHONE_KINDS and not is_telephone(text, region):
        raise Invalid("point.phone", told, "value")
    try:
        return customers.point(ident, kind, text, order, country, region)
    except Invalid as error:
        raise Invalid(error.code, told, "value") from None


def _is_mailbox(text: str) -> bool:
    try:
        return "." in Address(addr_spec=text).domain
    except (MessageError, ValueError, IndexError):
        return False


def _no_other(point: Point, facts: AccountFacts) -> None:
    """Nothing is there twice; who has marked it bad says so again. Two parties may have the same."""
    party = facts.party_of(point)
    for other in facts.points if party is None else party.points:
        if other.id != point.id and other.normalized == point.normalized:
            mark = f", marked {other.quality}" if other.quality in ("bad", "wrong") else ""
            raise Refused("point.known", f"{other.short} is that already ({label(other)}{mark}).", "value")


def _neat(text: str) -> str:
    """One line, without controls and blanks that mean nothing."""
    found = " ".join(clean(text).split())
    if not found:
        raise Invalid("customer.empty", "Expected some text.", "value")
    return found
