"""What stands over the foot of a screen until it is answered: a question, a list, a password; no screen of its own."""
