"""Contacts: calls and other tries, contact points and their zones, callbacks."""
