"""Measures how well lips follow speech: `python -m training.evaluation --help`."""
