"""`collect-tui messages`: the templates of the site, runs that release what waits, and what leaves by the channels and comes back."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from collect_tui.cli import offers
from collect_tui.cli.common import add_tenant, progress, wired
from collect_tui.cli.offers import open_desk, print_excluded
from collect_tui.domain.message.template import CHANNELS

if TYPE_CHECKING:
    from collect_tui.bootstrap import Wiring
    from collect_tui.domain.message.template import Template
    from collect_tui.services.message.lint import Library


def add(commands: Any) -> None:
    group = commands.add_parser("messages", help="templates of letters, e-mails and SMS; messages that came in")
    parts = group.add_subparsers(title="commands", metavar="COMMAND", required=True)
    one = parts.add_parser("list", help="list the templates with their channels and languages")
    one.set_defaults(run=list_all)
    two = parts.add_parser("lint", help="say what is wrong with the templates; exit code 1 when anything is")
    two.add_argument(
        "folder", metavar="FOLDER", nargs="?", type=Path, help="a site's folder (default: the one of the settings)"
    )
    two.set_defaults(run=lint)
    three = parts.add_parser("preview", help="show a template as it would leave for an account; nothing is sent")
    three.add_argument("account", metavar="ACCOUNT")
    three.add_argument("template", metavar="TEMPLATE")
    three.add_argument("--language", metavar="CODE", help="en, es, fil, ms or zh (default: the customer's)")
    three.add_argument("--channel", metavar="NAME", help="letter, email, sms, … (default: the first of the template)")
    three.add_argument("--form", choices=("text", "html"), default="text", help="as plain text or as HTML (text)")
    three.add_argument("--sample", action="store_true", help="write examples where the account has nothing to print")
    add_tenant(three)
    three.set_defaults(run=preview)
    four = parts.add_parser("run", help="look at the drafts, by template, channel and reason, or release them")
    four.add_argument("--release", action="store_true", help="release what may go; without it nothing is written")
    four.add_argument("--template", metavar="NAME", help="the drafts of one template only")
    add_tenant(four)
    four.set_defaults(run=run)
    nine = parts.add_parser(
        "digest", help="write the digests that are due for the firm's own people; each is written once"
    )
    nine.add_argument("--dry-run", action="store_true", help="show them; nothing is written")
    add_tenant(nine)
    nine.set_defaults(run=digest)
    five = parts.add_parser("send", help="let released messages leave by their channels, and read what came back")
    five.add_argument(
        "--now",
        metavar="CHANNEL",
        action="append",
        default=[],
        choices=CHANNELS,
        help="try a channel that is put off because its far end failed",
    )
    add_tenant(five)
    five.set_defaults(run=send)
    six = parts.add_parser("settle", help="say of a message that was tried whether it left")
    six.add_argument("message", metavar="NUMBER", type=int)
    six.add_argument("outcome", choices=("sent", "again"), help="it left; or it did not, and is sent again")
    add_tenant(six)
    six.set_defaults(run=settle)
    seven = parts.add_parser("inbox", help="list the messages that wait for an answer, the oldest first")
    seven.add_argument("--unknown", action="store_true", help="only those of senders that nobody knows")
    add_tenant(seven)
    seven.set_defaults(run=inbox)
    eight = parts.add_parser("assign", help="give a message of an unknown sender to an account")
    eight.add_argument("message", metavar="MESSAGE", type=int, help="its number, as the inbox has it")
    eight.add_argument("account", metavar="ACCOUNT")
    add_tenant(eight)
    eight.set_defaults(run=assign)
    offers.add(parts)


def _library(settled: Wiring, folder: Path | None = None) -> Library:
    from collect_tui import bootstrap

    return bootstrap.messages(settled, folder)


def list_all(args: argparse.Namespace) -> int:
    from collect_tui.common.widths import table

    found = sorted(_library(wired(args)).every.values(), key=lambda each: each.name)
    if args.json:
        told = [
            {"template": each.name, "title": each.head.title, "kind": each.head.kind, "level": each.head.level or None}
            | {"about": each.head.about, "channels": each.head.channels, "languages": tuple(each.variants)}
            for each in found
        ]
        print(json.dumps(told, indent=2, ensure_ascii=False))
        return 0
    rows = [(each.name, each.head.title, " ".join(each.head.channels), " ".join(each.variants)) for each in found]
    print(table(("template", "title", "channels", "languages"), rows))
    return 0


def lint(args: argparse.Namespace) -> int:
    from collect_tui import bootstrap
    from collect_tui.common.text import clean
    from collect_tui.domain.errors import Invalid
    from collect_tui.services.message.lint import digest_faults, ladder_faults, reminder_faults

    if args.folder is not None and not args.folder.is_dir():
        raise Invalid("message.folder", f"{args.folder} is no folder.", "folder")
    every: Mapping[str, Template] = {}
    try:
        settled = wired(args)
        library = _library(settled, args.folder)
        every, faults = library.every, library.faults()
        catalogue = bootstrap.catalogue(settled, args.folder)
        rules = catalogue.rules
        faults += [*ladder_faults(library, rules.ladder), *reminder_faults(library, rules.reminders)]
        faults += digest_faults(library, catalogue.internal)
    except Invalid as error:  # a file that all of them need
        faults = [error]
    texts = sum(len(variant.bodies) for each in every.values() for variant in each.variants.values())
    if args.json:
        told = [{"error": fault.code, "message": fault.message, "template": fault.field} for fault in faults]
        print(json.dumps({"templates": len(every), "texts": texts, "faults": told}, indent=2, ensure_ascii=False))
        return 1 if faults else 0
    for fault in faults:
        print(clean(fault.message))
    state = f"{len(faults)} faults" if len(faults) > 1 else "1 fault" if faults else "nothing is wrong"
    print(f"{len(every)} templates, {texts} texts: {state}")
    return 1 if faults else 0


def preview(args: argparse.Namespace) -> int:
    from collect_tui.common.text import clean
    from collect_tui.services.message.preview import preview as previewed

    settled = wired(args)
    told = {name: getattr(args, name) for name in ("language", "channel", "form")}
    with open_desk(settled) as desk:
        shown = previewed(desk, _library(settled), args.account, args.template, sampled=args.sample, **told)
    if args.json:
        print(shown.model_dump_json(indent=2))
        return 0
    head = [f"{shown.template} {shown.version}, {shown.channel}, {shown.language}"]
    if shown.segments:
        head.append(f"{shown.segments} segment{'s' if shown.segments > 1 else ''} of {shown.encoding}")
    head += [f"examples: {', '.join(shown.sampled)}"] if shown.sampled else []
    print(" · ".join(head), *([f"Subject: {shown.subject}"] if shown.subject else ()), sep="\n")
    print(f"\n{clean(shown.body, keep_newlines=True).rstrip()}")
    return 0


def run(args: argparse.Namespace) -> int:
    from collect_tui import bootstrap
    from collect_tui.common.text import clean
    from collect_tui.common.widths import table
    from collect_tui.common.words import plural
    from collect_tui.desk.views.message_run import channel_words

    desk = bootstrap.connect(wired(args))
    try:
        found = desk.messages(release=args.release, template=args.template, progress=progress(args))
        session = desk.session()
    finally:
        desk.close()
    if args.json:
        print(found.model_dump_json(indent=2))
        return 0
    done = sum(each.count for each in found.released)
    said = "released" if args.release else "would be released (--release does it)"
    print(f"{plural(found.drafts, 'draft')}, {done} {said}")
    if found.released:
        rows = [(each.template, each.channel, str(each.count)) for each in found.released]
        print(table(("template", "channel", "messages"), rows, (2,)))
    print_excluded(found.excluded)
    for channel in found.channels:
        print(clean(channel_words(channel, session)))
    return 0


def digest(args: argparse.Namespace) -> int:
    from collect_tui.common.text import clean
    from collect_tui.common.widths import table
    from collect_tui.services.message.digest import write

    with open_desk(wired(args)) as desk:
        made = write(desk, dry_run=args.dry_run)
    if args.json:
        print(json.dumps([each.model_dump(mode="json") for each in made], indent=2, ensure_ascii=False))
        return 0
    cells = [(each.digest, each.contact, each.email, str(each.lines), str(each.message or "")) for each in made]
    print(table(("digest", "contact", "to", "lines", "message"), cells, (3,)) if made else "No digest is due.")
    for each in made if args.dry_run else ():
        print(f"\n{clean(each.subject)}\n\n{clean(each.text, keep_newlines=True).rstrip()}")
    return 0


def send(args: argparse.Namespace) -> int:
    from collect_tui import bootstrap
    from collect_tui.common.text import clean
    from collect_tui.common.words import plural

    settled = wired(args)
    with open_desk(settled) as desk:
        dispatch = bootstrap.message_dispatch(settled, desk, now=args.now)
        report = dispatch.run(progress(args))
    if args.json:
        print(report.model_dump_json(indent=2))
        return 0
    if not dispatch.ports:
        print("No channel is set up: print_house.folder, mail.host, or a channel of the site's channels.toml.")
    for channel, count in report.sent.items():
        print(f"sent by {channel}: {count}")
    for name, count in (("failed", report.failed), ("held back", report.held)):
        if count:
            print(f"{name}: {count}")
    for what, count in report.received.items():
        print(f"received: {plural(count, what)}")
    for what, why in {**report.put_off, **report.refused}.items():
        print(clean(f"{what}: {why}"))
    for number in report.unsure:
        print(f"message {number}: it may have left; say so with `collect-tui messages settle {number} sent|again`")
    return 0


def settle(args: argparse.Namespace) -> int:
    from collect_tui.services.message.dispatch import MessageDispatch

    with open_desk(wired(args)) as desk:
        MessageDispatch(desk, {}).settle(args.message, sent=args.outcome == "sent")
    print(f"message {args.message}: {'sent' if args.outcome == 'sent' else 'waits to be sent again'}")
    return 0


def inbox(args: argparse.Namespace) -> int:
    from collect_tui.common.text import clean
    from collect_tui.common.widths import table
    from collect_tui.common.words import plural

    with open_desk(wired(args)) as desk:
        found = [row for unknown in (False, True)[args.unknown :] for row in desk.inbox(unknown=unknown)]
    if args.json:
        print(json.dumps([row.model_dump(mode="json") for row in found], indent=2, ensure_ascii=False))
        return 0
    heads = ("message", "account", "age", "channel", "from", "seems", "words")
    cells = (
        (str(r.message), r.account or "unknown", plural(r.age, "day"), r.channel, r.sender, r.suggestion, r.words)
        for r in found
    )
    print(table(heads, [tuple(map(clean, row)) for row in cells]) if found else "Nothing waits for an answer.")
    return 0


def assign(args: argparse.Namespace) -> int:
    from collect_tui.services.message.intake import Intake

    with open_desk(wired(args)) as desk:
        Intake(desk).assign(args.message, args.account)
    print(json.dumps({"message": args.message}) if args.json else f"Message {args.message} is given to {args.account}.")
    return 0
