"""Builds the built-in head with the 52 ARKit shapes and writes it to `web/avatar/head.glb`.

One unit is 10 cm; y is up, the head looks along +z, and its left is +x. The ears are at about y = 0.
"""
