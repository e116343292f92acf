"""Trains the built-in model on speech that it synthesises itself."""
