"""Money: receipts, what they settle, credits, fees."""
