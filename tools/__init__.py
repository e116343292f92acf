"""Scripts that generate files kept in the repository."""
