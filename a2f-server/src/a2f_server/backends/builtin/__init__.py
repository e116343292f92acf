"""The built-in network."""
