"""Writes web/network/network.bin, the built-in model for browsers: `python -m tools.network_file`."""
