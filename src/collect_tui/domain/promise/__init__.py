"""Promises and instalment plans."""
