"""The git door: what a push may bring, what a case is told of it, and what its author is told."""
