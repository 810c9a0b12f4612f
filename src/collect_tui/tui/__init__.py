"""The terminal. Sees the desk's contract and the domain, nothing of store, services or HTTP; holds no rule."""
