"""Floor 4: the terminal. Sees the desk and the domain, nothing else."""
