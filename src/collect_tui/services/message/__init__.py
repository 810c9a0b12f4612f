"""Messages written from templates: compiled and checked, filled with what is known of an account, rendered for a channel."""
