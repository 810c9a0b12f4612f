"""Ports to the world, each behind one protocol: orders today. No rule; what they bring is judged by services."""
