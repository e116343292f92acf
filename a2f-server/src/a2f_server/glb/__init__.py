"""glTF binary files (GLB)."""
