"""Contact sheets of the head."""
