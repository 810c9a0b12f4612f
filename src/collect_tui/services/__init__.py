"""The use cases: LocalDesk, and the one place where rules, policy and store meet in a transaction. No rule of the trade, no screen."""
