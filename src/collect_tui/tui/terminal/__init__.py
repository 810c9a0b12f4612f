"""The terminal itself: reading it, painting only what changed, asking for its status. Knows no trade."""
