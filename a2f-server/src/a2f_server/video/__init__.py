"""Video of a talking face: renders a GLB with morph targets on the CPU, and encodes it with the audio."""
