"""Measures of face tracks."""
