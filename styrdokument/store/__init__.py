"""Git, SQL and disk."""
