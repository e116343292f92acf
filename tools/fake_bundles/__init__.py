"""Writes bundles like NVIDIA's (same files, keys, names and types): small ones for tests, full-size ones for timing.

The heads are point clouds, and the networks react to loudness and pitch bands. They contain nothing of NVIDIA's.
"""
