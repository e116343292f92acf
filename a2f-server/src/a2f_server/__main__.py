"""`python -m a2f_server`."""

from a2f_server.cli import app

app()
