"""For all tests: how long a property takes says nothing about a rule, on a machine that others use too; and the same examples are
tried each time, so that a change is judged and not chance. `EXPLORE=1 pytest` looks for others, and tries all of what
`tests/support/thin.py` leaves out every day."""

import os

from hypothesis import settings

settings.register_profile("shared", settings.default, deadline=None, derandomize="EXPLORE" not in os.environ)
settings.load_profile("shared")
