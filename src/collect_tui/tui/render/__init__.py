"""Views as styled text: pure functions of a view and a width. No widget, no desk, no state."""
