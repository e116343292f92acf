"""Several processes that are one server: workers on one port, which count together what is limited."""
