"""Models that turn audio into weights: a file (or folder) for each, a contract, and a selector."""
