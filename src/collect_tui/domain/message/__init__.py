"""Messages and their templates: what a template may say, and how long an SMS is. Pure."""
