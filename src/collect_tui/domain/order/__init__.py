"""Orders to billing systems, and the services they suspend and restore."""
