"""Moves the actor's face from the network's output: smoothing, jaw, eyes, and the 52 ARKit weights."""
