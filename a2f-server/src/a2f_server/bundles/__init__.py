"""NVIDIA's bundles on this machine: fetched, looked at, and what they will cost."""
