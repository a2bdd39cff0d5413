"""What is true and what is allowed: pure, no I/O, no clock."""
