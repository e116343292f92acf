"""Variations of the training speech: voices, rooms, noise, microphones and telephone lines."""
