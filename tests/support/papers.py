"""An insolvency and what its proof of debt asks for."""

from __future__ import annotations

from typing import Final

INSOLVENT: Final = {"regime": "liquidation", "relevant": "2026-11-01", "practitioner": "=Hart & #Low *x*"}
PROOF: Final = {
    "creditor": "1 Harbor St, Chicago",
    "tax": 5000,
    "tax_relief": True,
    "incurred": "internet, by contract of 2024",
    "security": "none",
    "retention": "none",
    "relied_on": "the invoices",
    "signatory": "A. Lee",
    "capacity": "credit manager",
    "authority": "the directors",
}
