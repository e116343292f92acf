"""The built-in head: a script that sculpts it, and writes it with the 52 ARKit shapes to `web/avatar/head.glb`.

Inside, a unit is 10 cm; y is up, the head looks along +z, and its left is +x. Ears are at about y = 0.
"""
