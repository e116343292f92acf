"""Speech by Debian's synthesisers, which report the times of their phones."""
