"""The server: LocalDesk behind FastAPI, and nothing else; it keeps no state of its own."""
