"""Turns a photo of a face into an avatar with 52 ARKit shapes."""
