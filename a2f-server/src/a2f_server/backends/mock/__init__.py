"""A deterministic stand-in for a model."""
