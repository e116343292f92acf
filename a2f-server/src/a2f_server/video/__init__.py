"""Video of a face: draws a GLB with its morph targets on the CPU, and encodes it together with the sound."""
