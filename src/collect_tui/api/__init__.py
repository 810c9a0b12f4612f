"""The shared desk: `wire` is what both ends agree on, `client` the thin Desk over HTTP, `server` LocalDesk behind FastAPI."""
