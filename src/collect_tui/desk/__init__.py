"""Floor 1: the contract. Commands, views, the Desk protocol, errors and the grammar of the line."""
