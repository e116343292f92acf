"""Scripts that run inside Blender."""
