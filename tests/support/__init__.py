"""Builders and drivers that tests on several floors share."""
