"""Synthesised training speech with the time of every phone."""
