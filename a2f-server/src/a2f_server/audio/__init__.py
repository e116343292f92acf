"""Audio input: PCM streams, whole files and resampling. All output is mono float32 in [−1, 1]."""
