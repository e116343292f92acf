"""`a2f-server animate`: animates audio files without a server."""
