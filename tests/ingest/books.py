"""Small portfolios and files for the tests of `ingest/`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from collect_tui.ingest import pipeline
from collect_tui.services.intake.load import LoadReport
from collect_tui.store.engine import Store
from support.book import context

FIXTURE = Path(__file__).parents[2] / "fixtures" / "portfolio.json"


def header(**more: Any) -> dict[str, Any]:
    return {
        "format": 1,
        "tenant": {"name": "Test", "currency": "USD", "zone": "America/Chicago"},
        "business_date": "2026-11-23",
        **more,
    }


def account(number: str = "1-1", **more: Any) -> dict[str, Any]:
    """An open account with a service, a bill partly paid and a telephone; `more` replaces parts, None leaves one out."""
    made: dict[str, Any] = {
        "number": number,
        "party": {
            "name": "Fiction, Ann",
            "points": [{"kind": "mobile", "value": "(312) 555-0100"}, {"kind": "email", "value": "Ann@Example.com"}],
        },
        "opened_on": "2024-01-05",
        "next_action": {"code": "call", "on": "2026-11-23"},
        "services": [{"product": "INT", "billing_system": "AURORA", "identifier": f"A-{number}", "monthly": 5000}],
        "items": [
            {"doc_no": f"INV-{number}", "issued": "2026-09-01", "due": "2026-09-21", "amount": 5000, "service": "INT"}
        ],
        "payments": [
            {
                "ref": f"P-{number}",
                "received_on": "2026-10-01",
                "method": "card",
                "amount": 2500,
                "allocations": [{"item": f"INV-{number}", "amount": 2000}],
            }
        ],
        **more,
    }
    return {key: value for key, value in made.items() if value is not None}


def write(folder: Path, *accounts: dict[str, Any], name: str = "book.json", **more: Any) -> Path:
    path = folder / name
    if path.suffix == ".jsonl":
        path.write_text("\n".join(json.dumps(each) for each in (header(**more), *accounts)) + "\n", encoding="utf-8")
    else:
        path.write_text(json.dumps(header(**more) | {"accounts": list(accounts)}), encoding="utf-8")
    return path


def bring(store: Store, path: Path, **more: Any) -> LoadReport:
    report: LoadReport = pipeline.run("portfolio", context(store), path, **more)
    return report
