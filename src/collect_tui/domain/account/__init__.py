"""The account itself: ageing, the ladder, notes, the next action."""
