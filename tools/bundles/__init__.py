"""Writes bundles like NVIDIA's, with the same files, keys, names and types: for tests, and in real sizes for measuring.

The heads are clouds of points, the networks hear loudness and pitch bands. Nothing of NVIDIA's is in them.
"""
