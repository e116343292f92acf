"""glTF binary files (GLB): writes ours, reads any avatar."""
