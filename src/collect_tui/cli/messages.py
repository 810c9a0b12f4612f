"""`collect-tui messages list|lint|preview`: the templates of the site, what is wrong with them, and one as it would leave."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from collect_tui.cli.common import add_tenant, wired

if TYPE_CHECKING:
    from collect_tui.bootstrap import Wiring
    from collect_tui.domain.message.template import Template
    from collect_tui.services.message.lint import Library


def add(commands: Any) -> None:
    group = commands.add_parser("messages", help="list, check and preview the templates of letters, e-mails and SMS")
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
    from collect_tui.common.text import clean
    from collect_tui.domain.errors import Invalid

    if args.folder is not None and not args.folder.is_dir():
        raise Invalid("message.folder", f"{args.folder} is no folder.", "folder")
    every: Mapping[str, Template] = {}
    try:
        library = _library(wired(args), args.folder)
        every, faults = library.every, library.faults()
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
    from collect_tui import bootstrap
    from collect_tui.common.text import clean
    from collect_tui.services.message.preview import preview as previewed

    settled = wired(args)
    desk = bootstrap.open_desk(settled)
    try:
        told = {name: getattr(args, name) for name in ("language", "channel", "form")}
        shown = previewed(desk, _library(settled), args.account, args.template, sampled=args.sample, **told)
    finally:
        desk.close()
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
