"""A photo of a face becomes an avatar with 52 ARKit shapes."""
