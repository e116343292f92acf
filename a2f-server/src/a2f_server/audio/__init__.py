"""Sound in: PCM as it streams, whole files, and resampling. Everything leaves here as mono float32 in [−1, 1]."""
