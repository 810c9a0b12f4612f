"""Holds: what must not be done to an account or a service, and until when."""
