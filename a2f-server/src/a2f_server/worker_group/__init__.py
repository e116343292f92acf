"""Shared by the workers of a server: counts of all that is limited, and the sockets where they reach each other."""
