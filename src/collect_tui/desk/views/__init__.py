"""What the desk shows: plain frozen models, the same whether they come from a database or over HTTP. No logic beyond their fields."""
