"""Scripts that generate files which are kept in the repository."""
