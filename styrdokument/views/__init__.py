"""HTTP: one module per resource, no rules."""
