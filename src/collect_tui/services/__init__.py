"""Floor 3: the use cases. Where rules, policy and store meet in one transaction."""
