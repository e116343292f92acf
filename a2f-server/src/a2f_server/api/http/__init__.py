"""Endpoints over HTTP, one file each."""
