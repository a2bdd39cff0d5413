"""The world that we do not own, each behind a Protocol."""
