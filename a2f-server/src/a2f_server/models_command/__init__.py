"""NVIDIA model bundles on this machine: downloads, checks and measures them."""
