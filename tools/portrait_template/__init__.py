"""Builds the mesh that all portraits share: its topology, its positions on a face, and its jaw weights."""
