"""A deterministic fake model, for development and tests."""
