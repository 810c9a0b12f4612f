"""What somebody else must answer: kinds of cases, their clocks, moves and consequences. Pure."""
