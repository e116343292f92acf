"""Recordings of people from a folder that the trainer names, and the times of their phones."""
