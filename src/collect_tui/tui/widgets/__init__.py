"""Widgets that paint lines: one screenful, no child widgets, no markup. They ask no desk and hold no rule."""
