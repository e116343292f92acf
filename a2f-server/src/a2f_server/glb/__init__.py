"""Reads and writes GLB files: meshes with morph targets, skins, and textures."""
