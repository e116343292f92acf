"""a2f-server: speech audio in, 52 ARKit blendshapes at 30 FPS out."""

__version__ = "0.1.0"
