"""`forecast`: what comes to the queues and goes, by a day run on a copy of the book."""

from __future__ import annotations

import argparse

from collect_tui.cli import handlers
from collect_tui.domain.errors import Invalid


def run(args: argparse.Namespace) -> int:
    from collect_tui.cli.plain import forecast_text

    if args.rules is None:
        found = handlers._desk(args).forecast(args.date, progress=handlers._progress(args))
        return handlers._say(args, found, lambda: forecast_text(found))

    from collect_tui import bootstrap
    from collect_tui.services import forecast as forecasting

    desk = handlers._beside(args)
    if not args.rules.is_dir():
        raise Invalid("forecast.rules", f"{args.rules} is no folder with a site's files.", "rules")
    rules = bootstrap.catalogue(handlers._wired(args), args.rules)
    found = forecasting.forecast(desk, args.date, rules=rules, progress=handlers._progress(args))
    return handlers._say(args, found, lambda: forecast_text(found))
