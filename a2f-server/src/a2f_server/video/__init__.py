"""Video of a talking face: draws the frames, and encodes them with the audio."""
