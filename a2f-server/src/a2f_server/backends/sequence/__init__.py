"""Networks that take a whole recording at once, run on overlapping windows so that they also serve live audio."""
