"""Ports to the world, each behind one protocol: orders and messages. No rule; what they bring is judged by services."""
