"""Writes the demo page for static hosts: it needs no server (docs/without-a-server.md)."""
