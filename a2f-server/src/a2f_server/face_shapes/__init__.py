"""Parametric face shapes, shared by the page's head and portraits."""
