"""For all tests: how long a property takes says nothing about a rule, on a machine that others use too."""

from hypothesis import settings

settings.register_profile("shared", settings.default, deadline=None)
settings.load_profile("shared")
