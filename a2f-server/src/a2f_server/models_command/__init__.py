"""Models on this machine: downloads, checks and measures them."""
