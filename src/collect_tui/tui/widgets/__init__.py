"""Widgets that paint lines: one screenful, no child widgets, no markup."""
