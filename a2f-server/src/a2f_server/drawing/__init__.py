"""Draws a GLB with morph targets on the CPU: a frame of 52 weights and a head pose become a YUV picture."""
