"""Builds the mesh that every portrait has in common: its topology, its places on a face, and who follows what."""
