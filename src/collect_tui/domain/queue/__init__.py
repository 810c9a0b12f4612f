"""Queues: what stands in them, in which order, what keeps it out; skipping and snoozing."""
