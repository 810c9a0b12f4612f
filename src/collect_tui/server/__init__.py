"""LocalDesk behind FastAPI: routes, sign-in, limits, metrics. No rule: a route asks the desk and words its answer."""
