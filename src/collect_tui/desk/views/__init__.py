"""What the desk shows: plain frozen models, the same whether they come from SQLite or over the wire."""
