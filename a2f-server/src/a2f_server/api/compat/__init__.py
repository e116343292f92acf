"""Endpoints that speak the protocols of other systems."""
