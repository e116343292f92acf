"""Geometry: vectors, solids, meshes, and the GLB file format."""
